#include "snapshot.h"

#include <algorithm>
#include <utility>

namespace weft {

namespace {

constexpr uint32_t udp_over_ipv4 = 20 + 8, udp_over_ipv6 = 40 + 8;

Key prefix_key(uint64_t prefix) { return peer_key(Carrier::ipv6, {prefix, 0, Family::v6}); }

/// Each key once, with all the encapsulations that it opens.
std::vector<Peer::Opener> openers_of(const Peer& peer) {
  std::vector<Peer::Opener> openers;
  for (size_t at = 0; at < peer.keys.size(); at++) {
    uint32_t bit = 1u << at;
    if (peer.keys[at] == nullptr || (peer.accepted_by_any & bit) == 0) continue;
    auto same = [&](const Peer::Opener& opener) { return opener.key == peer.keys[at].get(); };
    auto found = std::find_if(openers.begin(), openers.end(), same);
    if (found == openers.end()) openers.push_back({peer.keys[at].get(), bit});
    else found->with |= bit;
  }
  return openers;
}

/// By the peer's own terms first.
void find_sealing_keys(const Change::PeerChange& change, Peer& peer) {
  auto add = [&](SendTerms send) {
    if (send < 0 || peer.keys[static_cast<size_t>(send)] == nullptr) return;
    SessionKey* key = peer.keys[static_cast<size_t>(send)].get();
    if (peer.control_key == nullptr) peer.control_key = key;
    bool known = std::find(peer.credited.begin(), peer.credited.end(), key) != peer.credited.end();
    if (peer.encapsulations[static_cast<size_t>(send)].flow_control && !known) peer.credited.push_back(key);
  };
  add(change.terms.send);
  for (const auto& pair : change.pairs) add(pair.terms.send);
}

std::shared_ptr<Peer> make_peer(const Change::PeerChange& change, uint16_t udp_port, const KeyRing& keys) {
  auto peer = std::make_shared<Peer>();
  peer->address = change.address;
  peer->family = change.address.family;
  for (Carrier carrier : {Carrier::gni, Carrier::vxlan, Carrier::geneve}) {
    uint16_t port = carrier == Carrier::gni ? udp_port : usual_port(carrier);
    peer->to_length = change.address.to_socket(port, peer->to[static_cast<size_t>(carrier)]);
  }
  peer->encapsulations = change.encapsulations;
  for (const auto& each : change.encapsulations) peer->keys.push_back(each.key == no_key ? nullptr : keys.at(each.key));
  peer->traits = Traits(change.encapsulations);
  peer->terms = change.terms;
  peer->pairs = PairTable(change.pairs);
  peer->accepted_by_any = change.terms.accept;
  peer->decided_for_some = change.terms.send != undecided;
  for (const auto& entry : change.pairs) {
    peer->accepted_by_any |= entry.terms.accept;
    peer->decided_for_some |= entry.terms.send != undecided;
  }
  peer->openers = openers_of(*peer);
  find_sealing_keys(change, *peer);
  peer->udp_gso = change.udp_gso;
  uint32_t overhead = peer->family == Family::v4 ? udp_over_ipv4 : udp_over_ipv6;
  peer->payload_room = change.path_mtu > overhead ? change.path_mtu - overhead : 0;
  peer->packet_room = change.path_mtu;
  peer->prefix = change.gni6_prefix;
  return peer;
}

}  // namespace

const char* what_is_wrong_with_key(const Change::PeerChange& peer, size_t index, const SessionKey& key) {
  uint32_t accepted = peer.terms.accept;
  bool sent = peer.terms.send == static_cast<SendTerms>(index);
  for (const auto& pair : peer.pairs) {
    accepted |= pair.terms.accept;
    sent |= pair.terms.send == static_cast<SendTerms>(index);
  }
  if (sent && key.use() != CipherUse::seal) return "is sent, but its key opens";
  if ((accepted >> index & 1) && key.use() != CipherUse::open) return "is accepted, but its key seals";
  return nullptr;
}

bool Snapshot::has_local_network(uint32_t gni) const {
  return std::binary_search(local_networks.begin(), local_networks.end(), gni);
}

Forwarding::Forwarding(uint16_t udp_port, uint64_t gni6_prefix)
    : udp_port_(udp_port), gni6_prefix_(gni6_prefix), current_(std::make_shared<Snapshot>()) {}

Result<Done> Forwarding::check_keys(const Change& change) const {
  std::map<uint32_t, const SessionKey*> added;
  for (const auto& key : change.keys) {
    bool taken = keys_.has(key.slot) || !added.emplace(key.slot, key.key.get()).second;
    if (taken) return Failure{"key " + std::to_string(key.slot) + " is set already"};
  }
  KeyRing::Uses uses;
  auto count = [&](const std::vector<Encapsulation>& encapsulations, int64_t by) {
    for (const auto& each : encapsulations) uses[each.key] += by;
  };
  std::map<uint32_t, const Change::PeerChange*> touched;
  for (uint32_t slot : change.remove_peers) touched[slot] = nullptr;
  for (const auto& peer : change.peers) touched[peer.peer] = &peer;
  for (const auto& [slot, peer] : touched) {
    if (const Peer* old = current_->peer(slot)) count(old->encapsulations, -1);
    if (peer != nullptr) count(peer->encapsulations, 1);
  }
  for (const auto& peer : change.peers) {
    for (size_t at = 0; at < peer.encapsulations.size(); at++) {
      uint32_t slot = peer.encapsulations[at].key;
      if (slot == no_key) continue;
      auto fresh = added.find(slot);
      const SessionKey* key = fresh != added.end() ? fresh->second : keys_.has(slot) ? keys_.at(slot).get() : nullptr;
      std::string where = "peer " + std::to_string(peer.peer) + ": encapsulation " + std::to_string(at) + " ";
      if (key == nullptr) return Failure{where + "refers to key " + std::to_string(slot) + ", which is not there"};
      const char* wrong = what_is_wrong_with_key(peer, at, *key);
      if (wrong != nullptr) return Failure{where + wrong};
    }
  }
  for (uint32_t slot : change.remove_keys) {
    int64_t left = (keys_.has(slot) ? keys_.uses(slot) : 0) + uses[slot];
    if (left > 0) return Failure{"key " + std::to_string(slot) + " cannot be removed: a peer refers to it"};
  }
  return Done{};
}

// A change copies the snapshot's pointers, then the parts it touches; all else is shared with the old snapshot.
const Snapshot* Forwarding::apply(const Change& change, Retired& retired) {
  auto next = std::make_shared<Snapshot>(*current_);
  next->generation++;
  remove(change, *next, retired);
  for (const auto& network : change.networks) {
    auto& place = networks_[network.gni];
    if (place) retired.push_back(std::move(place));
    place = std::make_shared<Network>(Network{PrefixSet(network.prefixes)});
  }
  for (const auto& port : change.ports) put_port(port, *next, retired);
  if (!change.networks.empty() || !change.remove_networks.empty() || !change.ports.empty() || !change.remove_ports.empty()) {
    join_ports_to_networks(*next, retired);
  }
  for (const auto& key : change.keys) keys_.put(key.slot, key.key);
  for (const auto& peer : change.peers) put_peer(peer, *next, retired);
  for (const auto& mapping : change.mappings) {
    mappings_.put(mapping.key, mapping.peer);
    if (mapping.mac) macs_.put(mapping.key, *mapping.mac);
    else macs_.remove(mapping.key);
  }
  for (uint32_t slot : change.remove_keys) {
    if (auto key = keys_.remove(slot)) retired.push_back(std::move(key));
  }
  mappings_.freeze(next->mappings, retired);
  macs_.freeze(next->macs, retired);
  local_.freeze(next->local, retired);
  peer_addresses_.freeze(next->peer_addresses, retired);
  is_fresh_page_.fill(false);
  retired.push_back(std::move(current_));
  current_ = std::move(next);
  return current_.get();
}

const Snapshot* Forwarding::follow(std::shared_ptr<const Trace> trace, Retired& retired) {
  auto next = std::make_shared<Snapshot>(*current_);
  next->generation++;
  next->trace = trace.get();
  if (trace_ != nullptr) retired.push_back(std::move(trace_));
  trace_ = std::move(trace);
  retired.push_back(std::exchange(current_, std::move(next)));
  return current_.get();
}

void Forwarding::remove(const Change& change, Snapshot& next, Retired& retired) {
  for (uint32_t gni : change.remove_networks) {
    auto found = networks_.find(gni);
    if (found == networks_.end()) continue;
    retired.push_back(std::move(found->second));
    networks_.erase(found);
  }
  for (uint32_t slot : change.remove_ports) remove_port(slot, next, retired);
  for (uint32_t slot : change.remove_peers) remove_peer(slot, next, retired);
  for (const Key& key : change.remove_mappings) {
    mappings_.remove(key);
    macs_.remove(key);
  }
}

void Forwarding::put_port(const Change::PortChange& change, Snapshot& next, Retired& retired) {
  remove_port(change.port, next, retired);
  auto entry = std::make_shared<PortEntry>();
  entry->gni = change.gni;
  entry->addresses = change.addresses;
  for (const Address& address : change.addresses) local_.put({address, change.gni}, change.port);
  next.ports[change.port] = entry.get();
  ports_[change.port] = std::move(entry);
}

void Forwarding::remove_port(uint32_t slot, Snapshot& next, Retired& retired) {
  auto found = ports_.find(slot);
  if (found == ports_.end()) return;
  for (const Address& address : found->second->addresses) {
    Key key{address, found->second->gni};
    const uint32_t* owner = local_.find(key);
    if (owner != nullptr && *owner == slot) local_.remove(key);  // another port may have taken the address over
  }
  next.ports[slot] = nullptr;
  retired.push_back(std::move(found->second));
  ports_.erase(found);
}

void Forwarding::put_peer(const Change::PeerChange& change, Snapshot& next, Retired& retired) {
  remove_peer(change.peer, next, retired);
  peer_addresses_.put(peer_key(Carrier::gni, change.address), change.peer);
  if (change.gni6_prefix != 0) peer_addresses_.put(prefix_key(change.gni6_prefix), change.peer);
  keys_.count(change.encapsulations, 1);
  auto peer = make_peer(change, udp_port_, keys_);
  peer->own_prefix = gni6_prefix_;
  next.flow_peers += peer->takes_flow_control();
  replace_peer(change.peer, std::move(peer), next, retired);
}

void Forwarding::remove_peer(uint32_t slot, Snapshot& next, Retired& retired) {
  const Peer* old = next.peer(slot);
  if (old == nullptr) return;
  keys_.count(old->encapsulations, -1);
  next.flow_peers -= old->takes_flow_control();
  forget_source(peer_key(Carrier::gni, old->address), slot);
  if (old->prefix != 0) forget_source(prefix_key(old->prefix), slot);
  replace_peer(slot, nullptr, next, retired);
}

/// Unless another peer has taken it over.
void Forwarding::forget_source(const Key& key, uint32_t slot) {
  const uint32_t* owner = peer_addresses_.find(key);
  if (owner != nullptr && *owner == slot) peer_addresses_.remove(key);
}

void Forwarding::replace_peer(uint32_t slot, std::shared_ptr<const Peer> peer, Snapshot& next, Retired& retired) {
  size_t index = slot / peers_per_page;
  auto& page = peer_pages_[index];
  if (!std::exchange(is_fresh_page_[index], true)) {
    auto copy = page ? std::make_shared<PeerPage>(*page) : std::make_shared<PeerPage>();
    if (page) retired.push_back(std::exchange(page, std::move(copy)));
    else page = std::move(copy);
    next.peer_pages[index] = page.get();
  }
  (*page)[slot % peers_per_page] = std::move(peer);
}

// Entries that workers may hold are never changed: a port whose network is another object now gets a new entry.
void Forwarding::join_ports_to_networks(Snapshot& next, Retired& retired) {
  next.local_networks.clear();
  for (auto& [slot, entry] : ports_) {
    next.local_networks.push_back(entry->gni);
    auto found = networks_.find(entry->gni);
    const Network* network = found == networks_.end() ? nullptr : found->second.get();
    if (entry->network == network) continue;
    auto joined = std::make_shared<PortEntry>(*entry);
    joined->network = network;
    next.ports[slot] = joined.get();
    retired.push_back(std::exchange(entry, std::move(joined)));
  }
  auto& gnis = next.local_networks;
  std::sort(gnis.begin(), gnis.end());
  gnis.erase(std::unique(gnis.begin(), gnis.end()), gnis.end());
}

}  // namespace weft
