#include "key_table.h"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

namespace weft {

namespace {

HashSecret draw_secret() {
  HashSecret secret;
  ssize_t size;
  do size = getrandom(&secret, sizeof secret, 0);
  while (size < 0 && errno == EINTR);
  if (size != sizeof secret) std::abort();
  secret.rest |= 1;  // a factor that loses nothing
  return secret;
}

}  // namespace

HashSecret hash_secret = draw_secret();

void Shard::put(const Key& key, uint64_t hash, uint32_t value) {
  if ((used_ + 1) * 3 > slots_.size() * 2) grow(slots_.empty() ? 4 : slots_.size() * 2);
  for (size_t at = hash & mask();; at = (at + 1) & mask()) {
    Slot& slot = slots_[at];
    if (slot.family != Family::none && slot.key() != key) continue;
    if (slot.family == Family::none) used_++;
    slot = {key.address.high, key.address.low, key.gni, value, key.address.family};
    return;
  }
}

bool Shard::remove(const Key& key, uint64_t hash) {
  if (slots_.empty()) return false;
  size_t hole = hash & mask();
  while (slots_[hole].key() != key) {
    if (slots_[hole].family == Family::none) return false;
    hole = (hole + 1) & mask();
  }
  // Moves later members of the cluster back, so that no probe stops early and no tombstone is left.
  for (size_t at = (hole + 1) & mask(); slots_[at].family != Family::none; at = (at + 1) & mask()) {
    size_t home = hash_of(slots_[at].key()) & mask();
    bool reaches_hole = ((at - home) & mask()) >= ((at - hole) & mask());
    if (!reaches_hole) continue;
    slots_[hole] = slots_[at];
    hole = at;
  }
  slots_[hole] = Slot{};
  used_--;
  return true;
}

void Shard::grow(size_t slots) {
  std::vector<Slot> old(slots);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.family == Family::none) continue;
    size_t at = hash_of(slot.key()) & mask();
    while (slots_[at].family != Family::none) at = (at + 1) & mask();
    slots_[at] = slot;
  }
}

}  // namespace weft
