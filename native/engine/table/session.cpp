#include "session.h"

namespace weft {

const char* what_format_lacks(const Encapsulation& encapsulation) {
  const Format& format = *format_of(encapsulation.format);
  if (encapsulation.compression != Compression::none && !format.packs) return "compression";
  if (encapsulation.elision && !format.packs) return "elision";
  if (encapsulation.flow_control && !format.grants) return "flow control";
  if (encapsulation.key != no_key && !format.seals()) return "key";
  return nullptr;
}

PairTable::PairTable(const std::vector<Entry>& entries) {
  if (entries.empty()) return;
  size_t size = 4;
  while (size < entries.size() * 2) size *= 2;
  slots_.resize(size);
  for (const Entry& entry : entries) {
    size_t at = hash_of_pair(entry.pair) & (size - 1);
    while (slots_[at].pair.gni != 0 && slots_[at].pair != entry.pair) at = (at + 1) & (size - 1);
    slots_[at] = entry;
  }
}

const Terms* PairTable::find(const Pair& pair) const {
  if (slots_.empty()) return nullptr;
  size_t mask = slots_.size() - 1;
  for (size_t at = hash_of_pair(pair) & mask; slots_[at].pair.gni != 0; at = (at + 1) & mask) {
    if (slots_[at].pair == pair) return &slots_[at].terms;
  }
  return nullptr;
}

// Two guests that swap their places are two pairs.
uint64_t PairTable::hash_of_pair(const Pair& pair) {
  return fold(hash_of({pair.own, pair.gni}) ^ hash_secret.low, hash_of({pair.theirs, pair.gni}) ^ hash_secret.high);
}

Traits::Traits(const std::vector<Encapsulation>& encapsulations) {
  for (size_t at = 0; at < encapsulations.size(); at++) {
    const Encapsulation& each = encapsulations[at];
    uint32_t bit = 1u << at;
    format[each.format] |= bit;
    compression[static_cast<size_t>(Compression::none)] |= bit;
    compression[static_cast<size_t>(each.compression)] |= bit;
    elided[0] |= bit;
    if (each.elision) elided[1] |= bit;
    if (each.flow_control) flow_control |= bit;
  }
}

}  // namespace weft
