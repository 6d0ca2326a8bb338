// Control frames of flow control, the payload of a gni 3.0 packet with F set:
//
//   | kind 8 | key id 8 | zero 48 | sequence 64 |
//
//   grant   packets that the receiver of this frame seals with the key may have sequences below this
//   ask     the sender of this frame has sealed all sequences below this with the key, and wants a grant
#pragma once

#include <optional>

#include "bytes.h"

namespace weft {

constexpr size_t control_frame_length = 16;

struct ControlFrame {
  enum class Kind : uint8_t { grant = 1, ask = 2 };
  Kind kind = Kind::grant;
  uint8_t key_id = 0;
  uint64_t sequence = 0;

  bool operator==(const ControlFrame&) const = default;
};

/// `out` has control_frame_length bytes.
void write_control_frame(const ControlFrame& frame, uint8_t* out);
/// Nothing for an unknown kind, for bits that must be zero and are not, and for a sequence that no key can have.
std::optional<ControlFrame> read_control_frame(View bytes);

}  // namespace weft
