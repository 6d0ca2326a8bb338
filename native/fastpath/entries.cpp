#include "entries.h"

#include <algorithm>

namespace weft {

bool is_storable(const Address& address) {
  return address.family == Family::v4 || address.high != 0 || address.low >> 32 != 0xffff;
}

weft_address stored(const Address& address) {
  weft_address out{};
  if (address.family == Family::v4) {
    out.bytes[10] = out.bytes[11] = 0xff;
    store32(out.bytes + 12, static_cast<uint32_t>(address.low));
  } else {
    store64(out.bytes, address.high);
    store64(out.bytes + 8, address.low);
  }
  return out;
}

Address loaded(const weft_address& address) {
  constexpr uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (memcmp(address.bytes, mapped, sizeof mapped) == 0) return Address::from_v4(address.bytes + 12);
  return Address::from_v6(address.bytes);
}

weft_location_key stored(const Key& key) { return {key.gni, stored(key.address)}; }

Key loaded(const weft_location_key& key) { return {loaded(key.address), key.gni}; }

weft_location local_location(uint32_t port) {
  weft_location out{};
  out.slot = port;
  out.kind = WEFT_LOCAL;
  return out;
}

weft_location remote_location(uint32_t peer, const std::optional<Mac>& mac) {
  weft_location out{};
  out.slot = peer;
  out.kind = WEFT_REMOTE;
  if (mac) {
    out.has_mac = 1;
    std::copy(mac->bytes.begin(), mac->bytes.end(), out.mac);
  }
  return out;
}

std::optional<weft_location> value_at(const weft_location_entry& entry, uint64_t generation) {
  const weft_location& half = entry.since <= generation ? entry.current : entry.former;
  if (half.kind == WEFT_NOWHERE) return std::nullopt;
  return half;
}

std::optional<weft_terms> value_at(const weft_pair_entry& entry, uint64_t generation) {
  bool is_current = entry.since <= generation;
  if ((is_current ? entry.current_there : entry.former_there) == 0) return std::nullopt;
  return is_current ? entry.current : entry.former;
}

const weft_port& value_at(const weft_port_entry& entry, uint64_t generation) {
  return entry.since <= generation ? entry.current : entry.former;
}

const weft_peer& value_at(const weft_peer_entry& entry, uint64_t generation) {
  return entry.since <= generation ? entry.current : entry.former;
}

weft_location_entry entry_of(const weft_location_key& key, uint64_t since, const std::optional<weft_location>& current,
                             const std::optional<weft_location>& former) {
  weft_location_entry out{};
  out.check = weft_check(&key, sizeof key);
  out.since = since;
  if (current) out.current = *current;
  if (former) out.former = *former;
  return out;
}

weft_pair_entry entry_of(const weft_pair_key& key, uint64_t since, const std::optional<weft_terms>& current,
                         const std::optional<weft_terms>& former) {
  weft_pair_entry out{};
  out.check = weft_check(&key, sizeof key);
  out.since = since;
  if (current) out.current = *current;
  if (former) out.former = *former;
  out.current_there = current.has_value();
  out.former_there = former.has_value();
  return out;
}

namespace {

/// Formats with a constant header. Those with Ethernet inside are carried over IPv4 alone.
bool has_plain_format(const Encapsulation& encapsulation, Family family) {
  switch (encapsulation.format) {
    case WEFT_FORMAT_GNI_1_0:
    case WEFT_FORMAT_GNI_2_0:
      return true;
    case WEFT_FORMAT_VXLAN:
    case WEFT_FORMAT_GENEVE:
      return family == Family::v4;
    default:
      return false;
  }
}

bool is_carried(const Encapsulation& each, Family family) {
  bool is_plain = each.compression == Compression::none && !each.elision && !each.flow_control && each.key == no_key;
  return is_plain && has_plain_format(each, family);
}

}  // namespace

// Who accepts a format with compression or elision accepts its plain packets, too.
weft_terms carried_terms(const Terms& terms, const std::vector<Encapsulation>& encapsulations, Family family) {
  weft_terms out{};
  out.send = terms.send == nothing ? WEFT_SEND_NONE : WEFT_SEND_ENGINE;
  if (terms.send >= 0 && is_carried(encapsulations[static_cast<size_t>(terms.send)], family)) {
    out.send = WEFT_SEND_FORMAT;
    out.format = encapsulations[static_cast<size_t>(terms.send)].format;
  }
  static_assert(WEFT_FORMAT_COUNT <= 16, "a bit for each in weft_terms.accept");
  for (size_t at = 0; at < encapsulations.size(); at++) {
    bool is_accepted = (terms.accept >> at & 1) != 0 && encapsulations[at].key == no_key;
    if (!is_accepted || !has_plain_format(encapsulations[at], family)) continue;
    out.accept = static_cast<uint16_t>(out.accept | 1u << encapsulations[at].format);
  }
  return out;
}

weft_peer carried_peer(const Change::PeerChange& change, const std::optional<Address>& own) {
  weft_peer out{};
  out.address = stored(change.address);
  out.path_mtu = static_cast<uint16_t>(std::min<uint32_t>(change.path_mtu, UINT16_MAX));
  out.in_use = 1;
  if (!own) return out;
  out.own = stored(*own);
  out.terms = carried_terms(change.terms, change.encapsulations, change.address.family);
  out.has_pairs = !change.pairs.empty();
  return out;
}

void leave_to_engine(weft_peer& peer) {
  peer.terms = {};
  peer.has_pairs = 0;
}

weft_pair_key pair_key(uint32_t peer, const Pair& pair) {
  return {peer, pair.gni, stored(pair.own), stored(pair.theirs)};
}

}  // namespace weft
