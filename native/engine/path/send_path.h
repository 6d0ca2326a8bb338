// The way out: packets that a guest sent through its port, to another guest here or to the substrate.
#pragma once

#include "delivery.h"
#include "wrap.h"

namespace weft {

class SendPath {
 public:
  /// A port that was drained no further because a peer has given too little credit.
  struct Stall {
    std::shared_ptr<SessionKey> key;
    uint32_t peer_slot = 0;
    uint32_t hash = 0;  // of the flow
  };

  /// `worker` is its number.
  SendPath(unsigned worker, const Surroundings& around, WorkerCounters& counters, Delivery& delivery, Outbox& outbox,
           Waiting& waiting);

  /// Begins a turn with this table, which outlives the next flush.
  void use(const Snapshot* table, uint64_t now_ms) {
    table_ = table;
    now_ms_ = now_ms;
    stall_ = {};  // its key may be gone by now, and must not be kept
    outbox_.begin_turn();
  }
  /// Reads and forwards what waits in the port's queue, up to a bound, and not on when the substrate is full. Returns
  /// the errno that ended it: EAGAIN when nothing is left, 0 when it may go on next turn.
  int drain(uint32_t port, int fd);
  /// Of the last port that was drained; nothing when it may be read on.
  const Stall* stall() const { return stall_.key == nullptr ? nullptr : &stall_; }
  /// One packet. `packet` has header_room writable bytes in front, tag_room behind, and lives until the next flush.
  void forward(uint32_t port, const PortHeader& header, Bytes packet) { forward(port, header, packet, now_ms_); }
  /// The same for one that waited since then; when it has to wait on, its time is not counted anew.
  void forward(uint32_t port, const PortHeader& header, Bytes packet, uint64_t since_ms);
  /// A test packet, as a guest's would be sent that the terms of no pair are for; its memory is as that of `forward`.
  void send_test(uint32_t peer_slot, const PortHeader& header, Bytes packet);
  /// Sends what has been collected.
  void flush();

 private:
  struct Packet {
    uint32_t port;
    uint64_t since_ms;
    Bytes bytes;
    Inner inner;
    Offload offload;
  };

  static Verdict check(const PortHeader& header, Packet& packet);
  void sample(const PortEntry* port, Packet& packet, Verdict verdict);
  void follow(const Trace& trace, const PortEntry& port, Packet& packet, Verdict verdict);
  Verdict route(const PortEntry& port, Packet& packet);
  Verdict send_to_mapping(uint32_t gni, Packet& packet);
  Verdict hold(uint32_t gni, const Packet& packet, Waiting::Answer known);
  Verdict encapsulate(uint32_t gni, const Peer& peer, uint32_t peer_slot, SendTerms as, Packet& packet);
  static void write_outer(const Peer& peer, const Inner& inner, uint32_t hash, weft_header& header);
  EthernetEnds ends_of(uint32_t gni, const Inner& inner) const;
  void encapsulate_one(Wrapper::How& how, weft_header& header, Outgoing& outgoing, Packet& packet);
  void encapsulate_super(Wrapper::How& how, weft_header& header, Outgoing& outgoing, const Packet& packet);
  void put(const Wrapper::Datagram& datagram, Outgoing& outgoing, size_t inner_bytes);

  const Surroundings& around_;
  WorkerCounters& counters_;
  Delivery& delivery_;
  Outbox& outbox_;
  Waiting& waiting_;
  const Snapshot* table_ = nullptr;
  uint64_t now_ms_ = 0;
  // Packets of this flush, one behind the other, so that small ones stay in few cache lines and big ones
  // always use the same memory.
  std::unique_ptr<uint8_t[]> arena_;
  size_t used_ = 0;
  Wrapper wrapper_;
  Stall stall_;
};

}  // namespace weft
