// Where overlay addresses are: one table for guests of this host and for those of others.
//
// A mapping is in it when it lies in its network's prefixes, no guest of this host has the address, its peer has a
// slot, and there is room; all others are kept here, and put in when what keeps them out is gone. Until then packets
// find nothing and are the engine's. This host's guests are always in it: their sources are checked by it, so there
// are places that no mapping gets.
#pragma once

#include <map>
#include <set>
#include <unordered_map>

#include "versioned_hash.h"

namespace weft {

struct KeyHash {
  size_t operator()(const Key& key) const { return hash_of(key); }
};

class Locations {
 public:
  using Store = HashStore<weft_location_key, weft_location_entry>;
  /// Of entries for this host's guests, in every table of this host.
  static constexpr uint32_t local_places = 4 * max_ports;

  struct Limits {
    uint32_t mappings, peers;
  };
  Locations(Store& store, Limits limits) : table_(store), limits_(limits) {}

  /// What `change` makes different is written for the generation after `generation`.
  void write(const Change& change, uint64_t generation);
  /// When that generation counts.
  void purge() { table_.purge(); }

  /// Mappings in the table; this host's guests take nothing from them.
  size_t entries() const { return remote_entries_; }
  /// Mappings that there is no room for.
  size_t crowded() const { return crowded_.size(); }
  /// Whether a change of nothing would put some of them in.
  bool has_room_for_crowded() const { return !crowded_.empty() && remote_entries_ < limits_.mappings; }

  std::optional<weft_location> find(const Key& key, uint64_t generation) const { return table_.value(stored(key), generation); }
  bool is_routed(const Key& key) const;

 private:
  using Table = VersionedHash<weft_location_key, weft_location_entry, weft_location>;
  using Kept = std::unordered_map<Key, weft_location, KeyHash>;
  /// A key to look at anew, with what the change says of it, if it says something.
  struct Touch {
    weft_location_key key;
    bool is_said = false;
    std::optional<weft_location> said{};
  };
  struct Network {
    std::vector<Prefix> prefixes;
    PrefixSet set;
    size_t entries = 0;  // mappings in the table
  };

  void change_networks(const Change& change, uint64_t generation);
  void touch_outside(const std::set<uint32_t>& shrunk, uint64_t generation);
  void touch_kept(const std::set<uint32_t>& changed);
  void change_ports(const Change& change);
  void remove_port(uint32_t slot);
  void say_mappings(const Change& change);
  void touch_crowded();
  std::vector<Table::Wish> decide(uint64_t generation);
  std::optional<weft_location> wanted(const Touch& touch, const std::optional<weft_location>& former);
  void keep_out_crowded(std::vector<Table::Wish>& wishes);
  void count(const Table::Wish& wish);
  void give_up(const std::vector<Table::Wish>& refused);

  Table table_;
  Limits limits_;
  size_t remote_entries_ = 0;
  std::map<uint32_t, Network> networks_;
  std::map<uint32_t, Change::PortChange> ports_;
  std::unordered_map<Key, uint32_t, KeyHash> local_;  // → port
  Kept crowded_, unfit_;
  std::vector<Touch> touched_;
};

}  // namespace weft
