// What the fast path's entries say: from the engine's words to those of native/bpf/maps.h, and from one generation to
// the next.
//
// A table's value is an optional one: nothing is an entry that is not there, or that will not be.
#pragma once

#include <optional>
#include <type_traits>

#include "ethernet.h"
#include "../bpf/maps.h"
#include "snapshot.h"
#include "weft_wire.h"

namespace weft {

/// Whether two values of a table are the same, byte for byte.
template <typename Value>
bool same(const Value& left, const Value& right) {
  static_assert(std::has_unique_object_representations_v<Value>);
  return memcmp(&left, &right, sizeof left) == 0;
}

template <typename Value>
bool same(const std::optional<Value>& left, const std::optional<Value>& right) {
  if (!left || !right) return !left && !right;
  return same(*left, *right);
}

/// False for IPv6 addresses that would be taken for the IPv4 addresses inside them: they are the engine's.
bool is_storable(const Address& address);
weft_address stored(const Address& address);
Address loaded(const weft_address& address);
weft_location_key stored(const Key& key);
Key loaded(const weft_location_key& key);

weft_location local_location(uint32_t port);
weft_location remote_location(uint32_t peer, const std::optional<Mac>& mac);

/// What counts at `generation`.
std::optional<weft_location> value_at(const weft_location_entry& entry, uint64_t generation);
std::optional<weft_terms> value_at(const weft_pair_entry& entry, uint64_t generation);
const weft_port& value_at(const weft_port_entry& entry, uint64_t generation);
const weft_peer& value_at(const weft_peer_entry& entry, uint64_t generation);

/// An entry that says `current` from generation `since` on, and `former` before.
weft_location_entry entry_of(const weft_location_key& key, uint64_t since, const std::optional<weft_location>& current,
                             const std::optional<weft_location>& former);
weft_pair_entry entry_of(const weft_pair_key& key, uint64_t since, const std::optional<weft_terms>& current,
                         const std::optional<weft_terms>& former);

/// What the fast path does by terms of a peer that is reached over `family`: nothing that it does not carry.
weft_terms carried_terms(const Terms& terms, const std::vector<Encapsulation>& encapsulations, Family family);

/// Without `own`, this host's address of the peer's family, all of the peer's packets are the engine's.
weft_peer carried_peer(const Change::PeerChange& change, const std::optional<Address>& own);

/// A peer that the engine alone talks to.
void leave_to_engine(weft_peer& peer);

weft_pair_key pair_key(uint32_t peer, const Pair& pair);

}  // namespace weft
