// A packet that is followed, from before it is decided on until after it has gone.
//
// A path sends or delivers what waits before it, then the packet alone: whatever this worker counts as dropped in
// between is this packet, or a part of it.
#pragma once

#include "counters.h"
#include "look_up.h"
#include "surroundings.h"
#include "trace.h"

namespace weft {

class Following {
 public:
  Following(const Trace& trace, const Snapshot& table, const WorkerCounters& counters, const char* program, const Inner& inner);

  /// What is not known yet is the path's to fill in.
  Traced told;
  /// `verdict` is the path's; `went` is what became of it when it was kept and nothing was dropped since.
  void tell(Verdict verdict, const char* went, EventSink& events);

 private:
  const Trace& trace_;
  const WorkerCounters& counters_;
  std::array<uint64_t, WEFT_DROP_COUNT> before_;
};

/// Outer addresses of a packet to the peer, and from it; `hash` is that of the inner flow.
std::optional<Traced::Outer> outer_to(const Trace& trace, const Peer& peer, const Format& format, const Ends& ends, uint32_t hash);
std::optional<Traced::Outer> outer_from(const Trace& trace, const Peer& peer, const Format& format, const Ends& ends, uint16_t source_port);

}  // namespace weft
