#include "outbox.h"

#include <netinet/in.h>
#include <netinet/udp.h>

#include <algorithm>
#include <cerrno>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

namespace weft {

namespace {

constexpr int longest_wait_ms = 2;

struct SegmentControl {
  alignas(cmsghdr) uint8_t bytes[CMSG_SPACE(sizeof(uint16_t))];
};

void ask_for_segments(msghdr& message, SegmentControl& control, uint16_t size) {
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_UDP;
  header->cmsg_type = UDP_SEGMENT;
  header->cmsg_len = CMSG_LEN(sizeof size);
  memcpy(CMSG_DATA(header), &size, sizeof size);
}

/// `first` begins with the packet's header. `outer` lives as long as the message.
void address_to(msghdr& message, const Peer& peer, Carrier carrier, const iovec& first, sockaddr_in6& outer) {
  if (carrier == Carrier::ipv6) {
    constexpr size_t destination_at = 24;
    outer = {};
    outer.sin6_family = AF_INET6;
    memcpy(&outer.sin6_addr, static_cast<const uint8_t*>(first.iov_base) + destination_at, sizeof outer.sin6_addr);
    message.msg_name = &outer;
    message.msg_namelen = sizeof outer;
    return;
  }
  message.msg_name = const_cast<sockaddr_storage*>(&peer.to[static_cast<size_t>(carrier)]);
  message.msg_namelen = peer.to_length;
}

iovec piece(View bytes) { return {const_cast<uint8_t*>(bytes.data()), bytes.size()}; }

uint8_t* end_of(const iovec& piece) { return static_cast<uint8_t*>(piece.iov_base) + piece.iov_len; }

/// Moves the first `length` bytes of the pieces from `next` on to `parts`, and says in how many parts they are: a packet
/// was put as at most two, and joining pieces makes them no more.
size_t cut(iovec*& next, size_t length, iovec (&parts)[2]) {
  size_t count = 0;
  for (; length > 0; count++) {
    iovec& part = parts[count] = {next->iov_base, std::min(length, next->iov_len)};
    length -= part.iov_len;
    *next = {end_of(part), next->iov_len - part.iov_len};
    if (next->iov_len == 0) next++;
  }
  return count;
}

}  // namespace

Outbox::Outbox(const Surroundings& around, WorkerCounters& counters, std::vector<int> v4, std::vector<int> v6, int raw)
    : around_(around), counters_(counters) {
  auto add = [](std::vector<std::unique_ptr<Lane>>& lanes, int fd) {
    lanes.push_back(std::make_unique<Lane>());
    lanes.back()->fd = fd;
  };
  for (int fd : v4) add(v4_, fd);
  for (int fd : v6) add(v6_, fd);
  if (raw >= 0) add(raw_, raw);
}

Outbox::Lane* Outbox::lane_for(const Outgoing& packet) {
  if (packet.carrier == Carrier::ipv6) return raw_.empty() ? nullptr : raw_.front().get();
  auto& lanes = packet.peer->family == Family::v4 ? v4_ : v6_;
  return lanes.empty() ? nullptr : lanes[packet.hash % lanes.size()].get();
}

void Outbox::put(const Outgoing& packet) {
  Lane* lane = lane_for(packet);
  if (lane == nullptr) {
    around_.last_send_error.store(EAFNOSUPPORT, std::memory_order_relaxed);
    counters_.drop_of_port(WEFT_DROP_SEND_FAILED, packet.port, 1);
    return;
  }
  uint32_t length = static_cast<uint32_t>(packet.head.size() + packet.tail.size());
  if (lane->pieces + 2 > most_pieces) flush(*lane);
  if (join(*lane, packet, length)) return;
  if (lane->sends == most_sends) flush(*lane);
  pending_++;
  Send& send = lane->send[lane->sends++];
  send = {packet.peer, packet.peer_slot, packet.port, lane->pieces, 0, length, 1, length, packet.inner_bytes, true, packet.carrier};
  add_pieces(*lane, send, packet);
}

bool Outbox::join(Lane& lane, const Outgoing& packet, uint32_t length) {
  if (lane.sends == 0) return false;
  Send& last = lane.send[lane.sends - 1];
  bool fits = last.open && last.carrier != Carrier::ipv6 && last.peer == packet.peer && last.port == packet.port && last.carrier == packet.carrier &&
              length <= last.segment_size && last.segments < most_segments && last.bytes + length <= most_bytes;
  if (!fits || !packet.peer->udp_gso || !around_.switches.udp_gso.load(std::memory_order_relaxed)) return false;
  last.segments++;
  last.bytes += length;
  last.inner_bytes += packet.inner_bytes;
  last.open = length == last.segment_size;
  add_pieces(lane, last, packet);
  return true;
}

// Sealed packets lie one behind the other: a whole send of them is one piece, which the kernel copies in one go.
void Outbox::add_pieces(Lane& lane, Send& send, const Outgoing& packet) {
  for (View bytes : {packet.head, packet.tail}) {
    if (bytes.empty()) continue;
    if (send.pieces > 0 && end_of(lane.piece[lane.pieces - 1]) == bytes.data()) {
      lane.piece[lane.pieces - 1].iov_len += bytes.size();
      continue;
    }
    lane.piece[lane.pieces++] = piece(bytes);
    send.pieces++;
  }
}

void Outbox::flush() {
  if (pending_ == 0) return;
  for (auto& lane : v4_) flush(*lane);
  for (auto& lane : v6_) flush(*lane);
  for (auto& lane : raw_) flush(*lane);
}

void Outbox::flush(Lane& lane) {
  if (lane.sends == 0) return;
  mmsghdr messages[most_sends];
  SegmentControl controls[most_sends];
  sockaddr_in6 outer[most_sends];
  for (uint32_t at = 0; at < lane.sends; at++) {
    const Send& send = lane.send[at];
    msghdr& message = messages[at].msg_hdr = msghdr{};
    address_to(message, *send.peer, send.carrier, lane.piece[send.first_piece], outer[at]);
    message.msg_iov = &lane.piece[send.first_piece];
    message.msg_iovlen = send.pieces;
    if (send.segments > 1) ask_for_segments(message, controls[at], static_cast<uint16_t>(send.segment_size));
  }
  for (uint32_t at = 0; at < lane.sends;) {
    int sent = send(lane, &messages[at], lane.sends - at);
    if (sent <= 0) handle_refusal(lane, lane.send[at++], errno);
    for (int done = 0; done < sent; done++) count_sent(lane.send[at++]);
  }
  pending_ -= lane.sends;
  lane.sends = lane.pieces = 0;
}

// The socket counts as writable when half of its queue is free, but what got free by the end of the wait will do.
int Outbox::send(Lane& lane, mmsghdr* messages, uint32_t count) {
  for (;;) {
    int sent = around_.kernel.sendmmsg(lane.fd, messages, count, MSG_DONTWAIT);
    int error = errno;
    if (sent < 0 && error == EINTR) continue;
    bump(counters_.sends);
    if (sent >= 0 || error != EAGAIN || std::exchange(full_now_, true)) return sent;
    pollfd writable{lane.fd, POLLOUT, 0};
    around_.kernel.poll(&writable, 1, longest_wait_ms);
  }
}

void Outbox::count_sent(const Send& send) {
  counters_.ports[send.port].out.add(send.segments, send.inner_bytes);
  if (send.port != control_port) counters_.peers[send.peer_slot].out.add(send.segments, send.inner_bytes);
  if (send.segments > 1) bump(counters_.super_packets_out);
}

void Outbox::count_failed(const Send& send, int error, uint32_t packets) {
  around_.last_send_error.store(error, std::memory_order_relaxed);
  counters_.drop_of_port(error == EMSGSIZE ? WEFT_DROP_TOO_BIG : WEFT_DROP_SEND_FAILED, send.port, packets);
}

// The offload is to blame only when the same data goes out without it. Older kernels answer EINVAL too when the
// segments are longer than the path carries, and then the last, shorter packet goes out alone.
void Outbox::handle_refusal(Lane& lane, const Send& send, int error) {
  if (send.segments == 1 || !is_send_offload_fault(error)) return count_failed(send, error, send.segments);
  OneByOne plain = send_one_by_one(lane, send);
  if (plain.sent == 0) return;
  if (!plain.too_big) around_.give_up(around_.switches.udp_gso, "udp-gso", "sendmmsg with UDP_SEGMENT", error);
  // Bytes are exact when nothing is missing, and shared out evenly when something is.
  uint64_t bytes = uint64_t{send.inner_bytes} * plain.sent / send.segments;
  counters_.ports[send.port].out.add(plain.sent, bytes);
  if (send.port != control_port) counters_.peers[send.peer_slot].out.add(plain.sent, bytes);
}

Outbox::OneByOne Outbox::send_one_by_one(Lane& lane, const Send& whole) {
  OneByOne result;
  iovec* next = &lane.piece[whole.first_piece];
  for (uint32_t rest = whole.bytes; rest > 0;) {
    uint32_t length = std::min(rest, whole.segment_size);
    iovec parts[2];
    size_t count = cut(next, length, parts);
    rest -= length;
    mmsghdr message{};
    sockaddr_in6 outer;
    address_to(message.msg_hdr, *whole.peer, whole.carrier, parts[0], outer);
    message.msg_hdr.msg_iov = parts;
    message.msg_hdr.msg_iovlen = count;
    if (send(lane, &message, 1) == 1) {
      result.sent++;
    } else {
      result.too_big |= errno == EMSGSIZE;
      count_failed(whole, errno, 1);
    }
  }
  return result;
}

}  // namespace weft
