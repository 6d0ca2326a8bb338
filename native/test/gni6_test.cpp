// gni6: networks and guests in the addresses of an outer IPv6 packet.
#include <cerrno>

#include "world.h"

namespace weft::test {

namespace {

constexpr const char* from_peer = "2001:db8:6:2::";
constexpr size_t outer_header = 40;

/// Peer 5 sends and accepts gni6.
Change gni6_peer(uint32_t path_mtu = 1500) {
  Change change{.peers = {plain_peer(5, "198.18.0.2", WEFT_FORMAT_GNI6, {WEFT_FORMAT_GNI6}, path_mtu)}};
  change.peers[0].gni6_prefix = peer_gni6_prefix;
  return change;
}

Packet outer_packet(const Packet& inner) { return datagram(WEFT_FORMAT_GNI6, inner, false); }

/// As a raw socket gives it: what is behind the outer header, and both addresses.
void arrives(Bench& bench, const Packet& packet, const char* from = from_peer) {
  Address source = Address::from_v6(&packet[8]);
  source.high = Address::parse(from)->high;
  Packet inner(packet.begin() + outer_header, packet.end());
  bench.world.receivable.push_back({source, inner, 0, Address::from_v6(&packet[24])});
  CHECK(bench.in.drain(0, Carrier::ipv6) == EAGAIN);
}

}  // namespace

TEST("a guest's IPv4 packet leaves in an IPv6 packet whose addresses name hosts, networks and guests") {
  Bench bench;
  bench.apply(gni6_peer());
  Packet inner = build(from_host(1, 2));
  bench.guest_sends(inner);
  CHECK(bench.world.sent.size() == 1 && bench.world.sent[0].carrier == Carrier::ipv6);
  CHECK(bench.world.sent[0].to.text() == "2001:db8:6:2:0:7:a07:2");
  const Packet& outer = bench.world.sent[0].packets[0];
  CHECK(outer.size() == outer_header + inner.size());
  CHECK(outer[0] >> 4 == 6 && load16(&outer[4]) == inner.size() && outer[6] == 4 && outer[7] == 64);
  CHECK((load32(&outer[0]) & 0xfffff) != 0);
  CHECK(Address::from_v6(&outer[8]).text() == "2001:db8:6:1:0:7:a07:1");
  CHECK(Address::from_v6(&outer[24]).text() == "2001:db8:6:2:0:7:a07:2");
  CHECK(inner_packets(bench.world) == std::vector<Packet>{inner});
}

TEST("the packets of a super-packet leave one by one, with whole checksums") {
  for (bool tcp : {true, false}) {
    Bench bench;
    bench.apply(gni6_peer());
    Spec spec = from_host(1, 2);
    spec.tcp = tcp;
    Super super = make_super(spec, 9000, 1200);
    bench.guest_sends(super.packet, super.header);
    CHECK(bench.world.sent.size() == super.expected.size());
    for (const Packet& packet : inner_packets(bench.world)) {
      Inner inner;
      CHECK(parse_inner(packet, inner) == InnerFault::none && checksum_is_right(packet, inner));
    }
  }
}

TEST("IPv6 packets of guests are not carried") {
  Bench bench;
  bench.apply(gni6_peer());
  bench.guest_sends(build(from_host(1, 2, true)));
  CHECK(bench.world.sent.empty() && dropped_once(bench, WEFT_DROP_NOT_CARRIED));
}

TEST("a packet may be as long as the path carries, outer header included") {
  Packet inner = build(from_host(1, 2));
  for (uint32_t missing : {0u, 1u}) {
    Bench bench;
    bench.apply(gni6_peer(static_cast<uint32_t>(outer_header + inner.size()) - missing));
    bench.guest_sends(inner);
    CHECK(bench.drops(WEFT_DROP_TOO_BIG) == missing && bench.world.sent.size() == 1 - missing);
  }
}

TEST("a peer's packets are known by the prefix that they come from, and by nothing else") {
  Bench bench;
  bench.apply(gni6_peer());
  Packet inner = build(from_host(2, 1));
  arrives(bench, outer_packet(inner));
  CHECK(delivered(bench.world) == std::vector<Packet>{inner});
  for (const char* stranger : {"2001:db8:6:3::", "2001:db8:6:1::", "2001:db8:7:2::", "::"}) arrives(bench, outer_packet(inner), stranger);
  CHECK(bench.drops(WEFT_DROP_UNKNOWN_PEER) == 4);
  bench.apply({.remove_peers = {5}});
  arrives(bench, outer_packet(inner));
  CHECK(bench.drops(WEFT_DROP_UNKNOWN_PEER) == 5);
}

TEST("a prefix that a peer gave up is another's") {
  Bench bench;
  bench.apply(gni6_peer());
  Change moved = gni6_peer();
  moved.peers[0].peer = 6;
  moved.peers[0].address = *Address::parse("198.18.0.3");
  bench.apply(moved);
  bench.apply({.remove_peers = {5}});
  arrives(bench, outer_packet(build(from_host(4, 1))));
  CHECK(bench.drops(WEFT_DROP_UNKNOWN_PEER) == 0);
}

TEST("outer and inner addresses that disagree are refused, and so are senders of other addresses") {
  Bench bench;
  bench.apply(gni6_peer());
  Packet good = outer_packet(build(from_host(2, 1)));
  for (size_t at : {size_t{23}, size_t{39}, outer_header + 15, outer_header + 19}) {
    Packet forged = good;
    forged[at] ^= 8;
    arrives(bench, forged);
  }
  CHECK(bench.drops(WEFT_DROP_BAD_HEADER) == 4);
  arrives(bench, outer_packet(build(from_host(4, 1))));
  CHECK(bench.drops(WEFT_DROP_SPOOFED_INNER_SOURCE) == 1);
  Packet other_network = good;
  other_network[18] ^= 1;
  arrives(bench, other_network);
  CHECK(bench.drops(WEFT_DROP_GNI_MISMATCH) == 1 && bench.world.written.empty());
}

TEST("gni6 is refused as any format where it is not accepted") {
  Bench bench;
  Change change = gni6_peer();
  change.peers[0].terms.accept = 0;
  bench.apply(change);
  arrives(bench, outer_packet(build(from_host(2, 1))));
  CHECK(dropped_once(bench, WEFT_DROP_VERSION_NOT_ACCEPTED));
}

TEST("a packet that a kernel has joined of several reaches the guest with a checksum to be completed") {
  Bench bench;
  bench.apply(gni6_peer());
  Spec spec = from_host(2, 1);
  spec.payload = Random(1).bytes(4000);
  arrives(bench, outer_packet(build(spec, true)));
  arrives(bench, outer_packet(build(spec, false)));
  CHECK(bench.world.written.size() == 2);
  CHECK(bench.world.written[0].header.flags == PortHeader::needs_checksum);
  CHECK(bench.world.written[1].header.flags == 0);
}

}  // namespace weft::test
