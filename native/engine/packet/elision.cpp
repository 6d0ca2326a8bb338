#include "elision.h"

#include "checksum.h"

namespace weft {

namespace {

constexpr uint8_t dont_fragment = 0x40;

bool v4_is_elidable(View head, size_t packet_length) {
  if (head.size() < ipv4_header || head[0] != 0x45) return false;
  bool whole = (load16(&head[6]) & ~(dont_fragment << 8)) == 0;
  // 0xffff is as right as zero, but is not what would be rebuilt.
  bool right = load16(&head[10]) != 0xffff && ipv4_header_is_right(head.first(ipv4_header));
  return whole && right && load16(&head[2]) == packet_length;
}

bool v6_is_elidable(View head, size_t packet_length) {
  return head.size() >= ipv6_header && load16(&head[4]) + ipv6_header == packet_length;
}

InnerFault rebuild_v4(Bytes payload, Bytes& packet) {
  if (payload.size() < elided_ipv4_header) return InnerFault::cut;
  uint8_t elided[elided_ipv4_header];
  memcpy(elided, payload.data(), sizeof elided);
  size_t length = payload.size() + rebuild_room;
  if ((elided[3] != 0 && elided[3] != dont_fragment) || length > UINT16_MAX) return InnerFault::malformed;
  uint8_t* header = payload.data() - rebuild_room;
  header[0] = 0x45;
  header[1] = elided[0];
  store16(header + 2, static_cast<uint16_t>(length));
  memcpy(header + 4, elided + 4, 2);
  header[6] = elided[3];
  header[7] = 0;
  header[8] = elided[1];
  header[9] = elided[2];
  store16(header + 10, 0);
  memcpy(header + 12, elided + 6, 8);
  store16(header + 10, static_cast<uint16_t>(~fold(sum_words({header, ipv4_header}))));
  packet = {header, length};
  return InnerFault::none;
}

InnerFault rebuild_v6(Bytes payload, Bytes& packet) {
  if (payload.size() < elided_ipv6_header) return InnerFault::cut;
  size_t length = payload.size() - elided_ipv6_header;
  if (payload[0] >> 4 != 0 || length > UINT16_MAX) return InnerFault::malformed;
  uint8_t* header = payload.data() + elided_ipv6_header - ipv6_header;
  memmove(header, header + 2, 4);
  header[0] |= 0x60;
  store16(header + 4, static_cast<uint16_t>(length));
  packet = {header, length + ipv6_header};
  return InnerFault::none;
}

}  // namespace

size_t elidable_header(View head, size_t packet_length) {
  if (head.empty()) return 0;
  if (head[0] >> 4 == 4) return v4_is_elidable(head, packet_length) ? ipv4_header : 0;
  if (head[0] >> 4 == 6) return v6_is_elidable(head, packet_length) ? ipv6_header : 0;
  return 0;
}

size_t elide(View ip_header, uint8_t* out) {
  if (ip_header[0] >> 4 == 6) {
    uint8_t first = ip_header[0] & 0x0f;
    memmove(out + 6, &ip_header[8], 32);
    memmove(out + 4, &ip_header[6], 2);
    memmove(out, &ip_header[0], 4);
    out[0] = first;
    return elided_ipv6_header;
  }
  uint8_t elided[elided_ipv4_header];
  elided[0] = ip_header[1];
  elided[1] = ip_header[8];
  elided[2] = ip_header[9];
  elided[3] = ip_header[6];
  memcpy(elided + 4, &ip_header[4], 2);
  memcpy(elided + 6, &ip_header[12], 8);
  memcpy(out, elided, sizeof elided);
  return elided_ipv4_header;
}

InnerFault rebuild(bool v6, Bytes payload, Bytes& packet) {
  return v6 ? rebuild_v6(payload, packet) : rebuild_v4(payload, packet);
}

}  // namespace weft
