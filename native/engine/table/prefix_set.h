// Longest-prefix match over the prefixes of one network: the prefixes are cut into ranges that do not overlap,
// a lookup is one binary search.
#pragma once

#include <vector>

#include "address.h"

namespace weft {

class PrefixSet {
 public:
  static constexpr uint32_t nothing = ~0u;

  PrefixSet() = default;
  /// Of equal prefixes the last one counts.
  explicit PrefixSet(const std::vector<Prefix>& prefixes);

  /// Index, in the vector given, of the longest prefix that has the address; `nothing` when none has.
  uint32_t find(const Address& address) const;

 private:
  struct Range {
    Address first;   // of the range; it ends where the next begins
    uint32_t value;  // index of the prefix, or `nothing`
  };
  std::vector<Range> ranges_;
};

}  // namespace weft
