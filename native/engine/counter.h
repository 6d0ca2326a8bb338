// A counter with one writer that anyone may read.
#pragma once

#include <atomic>
#include <cstdint>

namespace weft {

using Counter = std::atomic<uint64_t>;

/// One writer per counter, so no locked instruction is needed.
inline void bump(Counter& counter, uint64_t by = 1) {
  counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

}  // namespace weft
