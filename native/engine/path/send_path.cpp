// A packet's way out:
//
//   1. drain         read port header and packet into the arena
//   2. check         is it whole, is what the port header says true, is the destination unicast? (a guest's kernel
//                    announces itself by multicast, from no address yet: that is no spoofing and seeks no route)
//   3. route         is the source the guest's own, the destination in the network? a guest of this host gets it at once
//   4. send_to_mapping   which host has it? without an answer the packet waits in the first-packet queue
//   5. encapsulate   as the session says (wrap.h); super-packets segment by segment
//   6. flush         the outbox sends
//
// A step returns a Verdict; forward() is the one place that counts drops.
#include "send_path.h"

#include <cerrno>

#include "following.h"

namespace weft {

namespace {

constexpr size_t longest_packet = 65535;
constexpr size_t cache_line = 64;
constexpr size_t read_room = header_room + longest_packet + 1 + tag_room;
constexpr size_t arena_size = 256 * 1024;
constexpr size_t flush_above = 16 * 1024;  // bigger packets go out at once, so that the next one reuses their memory
constexpr int reads_per_turn = 128;

size_t lines(size_t size) { return (size + cache_line - 1) / cache_line * cache_line; }

}  // namespace

SendPath::SendPath(unsigned worker, const Surroundings& around, WorkerCounters& counters, Delivery& delivery,
                   Outbox& outbox, Waiting& waiting)
    : around_(around),
      counters_(counters),
      delivery_(delivery),
      outbox_(outbox),
      waiting_(waiting),
      arena_(new uint8_t[arena_size]),
      wrapper_(worker, outbox) {}

// The port header lies right in front of the packet and is overwritten by the encapsulation's header.
int SendPath::drain(uint32_t port, int fd) {
  stall_ = {};
  bool singly = outbox_.was_full();  // so that one packet is lost, not a batch, when there is still no room
  for (int reads = 0; reads < reads_per_turn; reads++) {
    if (used_ + read_room > arena_size) flush();
    uint8_t* packet = &arena_[used_ + header_room];
    PortHeader header;
    ssize_t size = around_.kernel.read(fd, packet - sizeof header, sizeof header + longest_packet);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return errno;
    bump(counters_.port_reads);
    if (size < static_cast<ssize_t>(sizeof header)) {
      counters_.drop_of_port(WEFT_DROP_GUEST_MALFORMED, port, 1);
      continue;
    }
    memcpy(&header, packet - sizeof header, sizeof header);
    size_t length = static_cast<size_t>(size) - sizeof header;
    used_ += header_room + lines(length + tag_room);
    forward(port, header, {packet, length});
    if (stall_.key != nullptr) break;
    if (length <= flush_above && !singly) continue;
    flush();
    if (outbox_.is_full()) break;
  }
  return 0;
}

void SendPath::forward(uint32_t port, const PortHeader& header, Bytes bytes, uint64_t since_ms) {
  Packet packet{port, since_ms, bytes, {}, {}};
  const PortEntry* entry = table_->ports[port];
  Verdict verdict = check(header, packet);
  const Trace* trace = table_->trace;
  if (trace != nullptr && entry != nullptr && trace->wants(entry->gni, packet.inner, bytes)) [[unlikely]] {
    return follow(*trace, *entry, packet, verdict);
  }
  if (counters_.flows.due()) [[unlikely]] return sample(entry, packet, verdict);
  if (verdict == kept) verdict = entry == nullptr ? WEFT_DROP_NO_ROUTE : route(*entry, packet);
  if (verdict >= 0) counters_.drop_of_port(verdict, port, packet.offload.segments);
}

// Read before it goes: what carries it writes over it. One that waits comes again.
void SendPath::sample(const PortEntry* port, Packet& packet, Verdict verdict) {
  bool is_whole = packet.inner.source.family != Family::none && port != nullptr;
  FlowSample sample = is_whole ? sample_of(packet.bytes, packet.inner) : FlowSample{};
  if (verdict == kept) verdict = port == nullptr ? WEFT_DROP_NO_ROUTE : route(*port, packet);
  uint32_t segments = packet.offload.segments;
  if (verdict >= 0) counters_.drop_of_port(verdict, packet.port, segments);
  if (!is_whole || verdict == held_back) return;
  sample.out = true;
  sample.gni = port->gni;
  sample.port = packet.port;
  const uint32_t* peer = table_->mappings.find({packet.inner.destination, port->gni});
  if (peer != nullptr && *peer != no_peer) sample.peer = *peer;
  sample.packets = segments;
  sample.bytes = packet.inner.length + (segments - 1) * packet.inner.payload_offset;
  if (verdict >= 0) sample.dropped = static_cast<int16_t>(verdict);
  counters_.flows.put(sample);
}

// The table is asked for what the path finds in it too: the path itself keeps nothing for those who follow.
void SendPath::follow(const Trace& trace, const PortEntry& port, Packet& packet, Verdict verdict) {
  flush();
  Following following(trace, *table_, counters_, "send", packet.inner);
  Ends ends{port.gni, packet.inner.source, packet.inner.destination};
  LookedUp found = look_up(*table_, ends);
  bool here = found.location == LookedUp::Location::local;
  following.told.port = here ? found.port : packet.port;
  if (!here) following.told.peer = found.peer;
  const Peer* peer = here || !found.peer ? nullptr : table_->peer(*found.peer);
  if (peer != nullptr && found.send >= 0) {
    following.told.encapsulation = static_cast<uint32_t>(found.send);
    const Format& format = *format_of(peer->encapsulations[found.send].format);
    following.told.outer = outer_to(trace, *peer, format, ends, flow_hash(packet.bytes, packet.inner));
  }
  if (verdict == kept) verdict = route(port, packet);
  if (verdict >= 0) counters_.drop_of_port(verdict, packet.port, packet.offload.segments);
  flush();
  following.tell(verdict, here ? "delivered" : "sent", around_.events);
}

void SendPath::send_test(uint32_t peer_slot, const PortHeader& header, Bytes bytes) {
  const Peer* peer = table_->peer(peer_slot);
  if (peer == nullptr || peer->terms.send < 0) return;
  Packet packet{test_port, now_ms_, bytes, {}, {}};
  Verdict verdict = check(header, packet);
  if (verdict == kept) verdict = encapsulate(0, *peer, peer_slot, peer->terms.send, packet);
  if (verdict >= 0) counters_.drop_of_port(verdict, test_port, packet.offload.segments);
}

Verdict SendPath::check(const PortHeader& header, Packet& packet) {
  if (parse_inner(packet.bytes, packet.inner) != InnerFault::none) return WEFT_DROP_GUEST_MALFORMED;
  if (!check_offload(header, packet.inner, packet.offload)) {
    packet.offload = {};  // counts as one packet
    return WEFT_DROP_GUEST_MALFORMED;
  }
  return is_unicast(packet.inner.destination) ? kept : WEFT_DROP_NOT_UNICAST;
}

Verdict SendPath::route(const PortEntry& port, Packet& packet) {
  if (!port.owns(packet.inner.source)) return WEFT_DROP_GUEST_SPOOFED_SOURCE;
  const Address& destination = packet.inner.destination;
  bool routed = port.network != nullptr && port.network->prefixes.find(destination) != PrefixSet::nothing;
  if (!routed) return WEFT_DROP_NO_ROUTE;
  const uint32_t* local = table_->local.find({destination, port.gni});
  if (local == nullptr) return send_to_mapping(port.gni, packet);
  delivery_.give_local(packet.port, *local, packet.bytes, packet.inner, packet.offload);
  return kept;
}

Verdict SendPath::send_to_mapping(uint32_t gni, Packet& packet) {
  const uint32_t* peer_slot = table_->mappings.find({packet.inner.destination, gni});
  if (peer_slot == nullptr) return hold(gni, packet, Waiting::Answer::unknown);
  if (*peer_slot == no_peer) return WEFT_DROP_NO_MAPPING;
  const Peer* peer = table_->peer(*peer_slot);
  if (peer == nullptr) return hold(gni, packet, Waiting::Answer::mapped);
  SendTerms send = peer->terms_of(gni, packet.inner.source, packet.inner.destination).send;
  if (send == undecided) return hold(gni, packet, Waiting::Answer::mapped);
  if (send == nothing) return WEFT_DROP_NO_SELECTION;
  return encapsulate(gni, *peer, *peer_slot, send, packet);
}

Verdict SendPath::hold(uint32_t gni, const Packet& packet, Waiting::Answer known) {
  bool overdue = now_ms_ - packet.since_ms >= waiting_.deadline_ms();
  if (overdue) return known == Waiting::Answer::unknown ? WEFT_DROP_RESOLVE_TIMEOUT : WEFT_DROP_NO_SESSION;
  Held held{.side = Side::destination,
            .key = {packet.inner.destination, gni},
            .owner = packet.port,
            .packets = packet.offload.segments,
            .header = port_header(packet.inner, packet.offload),
            .since_ms = packet.since_ms};
  Waiting::Outcome outcome = waiting_.hold(held, packet.bytes, now_ms_, known);
  if (outcome == Waiting::Outcome::full) return WEFT_DROP_RESOLVE_QUEUE_FULL;
  if (outcome == Waiting::Outcome::ask) around_.events.miss(Side::destination, gni, held.key.address);
  return held_back;
}

Verdict SendPath::encapsulate(uint32_t gni, const Peer& peer, uint32_t peer_slot, SendTerms as, Packet& packet) {
  const Offload& offload = packet.offload;
  const Format& format = *format_of(peer.encapsulations[as].format);
  if (format.ipv4_only && packet.inner.v6()) return WEFT_DROP_NOT_CARRIED;
  uint32_t longest = offload.super() ? packet.inner.payload_offset + uint32_t{offload.segment_size} : packet.inner.length;
  uint32_t room = format.carrier == Carrier::ipv6 ? peer.packet_room : peer.payload_room;
  if (format.front() + longest + format.tag_length > room) return WEFT_DROP_TOO_BIG;
  SessionKey* key = peer.keys[as].get();
  Wrapper::How how{peer.encapsulations[as], format, key, 0, packet.port, {}};
  if (key != nullptr) {
    std::optional<uint64_t> first = key->reserve(offload.segments);
    if (!first) return WEFT_DROP_KEY_EXHAUSTED;
    how.sequence = *first;
  }
  weft_header header;
  header.protocol = packet.inner.v6() ? protocol_ipv6 : protocol_ipv4;
  header.source_gni = header.destination_gni = gni;
  uint32_t hash = flow_hash(packet.bytes, packet.inner);
  if (format.ethernet) how.ends = ends_of(gni, packet.inner);
  if (format.carrier == Carrier::ipv6) write_outer(peer, packet.inner, hash, header);
  Outgoing outgoing{&peer, peer_slot, packet.port, hash, 0, {}, {}, format.carrier};
  if (how.as.flow_control && key->credit().is_low(key->next(), around_.crew.credit_margin())) {
    stall_ = {peer.keys[as], peer_slot, outgoing.hash};
  }
  if (offload.super()) encapsulate_super(how, header, outgoing, packet);
  else encapsulate_one(how, header, outgoing, packet);
  return kept;
}

void SendPath::write_outer(const Peer& peer, const Inner& inner, uint32_t hash, weft_header& header) {
  constexpr uint32_t flow_labels = 0xfffff;
  header.flow_label = hash & flow_labels;
  header.source_prefix = peer.own_prefix;
  header.destination_prefix = peer.prefix;
  header.inner_source = static_cast<uint32_t>(inner.source.low);
  header.inner_destination = static_cast<uint32_t>(inner.destination.low);
}

EthernetEnds SendPath::ends_of(uint32_t gni, const Inner& inner) const {
  const Mac* own = table_->macs.find({inner.destination, gni});
  return {own == nullptr ? derived_mac(inner.destination) : *own, derived_mac(inner.source)};
}

// A partial checksum may stay partial when the format can say so and the receiver can find it again: TCP or UDP right
// behind the IP header.
void SendPath::encapsulate_one(Wrapper::How& how, weft_header& header, Outgoing& outgoing, Packet& packet) {
  const Inner& inner = packet.inner;
  const Offload& offload = packet.offload;
  if (offload.partial) {
    bool findable = how.format.partial_checksum && inner.transport != Transport::other && offload.checksum_start == inner.transport_offset &&
                    offload.checksum_at == checksum_offset(inner.transport);
    header.partial_checksum = findable;
    if (!findable) complete_checksum(packet.bytes, offload.checksum_start, offload.checksum_at);
  }
  put(wrapper_.wrap(how, header, packet.bytes, {}), outgoing, inner.length);
}

// Sealing is a copy, so a sealed segment's payload is not needed any more: the next one's headers are written over its
// end, where they and their payload are one piece, which seals faster than two. The first headers are what the others
// are made from, and stay.
void SendPath::encapsulate_super(Wrapper::How& how, weft_header& header, Outgoing& outgoing, const Packet& packet) {
  Segmenter segmenter(packet.bytes, packet.inner, packet.offload);
  header.partial_checksum = how.format.partial_checksum;
  size_t head_length = segmenter.header_length();
  bool overwrites = how.format.seals() && packet.offload.segment_size >= head_length;
  for (uint32_t index = 0; index < segmenter.count(); index++) {
    View payload = segmenter.payload(index);
    Bytes head = overwrites && index > 0 ? packet.bytes.subspan(segmenter.offset(index) - head_length, head_length)
                                         : wrapper_.room_for_headers(how.format, head_length, payload.size());
    segmenter.write_headers(index, head.data());
    if (!how.format.partial_checksum) complete_checksum(head, payload, packet.offload.checksum_start, packet.offload.checksum_at);
    put(wrapper_.wrap(how, header, head, payload), outgoing, head.size() + payload.size());
  }
}

void SendPath::put(const Wrapper::Datagram& datagram, Outgoing& outgoing, size_t inner_bytes) {
  if (datagram.head.empty()) return counters_.drop_of_port(WEFT_DROP_SEND_FAILED, outgoing.port, 1);
  outgoing.head = datagram.head;
  outgoing.tail = datagram.tail;
  outgoing.inner_bytes = static_cast<uint32_t>(inner_bytes);
  outbox_.put(outgoing);
}

void SendPath::flush() {
  outbox_.flush();
  wrapper_.forget();
  used_ = 0;
}

}  // namespace weft
