// How the fast path comes to serve devices, and what it does when they are not as it left them.
#include <bpf/bpf.h>

#include "devices.h"
#include "fast_path.h"

namespace weft {

namespace {

constexpr const char *guest_program = "weft_guest", *return_program = "weft_return", *substrate_program = "weft_substrate";

std::string port_name(uint32_t slot) { return "port " + std::to_string(slot); }

}  // namespace

Result<FastPath::Served> FastPath::find_devices(const FastPortRequest& request) const {
  Served served{request, index_of(request.device), index_of(request.engine_device)};
  for (const std::string& device : {request.device, request.engine_device}) {
    if (index_of(device) == 0) return Failure{port_name(request.port) + ": there is no device " + device};
  }
  return served;
}

Result<Done> FastPath::open_port(const FastPortRequest& request) {
  Result<Served> served = find_devices(request);
  if (!served) return Failure{served.why()};
  for (const std::string& device : {request.device, request.engine_device}) {
    Result<Done> silent = silence(device);
    if (!silent) return silent;
  }
  uint8_t kind = request.is_veth ? WEFT_PORT_VETH : WEFT_PORT_TAP;
  parts_->tables.open_port(request.port, {kind, served->ifindex, served->engine_ifindex, request.mac});
  served_.insert_or_assign(request.port, *served);
  return has_taken_over_ ? serve(*served) : Done{};
}

// What comes in meets a program before it can come in.
Result<Done> FastPath::serve(const Served& served) {
  Result<Done> done = attach_at_tc(served.engine_ifindex, object_->program(return_program));
  if (done) done = attach_at_tc(served.ifindex, object_->program(guest_program));
  if (done) done = set_up(served.request.engine_device);
  if (done) done = set_up(served.request.device);
  return done;
}

void FastPath::close_port(uint32_t slot) {
  auto found = served_.find(slot);
  if (found == served_.end()) return;
  for (uint32_t ifindex : {found->second.ifindex, found->second.engine_ifindex}) detach_at_tc(ifindex);
  parts_->tables.close_port(slot);
  served_.erase(found);
}

std::map<uint32_t, const char*> FastPath::wanted_programs() const {
  std::map<uint32_t, const char*> wanted;
  for (const auto& [address, ifindex] : found_at_) {
    if (ifindex != 0) wanted[ifindex] = substrate_program;
  }
  for (const auto& [slot, served] : served_) {
    wanted[served.ifindex] = guest_program;
    wanted[served.engine_ifindex] = return_program;
  }
  return wanted;
}

/// A driver that takes no XDP program leaves its packets to tc, which is told once.
Result<Done> FastPath::attach_substrate(uint32_t ifindex) {
  // Programs without mode xdp do not know what a former run's XDP program has unwrapped.
  if (!options_.xdp) detach_xdp(ifindex);
  Result<Done> done = attach_at_tc(ifindex, object_->program(substrate_program));
  if (!done || !options_.xdp || without_xdp_.contains(ifindex)) return done;
  Result<Done> early = attach_xdp(ifindex, object_->program("weft_xdp"));
  if (!early) {
    without_xdp_.insert(ifindex);
    sink_.fault("xdp on " + name_of(ifindex), early.why() + "; its packets are received at tc");
  }
  return Done{};
}

// Guests first: what they send is carried by the new tables before the substrate's packets are. One whose devices do not
// take programs is told, and tried again by every look; the others are served.
Result<Done> FastPath::take_over() {
  if (has_taken_over_) return Done{};
  Result<bool> forwarding = let_loopback_forward();
  if (!forwarding) return Failure{forwarding.why()};
  for (const Address& address : options_.own) found_at_[address] = device_with(address);
  for (const auto& [slot, served] : served_) {
    Result<Done> done = serve(served);
    if (!done) sink_.fault(port_name(slot), done.why());
  }
  for (const auto& [address, ifindex] : found_at_) {
    if (ifindex == 0) sink_.fault("substrate", "no device has the address " + address.text() + "; the engine receives what is sent to it");
    Result<Done> done = ifindex == 0 ? Done{} : attach_substrate(ifindex);
    if (!done) return done;
  }
  has_taken_over_ = true;
  clear_devices(wanted_programs());
  carry_counts();
  // In force all the same; only the next start lacks them.
  if (Result<Done> pinned = pin_maps(); !pinned) sink_.fault("pins", pinned.why() + ": the next start begins to count anew");
  constexpr unsigned layout = WEFT_LAYOUT;
  unpin_all(options_.directory, &layout);
  former_.maps.clear();
  return Done{};
}

/// Takes off what a former run has left where nothing is wanted now. XDP is only where the substrate's program is.
void FastPath::clear_devices(const std::map<uint32_t, const char*>& wanted) {
  for (uint32_t ifindex : all_devices()) {
    auto found = wanted.find(ifindex);
    std::string there = found == wanted.end() ? name_at_tc(ifindex) : found->second;
    bool has_xdp = options_.xdp && found != wanted.end() && !without_xdp_.contains(ifindex);
    if (there == substrate_program && !has_xdp) detach_xdp(ifindex);
    if (found == wanted.end()) detach_at_tc(ifindex);
  }
}

// Whose counts they are is said by the device of a port and the address of a peer: slots are each run's own.
void FastPath::carry_counts() {
  uint64_t generation = 0;
  uint32_t only = 0;
  weft_control control{};
  if (bpf_map_lookup_elem(former_.map("control"), &only, &control) == 0) generation = control.generation;
  std::map<uint32_t, uint32_t> ports;  // by device
  for (const auto& [slot, served] : served_) ports[served.ifindex] = slot;
  for (uint32_t slot = 0; slot < WEFT_FAST_PORTS; slot++) {
    weft_port_entry entry{};
    if (bpf_map_lookup_elem(former_.map("ports"), &slot, &entry) != 0) break;
    auto mine = ports.find(value_at(entry, generation).ifindex);
    if (mine == ports.end()) continue;
    parts_->port_counts.carry(mine->second, former_sum(former_.map("port_counters"), former_.map("port_carried"), slot));
  }
  for (uint32_t slot = 0; slot < options_.sizes.peers; slot++) {
    weft_peer_entry entry{};
    if (bpf_map_lookup_elem(former_.map("peers"), &slot, &entry) != 0) break;
    const weft_peer& peer = value_at(entry, generation);
    std::optional<uint32_t> mine = peer.in_use ? parts_->peer_by_address.find(peer.address) : std::nullopt;
    if (mine) parts_->peer_counts.carry(*mine, former_sum(former_.map("peer_counters"), former_.map("peer_carried"), slot));
  }
}

Result<Done> FastPath::pin_maps() {
  std::map<std::string, int> maps{{"port_carried", parts_->port_counts.carried()}, {"peer_carried", parts_->peer_counts.carried()}};
  for (const std::string& name : object_->map_names()) maps.emplace(name, object_->map(name.c_str()));
  return pin_all(options_.directory, WEFT_LAYOUT, maps);
}

std::vector<std::string> FastPath::look() {
  std::vector<std::string> sentences;
  if (!has_taken_over_) return sentences;
  Result<bool> forwarding = let_loopback_forward();
  if (!forwarding) sentences.push_back(forwarding.why());
  else if (*forwarding) sentences.push_back("lo did not forward any more, so that the engine sent what the fast path should have: it does now");
  look_at_ports(sentences);
  look_at_substrate(sentences);
  look_at_programs(sentences);
  return sentences;
}

/// Devices that were made anew under their names.
void FastPath::look_at_ports(std::vector<std::string>& sentences) {
  for (auto& [slot, served] : served_) {
    Result<Served> now = find_devices(served.request);
    if (!now && missing_.insert(slot).second) sentences.push_back(now.why());
    if (now) missing_.erase(slot);
    if (!now || (now->ifindex == served.ifindex && now->engine_ifindex == served.engine_ifindex)) continue;
    Result<Done> opened = open_port(FastPortRequest(served.request));
    sentences.push_back(opened ? served.request.device + " is another device than before: the fast path serves it now"
                               : served.request.device + " is another device than before: " + opened.why());
  }
}

void FastPath::look_at_substrate(std::vector<std::string>& sentences) {
  for (auto& [address, ifindex] : found_at_) {
    uint32_t now = device_with(address);
    if (now == ifindex) continue;
    ifindex = now;
    sentences.push_back(now == 0 ? "no device has the address " + address.text() + " any more"
                                 : "the address " + address.text() + " is at " + name_of(now) + " now: its packets are received there");
    clear_devices(wanted_programs());
  }
}

void FastPath::look_at_programs(std::vector<std::string>& sentences) {
  for (const auto& [ifindex, program] : wanted_programs()) {
    std::string device = name_of(ifindex);
    if (device.empty()) continue;  // told by its port, or its address
    bool is_substrate = program == substrate_program;
    bool is_there = attached_at_tc(ifindex) == number_of(object_->program(program));
    bool wants_xdp = is_substrate && options_.xdp && !without_xdp_.contains(ifindex);
    if (wants_xdp) is_there &= attached_xdp(ifindex) == number_of(object_->program("weft_xdp"));
    if (is_there) continue;
    Result<Done> done = is_substrate ? attach_substrate(ifindex) : attach_at_tc(ifindex, object_->program(program));
    sentences.push_back(done ? "the program of " + device + " was gone, and is back" : done.why());
  }
}

Result<Done> remove_fast_path(const std::string& directory) {
  std::string unsure;
  for (uint32_t ifindex : all_devices()) {
    // Without the one at tc, what ours unwraps would be known to nobody.
    bool may_be_ours = is_hidden_at_tc(ifindex) && has_xdp(ifindex);
    if (may_be_ours) unsure += (unsure.empty() ? "" : ", ") + name_of(ifindex);
    if (may_be_ours) continue;
    if (name_at_tc(ifindex) == substrate_program) detach_xdp(ifindex);
    detach_at_tc(ifindex);
  }
  unpin_all(directory, nullptr);
  remove_directory(directory);
  if (unsure.empty()) {
    let_loopback_be();
    return Done{};
  }
  return Failure{"bpf(2) is refused, so that it cannot be told whether the XDP program on " + unsure +
                 " is Weft’s, which takes packets by tables of a former run: run the agent with CAP_BPF once, or take it off"};
}

}  // namespace weft
