// The BPF programs and their maps, as they are built into the addon, loaded into this kernel.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "../bpf/maps.h"
#include "descriptor.h"
#include "result.h"

struct bpf_object;

namespace weft {

struct ObjectSizes {
  uint32_t locations, pairs, peers;
};

/// A former run's map, in which counts go on. One of another shape is passed over.
struct SharedMap {
  const char* name;
  int map;
};

class BpfObject {
 public:
  /// The failure is one sentence, with what the verifier says last when it was the verifier.
  static Result<std::unique_ptr<BpfObject>> load(const weft_settings& settings, const ObjectSizes& sizes,
                                                 std::span<const SharedMap> shared);
  ~BpfObject();

  /// Descriptors are borrowed; names are those of the source. Nothing by the name: aborts, since it is our own object.
  int program(const char* name) const;
  int map(const char* name) const;
  /// All maps that are worth a pin.
  std::vector<std::string> map_names() const;

 private:
  explicit BpfObject(bpf_object* object) : object_(object) {}

  bpf_object* object_;
};

/// This kernel changes a packet's family when it takes a header off (6.3 and later).
bool can_change_family();

}  // namespace weft
