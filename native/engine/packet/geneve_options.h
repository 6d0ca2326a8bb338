// The options behind a geneve header (RFC 8926, 3.5): ours is read, others are stepped over.
//
//   | class 16 | critical 1, type 7 | ignored 3, length 5 | data, length * 4 bytes |
//
// Ours, which every packet of Weft carries: class 0xff57 (for experiments), type 1, length 1, the source GNI.
#pragma once

#include <optional>

#include "bytes.h"

namespace weft {

enum class OptionsFault : uint8_t {
  none,
  cut,       // an option is longer than what is left
  critical,  // one that must be understood is not
};

/// `options` is exactly what the header's option length says. `source_gni` is set when ours is there; of several the
/// first counts.
OptionsFault read_geneve_options(View options, std::optional<uint32_t>& source_gni);

constexpr size_t geneve_source_option = 8;
/// `out` has geneve_source_option bytes.
void write_geneve_source(uint8_t* out, uint32_t source_gni);

}  // namespace weft
