// Both paths, packet by packet: verdicts, counters, order.
#include <cerrno>

#include "world.h"

namespace weft::test {

namespace {

int out_drop(const Packet& packet, const PortHeader& header = {}) {
  Bench bench;
  bench.guest_sends(packet, header);
  CHECK(bench.world.sent.empty() && bench.world.written.empty() && bench.all_drops() == 1);
  CHECK(bench.counters->ports[3].drops.load() == 1);
  for (int reason = 0; reason < WEFT_DROP_COUNT; reason++) {
    if (bench.drops(reason) == 1) return reason;
  }
  return -1;
}

int in_drop(const Packet& packet, const char* from = "198.18.0.2") {
  Bench bench;
  bench.arrives(packet, from);
  CHECK(bench.world.written.empty() && bench.all_drops() == 1);
  for (int reason = 0; reason < WEFT_DROP_COUNT; reason++) {
    if (bench.drops(reason) == 1) return reason;
  }
  return -1;
}

}  // namespace

TEST("a guest's packet goes to the peer of its destination, in the format of the session") {
  for (bool v6 : {false, true}) {
    Bench bench;
    Packet to_peer5 = build(from_host(1, 2, v6), true), to_peer6 = build(from_host(1, 4, v6), true);
    bench.guest_sends(to_peer5, partial_header(to_peer5));
    bench.guest_sends(to_peer6, partial_header(to_peer6));
    CHECK(bench.world.sent.size() == 2);
    CHECK(bench.world.sent[0].to.text() == "198.18.0.2" && bench.world.sent[1].to.text() == "198.18.0.3");
    CHECK(bench.world.sent[0].packets[0] == datagram(WEFT_FORMAT_GNI_1_0, to_peer5));
    CHECK(bench.world.sent[1].packets[0] == datagram(WEFT_FORMAT_GNI_1_1, to_peer6));
    CHECK(bench.counters->ports[3].out.packets.load() == 2);
    CHECK(bench.counters->peers[5].out.bytes.load() == to_peer5.size());
    CHECK(bench.all_drops() == 0);
  }
}

TEST("what a guest must not send is dropped under its own reason") {
  CHECK(out_drop(Packet(19, 0x45)) == WEFT_DROP_GUEST_MALFORMED);
  CHECK(out_drop({}) == WEFT_DROP_GUEST_MALFORMED);
  Packet longer = build(from_host(1, 2));
  longer.push_back(0);
  CHECK(out_drop(longer) == WEFT_DROP_GUEST_MALFORMED);
  PortHeader outside{};
  outside.flags = PortHeader::needs_checksum;
  outside.checksum_start = 20;
  outside.checksum_offset = 4000;
  CHECK(out_drop(build(from_host(1, 2)), outside) == WEFT_DROP_GUEST_MALFORMED);
  CHECK(out_drop(build(from_host(3, 2))) == WEFT_DROP_GUEST_SPOOFED_SOURCE);
  Spec elsewhere = from_host(1, 2);
  Packet multicast = build(elsewhere);
  multicast[16] = 224;
  CHECK(out_drop(multicast) == WEFT_DROP_NOT_UNICAST);
  Packet outside_prefix = build(elsewhere);
  outside_prefix[16] = 11;
  CHECK(out_drop(outside_prefix) == WEFT_DROP_NO_ROUTE);
  CHECK(out_drop(build(from_host(1, 9))) == WEFT_DROP_NO_MAPPING);
  Spec big = from_host(1, 2);
  big.payload = Packet(1500 - 28 - 12 - headers_length(big) + 1, 1);
  CHECK(out_drop(build(big)) == WEFT_DROP_TOO_BIG);
}

TEST("what a guest's kernel sends by itself is not unicast, whether its port is known and its source its own or not") {
  auto to = [](bool v6, const char* text, uint8_t source) {
    Packet packet = build(from_host(source, 2, v6));
    Address address = *Address::parse(text);
    if (v6) store64(&packet[24], address.high), store64(&packet[32], address.low);
    else store32(&packet[16], static_cast<uint32_t>(address.low));
    return packet;
  };
  for (bool known : {true, false}) {
    for (uint8_t source : {1, 77}) {
      Bench bench;
      if (!known) bench.apply({.remove_ports = {3}});
      for (const char* text : {"ff02::16", "ff05::2", "fe80::1", "::"}) bench.guest_sends(to(true, text, source));
      for (const char* text : {"224.0.0.22", "255.255.255.255", "169.254.0.1", "0.0.0.0"}) bench.guest_sends(to(false, text, source));
      CHECK(bench.drops(WEFT_DROP_NOT_UNICAST) == 8 && bench.all_drops() == 8);
    }
  }
  Bench bench;
  bench.apply({.remove_ports = {3}});
  bench.guest_sends(to(false, "10.7.0.2", 1));
  CHECK(dropped_once(bench, WEFT_DROP_NO_ROUTE));
}

TEST("the largest packet that the path carries goes") {
  Bench bench;
  Spec big = from_host(1, 2);
  big.payload = Packet(1500 - 28 - 12 - headers_length(big), 1);
  bench.guest_sends(build(big));
  CHECK(bench.world.sent.size() == 1 && bench.world.sent[0].packets[0].size() == 1472);
}

TEST("a super-packet leaves as one send of the packets that it stands for, payload never copied wrongly") {
  for (bool v6 : {false, true}) {
    for (bool tcp : {false, true}) {
      for (uint8_t destination : {2, 4}) {
        Bench bench;
        Spec spec = from_host(1, destination, v6);
        spec.tcp = tcp;
        Super super = make_super(spec, 40'000, 1371);
        bench.guest_sends(super.packet, super.header);
        CHECK(bench.world.sent.size() == 1);
        CHECK(inner_packets(bench.world) == super.expected);
        CHECK(bench.counters->ports[3].out.packets.load() == super.expected.size());
        CHECK(bench.counters->super_packets_out.load() == 1);
      }
    }
  }
}

TEST("a super-packet that is too much for one send leaves in several, in order") {
  Bench bench;
  Super super = make_super(from_host(1, 2), 64'000, 500);
  bench.guest_sends(super.packet, super.header);
  CHECK(bench.world.sent.size() == 2 && bench.world.sent[0].packets.size() == 64);
  CHECK(inner_packets(bench.world) == super.expected);
}

TEST("packets of one flow that follow each other share a send, others do not") {
  Bench bench;
  std::vector<Packet> packets;
  for (uint16_t number = 0; number < 12; number++) {
    Spec spec = from_host(1, 2);
    spec.tcp = false;
    spec.id = number;
    spec.payload = Packet(number == 9 ? 20 : 64, 1);  // a shorter one is the last of its send
    packets.push_back(build(spec));
    Packet bytes(sizeof(PortHeader));
    bytes.insert(bytes.end(), packets.back().begin(), packets.back().end());
    bench.world.readable.push_back(bytes);
  }
  bench.guest_sends(build(from_host(1, 4)));
  CHECK(bench.world.sent.size() == 3);
  CHECK(bench.world.sent[0].packets.size() == 10 && bench.world.sent[0].segmented);
  CHECK(bench.world.sent[1].packets.size() == 2);
  std::vector<Packet> found = inner_packets(bench.world);
  found.pop_back();
  CHECK(found == packets);
}

TEST("a partial checksum that the receiver could not find again is completed") {
  Bench bench;
  Spec spec = from_host(1, 2);
  spec.tcp = false;
  spec.payload = Packet(101, 9);
  Packet complete = build(spec), partial = build(spec, true);
  PortHeader header = partial_header(partial);
  // The same bytes behind a protocol that is neither TCP nor UDP.
  for (Packet* packet : {&complete, &partial}) {
    (*packet)[9] = 136;
    store16(&(*packet)[10], 0);
    store16(&(*packet)[10], static_cast<uint16_t>(~naive_sum(View(*packet).first(20))));
  }
  bench.guest_sends(partial, header);
  CHECK(bench.world.sent[0].packets[0] == datagram(WEFT_FORMAT_GNI_1_0, complete, false));
}

TEST("two guests of one host talk without the substrate, super-packets whole") {
  Bench bench;
  Super super = make_super(from_host(1, 3), 10'000, 1000);
  bench.guest_sends(super.packet, super.header);
  CHECK(bench.world.sent.empty() && bench.world.written.size() == 1);
  CHECK(bench.world.written[0].fd == port4_queue);
  CHECK(bench.world.written[0].packet == super.packet);
  CHECK(bench.world.written[0].header.gso_size == 1000);
  CHECK(bench.counters->local.packets.load() == 10);
  CHECK(bench.counters->ports[4].in.packets.load() == 10);
}

TEST("an unknown destination waits, is asked for once, and leaves in order when it is known") {
  Bench bench;
  std::vector<Packet> packets;
  for (uint16_t number = 0; number < 3; number++) {
    Spec spec = from_host(1, 50);
    spec.id = number;
    packets.push_back(build(spec));
    bench.guest_sends(packets.back());
  }
  CHECK(bench.world.sent.empty() && bench.all_drops() == 0);
  CHECK(bench.world.misses.size() == 1 && bench.world.misses[0].side == Side::destination);
  CHECK(bench.world.misses[0].gni == 7 && bench.world.misses[0].address == overlay(false, 50));
  bench.apply({.mappings = {{{overlay(false, 50), 7}, 5}}});
  CHECK(inner_packets(bench.world) == packets);
}

TEST("a super-packet that waits counts its segments, and leaves whole") {
  Bench bench;
  Super super = make_super(from_host(1, 50), 9'000, 1371);
  bench.guest_sends(super.packet, super.header);
  CHECK(bench.waiting.packets() == super.expected.size());
  bench.apply({.mappings = {{{overlay(false, 50), 7}, 5}}});
  CHECK(bench.world.sent.size() == 1 && inner_packets(bench.world) == super.expected);
}

TEST("packets of one flow for two ports are not mixed") {
  Bench bench;
  Spec spec = from_host(2, 1);
  spec.payload = Packet(500, 1);
  Packet first = build(spec, true);
  spec.sequence += 500;
  Packet second = build(spec, true);
  // Between the two packets the guest moves to another port: its address is the same, its queue is not.
  Packet first_datagram = datagram(WEFT_FORMAT_GNI_1_0, first), second_datagram = datagram(WEFT_FORMAT_GNI_1_0, second);
  bench.in.receive(*Address::parse("198.18.0.2"), Carrier::gni, first_datagram, 0);
  bench.apply({.remove_ports = {3}, .ports = {{4, 7, {overlay(false, 1)}}}});
  bench.in.receive(*Address::parse("198.18.0.2"), Carrier::gni, second_datagram, 0);
  bench.in.flush();
  CHECK(bench.world.written.size() == 2);
  CHECK(bench.world.written[0].fd == port3_queue && bench.world.written[1].fd == port4_queue);
}

TEST("a mapped destination without a session waits without being asked for") {
  Bench bench;
  bench.apply({.peers = {plain_peer(5, "198.18.0.2", WEFT_FORMAT_NONE, {})}});
  bench.guest_sends(build(from_host(1, 2)));
  CHECK(bench.waiting.packets() == 1 && bench.world.misses.empty() && bench.all_drops() == 0);
}

TEST("a destination for which nothing may be sent drops at once, also what waited for the decision") {
  Bench bench;
  bench.apply({.peers = {plain_peer(5, "198.18.0.2", WEFT_FORMAT_NONE)}});
  bench.guest_sends(build(from_host(1, 2)));
  CHECK(bench.waiting.packets() == 1 && bench.all_drops() == 0);
  Change::PeerChange closed = plain_peer(5, "198.18.0.2", WEFT_FORMAT_NONE);
  closed.terms.send = nothing;
  bench.apply({.peers = {closed}});
  CHECK(dropped_once(bench, WEFT_DROP_NO_SELECTION) && bench.waiting.packets() == 0);
  bench.guest_sends(build(from_host(1, 2)));
  CHECK(bench.drops(WEFT_DROP_NO_SELECTION) == 2 && bench.world.sent.empty());
}

TEST("the first-packet queue is bounded, and what does not fit is counted") {
  Bench bench;
  for (int number = 0; number < 10; number++) bench.guest_sends(build(from_host(1, 50)));
  CHECK(bench.waiting.packets() == 8);
  CHECK(bench.drops(WEFT_DROP_RESOLVE_QUEUE_FULL) == 2 && bench.all_drops() == 2);
}

TEST("what arrives is delivered to the guest of its destination, and partial checksums stay the kernel's work") {
  for (int format : {WEFT_FORMAT_GNI_1_0, WEFT_FORMAT_GNI_1_1}) {
    for (bool v6 : {false, true}) {
      Bench bench;
      Packet partial = build(from_host(2, 1, v6), true), complete = build(from_host(2, 3, v6));
      bench.arrives(datagram(format, partial));
      bench.arrives(datagram(format, complete, false));
      CHECK(bench.world.written.size() == 2);
      CHECK(bench.world.written[0].fd == port3_queue && bench.world.written[1].fd == port4_queue);
      CHECK(bench.world.written[0].packet == partial && bench.world.written[1].packet == complete);
      CHECK(bench.world.written[0].header.flags == PortHeader::needs_checksum);
      CHECK(bench.world.written[0].header.checksum_start == (v6 ? 40 : 20));
      CHECK(bench.world.written[0].header.checksum_offset == 16);
      CHECK(bench.world.written[1].header.flags == 0);
      CHECK(bench.counters->peers[5].in.packets.load() == 2);
    }
  }
}

TEST("what must not be delivered is dropped under its own reason") {
  Packet good = build(from_host(2, 1), true);
  CHECK(in_drop({}) == WEFT_DROP_SHORT);
  CHECK(in_drop(datagram(WEFT_FORMAT_GNI_1_0, good), "198.18.0.77") == WEFT_DROP_UNKNOWN_PEER);
  CHECK(in_drop({0x12, 0, 0}) == WEFT_DROP_UNKNOWN_VERSION);
  CHECK(in_drop(datagram(WEFT_FORMAT_GNI_1_0, good, true, 8)) == WEFT_DROP_UNKNOWN_GNI);
  Packet mismatch = datagram(WEFT_FORMAT_GNI_1_0, good);
  mismatch[7] ^= 1;
  CHECK(in_drop(mismatch) == WEFT_DROP_GNI_MISMATCH);
  CHECK(in_drop(datagram(WEFT_FORMAT_GNI_1_0, build(from_host(2, 55)))) == WEFT_DROP_NO_GUEST);
  CHECK(in_drop(datagram(WEFT_FORMAT_GNI_1_0, build(from_host(4, 1)))) == WEFT_DROP_SPOOFED_INNER_SOURCE);
  CHECK(in_drop(datagram(WEFT_FORMAT_GNI_1_0, build(from_host(9, 1)))) == WEFT_DROP_SPOOFED_INNER_SOURCE);
  CHECK(in_drop(datagram(WEFT_FORMAT_GNI_1_0, build(from_host(3, 1)))) == WEFT_DROP_SPOOFED_INNER_SOURCE);
}

TEST("a session's format that is not accepted is dropped, the others are not") {
  Bench bench;
  bench.apply({.peers = {plain_peer(5, "198.18.0.2", WEFT_FORMAT_GNI_1_1, {WEFT_FORMAT_GNI_1_1})}});
  bench.arrives(datagram(WEFT_FORMAT_GNI_1_0, build(from_host(2, 1), true)));
  CHECK(dropped_once(bench, WEFT_DROP_VERSION_NOT_ACCEPTED));
  CHECK(bench.counters->peers[5].drops.load() == 1);
  bench.arrives(datagram(WEFT_FORMAT_GNI_1_1, build(from_host(2, 1), true)));
  CHECK(bench.world.written.size() == 1);
}

TEST("an unknown source waits; the answer decides whether it was true") {
  for (uint32_t peer : {5u, 6u, no_peer}) {
    Bench bench;
    Packet packet = build(from_host(60, 1), true);
    bench.arrives(datagram(WEFT_FORMAT_GNI_1_0, packet));
    CHECK(bench.world.written.empty() && bench.all_drops() == 0);
    CHECK(bench.world.misses.size() == 1 && bench.world.misses[0].side == Side::source);
    bench.apply({.mappings = {{{overlay(false, 60), 7}, peer}}});
    bool true_source = peer == 5;
    CHECK(delivered(bench.world) == (true_source ? std::vector<Packet>{packet} : std::vector<Packet>{}));
    CHECK(bench.drops(WEFT_DROP_SPOOFED_INNER_SOURCE) == (true_source ? 0 : 1));
  }
}

TEST("bad datagrams between good ones are counted and the good ones arrive") {
  Bench bench;
  Super super = make_super(from_host(2, 1), 9'000, 1000);
  Packet all;
  uint32_t number = 0;
  std::vector<Packet> expected;
  for (const Packet& packet : super.expected) {
    Packet bytes = datagram(WEFT_FORMAT_GNI_1_1, packet);
    if (++number % 3 == 0) bytes[40] ^= 1;
    else expected.push_back(packet);
    all.insert(all.end(), bytes.begin(), bytes.end());
  }
  bench.arrives(all, "198.18.0.2", static_cast<uint16_t>(16 + 52 + 1000));
  CHECK(delivered(bench.world) == expected);
  CHECK(bench.drops(WEFT_DROP_BAD_CHECKSUM) == 3 && bench.all_drops() == 3);
}

TEST("what one side's send path puts out, the other side's receive path puts back together") {
  for (bool v6 : {false, true}) {
    for (bool tcp : {false, true}) {
      Bench bench;
      Spec spec = from_host(1, 2, v6);
      spec.tcp = tcp;
      Super super = make_super(spec, 50'000, 1371);
      bench.guest_sends(super.packet, super.header);
      World::Datagrams sent = bench.world.sent.at(0);
      // On the other host the guest of 10.7.0.2 is at port 3, and 10.7.0.1 behind peer 5.
      bench.apply({.remove_ports = {4},
                   .ports = {{3, 7, {overlay(v6, 2)}}},
                   .mappings = {{{overlay(v6, 1), 7}, 5}}});
      Packet all;
      for (const Packet& packet : sent.packets) all.insert(all.end(), packet.begin(), packet.end());
      bench.arrives(all, "198.18.0.2", static_cast<uint16_t>(sent.packets[0].size()));
      CHECK(bench.world.written.size() == 1);
      CHECK(bench.world.written[0].packet == super.packet);
      CHECK(bench.world.written[0].header.gso_size == 1371);
      CHECK(bench.counters->super_packets_in.load() == 1);
    }
  }
}

}  // namespace weft::test
