// The first-packet queue: packets that wait until the mapping server has answered, or until their deadline.
//
// One ring of memory, allocated once. Records lie in it in order of arrival; since every packet waits equally
// long, the oldest record is also the first to expire. Records of one address are chained, so that an answer
// releases them in order; a released record's memory is free again when all older ones are gone.
//
// An address is asked for when its first packet comes, and again each time a deadline has passed since and packets
// still wait: questions and answers get lost. A queue that waits for a session only is asked for when the mapping goes.
//
// No owner gets more than a quarter of the addresses and bytes, so that a guest that scans leaves room for the others;
// one packet of an owner may always wait, however long it is.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "segment.h"
#include "session.h"

namespace weft {

enum class Side : uint8_t { destination, source };

/// What waits. On the way out the owner is a port, on the way in a peer.
struct Held {
  Side side = Side::destination;
  Key key;
  uint32_t owner = 0;
  uint32_t packets = 1;    // a super-packet stands for its segments
  PortHeader header{};     // on the way in only says whether the checksum is partial, and how long segments are
  Address from{};          // on the way in: the host that sent it
  uint64_t since_ms = 0;   // on the way out: when it began to wait, also when it was held again since
  Wrapping wrapping{};     // on the way in: how it came
};

class Waiting {
 public:
  /// Of all addresses and bytes, one owner gets at most one part.
  static constexpr uint32_t parts = 4;

  struct Limits {
    size_t bytes;  // of packets and what is noted about each, 0: nothing ever waits
    uint32_t packets_per_address;
    uint64_t deadline_ms;
  };
  enum class Outcome : uint8_t { ask, held, full };
  /// What is known about an address: nothing, a mapping that no session can carry yet, or all that its packets need.
  enum class Answer : uint8_t { unknown, mapped, ready };
  using Handler = std::function<void(const Held&, Bytes packet)>;  // the packet has header_room in front and tag_room behind
  using Asker = std::function<void(const Held&)>;

  explicit Waiting(const Limits& limits);

  /// Copies the packet. `ask`: its address has to be asked for now; never so when it is mapped.
  Outcome hold(const Held& held, View packet, uint64_t now_ms, Answer known = Answer::unknown);
  /// Calls `give` with every packet whose address is ready now, in order of arrival for each address, and `ask` for
  /// every address that is unknown and was not asked for. `give` may hold the packet again.
  void release(uint64_t now_ms, const std::function<Answer(const Held&)>& look_up, const Handler& give, const Asker& ask);
  /// Calls `drop` with every packet whose deadline has passed, and `ask` for addresses that it is time to ask for again.
  void expire(uint64_t now_ms, const Handler& drop, const Asker& ask);

  /// Milliseconds until the first deadline; -1 when nothing waits.
  int until_deadline(uint64_t now_ms) const;
  uint64_t packets() const { return packets_; }
  uint64_t deadline_ms() const { return limits_.deadline_ms; }

 private:
  static constexpr uint32_t none = ~0u;
  static constexpr uint32_t most_queues = 1024;
  struct Record {
    uint32_t size;         // of record, room and packet in the ring
    bool alive;            // of a dead record only these two members are there
    uint32_t packet_size;
    uint32_t next;         // offset of the next record of the same address, or `none`
    uint64_t deadline_ms;
    Held held;
  };
  struct Queue {
    Held first;
    uint32_t head, tail, count;
    bool asked;         // for its mapping, which is still to come
    uint64_t asked_ms;
  };
  /// What an owner has in here: queues that its packets opened, bytes of the ring.
  struct Share {
    uint32_t queues = 0, bytes = 0;
  };

  Share& share(const Held& held);
  bool has_room(const Share& share, uint32_t size, bool opens_queue) const;
  Shard& index(Side side) { return index_[static_cast<size_t>(side)]; }
  Record& record(uint32_t offset) { return *reinterpret_cast<Record*>(ring_.get() + offset); }
  const Record& record(uint32_t offset) const { return *reinterpret_cast<const Record*>(ring_.get() + offset); }
  Bytes packet_of(uint32_t offset);
  uint32_t allocate(uint32_t size);
  Queue& open_queue(const Held& first, uint64_t hash, uint32_t offset);
  Queue take_queue(uint32_t index);
  void give_all(const Queue& queue, const Handler& give);
  void note_asked(Queue& queue, uint64_t now_ms);
  bool is_overdue(const Queue& queue, uint64_t now_ms) const;
  void finish(uint32_t offset);

  Limits limits_;
  uint32_t capacity_;
  std::unique_ptr<uint8_t[]> ring_;
  uint32_t head_ = 0, tail_ = 0;  // oldest record, first free byte
  uint32_t used_ = 0;
  uint64_t packets_ = 0;
  std::vector<Queue> queues_;     // those in use have a count
  std::vector<uint32_t> free_queues_;
  Shard index_[2];                // address → queue, by side
  std::vector<Share> shares_[2];  // by side and owner
};

}  // namespace weft
