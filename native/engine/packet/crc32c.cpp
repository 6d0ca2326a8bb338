#include "crc32c.h"

#include <array>

#include "crc32c_fold.h"

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__aarch64__)
#include <arm_acle.h>
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace weft {

namespace {

constexpr std::array<uint32_t, 256> make_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ 0x82f63b78 : crc >> 1;
    table[byte] = crc;
  }
  return table;
}

constexpr auto table = make_table();

#if defined(__x86_64__)
#define WEFT_CRC_TARGET __attribute__((target("sse4.2")))
WEFT_CRC_TARGET inline uint32_t crc_word(uint32_t state, uint64_t word) {
  return static_cast<uint32_t>(_mm_crc32_u64(state, word));
}
WEFT_CRC_TARGET inline uint32_t crc_byte(uint32_t state, uint8_t byte) { return _mm_crc32_u8(state, byte); }
bool find_hardware() { return __builtin_cpu_supports("sse4.2"); }
#elif defined(__aarch64__)
#define WEFT_CRC_TARGET __attribute__((target("+crc")))
WEFT_CRC_TARGET inline uint32_t crc_word(uint32_t state, uint64_t word) { return __crc32cd(state, word); }
WEFT_CRC_TARGET inline uint32_t crc_byte(uint32_t state, uint8_t byte) { return __crc32cb(state, byte); }
bool find_hardware() { return getauxval(AT_HWCAP) & HWCAP_CRC32; }
#else
#define WEFT_CRC_TARGET
inline uint32_t crc_word(uint32_t state, uint64_t) { return state; }
inline uint32_t crc_byte(uint32_t state, uint8_t) { return state; }
bool find_hardware() { return false; }
#endif

const bool hardware = find_hardware();
const bool can_fold = crc32c_can_fold();

/// What `length` zero bytes make of a state: linear in the state's bits, so four table look-ups.
struct Zeros {
  size_t length;
  std::array<std::array<uint32_t, 256>, 4> by_byte{};

  explicit Zeros(size_t count) : length(count) {
    std::array<uint32_t, 32> by_bit{};
    for (int bit = 0; bit < 32; bit++) {
      uint32_t state = 1u << bit;
      for (size_t at = 0; at < length; at++) state = table[state & 0xff] ^ state >> 8;
      by_bit[bit] = state;
    }
    for (int byte = 0; byte < 4; byte++) {
      for (uint32_t value = 0; value < 256; value++) {
        for (int bit = 0; bit < 8; bit++) by_byte[byte][value] ^= value >> bit & 1 ? by_bit[byte * 8 + bit] : 0;
      }
    }
  }
  uint32_t after(uint32_t state) const {
    return by_byte[0][state & 0xff] ^ by_byte[1][state >> 8 & 0xff] ^ by_byte[2][state >> 16 & 0xff] ^ by_byte[3][state >> 24];
  }
};

// Three of the longer ones are nearly the payload of a full packet on an Ethernet of 1,500 bytes.
const Zeros long_lane(448), short_lane(64);

inline uint64_t load_native(const uint8_t* at) {
  uint64_t word;
  memcpy(&word, at, sizeof word);
  return word;
}

/// Three lanes side by side: the instruction takes three cycles, but a new one can begin in each cycle.
WEFT_CRC_TARGET uint32_t add_lanes(uint32_t state, const uint8_t* at, const Zeros& lane) {
  uint32_t second = 0, third = 0;
  for (size_t from = 0; from < lane.length; from += 8) {
    state = crc_word(state, load_native(at + from));
    second = crc_word(second, load_native(at + lane.length + from));
    third = crc_word(third, load_native(at + 2 * lane.length + from));
  }
  return lane.after(lane.after(state) ^ second) ^ third;
}

WEFT_CRC_TARGET uint32_t add_hardware(uint32_t state, View bytes) {
  const uint8_t* at = bytes.data();
  size_t left = bytes.size();
  for (const Zeros* lane : {&long_lane, &short_lane}) {
    for (; left >= 3 * lane->length; at += 3 * lane->length, left -= 3 * lane->length) state = add_lanes(state, at, *lane);
  }
  for (; left >= 8; at += 8, left -= 8) state = crc_word(state, load_native(at));
  while (left-- > 0) state = crc_byte(state, *at++);
  return state;
}

}  // namespace

uint32_t crc32c_add_table(uint32_t state, View bytes) {
  for (uint8_t byte : bytes) state = table[(state ^ byte) & 0xff] ^ state >> 8;
  return state;
}

uint32_t crc32c_add_lanes(uint32_t state, View bytes) {
  return hardware ? add_hardware(state, bytes) : crc32c_add_table(state, bytes);
}

uint32_t crc32c_add(uint32_t state, View bytes) {
  if (can_fold && bytes.size() >= crc32c_fold_least) state = crc32c_fold(state, bytes);
  return crc32c_add_lanes(state, bytes);
}

bool crc32c_in_hardware() { return hardware; }

}  // namespace weft
