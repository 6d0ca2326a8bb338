// A packet's way in:
//
//   1. drain         receive many buffers, each one datagram or several of one sender (UDP_GRO)
//   2. receive       which peer is it from? then datagram by datagram:
//   3. datagram      unwrap (unwrap.h); who asks for a guest's Ethernet address is answered (neighbours.h); do the
//                    networks fit?
//   4. find_port     which guest of this host is meant?
//   5. check_source  may this peer send from that inner source? unknown sources wait in the first-packet queue
//   6. check_terms   do these two guests accept of each other how the packet came?
//   7. give          the delivery joins consecutive packets of a flow and writes them to the port
//
// A step returns a Verdict; receive() is the one place that counts drops.
#include "receive_path.h"

#include <netinet/in.h>
#include <netinet/udp.h>

#include <bit>
#include <cerrno>

#include "following.h"

#ifndef UDP_GRO
#define UDP_GRO 104
#endif

namespace weft {

namespace {

constexpr unsigned most_messages = 32, big_messages = 4;
// In front of what a raw socket gives there is room for the outer header, which the kernel tells apart from it.
constexpr size_t outer_header = 40, buffer_size = 64 + 65536;
constexpr size_t outer_source_at = 8, outer_destination_at = 24;
constexpr size_t big = 16 * 1024;
constexpr int batches_per_turn = 8;
constexpr size_t cache_line = 64, header_lines = 2, datagrams_ahead = 2;

/// The headers of a datagram that comes soon: only they are read here, and waiting for them one by one would cost
/// more than all the checks.
inline void prefetch_headers(View buffer, size_t offset) {
  for (size_t line = 0; line < header_lines; line++, offset += cache_line) {
    if (offset < buffer.size()) __builtin_prefetch(&buffer[offset]);
  }
}

/// Payload bytes per datagram when the kernel has joined several, else 0.
size_t stride_of(msghdr& message) {
  for (cmsghdr* control = CMSG_FIRSTHDR(&message); control != nullptr; control = CMSG_NXTHDR(&message, control)) {
    if (control->cmsg_level != SOL_UDP || control->cmsg_type != UDP_GRO) continue;
    int size;
    memcpy(&size, CMSG_DATA(control), sizeof size);
    return size > 0 ? static_cast<size_t>(size) : 0;
  }
  return 0;
}

/// The outer IPv6 header as far as it is known, in front of the payload.
void write_outer_header(msghdr& message, const sockaddr_storage& from, uint16_t length, uint8_t* out) {
  memset(out, 0, outer_header);
  out[0] = 0x60;
  store16(&out[4], length);
  out[6] = protocol_ipv4;
  memcpy(&out[outer_source_at], &reinterpret_cast<const sockaddr_in6&>(from).sin6_addr, sizeof(in6_addr));
  for (cmsghdr* control = CMSG_FIRSTHDR(&message); control != nullptr; control = CMSG_NXTHDR(&message, control)) {
    if (control->cmsg_level != IPPROTO_IPV6 || control->cmsg_type != IPV6_PKTINFO) continue;
    memcpy(&out[outer_destination_at], CMSG_DATA(control) + offsetof(in6_pktinfo, ipi6_addr), sizeof(in6_addr));
  }
}

uint16_t port_of(const sockaddr_storage& from) {
  return ntohs(from.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(from).sin6_port
                                          : reinterpret_cast<const sockaddr_in&>(from).sin_port);
}

}  // namespace

struct ReceivePath::Buffers {
  struct Control {
    alignas(cmsghdr) uint8_t bytes[std::max(CMSG_SPACE(sizeof(int)), CMSG_SPACE(sizeof(in6_pktinfo)))];
  };
  mmsghdr messages[most_messages];
  iovec pieces[most_messages];
  sockaddr_storage from[most_messages];
  Control controls[most_messages];
  uint8_t bytes[most_messages][buffer_size];

  void prepare(unsigned count, size_t room) {
    for (unsigned at = 0; at < count; at++) {
      pieces[at] = {bytes[at] + room, buffer_size - room};
      messages[at].msg_hdr = {&from[at], sizeof from[at], &pieces[at], 1, controls[at].bytes, sizeof controls[at].bytes, 0};
    }
  }
};

ReceivePath::ReceivePath(unsigned worker, const Surroundings& around, WorkerCounters& counters, Delivery& delivery,
                         Outbox& outbox, Waiting& waiting, SessionTests& tests, FlowControl& flow)
    : around_(around),
      counters_(counters),
      delivery_(delivery),
      waiting_(waiting),
      tests_(tests),
      flow_(flow),
      unwrapper_(worker),
      neighbours_(outbox),
      buffers_(new Buffers),
      batch_(most_messages) {}

void ReceivePath::use(const Snapshot* table, uint64_t now_ms) {
  table_ = table;
  now_ms_ = now_ms;
  last_destination_ = last_source_ = Key{};
}

// While buffers come back big, few are asked for at a time, so that they stay in the cache between the two copies.
int ReceivePath::drain(int fd, Carrier carrier) {
  Buffers& buffers = *buffers_;
  bool is_raw = carrier == Carrier::ipv6;
  for (int batch = 0; batch < batches_per_turn; batch++) {
    buffers.prepare(batch_, is_raw ? outer_header : 0);
    int count = around_.kernel.recvmmsg(fd, buffers.messages, batch_, MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    bump(counters_.receives);
    size_t longest = 0;
    for (int at = 0; at < count; at++) {
      mmsghdr& message = buffers.messages[at];
      longest = std::max<size_t>(longest, message.msg_len);
      if (is_raw) write_outer_header(message.msg_hdr, buffers.from[at], static_cast<uint16_t>(message.msg_len), buffers.bytes[at]);
      Bytes bytes{buffers.bytes[at], message.msg_len + (is_raw ? outer_header : 0)};
      outer_port_ = port_of(buffers.from[at]);
      receive(Address::from_socket(buffers.from[at]), carrier, bytes, is_raw ? 0 : stride_of(message.msg_hdr));
    }
    flush();  // the buffers are used again
    flow_.flush();
    bool drained = static_cast<unsigned>(count) < batch_;
    batch_ = longest > big ? big_messages : most_messages;
    if (drained) return EAGAIN;
  }
  return 0;
}

void ReceivePath::receive(const Address& from, Carrier carrier, Bytes buffer, size_t stride) {
  if (stride == 0) stride = buffer.size();
  const uint32_t* slot = table_->peer_addresses.find(peer_key(carrier, from));
  const Peer* peer = slot == nullptr ? nullptr : table_->peer(*slot);
  told_ = false;
  if (peer == nullptr) {
    if (table_->trace != nullptr) [[unlikely]] tell_dropped(carrier, buffer.first(std::min(stride, buffer.size())), no_peer, {}, WEFT_DROP_UNKNOWN_PEER);
    return counters_.drop(WEFT_DROP_UNKNOWN_PEER, stride == 0 ? 1 : (buffer.size() + stride - 1) / stride);
  }
  packets_ = 1;
  segment_size_ = 0;
  if (stride < buffer.size() && is_one_datagram(carrier, buffer, stride)) {
    packets_ = static_cast<uint32_t>(buffer.size() / stride);  // headers are shorter than most segments
    segment_size_ = static_cast<uint16_t>(stride);
    stride = buffer.size();
  }
  do {
    Bytes bytes = buffer.first(std::min(stride, buffer.size()));
    prefetch_headers(buffer, stride * datagrams_ahead);
    if (unwrapper_.is_full()) flush();
    Verdict verdict = datagram(*slot, *peer, carrier, bytes);
    if (verdict >= 0) counters_.drop_of_peer(verdict, *slot, packets_);
    buffer = buffer.subspan(bytes.size());
  } while (!buffer.empty());
}

Verdict ReceivePath::datagram(uint32_t peer_slot, const Peer& peer, Carrier carrier, Bytes bytes) {
  Unwrapped packet;
  Verdict verdict = take(peer_slot, peer, carrier, bytes, packet);
  if (counters_.flows.due()) [[unlikely]] sample(peer_slot, packet, verdict);
  if (verdict >= 0 && table_->trace != nullptr) [[unlikely]] tell_dropped(carrier, bytes, peer_slot, packet, verdict);
  return verdict;
}

// What a host says to a host is no flow of a guest, and one that waits is not decided on.
void ReceivePath::sample(uint32_t peer_slot, const Unwrapped& packet, Verdict verdict) {
  const weft_header& header = packet.header;
  bool is_guests = packet.inner.source.family != Family::none && !header.control && header.destination_gni != test_gni;
  if (!is_guests || verdict == held_back) return;
  FlowSample sample = sample_of(packet.packet, packet.inner);
  sample.gni = header.destination_gni;
  sample.peer = peer_slot;
  const uint32_t* port = table_->local.find({packet.inner.destination, header.destination_gni});
  if (port != nullptr) sample.port = *port;
  sample.packets = packets_;
  sample.bytes = static_cast<uint32_t>(packet.packet.size());
  if (verdict >= 0) sample.dropped = static_cast<int16_t>(verdict);
  counters_.flows.put(sample);
}

Verdict ReceivePath::take(uint32_t peer_slot, const Peer& peer, Carrier carrier, Bytes bytes, Unwrapped& packet) {
  Verdict verdict = unwrapper_.unwrap(carrier, bytes, peer, packet);
  if (packet.credited != nullptr) flow_.arrived(peer_slot, peer, *packet.credited, packet.header.sequence);
  if (packet.question && neighbours_.answer(*table_, peer_slot, peer, packet)) return kept;
  if (verdict != kept) return verdict;
  // Kernels that encapsulate leave inner checksums to who sends at last, and join packets of gni6 before a raw socket has
  // them; none of them says so in the header, and over a veth nobody has completed them.
  if (!format_of(packet.wrapping.format)->guarded && checksum_is_partial(packet.packet, packet.inner)) {
    packet.header.partial_checksum = true;
  }
  if (packet.header.control) return flow_.receive(peer_slot, peer, packet.packet);
  if (packet.header.source_gni != packet.header.destination_gni) return WEFT_DROP_GNI_MISMATCH;
  if (packet.header.destination_gni == test_gni) return tests_.receive(peer_slot, packet, now_ms_);
  return give(peer_slot, peer, packet);
}

Verdict ReceivePath::give(uint32_t peer_slot, const Peer& peer, const Unwrapped& packet) {
  if (table_->trace != nullptr && is_followed(packet)) [[unlikely]] return follow(peer_slot, peer, packet);
  return give_unfollowed(peer_slot, peer, packet);
}

Verdict ReceivePath::give_unfollowed(uint32_t peer_slot, const Peer& peer, const Unwrapped& packet) {
  uint32_t port;
  Verdict verdict = find_port(packet, port);
  if (verdict == kept) verdict = check_source(peer_slot, peer, packet);
  if (verdict == kept && !peer.pairs.empty()) {
    const Inner& inner = packet.inner;
    const Terms& terms = peer.terms_of(packet.header.destination_gni, inner.destination, inner.source);
    verdict = check_terms(terms.accept, peer, packet.wrapping);
  }
  if (verdict == kept) delivery_.give(port, peer_slot, {packet.packet, packet.inner, packet.header.partial_checksum != 0, segment_size_});
  return verdict;
}

// Of a buffer the first one tells for all: they are of one super-packet as a rule.
bool ReceivePath::is_followed(const Unwrapped& packet) const {
  if (told_) return false;
  const weft_header& header = packet.header;
  return table_->trace->wants(header.destination_gni, packet.inner, packet.packet) ||
         table_->trace->wants(header.source_gni, packet.inner, packet.packet);
}

Verdict ReceivePath::follow(uint32_t peer_slot, const Peer& peer, const Unwrapped& packet) {
  delivery_.flush();
  Following following(*table_->trace, *table_, counters_, "receive", packet.inner);
  describe(peer_slot, packet, following.told);
  Verdict verdict = give_unfollowed(peer_slot, peer, packet);
  delivery_.flush();
  following.tell(verdict, "delivered", around_.events);
  told_ = true;
  return verdict;
}

/// Of the bytes of what was dropped before it was unwrapped, as much as can be read.
void ReceivePath::tell_dropped(Carrier carrier, Bytes bytes, uint32_t peer_slot, const Unwrapped& packet, Verdict verdict) {
  Unwrapped seen = packet;
  bool is_whole = packet.inner.source.family != Family::none;
  if ((!is_whole && !peek(carrier, bytes, seen)) || !is_followed(seen)) return;
  Following following(*table_->trace, *table_, counters_, "receive", seen.inner);
  describe(peer_slot, seen, following.told);
  following.tell(verdict, "", around_.events);
  told_ = true;
}

void ReceivePath::describe(uint32_t peer_slot, const Unwrapped& packet, Traced& told) const {
  Ends ends{packet.header.destination_gni, packet.inner.source, packet.inner.destination};
  const uint32_t* port = table_->local.find({ends.destination, ends.gni});
  if (port != nullptr) told.port = *port;
  const Peer* peer = table_->peer(peer_slot);
  if (peer == nullptr) return;
  told.peer = peer_slot;
  uint32_t as = fitting(peer->accepted_by_any, *peer, packet.wrapping);
  if (as != 0) told.encapsulation = static_cast<uint32_t>(std::countr_zero(as));
  told.outer = outer_from(*table_->trace, *peer, *format_of(packet.wrapping.format), ends, outer_port_);
}

Verdict ReceivePath::find_port(const Unwrapped& packet, uint32_t& port) {
  Key key{packet.inner.destination, packet.header.destination_gni};
  if (key != last_destination_) {
    const uint32_t* found = table_->local.find(key);
    if (found == nullptr) return table_->has_local_network(key.gni) ? WEFT_DROP_NO_GUEST : WEFT_DROP_UNKNOWN_GNI;
    last_destination_ = key;
    last_port_ = *found;
  }
  port = last_port_;
  return kept;
}

Verdict ReceivePath::check_source(uint32_t peer_slot, const Peer& peer, const Unwrapped& packet) {
  Key key{packet.inner.source, packet.header.source_gni};
  if (key != last_source_) {
    const uint32_t* found = table_->mappings.find(key);
    if (found == nullptr) return ask_for_source(peer_slot, peer, packet);
    last_source_ = key;
    last_source_peer_ = *found;
  }
  return last_source_peer_ == peer_slot ? kept : WEFT_DROP_SPOOFED_INNER_SOURCE;
}

Verdict ReceivePath::ask_for_source(uint32_t peer_slot, const Peer& peer, const Unwrapped& packet) {
  Key key{packet.inner.source, packet.header.source_gni};
  if (table_->local.find(key) != nullptr) return WEFT_DROP_SPOOFED_INNER_SOURCE;  // it lives here
  Held held{.side = Side::source, .key = key, .owner = peer_slot, .packets = packets_, .from = peer.address, .wrapping = packet.wrapping};
  if (packet.header.partial_checksum) held.header.flags = PortHeader::needs_checksum;
  held.header.gso_size = segment_size_;
  Waiting::Outcome outcome = waiting_.hold(held, packet.packet, now_ms_);
  if (outcome == Waiting::Outcome::full) return WEFT_DROP_RESOLVE_QUEUE_FULL;
  if (outcome == Waiting::Outcome::ask) around_.events.miss(Side::source, key.gni, key.address);
  return held_back;
}

// Ports, mappings and the terms of pairs may have changed while the packet waited, so they are looked up again.
void ReceivePath::resume(const Held& held, View bytes) {
  Unwrapped packet;
  packet.packet = bytes;
  packet.header.source_gni = packet.header.destination_gni = held.key.gni;
  packet.header.partial_checksum = held.header.flags != 0;
  packet.wrapping = held.wrapping;
  parse_inner(bytes, packet.inner);  // it was whole when it came
  told_ = false;
  outer_port_ = 0;
  packets_ = held.packets;
  segment_size_ = held.header.gso_size;
  Verdict verdict = give(held.owner, *table_->peer(held.owner), packet);
  if (verdict >= 0) counters_.drop_of_peer(verdict, held.owner, held.packets);
}

}  // namespace weft
