// The message is a polynomial; its CRC is the remainder by the CRC's polynomial P. A block can be moved D bits
// towards the end of the message by multiplying it with x^D mod P, and added to the block that is there: the
// remainder stays the same. Sixteen 128-bit blocks are moved at once, until one is left.
//
// CRC-32C is bit-reflected: the lowest bit of a register is the highest power. There a carry-less product has one
// factor x too many, so the constants have one too few. The low half of a block is 64 powers above the high half.
#include "crc32c_fold.h"

#if defined(__x86_64__)
// GCC 12 warns of its own intrinsics (GCC bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop

namespace weft {

namespace {

/// x^power mod P, reflected, in the upper half of 64 bits.
constexpr uint64_t power_of_x(unsigned power) {
  uint32_t value = 0x80000000;
  for (unsigned at = 0; at < power; at++) value = value & 1 ? value >> 1 ^ 0x82f63b78 : value >> 1;
  return uint64_t{value} << 32;
}

struct Move {
  uint64_t low, high;
  explicit constexpr Move(unsigned bits) : low(power_of_x(bits + 64 - 1)), high(power_of_x(bits - 1)) {}
};

constexpr Move by_2048(2048), by_512(512), by_128(128);

#define WEFT_FOLD __attribute__((target("avx512f,avx512vl,vpclmulqdq,pclmul,sse4.2")))

WEFT_FOLD inline __m512i wide(const Move& move) {
  return _mm512_broadcast_i32x4(_mm_set_epi64x(static_cast<long long>(move.high), static_cast<long long>(move.low)));
}

WEFT_FOLD inline __m512i move_and_add(__m512i block, __m512i move, __m512i next) {
  __m512i low = _mm512_clmulepi64_epi128(block, move, 0x00), high = _mm512_clmulepi64_epi128(block, move, 0x11);
  return _mm512_ternarylogic_epi64(low, high, next, 0x96);  // exclusive or of the three
}

WEFT_FOLD inline __m128i move_and_add(__m128i block, __m128i move, __m128i next) {
  return _mm_xor_si128(_mm_xor_si128(_mm_clmulepi64_si128(block, move, 0x00), _mm_clmulepi64_si128(block, move, 0x11)), next);
}

/// Four blocks into the last of them.
WEFT_FOLD inline __m128i join(__m512i blocks, __m128i move) {
  __m128i joined = move_and_add(_mm512_extracti32x4_epi32(blocks, 0), move, _mm512_extracti32x4_epi32(blocks, 1));
  joined = move_and_add(joined, move, _mm512_extracti32x4_epi32(blocks, 2));
  return move_and_add(joined, move, _mm512_extracti32x4_epi32(blocks, 3));
}

}  // namespace

bool crc32c_can_fold() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("vpclmulqdq") && __builtin_cpu_supports("pclmul");
}

WEFT_FOLD uint32_t crc32c_fold(uint32_t state, View& bytes) {
  const uint8_t* at = bytes.data();
  size_t left = bytes.size();
  __m512i a = _mm512_loadu_si512(at), b = _mm512_loadu_si512(at + 64);
  __m512i c = _mm512_loadu_si512(at + 128), d = _mm512_loadu_si512(at + 192);
  a = _mm512_xor_si512(a, _mm512_zextsi128_si512(_mm_cvtsi32_si128(static_cast<int>(state))));
  const __m512i far = wide(by_2048), near = wide(by_512);
  for (at += 256, left -= 256; left >= 256; at += 256, left -= 256) {
    a = move_and_add(a, far, _mm512_loadu_si512(at));
    b = move_and_add(b, far, _mm512_loadu_si512(at + 64));
    c = move_and_add(c, far, _mm512_loadu_si512(at + 128));
    d = move_and_add(d, far, _mm512_loadu_si512(at + 192));
  }
  a = move_and_add(move_and_add(move_and_add(a, near, b), near, c), near, d);
  for (; left >= 64; at += 64, left -= 64) a = move_and_add(a, near, _mm512_loadu_si512(at));
  const __m128i next_block = _mm_set_epi64x(static_cast<long long>(by_128.high), static_cast<long long>(by_128.low));
  __m128i last = join(a, next_block);
  for (; left >= 16; at += 16, left -= 16) {
    last = move_and_add(last, next_block, _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)));
  }
  bytes = bytes.last(left);
  uint64_t remainder = _mm_crc32_u64(0, static_cast<uint64_t>(_mm_extract_epi64(last, 0)));
  return static_cast<uint32_t>(_mm_crc32_u64(remainder, static_cast<uint64_t>(_mm_extract_epi64(last, 1))));
}

}  // namespace weft

#else

namespace weft {

bool crc32c_can_fold() { return false; }
uint32_t crc32c_fold(uint32_t state, View&) { return state; }

}  // namespace weft

#endif
