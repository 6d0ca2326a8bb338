#include "peer_table.h"

namespace weft {

// Places in the table of pairs are given and taken before anything is written: a peer has all of its own or none.
void PeerTable::write(const Change& change, uint64_t generation) {
  touched_.clear();
  wanted_pairs_.clear();
  for (uint32_t slot : change.remove_peers) remove(slot);
  for (const auto& peer : change.peers) put(peer);
  touch_crowded();
  for (uint32_t slot : touched_) {
    auto found = known_.find(slot);
    if (found != known_.end()) place_pairs(slot, found->second);
  }
  write_pairs(generation);
  write_peers(generation);
}

void PeerTable::purge() {
  pairs_.purge();
  for (const Address& address : left_) {
    weft_address key = stored(address);
    if (!owners_.contains(address)) by_address_.remove(std::span(&key, 1));
  }
  left_.clear();
}

bool PeerTable::has_room_for_crowded() const {
  return std::any_of(crowded_.begin(), crowded_.end(), [&](uint32_t slot) {
    return placed_pairs_ + known_.at(slot).change.pairs.size() <= limits_.pairs;
  });
}

SendTerms PeerTable::send_between(uint32_t peer, const Pair& pair) const {
  auto found = known_.find(peer);
  if (found == known_.end()) return undecided;
  const Change::PeerChange& change = found->second.change;
  auto own = std::find_if(change.pairs.rbegin(), change.pairs.rend(), [&](const auto& entry) { return entry.pair == pair; });
  return own == change.pairs.rend() ? change.terms.send : own->terms.send;
}

void PeerTable::remove(uint32_t slot) {
  beyond_.erase(slot);
  auto found = known_.find(slot);
  if (found == known_.end()) return;
  leave_places(found->second);
  const Address& address = found->second.change.address;
  auto owner = owners_.find(address);
  if (owner != owners_.end() && owner->second == slot) {  // else another peer has taken the address over
    owners_.erase(owner);
    left_.push_back(address);
  }
  crowded_.erase(slot);
  known_.erase(found);
  touched_.insert(slot);
}

void PeerTable::put(const Change::PeerChange& change) {
  remove(change.peer);
  if (change.peer >= limits_.peers || !is_storable(change.address)) {
    beyond_.insert(change.peer);
    return;
  }
  known_[change.peer].change = change;
  owners_[change.address] = change.peer;
  touched_.insert(change.peer);
}

void PeerTable::touch_crowded() {
  size_t room = limits_.pairs - placed_pairs_;
  for (uint32_t slot : crowded_) {
    size_t pairs = known_.at(slot).change.pairs.size();
    if (pairs > room) continue;
    room -= pairs;
    touched_.insert(slot);
  }
}

void PeerTable::place_pairs(uint32_t slot, Known& known) {
  leave_places(known);
  known.value = carried_peer(known.change, own_of(known.change.address.family));
  std::vector<Wanted> pairs = pairs_of(known);
  if (placed_pairs_ + pairs.size() > limits_.pairs) {
    leave_to_engine(known.value);
    crowded_.insert(slot);
    return;
  }
  crowded_.erase(slot);
  take_places(known, pairs);
}

/// Each pair once, as it is to be in the table.
std::vector<PeerTable::Wanted> PeerTable::pairs_of(const Known& known) const {
  std::vector<Wanted> pairs;
  if (known.value.has_pairs == 0) return pairs;
  for (const auto& [pair, terms] : known.change.pairs) {
    if (!is_storable(pair.own) || !is_storable(pair.theirs)) continue;
    pairs.push_back({pair_key(known.change.peer, pair),
                     carried_terms(terms, known.change.encapsulations, known.change.address.family)});
  }
  keep_last(pairs);
  return pairs;
}

void PeerTable::take_places(Known& known, const std::vector<Wanted>& pairs) {
  for (const auto& pair : pairs) known.placed.push_back(pair.key);
  placed_pairs_ += pairs.size();
  wanted_pairs_.insert(wanted_pairs_.end(), pairs.begin(), pairs.end());
}

void PeerTable::leave_places(Known& known) {
  for (const auto& key : known.placed) wanted_pairs_.push_back({key, std::nullopt});
  placed_pairs_ -= known.placed.size();
  known.placed.clear();
}

// A pair that memory is short for makes its peer the engine's; what is in the table of it is read no more.
void PeerTable::write_pairs(uint64_t generation) {
  keep_last(wanted_pairs_);
  std::vector<Pairs::Wish> wishes;
  for (const auto& wanted : wanted_pairs_) {
    std::optional<weft_terms> former = pairs_.value(wanted.key, generation);
    if (!same(wanted.value, former)) wishes.push_back({wanted.key, wanted.value, former});
  }
  for (const auto& refused : pairs_.write(wishes, generation)) {
    pairs_.give_up_later(refused);
    auto found = known_.find(refused.key.peer);
    if (found == known_.end()) continue;
    leave_to_engine(found->second.value);
    crowded_.insert(refused.key.peer);
  }
}

// What leads to a slot is there before the slot says whose it is: until then it leads to the engine.
void PeerTable::write_peers(uint64_t generation) {
  for (uint32_t slot : touched_) {
    auto found = known_.find(slot);
    if (found != known_.end()) {
      weft_address address = stored(found->second.change.address);
      uint32_t owner = owners_.at(found->second.change.address);
      by_address_.put(std::span(&address, 1), std::span(&owner, 1));
    }
    put_in_place(peers_, slot, found == known_.end() ? weft_peer{} : found->second.value, generation);
  }
}

std::optional<Address> PeerTable::own_of(Family family) const {
  for (const Address& address : own_) {
    if (address.family == family) return address;
  }
  return std::nullopt;
}

}  // namespace weft
