// The internet checksum (RFC 1071) as sums that can be put together before they are folded.
#pragma once

#include "address.h"
#include "bytes.h"

namespace weft {

/// One's complement sum of big-endian 16-bit words, not folded, not complemented. An odd last byte is
/// the high half of a word, so only the last piece of a sum may have an odd length.
uint64_t sum_words(View bytes);

/// Sum of the pseudo header that TCP and UDP put under their checksum.
uint64_t sum_pseudo_header(const Address& source, const Address& destination, uint8_t protocol, uint32_t length);

/// To 16 bits, not complemented: what a checksum field holds while it is partial.
inline uint16_t fold(uint64_t sum) {
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(sum);
}

/// Whether the checksum in an IPv4 header is right; `header` is the header alone.
inline bool ipv4_header_is_right(View header) {
  uint64_t sum = 0;
  for (size_t at = 0; at < header.size(); at += 4) {
    uint32_t word;
    memcpy(&word, &header[at], sizeof word);
    sum += word;
  }
  return fold(sum) == 0xffff;  // the byte order does not matter to this sum (RFC 1071, 2B)
}

}  // namespace weft
