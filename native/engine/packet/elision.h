// IP headers without what the receiver can tell anyway: 20 bytes become 14 (IPv4), 40 become 38 (IPv6).
//
//   IPv4: | TOS 8 | TTL 8 | protocol 8 | 0, DF, 0... 8 | identification 16 | source 32 | destination 32 |
//   IPv6: | 0 4 | traffic class 8 | flow label 20 | next header 8 | hop limit 8 | source 128 | destination 128 |
//
// Lengths are those of the packet, and IPv4's checksum is computed again.
#pragma once

#include "inner.h"

namespace weft {

constexpr size_t elided_ipv4_header = 14, elided_ipv6_header = 38, elided_header_max = elided_ipv6_header;
/// Writable bytes that `rebuild` wants in front of an elided header.
constexpr size_t rebuild_room = ipv4_header - elided_ipv4_header;

/// Length of the IP header that elision replaces; 0 when the packet cannot be told from what would be rebuilt: IPv4
/// options, fragments, a wrong checksum, a length that is not `packet_length`. `head` begins with the packet and has
/// its whole IP header, or the packet is not eligible; what follows may lie elsewhere.
size_t elidable_header(View head, size_t packet_length);

/// Writes the elided form of an IP header that is elidable (`elidable_header` said so) and says its length. `out` has
/// elided_header_max bytes, and may lie in the IP header itself if it ends where the header ends.
size_t elide(View ip_header, uint8_t* out);

/// Puts the IP header back so that it ends where the elided one ended: `packet` then begins in front of `payload`, by
/// at most rebuild_room bytes, which the caller owns and nobody needs any more. `payload` is the elided header and all
/// that follows. Faults: `cut`, shorter than the elided header; `malformed`. `packet` is set only without one.
InnerFault rebuild(bool v6, Bytes payload, Bytes& packet);

}  // namespace weft
