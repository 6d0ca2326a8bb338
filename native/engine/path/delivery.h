// The way into ports: one worker's queue of each port, runs of packets written as super-packets, and the plain
// way when a super-packet is refused.
#pragma once

#include <array>

#include "coalesce.h"
#include "counters.h"
#include "surroundings.h"

namespace weft {

class Delivery {
 public:
  Delivery(const Surroundings& around, WorkerCounters& counters);

  /// The caller keeps the descriptor open until no worker can be using it. -1 takes the port away.
  void set_queue(uint32_t port, int fd) { queues_[port].store(fd, std::memory_order_release); }
  /// Without it a port takes packets of any length.
  void set_mtu(uint32_t port, uint32_t mtu) { mtus_[port].store(mtu, std::memory_order_relaxed); }
  int queue(uint32_t port) const { return queues_[port].load(std::memory_order_acquire); }

  /// From the substrate. The arrival is borrowed until `flush`, or until a packet that does not continue its run.
  void give(uint32_t port, uint32_t peer, const Arrival& arrival);
  void flush();

  /// From another guest of this host; at once.
  void give_local(uint32_t from, uint32_t to, View packet, const Inner& inner, const Offload& offload);

 private:
  bool write(uint32_t port, std::span<const iovec> pieces);
  bool may_merge(Transport transport) const;
  void blame(Transport transport, int error);
  void flush_merged(std::span<const iovec> pieces, uint32_t packets, uint32_t bytes);
  uint32_t write_apart(std::span<const iovec> payloads);
  Offload offload_of(uint32_t port, const Arrival& arrival) const;
  void give_super(uint32_t port, uint32_t peer, const Arrival& arrival, const Offload& offload);
  uint32_t write_super(uint32_t to, View packet, const Inner& inner, const Offload& offload);
  uint32_t write_segments(uint32_t to, View packet, const Inner& inner, const Offload& offload);

  const Surroundings& around_;
  WorkerCounters& counters_;
  std::array<std::atomic<int>, max_ports> queues_;
  std::array<std::atomic<uint32_t>, max_ports> mtus_{};  // 0: any
  Run run_;
  uint32_t run_port_ = 0, run_peer_ = 0;
  Inner run_inner_;
  bool run_partial_ = false;
};

}  // namespace weft
