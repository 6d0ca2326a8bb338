// CRC-32C by carry-less multiplication in 512-bit registers (VPCLMULQDQ), for processors that have it.
#pragma once

#include "bytes.h"

namespace weft {

/// Shorter pieces are not worth the folding.
constexpr size_t crc32c_fold_least = 256;

bool crc32c_can_fold();
/// Only when `crc32c_can_fold()`; takes the whole 16-byte blocks from the front of `bytes`, which has at least
/// `crc32c_fold_least` bytes, and shortens it by them.
uint32_t crc32c_fold(uint32_t state, View& bytes);

}  // namespace weft
