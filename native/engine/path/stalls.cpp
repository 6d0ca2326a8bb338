#include "stalls.h"

#include <algorithm>

namespace weft {

namespace {

/// The peer of the slot, when it still gets packets that need credit of this key.
const Peer* peer_that_gets(const Snapshot& table, const SendPath::Stall& stall) {
  const Peer* peer = table.peer(stall.peer_slot);
  if (peer == nullptr) return nullptr;
  return std::find(peer->credited.begin(), peer->credited.end(), stall.key.get()) == peer->credited.end() ? nullptr : peer;
}

}  // namespace

Stalls::Stalls(unsigned worker, const Surroundings& around, WorkerCounters& counters, FlowControl& flow)
    : worker_(worker), around_(around), counters_(counters), flow_(flow) {
  waiting_.reserve(max_ports);
}

bool Stalls::begin(uint32_t port, int fd, const SendPath::Stall& stall, uint64_t now_ms) {
  SessionKey& key = *stall.key;
  uint64_t granted = key.credit().granted();
  key.credit().wait(worker_);
  if (!key.credit().is_low(key.next(), around_.crew.credit_margin())) return false;
  // The slot's former port may have gone while it waited.
  std::erase_if(waiting_, [&](const Waiting& each) { return each.port == port; });
  waiting_.push_back({port, fd, stall, granted, now_ms});
  bump(counters_.stalls[stall.peer_slot].begun);
  return true;
}

void Stalls::step(const Snapshot& table, uint64_t now_ms, const Resume& resume) {
  if (waiting_.empty()) return;
  std::erase_if(waiting_, [&](const Waiting& waiting) {
    const Peer* peer = peer_that_gets(table, waiting.stall);
    SessionKey& key = *waiting.stall.key;
    key.credit().wait(worker_);  // before the look at the credit, or a grant could come unseen
    if (is_over(waiting, peer, now_ms)) {
      resume(waiting.port, waiting.fd);
      return true;
    }
    if (key.credit().is_time_to_ask(now_ms)) flow_.ask(waiting.stall.peer_slot, *peer, key, waiting.stall.hash);
    return false;
  });
}

// After a grant a port goes on even when the whole grant is less than the margin: some receivers have little room.
bool Stalls::is_over(const Waiting& waiting, const Peer* peer, uint64_t now_ms) {
  if (peer == nullptr) return true;
  SessionKey& key = *waiting.stall.key;
  Credit& credit = key.credit();
  bool some = credit.granted() != waiting.granted && !credit.is_low(key.next(), 1);
  if (some || !credit.is_low(key.next(), around_.crew.credit_margin())) return true;
  if (now_ms < std::max(waiting.since_ms, credit.heard_ms()) + Credit::patience_ms) return false;
  credit.open();
  bump(counters_.stalls[waiting.stall.peer_slot].unanswered);
  return true;
}

}  // namespace weft
