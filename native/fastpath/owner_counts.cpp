#include "owner_counts.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <cerrno>

namespace weft {

namespace {

size_t processors() {
  static const int count = libbpf_num_possible_cpus();
  return count > 0 ? static_cast<size_t>(count) : 1;
}

}  // namespace

void add(weft_counters& to, const weft_counters& more) {
  to.out.packets += more.out.packets;
  to.out.bytes += more.out.bytes;
  to.in.packets += more.in.packets;
  to.in.bytes += more.in.bytes;
  to.drops += more.drops;
}

template <typename Value>
std::vector<Value> values_of_all_processors(int map, uint32_t slot) {
  static_assert(sizeof(Value) % 8 == 0, "the kernel rounds values up to words");
  std::vector<Value> values(processors());
  if (bpf_map_lookup_elem(map, &slot, values.data()) != 0) values.assign(values.size(), Value{});
  return values;
}

template std::vector<uint64_t> values_of_all_processors(int map, uint32_t slot);
template std::vector<weft_traffic> values_of_all_processors(int map, uint32_t slot);
template std::vector<weft_counters> values_of_all_processors(int map, uint32_t slot);

Result<OwnerCounts> OwnerCounts::make(int counters, const char* name, uint32_t slots) {
  Descriptor carried(bpf_map_create(BPF_MAP_TYPE_ARRAY, name, sizeof(uint32_t), sizeof(weft_counters), slots, nullptr));
  if (!carried) return Failure{std::string("the map ") + name + " cannot be made: " + errno_text(errno)};
  return OwnerCounts(counters, std::move(carried));
}

weft_counters former_sum(int counters, int carried, uint32_t slot) {
  weft_counters sum{};
  if (carried < 0 || bpf_map_lookup_elem(carried, &slot, &sum) != 0) sum = {};
  if (counters < 0) return sum;
  for (const weft_counters& each : values_of_all_processors<weft_counters>(counters, slot)) add(sum, each);
  return sum;
}

weft_counters OwnerCounts::sum(uint32_t slot) const { return former_sum(counters_, carried_.get(), slot); }

void OwnerCounts::clear(uint32_t slot) {
  std::vector<weft_counters> zeros(processors());
  bpf_map_update_elem(counters_, &slot, zeros.data(), BPF_ANY);
  bpf_map_update_elem(carried_.get(), &slot, zeros.data(), BPF_ANY);
}

void OwnerCounts::carry(uint32_t slot, const weft_counters& more) {
  weft_counters sum{};
  if (bpf_map_lookup_elem(carried_.get(), &slot, &sum) != 0) sum = {};
  add(sum, more);
  bpf_map_update_elem(carried_.get(), &slot, &sum, BPF_ANY);
}

}  // namespace weft
