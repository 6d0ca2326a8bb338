#include "following.h"

namespace weft {

namespace {

Address gni6_address(uint64_t prefix, uint32_t gni, const Address& inner) {
  return {prefix, uint64_t{gni} << 32 | (inner.low & UINT32_MAX), Family::v6};
}

}  // namespace

Following::Following(const Trace& trace, const Snapshot& table, const WorkerCounters& counters, const char* program,
                     const Inner& inner)
    : told{.trace = trace.number(), .program = program, .length = inner.length, .generation = table.generation, .time_us = unix_time_us()},
      trace_(trace),
      counters_(counters) {
  for (size_t reason = 0; reason < before_.size(); reason++) before_[reason] = counters.drops[reason].load(std::memory_order_relaxed);
}

void Following::tell(Verdict verdict, const char* went, EventSink& events) {
  for (size_t reason = 0; verdict == kept && reason < before_.size(); reason++) {
    bool dropped = counters_.drops[reason].load(std::memory_order_relaxed) != before_[reason];
    if (dropped) verdict = static_cast<Verdict>(reason);
  }
  told.verdict = verdict == kept ? went : verdict == held_back ? "waiting" : "dropped";
  if (verdict >= 0) told.reason = weft_drop_names[verdict];
  if (trace_.take()) events.traced(told);
}

std::optional<Traced::Outer> outer_to(const Trace& trace, const Peer& peer, const Format& format, const Ends& ends, uint32_t hash) {
  if (format.carrier == Carrier::ipv6) {
    return Traced::Outer{gni6_address(peer.own_prefix, ends.gni, ends.source), gni6_address(peer.prefix, ends.gni, ends.destination), 0};
  }
  const Trace::Substrate* own = trace.substrate(peer.family);
  if (own == nullptr || own->source_ports.empty()) return std::nullopt;
  return Traced::Outer{own->address, peer.address, own->source_ports[hash % own->source_ports.size()]};
}

std::optional<Traced::Outer> outer_from(const Trace& trace, const Peer& peer, const Format& format, const Ends& ends, uint16_t source_port) {
  if (format.carrier == Carrier::ipv6) {
    return Traced::Outer{gni6_address(peer.prefix, ends.gni, ends.source), gni6_address(peer.own_prefix, ends.gni, ends.destination), 0};
  }
  const Trace::Substrate* own = trace.substrate(peer.family);
  if (own == nullptr) return std::nullopt;
  return Traced::Outer{peer.address, own->address, source_port};
}

}  // namespace weft
