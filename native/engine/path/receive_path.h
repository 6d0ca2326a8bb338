// The way in: datagrams from the substrate, to the guests of this host.
#pragma once

#include "delivery.h"
#include "flow_control.h"
#include "neighbours.h"
#include "session_tests.h"

namespace weft {

class ReceivePath {
 public:
  /// `worker` is its number.
  ReceivePath(unsigned worker, const Surroundings& around, WorkerCounters& counters, Delivery& delivery, Outbox& outbox,
              Waiting& waiting, SessionTests& tests, FlowControl& flow);

  void use(const Snapshot* table, uint64_t now_ms);
  /// Receives and delivers what waits in the carrier's socket, up to a bound. Returns the errno that ended it, 0 at the
  /// bound.
  int drain(int fd, Carrier carrier);
  /// One received buffer: a datagram (of the carrier `ipv6` an outer packet), or several of `stride` bytes (the last may be shorter). Borrowed until flush, and
  /// changed: datagrams are opened where they lie.
  void receive(const Address& from, Carrier carrier, Bytes buffer, size_t stride);
  /// An inner packet whose source had to be asked for; everything before that has been checked.
  void resume(const Held& held, View packet);
  void flush() {
    delivery_.flush();
    unwrapper_.forget();
    neighbours_.flush();
  }

 private:
  struct Buffers;

  Verdict datagram(uint32_t peer_slot, const Peer& peer, Carrier carrier, Bytes bytes);
  Verdict take(uint32_t peer_slot, const Peer& peer, Carrier carrier, Bytes bytes, Unwrapped& packet);
  Verdict give(uint32_t peer_slot, const Peer& peer, const Unwrapped& packet);
  void sample(uint32_t peer_slot, const Unwrapped& packet, Verdict verdict);
  Verdict give_unfollowed(uint32_t peer_slot, const Peer& peer, const Unwrapped& packet);
  bool is_followed(const Unwrapped& packet) const;
  Verdict follow(uint32_t peer_slot, const Peer& peer, const Unwrapped& packet);
  void tell_dropped(Carrier carrier, Bytes bytes, uint32_t peer_slot, const Unwrapped& packet, Verdict verdict);
  void describe(uint32_t peer_slot, const Unwrapped& packet, Traced& told) const;
  Verdict find_port(const Unwrapped& packet, uint32_t& port);
  Verdict check_source(uint32_t peer_slot, const Peer& peer, const Unwrapped& packet);
  Verdict ask_for_source(uint32_t peer_slot, const Peer& peer, const Unwrapped& packet);

  const Surroundings& around_;
  WorkerCounters& counters_;
  Delivery& delivery_;
  Waiting& waiting_;
  SessionTests& tests_;
  FlowControl& flow_;
  Unwrapper unwrapper_;
  Neighbours neighbours_;
  const Snapshot* table_ = nullptr;
  uint64_t now_ms_ = 0;
  std::shared_ptr<Buffers> buffers_;
  unsigned batch_;
  // Answers for the last packet; good as long as `table_`.
  Key last_destination_, last_source_;
  uint32_t last_port_ = 0, last_source_peer_ = no_peer;
  // Of the datagram that is being received: more packets than one when it is a super-packet, and of which size.
  uint32_t packets_ = 1;
  uint16_t segment_size_ = 0;
  // For those who follow packets: where the buffer came from, and whether one of its packets was told of.
  uint16_t outer_port_ = 0;
  bool told_ = false;
};

}  // namespace weft
