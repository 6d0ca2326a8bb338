#include "prefix_set.h"

#include <algorithm>
#include <numeric>

namespace weft {

namespace {

/// The address behind, within the family; false when there is none.
bool next(Address& address) {
  if (address.family == Family::v4) return ++address.low <= 0xffffffffull;
  if (++address.low == 0) return ++address.high != 0;
  return true;
}

}  // namespace

// Sweeps the prefixes in order of their first address. Prefixes nest or are apart, so the open ones form a stack.
PrefixSet::PrefixSet(const std::vector<Prefix>& prefixes) {
  std::vector<uint32_t> order(prefixes.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](uint32_t left, uint32_t right) {
    const Prefix &a = prefixes[left], &b = prefixes[right];
    return a.address == b.address ? a.length < b.length : before(a.address, b.address);
  });
  std::vector<uint32_t> open;
  auto start = [&](const Address& first, uint32_t value) {
    if (!ranges_.empty() && ranges_.back().first == first) ranges_.back().value = value;
    else ranges_.push_back({first, value});
  };
  auto close_until = [&](const Address* limit) {
    while (!open.empty() && (limit == nullptr || before(prefixes[open.back()].last(), *limit))) {
      Address behind = prefixes[open.back()].last();
      open.pop_back();
      if (next(behind)) start(behind, open.empty() ? nothing : open.back());
    }
  };
  for (uint32_t index : order) {
    close_until(&prefixes[index].address);
    start(prefixes[index].address, index);
    open.push_back(index);
  }
  close_until(nullptr);
}

uint32_t PrefixSet::find(const Address& address) const {
  auto behind = std::upper_bound(ranges_.begin(), ranges_.end(), address,
                                 [](const Address& wanted, const Range& range) { return before(wanted, range.first); });
  if (behind == ranges_.begin()) return nothing;
  const Range& range = *std::prev(behind);
  return range.first.family == address.family ? range.value : nothing;
}

}  // namespace weft
