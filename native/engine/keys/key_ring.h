// The writer's side of keys: by slot, with the number of encapsulations that refer to each.
#pragma once

#include <map>
#include <string>

#include "session.h"
#include "session_key.h"

namespace weft {

class KeyRing {
 public:
  using Uses = std::map<uint32_t, int64_t>;  // by slot; differences may be negative

  bool has(uint32_t slot) const { return keys_.contains(slot); }
  const std::shared_ptr<SessionKey>& at(uint32_t slot) const { return keys_.at(slot).key; }
  int64_t uses(uint32_t slot) const { return keys_.at(slot).uses; }

  void put(uint32_t slot, std::shared_ptr<SessionKey> key) { keys_[slot] = {std::move(key), 0}; }
  std::shared_ptr<SessionKey> remove(uint32_t slot);
  /// Counts the keys of a peer's encapsulations `by` times more.
  void count(const std::vector<Encapsulation>& encapsulations, int64_t by);

  template <typename Each>
  void for_each(Each each) const {
    for (const auto& [slot, entry] : keys_) each(slot, *entry.key);
  }

 private:
  struct Entry {
    std::shared_ptr<SessionKey> key;
    int64_t uses = 0;
  };
  std::map<uint32_t, Entry> keys_;
};

}  // namespace weft
