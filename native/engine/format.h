// Encapsulation by format: one row per format, so that a new one is an addition here and nowhere else.
#pragma once

#include <weft_wire.h>

#include "inner.h"

namespace weft {

/// A drop reason of weft_wire.h, or one of these two.
using Verdict = int;
constexpr Verdict kept = -1;       // goes on
constexpr Verdict held_back = -2;  // waits in the first-packet queue, nothing more to do now

/// Room in front of an inner packet that is enough for every format's header.
constexpr size_t header_room = 64;
static_assert(WEFT_HEADER_MAX <= header_room);

struct Decapsulated {
  weft_header header{};
  Inner inner;
  uint8_t format = WEFT_FORMAT_NONE;
  View packet;  // the inner packet, borrowed from the datagram
};

struct Format {
  const char* name;
  size_t header_length;
  /// Writes the header to `head`, whose first `header_length` bytes are for it; head and tail together are
  /// header and inner packet.
  void (*encapsulate)(const weft_header& header, Bytes head, View tail);
  /// The datagram is at least as long as the header and begins with this format's version byte.
  Verdict (*decapsulate)(View datagram, Decapsulated& out);
};

/// By `weft_format`; nothing for numbers that are no format and for formats that the engine does not have.
const Format* format_of(int id);
/// By name as policies write it, `gni 1.0`; WEFT_FORMAT_NONE when there is no such format.
int format_named(std::string_view name);

/// Reads one UDP payload; checks stand in the order of the reference codec (wire/codec.ts).
Verdict decapsulate(View datagram, Decapsulated& out);

}  // namespace weft
