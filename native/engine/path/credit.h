// Flow control of one key, both sides of it. What a receiver has authenticated it has taken out of its socket, so it
// grants the sequences up to that and a window on; a sender that has nearly used up what it was granted lets guests
// wait instead of the receiver's socket overflow.
//
//   sender    next ───────────► granted        is low when less than a margin is between them
//   receiver  newest ── window ─► granted      grants again when half of the window is used
//
// Grants only ever rise, so one that is lost, late or repeated does no harm. All workers use a key at the same time.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

namespace weft {

/// Of a key that seals.
class Credit {
 public:
  /// `next`: the first sequence that the key seals now; after a restart it is not 0.
  explicit Credit(uint64_t next) : granted_(next + at_first) {}

  static constexpr uint64_t at_first = 1024;          // packets that need no grant
  static constexpr uint64_t furthest = 1u << 20;      // no receiver grants more than this ahead
  static constexpr uint64_t ask_every_ms = 20, patience_ms = 1000;

  /// `next`: the first sequence that is not used yet.
  bool is_low(uint64_t next, uint64_t margin) const { return !is_open_.load() && granted_.load() < next + margin; }
  uint64_t granted() const { return granted_.load(); }
  /// Of a grant that the peer has sealed. False when it gives nothing: it is no more than was granted, or no true one.
  bool raise(uint64_t to, uint64_t next, uint64_t now_ms);
  /// When the peer last granted anything more.
  uint64_t heard_ms() const { return heard_ms_.load(); }
  /// Nobody answers: packets go on without credit until there is a grant again.
  void open() { is_open_.store(true); }
  /// True for one caller whenever it is time to ask: at once after each grant, then now and then.
  bool is_time_to_ask(uint64_t now_ms);

  /// A worker that lets guests wait, and looks at the credit once more afterwards, is among those of the next call of
  /// `take_waiting` when it did not see the newer credit.
  void wait(unsigned worker) { waiting_.fetch_or(1ull << worker); }
  uint64_t take_waiting() { return waiting_.load() == 0 ? 0 : waiting_.exchange(0); }

 private:
  std::atomic<uint64_t> granted_;
  std::atomic<bool> is_open_{false};
  std::atomic<uint64_t> heard_ms_{0}, asked_ms_{0}, asked_at_{~0ull};
  std::atomic<uint64_t> waiting_{0};  // bit per worker
};

/// Of a key that opens.
class Grants {
 public:
  /// A sequence was authenticated: what to grant, when it is time to.
  std::optional<uint64_t> arrived(uint64_t sequence, uint64_t window) {
    uint64_t limit = sequence + 1 + window, granted = granted_.load(std::memory_order_relaxed);
    if (limit < granted + window / 2) return std::nullopt;
    if (!granted_.compare_exchange_strong(granted, limit, std::memory_order_relaxed)) return std::nullopt;
    return limit;
  }
  /// The peer asks, and has sealed all sequences below `next`: what to grant. What it has sealed and has not arrived
  /// was lost, or else the ask would not be here: it travels behind its packets.
  uint64_t asked(uint64_t next, uint64_t window);

 private:
  std::atomic<uint64_t> granted_{0};
};

}  // namespace weft
