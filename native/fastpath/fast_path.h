// The fast path as its owner sees it: packets of veth and tap ports, carried by BPF programs. All calls come from one
// thread. One network namespace has one fast path.
//
//   create      new maps, filled by `apply` and `open_port`; the programs of a former run forward by theirs meanwhile
//   take_over   our programs in the place of those on every device, one by one; then the former counts are carried
//               on and the former maps let go
//   afterwards  whatever is opened gets its programs first and is set up then
//
// Nothing is undone when the process ends: programs and maps stay, and forward.
#pragma once

#include <array>
#include <atomic>
#include <set>

#include "bpf_object.h"
#include "event_ring.h"
#include "kernel_store.h"
#include "owner_counts.h"
#include "pins.h"
#include "tables.h"
#include "told_misses.h"
#include "trace.h"

namespace weft {

struct FastPathOptions {
  bool xdp = false;
  std::string directory;
  uint16_t udp_port = WEFT_UDP_PORT;
  std::vector<Address> own;  // on the substrate
  bool vxlan = false, geneve = false;
  TableSizes sizes{};
  uint32_t flow_sampling = 0;
};

struct FastPortRequest {
  uint32_t port = 0;
  bool is_veth = true;
  std::string device, engine_device;
  Mac mac;
};

/// Called from two threads: the owner's, and that of the programs' events.
class FastPathSink {
 public:
  virtual ~FastPathSink() = default;
  virtual void miss(bool of_source, uint32_t gni, const Address& address) = 0;
  virtual void flow(const weft_event& event) = 0;
  virtual void traced(const Traced& told) = 0;
  virtual void full(const Fill& fill, bool nearly) = 0;
  virtual void fault(const std::string& where, const std::string& reason) = 0;
};

struct SlotCounts {
  uint32_t slot;
  weft_counters counts;
};

struct FastPathTotals {
  std::array<uint64_t, WEFT_DROP_COUNT> drops{};
  std::vector<SlotCounts> ports, peers;
  weft_traffic local{};
  std::array<uint64_t, WEFT_HANDOVER_COUNT> handed_over{};
  uint64_t lost_events = 0;
  std::vector<Fill> fills;
};

/// An event as it is told: in the engine's words, and by the clock of the wall.
Traced traced_of(const weft_event& event);
uint64_t unix_time_us(const weft_event& event);
/// By enum weft_handover.
extern const char* const handover_names[WEFT_HANDOVER_COUNT];

struct FastPathModes {
  bool tc = false, xdp = false;
  std::vector<std::string> problems;
};

class FastPath {
 public:
  /// `sink` must outlive the fast path.
  static Result<std::unique_ptr<FastPath>> create(const FastPathOptions& options, FastPathSink& sink);
  ~FastPath();

  const std::string& former() const { return former_.sentence; }
  Result<Done> open_port(const FastPortRequest& request);
  void close_port(uint32_t slot);
  void apply(const Change& change);
  Result<Done> take_over();
  std::vector<std::string> look();
  FastPathTotals totals() const;
  void trace(const std::optional<TraceFilter>& filter);
  LookedUp look_up(const Ends& ends) const { return parts_->tables.look_up(ends); }
  void stop();
  bool stopped() const { return ring_ == nullptr; }

 private:
  struct Arrays {
    std::shared_ptr<MappedArray<weft_port_entry>> ports;
    std::shared_ptr<MappedArray<weft_peer_entry>> peers;
    std::shared_ptr<MappedArray<weft_control>> control;
  };
  /// Everything that stands on the maps.
  struct Parts {
    Parts(const BpfObject& object, const Arrays& arrays, OwnerCounts of_ports, OwnerCounts of_peers, const FastPathOptions& options);

    KernelHash<weft_location_key, weft_location_entry> locations;
    KernelHash<weft_pair_key, weft_pair_entry> pairs;
    KernelHash<uint32_t, uint32_t> port_by_ifindex;
    KernelHash<weft_address, uint32_t> peer_by_address;
    KernelArray<weft_port_entry> ports;
    KernelArray<weft_peer_entry> peers;
    KernelGeneration generation;
    std::shared_ptr<MappedArray<weft_control>> control;
    OwnerCounts port_counts, peer_counts;
    Tables tables;
  };
  struct Served {
    FastPortRequest request;
    uint32_t ifindex, engine_ifindex;
  };
  FastPath(const FastPathOptions& options, FastPathSink& sink) : options_(options), sink_(sink) {}
  Result<Done> make_parts();
  static Result<Arrays> map_arrays(const BpfObject& object, const FastPathOptions& options);
  void receive(const weft_event& event);
  void receive_trace(const weft_event& event);
  Result<Served> find_devices(const FastPortRequest& request) const;
  Result<Done> serve(const Served& served);
  std::map<uint32_t, const char*> wanted_programs() const;
  std::map<uint32_t, Address> substrate_devices() const;
  Result<Done> attach_substrate(uint32_t ifindex);
  void clear_devices(const std::map<uint32_t, const char*>& wanted);
  void carry_counts();
  Result<Done> pin_maps();
  void look_at_ports(std::vector<std::string>& sentences);
  void look_at_programs(std::vector<std::string>& sentences);
  void look_at_substrate(std::vector<std::string>& sentences);
  void forget_counts(const Change& change);
  void tell_fills();

  FastPathOptions options_;
  FastPathSink& sink_;
  FormerRun former_;
  std::unique_ptr<BpfObject> object_;
  std::unique_ptr<Parts> parts_;
  std::unique_ptr<EventRing> ring_;
  std::map<uint32_t, Served> served_;
  std::map<Address, uint32_t, bool (*)(const Address&, const Address&)> found_at_{before};  // substrate address → device
  std::set<uint32_t> without_xdp_, counted_ports_, counted_peers_;
  std::set<uint32_t> missing_;  // ports that were told to have no devices
  std::map<std::string, int> told_fills_;
  bool has_taken_over_ = false;
  ToldMisses told_misses_;  // the ring's
  std::atomic<uint32_t> trace_left_{0};
};

/// Loads the programs with small tables, and lets them go.
FastPathModes probe_fast_path();
/// Programs of all devices of this namespace, and what is pinned below the directory.
Result<Done> remove_fast_path(const std::string& directory);

}  // namespace weft
