#include "ethernet.h"

#include <algorithm>

#include "crc32c.h"
#include "inner.h"

namespace weft {

namespace {

constexpr uint8_t protocol_icmpv6 = 58, type_neighbour_solicitation = 135;

/// The length that the IP header says, when it can be: a faulty packet is for `parse_inner` to name.
Bytes without_padding(Bytes packet, bool v6) {
  size_t header = v6 ? ipv6_header : ipv4_header;
  if (packet.size() < header) return packet;
  size_t length = v6 ? ipv6_header + load16(&packet[4]) : load16(&packet[2]);
  return length < header || length > packet.size() ? packet : packet.first(length);
}

bool is_neighbour_solicitation(View packet) {
  return packet.size() > ipv6_header && packet[0] >> 4 == 6 && packet[6] == protocol_icmpv6 &&
         packet[ipv6_header] == type_neighbour_solicitation;
}

}  // namespace

Mac derived_mac(const Address& guest_ip) {
  Mac mac;
  if (guest_ip.family == Family::v4) {
    mac.bytes = {0x02, 0x04};
    store32(&mac.bytes[2], static_cast<uint32_t>(guest_ip.low));
    return mac;
  }
  uint8_t address[16];
  store64(address, guest_ip.high);
  store64(address + 8, guest_ip.low);
  mac.bytes = {0x02, 0x06};
  store32(&mac.bytes[2], crc32c_end(crc32c_add(crc32c_begin, address)));
  return mac;
}

Frame read_frame(Bytes frame) {
  Frame out;
  if (frame.size() < ethernet_header) return out;
  out.destination = Mac::from(&frame[0]);
  out.source = Mac::from(&frame[6]);
  out.payload = frame.subspan(ethernet_header);
  switch (load16(&frame[12])) {
    case ethertype_ipv4:
      out.kind = FrameKind::ipv4;
      out.payload = without_padding(out.payload, false);
      break;
    case ethertype_ipv6:
      out.payload = without_padding(out.payload, true);
      out.kind = is_neighbour_solicitation(out.payload) ? FrameKind::neighbour_solicitation : FrameKind::ipv6;
      break;
    case ethertype_arp: out.kind = FrameKind::arp; break;
    default: out.kind = FrameKind::other;
  }
  return out;
}

void write_ethernet(uint8_t* out, const Mac& destination, const Mac& source, uint16_t ethertype) {
  std::copy(destination.bytes.begin(), destination.bytes.end(), out);
  std::copy(source.bytes.begin(), source.bytes.end(), out + destination.bytes.size());
  store16(out + 12, ethertype);
}

}  // namespace weft
