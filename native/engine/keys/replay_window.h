// Which sequence numbers of a key have come: each is taken once, by whichever worker is first, without a lock.
//
//   sequence: | tag | slot 9 | bit 5 |      slot: | tag 32 | bits 32 |
//
// A slot remembers 32 sequences of the newest tag that came for it. A sequence whose slot has gone on to a newer tag
// is too old to tell, and refused; so at least the last 511 * 32 = 16,352 sequences can still come in any order.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace weft {

class ReplayWindow {
 public:
  static constexpr uint64_t slots = 512, sequences_per_slot = 32;
  /// Sequences that are at most this much older than the newest one are taken when they have not come yet.
  static constexpr uint64_t least_width = (slots - 1) * sequences_per_slot;

  /// True for one caller per sequence. Only for packets whose tag is right: a forged one would move the window.
  bool take(uint64_t sequence);
  /// As if nothing had come; for memory that nobody uses yet.
  void clear();

 private:
  std::array<std::atomic<uint64_t>, slots> slots_{};
};

}  // namespace weft
