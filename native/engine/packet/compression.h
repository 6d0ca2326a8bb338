// Compresses and decompresses payloads (LZ4 blocks, zstd frames) in memory that is all had at the start.
//
// One object per worker. Both libraries are linked into the addon with their symbols hidden: Node has a zstd of its
// own, of another version, and one's contexts must never meet the other's functions.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "bytes.h"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace weft {

/// Numbers of the header field.
enum class Compression : uint8_t { none = 0, lz4 = 1, zstd = 2 };

/// Longest payload that is compressed, or comes out of decompression.
constexpr size_t unpacked_max = 65535;

class Compressor {
 public:
  Compressor();
  ~Compressor();
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  /// Compresses head and tail, one after the other, to `out`, and says the length; 0 when it does not pay: the
  /// result would not be shorter than both, or not fit. `out` is then undefined. `out` overlaps neither.
  size_t pack(Compression method, View head, View tail, Bytes out);

  /// The length of what was written to `out`, at most unpacked_max; nothing when `packed` is not exactly one whole
  /// block or frame, or when more comes out than `out` holds. Nothing outside `out` is written, whatever `packed` is.
  std::optional<size_t> unpack(Compression method, View packed, Bytes out);

 private:
  View gather(View head, View tail);

  std::unique_ptr<uint8_t[]> joined_;  // head and tail: both libraries want one piece
  std::unique_ptr<std::max_align_t[]> lz4_state_;
  // zstd's contexts live in these and never ask for more, which those that it allocates itself do.
  std::unique_ptr<std::max_align_t[]> zstd_pack_memory_, zstd_unpack_memory_;
  ZSTD_CCtx_s* zstd_pack_;
  ZSTD_DCtx_s* zstd_unpack_;
};

}  // namespace weft
