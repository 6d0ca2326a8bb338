// Packets picked by chance, for those who watch: a bounded ring that one worker fills and the engine's thread empties.
//
// Its memory comes as zeros, which is a ring that picks nothing: then a packet costs one comparison.
#pragma once

#include <atomic>
#include <cstdint>

#include "counter.h"
#include "inner.h"

namespace weft {

struct FlowSample {
  uint64_t time_us;
  Address source, destination;
  static constexpr uint32_t no_slot = ~0u;
  uint32_t gni, port, peer;  // `no_slot`: none, or not known
  uint32_t packets, bytes;
  uint16_t source_port, destination_port;
  int16_t dropped;  // a drop reason; -1: it was carried
  uint8_t protocol;
  bool out;  // from a guest of this host
};

class FlowSamples {
 public:
  /// Before the worker's first packet. One packet in so many, 0: none; `seed` tells workers apart.
  void begin(uint32_t one_in, uint64_t seed);
  /// Of the worker, for each packet.
  bool due() {
    if (one_in_ == 0) [[likely]] return false;
    if (--left_ != 0) return false;
    left_ = distance();
    return true;
  }
  /// Of the worker: one that finds no room is lost, and counted.
  void put(const FlowSample& sample);
  /// Of the engine's thread. Calls `each` for all that are there.
  template <typename Each>
  void take(Each each) {
    uint32_t end = written_.load(std::memory_order_acquire);
    for (uint32_t at = taken_.load(std::memory_order_relaxed); at != end; at++) each(ring_[at % size]);
    taken_.store(end, std::memory_order_release);
  }
  uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

 private:
  static constexpr uint32_t size = 1024;
  uint64_t distance();

  uint32_t one_in_;
  uint64_t left_, random_;
  Counter lost_;
  std::atomic<uint32_t> written_, taken_;
  FlowSample ring_[size];
};

/// What of it stands in the packet's headers, and when.
FlowSample sample_of(View packet, const Inner& inner);

}  // namespace weft
