// Frameworks of others: Ethernet inside, ports of their own, and questions for Ethernet addresses.
#include <algorithm>

#include "neighbour.h"
#include "world.h"

namespace weft::test {

namespace {

constexpr uint8_t vxlan = WEFT_FORMAT_VXLAN, geneve = WEFT_FORMAT_GENEVE;
const Mac own_mac{{0x52, 0x54, 0, 0x12, 0x34, 0x56}};

/// Peer 5 sends and accepts one foreign format; host number 2 there has an Ethernet address of its own.
Change foreign_peer(uint8_t format) {
  Change change{.peers = {plain_peer(5, "198.18.0.2", format, {format})}};
  for (bool v6 : {false, true}) change.mappings.push_back({{overlay(v6, 2), 7}, 5, own_mac});
  return change;
}

Bytes frame_of(Packet& datagram, uint8_t format) { return Bytes(datagram).subspan(format_of(format)->header_length); }

Packet in_frame(const Packet& frame, uint8_t format, uint32_t gni = 7) {
  const Format& row = *format_of(format);
  Packet out(row.header_length);
  weft_header header;
  header.source_gni = header.destination_gni = gni;
  row.put(header, out, {});
  out.insert(out.end(), frame.begin(), frame.end());
  return out;
}

/// Who has 10.7.0.`target`? Tell 10.7.0.`asker` (0: nobody yet).
Packet arp(uint8_t target, uint8_t asker) {
  Packet frame(ethernet_header + 28);
  write_ethernet(frame.data(), Mac{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}, own_mac, ethertype_arp);
  uint8_t* at = &frame[ethernet_header];
  store16(at, 1);
  store16(at + 2, ethertype_ipv4);
  at[4] = 6;
  at[5] = 4;
  store16(at + 6, 1);
  std::copy(own_mac.bytes.begin(), own_mac.bytes.end(), at + 8);
  store32(at + 14, asker == 0 ? 0 : 0x0a070000u + asker);
  store32(at + 24, 0x0a070000u + target);
  return frame;
}

/// The same in IPv6, by multicast.
Packet solicitation(uint8_t target, uint8_t asker) {
  Spec spec = from_host(asker, target, true);
  spec.payload.clear();
  Packet inner = build(spec);
  inner.resize(40 + 32);
  store16(&inner[4], 32);
  inner[6] = 58;
  inner[7] = 255;
  store64(&inner[24], 0xff02000000000000);
  store64(&inner[32], 0x00000001ff000000 | target);
  std::fill(inner.begin() + 40, inner.end(), uint8_t{0});
  inner[40] = 135;
  store64(&inner[48], 0xfd07ull << 48);
  store64(&inner[56], target);
  inner[64] = inner[65] = 1;
  std::copy(own_mac.bytes.begin(), own_mac.bytes.end(), inner.begin() + 66);
  Packet pseudo(inner.begin() + 8, inner.begin() + 40);
  pseudo.insert(pseudo.end(), {0, 0, 0, 32, 0, 0, 0, 58});
  store16(&inner[42], static_cast<uint16_t>(~naive_sum(View(inner).subspan(40), naive_sum(pseudo))));
  Packet frame(ethernet_header);
  write_ethernet(frame.data(), Mac{{0x33, 0x33, 0xff, 0, 0, target}}, own_mac, ethertype_ipv6);
  frame.insert(frame.end(), inner.begin(), inner.end());
  return frame;
}

void arrives(Bench& bench, const Packet& datagram, uint8_t format) {
  bench.arrives(datagram, "198.18.0.2", 0, format_of(format)->carrier);
}

/// What the bench answered to the only question that it was asked; empty when nothing was sent.
Packet answer_of(const Bench& bench) {
  if (bench.world.sent.empty()) return {};
  CHECK(bench.world.sent.size() == 1 && bench.world.sent[0].packets.size() == 1);
  return bench.world.sent[0].packets[0];
}

}  // namespace

TEST("frames go to the format's own port, between the guest's derived address and the one that the mapping has") {
  for (uint8_t format : {vxlan, geneve}) {
    for (bool v6 : {false, true}) {
      Bench bench;
      bench.apply(foreign_peer(format));
      bench.guest_sends(build(from_host(1, 2, v6)));
      CHECK(bench.world.sent.size() == 1 && bench.world.sent[0].carrier == format_of(format)->carrier);
      Packet datagram = bench.world.sent[0].packets[0];
      Frame frame = read_frame(frame_of(datagram, format));
      CHECK(frame.destination == own_mac && frame.source == derived_mac(overlay(v6, 1)));
      CHECK(frame.kind == (v6 ? FrameKind::ipv6 : FrameKind::ipv4));
      bench.apply({.mappings = {{{overlay(v6, 2), 7}, 5}}});
      bench.guest_sends(build(from_host(1, 2, v6)));
      datagram = bench.world.sent[1].packets[0];
      CHECK(read_frame(frame_of(datagram, format)).destination == derived_mac(overlay(v6, 2)));
    }
  }
}

TEST("checksums leave complete: of single packets and of every segment of a super-packet") {
  for (uint8_t format : {vxlan, geneve}) {
    for (bool v6 : {false, true}) {
      for (bool tcp : {false, true}) {
        Bench bench;
        bench.apply(foreign_peer(format));
        Spec spec = from_host(1, 2, v6);
        spec.tcp = tcp;
        Super super = make_super(spec, 30'001, 1299);
        bench.guest_sends(super.packet, super.header);
        Packet partial = build(spec, true);
        bench.guest_sends(partial, partial_header(partial));
        CHECK(bench.all_drops() == 0 && bench.world.sent[0].segmented);
        std::vector<Packet> expected = super.expected;
        expected.push_back(partial);
        for (Packet& packet : expected) seal(packet, false);
        CHECK(inner_packets(bench.world) == expected);
      }
    }
  }
}

TEST("what one host sends in a foreign format another delivers, padded or not, and not to another carrier's format") {
  for (uint8_t format : {vxlan, geneve}) {
    for (bool v6 : {false, true}) {
      Bench bench;
      bench.apply(foreign_peer(format));
      Packet inner = build(from_host(2, 1, v6)), packet = datagram(format, inner, false);
      arrives(bench, packet, format);
      packet.resize(packet.size() + 18);
      arrives(bench, packet, format);
      CHECK(bench.all_drops() == 0 && (delivered(bench.world) == std::vector<Packet>{inner, inner}));
      bench.arrives(packet);  // at the port of gni
      CHECK(dropped_once(bench, WEFT_DROP_UNKNOWN_VERSION));
    }
  }
}

TEST("a packet of gni's that comes by a foreign port is none") {
  Bench bench;
  Packet packet = datagram(WEFT_FORMAT_GNI_1_0, build(from_host(2, 1)));
  bench.arrives(packet, "198.18.0.2", 0, Carrier::vxlan);
  CHECK(bench.drops(WEFT_DROP_BAD_HEADER) == 1);
  bench.arrives(packet, "198.18.0.2", 0, Carrier::geneve);
  CHECK(bench.drops(WEFT_DROP_BAD_HEADER) + bench.drops(WEFT_DROP_VERSION_NOT_ACCEPTED) + bench.drops(WEFT_DROP_SHORT) == 2);
  CHECK(bench.world.written.empty());
}

TEST("a packet is too big when it does not fit with its Ethernet header") {
  for (uint8_t format : {vxlan, geneve}) {
    Bench bench;
    Change change = foreign_peer(format);
    size_t over = 28 + weft_overhead(format);
    Packet inner = build(from_host(1, 2));
    change.peers[0].path_mtu = static_cast<uint32_t>(over + inner.size());
    bench.apply(change);
    bench.guest_sends(inner);
    CHECK(bench.world.sent.size() == 1 && bench.all_drops() == 0);
    change.peers[0].path_mtu--;
    bench.apply(change);
    bench.guest_sends(inner);
    CHECK(bench.world.sent.size() == 1 && dropped_once(bench, WEFT_DROP_TOO_BIG));
  }
}

TEST("who asks for a guest's Ethernet address gets the derived one, and nothing is counted as a drop") {
  for (uint8_t format : {vxlan, geneve}) {
    for (bool v6 : {false, true}) {
      Bench bench;
      bench.apply(foreign_peer(format));
      arrives(bench, in_frame(v6 ? solicitation(1, 2) : arp(1, 2), format), format);
      Packet answer = answer_of(bench);
      CHECK(bench.world.sent[0].carrier == format_of(format)->carrier && bench.world.sent[0].to.text() == "198.18.0.2");
      Frame frame = read_frame(frame_of(answer, format));
      CHECK(frame.destination == own_mac && frame.source == derived_mac(overlay(v6, 1)));
      CHECK(v6 ? frame.payload[40] == 136 : load16(&frame.payload[6]) == 2);
      CHECK(bench.all_drops() == 0 && bench.world.written.empty() && bench.world.misses.empty());
      weft_header header;
      CHECK(format_of(format)->get(answer.data(), header) && header.destination_gni == 7);
    }
  }
}

TEST("an asker that has no address yet, or that nobody has asked about, is answered") {
  for (uint8_t asker : {0, 77}) {
    Bench bench;
    bench.apply(foreign_peer(vxlan));
    arrives(bench, in_frame(arp(1, asker), vxlan), vxlan);
    CHECK(!answer_of(bench).empty() && bench.all_drops() == 0);
  }
}

TEST("a question is not answered for others' guests and networks, for askers from elsewhere, or where nothing may be sent") {
  auto refused = [](const Packet& frame, const Change& more, uint32_t gni, bool v6) {
    Bench bench;
    bench.apply(foreign_peer(vxlan));
    bench.apply(more);
    arrives(bench, in_frame(frame, vxlan, gni), vxlan);
    CHECK(bench.world.sent.empty() && bench.world.written.empty());
    CHECK(dropped_once(bench, !v6 ? WEFT_DROP_UNKNOWN_PROTOCOL : gni == 7 ? WEFT_DROP_NO_GUEST : WEFT_DROP_UNKNOWN_GNI));
  };
  Change silent = foreign_peer(vxlan), undecided_peer = foreign_peer(vxlan), pair = foreign_peer(vxlan);
  silent.peers[0].terms.send = nothing;
  undecided_peer.peers[0].terms.send = undecided;
  for (bool v6 : {false, true}) {
    auto question = [&](uint8_t target, uint8_t asker) { return v6 ? solicitation(target, asker) : arp(target, asker); };
    refused(question(2, 9), {}, 7, v6);   // lives on another host
    refused(question(99, 2), {}, 7, v6);  // lives nowhere
    refused(question(1, 2), {}, 8, v6);
    refused(question(1, 4), {}, 7, v6);   // peer 6 has the asker
    refused(question(1, 3), {}, 7, v6);   // this host has it
    refused(question(1, 2), silent, 7, v6);
    refused(question(1, 2), undecided_peer, 7, v6);
    pair.peers[0].pairs = {{{7, overlay(v6, 1), overlay(v6, 2)}, {0, 0}}};
    refused(question(1, 2), pair, 7, v6);
  }
}

TEST("more questions than fit into one flush are all answered") {
  Bench bench;
  bench.apply(foreign_peer(vxlan));
  Packet question = in_frame(arp(1, 2), vxlan), all;
  for (int times = 0; times < 200; times++) all.insert(all.end(), question.begin(), question.end());
  bench.arrives(all, "198.18.0.2", static_cast<uint16_t>(question.size()), Carrier::vxlan);
  size_t answers = 0;
  for (const auto& sent : bench.world.sent) {
    for (const Packet& packet : sent.packets) {
      CHECK(packet == bench.world.sent[0].packets[0]);
      answers++;
    }
  }
  CHECK(answers == 200 && bench.all_drops() == 0);
}

TEST("frames that are no packet to a guest have one reason each") {
  Bench bench;
  bench.apply(foreign_peer(geneve));
  Packet reply = arp(1, 2);
  store16(&reply[20], 2);
  arrives(bench, in_frame(reply, geneve), geneve);
  CHECK(bench.drops(WEFT_DROP_UNKNOWN_PROTOCOL) == 1);
  Packet group = datagram(geneve, build(from_host(2, 1)), false);
  Bytes inner = Bytes(group).subspan(format_of(geneve)->front());
  store32(&inner[16], 0xe00000fb);
  arrives(bench, group, geneve);
  CHECK(bench.drops(WEFT_DROP_NO_GUEST) == 1);
  Packet other = datagram(geneve, build(from_host(2, 1)), false);
  store32(&other[12], 8);  // the source network
  arrives(bench, other, geneve);
  CHECK(bench.drops(WEFT_DROP_GNI_MISMATCH) == 1 && bench.all_drops() == 3);
}

TEST("a guest's Ethernet address is seen in the snapshot that it was set in, and goes with the mapping") {
  Forwarding forwarding(6741);
  Retired retired;
  Mac other{{2, 0, 0, 0, 0, 1}};
  auto set = [&](uint8_t host, std::optional<Mac> mac) { return forwarding.apply({.mappings = {{{overlay(false, host), 7}, 5, mac}}}, retired); };
  auto of = [](const Snapshot* table, uint8_t host) { return table->macs.find({overlay(false, host), 7}); };
  const Snapshot* first = set(1, own_mac);
  const Snapshot* second = set(2, other);
  const Snapshot* third = set(1, std::nullopt);
  const Snapshot* fourth = set(3, other);  // in the place that is free
  const Snapshot* fifth = forwarding.apply({.remove_mappings = {{overlay(false, 2), 7}}}, retired);
  CHECK(*of(first, 1) == own_mac && of(first, 2) == nullptr);
  CHECK(*of(second, 1) == own_mac && *of(second, 2) == other);
  CHECK(of(third, 1) == nullptr && *of(third, 2) == other);
  CHECK(*of(fourth, 3) == other && *of(second, 1) == own_mac);
  CHECK(of(fifth, 2) == nullptr && *of(fourth, 2) == other);
}

}  // namespace weft::test
