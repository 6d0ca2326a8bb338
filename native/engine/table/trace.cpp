#include "trace.h"

#include <time.h>

namespace weft {

namespace {

constexpr uint8_t protocol_icmp = 1, protocol_icmp6 = 58;
constexpr size_t echo_header = 8;

/// Requests and answers have the same identifier.
bool is_echo(uint16_t identifier, const Inner& inner, View packet) {
  size_t at = inner.transport_offset;
  if (inner.protocol != (inner.v6() ? protocol_icmp6 : protocol_icmp) || at + echo_header > packet.size()) return false;
  bool later_fragment = !inner.v6() && (load16(&packet[6]) & 0x1fff) != 0;
  uint8_t type = packet[at];
  bool echo = inner.v6() ? type == 128 || type == 129 : type == 8 || type == 0;
  return echo && !later_fragment && load16(&packet[at + 4]) == identifier;
}

}  // namespace

bool Trace::wants(uint32_t gni, const Inner& inner, View packet) const {
  if (gni != filter_.gni || inner.source != filter_.source || inner.destination != filter_.destination) return false;
  if (left_.load(std::memory_order_relaxed) <= 0) return false;
  return filter_.echo == 0 || is_echo(filter_.echo, inner, packet);
}

const Trace::Substrate* Trace::substrate(Family family) const {
  for (const Substrate& each : substrate_) {
    if (each.address.family == family) return &each;
  }
  return nullptr;
}

uint64_t unix_time_us() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000 + static_cast<uint64_t>(now.tv_nsec) / 1000;
}

}  // namespace weft
