// Answers to hosts that ask for the Ethernet address of a guest of this host (neighbour.h), sent as packets to them are.
//
// A question that is not answered is what it would be without: an ARP request is no inner packet, a solicitation goes
// on as any packet.
#pragma once

#include "outbox.h"
#include "unwrap.h"

namespace weft {

class Neighbours {
 public:
  explicit Neighbours(Outbox& outbox);

  /// Whether the question of `packet` was answered. The answer leaves with the next flush; `peer` lives until then.
  bool answer(const Snapshot& table, uint32_t peer_slot, const Peer& peer, const Unwrapped& packet);
  void flush();

 private:
  static constexpr size_t most_answers = 32;
  using Datagram = std::array<uint8_t, WEFT_HEADER_MAX + neighbour_answer_max>;

  Outbox& outbox_;
  std::array<Datagram, most_answers> answers_;  // which the outbox borrows
  size_t used_ = 0;
};

}  // namespace weft
