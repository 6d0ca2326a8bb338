// Lookups against linear oracles, and the table's swap under readers.
#include <algorithm>
#include <chrono>
#include <map>
#include <cstdio>
#include <thread>

#include "world.h"

namespace weft::test {

namespace {

Prefix random_prefix(Random& random, bool v6) {
  // Few bits differ, so that prefixes nest and touch.
  Address address = v6 ? Address{0xfd07000000000000ull | random.below(4), uint64_t{random.below(8)} << 61, Family::v6}
                       : Address{0, 0x0a070000u | random.below(256) << 6, Family::v4};
  uint32_t length = v6 ? random.between(60, 68) : random.between(14, 32);
  return *Prefix::parse(address.text() + "/" + std::to_string(length));
}

bool contains(const Prefix& prefix, const Address& address) {
  return prefix.address.family == address.family && !before(address, prefix.first()) && !before(prefix.last(), address);
}

uint32_t linear_find(const std::vector<Prefix>& prefixes, const Address& address) {
  uint32_t best = PrefixSet::nothing;
  for (uint32_t at = 0; at < prefixes.size(); at++) {
    bool longer = best == PrefixSet::nothing || prefixes[at].length >= prefixes[best].length;
    if (contains(prefixes[at], address) && longer) best = at;
  }
  return best;
}

Address address_at(uint32_t number) { return {0, 0x0a000000u + number, Family::v4}; }

/// A writer alone, with nobody to wait for.
struct Table {
  Forwarding forwarding{6741};
  Retired retired;
  const Snapshot& apply(const Change& change) { return *forwarding.apply(change, retired); }
};

/// Draws secrets for the hash, while no table has members, and puts the test's own back.
struct OtherSecret {
  HashSecret before = hash_secret;
  Random random{23};
  ~OtherSecret() { hash_secret = before; }
  void draw() {
    auto word = [&] { return random.next() << 32 ^ random.next(); };
    hash_secret = {word(), word(), word() | 1};
  }
};

double milliseconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

TEST("longest-prefix match agrees with a linear search") {
  Random random(20);
  for (int round = 0; round < 200; round++) {
    std::vector<Prefix> prefixes;
    for (uint32_t count = random.below(30); count > 0; count--) prefixes.push_back(random_prefix(random, random.chance(2)));
    PrefixSet set(prefixes);
    for (int probe = 0; probe < 200; probe++) {
      Address address = random_prefix(random, random.chance(2)).address;
      if (random.chance(2)) address.low += random.below(1 << 12);
      if (!prefixes.empty() && random.chance(4)) address = prefixes[random.below(static_cast<uint32_t>(prefixes.size()))].last();
      CHECK(set.find(address) == linear_find(prefixes, address));
    }
  }
}

TEST("longest-prefix match knows the ends of the address space") {
  std::vector<Prefix> all{*Prefix::parse("0.0.0.0/0"), *Prefix::parse("255.255.255.255/32"), *Prefix::parse("::/0"),
                          *Prefix::parse("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128")};
  PrefixSet set(all);
  CHECK(set.find(*Address::parse("255.255.255.255")) == 1);
  CHECK(set.find(*Address::parse("255.255.255.254")) == 0);
  CHECK(set.find(*Address::parse("0.0.0.0")) == 0);
  CHECK(set.find(*Address::parse("::")) == 2);
  CHECK(set.find(*Address::parse("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")) == 3);
  CHECK(PrefixSet().find(*Address::parse("10.0.0.1")) == PrefixSet::nothing);
}

TEST("text that is no prefix or address is refused") {
  for (const char* text : {"", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/-1", "10.0.0.0/8x", "x/8", "010.0.0.0/8"}) {
    CHECK(!Prefix::parse(text));
  }
  for (const char* text : {"", "10.0.0", "10.0.0.256", "fd07::1%eth0", "fd07:::1", " 10.0.0.1", "01.2.3.4"}) CHECK(!Address::parse(text));
  CHECK(!Address::parse(std::string_view("10.0.0.1\0", 9)));
  CHECK(Prefix::parse("10.1.2.3/8")->address.text() == "10.0.0.0");
  CHECK(Address::parse("fd07::1")->text() == "fd07::1");
}

TEST("unicast is what is not multicast, broadcast, link-local or unspecified") {
  for (const char* text : {"224.0.0.1", "239.255.255.250", "255.255.255.255", "169.254.1.1", "0.0.0.0", "0.1.2.3", "ff02::1", "fe80::1", "febf::1", "::"}) {
    CHECK(!is_unicast(*Address::parse(text)));
  }
  for (const char* text : {"10.0.0.1", "223.255.255.255", "169.253.0.1", "198.18.0.1", "fd07::1", "2001:db8::1", "fec0::1", "fe00::1"}) {
    CHECK(is_unicast(*Address::parse(text)));
  }
}

TEST("the key table agrees with a map through puts, removals and freezes") {
  Random random(21);
  auto table = std::make_unique<KeyTable<4>>();
  auto view = std::make_unique<KeyTable<4>::View>();
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> oracle;
  Retired retired;
  for (int step = 0; step < 40'000; step++) {
    uint32_t number = random.below(600), gni = random.below(3);
    Key key{address_at(number), gni};
    if (random.chance(2)) {
      uint32_t value = static_cast<uint32_t>(random.next());
      table->put(key, value);
      oracle[{gni, number}] = value;
    } else {
      table->remove(key);
      oracle.erase({gni, number});
    }
    if (step % 100 != 0) continue;
    table->freeze(*view, retired);
    for (uint32_t probe = 0; probe < 600; probe++) {
      auto known = oracle.find({gni, probe});
      const uint32_t* found = view->find({address_at(probe), gni});
      CHECK((found != nullptr) == (known != oracle.end()));
      CHECK(found == nullptr || *found == known->second);
    }
  }
}

TEST("addresses that collide under one secret are spread under another") {
  OtherSecret other;
  auto longest_chain = [](const std::vector<Key>& keys) {
    std::map<uint64_t, uint32_t> places;
    uint32_t longest = 0;
    for (const Key& key : keys) longest = std::max(longest, ++places[hash_of(key) & 0xfff]);
    return longest;
  };
  std::vector<Key> colliding;
  for (uint32_t number = 0; colliding.size() < 200; number++) {
    Key key{{0xfd07000000000000ull, number, Family::v6}, 7};
    if ((hash_of(key) & 0xfff) == 0) colliding.push_back(key);
  }
  CHECK(longest_chain(colliding) == 200);
  other.draw();
  CHECK(longest_chain(colliding) < 10);
}

TEST("neighbouring addresses of either family, and one address in many networks, are spread evenly") {
  OtherSecret other;
  for (int round = 0; round < 40; round++) {
    int kind = round % 4;
    std::vector<uint32_t> high(1024), low(1024);
    for (uint32_t number = 0; number < 64 * 1024; number++) {
      Key key = kind == 0   ? Key{address_at(number), 7}
                : kind == 1 ? Key{{0xfd07000000000000ull, number, Family::v6}, 7}
                : kind == 2 ? Key{{0xfd07000000000000ull | number, 1, Family::v6}, 7}
                            : Key{address_at(1), number};
      high[hash_of(key) >> 54]++;
      low[hash_of(key) & 1023]++;
    }
    for (const auto& places : {high, low}) {
      auto [least, most] = std::minmax_element(places.begin(), places.end());
      CHECK(*least > 16 && *most < 160);  // 64 on average
    }
    other.draw();
  }
}

TEST("an IPv4 address and the IPv6 address with the same bits are different keys") {
  auto table = std::make_unique<KeyTable<4>>();
  table->put({*Address::parse("10.0.0.1"), 1}, 4);
  CHECK(table->find({*Address::parse("::a00:1"), 1}) == nullptr);
  CHECK(table->find({*Address::parse("::ffff:10.0.0.1"), 1}) == nullptr);
  CHECK(table->find({*Address::parse("10.0.0.1"), 2}) == nullptr);
}

TEST("a change is one step: an older snapshot shows nothing of it") {
  Table table;
  const Snapshot& first = table.apply({.networks = {{7, {*Prefix::parse("10.0.0.0/8")}}},
                                       .ports = {{3, 7, {address_at(1)}}},
                                       .peers = {plain_peer(5, "198.18.0.2")},
                                       .mappings = {{{address_at(2), 7}, 5}, {{address_at(3), 7}, no_peer}}});
  const Snapshot& second = table.apply({.remove_networks = {7}, .remove_ports = {3}, .remove_peers = {5}, .remove_mappings = {{address_at(2), 7}}});
  CHECK(first.ports[3]->network->prefixes.find(address_at(2)) == 0);
  CHECK(*first.local.find({address_at(1), 7}) == 3);
  CHECK(*first.mappings.find({address_at(2), 7}) == 5);
  CHECK(*first.mappings.find({address_at(3), 7}) == no_peer);
  CHECK(first.peer(5)->encapsulations[0].format == WEFT_FORMAT_GNI_1_0 && first.peer(5)->payload_room == 1472);
  CHECK(*first.peer_addresses.find({*Address::parse("198.18.0.2"), 0}) == 5);
  CHECK(first.has_local_network(7) && !second.has_local_network(7));
  CHECK(second.ports[3] == nullptr && second.peer(5) == nullptr);
  CHECK(second.local.find({address_at(1), 7}) == nullptr);
  CHECK(second.mappings.find({address_at(2), 7}) == nullptr);
  CHECK(second.mappings.find({address_at(3), 7}) != nullptr);
  CHECK(second.peer_addresses.find({*Address::parse("198.18.0.2"), 0}) == nullptr);
}

TEST("many peers of one change cost one copy of what holds them, and older snapshots keep theirs") {
  Table table;
  Change all;
  for (uint32_t slot = 0; slot < max_peers; slot++) all.peers.push_back(plain_peer(slot, address_at(slot).text().c_str()));
  const Snapshot& first = table.apply(all);
  table.retired.clear();
  for (auto& peer : all.peers) peer.path_mtu = 1400;
  all.remove_peers = {1, 2, 3};
  const Snapshot& second = table.apply(all);
  // Pages, shards of the addresses, and the snapshot itself: a copy for each peer would be tens of thousands.
  CHECK(table.retired.size() <= max_peers / peers_per_page + PeerIndexView::shard_count + 1);
  for (uint32_t slot = 0; slot < max_peers; slot += 77) {
    CHECK(first.peer(slot)->payload_room == 1472 && second.peer(slot)->payload_room == 1372);
    CHECK(*second.peer_addresses.find({address_at(slot), 0}) == slot);
  }
  table.apply({.remove_peers = {4}});
  CHECK(second.peer(4) != nullptr && table.forwarding.current()->peer(4) == nullptr);
}

TEST("a port finds its network whichever of the two came first") {
  Table table;
  CHECK(table.apply({.ports = {{3, 7, {address_at(1)}}}}).ports[3]->network == nullptr);
  const Snapshot& joined = table.apply({.networks = {{7, {*Prefix::parse("10.0.0.0/8")}}}});
  CHECK(joined.ports[3]->network->prefixes.find(address_at(9)) == 0);
  const Snapshot& changed = table.apply({.networks = {{7, {*Prefix::parse("10.0.0.8/29")}}}});
  CHECK(changed.ports[3]->network->prefixes.find(address_at(2)) == PrefixSet::nothing);
  CHECK(table.apply({.remove_networks = {7}}).ports[3]->network == nullptr);
}

TEST("an address that another port took over stays when its former port goes") {
  Table table;
  table.apply({.ports = {{1, 7, {address_at(1)}}}});
  table.apply({.ports = {{2, 7, {address_at(1)}}}});
  const Snapshot& snapshot = table.apply({.remove_ports = {1}});
  CHECK(*snapshot.local.find({address_at(1), 7}) == 2);
}

TEST("readers of a swapped table see whole changes, and nothing that was freed") {
  // Every change gives both addresses the same peer, so a reader that sees two different peers saw half a change.
  Table table;
  struct Reader {
    std::atomic<uint64_t> seen{0};
    std::atomic<uint64_t> lookups{0};
    std::atomic<bool> torn{false};
  } readers[2];
  std::atomic<const Snapshot*> current{table.forwarding.current()};
  std::atomic<uint64_t> generation{0};
  std::atomic<bool> done{false};
  auto read = [&](Reader& me) {
    while (!done.load()) {
      me.seen.store(generation.load());
      const Snapshot* snapshot = current.load();
      for (uint32_t pair = 0; pair < 50; pair++) {
        const uint32_t* left = snapshot->mappings.find({address_at(pair), 7});
        const uint32_t* right = snapshot->mappings.find({address_at(pair + 1000), 7});
        if ((left == nullptr) != (right == nullptr) || (left != nullptr && *left != *right)) me.torn = true;
      }
      me.lookups++;
    }
  };
  std::thread threads[2] = {std::thread(read, std::ref(readers[0])), std::thread(read, std::ref(readers[1]))};
  Random random(22);
  std::vector<std::pair<uint64_t, Retired>> graves;
  for (uint32_t step = 1; step <= 3000; step++) {
    Change change;
    uint32_t pair = random.below(50);
    Key left{address_at(pair), 7}, right{address_at(pair + 1000), 7};
    if (random.chance(3)) change.remove_mappings = {left, right};
    else change.mappings = {{left, step}, {right, step}};
    Retired retired;
    const Snapshot* next = table.forwarding.apply(change, retired);
    current.store(next);
    generation.store(next->generation);
    graves.emplace_back(next->generation, std::move(retired));
    std::erase_if(graves, [&](auto& grave) { return readers[0].seen >= grave.first && readers[1].seen >= grave.first; });
  }
  while (readers[0].lookups == 0 || readers[1].lookups == 0) std::this_thread::yield();
  done = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(!readers[0].torn && !readers[1].torn);
}

TEST("a million mappings load in bulk, and one change afterwards touches one shard") {
  Table table;
  Change bulk;
  for (uint32_t at = 0; at < 1'000'000; at++) bulk.mappings.push_back({{address_at(at), at % 16}, at % 1000});
  auto begin = std::chrono::steady_clock::now();
  const Snapshot& loaded = table.apply(bulk);
  double bulk_ms = milliseconds_since(begin);
  for (uint32_t at = 0; at < 1'000'000; at += 997) CHECK(*loaded.mappings.find({address_at(at), at % 16}) == at % 1000);
  table.retired.clear();
  begin = std::chrono::steady_clock::now();
  for (uint32_t at = 0; at < 1000; at++) table.apply({.mappings = {{{address_at(at * 31), 77}, at}}});
  double change_us = milliseconds_since(begin);  // of 1,000 changes in ms is of one in µs
  std::printf("  1,000,000 mappings in %.0f ms, one change in %.0f µs\n", bulk_ms, change_us);
  CHECK(*table.forwarding.current()->mappings.find({address_at(31), 77}) == 1);
}

}  // namespace weft::test
