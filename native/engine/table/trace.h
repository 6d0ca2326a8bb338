// Packets that somebody follows: which ones they are, and what is told of them.
//
// A trace is part of the table, so that a worker without one pays for a look at a pointer that it has at hand, and so
// that it lives as long as anybody may look at it. Following is exact rather than fast: a followed packet goes alone, so
// that what became of it is known when it is told. At most `most_told` packets are followed per trace.
#pragma once

#include <atomic>
#include <optional>
#include <vector>

#include "format.h"

namespace weft {

struct TraceFilter {
  uint32_t trace = 0;  // tells traces apart
  uint32_t gni = 0;
  Address source, destination;
  uint16_t echo = 0;  // identifier of the ICMP echo that is meant; 0: any packet
};

/// One decision on one packet, in the words of native/index.ts. Texts are constants.
struct Traced {
  struct Outer {
    Address source, destination;
    uint16_t source_port = 0;  // 0: not known, or there is none
  };

  uint32_t trace = 0;
  const char* executor = "engine";
  const char* program = "";
  const char* verdict = "";
  const char* reason = nullptr;
  std::optional<uint32_t> port{}, peer{};
  std::optional<uint32_t> encapsulation{};  // index into the peer's
  const char* format = nullptr;             // of executors that know formats only
  uint32_t length = 0;                      // bytes of the inner packet
  uint32_t device = 0, left_by = 0;         // interface indexes; 0: not known
  uint64_t generation = 0;
  std::optional<Outer> outer{};
  uint64_t time_us = 0;  // Unix time, before it was decided
};

class Trace {
 public:
  static constexpr int most_told = 64;
  /// An address of this host on the substrate, and the ports that the engine sends from, by lane.
  struct Substrate {
    Address address;
    std::vector<uint16_t> source_ports;
  };

  Trace(const TraceFilter& filter, std::vector<Substrate> substrate) : filter_(filter), substrate_(std::move(substrate)) {}

  uint32_t number() const { return filter_.trace; }
  /// Whether it is one of the packets, and any more of them are to be followed.
  bool wants(uint32_t gni, const Inner& inner, View packet) const;
  /// Counts a packet that is being told of; false: it is one too many.
  bool take() const { return left_.fetch_sub(1, std::memory_order_relaxed) > 0; }
  const Substrate* substrate(Family family) const;

 private:
  TraceFilter filter_;
  std::vector<Substrate> substrate_;
  mutable std::atomic<int> left_{most_told};
};

/// Unix time, microseconds.
uint64_t unix_time_us();

}  // namespace weft
