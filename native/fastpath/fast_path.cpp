#include "fast_path.h"

#include <bpf/bpf.h>
#include <time.h>

#include "devices.h"

namespace weft {

namespace {

constexpr MapShape read_maps[] = {
    {"control", sizeof(weft_control)},         {"ports", sizeof(weft_port_entry)},       {"peers", sizeof(weft_peer_entry)},
    {"port_counters", sizeof(weft_counters)},  {"peer_counters", sizeof(weft_counters)}, {"port_carried", sizeof(weft_counters)},
    {"peer_carried", sizeof(weft_counters)},   {"drop_counts", sizeof(uint64_t)},        {"handover_counts", sizeof(uint64_t)},
    {"local_traffic", sizeof(weft_traffic)},   {"lost_events", sizeof(uint64_t)}};
// Counts that are nobody's own go on where they are.
constexpr const char* shared_maps[] = {"drop_counts", "handover_counts", "local_traffic", "lost_events"};

uint64_t monotonic_ms() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000 + static_cast<uint64_t>(now.tv_nsec) / 1'000'000;
}

weft_settings settings_of(const FastPathOptions& options) {
  weft_settings settings{};
  settings.udp_port = options.udp_port;
  settings.vxlan = options.vxlan;
  settings.geneve = options.geneve;
  settings.xdp = options.xdp;
  settings.can_change_family = can_change_family();
  settings.peers = options.sizes.peers;
  settings.flow_sampling = options.flow_sampling;
  return settings;
}

uint64_t sum_of(int map, uint32_t slot) {
  uint64_t sum = 0;
  for (uint64_t each : values_of_all_processors<uint64_t>(map, slot)) sum += each;
  return sum;
}

}  // namespace

Result<std::unique_ptr<FastPath>> FastPath::create(const FastPathOptions& options, FastPathSink& sink) {
  std::unique_ptr<FastPath> made(new FastPath(options, sink));
  Result<Done> ready = prepare_pins(options.directory);
  if (ready) ready = made->make_parts();
  if (!ready) return Failure{ready.why()};
  return made;
}

FastPath::~FastPath() { stop(); }

Result<Done> FastPath::make_parts() {
  former_ = find_former(options_.directory, WEFT_LAYOUT, read_maps);
  ObjectSizes sizes{options_.sizes.locations, options_.sizes.pairs, options_.sizes.peers};
  std::vector<SharedMap> shared;
  for (const char* name : shared_maps) {
    if (former_.map(name) >= 0) shared.push_back({name, former_.map(name)});
  }
  Result<std::unique_ptr<BpfObject>> object = BpfObject::load(settings_of(options_), sizes, shared);
  if (!object) return Failure{object.why()};
  object_ = std::move(*object);
  Result<Arrays> arrays = map_arrays(*object_, options_);
  if (!arrays) return Failure{arrays.why()};
  Result<OwnerCounts> ports = OwnerCounts::make(object_->map("port_counters"), "port_carried", WEFT_FAST_PORTS);
  if (!ports) return Failure{ports.why()};
  Result<OwnerCounts> peers = OwnerCounts::make(object_->map("peer_counters"), "peer_carried", options_.sizes.peers);
  if (!peers) return Failure{peers.why()};
  parts_ = std::make_unique<Parts>(*object_, *arrays, std::move(*ports), std::move(*peers), options_);
  Result<std::unique_ptr<EventRing>> ring = EventRing::open(object_->map("events"), [this](const weft_event& event) { receive(event); });
  if (!ring) return Failure{ring.why()};
  ring_ = std::move(*ring);
  return Done{};
}

Result<FastPath::Arrays> FastPath::map_arrays(const BpfObject& object, const FastPathOptions& options) {
  auto ports = MappedArray<weft_port_entry>::open(object.map("ports"), WEFT_FAST_PORTS);
  if (!ports) return Failure{ports.why()};
  auto peers = MappedArray<weft_peer_entry>::open(object.map("peers"), options.sizes.peers);
  if (!peers) return Failure{peers.why()};
  auto control = MappedArray<weft_control>::open(object.map("control"), 1);
  if (!control) return Failure{control.why()};
  return Arrays{*ports, *peers, *control};
}

FastPath::Parts::Parts(const BpfObject& object, const Arrays& arrays, OwnerCounts of_ports, OwnerCounts of_peers,
                       const FastPathOptions& options)
    : locations(object.map("locations")),
      pairs(object.map("pairs")),
      port_by_ifindex(object.map("port_by_ifindex")),
      peer_by_address(object.map("peer_by_address")),
      ports(arrays.ports),
      peers(arrays.peers),
      generation(arrays.control),
      control(arrays.control),
      port_counts(std::move(of_ports)),
      peer_counts(std::move(of_peers)),
      tables({locations, pairs, ports, peers, port_by_ifindex, peer_by_address, generation}, options.sizes, options.own) {}

// Nobody listens any more to what programs tell of packets.
void FastPath::stop() {
  if (ring_ != nullptr) trace(std::nullopt);
  ring_.reset();
}

void FastPath::apply(const Change& change) {
  forget_counts(change);
  parts_->tables.apply(change);
  tell_fills();
}

// A slot that is another owner's from now on begins with nothing.
void FastPath::forget_counts(const Change& change) {
  for (uint32_t slot : change.remove_ports) counted_ports_.erase(slot);
  for (uint32_t slot : change.remove_peers) counted_peers_.erase(slot);
  for (const auto& port : change.ports) {
    if (counted_ports_.insert(port.port).second) parts_->port_counts.clear(port.port);
  }
  for (const auto& peer : change.peers) {
    if (peer.peer < options_.sizes.peers && counted_peers_.insert(peer.peer).second) parts_->peer_counts.clear(peer.peer);
  }
}

// Once when four fifths are reached, once when something is left out; again after a tenth has become free.
void FastPath::tell_fills() {
  for (const Fill& fill : parts_->tables.fills()) {
    int& told = told_fills_[fill.table];
    int now = fill.left_out > 0 ? 2 : fill.entries * 5 >= fill.most * 4 ? 1 : 0;
    bool is_low = fill.entries * 10 < fill.most * 7;
    if (now > told) sink_.full(fill, now == 1);
    if (now > told || now > 0 || is_low) told = now;
  }
}

FastPathTotals FastPath::totals() const {
  FastPathTotals totals;
  for (uint32_t reason = 0; reason < WEFT_DROP_COUNT; reason++) totals.drops[reason] = sum_of(object_->map("drop_counts"), reason);
  for (uint32_t reason = 0; reason < WEFT_HANDOVER_COUNT; reason++) {
    totals.handed_over[reason] = sum_of(object_->map("handover_counts"), reason);
  }
  for (const auto& [slot, served] : served_) totals.ports.push_back({slot, parts_->port_counts.sum(slot)});
  parts_->tables.peers().for_each([&](uint32_t slot) { totals.peers.push_back({slot, parts_->peer_counts.sum(slot)}); });
  for (const weft_traffic& each : values_of_all_processors<weft_traffic>(object_->map("local_traffic"), 0)) {
    totals.local.packets += each.packets;
    totals.local.bytes += each.bytes;
  }
  totals.lost_events = sum_of(object_->map("lost_events"), 0);
  totals.fills = parts_->tables.fills();
  return totals;
}

// The number is written last: programs look at the rest only when there is one.
void FastPath::trace(const std::optional<TraceFilter>& filter) {
  weft_control& control = (*parts_->control)[0];
  std::atomic_ref trace(control.trace);
  trace.store(0, std::memory_order_seq_cst);
  trace_left_ = Trace::most_told;
  if (!filter) return;
  control.trace_gni = filter->gni;
  control.trace_source = stored(filter->source);
  control.trace_destination = stored(filter->destination);
  control.trace_echo = filter->echo;
  trace.store(filter->trace, std::memory_order_seq_cst);
}

void FastPath::receive(const weft_event& event) {
  if (event.kind == WEFT_EVENT_FLOW) return sink_.flow(event);
  if (event.kind == WEFT_EVENT_TRACE) return receive_trace(event);
  if (event.kind != WEFT_EVENT_MISS) return;
  bool of_source = event.program != WEFT_IN_GUEST;
  Key key{loaded(of_source ? event.source : event.destination), event.gni};
  if (told_misses_.is_worth_telling(key, of_source, monotonic_ms())) sink_.miss(of_source, key.gni, key.address);
}

void FastPath::receive_trace(const weft_event& event) {
  std::atomic_ref trace((*parts_->control)[0].trace);
  if (event.trace != trace.load() || trace_left_ == 0) return;
  sink_.traced(traced_of(event));
  uint32_t asked = event.trace;
  if (--trace_left_ == 0) trace.compare_exchange_strong(asked, 0);
}

FastPathModes probe_fast_path() {
  FastPathModes modes;
  FastPathOptions options;
  options.sizes = {16, 16, 16};
  options.xdp = true;
  Result<std::unique_ptr<BpfObject>> object = BpfObject::load(settings_of(options), {16, 16, 16}, {});
  modes.tc = modes.xdp = static_cast<bool>(object);
  if (!object) modes.problems.push_back(object.why());
  return modes;
}

}  // namespace weft
