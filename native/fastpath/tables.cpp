#include "tables.h"

namespace weft {

Tables::Tables(const TableStores& stores, TableSizes sizes, std::vector<Address> own)
    : stores_(stores),
      sizes_(sizes),
      locations_(stores.locations, {sizes.locations, sizes.peers}),
      peer_table_(stores, {sizes.peers, sizes.pairs}, std::move(own)) {}

void Tables::apply(const Change& change) {
  std::set<uint32_t> ports(change.remove_ports.begin(), change.remove_ports.end());
  for (uint32_t slot : change.remove_ports) networks_.erase(slot);
  for (const auto& port : change.ports) {
    ports.insert(port.port);
    networks_[port.port] = port.gni;
  }
  commit(change, ports);
  if (locations_.has_room_for_crowded() || peer_table_.has_room_for_crowded()) commit({}, {});
}

void Tables::open_port(uint32_t slot, const PortDevices& devices) {
  close_port(slot);
  devices_[slot] = devices;
  commit({}, {slot});
}

void Tables::close_port(uint32_t slot) {
  if (devices_.erase(slot) > 0) commit({}, {slot});
}

void Tables::commit(const Change& change, const std::set<uint32_t>& ports) {
  uint64_t generation = stores_.generation.now();
  locations_.write(change, generation);
  peer_table_.write(change, generation);
  write_ports(ports, generation);
  stores_.generation.publish(generation + 1);
  locations_.purge();
  peer_table_.purge();
  purge_devices();
}

// What leads to a slot is there before the slot says whose it is.
void Tables::write_ports(const std::set<uint32_t>& ports, uint64_t generation) {
  for (uint32_t slot : ports) {
    weft_port port = port_of(slot), former = value_at(stores_.ports.at(slot), generation);
    for (uint32_t ifindex : {port.ifindex, port.engine_ifindex}) {
      if (ifindex != 0) stores_.port_by_ifindex.put(std::span(&ifindex, 1), std::span(&slot, 1));
    }
    for (uint32_t ifindex : {former.ifindex, former.engine_ifindex}) {
      bool has_left = ifindex != 0 && ifindex != port.ifindex && ifindex != port.engine_ifindex;
      if (has_left) left_devices_.emplace_back(ifindex, slot);
    }
    put_in_place(stores_.ports, slot, port, generation);
  }
}

/// Unless another port has them now.
void Tables::purge_devices() {
  for (const auto& [ifindex, slot] : left_devices_) {
    if (stores_.port_by_ifindex.find(ifindex) == slot) stores_.port_by_ifindex.remove(std::span(&ifindex, 1));
  }
  left_devices_.clear();
}

/// Nothing without a guest: what its devices send then is discarded.
weft_port Tables::port_of(uint32_t slot) const {
  weft_port port{};
  auto network = networks_.find(slot);
  auto devices = devices_.find(slot);
  if (network == networks_.end()) return port;
  port.gni = network->second;
  port.kind = WEFT_PORT_ENGINE;
  if (devices == devices_.end()) return port;
  port.kind = devices->second.kind;
  port.ifindex = devices->second.ifindex;
  port.engine_ifindex = devices->second.engine_ifindex;
  std::copy(devices->second.mac.bytes.begin(), devices->second.mac.bytes.end(), port.mac);
  return port;
}

LookedUp Tables::look_up(const Ends& ends) const {
  LookedUp out;
  out.generation = stores_.generation.now();
  if (!is_storable(ends.source) || !is_storable(ends.destination)) return out;
  std::optional<weft_location> from = locations_.find({ends.source, ends.gni}, out.generation);
  std::optional<weft_location> to = locations_.find({ends.destination, ends.gni}, out.generation);
  out.source_is_right = from.has_value();
  if (!to) {
    bool is_routed = locations_.is_routed({ends.destination, ends.gni});
    out.location = is_routed ? LookedUp::Location::unknown : LookedUp::Location::no_route;
  } else if (to->kind == WEFT_LOCAL) {
    out.location = LookedUp::Location::local;
    out.port = to->slot;
    if (from && from->kind == WEFT_REMOTE) out.peer = from->slot;
  } else {
    out.location = LookedUp::Location::remote;
    out.peer = to->slot;
    out.send = peer_table_.send_between(to->slot, {ends.gni, ends.source, ends.destination});
  }
  return out;
}

std::vector<Fill> Tables::fills() const {
  return {{"locations", locations_.entries(), sizes_.locations, locations_.crowded()},
          {"pairs", peer_table_.pair_entries(), sizes_.pairs, peer_table_.crowded()},
          {"peers", peer_table_.entries(), sizes_.peers, peer_table_.beyond()},
          {"ports", networks_.size(), WEFT_FAST_PORTS, 0}};
}

}  // namespace weft
