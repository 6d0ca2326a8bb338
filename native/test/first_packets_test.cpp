// The first-packet queue between both paths: what waits while the table changes and slots are used again.
#include "world.h"

namespace weft::test {

namespace {

Packet packet_from(uint8_t source, uint8_t destination) { return build(from_host(source, destination), true); }

Change::MappingChange mapped(uint8_t host, uint32_t peer, uint32_t gni = 7) { return {{overlay(false, host), gni}, peer}; }

}  // namespace

TEST("a packet that waits never leaves in the network of the next user of its port's slot") {
  Bench bench;
  bench.guest_sends(packet_from(1, 50));
  bench.apply({.remove_ports = {3},
               .networks = {{8, {*Prefix::parse("10.7.0.0/24")}}},
               .ports = {{3, 8, {overlay(false, 1)}}},
               .mappings = {mapped(50, 6, 8)}});
  bench.apply({.mappings = {mapped(50, 5)}});
  CHECK(bench.world.sent.empty() && bench.waiting.packets() == 0);
  CHECK(dropped_once(bench, WEFT_DROP_NO_ROUTE));
  CHECK(bench.counters->ports[3].drops.load() == 0);  // the new guest has lost nothing
}

TEST("a packet that waits is dropped when its port is gone, whether its answer came or its deadline") {
  for (bool answered : {true, false}) {
    Bench bench;
    bench.guest_sends(packet_from(1, 50));
    bench.apply({.remove_ports = {3}});
    if (answered) bench.apply({.mappings = {mapped(50, 5)}});
    else bench.set_time(1000);
    CHECK(bench.world.sent.empty() && bench.waiting.packets() == 0);
    CHECK(dropped_once(bench, answered ? WEFT_DROP_NO_ROUTE : WEFT_DROP_RESOLVE_TIMEOUT));
    CHECK(bench.counters->ports[3].drops.load() == 0);
  }
}

TEST("a packet that waits is no packet of another guest of its network that got the port's slot") {
  Bench bench;
  bench.guest_sends(packet_from(1, 50));
  bench.apply({.remove_ports = {3}, .ports = {{3, 7, {overlay(false, 11)}}}});
  bench.apply({.mappings = {mapped(50, 5)}});
  CHECK(bench.world.sent.empty());
  CHECK(dropped_once(bench, WEFT_DROP_GUEST_SPOOFED_SOURCE));
}

TEST("a received packet that waits is no packet of the next host that got the peer's slot") {
  Bench bench;
  bench.arrives(datagram(WEFT_FORMAT_GNI_1_0, packet_from(60, 1)));
  bench.apply({.remove_peers = {5}, .peers = {plain_peer(5, "198.18.0.77")}});
  bench.apply({.mappings = {mapped(60, 5)}});
  CHECK(bench.world.written.empty());
  CHECK(dropped_once(bench, WEFT_DROP_UNKNOWN_PEER));
  CHECK(bench.counters->peers[5].drops.load() == 0);
}

TEST("a received packet that waits goes on when only the session with its host has changed") {
  Bench bench;
  Packet packet = packet_from(60, 1);
  bench.arrives(datagram(WEFT_FORMAT_GNI_1_0, packet));
  bench.apply({.peers = {plain_peer(5, "198.18.0.2", WEFT_FORMAT_GNI_1_1)}});
  bench.apply({.mappings = {mapped(60, 5)}});
  CHECK(bench.world.written.size() == 1 && bench.world.written[0].packet == packet);
}

TEST("a destination whose answer got lost is asked for again while its packets come") {
  Bench bench;  // with a deadline of 1 s
  for (uint64_t now = 0; now <= 20'000; now += 500) {
    bench.set_time(now);
    bench.guest_sends(packet_from(1, 50));
  }
  CHECK(bench.world.misses.size() == 21);
  CHECK(bench.drops(WEFT_DROP_RESOLVE_TIMEOUT) == 39);
}

TEST("one guest that scans its network does not take the first-packet queue from another tenant") {
  Bench bench;
  bench.apply({.networks = {{8, {*Prefix::parse("10.0.0.0/8")}}}, .ports = {{9, 8, {overlay(false, 1)}}}});
  for (uint32_t number = 0; number < 1100; number++) {
    Packet packet = packet_from(1, 2);
    store32(&packet[16], 0x0ac80000u + number);
    seal(packet, true);
    bench.guest_sends(packet, {}, 9);
  }
  CHECK(bench.counters->ports[9].drops.load() == bench.drops(WEFT_DROP_RESOLVE_QUEUE_FULL));
  CHECK(bench.counters->ports[9].drops.load() == 1100 - 256);
  bench.guest_sends(packet_from(1, 50));
  CHECK(bench.world.misses.back().gni == 7 && bench.counters->ports[3].drops.load() == 0);
}

TEST("a destination that waited for a session is asked for when its mapping is withdrawn") {
  Bench bench;
  bench.apply({.peers = {plain_peer(5, "198.18.0.2", WEFT_FORMAT_NONE)}});
  bench.guest_sends(packet_from(1, 2));
  CHECK(bench.world.misses.empty());
  bench.apply({.remove_mappings = {{overlay(false, 2), 7}}});
  CHECK(bench.world.misses.size() == 1);
  CHECK(bench.world.misses[0].side == Side::destination && bench.world.misses[0].address == overlay(false, 2));
}

}  // namespace weft::test
