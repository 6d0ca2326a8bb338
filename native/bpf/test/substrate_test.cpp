// What comes from the substrate, at tc and by XDP, and what the engine gives back.
#include <cstring>

#include "check.h"
#include "frames.h"

namespace weft::test {

namespace {

struct World {
  World() { make_region(); }
  Programs& all = Programs::all();

  /// Goes on to the engine's socket as it came, counted under this reason.
  bool leaves(const Bytes& frame, weft_handover reason, uint32_t gso_size = 0) {
    uint64_t before = all.handed_over(reason);
    Ran ran = all.run("weft_substrate", frame, gso_size);
    return ran.verdict == act_unspec && ran.packet == frame && all.handed_over(reason) == before + 1;
  }

  /// Not ours: counted nowhere.
  bool ignores(const Bytes& frame) {
    Ran ran = all.run("weft_substrate", frame);
    uint64_t counted = 0;
    for (int reason = 0; reason < WEFT_HANDOVER_COUNT; reason++) counted += all.handed_over(static_cast<weft_handover>(reason));
    return ran.verdict == act_unspec && ran.packet == frame && counted == 0;
  }

  bool takes(const Bytes& frame, const Bytes& packet) {
    Ran ran = all.run("weft_substrate", frame);
    return ran.verdict == act_redirect && ran.packet == ethernet(packet[0] >> 4 == 4 ? 0x0800 : 0x86dd, port_mac, own_mac) + packet;
  }
};

Bytes changed(Bytes packet, size_t at, uint8_t value) {
  packet[at] = value;
  return packet;
}

constexpr size_t ip_at = 14, udp_at = 34, gni_at = 42;

}  // namespace

TEST("a clean packet of a peer reaches its guest and is counted for both") {
  World world;
  Bytes packet = udp_packet(far_ip, own_ip);
  CHECK(world.takes(from_peer(gni_1_0(packet)), packet));
  CHECK(world.takes(from_peer(gni_2_0(packet)), packet));
  weft_counters port = world.all.port_counters(own_slot), peer = world.all.peer_counters(peer_slot);
  CHECK(port.in.packets == 2 && port.in.bytes == 2 * packet.size() && port.out.packets == 0);
  CHECK(peer.in.packets == 2 && peer.in.bytes == 2 * packet.size() && peer.out.packets == 0);
}

TEST("what is not for Weft goes on uncounted") {
  World world;
  Bytes frame = from_peer(gni_1_0(udp_packet(far_ip, own_ip)));
  CHECK(world.ignores(from_peer(Bytes(60, 1), 53)));
  CHECK(world.ignores(framed(ip(there, here, tcp, Bytes(40, 0)))));
  CHECK(world.ignores(ethernet(0x0806) + Bytes(28, 0)));
  CHECK(world.ignores(changed(frame, ip_at, 0x46)));
  CHECK(world.ignores(changed(frame, ip_at + 6, 0x20)));
  CHECK(world.ignores(frame + Bytes(4, 0)));
  CHECK(world.ignores(changed(frame, 5, 1)));  // to another station
  CHECK(world.ignores(changed(frame, ip_at + 8, 63)));  // its header's checksum is another's
}

TEST("an IPv6 packet from an IPv4 peer's address written as IPv6 is not the peer's, outside or inside") {
  World world;
  Bytes inner = udp_packet(far_ip6, own_ip6);
  Bytes outer = from_peer(gni_1_0(udp_packet(far_ip, own_ip)), WEFT_UDP_PORT, there6, here6);
  std::copy_n(there.bytes, 16, outer.begin() + ip_at + 8);
  std::copy_n(here.bytes, 16, outer.begin() + ip_at + 24);
  CHECK(world.ignores(outer));
  std::copy_n(far_ip.bytes, 16, inner.begin() + 8);
  std::copy_n(own_ip.bytes, 16, inner.begin() + 24);
  CHECK(world.leaves(from_peer(gni_1_0(inner)), WEFT_HANDOVER_ODD));
}

TEST("peers that are not known, or send to another address of this host, are the engine's") {
  World world;
  Bytes payload = gni_1_0(udp_packet(far_ip, own_ip));
  CHECK(world.leaves(from_peer(payload, WEFT_UDP_PORT, v4(198, 51, 100, 77)), WEFT_HANDOVER_UNKNOWN_PEER));
  CHECK(world.leaves(from_peer(payload, WEFT_UDP_PORT, there, v4(192, 0, 2, 77)), WEFT_HANDOVER_UNKNOWN_PEER));
  world.all.put_peer(peer_slot, a_peer(v4(198, 51, 100, 3), here, sends(WEFT_FORMAT_GNI_1_0)));
  CHECK(world.leaves(from_peer(payload), WEFT_HANDOVER_UNKNOWN_PEER));
}

TEST("a format that is not accepted is the engine's, whatever else it is") {
  World world;
  Bytes frame = from_peer(gni_1_0(udp_packet(far_ip, own_ip)));
  weft_terms terms = sends(WEFT_FORMAT_GNI_1_0);
  terms.accept = 1 << WEFT_FORMAT_GNI_2_0;
  world.all.put_peer(peer_slot, a_peer(there, here, terms));
  CHECK(world.leaves(frame, WEFT_HANDOVER_NOT_ACCEPTED));
  weft_peer peer = a_peer(there, here, terms);
  peer.has_pairs = 1;
  world.all.put_peer(peer_slot, peer);
  world.all.put_pair({peer_slot, red, own_ip, far_ip}, sends(WEFT_FORMAT_GNI_1_0));
  CHECK(world.takes(frame, udp_packet(far_ip, own_ip)));
}

TEST("packets with a partial checksum, and formats with more to do, are the engine's") {
  World world;
  Bytes frame = from_peer(gni_1_0(udp_packet(far_ip, own_ip)));
  CHECK(world.leaves(changed(frame, gni_at + 1, 1), WEFT_HANDOVER_PARTIAL_CHECKSUM));
  CHECK(world.leaves(changed(frame, gni_at, 0x30), WEFT_HANDOVER_BY_ENGINE));
  CHECK(world.leaves(changed(frame, gni_at, 0x11), WEFT_HANDOVER_BY_ENGINE));
}

TEST("guests that are not here, or behind the engine, are the engine's") {
  World world;
  CHECK(world.leaves(from_peer(gni_1_0(udp_packet(far_ip, v4(10, 0, 0, 99)))), WEFT_HANDOVER_UNKNOWN_LOCATION));
  CHECK(world.leaves(from_peer(gni_1_0(udp_packet(far_ip, own_ip), red + 1)), WEFT_HANDOVER_UNKNOWN_LOCATION));
  CHECK(world.leaves(from_peer(gni_1_0(udp_packet(far_ip, tun_ip))), WEFT_HANDOVER_ENGINE_PORT));
  CHECK(world.all.events().empty());
}

TEST("an inner source that is not known is told, one that lives elsewhere is the engine's to drop") {
  World world;
  weft_address unknown = v4(10, 0, 0, 88);
  CHECK(world.leaves(from_peer(gni_1_0(udp_packet(unknown, own_ip))), WEFT_HANDOVER_UNKNOWN_LOCATION));
  auto told = world.all.events();
  CHECK(told.size() == 1 && told[0].kind == WEFT_EVENT_MISS && told[0].program == WEFT_IN_SUBSTRATE);
  CHECK(memcmp(&told[0].source, &unknown, sizeof unknown) == 0);
  CHECK(world.leaves(from_peer(gni_1_0(udp_packet(other_ip, own_ip))), WEFT_HANDOVER_ODD));
  CHECK(world.leaves(from_peer(gni_1_0(udp_packet(far6_ip, own_ip))), WEFT_HANDOVER_ODD));
}

TEST("what sessions test themselves with is the engine's and told to nobody") {
  World world;
  CHECK(world.leaves(from_peer(gni_1_0(udp_packet(far_ip, own_ip), 0)), WEFT_HANDOVER_ODD));
  CHECK(world.all.events().empty());
}

TEST("several datagrams that the kernel has joined are the engine's") {
  World world;
  Bytes one = gni_1_0(udp_packet(far_ip, own_ip));
  CHECK(world.leaves(from_peer(one + one), WEFT_HANDOVER_ODD, static_cast<uint32_t>(one.size())));
  // The first says that it is as long as all: a checksum tells that they came as several.
  Bytes long_one = from_peer(gni_1_0(udp_packet(far_ip, own_ip, Bytes(200, 1))));
  CHECK(world.leaves(changed(long_one, udp_at + 7, 1), WEFT_HANDOVER_ODD, 100));
}

TEST("a question for an Ethernet address inside vxlan is the engine's to answer") {
  World world;
  Bytes asked = ip(far_ip6, own_ip6, 58, Bytes{135, 0, 0, 0, 0, 0, 0, 0} + Bytes(16, 1));
  Bytes payload = Bytes{8, 0, 0, 0, 0, 0, red, 0} + ethernet(0x86dd) + asked;
  CHECK(world.leaves(from_peer(payload, WEFT_VXLAN_PORT), WEFT_HANDOVER_BY_ENGINE));
  asked[40] = 128;
  payload = Bytes{8, 0, 0, 0, 0, 0, red, 0} + ethernet(0x86dd) + asked;
  Ran ran = world.all.run("weft_substrate", from_peer(payload, WEFT_VXLAN_PORT));
  CHECK(ran.verdict == (world.all.changes_family() ? act_redirect : act_unspec));
}

TEST("frameworks of others that are not served go on uncounted") {
  Programs::Otherwise unserved([](weft_settings& settings) { settings.vxlan = settings.geneve = 0; });
  make_region();
  Bytes packet = udp_packet(far_ip, own_ip);
  Bytes frame = from_peer(Bytes{8, 0, 0, 0, 0, 0, red, 0} + framed(packet), WEFT_VXLAN_PORT);
  Ran ran = Programs::all().run("weft_substrate", frame);
  CHECK(ran.verdict == act_unspec && ran.packet == frame);
  for (int reason = 0; reason < WEFT_HANDOVER_COUNT; reason++) CHECK(Programs::all().handed_over(static_cast<weft_handover>(reason)) == 0);
}

TEST("a kernel that cannot take off a header of another family leaves it to the engine") {
  Programs::Otherwise unable([](weft_settings& settings) { settings.can_change_family = 0; });
  make_region();
  Bytes frame = from_peer(gni_1_0(udp_packet(far_ip6, own_ip6)));
  Ran ran = Programs::all().run("weft_substrate", frame);
  CHECK(ran.verdict == act_unspec && ran.packet == frame && Programs::all().handed_over(WEFT_HANDOVER_FAMILY) == 1);
}

TEST("a received packet that is traced is told with its outer addresses") {
  World world;
  weft_control control{};
  control.trace = 5;
  control.trace_gni = red;
  control.trace_source = far_ip;
  control.trace_destination = own_ip;
  world.all.put_control(control);
  world.all.run("weft_substrate", from_peer(gni_1_0(echo(far_ip, own_ip, 9))));
  auto told = world.all.events();
  CHECK(told.size() == 1 && told[0].verdict == WEFT_DELIVERED && told[0].program == WEFT_IN_SUBSTRATE);
  CHECK(told[0].port == own_slot && told[0].peer == peer_slot && told[0].left_by == lo && told[0].outer_source_port == 0xc001);
  CHECK(memcmp(&told[0].outer_source, &there, 16) == 0 && memcmp(&told[0].outer_destination, &here, 16) == 0);
}

TEST("XDP puts in front of a packet whose it is, and counts it") {
  World world;
  Bytes packet = udp_packet(far_ip, own_ip), frame = from_peer(gni_1_0(packet));
  Ran ran = world.all.run("weft_xdp", frame);
  uint32_t words[4];
  CHECK(ran.verdict == xdp_pass && ran.packet.size() == sizeof words + 14 + packet.size());
  memcpy(words, ran.packet.data(), sizeof words);
  CHECK(words[0] == 0x57454654 && words[1] == red && words[2] == own_slot && words[3] == peer_slot);
  CHECK(world.all.port_counters(own_slot).in.packets == 1 && world.all.peer_counters(peer_slot).in.bytes == packet.size());
}

TEST("XDP leaves and does not count what is not clean: tc sees it again") {
  World world;
  Bytes frame = changed(from_peer(gni_1_0(udp_packet(far_ip, own_ip))), gni_at + 1, 1);
  Ran ran = world.all.run("weft_xdp", frame);
  CHECK(ran.verdict == xdp_pass && ran.packet == frame && world.all.handed_over(WEFT_HANDOVER_PARTIAL_CHECKSUM) == 0);
}

TEST("what the engine delivers goes to the guest uncounted, behind an Ethernet header") {
  World world;
  // Test runs have an Ethernet header already; a TUN device has none, and so it gets one more.
  world.all.put_port(own_slot, {red, 300, lo, WEFT_PORT_VETH, {2, 4, 10, 0, 0, 5}, 0});
  Bytes frame = framed(udp_packet(far_ip, own_ip));
  Ran ran = world.all.run("weft_return", frame);
  CHECK(ran.verdict == act_redirect && ran.packet == ethernet(0x0800, port_mac, own_mac) + frame);
  CHECK(world.all.port_counters(own_slot).in.packets == 0);
}

TEST("what the engine delivers to a port that is gone is counted") {
  World world;
  world.all.put_port(own_slot, {});
  CHECK(world.all.run("weft_return", framed(udp_packet(far_ip, own_ip))).verdict == act_shot);
  CHECK(world.all.dropped(WEFT_DROP_PORT_FAILED) == 1);
}

}  // namespace weft::test
