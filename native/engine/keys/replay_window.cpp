#include "replay_window.h"

namespace weft {

bool ReplayWindow::take(uint64_t sequence) {
  uint64_t block = sequence / sequences_per_slot;
  uint64_t tag = block / slots;
  if (tag > UINT32_MAX) return false;  // more than any key seals
  std::atomic<uint64_t>& slot = slots_[block % slots];
  uint64_t bit = 1ull << sequence % sequences_per_slot;
  uint64_t seen = slot.load(std::memory_order_relaxed);
  while (true) {
    uint64_t seen_tag = seen >> 32;
    if (seen_tag > tag || (seen_tag == tag && (seen & bit) != 0)) return false;
    uint64_t next = seen_tag == tag ? seen | bit : tag << 32 | bit;
    // Relaxed: the slot says only which sequences came, no other memory depends on it.
    if (slot.compare_exchange_weak(seen, next, std::memory_order_relaxed)) return true;
  }
}

void ReplayWindow::clear() {
  for (std::atomic<uint64_t>& slot : slots_) slot.store(0, std::memory_order_relaxed);
}

}  // namespace weft
