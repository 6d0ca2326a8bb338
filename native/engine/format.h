// What is particular to each format: one row per format, so that a new one is an addition here and nowhere else. What
// several formats do, each by the bits of its header, is in wrap.h and unwrap.h.
#pragma once

#include <weft_wire.h>

#include "inner.h"

namespace weft {

/// A drop reason of weft_wire.h, or one of these two.
using Verdict = int;
constexpr Verdict kept = -1;       // goes on
constexpr Verdict held_back = -2;  // waits in the first-packet queue, nothing more to do now

/// Room in front of an inner packet that is enough for every format's header, and behind it for every tag.
constexpr size_t header_room = 64, tag_room = WEFT_TAG_MAX;
static_assert(WEFT_HEADER_MAX <= header_room);

struct Format {
  const char* name;
  size_t header_length;
  size_t tag_length;  // 0: packets are not sealed
  bool packs;         // its header can say that the payload is compressed, or the inner IP header elided
  bool grants;        // it has control frames
  /// Writes the header to the first `header_length` bytes of `head`; head and tail together are the datagram, complete
  /// but for that.
  void (*put)(const weft_header& header, Bytes head, View tail);
  /// The datagram is at least as long as the header and begins with this format's version byte. False when bits are
  /// not what they must be.
  bool (*get)(const uint8_t* datagram, weft_header& header);
  /// Whether the datagram is as it was sent, as far as that can be told without a key.
  bool (*is_intact)(View datagram, const weft_header& header);

  bool seals() const { return tag_length > 0; }
};

/// By `weft_format`; nothing for numbers that are no format and for formats that the engine does not have.
const Format* format_of(int id);
/// By name as policies write it, `gni 1.0`; WEFT_FORMAT_NONE when there is no such format.
int format_named(std::string_view name);

}  // namespace weft
