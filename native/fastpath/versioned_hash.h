// One change of a versioned hash: what is wanted is written for the next generation beside what counts now, and what
// says nothing any more is taken out once that generation counts.
//
// The writer keeps no copy of the table: what an entry says is read from it. An empty table is not asked.
#pragma once

#include <algorithm>
#include <vector>

#include "table_store.h"

namespace weft {

/// Sorts by key; of several items for one key the last one stays.
template <typename Item>
void keep_last(std::vector<Item>& items) {
  auto is_before = [](const Item& left, const Item& right) { return memcmp(&left.key, &right.key, sizeof left.key) < 0; };
  if (!std::is_sorted(items.begin(), items.end(), is_before)) std::stable_sort(items.begin(), items.end(), is_before);
  auto kept = std::unique(items.rbegin(), items.rend(), [](const Item& left, const Item& right) { return same(left.key, right.key); });
  items.erase(items.begin(), kept.base());
}

template <typename KeyType, typename EntryType, typename Value>
class VersionedHash {
 public:
  using Store = HashStore<KeyType, EntryType>;
  struct Wish {
    KeyType key;
    std::optional<Value> value, former;  // from the next generation on, and now
  };

  explicit VersionedHash(Store& store) : store_(store) {}

  /// Entries that say something, or will with the next generation.
  size_t entries() const { return entries_; }

  std::optional<Value> value(const KeyType& key, uint64_t generation) const {
    if (entries_ == 0) return std::nullopt;
    std::optional<EntryType> entry = store_.find(key);
    return entry ? value_at(*entry, generation) : std::nullopt;
  }

  void walk(uint64_t generation, const std::function<void(const KeyType&, const Value&)>& each) const {
    if (entries_ == 0) return;
    store_.walk([&](const KeyType& key, const EntryType& entry) {
      std::optional<Value> value = value_at(entry, generation);
      if (value) each(key, *value);
    });
  }

  /// Each key at most once. Returns the wishes that the table does not take: what was there still is.
  std::vector<Wish> write(const std::vector<Wish>& wishes, uint64_t generation) {
    std::vector<Wish> refused;
    for (size_t from = 0; from < wishes.size();) {
      size_t count = std::min(wishes.size() - from, most_at_once);
      size_t written = write_some(std::span(wishes).subspan(from, count), generation + 1);
      from += written;
      if (written == count) continue;
      refused.push_back(wishes[from]);
      from++;
    }
    return refused;
  }

  /// Takes out at once what a refused wish should have replaced.
  void give_up(const Wish& refused) {
    if (!refused.former) return;
    entries_--;
    store_.remove(std::span(&refused.key, 1));
  }
  /// The same, with the next `purge`.
  void give_up_later(const Wish& refused) {
    if (!refused.former) return;
    entries_--;
    gone_.push_back(refused.key);
  }

  /// When the generation counts for which entries were written.
  void purge() {
    for (size_t from = 0; from < gone_.size(); from += most_at_once) {
      store_.remove(std::span(gone_).subspan(from, std::min(gone_.size() - from, most_at_once)));
    }
    gone_.clear();
  }

 private:
  static constexpr size_t most_at_once = 4096;

  size_t write_some(std::span<const Wish> wishes, uint64_t since) {
    std::vector<KeyType> keys;
    std::vector<EntryType> entries;
    keys.reserve(wishes.size());
    entries.reserve(wishes.size());
    for (const Wish& wish : wishes) {
      keys.push_back(wish.key);
      entries.push_back(entry_of(wish.key, since, wish.value, wish.former));
    }
    size_t written = store_.put(keys, entries);
    for (const Wish& wish : wishes.first(written)) {
      entries_ = entries_ + wish.value.has_value() - wish.former.has_value();
      if (!wish.value) gone_.push_back(wish.key);
    }
    return written;
  }

  Store& store_;
  size_t entries_ = 0;
  std::vector<KeyType> gone_;
};

}  // namespace weft
