#include "look_up.h"

namespace weft {

namespace {

using Location = LookedUp::Location;

/// Of a network that a guest of this host is in; nothing for others.
const Network* network_of(const Snapshot& table, uint32_t gni) {
  for (const PortEntry* port : table.ports) {
    if (port != nullptr && port->gni == gni) return port->network;
  }
  return nullptr;
}

bool is_routed(const Snapshot& table, const Ends& ends) {
  const Network* network = network_of(table, ends.gni);
  return network != nullptr && network->prefixes.find(ends.destination) != PrefixSet::nothing;
}

/// The peer that has the address; nothing when it is not known, or known to be nobody's.
std::optional<uint32_t> peer_of(const Snapshot& table, const Key& key) {
  const uint32_t* slot = table.mappings.find(key);
  if (slot == nullptr || *slot == no_peer) return std::nullopt;
  return *slot;
}

void find_remote(const Snapshot& table, const Ends& ends, LookedUp& found) {
  const uint32_t* slot = table.mappings.find({ends.destination, ends.gni});
  if (slot == nullptr) return;
  found.location = *slot == no_peer ? Location::nowhere : Location::remote;
  if (*slot == no_peer) return;
  found.peer = *slot;
  const Peer* peer = table.peer(*slot);
  if (peer != nullptr) found.send = peer->terms_of(ends.gni, ends.source, ends.destination).send;
}

}  // namespace

LookedUp look_up(const Snapshot& table, const Ends& ends) {
  LookedUp found;
  found.generation = table.generation;
  bool from_here = table.local.find({ends.source, ends.gni}) != nullptr;
  std::optional<uint32_t> from = from_here ? std::nullopt : peer_of(table, {ends.source, ends.gni});
  found.source_is_right = from_here || from.has_value();
  const uint32_t* local = table.local.find({ends.destination, ends.gni});
  // What arrives goes to whoever has the address, in a prefix or not.
  if ((local == nullptr || from_here) && !is_routed(table, ends)) {
    found.location = Location::no_route;
  } else if (local == nullptr) {
    find_remote(table, ends, found);
  } else {
    found.location = Location::local;
    found.port = *local;
    found.peer = from;
  }
  return found;
}

}  // namespace weft
