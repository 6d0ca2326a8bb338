#include "delivery.h"

#include <cerrno>

namespace weft {

Delivery::Delivery(const Surroundings& around, WorkerCounters& counters) : around_(around), counters_(counters) {
  for (auto& queue : queues_) queue.store(-1, std::memory_order_relaxed);
}

void Delivery::give(uint32_t port, uint32_t peer, const Arrival& arrival) {
  if (arrival.partial) {
    Offload offload = offload_of(port, arrival);
    if (offload.super()) return give_super(port, peer, arrival, offload);
  }
  bool same_owner = port == run_port_ && peer == run_peer_;
  if (!run_.empty() && same_owner && run_.append(arrival)) return;
  flush();
  run_.begin(arrival, {may_merge(Transport::tcp), may_merge(Transport::udp)});
  run_port_ = port;
  run_peer_ = peer;
  run_inner_ = arrival.inner;
  run_partial_ = arrival.partial;
}

// What a kernel has encapsulated whole, or joined before we had it, is a super-packet that has lost its port header. Of
// TCP nobody says into what it would be cut: into what the port takes.
Offload Delivery::offload_of(uint32_t port, const Arrival& arrival) const {
  const Inner& inner = arrival.inner;
  uint32_t size = arrival.segment_size, mtu = mtus_[port].load(std::memory_order_relaxed);
  bool joined = inner.transport == Transport::tcp && mtu > inner.payload_offset && inner.length > mtu;
  if (joined) size = mtu - inner.payload_offset;
  if (size == 0 || inner.payload_offset == 0) return {};
  uint32_t payload = inner.length - inner.payload_offset, segments = (payload + size - 1) / size;
  return {true, inner.transport_offset, checksum_offset(inner.transport), static_cast<uint16_t>(size), segments};
}

void Delivery::give_super(uint32_t port, uint32_t peer, const Arrival& arrival, const Offload& offload) {
  flush();
  const Inner& inner = arrival.inner;
  uint32_t delivered = write_super(port, arrival.packet, inner, offload);
  if (delivered < offload.segments) counters_.drop_of_peer(WEFT_DROP_PORT_FAILED, peer, offload.segments - delivered);
  uint64_t bytes = uint64_t{inner.length} + (offload.segments - 1) * inner.payload_offset;
  counters_.ports[port].in.add(delivered, bytes * delivered / offload.segments);
  counters_.peers[peer].in.add(delivered, bytes * delivered / offload.segments);
  if (delivered > 0) bump(counters_.super_packets_in);
}

void Delivery::flush() {
  if (run_.empty()) return;
  uint32_t packets = run_.count(), bytes = run_.bytes();
  std::span<const iovec> pieces = run_.finish();
  if (packets > 1) return flush_merged(pieces, packets, bytes);
  if (!write(run_port_, pieces)) return counters_.drop_of_peer(WEFT_DROP_PORT_FAILED, run_peer_, 1);
  counters_.ports[run_port_].in.add(1, bytes);
  counters_.peers[run_peer_].in.add(1, bytes);
}

void Delivery::flush_merged(std::span<const iovec> pieces, uint32_t packets, uint32_t bytes) {
  uint32_t delivered = packets;
  if (write(run_port_, pieces)) {
    bump(counters_.super_packets_in);
  } else {
    int error = errno;
    delivered = is_port_offload_fault(error) ? write_apart(pieces.subspan(1)) : 0;
    if (delivered > 0) blame(run_inner_.transport, error);
    counters_.drop_of_peer(WEFT_DROP_PORT_FAILED, run_peer_, packets - delivered);
  }
  uint64_t delivered_bytes = uint64_t{bytes} * delivered / packets;
  counters_.ports[run_port_].in.add(delivered, delivered_bytes);
  counters_.peers[run_peer_].in.add(delivered, delivered_bytes);
}

// Each payload of a run still has its own headers in front of it in the receive buffer.
uint32_t Delivery::write_apart(std::span<const iovec> payloads) {
  uint32_t delivered = 0;
  for (const iovec& payload : payloads) {
    size_t headers = run_inner_.payload_offset;
    View packet{static_cast<const uint8_t*>(payload.iov_base) - headers, payload.iov_len + headers};
    Run one;
    one.begin({packet, run_inner_, run_partial_}, {});
    if (write(run_port_, one.finish())) delivered++;
  }
  return delivered;
}

void Delivery::give_local(uint32_t from, uint32_t to, View packet, const Inner& inner, const Offload& offload) {
  uint32_t bytes = inner.length + (offload.segments - 1) * inner.payload_offset;
  uint32_t delivered = write_super(to, packet, inner, offload);
  if (delivered < offload.segments) counters_.drop_of_port(WEFT_DROP_PORT_FAILED, from, offload.segments - delivered);
  uint64_t delivered_bytes = uint64_t{bytes} * delivered / offload.segments;
  counters_.ports[from].out.add(delivered, delivered_bytes);
  counters_.ports[to].in.add(delivered, delivered_bytes);
  counters_.local.add(delivered, delivered_bytes);
}

/// A super-packet, or a packet alone. Returns how many packets were written.
uint32_t Delivery::write_super(uint32_t to, View packet, const Inner& inner, const Offload& offload) {
  bool whole = !offload.super() || may_merge(inner.transport);
  if (whole) {
    PortHeader header = port_header(inner, offload);
    iovec pieces[2] = {{&header, sizeof header}, {const_cast<uint8_t*>(packet.data()), packet.size()}};
    if (write(to, pieces)) return offload.segments;
  }
  int error = errno;
  if (!offload.super() || (whole && !is_port_offload_fault(error))) return 0;
  uint32_t delivered = write_segments(to, packet, inner, offload);
  if (whole && delivered > 0) blame(inner.transport, error);
  return delivered;
}

uint32_t Delivery::write_segments(uint32_t to, View packet, const Inner& inner, const Offload& offload) {
  Segmenter segmenter(packet, inner, offload);
  Offload one{true, inner.transport_offset, checksum_offset(inner.transport), 0, 1};
  PortHeader header = port_header(inner, one);
  uint32_t delivered = 0;
  for (uint32_t index = 0; index < segmenter.count(); index++) {
    uint8_t headers[longest_inner_header];
    segmenter.write_headers(index, headers);
    View payload = segmenter.payload(index);
    iovec pieces[3] = {{&header, sizeof header},
                       {headers, segmenter.header_length()},
                       {const_cast<uint8_t*>(payload.data()), payload.size()}};
    if (write(to, pieces)) delivered++;
  }
  return delivered;
}

bool Delivery::write(uint32_t port, std::span<const iovec> pieces) {
  int fd = queue(port);
  if (fd < 0) {
    errno = ENODEV;
    return false;
  }
  ssize_t written;
  do written = around_.kernel.writev(fd, pieces.data(), static_cast<int>(pieces.size()));
  while (written < 0 && errno == EINTR);
  bump(counters_.port_writes);
  return written >= 0;
}

bool Delivery::may_merge(Transport transport) const {
  const auto& which = transport == Transport::udp ? around_.switches.uso : around_.switches.tso;
  return which.load(std::memory_order_relaxed);
}

void Delivery::blame(Transport transport, int error) {
  if (transport == Transport::udp) around_.give_up(around_.switches.uso, "uso", "writev of a UDP super-packet to a port", error);
  else around_.give_up(around_.switches.tso, "tso", "writev of a TCP super-packet to a port", error);
}

}  // namespace weft
