// Ports that are not read because a peer has given too little credit, one worker's part:
//
//   begin ─► waits, asks every 20 ms ─┬─► more was granted, or the key is not sent with any more: read again
//                                     └─► a second without any answer: the key goes on without credit, read again
//
// A peer that cannot answer then costs speed and not the connection.
#pragma once

#include <functional>

#include "flow_control.h"
#include "send_path.h"

namespace weft {

class Stalls {
 public:
  using Resume = std::function<void(uint32_t port, int fd)>;

  Stalls(unsigned worker, const Surroundings& around, WorkerCounters& counters, FlowControl& flow);

  /// False when there is credit again by now; else the port must not be read until it is resumed.
  bool begin(uint32_t port, int fd, const SendPath::Stall& stall, uint64_t now_ms);
  /// Resumes and asks as it is time to.
  void step(const Snapshot& table, uint64_t now_ms, const Resume& resume);
  /// Milliseconds until the next step must be; -1 when nothing waits.
  int until_step() const { return waiting_.empty() ? -1 : static_cast<int>(Credit::ask_every_ms); }

 private:
  struct Waiting {
    uint32_t port;
    int fd;
    SendPath::Stall stall;
    uint64_t granted;   // when it began
    uint64_t since_ms;
  };

  bool is_over(const Waiting& waiting, const Peer* peer, uint64_t now_ms);

  unsigned worker_;
  const Surroundings& around_;
  WorkerCounters& counters_;
  FlowControl& flow_;
  std::vector<Waiting> waiting_;
};

}  // namespace weft
