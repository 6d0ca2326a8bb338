// What a table holds for packets between two addresses: the paths' own steps, without a packet.
#pragma once

#include "snapshot.h"

namespace weft {

struct Ends {
  uint32_t gni;
  Address source, destination;
};

struct LookedUp {
  enum class Location : uint8_t { local, remote, nowhere, unknown, no_route };

  Location location = Location::unknown;  // of the destination
  std::optional<uint32_t> port{};         // that has it
  std::optional<uint32_t> peer{};         // whose host has it, or has the source of what a local guest gets
  SendTerms send = undecided;             // to that peer
  bool source_is_right = false;           // a port or a peer has it
  uint64_t generation = 0;
};

LookedUp look_up(const Snapshot& table, const Ends& ends);

}  // namespace weft
