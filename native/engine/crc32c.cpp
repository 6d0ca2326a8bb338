#include "crc32c.h"

#include <array>

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

WEFT_CRC_TARGET uint32_t add_hardware(uint32_t state, View bytes) {
  const uint8_t* at = bytes.data();
  size_t left = bytes.size();
  while (left >= 8) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
    state = crc_word(state, word);
    at += 8;
    left -= 8;
  }
  while (left-- > 0) state = crc_byte(state, *at++);
  return state;
}

}  // namespace

uint32_t crc32c_add_table(uint32_t state, View bytes) {
  for (uint8_t byte : bytes) state = table[(state ^ byte) & 0xff] ^ state >> 8;
  return state;
}

uint32_t crc32c_add(uint32_t state, View bytes) {
  return hardware ? add_hardware(state, bytes) : crc32c_add_table(state, bytes);
}

bool crc32c_in_hardware() { return hardware; }

}  // namespace weft
