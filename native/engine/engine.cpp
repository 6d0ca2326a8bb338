#include "engine.h"

#include <time.h>

#include <algorithm>

#include "result.h"
#include "substrate_socket.h"

namespace weft {

Engine::Engine(const EngineOptions& options, EventSink& events, const Kernel& kernel, Inherited inherited)
    : options_(options),
      counters_(options.counters_file, options.workers),
      around_{kernel, events, switches_, last_send_error_, crew_},
      forwarding_(options.udp_port, options.gni6_prefix),
      inherited_(std::move(inherited)) {
  switches_.udp_gso = options.udp_gso;
  switches_.udp_gro = options.udp_gro;
  switches_.tso = options.tso;
  switches_.uso = options.uso;
  crew_.workers = options.workers;
  published_.snapshot.store(forwarding_.current());
}

Result<std::unique_ptr<Engine>> Engine::create(const EngineOptions& options, EventSink& events, const Kernel& kernel,
                                               Inherited inherited) {
  std::unique_ptr<Engine> engine(new Engine(options, events, kernel, std::move(inherited)));
  for (unsigned number = 0; number < options.workers; number++) {
    Result<WorkerSockets> sockets = engine->open_sockets();
    if (!sockets) return Failure{sockets.why()};
    engine->workers_.push_back(std::make_unique<Worker>(number, engine->around_, engine->published_,
                                                        engine->counters_.worker(number), std::move(*sockets), options.first_packet));
  }
  engine->asked_ms_.assign(options.workers, 0);
  for (unsigned number = 0; number < options.workers; number++) engine->workers_[number]->flows().begin(options.flow_sampling, clock_ms() + number);
  engine->counters_.keep();
  engine->read(!options.paused);
  for (auto& worker : engine->workers_) worker->start();
  return engine;
}

Engine::~Engine() { stop(); }

// All workers send from the same source ports, so that a flow's port does not depend on the worker that happens to
// have it. Otherwise the receiver's choice of a worker, and through the answers our own, could change with every
// round trip, and packets would overtake each other.
Result<WorkerSockets> Engine::open_sockets() {
  WorkerSockets sockets;
  source_ports_.resize(options_.substrate_addresses.size());
  for (size_t index = 0; index < options_.substrate_addresses.size(); index++) {
    const Address& address = options_.substrate_addresses[index];
    Result<Done> received = open_receivers(address, sockets);
    if (!received) return Failure{received.why()};
    auto& senders = address.family == Family::v4 ? sockets.v4_senders : sockets.v6_senders;
    source_ports_[index].resize(options_.source_ports);
    for (uint16_t& port : source_ports_[index]) {
      Result<Descriptor> sender = open_sender(address, port);
      if (!sender) return Failure{sender.why()};
      if (switches_.udp_gso && !has_udp_gso(sender->get())) switches_.udp_gso = false;
      senders.push_back(std::move(*sender));
    }
  }
  if (options_.gni6_prefix == 0) return sockets;
  Result<Done> raw = open_raw(sockets);
  if (!raw) return Failure{raw.why()};
  return sockets;
}

// Of gni6: the first worker receives for all.
Result<Done> Engine::open_raw(WorkerSockets& sockets) {
  Result<Descriptor> sender = open_gni6_sender();
  if (!sender) return Failure{sender.why()};
  sockets.raw_sender = std::move(*sender);
  if (!workers_.empty()) return Done{};
  std::optional<Descriptor> former = inherited_.take_gni6_receiver(options_.gni6_prefix);
  Result<Descriptor> receiver = former ? Result<Descriptor>(std::move(*former)) : open_gni6_receiver(options_.gni6_prefix);
  if (!receiver) return Failure{receiver.why()};
  sockets.receivers.push_back({std::move(*receiver), Carrier::ipv6});
  return Done{};
}

Result<Done> Engine::open_receivers(const Address& address, WorkerSockets& sockets) {
  const std::pair<Carrier, bool> wanted[] = {{Carrier::gni, true}, {Carrier::vxlan, options_.vxlan}, {Carrier::geneve, options_.geneve}};
  for (auto [carrier, is_wanted] : wanted) {
    if (!is_wanted) continue;
    bool gro = switches_.udp_gro;
    uint16_t port = carrier == Carrier::gni ? options_.udp_port : usual_port(carrier);
    Result<Descriptor> receiver = inherit_or_open(address, port, gro);
    if (!receiver) return Failure{receiver.why()};
    switches_.udp_gro = gro;
    size_t& least_room = crew_.receive_room;
    size_t room = receive_room(receiver->get());
    least_room = least_room == 0 ? room : std::min(least_room, room);
    sockets.receivers.push_back({std::move(*receiver), carrier});
  }
  return Done{};
}

Result<Descriptor> Engine::inherit_or_open(const Address& address, uint16_t port, bool& gro) {
  std::optional<Descriptor> former = inherited_.take_receiver(address, port);
  if (!former) return open_receiver(address, port, workers_.empty() ? Place::first : Place::next, gro);
  set_up_receiver(former->get(), address, gro);
  return std::move(*former);
}

Result<Engine::PortOpened> Engine::open_port(uint32_t port, TunRequest request) {
  if (tuns_.contains(port)) return Failure{"port " + std::to_string(port) + " is open already"};
  // One that still goes by an older table would take the slot for that of its former guest.
  wait_for_workers();
  request.queues = static_cast<unsigned>(workers_.size());
  request.want_tso = options_.tso;
  request.want_uso = options_.uso;
  Result<Tun> tun = open_tun(request, inherited_);
  if (!tun) return Failure{tun.why()};
  counters_.begin_port(port);
  for (size_t at = 0; at < workers_.size(); at++) {
    if (workers_[at]->add_port(port, tun->queues[at].get(), request.mtu)) continue;
    for (auto& worker : workers_) worker->remove_port(port);
    wait_for_workers();
    return Failure{"cannot watch " + request.name + ": " + errno_text(errno)};
  }
  // What this kernel's ports cannot send they cannot be given either.
  if (!tun->tso) switches_.tso = false;
  if (!tun->uso) switches_.uso = false;
  PortOpened opened{request.queues, tun->tso, tun->uso, tun->adopted, {}};
  for (const Descriptor& queue : tun->queues) opened.descriptors.push_back(queue.get());
  tuns_.emplace(port, std::move(*tun));
  return opened;
}

Result<Done> Engine::close_port(uint32_t port, bool remove) {
  auto found = tuns_.find(port);
  if (found == tuns_.end()) return Failure{"port " + std::to_string(port) + " is not open"};
  for (auto& worker : workers_) worker->remove_port(port);
  wait_for_workers();
  closed_overflows_ += overflows_of(found->second);
  if (remove) let_tun_vanish(found->second);
  else inherited_.put(found->second.name, std::move(found->second.queues));
  tuns_.erase(found);
  return Done{};
}

void Engine::read(bool reading) {
  for (auto& worker : workers_) worker->read(reading);
}

std::vector<int> Engine::receivers() const {
  std::vector<int> all;
  for (auto& worker : workers_) {
    for (int fd : worker->receivers()) all.push_back(fd);
  }
  return all;
}

uint64_t Engine::waiting() const {
  uint64_t sum = 0;
  for (auto& worker : workers_) sum += worker->waiting();
  return sum;
}

Result<Done> Engine::set_port_mtu(uint32_t port, uint32_t mtu) {
  auto found = tuns_.find(port);
  if (found == tuns_.end()) return Failure{"port " + std::to_string(port) + " is not open"};
  for (auto& worker : workers_) worker->set_port_mtu(port, mtu);
  return set_tun_mtu(found->second, mtu);
}

Result<Done> Engine::apply(const Change& change) {
  for (const auto& peer : change.peers) {
    bool reachable = false;
    for (const Address& mine : options_.substrate_addresses) reachable |= mine.family == peer.address.family;
    if (reachable) continue;
    return Failure{"peer " + std::to_string(peer.peer) + ": the engine has no substrate address of the family of " +
                   peer.address.text()};
  }
  for (const auto& peer : change.peers) {
    bool wants_gni6 = false;
    for (const Encapsulation& each : peer.encapsulations) wants_gni6 |= each.format == WEFT_FORMAT_GNI6;
    if (!wants_gni6 || (options_.gni6_prefix != 0 && peer.gni6_prefix != 0)) continue;
    return Failure{"peer " + std::to_string(peer.peer) + ": gni6 needs a prefix of this host and one of the peer"};
  }
  Result<Done> keys = forwarding_.check_keys(change);
  if (!keys) return keys;
  forget_counts(change);
  Retired retired;
  const Snapshot* next = forwarding_.apply(change, retired);
  publish(next, std::move(retired));
  for (auto& worker : workers_) {
    if (worker->has_waiting()) worker->kick();
    for (uint32_t port : change.remove_ports) worker->know_port(port, false);
    for (const auto& port : change.ports) worker->know_port(port.port, true);
  }
  reclaim();
  return Done{};
}

void Engine::publish(const Snapshot* next, Retired retired) {
  graves_.push_back({next->generation, std::move(retired)});
  published_.snapshot.store(next);
  published_.generation.store(next->generation);
}

void Engine::trace(const std::optional<TraceFilter>& filter) {
  std::vector<Trace::Substrate> substrate;
  for (size_t at = 0; at < source_ports_.size(); at++) substrate.push_back({options_.substrate_addresses[at], source_ports_[at]});
  Retired retired;
  const Snapshot* next = forwarding_.follow(filter ? std::make_shared<Trace>(*filter, std::move(substrate)) : nullptr, retired);
  publish(next, std::move(retired));
  reclaim();
}

/// Returns when no worker can be using what was taken away before the call.
void Engine::wait_for_workers() {
  Retired nothing;
  const Snapshot* next = forwarding_.apply({}, nothing);
  publish(next, std::move(nothing));
  for (auto& worker : workers_) {
    while (!worker->has_passed(next->generation)) {
      timespec pause{0, 20'000};
      nanosleep(&pause, nullptr);
    }
  }
  reclaim();
}

void Engine::reclaim() {
  std::erase_if(graves_, [&](const Grave& grave) {
    for (auto& worker : workers_) {
      if (!worker->has_passed(grave.generation)) return false;
    }
    return true;
  });
}

void Engine::forget_counts(const Change& change) {
  for (uint32_t peer : change.remove_peers) peer_slots_.erase(peer);
  for (const auto& peer : change.peers) {
    if (!peer_slots_.emplace(peer.peer, true).second) continue;
    counters_.begin_peer(peer.peer);
  }
}

namespace {

void add(Traffic& to, const TrafficCounter& from) {
  to.packets += from.packets.load(std::memory_order_relaxed);
  to.bytes += from.bytes.load(std::memory_order_relaxed);
}

void add_batching(EngineTotals& to, const WorkerCounters& from) {
  auto value = [](const Counter& counter) { return counter.load(std::memory_order_relaxed); };
  to.port_reads += value(from.port_reads);
  to.port_writes += value(from.port_writes);
  to.sends += value(from.sends);
  to.receives += value(from.receives);
  to.super_packets_out += value(from.super_packets_out);
  to.super_packets_in += value(from.super_packets_in);
  to.waiting += value(from.waiting);
}

}  // namespace

uint64_t Engine::port_overflows() const {
  uint64_t sum = closed_overflows_;
  for (auto& [port, tun] : tuns_) sum += overflows_of(tun);
  return sum;
}

std::vector<FlowSample> Engine::take_flows() {
  std::vector<FlowSample> taken;
  for (auto& worker : workers_) worker->flows().take([&](const FlowSample& sample) { taken.push_back(sample); });
  return taken;
}

EngineTotals Engine::totals() {
  EngineTotals totals;
  for (auto& worker : workers_) {
    const WorkerCounters& counters = worker->counters();
    for (int reason = 0; reason < WEFT_DROP_COUNT; reason++) {
      totals.drops[reason] += counters.drops[reason].load(std::memory_order_relaxed);
    }
    add(totals.local, counters.local);
    add_batching(totals, counters);
    totals.receive_overflows += worker->receive_overflows();
  }
  for (auto& [port, tun] : tuns_) totals.ports.push_back(counters_.port(port));
  for (uint32_t port : stopped_ports_) totals.ports.push_back(counters_.port(port));
  for (auto& [peer, known] : peer_slots_) totals.peers.push_back(counters_.peer(peer));
  forwarding_.keys().for_each([&](uint32_t slot, const SessionKey& key) { totals.keys.push_back({slot, key.packets()}); });
  totals.port_overflows = port_overflows();
  totals.udp_gso = switches_.udp_gso;
  totals.udp_gro = switches_.udp_gro;
  totals.tso = switches_.tso;
  totals.uso = switches_.uso;
  int error = last_send_error_.load();
  if (error != 0) totals.last_send_error = errno_text(error);
  totals.worker_age_ms = worker_ages();
  reclaim();
  return totals;
}

// A worker that has had a turn since it was asked is asked again; one that has not is as old as the question.
std::vector<uint64_t> Engine::worker_ages() {
  std::vector<uint64_t> ages;
  uint64_t now = clock_ms();
  for (size_t at = 0; at < workers_.size(); at++) {
    uint64_t turn = workers_[at]->counters().turn_ms.load(std::memory_order_relaxed);
    bool answered = turn >= asked_ms_[at];
    ages.push_back(answered ? 0 : now - asked_ms_[at]);
    if (!answered || stopped_) continue;
    asked_ms_[at] = now;
    workers_[at]->kick();
  }
  return ages;
}

void Engine::stop() {
  if (stopped_) return;
  stopped_ = true;
  for (auto& worker : workers_) worker->stop();
  for (auto& [port, tun] : tuns_) {
    closed_overflows_ += overflows_of(tun);
    stopped_ports_.push_back(port);
  }
  tuns_.clear();
  inherited_.close_all();
  reclaim();
}

}  // namespace weft
