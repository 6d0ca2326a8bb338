// The forwarding table as packets see it: immutable, one pointer away, everything of one change at once.
//
//   Snapshot         read by workers; parts are borrowed from the Forwarding that made it
//   Change           what the caller wants different; already parsed and checked
//   Forwarding       the writer: turns changes into snapshots, keeps what old snapshots still show in `Retired`
#pragma once

#include <sys/socket.h>

#include <array>
#include <map>
#include <memory>
#include <vector>

#include "key_ring.h"
#include "mac_table.h"
#include "prefix_set.h"
#include "result.h"

namespace weft {

class Trace;

constexpr uint32_t max_ports = 4096, max_peers = 65536;
constexpr uint32_t no_peer = ~0u;  // value of a mapping that says: no guest has this address

struct Network {
  PrefixSet prefixes;
};

struct PortEntry {
  uint32_t gni = 0;
  std::vector<Address> addresses;   // allowed sources, and what is delivered here
  const Network* network = nullptr; // none: the network has no prefixes yet

  bool owns(const Address& address) const {
    for (const Address& mine : addresses) {
      if (mine == address) return true;
    }
    return false;
  }
};

struct Peer {
  std::array<sockaddr_storage, udp_carriers> to{};  // by Carrier
  socklen_t to_length = 0;
  Family family = Family::none;
  uint32_t payload_room = 0; // largest UDP payload that the path carries
  uint32_t packet_room = 0;  // largest outer IP packet that the path carries
  uint64_t own_prefix = 0, prefix = 0;  // of gni6: this host's, the peer's; 0: none
  bool udp_gso = true;       // several packets may be given to the kernel as one
  Address address;
  std::vector<Encapsulation> encapsulations;
  std::vector<std::shared_ptr<SessionKey>> keys;  // of each encapsulation, nothing for those that need none
  Traits traits;             // of the encapsulations
  Terms terms;
  PairTable pairs;
  bool decided_for_some = false;  // what is sent, or that nothing is, for the peer or any pair
  uint32_t accepted_by_any = 0;  // by the peer's own terms, or by those of any pair
  struct Opener {
    SessionKey* key;
    uint32_t with;  // the accepted encapsulations that have the key
  };
  std::vector<Opener> openers;
  std::vector<SessionKey*> credited;  // keys of what is sent with flow control
  SessionKey* control_key = nullptr;  // of something that is sent: seals grants

  bool takes_flow_control() const { return (accepted_by_any & traits.flow_control) != 0; }

  /// Those in force between two guests.
  const Terms& terms_of(uint32_t gni, const Address& own, const Address& theirs) const {
    if (pairs.empty()) return terms;
    const Terms* found = pairs.find({gni, own, theirs});
    return found == nullptr ? terms : *found;
  }
};

using MappingView = KeyTableView<10>;
using LocalView = KeyTableView<6>;
using PeerIndexView = KeyTableView<6>;
/// Where a peer is found by the address that its packets come from.
inline Key peer_key(Carrier carrier, const Address& from) {
  return carrier == Carrier::ipv6 ? Key{{from.high, 0, Family::v6}, 1} : Key{from, 0};
}
constexpr uint32_t peers_per_page = 256;
using PeerPage = std::array<std::shared_ptr<const Peer>, peers_per_page>;

struct Snapshot {
  uint64_t generation = 0;
  std::array<const PortEntry*, max_ports> ports{};
  std::array<const PeerPage*, max_peers / peers_per_page> peer_pages{};
  MappingView mappings;          // → peer or no_peer
  MacTable::View macs;           // Ethernet addresses of guests that have one of their own
  LocalView local;               // → port
  PeerIndexView peer_addresses;  // → peer: addresses under network 0, prefixes of gni6 under network 1
  uint32_t flow_peers = 0;       // that are granted credit
  std::vector<uint32_t> local_networks;  // sorted: networks with a port on this host
  const Trace* trace = nullptr;  // packets that are followed

  const Peer* peer(uint32_t slot) const {
    if (slot >= max_peers) return nullptr;
    const PeerPage* page = peer_pages[slot / peers_per_page];
    return page == nullptr ? nullptr : (*page)[slot % peers_per_page].get();
  }
  bool has_local_network(uint32_t gni) const;
};

struct Change {
  struct NetworkChange {
    uint32_t gni;
    std::vector<Prefix> prefixes;
  };
  struct PortChange {
    uint32_t port, gni;
    std::vector<Address> addresses;
  };
  struct PeerChange {
    uint32_t peer;
    Address address;
    std::vector<Encapsulation> encapsulations;
    Terms terms;
    std::vector<PairTable::Entry> pairs;
    uint32_t path_mtu;
    bool udp_gso = true;
    uint64_t gni6_prefix = 0;  // 0: none
  };
  struct MappingChange {
    Key key;
    uint32_t peer;  // or no_peer
    std::optional<Mac> mac{};  // none: derived from the address
  };
  struct KeyChange {
    uint32_t slot;
    std::shared_ptr<SessionKey> key;
  };
  // Removals are done first.
  std::vector<uint32_t> remove_networks{}, remove_ports{}, remove_peers{};
  std::vector<Key> remove_mappings{};
  std::vector<NetworkChange> networks{};
  std::vector<PortChange> ports{};
  std::vector<KeyChange> keys{};
  std::vector<PeerChange> peers{};
  std::vector<MappingChange> mappings{};
  std::vector<uint32_t> remove_keys{};  // done last
};

class Forwarding {
 public:
  /// `gni6_prefix`: this host's; 0: none.
  explicit Forwarding(uint16_t udp_port, uint64_t gni6_prefix = 0);

  /// Fails with one sentence when `change` sets a key's slot again, or refers to a key that is not there, does the
  /// other thing, or goes.
  Result<Done> check_keys(const Change& change) const;
  /// The table after `change`, which becomes the current one; `check_keys` has nothing against it. What only older
  /// snapshots show goes to `retired`, the old snapshot included: keep it until no reader can see it.
  const Snapshot* apply(const Change& change, Retired& retired);
  /// The same table, but for the packets that are followed from now on; none without a trace.
  const Snapshot* follow(std::shared_ptr<const Trace> trace, Retired& retired);
  const Snapshot* current() const { return current_.get(); }
  const KeyRing& keys() const { return keys_; }

 private:
  void remove(const Change& change, Snapshot& next, Retired& retired);
  void put_port(const Change::PortChange& change, Snapshot& next, Retired& retired);
  void remove_port(uint32_t slot, Snapshot& next, Retired& retired);
  void forget_source(const Key& key, uint32_t slot);
  void put_peer(const Change::PeerChange& change, Snapshot& next, Retired& retired);
  void remove_peer(uint32_t slot, Snapshot& next, Retired& retired);
  void replace_peer(uint32_t slot, std::shared_ptr<const Peer> peer, Snapshot& next, Retired& retired);
  void join_ports_to_networks(Snapshot& next, Retired& retired);

  uint16_t udp_port_;
  uint64_t gni6_prefix_;
  std::shared_ptr<const Snapshot> current_;
  std::map<uint32_t, std::shared_ptr<const Network>> networks_;
  std::map<uint32_t, std::shared_ptr<const PortEntry>> ports_;
  std::array<std::shared_ptr<PeerPage>, max_peers / peers_per_page> peer_pages_{};
  std::array<bool, max_peers / peers_per_page> is_fresh_page_{};  // copied by this change, so nobody reads it yet
  KeyTable<10> mappings_;
  MacTable macs_;
  KeyTable<6> local_;
  KeyTable<6> peer_addresses_;
  KeyRing keys_;
  std::shared_ptr<const Trace> trace_;
};

}  // namespace weft
