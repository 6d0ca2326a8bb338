// What ports or peers have carried: the programs' counts of all processors, and what a former run had counted.
//
// Slots are another process's: what goes on under another slot is put into a map of its own beside the programs'.
#pragma once

#include <vector>

#include "../bpf/maps.h"
#include "descriptor.h"
#include "result.h"

namespace weft {

void add(weft_counters& to, const weft_counters& more);

/// Of a map with one value per processor; zero for a slot that is not there.
template <typename Value>
std::vector<Value> values_of_all_processors(int map, uint32_t slot);

class OwnerCounts {
 public:
  /// `counters` is borrowed. The name is that of the map beside it.
  static Result<OwnerCounts> make(int counters, const char* name, uint32_t slots);

  weft_counters sum(uint32_t slot) const;
  /// For a slot that another owner gets.
  void clear(uint32_t slot);
  /// What had been counted under another slot goes on under this one.
  void carry(uint32_t slot, const weft_counters& more);
  int carried() const { return carried_.get(); }

 private:
  OwnerCounts(int counters, Descriptor carried) : counters_(counters), carried_(std::move(carried)) {}

  int counters_;
  Descriptor carried_;
};

/// Both maps of a former run; -1 for those that are not there.
weft_counters former_sum(int counters, int carried, uint32_t slot);

}  // namespace weft
