// Where the tables' entries lie: BPF maps (kernel_store.h), or memory in tests, which can be killed at every step.
//
// A hash replaces entries whole. An array's entry is written where programs read it, piece by piece, in an order that
// they know (native/bpf/maps.h). Every call is one step: what a reader can see between two of them must be right.
#pragma once

#include <functional>
#include <span>

#include "entries.h"

namespace weft {

template <typename KeyType, typename EntryType>
class HashStore {
 public:
  virtual ~HashStore() = default;
  /// Nothing when there is no such entry.
  virtual std::optional<EntryType> find(const KeyType& key) const = 0;
  /// The number of entries put, in their order: fewer than given when the table takes no more.
  virtual size_t put(std::span<const KeyType> keys, std::span<const EntryType> entries) = 0;
  virtual void remove(std::span<const KeyType> keys) = 0;
  virtual void walk(const std::function<void(const KeyType&, const EntryType&)>& each) const = 0;
};

template <typename EntryType>
class ArrayStore {
 public:
  using Value = decltype(EntryType::current);

  virtual ~ArrayStore() = default;
  virtual EntryType at(uint32_t slot) const = 0;
  virtual void put_former(uint32_t slot, const Value& value) = 0;
  virtual void put_since(uint32_t slot, uint64_t generation) = 0;
  virtual void put_current(uint32_t slot, const Value& value) = 0;
};

class GenerationStore {
 public:
  virtual ~GenerationStore() = default;
  virtual uint64_t now() const = 0;
  virtual void publish(uint64_t generation) = 0;
};

struct TableStores {
  HashStore<weft_location_key, weft_location_entry>& locations;
  HashStore<weft_pair_key, weft_pair_entry>& pairs;
  ArrayStore<weft_port_entry>& ports;
  ArrayStore<weft_peer_entry>& peers;
  // Not versioned: what they lead to is checked against the slot's own entry.
  HashStore<uint32_t, uint32_t>& port_by_ifindex;
  HashStore<weft_address, uint32_t>& peer_by_address;
  GenerationStore& generation;
};

}  // namespace weft
