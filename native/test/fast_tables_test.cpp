// The fast path's tables without a kernel: what a change writes, what readers see of it at every step, what a full
// table leaves to the engine.
#include <unordered_map>

#include "memory_tables.h"
#include "told_misses.h"

namespace weft::test {

namespace {

Address ip(const char* text) { return *Address::parse(text); }
Key key(uint32_t gni, const char* address) { return {ip(address), gni}; }
Prefix prefix(const char* text) { return *Prefix::parse(text); }

const Encapsulation gni_1{WEFT_FORMAT_GNI_1_0}, gni_2{WEFT_FORMAT_GNI_2_0}, checked{WEFT_FORMAT_GNI_1_1}, vxlan{WEFT_FORMAT_VXLAN};
const Encapsulation packed{.format = WEFT_FORMAT_GNI_2_0, .compression = Compression::lz4};
const Encapsulation elided{.format = WEFT_FORMAT_GNI_2_0, .elision = true};
const Encapsulation sealed{.format = WEFT_FORMAT_GNI_3_0, .key = 3};

Change::PeerChange peer_of(uint32_t slot, const char* address, std::vector<Encapsulation> encapsulations = {gni_1},
                           Terms terms = {0, 1}) {
  Change::PeerChange peer{};
  peer.peer = slot;
  peer.address = ip(address);
  peer.encapsulations = std::move(encapsulations);
  peer.terms = terms;
  peer.path_mtu = 1500;
  return peer;
}

PairTable::Entry pair_of(const char* own, const char* theirs, Terms terms) { return {{7, ip(own), ip(theirs)}, terms}; }

Change::MappingChange mapping(const char* address, uint32_t peer, uint32_t gni = 7) { return {key(gni, address), peer}; }

PortDevices devices(uint32_t ifindex) { return {WEFT_PORT_VETH, ifindex, ifindex + 1, {}}; }

/// Two networks, two ports, two peers with a pair, mappings.
Change first_change() {
  Change::PeerChange paired = peer_of(1, "198.18.0.2", {gni_1, sealed});
  paired.pairs = {pair_of("10.7.0.1", "10.7.0.2", {1, 2})};
  return {.networks = {{7, {prefix("10.7.0.0/24")}}, {8, {prefix("fd07::/64")}}},
          .ports = {{1, 7, {ip("10.7.0.1")}}, {2, 8, {ip("fd07::1")}}},
          .peers = {paired, peer_of(2, "fd18::2", {gni_2})},
          .mappings = {mapping("10.7.0.2", 1), mapping("10.7.0.3", 2), mapping("fd07::2", 2, 8)}};
}

/// Something of every kind goes, comes, and becomes another.
Change second_change() {
  Change::PeerChange paired = peer_of(1, "198.18.0.3", {gni_2, gni_1}, {0, 3});
  paired.pairs = {pair_of("10.7.0.1", "10.7.0.4", {nothing, 0})};
  return {.remove_ports = {2},
          .remove_peers = {2},
          .remove_mappings = {key(8, "fd07::2")},
          .networks = {{7, {prefix("10.7.0.0/29")}}},
          .ports = {{1, 7, {ip("10.7.0.1"), ip("10.7.0.3")}}, {3, 8, {ip("fd07::1")}}},
          .peers = {paired, peer_of(3, "198.18.0.4")},
          .mappings = {mapping("10.7.0.2", 3), mapping("10.7.0.4", 1), mapping("10.7.0.9", 1)}};
}

/// All that a program can find under one generation; what leads to a slot counts only when the slot says so.
struct View {
  std::map<weft_location_key, weft_location, BytesBefore> locations;
  std::map<weft_pair_key, weft_terms, BytesBefore> pairs;
  std::map<uint32_t, weft_port> ports;
  std::map<uint32_t, weft_peer> peers;
};

View view_at(const TableWorld& world, uint64_t generation) {
  View view;
  for (const auto& [key, entry] : world.locations.entries) {
    CHECK(entry.check == weft_check(&key, sizeof key));
    if (auto value = value_at(entry, generation)) view.locations[key] = *value;
  }
  for (const auto& [key, entry] : world.pairs.entries) {
    if (auto value = value_at(entry, generation)) view.pairs[key] = *value;
  }
  for (const auto& [slot, entry] : world.ports.entries) {
    if (!same(value_at(entry, generation), weft_port{})) view.ports[slot] = value_at(entry, generation);
  }
  for (const auto& [slot, entry] : world.peers.entries) {
    if (!same(value_at(entry, generation), weft_peer{})) view.peers[slot] = value_at(entry, generation);
  }
  return view;
}

template <typename Values>
bool same_values(const Values& left, const Values& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const auto& one, const auto& other) { return same(one.first, other.first) && same(one.second, other.second); });
}

bool same_view(const View& left, const View& right) {
  return same_values(left.locations, right.locations) && same_values(left.pairs, right.pairs) &&
         same_values(left.ports, right.ports) && same_values(left.peers, right.peers);
}

/// Whether every peer and device that the view has is found by its address and index.
bool leads_everywhere(const TableWorld& world, const View& view) {
  for (const auto& [slot, peer] : view.peers) {
    if (world.by_address.find(peer.address) != slot) return false;
  }
  for (const auto& [slot, port] : view.ports) {
    if (port.ifindex != 0 && (world.by_ifindex.find(port.ifindex) != slot || world.by_ifindex.find(port.engine_ifindex) != slot)) return false;
  }
  return true;
}

std::unique_ptr<TableWorld> world_before() {
  auto world = std::make_unique<TableWorld>();
  world->tables.open_port(1, devices(11));
  world->tables.open_port(2, devices(21));
  world->tables.open_port(3, devices(31));
  world->tables.apply(first_change());
  return world;
}

}  // namespace

TEST("the fast path has locations inside prefixes, of local ports and of peers, and nothing for nobody's addresses") {
  TableWorld world;
  world.tables.apply({.networks = {{7, {prefix("10.7.0.0/24"), prefix("fd07::/64")}}},
                      .ports = {{4, 7, {ip("10.7.0.1"), ip("fd07::1")}}},
                      .peers = {peer_of(5, "198.18.0.2")},
                      .mappings = {mapping("10.7.0.2", 5), mapping("10.7.0.3", no_peer), mapping("10.8.0.2", 5), mapping("fd07::2", 5)}});
  CHECK(same(world.location(7, "10.7.0.1"), {local_location(4)}));
  CHECK(same(world.location(7, "fd07::1"), {local_location(4)}));
  CHECK(same(world.location(7, "10.7.0.2"), {remote_location(5, std::nullopt)}));
  CHECK(same(world.location(7, "fd07::2"), {remote_location(5, std::nullopt)}));
  CHECK(!world.location(7, "10.7.0.3") && !world.location(7, "10.8.0.2") && !world.location(8, "10.7.0.2"));
  CHECK(world.generation.generation == 1 && world.locations.entries.size() == 4);
  CHECK(world.locations.finds == 7);  // by this test: an empty table is not asked
}

TEST("an Ethernet address of a mapping stands in its location") {
  TableWorld world;
  Mac mac{{2, 0, 0, 0, 0, 9}};
  world.tables.apply({.networks = {{7, {prefix("10.7.0.0/24")}}}, .mappings = {{key(7, "10.7.0.2"), 5, mac}}});
  std::optional<weft_location> found = world.location(7, "10.7.0.2");
  CHECK(found && found->has_mac == 1 && Mac::from(found->mac) == mac);
}

TEST("IPv6 addresses that stand for IPv4 ones are the engine's") {
  TableWorld world;
  world.tables.apply({.networks = {{7, {prefix("::/0"), prefix("10.0.0.0/8")}}},
                      .ports = {{4, 7, {ip("::ffff:10.7.0.1")}}},
                      .mappings = {mapping("::ffff:10.7.0.2", 5)}});
  CHECK(world.locations.entries.empty());
  CHECK(world.tables.look_up({7, ip("::ffff:10.7.0.1"), ip("::ffff:10.7.0.2")}).location == LookedUp::Location::unknown);
}

TEST("a local guest covers a mapping of its address, which counts again when the guest is gone") {
  TableWorld world;
  world.tables.apply({.networks = {{7, {prefix("10.7.0.0/24")}}}, .mappings = {mapping("10.7.0.2", 5)}});
  world.tables.apply({.ports = {{4, 7, {ip("10.7.0.2")}}}});
  CHECK(same(world.location(7, "10.7.0.2"), {local_location(4)}));
  world.tables.apply({.ports = {{9, 7, {ip("10.7.0.2")}}}});  // moves to another port
  world.tables.apply({.remove_ports = {4}});
  CHECK(same(world.location(7, "10.7.0.2"), {local_location(9)}));
  world.tables.apply({.remove_ports = {9}});
  CHECK(same(world.location(7, "10.7.0.2"), {remote_location(5, std::nullopt)}));
  world.tables.apply({.ports = {{4, 7, {ip("10.7.0.2")}}}});
  world.tables.apply({.remove_ports = {4}, .remove_mappings = {key(7, "10.7.0.2")}});
  CHECK(!world.location(7, "10.7.0.2") && world.locations.entries.empty());
}

TEST("mappings follow the prefixes of their network, out and in") {
  TableWorld world;
  world.tables.apply({.networks = {{7, {prefix("10.7.0.0/24")}}, {8, {prefix("10.7.0.0/24")}}},
                      .mappings = {mapping("10.7.0.2", 5), mapping("10.7.0.200", 5), mapping("10.7.0.200", 5, 8)}});
  world.tables.apply({.networks = {{7, {prefix("10.7.0.0/25")}}}});
  CHECK(world.location(7, "10.7.0.2") && !world.location(7, "10.7.0.200") && world.location(8, "10.7.0.200"));
  world.tables.apply({.mappings = {mapping("10.7.0.201", 5)}});
  CHECK(!world.location(7, "10.7.0.201"));
  world.tables.apply({.remove_networks = {8}, .networks = {{7, {prefix("10.7.0.0/16")}}}});
  CHECK(world.location(7, "10.7.0.200") && world.location(7, "10.7.0.201") && !world.location(8, "10.7.0.200"));
  world.tables.apply({.networks = {{8, {prefix("10.7.0.0/24")}}}});
  CHECK(world.location(8, "10.7.0.200") && world.locations.entries.size() == 4);
}

TEST("the fast path sends and accepts what has a constant header, and leaves the rest to the engine") {
  struct Case {
    const char* address;
    Encapsulation encapsulation;
    uint8_t send;
    uint16_t accept;
  };
  const uint16_t as_gni_1 = 1 << WEFT_FORMAT_GNI_1_0, as_gni_2 = 1 << WEFT_FORMAT_GNI_2_0, as_vxlan = 1 << WEFT_FORMAT_VXLAN;
  const Case cases[] = {{"198.18.0.2", gni_1, WEFT_SEND_FORMAT, as_gni_1},  {"fd18::2", gni_1, WEFT_SEND_FORMAT, as_gni_1},
                        {"198.18.0.2", gni_2, WEFT_SEND_FORMAT, as_gni_2},  {"198.18.0.2", packed, WEFT_SEND_ENGINE, as_gni_2},
                        {"198.18.0.2", elided, WEFT_SEND_ENGINE, as_gni_2}, {"198.18.0.2", checked, WEFT_SEND_ENGINE, 0},
                        {"198.18.0.2", sealed, WEFT_SEND_ENGINE, 0},        {"198.18.0.2", vxlan, WEFT_SEND_FORMAT, as_vxlan},
                        {"fd18::2", vxlan, WEFT_SEND_ENGINE, 0}};
  for (const Case& each : cases) {
    TableWorld world;
    world.tables.apply({.peers = {peer_of(5, each.address, {each.encapsulation})}});
    weft_peer peer = world.peer(5);
    CHECK(peer.in_use == 1 && peer.path_mtu == 1500 && loaded(peer.address) == ip(each.address));
    CHECK(loaded(peer.own) == ip(strchr(each.address, ':') ? "fd18::1" : "198.18.0.1"));
    CHECK(peer.terms.send == each.send && peer.terms.accept == each.accept);
    CHECK(peer.terms.format == (each.send == WEFT_SEND_FORMAT ? each.encapsulation.format : 0));
  }
}

TEST("terms that are not decided are the engine's, terms of nothing are the fast path's") {
  TableWorld world;
  world.tables.apply({.peers = {peer_of(5, "198.18.0.2", {}, {undecided, 0}), peer_of(6, "198.18.0.3", {}, {nothing, 0})}});
  CHECK(world.peer(5).terms.send == WEFT_SEND_ENGINE && world.peer(6).terms.send == WEFT_SEND_NONE);
}

TEST("a peer over a family that this host has no address of is the engine's") {
  TableWorld world;
  Tables tables({world.locations, world.pairs, world.ports, world.peers, world.by_ifindex, world.by_address, world.generation},
                {8, 8, 8}, {ip("198.18.0.1")});
  tables.apply({.peers = {peer_of(5, "fd18::2")}});
  CHECK(world.peer(5).in_use == 1 && same(world.peer(5).terms, weft_terms{}));
}

TEST("a peer whose slot or pairs find no room is the engine's until they do") {
  TableWorld world({64, 16, 3});
  auto with_pairs = [](uint32_t slot, const char* address, int count) {
    Change::PeerChange peer = peer_of(slot, address);
    for (int at = 0; at < count; at++) peer.pairs.push_back({{7, ip("10.7.0.1"), Address{0, 0x0a070100u + static_cast<uint32_t>(at), Family::v4}}, {nothing, 0}});
    return peer;
  };
  world.tables.apply({.peers = {with_pairs(1, "198.18.0.2", 2), with_pairs(2, "198.18.0.3", 2), peer_of(16, "198.18.0.4")}});
  CHECK(world.peer(1).has_pairs == 1 && world.peer(1).terms.send == WEFT_SEND_FORMAT && world.pairs.entries.size() == 2);
  CHECK(world.peer(2).in_use == 1 && world.peer(2).has_pairs == 0 && same(world.peer(2).terms, weft_terms{}));
  CHECK(world.peer(16).in_use == 0 && !world.by_address.find(stored(ip("198.18.0.4"))));
  CHECK(world.fill("pairs").left_out == 1 && world.fill("peers").left_out == 1);
  world.tables.apply({.remove_peers = {1}});
  CHECK(world.peer(2).has_pairs == 1 && world.peer(2).terms.send == WEFT_SEND_FORMAT && world.fill("pairs").left_out == 0);
  CHECK(world.pairs.entries.size() == 2 && world.fill("pairs").entries == 2);
}

TEST("a pair for which the kernel has no memory makes its peer the engine's") {
  TableWorld world;
  world.pairs.most = 1;
  world.tables.apply(first_change());
  Change::PeerChange more = peer_of(2, "fd18::2", {gni_2});
  more.pairs = {pair_of("10.7.0.1", "10.7.0.3", {nothing, 0})};
  world.tables.apply({.peers = {more}});
  CHECK(same(world.peer(2).terms, weft_terms{}) && world.peer(2).has_pairs == 0 && world.peer(1).has_pairs == 1);
}

TEST("a full table takes no more mappings, but all local guests, and what is left out goes in when there is room") {
  TableWorld world({3, 16, 8});
  Change change{.networks = {{7, {prefix("10.7.0.0/24")}}}};
  for (const char* address : {"10.7.0.2", "10.7.0.3", "10.7.0.4", "10.7.0.5", "10.7.0.6"}) change.mappings.push_back(mapping(address, 5));
  world.tables.apply(change);
  world.tables.apply({.ports = {{4, 7, {ip("10.7.0.1")}}}});
  CHECK(world.locations.entries.size() == 4 && world.fill("locations").left_out == 2 && world.location(7, "10.7.0.1"));
  CHECK(!world.location(7, "10.7.0.5") && !world.location(7, "10.7.0.6"));
  // What is in the table may become another, and what is left out too.
  world.tables.apply({.mappings = {mapping("10.7.0.2", 6), mapping("10.7.0.5", 6), mapping("10.7.0.6", 6)}});
  CHECK(world.location(7, "10.7.0.2")->slot == 6 && world.fill("locations").left_out == 2);
  world.tables.apply({.remove_mappings = {key(7, "10.7.0.3")}});
  CHECK(world.locations.entries.size() == 4 && world.fill("locations").left_out == 1);
  world.tables.apply({.remove_mappings = {key(7, "10.7.0.2")}});
  CHECK(world.location(7, "10.7.0.5")->slot == 6 && world.location(7, "10.7.0.6")->slot == 6);
  CHECK(world.fill("locations").left_out == 0 && world.generation.generation == 7);
}

TEST("what the kernel has no memory for is not in the table, neither old nor new") {
  TableWorld world;
  world.tables.apply({.networks = {{7, {prefix("10.7.0.0/24")}}}, .mappings = {mapping("10.7.0.2", 5)}});
  world.locations.most = 1;
  world.tables.apply({.mappings = {mapping("10.7.0.3", 5)}});
  CHECK(!world.location(7, "10.7.0.3") && world.fill("locations").left_out == 1);
  world.locations.most = 0;
  world.locations.entries.clear();  // so that the old entry can not be replaced
  world.tables.apply({.mappings = {mapping("10.7.0.2", 6)}});
  CHECK(!world.location(7, "10.7.0.2"));
}

TEST("a port is carried when its devices and its guest are known, is the engine's without devices, and nobody's without a guest") {
  TableWorld world;
  Mac mac{{2, 4, 10, 7, 0, 1}};
  world.tables.open_port(4, {WEFT_PORT_TAP, 11, 12, mac});
  CHECK(same(world.port(4), weft_port{}) && !world.by_ifindex.find(11));
  world.tables.apply({.ports = {{4, 7, {ip("10.7.0.1")}}}});
  weft_port port = world.port(4);
  CHECK(port.gni == 7 && port.kind == WEFT_PORT_TAP && port.ifindex == 11 && port.engine_ifindex == 12 && Mac::from(port.mac) == mac);
  CHECK(world.by_ifindex.find(11) == 4u && world.by_ifindex.find(12) == 4u);
  world.tables.open_port(4, devices(13));  // the devices were made anew
  CHECK(world.port(4).ifindex == 13 && world.by_ifindex.find(13) == 4u && !world.by_ifindex.find(11) && !world.by_ifindex.find(12));
  world.tables.close_port(4);
  CHECK(world.port(4).kind == WEFT_PORT_ENGINE && world.port(4).ifindex == 0 && world.by_ifindex.entries.empty());
  world.tables.apply({.remove_ports = {4}});
  CHECK(same(world.port(4), weft_port{}));
}

TEST("a peer's address leads to whoever had it last") {
  TableWorld world;
  world.tables.apply({.peers = {peer_of(1, "198.18.0.2")}});
  world.tables.apply({.peers = {peer_of(2, "198.18.0.2")}});
  world.tables.apply({.remove_peers = {1}});
  CHECK(world.by_address.find(stored(ip("198.18.0.2"))) == 2u);
  world.tables.apply({.peers = {peer_of(2, "198.18.0.3")}});
  CHECK(!world.by_address.find(stored(ip("198.18.0.2"))) && world.by_address.find(stored(ip("198.18.0.3"))) == 2u);
}

TEST("looking up finds what packets would find, with the terms as they were told") {
  TableWorld world;
  world.tables.apply(first_change());
  LookedUp remote = world.tables.look_up({7, ip("10.7.0.1"), ip("10.7.0.2")});
  CHECK(remote.location == LookedUp::Location::remote && remote.peer == 1u && remote.send == 1 && remote.source_is_right);
  LookedUp local = world.tables.look_up({7, ip("10.7.0.2"), ip("10.7.0.1")});
  CHECK(local.location == LookedUp::Location::local && local.port == 1u && local.peer == 1u && local.source_is_right);
  CHECK(world.tables.look_up({7, ip("10.7.0.1"), ip("10.7.0.77")}).location == LookedUp::Location::unknown);
  CHECK(world.tables.look_up({7, ip("10.7.0.1"), ip("10.8.0.1")}).location == LookedUp::Location::no_route);
  CHECK(!world.tables.look_up({7, ip("10.7.0.77"), ip("10.7.0.2")}).source_is_right && remote.generation == 1);
}

TEST("a reader of the generation before sees that table whole at every step, until the generation tells it") {
  auto world = world_before();
  uint64_t begun = world->generation.generation;
  View before = view_at(*world, begun);
  CHECK(leads_everywhere(*world, before));
  uint64_t looked = 0;
  world->steps.each = [&] {
    if (world->generation.generation != begun) return;
    looked++;
    CHECK(same_view(view_at(*world, begun), before));
  };
  world->tables.apply(second_change());
  CHECK(looked > 20);
  View after = view_at(*world, world->generation.generation);
  CHECK(!same_view(after, before) && leads_everywhere(*world, after));
}

TEST("a writer that is killed at any step leaves a table as before the change, or as after it") {
  auto whole = world_before();
  uint64_t first_step = whole->steps.done;
  View before = view_at(*whole, whole->generation.generation);
  whole->tables.apply(second_change());
  View after = view_at(*whole, whole->generation.generation);
  uint64_t as_before = 0, as_after = 0;
  for (uint64_t step = first_step; step < whole->steps.done; step++) {
    auto world = world_before();
    world->steps.killed_at = step;
    try {
      world->tables.apply(second_change());
      CHECK(false);
    } catch (const Killed&) {
    }
    View left = view_at(*world, world->generation.generation);
    bool is_before = same_view(left, before);
    CHECK(is_before || same_view(left, after));
    (is_before ? as_before : as_after)++;
  }
  CHECK(as_before > 20 && as_after > 3);
}

TEST("nothing that says nothing stays in a hash") {
  auto world = world_before();
  world->tables.apply(second_change());
  uint64_t now = world->generation.generation;
  for (const auto& [key, entry] : world->locations.entries) CHECK(value_at(entry, now).has_value());
  for (const auto& [key, entry] : world->pairs.entries) CHECK(value_at(entry, now).has_value());
  CHECK(world->by_address.entries.size() == 2 && world->by_ifindex.entries.size() == 4);
}

TEST("random changes leave what a table without versions, rooms and generations would have") {
  Random random(41);
  for (int round = 0; round < 40; round++) {
    uint32_t room = random.chance(2) ? 200 : random.between(1, 20);
    TableWorld world({room, 4, 8});
    std::unordered_map<Key, uint32_t, KeyHash> mapped, local;
    std::map<uint32_t, Key> ports;
    Prefix inside = prefix("10.0.0.0/26");
    world.tables.apply({.networks = {{7, {inside}}}});
    for (int step = 0; step < 60; step++) {
      Change change;
      auto any = [&] { return Key{{0, 0x0a000000u + random.below(80), Family::v4}, 7}; };
      for (uint32_t count = random.below(6); count > 0; count--) {
        Key gone = any();
        change.remove_mappings.push_back(gone);
        mapped.erase(gone);
      }
      if (random.chance(5)) {
        uint32_t slot = random.below(4);
        if (ports.contains(slot) && local[ports[slot]] == slot) local.erase(ports[slot]);
        ports.erase(slot);
        if (random.chance(2)) {
          ports[slot] = any();
          local[ports[slot]] = slot;
          change.ports.push_back({slot, 7, {ports[slot].address}});
        } else {
          change.remove_ports.push_back(slot);
        }
      }
      if (random.chance(6)) {
        inside = prefix(random.chance(2) ? "10.0.0.0/26" : "10.0.0.0/27");
        change.networks.push_back({7, {inside}});
      }
      for (uint32_t count = random.below(12); count > 0; count--) {
        Key key = any();
        uint32_t peer = random.chance(8) ? no_peer : random.below(5);  // slot 4 is none that the table has
        change.mappings.push_back({key, peer});
        if (peer == no_peer) mapped.erase(key);
        else mapped[key] = peer;
      }
      world.tables.apply(change);
      size_t fitting = 0, found_remote = 0;
      for (const auto& [key, peer] : mapped) {
        bool fits = peer < 4 && !local.contains(key) && !before(inside.last(), key.address);
        fitting += fits;
        auto entry = world.locations.find(stored(key));
        if (!entry || local.contains(key)) continue;
        CHECK(fits && same(value_at(*entry, world.generation.generation), {remote_location(peer, std::nullopt)}));
        found_remote++;
      }
      for (const auto& [key, slot] : local) CHECK(same(world.location(7, key.address.text().c_str()), {local_location(slot)}));
      CHECK(found_remote == std::min<size_t>(fitting, room));
      CHECK(world.locations.entries.size() == found_remote + local.size());
      CHECK(world.fill("locations").left_out == fitting - found_remote);
    }
  }
}

TEST("a miss is told once in a while for each address and direction, and not without bound") {
  ToldMisses told;
  Key asked = key(7, "10.7.0.2");
  CHECK(told.is_worth_telling(asked, false, 1000) && !told.is_worth_telling(asked, false, 1050) && told.is_worth_telling(asked, true, 1050));
  CHECK(told.is_worth_telling(asked, false, 1100));
  CHECK(!told.is_worth_telling(asked, false, 1150) && told.is_worth_telling(asked, false, 1250));
  uint32_t heard = 0;
  for (uint32_t number = 0; number < 10'000; number++) heard += told.is_worth_telling({{0, number, Family::v4}, 7}, false, 2000);
  CHECK(heard == ToldMisses::most_per_silence);
  CHECK(told.is_worth_telling({{0, 9'999, Family::v4}, 7}, false, 2100));
}

}  // namespace weft::test
