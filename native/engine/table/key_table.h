// Persistent hash table from (network, address) to a number: readers use immutable shards without a lock,
// one writer copies the shards that a change touches.
//
//   KeyTableView  what a snapshot holds: pointers to shards
//   KeyTable      the writer's side: owns the shards, copies on the first write after `freeze`
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "address.h"

namespace weft {

struct Key {
  Address address;
  uint32_t gni = 0;

  bool operator==(const Key&) const = default;
};

/// Guests choose addresses: without a secret they could choose many that collide. Drawn when the process starts, and
/// never changed while a table has members; only tests set it.
struct HashSecret {
  uint64_t low, high, rest;
};
extern HashSecret hash_secret;

/// Both halves of the product, so that what differs between two keys differs by an amount that only the secret knows.
inline uint64_t fold(uint64_t left, uint64_t right) {
  unsigned __int128 product = static_cast<unsigned __int128>(left) * right;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

inline uint64_t hash_of(const Key& key) {
  uint64_t hash = fold(key.address.low ^ hash_secret.low, key.address.high ^ hash_secret.high);
  hash = fold(hash ^ (uint64_t{key.gni} << 32 | static_cast<uint64_t>(key.address.family)), hash_secret.rest);
  // Few factors of neighbours are bad ones, but some are: their steps are spread here.
  hash = (hash ^ hash >> 32) * 0xd6e8feb86659fd93ull;
  return hash ^ hash >> 32;
}

/// Open addressing with linear probing; at most two thirds full.
class Shard {
 public:
  const uint32_t* find(const Key& key, uint64_t hash) const {
    if (slots_.empty()) return nullptr;
    for (size_t at = hash & mask();; at = (at + 1) & mask()) {
      const Slot& slot = slots_[at];
      if (slot.family == Family::none) return nullptr;
      if (slot.low == key.address.low && slot.high == key.address.high && slot.gni == key.gni &&
          slot.family == key.address.family) {
        return &slot.value;
      }
    }
  }
  void put(const Key& key, uint64_t hash, uint32_t value);
  /// False when there is no such key.
  bool remove(const Key& key, uint64_t hash);
  size_t size() const { return used_; }

 private:
  struct Slot {
    uint64_t high = 0, low = 0;
    uint32_t gni = 0, value = 0;
    Family family = Family::none;

    Key key() const { return {{high, low, family}, gni}; }
  };
  size_t mask() const { return slots_.size() - 1; }
  void grow(size_t slots);

  std::vector<Slot> slots_;
  size_t used_ = 0;
};

/// Things that readers may still look at; destroyed together once no reader can.
using Retired = std::vector<std::shared_ptr<const void>>;

template <unsigned shard_bits>
class KeyTableView {
 public:
  static constexpr size_t shard_count = size_t{1} << shard_bits;

  /// The value, or nothing. The pointer lives as long as the snapshot.
  const uint32_t* find(const Key& key) const {
    uint64_t hash = hash_of(key);
    const Shard* shard = shards_[hash >> (64 - shard_bits)];
    return shard == nullptr ? nullptr : shard->find(key, hash);
  }

 private:
  template <unsigned>
  friend class KeyTable;
  std::array<const Shard*, shard_count> shards_{};
};

template <unsigned shard_bits>
class KeyTable {
 public:
  using View = KeyTableView<shard_bits>;

  void put(const Key& key, uint32_t value) {
    uint64_t hash = hash_of(key);
    writable(hash).put(key, hash, value);
  }
  void remove(const Key& key) {
    if (find(key) == nullptr) return;  // a shard without the key need not be copied
    uint64_t hash = hash_of(key);
    writable(hash).remove(key, hash);
  }
  const uint32_t* find(const Key& key) const {
    uint64_t hash = hash_of(key);
    const std::shared_ptr<Shard>& shard = shards_[hash >> (64 - shard_bits)];
    return shard == nullptr ? nullptr : shard->find(key, hash);
  }

  /// Brings `view` up to date and makes this table's shards immutable; `retired` gets those that `view` no longer shows.
  void freeze(View& view, Retired& retired) {
    for (size_t index : fresh_) view.shards_[index] = shards_[index].get();
    is_fresh_.fill(false);
    fresh_.clear();
    for (auto& shard : replaced_) retired.push_back(std::move(shard));
    replaced_.clear();
  }

 private:
  Shard& writable(uint64_t hash) {
    size_t index = hash >> (64 - shard_bits);
    if (!is_fresh_[index]) {
      std::shared_ptr<Shard> copy = shards_[index] ? std::make_shared<Shard>(*shards_[index]) : std::make_shared<Shard>();
      if (shards_[index]) replaced_.push_back(std::move(shards_[index]));
      shards_[index] = std::move(copy);
      is_fresh_[index] = true;
      fresh_.push_back(index);
    }
    return *shards_[index];
  }

  std::array<std::shared_ptr<Shard>, View::shard_count> shards_{};
  std::array<bool, View::shard_count> is_fresh_{};
  std::vector<size_t> fresh_;
  std::vector<std::shared_ptr<const void>> replaced_;
};

}  // namespace weft
