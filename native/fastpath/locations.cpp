#include "locations.h"

namespace weft {

namespace {

bool covers(const Prefix& outer, const Prefix& inner) {
  return outer.address.family == inner.address.family && !before(inner.first(), outer.first()) && !before(outer.last(), inner.last());
}

/// Whether an address in one of `before` may be in none of `after`.
bool is_shrunk(const std::vector<Prefix>& before, const std::vector<Prefix>& after) {
  return std::any_of(before.begin(), before.end(), [&](const Prefix& old) {
    return std::none_of(after.begin(), after.end(), [&](const Prefix& fresh) { return covers(fresh, old); });
  });
}

bool is_remote(const std::optional<weft_location>& location) { return location && location->kind == WEFT_REMOTE; }

}  // namespace

// In the engine's order: what is removed first, mappings last.
void Locations::write(const Change& change, uint64_t generation) {
  touched_.clear();
  change_networks(change, generation);
  change_ports(change);
  touch_crowded();
  say_mappings(change);
  std::vector<Table::Wish> wishes = decide(generation);
  for (const auto& wish : wishes) count(wish);
  give_up(table_.write(wishes, generation));
}

bool Locations::is_routed(const Key& key) const {
  auto found = networks_.find(key.gni);
  return found != networks_.end() && found->second.set.find(key.address) != PrefixSet::nothing;
}

void Locations::change_networks(const Change& change, uint64_t generation) {
  std::set<uint32_t> shrunk, changed;
  auto put = [&](uint32_t gni, const std::vector<Prefix>& prefixes) {
    Network& network = networks_[gni];
    if (network.entries > 0 && is_shrunk(network.prefixes, prefixes)) shrunk.insert(gni);
    changed.insert(gni);
    network.prefixes = prefixes;
    network.set = PrefixSet(prefixes);
  };
  for (uint32_t gni : change.remove_networks) put(gni, {});
  for (const auto& network : change.networks) put(network.gni, network.prefixes);
  if (!shrunk.empty()) touch_outside(shrunk, generation);
  if (!changed.empty()) touch_kept(changed);
}

void Locations::touch_outside(const std::set<uint32_t>& shrunk, uint64_t generation) {
  table_.walk(generation, [&](const weft_location_key& key, const weft_location& location) {
    if (shrunk.contains(key.gni) && location.kind == WEFT_REMOTE && !is_routed(loaded(key))) touched_.push_back({key});
  });
}

void Locations::touch_kept(const std::set<uint32_t>& changed) {
  for (const Kept* kept : {&unfit_, &crowded_}) {
    for (const auto& [key, mapping] : *kept) {
      if (changed.contains(key.gni)) touched_.push_back({stored(key)});
    }
  }
}

void Locations::change_ports(const Change& change) {
  for (uint32_t slot : change.remove_ports) remove_port(slot);
  for (const auto& port : change.ports) {
    remove_port(port.port);
    for (const Address& address : port.addresses) {
      if (!is_storable(address)) continue;
      Key key{address, port.gni};
      local_[key] = port.port;
      touched_.push_back({stored(key)});
    }
    ports_[port.port] = port;
  }
}

void Locations::remove_port(uint32_t slot) {
  auto found = ports_.find(slot);
  if (found == ports_.end()) return;
  for (const Address& address : found->second.addresses) {
    Key key{address, found->second.gni};
    auto owner = local_.find(key);
    if (owner == local_.end() || owner->second != slot) continue;  // another port has taken the address over
    local_.erase(owner);
    touched_.push_back({stored(key)});
  }
  ports_.erase(found);
}

// As many as there may be room for; the rest waits for the next change.
void Locations::touch_crowded() {
  if (!has_room_for_crowded()) return;
  size_t room = limits_.mappings - remote_entries_;
  for (auto at = crowded_.begin(); at != crowded_.end() && room > 0; ++at, --room) touched_.push_back({stored(at->first)});
}

void Locations::say_mappings(const Change& change) {
  touched_.reserve(touched_.size() + change.mappings.size());
  for (const Key& key : change.remove_mappings) {
    if (is_storable(key.address)) touched_.push_back({stored(key), true});
  }
  for (const auto& mapping : change.mappings) {
    if (!is_storable(mapping.key.address)) continue;
    Touch touch{stored(mapping.key), true};
    if (mapping.peer != no_peer) touch.said = remote_location(mapping.peer, mapping.mac);
    touched_.push_back(touch);
  }
}

std::vector<Locations::Table::Wish> Locations::decide(uint64_t generation) {
  keep_last(touched_);
  std::vector<Table::Wish> wishes;
  wishes.reserve(touched_.size());
  for (const Touch& touch : touched_) {
    std::optional<weft_location> former = table_.value(touch.key, generation);
    wishes.push_back({touch.key, wanted(touch, former), former});
  }
  keep_out_crowded(wishes);
  std::erase_if(wishes, [](const Table::Wish& wish) { return same(wish.value, wish.former); });
  return wishes;
}

// The places that this change frees are given by this change.
void Locations::keep_out_crowded(std::vector<Table::Wish>& wishes) {
  size_t room = limits_.mappings - remote_entries_;
  for (const auto& wish : wishes) room += is_remote(wish.former) && !is_remote(wish.value);
  for (auto& wish : wishes) {
    if (!is_remote(wish.value) || is_remote(wish.former)) continue;
    if (room > 0) {
      room--;
      continue;
    }
    crowded_[loaded(wish.key)] = *wish.value;
    wish.value = std::nullopt;
  }
}

/// What the table shall say, from what was said of the key, or else is known of it.
std::optional<weft_location> Locations::wanted(const Touch& touch, const std::optional<weft_location>& former) {
  Key key = loaded(touch.key);
  std::optional<weft_location> mapping = touch.said;
  for (Kept* kept : {&crowded_, &unfit_}) {
    if (kept->empty()) continue;
    auto found = kept->find(key);
    if (found == kept->end()) continue;
    if (!touch.is_said) mapping = found->second;
    kept->erase(found);
  }
  if (!touch.is_said && is_remote(former)) mapping = former;
  auto local = local_.find(key);
  bool is_mapped_here = local == local_.end() && mapping && mapping->slot < limits_.peers && is_routed(key);
  if (mapping && !is_mapped_here) unfit_[key] = *mapping;
  if (local != local_.end()) return local_location(local->second);
  return is_mapped_here ? mapping : std::nullopt;
}

void Locations::count(const Table::Wish& wish) {
  int change = is_remote(wish.value) - is_remote(wish.former);
  if (change == 0) return;
  remote_entries_ += static_cast<size_t>(change);
  networks_[wish.key.gni].entries += static_cast<size_t>(change);
}

// Memory is short. A mapping is the engine's until there is room again, and so are the packets of a guest whose
// address cannot be written: whose they are is not known here.
void Locations::give_up(const std::vector<Table::Wish>& refused) {
  for (const auto& wish : refused) {
    table_.give_up(wish);
    if (!is_remote(wish.value)) continue;
    crowded_[loaded(wish.key)] = *wish.value;
    count({wish.key, std::nullopt, wish.value});
  }
}

}  // namespace weft
