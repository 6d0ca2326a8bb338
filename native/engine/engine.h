// The engine as its owner sees it. All calls come from one thread; packets are the workers' business.
#pragma once

#include <map>

#include "counters_file.h"
#include "inherited.h"
#include "look_up.h"
#include "trace.h"
#include "tun.h"
#include "worker.h"

namespace weft {

struct EngineOptions {
  unsigned workers = 1;
  uint16_t udp_port = WEFT_UDP_PORT;
  std::vector<Address> substrate_addresses;
  bool vxlan = false, geneve = false;  // whether their usual ports are listened on
  uint64_t gni6_prefix = 0;            // of this host, for gni6; 0: none
  unsigned source_ports = 1;
  bool udp_gso = true, udp_gro = true, tso = true, uso = true;
  Waiting::Limits first_packet{};
  uint32_t flow_sampling = 0;  // one packet in so many; 0: none
  std::string counters_file{};   // on a tmpfs; empty: counters end with the process
  bool paused = false;  // nothing is read before `read(true)`
};

struct KeyTotals {
  uint32_t slot;
  uint64_t packets;
};

struct EngineTotals {
  uint64_t drops[WEFT_DROP_COUNT] = {};
  std::vector<OwnerTotals> ports, peers;
  std::vector<KeyTotals> keys;
  Traffic local;
  bool udp_gso = false, udp_gro = false, tso = false, uso = false;
  uint64_t port_reads = 0, port_writes = 0, sends = 0, receives = 0, super_packets_out = 0, super_packets_in = 0;
  uint64_t receive_overflows = 0, port_overflows = 0;
  uint64_t waiting = 0;
  std::string last_send_error;  // empty: none yet
  std::vector<uint64_t> worker_age_ms;
};

class Engine {
 public:
  /// `events` must outlive the engine. What fits of `inherited` is gone on with, also by ports that are opened later.
  static Result<std::unique_ptr<Engine>> create(const EngineOptions& options, EventSink& events,
                                                const Kernel& kernel = real_kernel, Inherited inherited = {});
  ~Engine();

  struct PortOpened {
    unsigned queues;
    bool tso, uso, adopted;
    std::vector<int> descriptors;  // the port's, to be read by nobody else
  };
  Result<PortOpened> open_port(uint32_t port, TunRequest request);
  /// The queues of one that is not removed stay open, so that the same device can be opened again.
  Result<Done> close_port(uint32_t port, bool remove);
  /// Whether workers read ports and sockets; what they do not read waits in the kernel.
  void read(bool reading);
  /// Of the sockets that receive: the engine's, to be read by nobody else.
  std::vector<int> receivers() const;
  /// Closes what was inherited, or is of a port that was closed and kept; nothing when it is neither.
  void close_inherited(int fd) { inherited_.close(fd); }
  Result<Done> set_port_mtu(uint32_t port, uint32_t mtu);
  /// The change is known to be well-formed; fails, changing nothing, for a peer that no socket can reach, and for keys
  /// that are not there or not what they are used for.
  Result<Done> apply(const Change& change);
  /// `length` from least_test_length to greatest_test_length, at most most_test_packets; answered by the event `tested`.
  void test_session(const SessionTest& test) { workers_.front()->test(test); }
  /// Every decision on these packets is told by the event `traced`, until there is another filter, or none.
  void trace(const std::optional<TraceFilter>& filter);
  LookedUp look_up(const Ends& ends) const { return weft::look_up(*forwarding_.current(), ends); }
  /// What ports and peers of the process before had counted when it ended, however it did.
  const FormerTotals& former() const { return counters_.former(); }
  /// Packets picked since the last call, by the workers' turns; what nobody takes in time is lost.
  std::vector<FlowSample> take_flows();
  EngineTotals totals();
  /// For how long each worker has owed a turn; asks for the next one.
  std::vector<uint64_t> worker_ages();
  /// Packets that wait for a mapping.
  uint64_t waiting() const;
  void stop();
  bool stopped() const { return stopped_; }
  unsigned workers() const { return options_.workers; }

 private:
  Engine(const EngineOptions& options, EventSink& events, const Kernel& kernel, Inherited inherited);
  Result<WorkerSockets> open_sockets();
  Result<Done> open_raw(WorkerSockets& sockets);
  Result<Done> open_receivers(const Address& address, WorkerSockets& sockets);
  Result<Descriptor> inherit_or_open(const Address& address, uint16_t port, bool& gro);
  void publish(const Snapshot* next, Retired retired);
  void wait_for_workers();
  void reclaim();
  void forget_counts(const Change& change);
  uint64_t port_overflows() const;

  struct Grave {
    uint64_t generation;  // readable by nobody once all workers have passed this
    Retired retired;
  };

  EngineOptions options_;
  CountersFile counters_;
  Switches switches_;
  std::atomic<int> last_send_error_{0};
  Crew crew_;
  Surroundings around_;
  Published published_;
  Forwarding forwarding_;
  std::vector<Grave> graves_;
  Inherited inherited_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::map<uint32_t, Tun> tuns_;
  // Those that were open when the engine stopped: what they have counted is still asked for.
  std::vector<uint32_t> stopped_ports_;
  uint64_t closed_overflows_ = 0;  // of ports that are closed
  // Slots are used again: what they had counted before is taken off.
  std::map<uint32_t, bool> peer_slots_;
  // The outer source ports, by address and lane; the same for all workers.
  std::vector<std::vector<uint16_t>> source_ports_;
  std::vector<uint64_t> asked_ms_;
  bool stopped_ = false;
};

}  // namespace weft
