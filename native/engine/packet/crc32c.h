// CRC-32C (Castagnoli, RFC 3385), with the processor's instruction where there is one.
#pragma once

#include "bytes.h"

namespace weft {

/// Continues `state`; begin with `crc32c_begin`, end with `crc32c_end`.
uint32_t crc32c_add(uint32_t state, View bytes);
constexpr uint32_t crc32c_begin = 0xffffffff;
constexpr uint32_t crc32c_end(uint32_t state) { return ~state; }

/// The same with the CRC instruction alone, where the processor cannot fold (crc32c_fold.h).
uint32_t crc32c_add_lanes(uint32_t state, View bytes);
/// The table version, for processors without the instruction and as the oracle of the tests.
uint32_t crc32c_add_table(uint32_t state, View bytes);

bool crc32c_in_hardware();

}  // namespace weft
