// Peers and the terms of single pairs of guests.
//
// A pair that is not in the table has its peer's own terms, so that one which finds no room would be sent as its
// policies do not want: a peer whose pairs do not all fit is the engine's, with everything it has, until they do.
#pragma once

#include <map>
#include <set>
#include <unordered_map>

#include "versioned_hash.h"

namespace weft {

/// Writes a slot in the order in which programs can read it meanwhile.
template <typename EntryType, typename Value>
void put_in_place(ArrayStore<EntryType>& store, uint32_t slot, const Value& value, uint64_t generation) {
  Value now = value_at(store.at(slot), generation);
  if (same(now, value)) return;
  store.put_former(slot, now);
  store.put_since(slot, generation + 1);
  store.put_current(slot, value);
}

class PeerTable {
 public:
  struct Limits {
    uint32_t peers, pairs;
  };
  /// `own`: this host's addresses on the substrate, of each family at most one.
  PeerTable(const TableStores& stores, Limits limits, std::vector<Address> own)
      : peers_(stores.peers), by_address_(stores.peer_by_address), pairs_(stores.pairs), limits_(limits), own_(std::move(own)) {}

  void write(const Change& change, uint64_t generation);
  void purge();

  size_t entries() const { return known_.size(); }
  size_t pair_entries() const { return pairs_.entries(); }
  /// Peers whose pairs there is no room for.
  size_t crowded() const { return crowded_.size(); }
  /// Whether a change of nothing would put one of them in.
  bool has_room_for_crowded() const;
  /// Peers whose slot is behind the table's last one.
  size_t beyond() const { return beyond_.size(); }

  /// Terms in force between two guests: of the pair, or the peer's own. Undecided for a peer that is not known.
  SendTerms send_between(uint32_t peer, const Pair& pair) const;
  /// Slots in use, in their order.
  template <typename Each>
  void for_each(Each each) const {
    for (const auto& [slot, known] : known_) each(slot);
  }

 private:
  using Pairs = VersionedHash<weft_pair_key, weft_pair_entry, weft_terms>;
  struct Wanted {
    weft_pair_key key;
    std::optional<weft_terms> value;
  };
  struct Known {
    Change::PeerChange change;  // without keys: they stand in no map
    weft_peer value{};
    std::vector<weft_pair_key> placed;  // pairs that are in the table, or may be
  };

  void remove(uint32_t slot);
  void put(const Change::PeerChange& change);
  void touch_crowded();
  void place_pairs(uint32_t slot, Known& known);
  std::vector<Wanted> pairs_of(const Known& known) const;
  void write_pairs(uint64_t generation);
  void write_peers(uint64_t generation);
  void take_places(Known& known, const std::vector<Wanted>& pairs);
  void leave_places(Known& known);
  std::optional<Address> own_of(Family family) const;

  ArrayStore<weft_peer_entry>& peers_;
  HashStore<weft_address, uint32_t>& by_address_;
  Pairs pairs_;
  Limits limits_;
  std::vector<Address> own_;
  std::map<uint32_t, Known> known_;
  std::set<uint32_t> crowded_, beyond_, touched_;
  size_t placed_pairs_ = 0;
  std::map<Address, uint32_t, bool (*)(const Address&, const Address&)> owners_{before};
  std::vector<Address> left_;
  std::vector<Wanted> wanted_pairs_;
};

}  // namespace weft
