// What is particular to each format: one row per format, so that a new one is an addition here and nowhere else. What
// several formats do, each by the bits of its header, is in wrap.h and unwrap.h.
#pragma once

#include <weft_wire.h>

#include "ethernet.h"
#include "inner.h"

namespace weft {

/// A drop reason of weft_wire.h, or one of these two.
using Verdict = int;
constexpr Verdict kept = -1;       // goes on
constexpr Verdict held_back = -2;  // waits in the first-packet queue, nothing more to do now

/// Room in front of an inner packet that is enough for every format's header, and behind it for every tag.
constexpr size_t header_room = 64, tag_room = WEFT_TAG_MAX;
static_assert(WEFT_OVERHEAD_MAX - WEFT_TAG_MAX <= header_room);

/// By which UDP port packets go and come: every framework has its own. Packets of `ipv6` have no UDP: they are all of an
/// outer IPv6 packet.
enum class Carrier : uint8_t { gni, vxlan, geneve, ipv6 };
constexpr size_t udp_carriers = 3;
/// The framework's own port, unless the engine was told another.
uint16_t usual_port(Carrier carrier);

struct Format {
  const char* name;
  Carrier carrier;
  size_t header_length;  // as sent, with options
  size_t least_length;   // as received, without options
  size_t tag_length;     // 0: packets are not sealed
  bool ipv4_only;        // inner packets of IPv6 are not carried
  bool ethernet;         // the inner packet has an Ethernet header in front
  bool partial_checksum; // its header can say that an inner checksum is partial
  bool guarded;          // a checksum or tag of its own covers the packet: no kernel or card changes it on its way
  bool packs;         // its header can say that the payload is compressed, or the inner IP header elided
  bool grants;        // it has control frames
  /// Writes the header to the first `header_length` bytes of `head`; head and tail together are the datagram, complete
  /// but for that.
  void (*put)(const weft_header& header, Bytes head, View tail);
  /// Reads `least_length` bytes, which begin with this format's version byte if there is one. False when bits are not
  /// what they must be.
  bool (*get)(const uint8_t* datagram, weft_header& header);
  /// Whether the datagram is as it was sent, as far as that can be told without a key.
  bool (*is_intact)(View datagram, const weft_header& header);

  bool seals() const { return tag_length > 0; }
  /// All that a packet has in front of the inner packet.
  size_t front() const { return header_length + (ethernet ? ethernet_header : 0); }
};

/// Of a datagram that came by `carrier` and begins with `first`; nothing for a version that the engine does not have.
int format_of_datagram(Carrier carrier, uint8_t first);
/// By `weft_format`; nothing for numbers that are no format and for formats that the engine does not have.
const Format* format_of(int id);
/// By name as policies write it, `gni 1.0`; WEFT_FORMAT_NONE when there is no such format.
int format_named(std::string_view name);

}  // namespace weft
