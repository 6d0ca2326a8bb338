// The fast path's tables in memory: every call of the writer, and every entry of a batch, is a step at which it can be
// killed and at which readers look.
#pragma once

#include <map>

#include "check.h"
#include "tables.h"

namespace weft::test {

struct Killed {};

/// Counts steps; `each` is called after every one.
struct Steps {
  uint64_t done = 0, killed_at = ~0ull;
  std::function<void()> each = [] {};

  void take() {
    if (done == killed_at) throw Killed{};
    done++;
    each();
  }
};

struct BytesBefore {
  template <typename Value>
  bool operator()(const Value& left, const Value& right) const {
    return memcmp(&left, &right, sizeof left) < 0;
  }
};

template <typename KeyType, typename EntryType>
struct MemoryHash : HashStore<KeyType, EntryType> {
  explicit MemoryHash(Steps& steps) : steps(steps) {}

  std::optional<EntryType> find(const KeyType& key) const override {
    finds++;
    auto found = entries.find(key);
    return found == entries.end() ? std::nullopt : std::optional(found->second);
  }
  size_t put(std::span<const KeyType> keys, std::span<const EntryType> values) override {
    for (size_t at = 0; at < keys.size(); at++) {
      if (entries.size() >= most && !entries.contains(keys[at])) return at;
      steps.take();
      entries[keys[at]] = values[at];
    }
    return keys.size();
  }
  void remove(std::span<const KeyType> keys) override {
    for (const KeyType& key : keys) {
      steps.take();
      entries.erase(key);
    }
  }
  void walk(const std::function<void(const KeyType&, const EntryType&)>& each) const override {
    for (const auto& [key, entry] : entries) each(key, entry);
  }

  Steps& steps;
  size_t most = ~size_t{0};
  mutable size_t finds = 0;
  std::map<KeyType, EntryType, BytesBefore> entries;
};

template <typename EntryType>
struct MemoryArray : ArrayStore<EntryType> {
  using typename ArrayStore<EntryType>::Value;
  explicit MemoryArray(Steps& steps) : steps(steps) {}

  EntryType at(uint32_t slot) const override {
    auto found = entries.find(slot);
    return found == entries.end() ? EntryType{} : found->second;
  }
  void put_former(uint32_t slot, const Value& value) override {
    steps.take();
    entries[slot].former = value;
  }
  void put_since(uint32_t slot, uint64_t generation) override {
    steps.take();
    entries[slot].since = generation;
  }
  void put_current(uint32_t slot, const Value& value) override {
    steps.take();
    entries[slot].current = value;
  }

  Steps& steps;
  std::map<uint32_t, EntryType> entries;
};

struct MemoryGeneration : GenerationStore {
  explicit MemoryGeneration(Steps& steps) : steps(steps) {}
  uint64_t now() const override { return generation; }
  void publish(uint64_t next) override {
    steps.take();
    generation = next;
  }

  Steps& steps;
  uint64_t generation = 0;
};

/// A host with its tables; its own addresses on the substrate are 198.18.0.1 and fd18::1.
struct TableWorld {
  explicit TableWorld(TableSizes sizes = {64, 16, 8})
      : tables({locations, pairs, ports, peers, by_ifindex, by_address, generation}, sizes,
               {*Address::parse("198.18.0.1"), *Address::parse("fd18::1")}) {}

  Steps steps;
  MemoryHash<weft_location_key, weft_location_entry> locations{steps};
  MemoryHash<weft_pair_key, weft_pair_entry> pairs{steps};
  MemoryHash<uint32_t, uint32_t> by_ifindex{steps};
  MemoryHash<weft_address, uint32_t> by_address{steps};
  MemoryArray<weft_port_entry> ports{steps};
  MemoryArray<weft_peer_entry> peers{steps};
  MemoryGeneration generation{steps};
  Tables tables;

  std::optional<weft_location> location(uint32_t gni, const char* address) const {
    auto entry = locations.find(stored(Key{*Address::parse(address), gni}));
    return entry ? value_at(*entry, generation.generation) : std::nullopt;
  }
  weft_peer peer(uint32_t slot) const { return value_at(peers.at(slot), generation.generation); }
  weft_port port(uint32_t slot) const { return value_at(ports.at(slot), generation.generation); }
  Fill fill(std::string_view table) const {
    for (const Fill& each : tables.fills()) {
      if (each.table == table) return each;
    }
    return {};
  }
};

}  // namespace weft::test
