// Ethernet frames inside vxlan and geneve: 14 bytes in front of an IP packet, without VLAN tag and frame check.
//
// Guests of Weft have no Ethernet: their addresses there are derived from their IP addresses, so that every host
// writes the same without asking.
//
//   IPv4: | 02:04 | a.b.c.d |      IPv6: | 02:06 | CRC-32C of the 16 address bytes |
#pragma once

#include <array>

#include "address.h"

namespace weft {

constexpr size_t ethernet_header = 14;
constexpr uint16_t ethertype_ipv4 = 0x0800, ethertype_arp = 0x0806, ethertype_ipv6 = 0x86dd;

struct Mac {
  std::array<uint8_t, 6> bytes{};

  bool operator==(const Mac&) const = default;
  bool is_multicast() const { return (bytes[0] & 1) != 0; }
  static Mac from(const uint8_t* at) { return {{at[0], at[1], at[2], at[3], at[4], at[5]}}; }
};

/// The Ethernet address of a guest of Weft.
Mac derived_mac(const Address& guest_ip);

/// Between which stations a frame goes.
struct EthernetEnds {
  Mac destination, source;
};

enum class FrameKind : uint8_t {
  cut,                    // shorter than the Ethernet header
  ipv4,
  ipv6,
  arp,
  neighbour_solicitation, // ICMPv6 type 135 right behind the IPv6 header
  other,                  // every other ethertype
};

struct Frame {
  FrameKind kind = FrameKind::cut;
  Mac destination, source;
  /// Behind the Ethernet header; of an IP packet its own length, without padding. Borrowed from the frame.
  Bytes payload;
};

/// Checks nothing behind the Ethernet header: an IP packet that contradicts itself keeps all of its bytes.
Frame read_frame(Bytes frame);

/// `out` has ethernet_header bytes.
void write_ethernet(uint8_t* out, const Mac& destination, const Mac& source, uint16_t ethertype);

}  // namespace weft
