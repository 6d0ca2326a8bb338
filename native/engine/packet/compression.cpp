#include "compression.h"

#define LZ4_STATIC_LINKING_ONLY
#include <lz4.h>
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

#include <algorithm>

namespace weft {

namespace {

constexpr int zstd_level = 1;
/// What a frame may ask the receiver to look back: no payload is longer.
constexpr size_t window_max = 128 << 10;

std::unique_ptr<std::max_align_t[]> memory_of(size_t size) {
  return std::make_unique<std::max_align_t[]>((size + sizeof(std::max_align_t) - 1) / sizeof(std::max_align_t));
}

/// One standard frame, and nothing in front of it or behind: zstd itself would skip, or append, others.
bool is_one_frame(View packed) {
  ZSTD_frameHeader header;
  if (ZSTD_getFrameHeader(&header, packed.data(), packed.size()) != 0) return false;
  return header.frameType == ZSTD_frame && header.windowSize <= window_max &&
         ZSTD_findFrameCompressedSize(packed.data(), packed.size()) == packed.size();
}

/// A length that began in a token: 15 goes on in bytes of 255 and one below. Past the end it ends.
size_t read_length(View block, size_t& at, size_t nibble) {
  size_t length = nibble;
  bool more = nibble == 15;
  while (more && at < block.size()) {
    length += block[at];
    more = block[at++] == 255;
  }
  return length;
}

/// Whether `block` is what the LZ4 block format says, and its output at most `most` bytes. The library is laxer: it
/// lets offsets of zero pass, of which the format does not say what comes out.
bool is_lz4_block(View block, size_t most) {
  constexpr size_t least_match = 4, last_literals = 5;
  size_t at = 0, written = 0;
  while (at < block.size()) {
    bool first = at == 0;
    uint8_t token = block[at++];
    size_t literals = read_length(block, at, token >> 4);
    if (literals > block.size() - at || literals > most - written) return false;
    at += literals;
    written += literals;
    if (at == block.size()) return (token & 15) == 0 && (first || literals >= last_literals);
    if (block.size() - at < 2) return false;
    size_t offset = block[at] | block[at + 1] << 8;
    at += 2;
    size_t match = read_length(block, at, token & 15) + least_match;
    if (offset == 0 || offset > written || match > most - written) return false;
    written += match;
  }
  return false;
}

size_t pack_lz4(void* state, View from, Bytes to) {
  int length = LZ4_compress_fast_extState_fastReset(state, reinterpret_cast<const char*>(from.data()),
                                                    reinterpret_cast<char*>(to.data()), static_cast<int>(from.size()),
                                                    static_cast<int>(to.size()), 1);
  return static_cast<size_t>(std::max(length, 0));
}

size_t pack_zstd(ZSTD_CCtx* context, View from, Bytes to) {
  size_t length = ZSTD_compressCCtx(context, to.data(), to.size(), from.data(), from.size(), zstd_level);
  return ZSTD_isError(length) ? 0 : length;
}

std::optional<size_t> unpack_lz4(View from, Bytes to) {
  if (!is_lz4_block(from, to.size())) return std::nullopt;
  int length = LZ4_decompress_safe(reinterpret_cast<const char*>(from.data()), reinterpret_cast<char*>(to.data()),
                                   static_cast<int>(from.size()), static_cast<int>(to.size()));
  return length < 0 ? std::nullopt : std::optional<size_t>(length);
}

std::optional<size_t> unpack_zstd(ZSTD_DCtx* context, View from, Bytes to) {
  if (!is_one_frame(from)) return std::nullopt;
  size_t length = ZSTD_decompressDCtx(context, to.data(), to.size(), from.data(), from.size());
  return ZSTD_isError(length) ? std::nullopt : std::optional<size_t>(length);
}

}  // namespace

Compressor::Compressor()
    : joined_(std::make_unique<uint8_t[]>(unpacked_max)),
      lz4_state_(memory_of(static_cast<size_t>(LZ4_sizeofState()))),
      zstd_pack_memory_(memory_of(ZSTD_estimateCCtxSize(zstd_level))),
      zstd_unpack_memory_(memory_of(ZSTD_estimateDCtxSize())),
      zstd_pack_(ZSTD_initStaticCCtx(zstd_pack_memory_.get(), ZSTD_estimateCCtxSize(zstd_level))),
      zstd_unpack_(ZSTD_initStaticDCtx(zstd_unpack_memory_.get(), ZSTD_estimateDCtxSize())) {
  LZ4_initStream(lz4_state_.get(), static_cast<size_t>(LZ4_sizeofState()));
}

Compressor::~Compressor() = default;

View Compressor::gather(View head, View tail) {
  if (head.empty()) return tail;
  if (tail.empty()) return head;
  std::copy(head.begin(), head.end(), joined_.get());
  std::copy(tail.begin(), tail.end(), joined_.get() + head.size());
  return {joined_.get(), head.size() + tail.size()};
}

size_t Compressor::pack(Compression method, View head, View tail, Bytes out) {
  size_t length = head.size() + tail.size();
  if (length < 2 || length > unpacked_max) return 0;
  View from = gather(head, tail);
  Bytes to = out.first(std::min(out.size(), length - 1));
  if (to.empty()) return 0;
  switch (method) {
    case Compression::lz4: return pack_lz4(lz4_state_.get(), from, to);
    case Compression::zstd: return pack_zstd(zstd_pack_, from, to);
    case Compression::none: return 0;
  }
  return 0;
}

std::optional<size_t> Compressor::unpack(Compression method, View packed, Bytes out) {
  if (packed.empty() || packed.size() > unpacked_max) return std::nullopt;
  Bytes to = out.first(std::min(out.size(), unpacked_max));
  switch (method) {
    case Compression::lz4: return unpack_lz4(packed, to);
    case Compression::zstd: return unpack_zstd(zstd_unpack_, packed, to);
    case Compression::none: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace weft
