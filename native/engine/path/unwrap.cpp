#include "unwrap.h"

#include "control_frame.h"
#include "elision.h"
#include "geneve_options.h"

namespace weft {

namespace {

// Rebuilding needs some bytes in front of a decompressed packet.
constexpr size_t room_for_one = rebuild_room + unpacked_max;
constexpr size_t arena_size = 4 * room_for_one;

Verdict read_options(View options, weft_header& header) {
  std::optional<uint32_t> source_gni;
  switch (read_geneve_options(options, source_gni)) {
    case OptionsFault::cut: return WEFT_DROP_SHORT;
    case OptionsFault::critical: return WEFT_DROP_BAD_HEADER;
    case OptionsFault::none: break;
  }
  if (source_gni) header.source_gni = *source_gni;
  return kept;
}

/// The outer addresses name the inner ones: they must be the same.
Verdict compare_ends(const weft_header& header, View packet) {
  if (packet.size() < ipv4_header) return WEFT_DROP_SHORT;
  bool same = load32(&packet[12]) == header.inner_source && load32(&packet[16]) == header.inner_destination;
  return same ? kept : WEFT_DROP_BAD_HEADER;
}

/// `payload` is what the header, its options and the room for the tag leave.
Verdict read(Carrier carrier, Bytes datagram, const Format*& format, Unwrapped& out, Bytes& payload) {
  if (datagram.empty()) return WEFT_DROP_SHORT;
  int id = format_of_datagram(carrier, datagram[0]);
  format = format_of(id);
  if (format == nullptr) return WEFT_DROP_UNKNOWN_VERSION;
  if (datagram.size() < format->least_length + format->tag_length) return WEFT_DROP_SHORT;
  out.wrapping.format = static_cast<uint8_t>(id);
  if (!format->get(datagram.data(), out.header)) return WEFT_DROP_BAD_HEADER;
  payload = datagram.subspan(format->least_length, datagram.size() - format->least_length - format->tag_length);
  if (format->carrier == Carrier::ipv6) return compare_ends(out.header, payload);
  size_t options = out.header.option_length * 4u;
  if (options == 0) return kept;
  if (payload.size() < options) return WEFT_DROP_SHORT;
  Verdict verdict = read_options(payload.first(options), out.header);
  payload = payload.subspan(options);
  return verdict;
}

Verdict unframe(Bytes& payload, Unwrapped& out) {
  if (out.wrapping.format == WEFT_FORMAT_GENEVE && out.header.protocol_type != WEFT_TRANSPARENT_ETHERNET) {
    return WEFT_DROP_UNKNOWN_PROTOCOL;
  }
  Frame frame = read_frame(payload);
  if (frame.kind == FrameKind::cut) return WEFT_DROP_SHORT;
  bool may_ask = frame.kind == FrameKind::arp || frame.kind == FrameKind::neighbour_solicitation;
  if (may_ask) out.question = read_question(frame);
  if (frame.kind == FrameKind::arp || frame.kind == FrameKind::other) return WEFT_DROP_UNKNOWN_PROTOCOL;
  out.header.protocol = frame.kind == FrameKind::ipv4 ? protocol_ipv4 : protocol_ipv6;
  payload = frame.payload;
  return kept;
}

Verdict rebuild_header(Bytes payload, Unwrapped& out) {
  bool v6 = out.header.protocol == protocol_ipv6;
  if (!v6 && out.header.protocol != protocol_ipv4) return WEFT_DROP_UNKNOWN_PROTOCOL;
  Bytes packet;
  switch (rebuild(v6, payload, packet)) {
    case InnerFault::cut: return WEFT_DROP_SHORT;
    case InnerFault::none: break;
    default: return WEFT_DROP_INNER_MALFORMED;
  }
  out.packet = packet;
  return kept;
}

Verdict check_inner(Unwrapped& out) {
  bool v4 = out.header.protocol == protocol_ipv4;
  if (!v4 && out.header.protocol != protocol_ipv6) return WEFT_DROP_UNKNOWN_PROTOCOL;
  if (out.packet.size() < (v4 ? ipv4_header : ipv6_header)) return WEFT_DROP_SHORT;
  if (out.packet[0] >> 4 != (v4 ? 4 : 6)) return WEFT_DROP_INNER_MALFORMED;
  switch (parse_inner(out.packet, out.inner)) {
    case InnerFault::malformed: return WEFT_DROP_INNER_MALFORMED;
    case InnerFault::cut: return WEFT_DROP_SHORT;
    case InnerFault::trailing: return WEFT_DROP_LONG;
    case InnerFault::none: break;
  }
  bool no_checksum = out.header.partial_checksum && out.inner.transport == Transport::other;
  return no_checksum ? WEFT_DROP_INNER_MALFORMED : kept;
}

/// Of `among`, those that have what was done to the payload.
uint32_t with_features(uint32_t among, const Traits& traits, const Wrapping& wrapping) {
  return among & traits.compression[wrapping.compression] & traits.elided[wrapping.elided];
}

}  // namespace

namespace {

uint32_t with_format(uint32_t among, const Peer& peer, const Wrapping& wrapping) {
  uint32_t as = among & peer.traits.format[wrapping.format];
  if (wrapping.key_serial == 0) return as;
  uint32_t opened = 0;
  for (const auto& opener : peer.openers) opened |= opener.key->serial() == wrapping.key_serial ? opener.with : 0;
  return as & opened;
}

}  // namespace

uint32_t fitting(uint32_t among, const Peer& peer, const Wrapping& wrapping) {
  return with_features(with_format(among, peer, wrapping), peer.traits, wrapping);
}

Verdict check_terms(uint32_t accept, const Peer& peer, const Wrapping& wrapping) {
  if (with_format(accept, peer, wrapping) == 0) return WEFT_DROP_VERSION_NOT_ACCEPTED;
  return fitting(accept, peer, wrapping) == 0 ? WEFT_DROP_FEATURE_NOT_ACCEPTED : kept;
}

bool is_one_datagram(Carrier carrier, Bytes buffer, size_t stride) {
  const Format* format;
  Unwrapped seen;
  Bytes payload;
  if (read(carrier, buffer, format, seen, payload) != kept || format->guarded) return false;
  if (seen.header.compression != 0 || seen.header.elided) return false;
  if (format->ethernet) {
    FrameKind kind = read_frame(payload).kind;
    if (kind == FrameKind::cut || kind == FrameKind::arp || kind == FrameKind::other) return false;
    payload = payload.subspan(ethernet_header);
  }
  if (payload.size() < ipv4_header) return false;
  bool v6 = payload[0] >> 4 == 6;
  if (!v6 && payload[0] >> 4 != 4) return false;
  size_t length = v6 ? ipv6_header + load16(&payload[4]) : load16(&payload[2]);
  return buffer.size() - payload.size() + length > stride;
}

bool peek(Carrier carrier, Bytes datagram, Unwrapped& out) {
  const Format* format;
  Bytes payload;
  if (read(carrier, datagram, format, out, payload) != kept || format->seals()) return false;
  if (out.header.compression != 0 || out.header.elided) return false;
  if (format->ethernet && unframe(payload, out) != kept) return false;
  out.packet = payload;
  return parse_inner(payload, out.inner) == InnerFault::none;
}

Unwrapper::Unwrapper(unsigned worker) : worker_(worker), arena_(new uint8_t[arena_size]) {}

bool Unwrapper::is_full() const { return used_ + room_for_one > arena_size; }

Verdict Unwrapper::unwrap(Carrier carrier, Bytes datagram, const Peer& peer, Unwrapped& out) {
  Bytes payload;
  const Format* found;
  Verdict verdict = read(carrier, datagram, found, out, payload);
  if (verdict != kept) return verdict;
  const Format& format = *found;
  out.as = peer.accepted_by_any & peer.traits.format[out.wrapping.format];
  if (out.as == 0) return WEFT_DROP_VERSION_NOT_ACCEPTED;
  if (format.seals()) verdict = open(datagram, peer, format, out);
  else if (!format.is_intact(datagram, out.header)) verdict = WEFT_DROP_BAD_CHECKSUM;
  if (verdict != kept) return verdict;
  out.wrapping.compression = out.header.compression;
  out.wrapping.elided = out.header.elided;
  out.as = with_features(out.as, peer.traits, out.wrapping);
  if (out.as == 0) return WEFT_DROP_FEATURE_NOT_ACCEPTED;
  if (out.header.control) return accept_control(peer, payload, out);
  if (format.ethernet) verdict = unframe(payload, out);
  if (verdict != kept) return verdict;
  if (out.header.compression != 0) verdict = decompress(payload, Compression{out.header.compression}, payload);
  out.packet = payload;
  if (verdict == kept && out.header.elided) verdict = rebuild_header(payload, out);
  return verdict == kept ? check_inner(out) : verdict;
}

// Two keys may have one id, for as long as both are accepted.
Verdict Unwrapper::open(Bytes datagram, const Peer& peer, const Format& format, Unwrapped& out) {
  Verdict verdict = WEFT_DROP_UNKNOWN_KEY;
  for (const Peer::Opener& opener : peer.openers) {
    uint32_t as = out.as & opener.with;
    if (opener.key->id() != out.header.key_id || as == 0) continue;
    verdict = WEFT_DROP_BAD_TAG;
    View aad = datagram.first(format.header_length);
    if (!opener.key->open(worker_, out.header.sequence, aad, datagram.subspan(format.header_length))) continue;
    if (!opener.key->take(worker_, out.header.sequence)) return WEFT_DROP_REPLAYED;
    out.as = as;
    out.wrapping.key_serial = opener.key->serial();
    if (as & peer.traits.flow_control) out.credited = opener.key;
    return kept;
  }
  return verdict;
}

// An ask concerns what is accepted of the peer, a grant what it is sent: either makes it a peer with flow control.
Verdict Unwrapper::accept_control(const Peer& peer, View frame, Unwrapped& out) {
  if ((out.as & peer.traits.flow_control) == 0 && peer.credited.empty()) return WEFT_DROP_FEATURE_NOT_ACCEPTED;
  if (frame.size() != control_frame_length) return frame.size() < control_frame_length ? WEFT_DROP_SHORT : WEFT_DROP_LONG;
  out.packet = frame;
  return kept;
}

Verdict Unwrapper::decompress(View packed, Compression method, Bytes& payload) {
  Bytes into{arena_.get() + used_ + rebuild_room, unpacked_max};
  std::optional<size_t> length = compressor_.unpack(method, packed, into);
  if (!length) return WEFT_DROP_BAD_COMPRESSION;
  payload = into.first(*length);
  used_ += rebuild_room + *length;
  return kept;
}

}  // namespace weft
