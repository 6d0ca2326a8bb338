#include "mac_table.h"

#include <utility>

namespace weft {

void MacTable::put(const Key& key, const Mac& mac) {
  std::vector<Mac>& macs = writable();
  const uint32_t* known = places_.find(key);
  if (known != nullptr) {
    macs[*known] = mac;
    return;
  }
  uint32_t place = static_cast<uint32_t>(macs.size());
  if (free_.empty()) {
    macs.push_back(mac);
  } else {
    place = free_.back();
    free_.pop_back();
    macs[place] = mac;
  }
  places_.put(key, place);
}

// A place that is free again still shows the old address to older snapshots, which have a list of their own.
void MacTable::remove(const Key& key) {
  const uint32_t* place = places_.find(key);
  if (place == nullptr) return;
  free_.push_back(*place);
  places_.remove(key);
}

void MacTable::freeze(View& view, Retired& retired) {
  places_.freeze(view.places_, retired);
  view.macs_ = macs_.get();
  is_fresh_ = false;
  if (replaced_) retired.push_back(std::exchange(replaced_, nullptr));
}

std::vector<Mac>& MacTable::writable() {
  if (!std::exchange(is_fresh_, true)) {
    replaced_ = std::move(macs_);
    macs_ = replaced_ ? std::make_shared<std::vector<Mac>>(*replaced_) : std::make_shared<std::vector<Mac>>();
  }
  return *macs_;
}

}  // namespace weft
