// What becomes of the packets in the first-packet queue: they go on when the table has their answer, and are dropped
// when their time is over.
//
// Slots are used again while packets wait, so an owner is looked at once more before its packet goes on: the slot of
// a port may by now belong to a guest of another network, that of a peer to another host.
#pragma once

#include "receive_path.h"
#include "send_path.h"

namespace weft {

class FirstPackets {
 public:
  FirstPackets(const Surroundings& around, WorkerCounters& counters, Waiting& waiting, SendPath& send_path,
               ReceivePath& receive_path);

  /// After a change of the table, which both paths use already.
  void answer(const Snapshot& table, uint64_t now_ms);
  void expire(const Snapshot& table, uint64_t now_ms);

 private:
  void resume(const Snapshot& table, const Held& held, Bytes packet);
  void drop(const Snapshot& table, const Held& held, View packet, Verdict reason);
  void tell_dropped(const Snapshot& table, const Held& held, View packet, Verdict reason);
  void ask(const Held& held) { around_.events.miss(held.side, held.key.gni, held.key.address); }

  const Surroundings& around_;
  WorkerCounters& counters_;
  Waiting& waiting_;
  SendPath& send_path_;
  ReceivePath& receive_path_;
};

}  // namespace weft
