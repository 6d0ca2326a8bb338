// A guest's packet: what is sent, delivered here, handed over or dropped, and what is counted and told of it.
#include <cstring>

#include "check.h"
#include "frames.h"

namespace weft::test {

namespace {

struct World {
  World() { make_region(); }
  Programs& all = Programs::all();
  Ran run(const Bytes& frame, uint32_t gso_size = 0) { return all.run("weft_guest", frame, gso_size); }
};

/// Handed over for this reason, as it came.
bool hands_over(World& world, const Bytes& frame, weft_handover reason, uint32_t gso_size = 0) {
  uint64_t before = world.all.handed_over(reason);
  Ran ran = world.run(frame, gso_size);
  return ran.verdict == act_redirect && ran.packet == frame && world.all.handed_over(reason) == before + 1;
}

bool drops(World& world, const Bytes& frame, weft_drop reason) {
  uint64_t before = world.all.dropped(reason);
  return world.run(frame).verdict == act_shot && world.all.dropped(reason) == before + 1;
}

bool is_encapsulated(const Ran& ran, const Bytes& packet) {
  return ran.verdict == act_redirect && part(ran.packet, 14 + 20 + 8, packet.size() + 12) == gni_1_0(packet);
}

weft_control at_generation(uint64_t generation) {
  weft_control control{};
  control.generation = generation;
  return control;
}

Bytes changed(Bytes packet, size_t at, uint8_t value) {
  packet[at] = value;
  return packet;
}

}  // namespace

TEST("a packet to a guest elsewhere is encapsulated and counted for port and peer") {
  World world;
  Bytes packet = udp_packet(own_ip, far_ip);
  CHECK(is_encapsulated(world.run(framed(packet)), packet));
  weft_counters port = world.all.port_counters(own_slot), peer = world.all.peer_counters(peer_slot);
  CHECK(port.out.packets == 1 && port.out.bytes == packet.size() && port.in.packets == 0 && port.drops == 0);
  CHECK(peer.out.packets == 1 && peer.out.bytes == packet.size() && peer.in.packets == 0);
}

TEST("an IPv6 packet goes to a host with an IPv4 address") {
  World world;
  Bytes packet = udp_packet(own_ip6, far_ip6);
  CHECK(is_encapsulated(world.run(framed(packet)), packet));
}

TEST("a packet to a guest of this host reaches its port with its Ethernet address, and is counted for both") {
  World world;
  Bytes packet = udp_packet(own_ip, other_ip);
  Ran ran = world.run(framed(packet));
  CHECK(ran.verdict == act_redirect && ran.packet == ethernet(0x0800, port_mac, other_mac) + packet);
  CHECK(world.all.port_counters(own_slot).out.bytes == packet.size());
  CHECK(world.all.port_counters(other_slot).in.bytes == packet.size());
  CHECK(world.all.local().packets == 1);
}

TEST("a super-packet counts its segments, and the headers of each") {
  World world;
  Bytes packet = ip(own_ip, other_ip, tcp, Bytes{0, 80, 0, 81, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 0x10, 0, 0, 0, 0, 0, 0} + Bytes(2500, 1));
  CHECK(world.run(framed(packet), 1000).verdict == act_redirect);
  weft_traffic out = world.all.port_counters(own_slot).out;
  CHECK(out.packets == 3 && out.bytes == 2500 + 3 * 40);
}

TEST("an IPv6 packet whose addresses are IPv4 ones is not taken for an IPv4 packet") {
  World world;
  Bytes packet = udp_packet(own_ip6, far_ip6);
  std::copy_n(own_ip.bytes, 16, packet.begin() + 8);
  std::copy_n(far_ip.bytes, 16, packet.begin() + 24);
  CHECK(hands_over(world, framed(packet), WEFT_HANDOVER_ODD));
}

TEST("what a guest wants cut into more pieces than a kernel would make is the engine's") {
  World world;
  Bytes packet = ip(own_ip, far_ip, tcp, Bytes{0, 80, 0, 81, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 0x10, 0, 0, 0, 0, 0, 0} + Bytes(2100, 1));
  CHECK(hands_over(world, framed(packet), WEFT_HANDOVER_ODD, 1));
  Bytes here = ip(own_ip, other_ip, tcp, part(packet, 20, packet.size()));
  CHECK(world.run(framed(here), 2).verdict == act_redirect && world.all.port_counters(own_slot).out.packets == 1050);
}

TEST("a source that is another guest's is dropped as spoofed, one that is nobody's is the engine's to name") {
  World world;
  CHECK(drops(world, framed(udp_packet(other_ip, far_ip)), WEFT_DROP_GUEST_SPOOFED_SOURCE));
  CHECK(drops(world, framed(udp_packet(far_ip, other_ip)), WEFT_DROP_GUEST_SPOOFED_SOURCE));
  CHECK(world.all.port_counters(own_slot).drops == 2);
  CHECK(hands_over(world, framed(udp_packet(v4(10, 0, 0, 77), far_ip)), WEFT_HANDOVER_UNKNOWN_LOCATION));
}

TEST("what is no whole packet, and no IP at all, is dropped as malformed") {
  World world;
  Bytes packet = udp_packet(own_ip, far_ip);
  CHECK(drops(world, framed(part(packet, 0, packet.size() - 1)), WEFT_DROP_GUEST_MALFORMED));
  CHECK(drops(world, framed(changed(packet, 0, 0x44)), WEFT_DROP_GUEST_MALFORMED));
  CHECK(drops(world, ethernet(0x0800) + changed(packet, 0, 0x65), WEFT_DROP_GUEST_MALFORMED));
  CHECK(drops(world, ethernet(0x88cc) + packet, WEFT_DROP_GUEST_MALFORMED));
  CHECK(drops(world, ethernet(0x86dd) + part(udp_packet(own_ip6, far_ip6), 0, 45), WEFT_DROP_GUEST_MALFORMED));
}

TEST("a frame filled up to Ethernet's least is cut to its packet") {
  World world;
  Bytes packet = udp_packet(own_ip, far_ip, Bytes(1, 7));
  CHECK(is_encapsulated(world.run(framed(packet) + Bytes(17, 0)), packet));
}

TEST("fragments and options go to the engine") {
  World world;
  Bytes packet = udp_packet(own_ip, far_ip);
  CHECK(hands_over(world, framed(changed(packet, 6, 0x20)), WEFT_HANDOVER_FRAGMENT));
  CHECK(hands_over(world, framed(changed(packet, 7, 1)), WEFT_HANDOVER_FRAGMENT));
  CHECK(hands_over(world, framed(changed(packet, 0, 0x46)), WEFT_HANDOVER_OPTIONS));
  CHECK(hands_over(world, framed(ip(own_ip6, far_ip6, 44, Bytes(40, 0))), WEFT_HANDOVER_FRAGMENT));
  for (uint8_t extension : {0, 43, 51, 60, 135, 139, 140}) {
    CHECK(hands_over(world, framed(ip(own_ip6, far_ip6, extension, Bytes(40, 0))), WEFT_HANDOVER_OPTIONS));
  }
}

TEST("destinations that are no unicast address go to the engine") {
  World world;
  for (auto to : {v4(224, 0, 0, 251), v4(255, 255, 255, 255), v4(0, 0, 0, 1), v4(169, 254, 3, 3)}) {
    CHECK(hands_over(world, framed(udp_packet(own_ip, to)), WEFT_HANDOVER_NOT_UNICAST));
  }
  for (const char* to : {"ff02::fb", "fe80::3", "::"}) {
    CHECK(hands_over(world, framed(udp_packet(own_ip6, v6(to))), WEFT_HANDOVER_NOT_UNICAST));
  }
}

TEST("an unknown destination goes to the engine, and is told once") {
  World world;
  weft_address unknown = v4(10, 0, 0, 99);
  CHECK(hands_over(world, framed(udp_packet(own_ip, unknown)), WEFT_HANDOVER_UNKNOWN_LOCATION));
  auto told = world.all.events();
  CHECK(told.size() == 1);
  CHECK(told[0].kind == WEFT_EVENT_MISS && told[0].program == WEFT_IN_GUEST && told[0].gni == red);
  CHECK(memcmp(&told[0].destination, &unknown, sizeof unknown) == 0);
  CHECK(told[0].verdict == WEFT_HANDED_OVER && told[0].reason == WEFT_HANDOVER_UNKNOWN_LOCATION && told[0].port == own_slot);
}

TEST("what another network knows is unknown here") {
  World world;
  world.all.put_location(red + 1, v4(10, 0, 0, 99), {peer_slot, WEFT_REMOTE, 0, {}});
  CHECK(hands_over(world, framed(udp_packet(own_ip, v4(10, 0, 0, 99))), WEFT_HANDOVER_UNKNOWN_LOCATION));
}

TEST("a tun guest of this host is reached by the engine") {
  World world;
  CHECK(hands_over(world, framed(udp_packet(own_ip, tun_ip)), WEFT_HANDOVER_ENGINE_PORT));
}

TEST("a session that needs the engine gets it, and one without a selection drops") {
  World world;
  Bytes frame = framed(udp_packet(own_ip, far_ip));
  world.all.put_peer(peer_slot, a_peer(there, here, {WEFT_SEND_ENGINE, 0, 0}));
  CHECK(hands_over(world, frame, WEFT_HANDOVER_BY_ENGINE));
  world.all.put_peer(peer_slot, a_peer(there, here, {WEFT_SEND_NONE, 0, 0}));
  CHECK(drops(world, frame, WEFT_DROP_NO_SELECTION));
  weft_peer gone = a_peer(there, here, sends(WEFT_FORMAT_GNI_1_0));
  gone.in_use = 0;
  world.all.put_peer(peer_slot, gone);
  CHECK(hands_over(world, frame, WEFT_HANDOVER_UNKNOWN_PEER));
}

TEST("a format that the fast path does not make goes to the engine as it came") {
  World world;
  world.all.put_peer(peer_slot, a_peer(there, here, sends(WEFT_FORMAT_GNI_1_1)));
  CHECK(hands_over(world, framed(udp_packet(own_ip, far_ip)), WEFT_HANDOVER_ODD));
  world.all.put_peer(peer6_slot, a_peer(there6, here6, sends(WEFT_FORMAT_VXLAN)));
  CHECK(hands_over(world, framed(udp_packet(own_ip, far6_ip)), WEFT_HANDOVER_ODD));
}

TEST("the terms of a pair of guests go before those of their hosts") {
  World world;
  weft_peer peer = a_peer(there, here, sends(WEFT_FORMAT_GNI_1_0));
  peer.has_pairs = 1;
  world.all.put_peer(peer_slot, peer);
  Bytes packet = udp_packet(own_ip, far_ip);
  CHECK(is_encapsulated(world.run(framed(packet)), packet));
  world.all.put_pair({peer_slot, red, own_ip, far_ip}, {WEFT_SEND_NONE, 0, 0});
  CHECK(drops(world, framed(packet), WEFT_DROP_NO_SELECTION));
  world.all.put_pair({peer_slot, red, own_ip, far_ip}, sends(WEFT_FORMAT_GNI_2_0));
  Ran ran = world.run(framed(packet));
  CHECK(part(ran.packet, 42, packet.size() + 8) == gni_2_0(packet));
}

TEST("what is longer than the path carries goes to the engine, to the byte") {
  World world;
  size_t outer = 20 + 8 + 12, inner = 20 + 8;
  Bytes fits = udp_packet(own_ip, far_ip, Bytes(1500 - outer - inner, 1));
  CHECK(is_encapsulated(world.run(framed(fits)), fits));
  CHECK(hands_over(world, framed(udp_packet(own_ip, far_ip, Bytes(1501 - outer - inner, 1))), WEFT_HANDOVER_TOO_BIG));
}

TEST("without a route through the substrate the engine is asked") {
  World world;
  world.all.put_peer(peer_slot, a_peer(v4(203, 0, 113, 9), here, sends(WEFT_FORMAT_GNI_1_0)));
  CHECK(hands_over(world, framed(udp_packet(own_ip, far_ip)), WEFT_HANDOVER_NO_ROUTE));
}

TEST("a device that is no guest's, and one whose port has another by now, drops") {
  World world;
  Bytes frame = framed(udp_packet(own_ip, far_ip));
  weft_port elsewhere{red, 4711, engine_device, WEFT_PORT_VETH, {}, 0};
  world.all.put_port(own_slot, elsewhere);
  CHECK(drops(world, frame, WEFT_DROP_PORT_FAILED));
  world.all.put_port(own_slot, {});
  CHECK(drops(world, frame, WEFT_DROP_PORT_FAILED));
}

TEST("entries of the next generation count as they were until it is published") {
  World world;
  Bytes frame = framed(udp_packet(own_ip, far_ip));
  weft_peer next = a_peer(there, here, {WEFT_SEND_NONE, 0, 0});
  weft_location to{peer_slot, WEFT_REMOTE, 0, {}}, nowhere{};
  world.all.put_peer_entry(peer_slot, {.since = 6, .current = next, .former = a_peer(there, here, sends(WEFT_FORMAT_GNI_1_0))});
  world.all.put_location_entry(red, far_ip, {.check = 0, .zero = 0, .since = 6, .current = to, .former = nowhere});
  world.all.put_control(at_generation(5));
  CHECK(hands_over(world, frame, WEFT_HANDOVER_UNKNOWN_LOCATION));
  world.all.put_location_entry(red, far_ip, {.check = 0, .zero = 0, .since = 6, .current = nowhere, .former = to});
  CHECK(is_encapsulated(world.run(frame), part(frame, 14, frame.size())));
  world.all.put_control(at_generation(6));
  CHECK(hands_over(world, frame, WEFT_HANDOVER_UNKNOWN_LOCATION));
  world.all.put_location(red, far_ip, to);
  CHECK(drops(world, frame, WEFT_DROP_NO_SELECTION));
}

TEST("what is remembered of a location lasts as long as its generation") {
  World world;
  Bytes packet = udp_packet(own_ip, far_ip), frame = framed(packet);
  weft_location to{peer_slot, WEFT_REMOTE, 0, {}};
  world.all.put_control(at_generation(5));
  world.all.put_location_entry(red, far_ip, {.check = 0, .zero = 0, .since = 6, .current = {}, .former = to});
  for (int times = 0; times < 3; times++) CHECK(is_encapsulated(world.run(frame), packet));
  world.all.put_control(at_generation(6));
  CHECK(hands_over(world, frame, WEFT_HANDOVER_UNKNOWN_LOCATION));
}

TEST("the slot of a device or address that was used last is not taken for granted") {
  World world;
  Bytes packet = udp_packet(own_ip, far_ip), frame = framed(packet), back = from_peer(gni_1_0(udp_packet(far_ip, own_ip)));
  CHECK(is_encapsulated(world.run(frame), packet) && world.all.run("weft_substrate", back).verdict == act_redirect);
  weft_port mine{red, lo, engine_device, WEFT_PORT_VETH, {2, 4, 10, 0, 0, 5}, 0};
  world.all.put_port(own_slot, {});
  world.all.put_port(9, mine);
  world.all.put_peer(peer_slot, {});
  world.all.put_peer(10, a_peer(there, here, sends(WEFT_FORMAT_GNI_2_0)));
  world.all.put_location(red, own_ip, {9, WEFT_LOCAL, 0, {}});
  world.all.put_location(red, far_ip, {10, WEFT_REMOTE, 0, {}});
  CHECK(part(world.run(frame).packet, 42, packet.size() + 8) == gni_2_0(packet));
  CHECK(world.all.run("weft_substrate", back).verdict == act_redirect);
  CHECK(world.all.port_counters(9).out.packets == 1 && world.all.peer_counters(10).in.packets == 1);
}

TEST("a location whose memory is another's by now counts as none") {
  World world;
  weft_location_entry entry{.check = 0, .zero = 0, .since = 0, .current = {peer_slot, WEFT_REMOTE, 0, {}}, .former = {}};
  world.all.put_location_of_another(red, far_ip, entry);
  CHECK(hands_over(world, framed(udp_packet(own_ip, far_ip)), WEFT_HANDOVER_UNKNOWN_LOCATION));
}

TEST("the packet that is traced is told with all that is known of it, and no other") {
  World world;
  weft_control control{};
  control.trace = 12;
  control.trace_gni = red;
  control.trace_source = own_ip;
  control.trace_destination = far_ip;
  control.trace_echo = 4711;
  world.all.put_control(control);
  for (auto other : {udp_packet(own_ip, far_ip), echo(own_ip, far_ip, 4712), echo(own_ip, other_ip, 4711)}) world.run(framed(other));
  CHECK(world.all.events().empty());
  Bytes packet = echo(own_ip, far_ip, 4711);
  Ran ran = world.run(framed(packet));
  auto told = world.all.events();
  CHECK(told.size() == 1);
  const weft_event& event = told[0];
  CHECK(event.kind == WEFT_EVENT_TRACE && event.trace == 12 && event.verdict == WEFT_SENT && event.program == WEFT_IN_GUEST);
  CHECK(event.port == own_slot && event.peer == peer_slot && event.format == WEFT_FORMAT_GNI_1_0);
  CHECK(event.length == packet.size() && event.segments == 1 && event.protocol == icmp && event.left_by > 1 && event.time_ns > 0);
  CHECK(memcmp(&event.outer_source, &here, 16) == 0 && memcmp(&event.outer_destination, &there, 16) == 0);
  CHECK(event.outer_source_port == (ran.packet[34] << 8 | ran.packet[35]));
}

TEST("of the packets that are carried one in so many is told as a flow") {
  Programs::Otherwise sampled([](weft_settings& settings) { settings.flow_sampling = 4; });
  World world;
  for (int times = 0; times < 400; times++) world.run(framed(udp_packet(own_ip, far_ip)));
  world.run(framed(udp_packet(other_ip, far_ip)));
  auto told = world.all.events();
  CHECK(told.size() > 50 && told.size() < 150);
  for (const weft_event& event : told) {
    CHECK(event.kind == WEFT_EVENT_FLOW && event.verdict == WEFT_SENT && event.protocol == udp);
    CHECK(event.source_port == 12345 && event.destination_port == 53 && event.port == own_slot && event.peer == peer_slot);
  }
}

TEST("a trace without an echo follows any packet, also where it is dropped") {
  World world;
  weft_control control{};
  control.trace = 3;
  control.trace_gni = red;
  control.trace_source = own_ip;
  control.trace_destination = far_ip;
  world.all.put_control(control);
  world.all.put_peer(peer_slot, a_peer(there, here, {WEFT_SEND_NONE, 0, 0}));
  world.run(framed(udp_packet(own_ip, far_ip)));
  auto told = world.all.events();
  CHECK(told.size() == 1 && told[0].verdict == WEFT_DROPPED && told[0].reason == WEFT_DROP_NO_SELECTION);
  CHECK(told[0].source_port == 12345 && told[0].destination_port == 53);
}

}  // namespace weft::test
