// What programs tell of packets, in the engine's words.
#include <time.h>

#include "fast_path.h"

namespace weft {

namespace {

constexpr const char* programs[] = {"guest", "substrate", "return", "xdp"};
constexpr const char* verdicts[] = {"sent", "delivered", "handed-over", "dropped"};
constexpr uint32_t no_slot = ~0u;

const char* reason_of(const weft_event& event) {
  if (event.verdict == WEFT_HANDED_OVER && event.reason < WEFT_HANDOVER_COUNT) return handover_names[event.reason];
  if (event.verdict == WEFT_DROPPED && event.reason < WEFT_DROP_COUNT) return weft_drop_names[event.reason];
  return nullptr;
}

bool is_set(const weft_address& address) { return !same(address, weft_address{}); }

}  // namespace

const char* const handover_names[WEFT_HANDOVER_COUNT] = {
    "unknown-location", "by-engine", "fragment",     "options",      "not-unicast", "too-big",          "engine-port",
    "no-route",         "changed",   "unknown-peer", "not-accepted", "odd",         "partial-checksum", "family"};

uint64_t unix_time_us(const weft_event& event) {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  uint64_t now_ns = static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
  uint64_t age_ns = now_ns > event.time_ns ? now_ns - event.time_ns : 0;
  return unix_time_us() - age_ns / 1000;
}

Traced traced_of(const weft_event& event) {
  Traced out;
  out.trace = event.trace;
  out.executor = event.program == WEFT_IN_XDP ? "xdp" : "tc";
  out.program = programs[std::min<size_t>(event.program, std::size(programs) - 1)];
  out.verdict = verdicts[std::min<size_t>(event.verdict, std::size(verdicts) - 1)];
  out.reason = reason_of(event);
  if (event.port != no_slot) out.port = event.port;
  if (event.peer != no_slot) out.peer = event.peer;
  if (event.format != WEFT_FORMAT_NONE && event.format < WEFT_FORMAT_COUNT) out.format = weft_format_names[event.format];
  out.length = event.length;
  out.device = event.ifindex;
  out.left_by = event.left_by;
  out.generation = event.generation;
  if (is_set(event.outer_source)) {
    out.outer = Traced::Outer{loaded(event.outer_source), loaded(event.outer_destination), event.outer_source_port};
  }
  out.time_us = unix_time_us(event);
  return out;
}

}  // namespace weft
