// Encapsulated packets on their way to the substrate: collected, joined into UDP_SEGMENT sends where
// consecutive ones fit together, sent with as few calls as possible.
//
//   put    joins the packet to the last send of its socket: same peer, same port, equal length (the last
//          packet of a send may be shorter)
//   flush  one sendmmsg per socket; what an offload fault refused goes out again packet by packet
//
// When a socket's queue is full, the worker waits for room, once per turn and not long: the guest that sends too much
// is slowed down, and the others hardly are. What finds no room after that is dropped.
//
// Packets are borrowed: heads, tails and peers must live until the next flush.
#pragma once

#include <array>
#include <utility>
#include <vector>

#include "counters.h"
#include "surroundings.h"

namespace weft {

/// One UDP payload, or of the carrier `ipv6` one outer packet: `head`, then `tail`.
struct Outgoing {
  const Peer* peer;
  uint32_t peer_slot;
  uint32_t port;
  uint32_t hash;         // of the inner flow: chooses the source port
  uint32_t inner_bytes;
  View head;
  View tail;
  Carrier carrier = Carrier::gni;
};

class Outbox {
 public:
  /// `sockets` by family: those of IPv4 and those of IPv6, each list possibly empty, never both; `raw` takes
  /// whole IPv6 packets, -1: there is none. Borrowed.
  Outbox(const Surroundings& around, WorkerCounters& counters, std::vector<int> v4, std::vector<int> v6, int raw = -1);

  /// The worker may wait for room again, once.
  void begin_turn() { full_before_ = std::exchange(full_now_, false); }
  void put(const Outgoing& packet);
  void flush();
  bool empty() const { return pending_ == 0; }
  /// A socket was full in this turn, or in the one before: who reads from guests should rather let packets wait there.
  bool is_full() const { return full_now_; }
  bool was_full() const { return full_before_; }

 private:
  static constexpr size_t most_sends = 64, most_pieces = 1000;
  static constexpr uint32_t most_segments = 64, most_bytes = 65507;  // of one UDP_SEGMENT send

  struct Send {
    const Peer* peer;
    uint32_t peer_slot, port;
    uint32_t first_piece, pieces;
    uint32_t segment_size, segments, bytes, inner_bytes;
    bool open;  // another packet may join
    Carrier carrier;
  };
  struct OneByOne {
    uint32_t sent = 0;
    bool too_big = false;  // for the path, at least one of them
  };
  struct Lane {
    int fd;
    uint32_t sends = 0, pieces = 0;
    std::array<Send, most_sends> send;
    std::array<iovec, most_pieces> piece;
  };

  Lane* lane_for(const Outgoing& packet);
  bool join(Lane& lane, const Outgoing& packet, uint32_t length);
  void add_pieces(Lane& lane, Send& send, const Outgoing& packet);
  void flush(Lane& lane);
  int send(Lane& lane, mmsghdr* messages, uint32_t count);
  void count_sent(const Send& send);
  void count_failed(const Send& send, int error, uint32_t packets);
  void handle_refusal(Lane& lane, const Send& send, int error);
  OneByOne send_one_by_one(Lane& lane, const Send& whole);

  const Surroundings& around_;
  WorkerCounters& counters_;
  std::vector<std::unique_ptr<Lane>> v4_, v6_, raw_;
  uint32_t pending_ = 0;
  bool full_now_ = false, full_before_ = false;
};

}  // namespace weft
