#include "checksum.h"

namespace weft {

namespace {

inline uint64_t load_native(const uint8_t* at) {
  uint64_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

/// Addition in one's complement: the carry comes back in at the low end.
inline uint64_t add_carry(uint64_t left, uint64_t right) {
  uint64_t sum = left + right;
  return sum + (sum < right);
}

}  // namespace

// Sums little-endian words and swaps the folded result: RFC 1071 section 2(B), byte order independence.
uint64_t sum_words(View bytes) {
  const uint8_t* at = bytes.data();
  size_t left = bytes.size();
  uint64_t a = 0, b = 0, c = 0, d = 0;
  while (left >= 32) {
    a = add_carry(a, load_native(at));
    b = add_carry(b, load_native(at + 8));
    c = add_carry(c, load_native(at + 16));
    d = add_carry(d, load_native(at + 24));
    at += 32;
    left -= 32;
  }
  uint64_t sum = add_carry(add_carry(a, b), add_carry(c, d));
  while (left >= 8) {
    sum = add_carry(sum, load_native(at));
    at += 8;
    left -= 8;
  }
  if (left > 0) {
    uint64_t rest = 0;
    memcpy(&rest, at, left);
    sum = add_carry(sum, rest);
  }
  return __builtin_bswap16(fold(sum));
}

uint64_t sum_pseudo_header(const Address& source, const Address& destination, uint8_t protocol, uint32_t length) {
  auto halves = [](uint64_t word) {
    return (word >> 48) + (word >> 32 & 0xffff) + (word >> 16 & 0xffff) + (word & 0xffff);
  };
  uint64_t sum = halves(source.low) + halves(destination.low) + protocol + (length >> 16) + (length & 0xffff);
  if (source.family == Family::v6) sum += halves(source.high) + halves(destination.high);
  return sum;
}

}  // namespace weft
