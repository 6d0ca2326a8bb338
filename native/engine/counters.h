// Counters of one worker: only that worker writes them, anyone may read and add up.
#pragma once

#include <sys/mman.h>

#include <memory>

#include "counter.h"
#include "flow_samples.h"
#include "format.h"
#include "snapshot.h"

namespace weft {

/// In place of a port, for packets that are no guest's: tests of sessions, and control frames, which no peer counts.
constexpr uint32_t test_port = max_ports, control_port = max_ports + 1, port_places = max_ports + 2;

struct TrafficCounter {
  Counter packets, bytes;

  void add(uint64_t more_packets, uint64_t more_bytes) {
    bump(packets, more_packets);
    bump(bytes, more_bytes);
  }
};

/// Of one port or one peer; a cache line of its own.
struct alignas(64) OwnerCounters {
  TrafficCounter out, in;
  Counter drops;
};

/// Of one peer: ports that were not read because it had given too little credit.
struct StallCounters {
  Counter begun, unanswered;
};

struct alignas(64) WorkerCounters {
  Counter drops[WEFT_DROP_COUNT];
  TrafficCounter local;
  Counter port_reads, port_writes, sends, receives, super_packets_out, super_packets_in;
  Counter control_frames_in;
  Counter waiting;
  Counter turn_ms;  // when the worker last began a turn
  OwnerCounters ports[port_places];
  OwnerCounters peers[max_peers];
  StallCounters stalls[max_peers];
  Counter peer_drops[max_peers][WEFT_DROP_COUNT];
  FlowSamples flows;

  void drop(Verdict reason, uint64_t packets) { bump(drops[reason], packets); }
  void drop_of_port(Verdict reason, uint32_t port, uint64_t packets) {
    drop(reason, packets);
    bump(ports[port].drops, packets);
  }
  void drop_of_peer(Verdict reason, uint32_t peer, uint64_t packets) {
    drop(reason, packets);
    bump(peers[peer].drops, packets);
    bump(peer_drops[peer][reason], packets);
  }
};

/// Most of these pages are never touched, so they come from the kernel as zeros and cost nothing until then.
struct UnmapCounters {
  void operator()(WorkerCounters* counters) const { munmap(counters, sizeof *counters); }
};
using CountersPage = std::unique_ptr<WorkerCounters, UnmapCounters>;

inline CountersPage make_counters() {
  void* memory = mmap(nullptr, sizeof(WorkerCounters), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) std::abort();
  return CountersPage(static_cast<WorkerCounters*>(memory));
}

}  // namespace weft
