#include "packets.h"

namespace weft::test {

uint16_t naive_sum(View bytes, uint32_t start) {
  uint32_t sum = start;
  for (size_t at = 0; at < bytes.size(); at++) {
    sum += at % 2 == 0 ? bytes[at] << 8 : bytes[at];
    sum = (sum & 0xffff) + (sum >> 16);
  }
  return static_cast<uint16_t>((sum & 0xffff) + (sum >> 16));
}

namespace {

bool is_v6(const Packet& packet) { return packet[0] >> 4 == 6; }
size_t ip_header(const Packet& packet) { return is_v6(packet) ? 40 : (packet[0] & 15) * 4u; }
uint8_t next_protocol(const Packet& packet) { return packet[is_v6(packet) ? 6 : 9]; }

}  // namespace

uint16_t naive_pseudo_sum(const Packet& packet) {
  View addresses = is_v6(packet) ? View(packet).subspan(8, 32) : View(packet).subspan(12, 8);
  return naive_sum(addresses, next_protocol(packet) + static_cast<uint32_t>(packet.size() - ip_header(packet)));
}

size_t headers_length(const Spec& spec) {
  return (spec.v6 ? 40 : 20 + spec.ip_options) + (spec.tcp ? 20 + spec.tcp_options : 8);
}

Address overlay(bool v6, uint8_t host) {
  return *Address::parse((v6 ? "fd07::" : "10.7.0.") + std::to_string(host));
}

void seal(Packet& packet, bool partial) {
  size_t at = ip_header(packet);
  bool tcp = next_protocol(packet) == 6;
  if (is_v6(packet)) {
    store16(&packet[4], static_cast<uint16_t>(packet.size() - 40));
  } else {
    store16(&packet[2], static_cast<uint16_t>(packet.size()));
    store16(&packet[10], 0);
    store16(&packet[10], static_cast<uint16_t>(~naive_sum(View(packet).first(at))));
  }
  if (!tcp) store16(&packet[at + 4], static_cast<uint16_t>(packet.size() - at));
  uint8_t* field = &packet[at + (tcp ? 16 : 6)];
  store16(field, 0);
  uint16_t pseudo = naive_pseudo_sum(packet);
  if (partial) return store16(field, pseudo);
  uint16_t sum = static_cast<uint16_t>(~naive_sum(View(packet).subspan(at), pseudo));
  store16(field, sum == 0 && !tcp ? 0xffff : sum);
}

Packet build(const Spec& spec, bool partial) {
  Packet out(headers_length(spec));
  size_t at = spec.v6 ? 40 : 20 + spec.ip_options;
  if (spec.v6) {
    out[0] = 0x60;
    out[6] = spec.tcp ? 6 : 17;
    out[7] = 64;
    out[8] = out[24] = 0xfd;
    out[9] = out[25] = 0x07;
    out[23] = spec.source_host;
    out[39] = spec.destination_host;
  } else {
    out[0] = static_cast<uint8_t>(0x40 | at / 4);
    store16(&out[4], spec.id);
    out[6] = spec.dont_fragment ? 0x40 : 0;
    out[8] = 64;
    out[9] = spec.tcp ? 6 : 17;
    const uint8_t addresses[8] = {10, 7, 0, spec.source_host, 10, 7, 0, spec.destination_host};
    memcpy(&out[12], addresses, 8);
    for (size_t option = 20; option < at; option++) out[option] = 1;  // no operation
  }
  store16(&out[at], spec.source_port);
  store16(&out[at + 2], spec.destination_port);
  if (spec.tcp) {
    store32(&out[at + 4], spec.sequence);
    store32(&out[at + 8], spec.acknowledgement);
    out[at + 12] = static_cast<uint8_t>((20 + spec.tcp_options) / 4 << 4);
    out[at + 13] = spec.flags;
    store16(&out[at + 14], spec.window);
    for (size_t option = 0; option < spec.tcp_options; option++) out[at + 20 + option] = 1;
  }
  out.insert(out.end(), spec.payload.begin(), spec.payload.end());
  seal(out, partial);
  return out;
}

Spec random_spec(Random& random) {
  Spec spec;
  spec.v6 = random.chance(2);
  spec.tcp = random.chance(2);
  spec.source_port = static_cast<uint16_t>(random.next());
  spec.sequence = static_cast<uint32_t>(random.next());
  spec.acknowledgement = static_cast<uint32_t>(random.next());
  spec.id = static_cast<uint16_t>(random.next());
  spec.dont_fragment = random.chance(2);
  if (!spec.v6 && random.chance(4)) spec.ip_options = 4 * random.between(1, 10);
  spec.tcp_options = 4 * random.between(0, 10);
  return spec;
}

std::vector<Packet> naive_split(const Packet& super, size_t headers, size_t size) {
  std::vector<Packet> out;
  size_t transport = ip_header(super);
  bool tcp = next_protocol(super) == 6;
  for (size_t from = headers; from < super.size(); from += size) {
    size_t until = std::min(from + size, super.size());
    Packet packet(super.begin(), super.begin() + static_cast<ptrdiff_t>(headers));
    packet.insert(packet.end(), super.begin() + static_cast<ptrdiff_t>(from), super.begin() + static_cast<ptrdiff_t>(until));
    if (!is_v6(super)) store16(&packet[4], static_cast<uint16_t>(load16(&super[4]) + out.size()));
    if (tcp) {
      store32(&packet[transport + 4], static_cast<uint32_t>(load32(&super[transport + 4]) + (from - headers)));
      if (!out.empty()) packet[transport + 13] &= 0x7f;                // CWR: first only
      if (until < super.size()) packet[transport + 13] &= 0xff ^ 0x09;  // FIN, PSH: last only
    }
    seal(packet, true);
    out.push_back(packet);
  }
  return out;
}

}  // namespace weft::test
