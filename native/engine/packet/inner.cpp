#include "inner.h"

#include "checksum.h"

namespace weft {

namespace {

/// Sets transport and payload offset when a whole TCP or UDP header is there.
void find_transport(View packet, Inner& out) {
  size_t at = out.transport_offset;
  if (out.protocol == protocol_tcp && at + tcp_header <= out.length) {
    out.transport = Transport::tcp;
    size_t length = (packet[at + 12] >> 4) * 4u;
    if (length >= tcp_header && at + length <= out.length) out.payload_offset = static_cast<uint16_t>(at + length);
  } else if (out.protocol == protocol_udp && at + udp_header <= out.length) {
    out.transport = Transport::udp;
    if (load16(&packet[at + 4]) == out.length - at) out.payload_offset = static_cast<uint16_t>(at + udp_header);
  }
}

InnerFault compare_length(View packet, const Inner& inner) {
  if (inner.length > packet.size()) return InnerFault::cut;
  if (inner.length < packet.size()) return InnerFault::trailing;
  return InnerFault::none;
}

InnerFault parse_v4(View packet, Inner& out) {
  if (packet.size() < ipv4_header) return InnerFault::cut;
  size_t header = (packet[0] & 0x0f) * 4u;
  out.length = load16(&packet[2]);
  if (header < ipv4_header || out.length < header) return InnerFault::malformed;
  InnerFault fault = compare_length(packet, out);
  if (fault != InnerFault::none) return fault;
  out.transport_offset = static_cast<uint16_t>(header);
  out.protocol = packet[9];
  out.source = Address::from_v4(&packet[12]);
  out.destination = Address::from_v4(&packet[16]);
  bool fragment = (load16(&packet[6]) & 0x3fff) != 0;
  if (!fragment) find_transport(packet, out);
  return InnerFault::none;
}

InnerFault parse_v6(View packet, Inner& out) {
  if (packet.size() < ipv6_header) return InnerFault::cut;
  out.length = static_cast<uint32_t>(ipv6_header) + load16(&packet[4]);
  InnerFault fault = compare_length(packet, out);
  if (fault != InnerFault::none) return fault;
  out.transport_offset = ipv6_header;
  out.protocol = packet[6];
  out.source = Address::from_v6(&packet[8]);
  out.destination = Address::from_v6(&packet[24]);
  find_transport(packet, out);
  return InnerFault::none;
}

}  // namespace

InnerFault parse_inner(View packet, Inner& out) {
  out.transport = Transport::other;
  out.payload_offset = 0;
  if (packet.empty()) return InnerFault::cut;
  if (packet[0] >> 4 == 4) return parse_v4(packet, out);
  if (packet[0] >> 4 == 6) return parse_v6(packet, out);
  return InnerFault::malformed;
}

uint32_t flow_hash(View packet, const Inner& inner) {
  uint64_t hash = inner.source.high ^ inner.source.low * 0x9e3779b97f4a7c15ull;
  hash = (hash ^ inner.destination.low ^ inner.destination.high << 1) * 0xff51afd7ed558ccdull;
  if (inner.transport != Transport::other) hash ^= load32(&packet[inner.transport_offset]);
  hash = (hash ^ inner.protocol) * 0xc4ceb9fe1a85ec53ull;
  return static_cast<uint32_t>(hash >> 32);
}

void complete_checksum(Bytes packet, uint16_t start, uint16_t offset) { complete_checksum(packet, {}, start, offset); }

void complete_checksum(Bytes head, View tail, uint16_t start, uint16_t offset) {
  uint8_t* field = &head[start + offset];
  uint16_t sum = static_cast<uint16_t>(~fold(sum_words(head.subspan(start)) + sum_words(tail)));
  // UDP sends 0xffff for a sum of zero (RFC 768); for the other protocols both are the same number.
  store16(field, sum == 0 ? 0xffff : sum);
}

bool checksum_is_partial(View packet, const Inner& inner) {
  if (inner.transport == Transport::other) return false;
  uint64_t sum = sum_pseudo_header(inner.source, inner.destination, inner.protocol, inner.length - inner.transport_offset);
  return load16(&packet[inner.transport_offset + size_t{checksum_offset(inner.transport)}]) == fold(sum);
}

bool checksum_is_right(View packet, const Inner& inner) {
  if (inner.transport == Transport::other) return false;
  size_t at = inner.transport_offset;
  if (inner.transport == Transport::udp && load16(&packet[at + checksum_offset(Transport::udp)]) == 0) return false;
  uint64_t sum = sum_pseudo_header(inner.source, inner.destination, inner.protocol, inner.length - inner.transport_offset);
  return fold(sum + sum_words(packet.subspan(at))) == 0xffff;
}

}  // namespace weft
