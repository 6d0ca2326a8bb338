#include "flow_samples.h"

#include "trace.h"

namespace weft {

void FlowSamples::begin(uint32_t one_in, uint64_t seed) {
  one_in_ = one_in;
  random_ = seed * 2 + 1;
  if (one_in != 0) left_ = distance();
}

// From 1 to twice the mean less one, so that traffic with a rhythm is not always met at the same beat.
uint64_t FlowSamples::distance() {
  random_ ^= random_ << 13;
  random_ ^= random_ >> 7;
  random_ ^= random_ << 17;
  return 1 + (random_ * 0x2545f4914f6cdd1dull >> 11) % (2 * uint64_t{one_in_} - 1);
}

void FlowSamples::put(const FlowSample& sample) {
  uint32_t at = written_.load(std::memory_order_relaxed);
  if (at - taken_.load(std::memory_order_acquire) == size) return bump(lost_);
  ring_[at % size] = sample;
  written_.store(at + 1, std::memory_order_release);
}

FlowSample sample_of(View packet, const Inner& inner) {
  FlowSample sample{};
  sample.time_us = unix_time_us();
  sample.source = inner.source;
  sample.destination = inner.destination;
  sample.port = sample.peer = FlowSample::no_slot;
  sample.dropped = -1;
  sample.protocol = inner.protocol;
  if (inner.transport == Transport::other || packet.size() < inner.transport_offset + 4u) return sample;
  sample.source_port = load16(&packet[inner.transport_offset]);
  sample.destination_port = load16(&packet[inner.transport_offset + 2]);
  return sample;
}

}  // namespace weft
