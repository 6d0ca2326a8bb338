#include "frames.h"

#include <cstring>

namespace weft::test {

const weft_address own_ip = v4(10, 0, 0, 5), other_ip = v4(10, 0, 0, 6), tun_ip = v4(10, 0, 0, 7), far_ip = v4(10, 0, 0, 9);
const weft_address own_ip6 = v6("fd00::5"), far_ip6 = v6("fd00::9"), far6_ip = v4(10, 0, 0, 10);
const weft_address here = v4(192, 0, 2, 1), there = v4(198, 51, 100, 2);
const weft_address here6 = v6("2001:db8:1::1"), there6 = v6("2001:db8:2::2");
const Bytes port_mac = WEFT_PORT_MAC, own_mac = {2, 4, 10, 0, 0, 5}, other_mac = {2, 4, 10, 0, 0, 6};

bool is_v4(const weft_address& address) { return memcmp(address.bytes, v4(0, 0, 0, 0).bytes, 12) == 0; }

Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Bytes part(const Bytes& bytes, size_t from, size_t length) {
  from = std::min(from, bytes.size());
  return {bytes.begin() + from, bytes.begin() + from + std::min(length, bytes.size() - from)};
}

namespace {

Bytes two(size_t value) { return {static_cast<uint8_t>(value >> 8), static_cast<uint8_t>(value)}; }

Bytes bytes_of(const weft_address& address) {
  size_t skip = is_v4(address) ? 12 : 0;
  return {address.bytes + skip, address.bytes + sizeof address.bytes};
}

uint16_t checksum(const Bytes& bytes) {
  uint32_t sum = 0;
  for (size_t at = 0; at < bytes.size(); at += 2) sum += bytes[at] << 8 | (at + 1 < bytes.size() ? bytes[at + 1] : 0);
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(~sum);
}

}  // namespace

Bytes ethernet(uint16_t ethertype, const Bytes& source, const Bytes& destination) {
  return destination + source + two(ethertype);
}

Bytes ip(const weft_address& source, const weft_address& destination, uint8_t protocol, const Bytes& payload) {
  Bytes ends = bytes_of(source) + bytes_of(destination);
  if (!is_v4(source)) return Bytes{0x60, 0, 0, 0} + two(payload.size()) + Bytes{protocol, 64} + ends + payload;
  Bytes header = Bytes{0x45, 0} + two(20 + payload.size()) + Bytes{0, 0, 0x40, 0, 64, protocol, 0, 0} + ends;
  Bytes sum = two(checksum(header));
  std::copy(sum.begin(), sum.end(), header.begin() + 10);
  return header + payload;
}

Bytes udp_packet(const weft_address& source, const weft_address& destination, const Bytes& payload) {
  return ip(source, destination, udp, Bytes{0x30, 0x39, 0, 53} + two(8 + payload.size()) + Bytes{0, 0} + payload);
}

Bytes echo(const weft_address& source, const weft_address& destination, uint16_t identifier) {
  bool v4 = is_v4(source);
  return ip(source, destination, v4 ? icmp : icmp6, Bytes{static_cast<uint8_t>(v4 ? 8 : 128), 0, 0, 0} + two(identifier) + Bytes(10, 1));
}

Bytes framed(const Bytes& packet) { return ethernet(packet[0] >> 4 == 4 ? 0x0800 : 0x86dd) + packet; }

Bytes from_peer(const Bytes& payload, uint16_t port, const weft_address& from, const weft_address& to) {
  return framed(ip(from, to, udp, Bytes{0xc0, 0x01} + two(port) + two(8 + payload.size()) + Bytes{0, 0} + payload));
}

namespace {

Bytes with_header(int format, const Bytes& inner, uint32_t gni) {
  weft_header header;
  header.protocol = inner[0] >> 4 == 4 ? 4 : 41;
  header.source_gni = header.destination_gni = gni;
  Bytes out(weft_header_length(format));
  weft_header_put(format, out.data(), &header);
  return out + inner;
}

}  // namespace

Bytes gni_1_0(const Bytes& inner, uint32_t gni) { return with_header(WEFT_FORMAT_GNI_1_0, inner, gni); }
Bytes gni_2_0(const Bytes& inner, uint32_t gni) { return with_header(WEFT_FORMAT_GNI_2_0, inner, gni); }

weft_terms sends(int format) {
  uint16_t plain = 1 << WEFT_FORMAT_GNI_1_0 | 1 << WEFT_FORMAT_GNI_2_0 | 1 << WEFT_FORMAT_VXLAN | 1 << WEFT_FORMAT_GENEVE;
  return {WEFT_SEND_FORMAT, static_cast<uint8_t>(format), plain};
}

weft_peer a_peer(const weft_address& address, const weft_address& own, weft_terms terms) {
  return {.address = address, .own = own, .terms = terms, .path_mtu = 1500, .in_use = 1, .has_pairs = 0};
}

void make_region() {
  Programs& all = Programs::all();
  all.put_port(own_slot, {red, lo, engine_device, WEFT_PORT_VETH, {2, 4, 10, 0, 0, 5}, 0});
  all.put_port(other_slot, {red, other_device, other_device + 1, WEFT_PORT_TAP, {2, 4, 10, 0, 0, 6}, 0});
  all.put_port(tun_slot, {red, tun_engine_device, tun_engine_device, WEFT_PORT_ENGINE, {}, 0});
  all.put_peer(peer_slot, a_peer(there, here, sends(WEFT_FORMAT_GNI_1_0)));
  all.put_peer(peer6_slot, a_peer(there6, here6, sends(WEFT_FORMAT_GNI_1_0)));
  for (const auto& own : {own_ip, own_ip6}) all.put_location(red, own, {own_slot, WEFT_LOCAL, 0, {}});
  all.put_location(red, other_ip, {other_slot, WEFT_LOCAL, 0, {}});
  all.put_location(red, tun_ip, {tun_slot, WEFT_LOCAL, 0, {}});
  for (const auto& far : {far_ip, far_ip6}) all.put_location(red, far, {peer_slot, WEFT_REMOTE, 0, {}});
  all.put_location(red, far6_ip, {peer6_slot, WEFT_REMOTE, 0, {}});
}

}  // namespace weft::test
