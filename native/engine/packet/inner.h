// What Weft must know about an inner packet: addresses, lengths, and where TCP or UDP begins.
#pragma once

#include "address.h"
#include "bytes.h"

namespace weft {

constexpr uint8_t protocol_ipv4 = 4, protocol_tcp = 6, protocol_udp = 17, protocol_ipv6 = 41;
constexpr size_t ipv4_header = 20, ipv6_header = 40, tcp_header = 20, udp_header = 8;

enum class Transport : uint8_t { other, tcp, udp };

struct Inner {
  Address source;
  Address destination;
  uint32_t length = 0;           // of the whole packet, by its own length field
  uint16_t transport_offset = 0; // length of the IP header
  uint16_t payload_offset = 0;   // behind a TCP or UDP header whose own length is right; else 0
  uint8_t protocol = 0;          // next protocol behind the IP header
  Transport transport = Transport::other; // `tcp`, `udp`: a whole header right behind the IP header, no fragment

  bool v6() const { return source.family == Family::v6; }
};

enum class InnerFault : uint8_t {
  none,
  malformed, // contradicts itself
  cut,       // says that it is longer than `packet`
  trailing,  // says that it is shorter than `packet`
};

/// Reads the headers of `packet`; `out` is whole only when there is no fault.
InnerFault parse_inner(View packet, Inner& out);

/// Offset of the checksum field from the first byte of the TCP or UDP header.
constexpr uint16_t checksum_offset(Transport transport) { return transport == Transport::tcp ? 16 : 6; }

/// Spreads flows: equal for all packets of one flow, fragments included only by their addresses.
uint32_t flow_hash(View packet, const Inner& inner);

/// Completes a checksum that holds only a partial sum: sums from `start` to the end, stores at `start + offset`.
/// Both must lie inside the packet.
void complete_checksum(Bytes packet, uint16_t start, uint16_t offset);

/// The same for a packet in two pieces: `head` ends with the TCP or UDP header, whose length is even.
void complete_checksum(Bytes head, View tail, uint16_t start, uint16_t offset);

/// Whether the packet's TCP or UDP checksum holds no more than the sum of the pseudo header.
bool checksum_is_partial(View packet, const Inner& inner);

/// Whether the packet's TCP or UDP checksum is complete and right; false for UDP without a checksum.
bool checksum_is_right(View packet, const Inner& inner);

}  // namespace weft
