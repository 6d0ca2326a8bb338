// What is done to packets on their way: elided, compressed, sealed, by the terms of the peer or of one pair of guests.
#include <algorithm>
#include <cerrno>

#include "world.h"

namespace weft::test {

namespace {

constexpr uint8_t gni20 = WEFT_FORMAT_GNI_2_0, gni30 = WEFT_FORMAT_GNI_3_0;

/// The guest of host number 2 is at port 3, and 10.7.0.1 behind peer 5: what was sent before can be received.
void become_the_other_host(Bench& bench) {
  Change change{.remove_ports = {4}, .ports = {{3, 7, {overlay(false, 2), overlay(true, 2)}}}};
  for (bool v6 : {false, true}) change.mappings.push_back({{overlay(v6, 1), 7}, 5});
  bench.apply(change);
}

const std::vector<Encapsulation> all_encapsulations = [] {
  std::vector<Encapsulation> all;
  for (uint8_t format : {gni20, gni30}) {
    for (Compression compression : {Compression::none, Compression::lz4, Compression::zstd}) {
      for (bool elision : {false, true}) all.push_back({.format = format, .compression = compression, .elision = elision});
    }
  }
  return all;
}();

/// A datagram from host number 2 to 1 by an encapsulation, made by the send path of another host.
Packet datagram_as(const Encapsulation& as, const Packet& inner, size_t number = 0) {
  Bench sender;
  sender.apply(session(as));
  sender.apply({.remove_ports = {3, 4},
                .ports = {{3, 7, {overlay(false, 2), overlay(true, 2)}}},
                .mappings = {{{overlay(false, 1), 7}, 5}, {{overlay(true, 1), 7}, 5}}});
  for (size_t at = 0; at <= number; at++) sender.guest_sends(inner);
  return sender.world.sent.at(number).packets.at(0);
}

Verdict in_drop(Bench& bench, const Packet& packet) {
  uint64_t before = bench.all_drops();
  std::array<uint64_t, WEFT_DROP_COUNT> each;
  for (int reason = 0; reason < WEFT_DROP_COUNT; reason++) each[reason] = bench.drops(reason);
  size_t written = bench.world.written.size();
  bench.arrives(packet);
  if (bench.all_drops() == before) return bench.world.written.size() == written + 1 ? kept : held_back;
  CHECK(bench.all_drops() == before + 1 && bench.world.written.size() == written);
  for (int reason = 0; reason < WEFT_DROP_COUNT; reason++) {
    if (bench.drops(reason) != each[reason]) return reason;
  }
  return held_back;
}

Packet text_packet(uint8_t from = 2, uint8_t to = 1, bool v6 = false) {
  Spec spec = from_host(from, to, v6);
  spec.payload = Packet(600, 'a');
  return build(spec);
}

}  // namespace

TEST("packets of every encapsulation arrive as they were sent, alone and as super-packets") {
  for (const Encapsulation& as : all_encapsulations) {
    for (bool v6 : {false, true}) {
      for (bool tcp : {false, true}) {
        Bench bench;
        bench.apply(session(as));
        Spec spec = from_host(1, 2, v6);
        spec.tcp = tcp;
        Super super = make_super(spec, 30'000, 1300);
        Packet alone = build(spec), partial = build(spec, true), text = text_packet(1, 2, v6);
        bench.guest_sends(alone);
        bench.guest_sends(partial, partial_header(partial));
        bench.guest_sends(text);
        bench.guest_sends(super.packet, super.header);
        CHECK(bench.all_drops() == 0);
        std::vector<World::Datagrams> sent = bench.world.sent;
        become_the_other_host(bench);
        for (const auto& each : sent) {
          Packet all;
          for (const Packet& packet : each.packets) all.insert(all.end(), packet.begin(), packet.end());
          bench.arrives(all, "198.18.0.2", static_cast<uint16_t>(each.segmented ? each.packets[0].size() : 0));
        }
        CHECK(bench.all_drops() == 0);
        std::vector<Packet> expected{alone, partial, text};
        for (const Packet& packet : super.expected) expected.push_back(packet);
        CHECK(delivered(bench.world) == expected);
        CHECK(bench.world.written[0].header.flags == 0 && bench.world.written[1].header.flags == PortHeader::needs_checksum);
      }
    }
  }
}

TEST("segments of equal length stay equal when they are sealed, and leave as one send") {
  for (bool elision : {false, true}) {
    Bench bench;
    bench.apply(session({.format = gni30, .elision = elision}));
    Super super = make_super(from_host(1, 2), 40'000, 1371);
    bench.guest_sends(super.packet, super.header);
    CHECK(bench.world.sent.size() == 1 && bench.world.sent[0].segmented);
    CHECK(bench.world.sent[0].packets.size() == super.expected.size());
    size_t inner = super.expected[0].size();
    CHECK(bench.world.sent[0].packets[0].size() == 20 + inner - (elision ? 6 : 0) + 16);
  }
}

TEST("segments longer and shorter than their headers are sealed as they are, and as they leave one by one") {
  for (int refuse_segmented : {0, EIO}) {
    for (bool v6 : {false, true}) {
      for (uint16_t size = 1; size < 100; size++) {
        Bench bench;
        bench.apply(session({.format = gni30}));
        bench.world.refuse_segmented = refuse_segmented;
        Super super = make_super(from_host(1, 2, v6), 10 * size + 1, size);
        bench.guest_sends(super.packet, super.header);
        std::vector<World::Datagrams> sent = bench.world.sent;
        CHECK(sent.size() == (refuse_segmented == 0 ? 1 : super.expected.size()));
        become_the_other_host(bench);
        for (const auto& each : sent) {
          for (const Packet& packet : each.packets) bench.arrives(packet);
        }
        CHECK(bench.all_drops() == 0 && delivered(bench.world) == super.expected);
      }
    }
  }
}

TEST("a super-packet of 64 KB of one-byte segments is sealed, whatever memory it takes") {
  for (uint8_t format : {gni20, gni30}) {
    Bench bench;
    bench.apply(session({.format = format, .compression = Compression::lz4, .elision = true}));
    Super super = make_super(from_host(1, 2), 2048, 1);
    bench.guest_sends(super.packet, super.header);
    std::vector<World::Datagrams> sent = bench.world.sent;
    become_the_other_host(bench);
    for (const auto& each : sent) {
      for (const Packet& packet : each.packets) bench.arrives(packet);
    }
    CHECK(bench.all_drops() == 0 && delivered(bench.world) == super.expected);
  }
}

TEST("sealed packets of one flow have sequences that follow each other, and no payload in the clear") {
  Bench bench;
  bench.apply(session({.format = gni30}));
  Packet text = text_packet(1, 2);
  for (int number = 0; number < 3; number++) bench.guest_sends(text);
  for (size_t number = 0; number < 3; number++) {
    const Packet& packet = bench.world.sent[number].packets[0];
    CHECK(load64(&packet[12]) == number && packet[3] == 1);
    Packet payload(100, 'a');
    CHECK(std::search(packet.begin(), packet.end(), payload.begin(), payload.end()) == packet.end());
  }
  CHECK(bench.world.sent[0].packets[0] != bench.world.sent[1].packets[0]);
}

TEST("compression that pays makes datagrams shorter; what it does not shorten goes as it is") {
  for (Compression method : {Compression::lz4, Compression::zstd}) {
    Bench bench;
    bench.apply(session({.format = gni20, .compression = method}));
    bench.guest_sends(text_packet(1, 2));
    Random random(7);
    Spec noise = from_host(1, 2);
  noise.tcp = false;
    noise.payload = random.bytes(600);
    bench.guest_sends(build(noise));
    CHECK(bench.world.sent[0].packets[0].size() < 200);
    CHECK((bench.world.sent[0].packets[0][1] >> 3 & 3) == static_cast<int>(method));
    CHECK(bench.world.sent[1].packets[0].size() == 8 + headers_length(noise) + 600);
    CHECK((bench.world.sent[1].packets[0][1] >> 3 & 3) == 0);
  }
}

TEST("compression is tried less and less while it does not pay, and as before once it does") {
  Bench bench;
  bench.apply(session({.format = gni20, .compression = Compression::lz4}));
  Random random(8);
  Spec noise = from_host(1, 2);
  noise.tcp = false;
  noise.payload = random.bytes(600);
  for (int number = 0; number < 8; number++) bench.guest_sends(build(noise));
  bench.world.sent.clear();
  for (int number = 0; number < 300; number++) bench.guest_sends(text_packet(1, 2));
  std::vector<bool> shorter;
  for (const auto& sent : bench.world.sent) shorter.push_back(sent.packets[0].size() < 200);
  CHECK(!shorter.front() && shorter.back());
  CHECK(std::is_sorted(shorter.begin(), shorter.end()));
}

TEST("what is too big counts header and tag, and a packet that just fits is sealed") {
  Bench bench;
  bench.apply(session({.format = gni30}));
  Spec big = from_host(1, 2);
  big.payload = Packet(1500 - 28 - 20 - 16 - headers_length(big), 1);
  bench.guest_sends(build(big));
  CHECK(bench.world.sent.size() == 1 && bench.world.sent[0].packets[0].size() == 1472);
  big.payload.push_back(1);
  bench.guest_sends(build(big));
  CHECK(dropped_once(bench, WEFT_DROP_TOO_BIG));
}

TEST("a key that has sealed all it may seals no more, not even the first part of a super-packet") {
  Bench bench;
  Change change = session({.format = gni30});
  std::shared_ptr<SessionKey> key = change.keys[0].key;
  constexpr uint32_t step = 1u << 31;
  for (uint64_t at = 0; at + step < sequences_per_key; at += step) CHECK(key->reserve(step) == at);
  CHECK(key->reserve(step - 2) == sequences_per_key - step);
  bench.apply(change);
  bench.guest_sends(build(from_host(1, 2)));
  CHECK(bench.world.sent.size() == 1 && load64(&bench.world.sent[0].packets[0][12]) == sequences_per_key - 2);
  Super super = make_super(from_host(1, 2), 2'600, 1300);
  bench.guest_sends(super.packet, super.header);
  CHECK(bench.drops(WEFT_DROP_KEY_EXHAUSTED) == 2 && bench.all_drops() == 2 && bench.world.sent.size() == 1);
  bench.guest_sends(build(from_host(1, 2)));
  CHECK(bench.drops(WEFT_DROP_KEY_EXHAUSTED) == 3);
}

TEST("a sealed packet that is changed, repeated, or sealed with another key is dropped under its own reason") {
  Bench bench;
  bench.apply(session({.format = gni30}));
  Packet good = datagram_as({.format = gni30}, text_packet());
  auto changed = [&](size_t at, uint8_t by) {
    Packet packet = good;
    packet[at] ^= by;
    return packet;
  };
  CHECK(in_drop(bench, Packet(good.begin(), good.begin() + 35)) == WEFT_DROP_SHORT);
  CHECK(in_drop(bench, changed(1, 0x80)) == WEFT_DROP_BAD_HEADER);
  CHECK(in_drop(bench, changed(1, 0x0c)) == WEFT_DROP_BAD_HEADER);
  CHECK(in_drop(bench, changed(3, 1)) == WEFT_DROP_UNKNOWN_KEY);
  CHECK(in_drop(bench, changed(1, 0x02)) == WEFT_DROP_BAD_TAG);
  CHECK(in_drop(bench, changed(7, 1)) == WEFT_DROP_BAD_TAG);
  CHECK(in_drop(bench, changed(19, 1)) == WEFT_DROP_BAD_TAG);
  CHECK(in_drop(bench, changed(60, 1)) == WEFT_DROP_BAD_TAG);
  CHECK(in_drop(bench, changed(good.size() - 1, 1)) == WEFT_DROP_BAD_TAG);
  CHECK(in_drop(bench, good) == kept);
  CHECK(in_drop(bench, good) == WEFT_DROP_REPLAYED);
  bench.apply({.keys = {key_at(9, CipherUse::open, 77)}});
  Change::PeerChange other = plain_peer(5, "198.18.0.2", WEFT_FORMAT_NONE, {});
  other.encapsulations = {{.format = gni30, .key = 9}};
  other.terms.accept = 1;
  bench.apply({.peers = {other}});
  CHECK(in_drop(bench, datagram_as({.format = gni30}, text_packet(), 1)) == WEFT_DROP_BAD_TAG);
  CHECK(bench.counters->peer_drops[5][WEFT_DROP_BAD_TAG].load() == 6);
}

TEST("a window outlives a change of the terms away from its key and back") {
  Bench bench;
  Change change = session({.format = gni30});
  bench.apply(change);
  Packet good = datagram_as({.format = gni30}, text_packet());
  CHECK(in_drop(bench, good) == kept);
  bench.apply({.peers = {plain_peer(5, "198.18.0.2")}});
  CHECK(in_drop(bench, good) == WEFT_DROP_VERSION_NOT_ACCEPTED);
  bench.apply({.peers = change.peers});
  CHECK(in_drop(bench, good) == WEFT_DROP_REPLAYED);
  CHECK(in_drop(bench, datagram_as({.format = gni30}, text_packet(), 1)) == kept);
}

TEST("two accepted keys of one id are both tried") {
  Bench bench;
  Change::PeerChange peer = plain_peer(5, "198.18.0.2", WEFT_FORMAT_NONE, {});
  peer.encapsulations = {{.format = gni30, .key = 10}, {.format = gni30, .key = 11}, {.format = gni30, .key = 12}};
  peer.terms.accept = 3;  // not the third
  bench.apply({.keys = {key_at(10, CipherUse::open, 50), key_at(11, CipherUse::open), key_at(12, CipherUse::open, 60, 9)},
               .peers = {peer}});
  CHECK(in_drop(bench, datagram_as({.format = gni30}, text_packet())) == kept);
  Packet of_third = datagram_as({.format = gni30}, text_packet());
  of_third[3] = 9;
  CHECK(in_drop(bench, of_third) == WEFT_DROP_UNKNOWN_KEY);
}

TEST("what a packet does with a format must be accepted, all of it by one encapsulation") {
  for (uint8_t format : {gni20, gni30}) {
    Encapsulation plain{.format = format}, lz4{.format = format, .compression = Compression::lz4};
    Encapsulation elided{.format = format, .elision = true}, both = lz4;
    both.elision = true;
    Packet small = build(from_host(2, 1));  // too short to compress, long enough to elide
    struct Case {
      Encapsulation accepted, sent;
      Packet packet;
      Verdict verdict;
    } cases[] = {
        {plain, lz4, text_packet(), WEFT_DROP_FEATURE_NOT_ACCEPTED},
        {plain, elided, small, WEFT_DROP_FEATURE_NOT_ACCEPTED},
        {lz4, elided, small, WEFT_DROP_FEATURE_NOT_ACCEPTED},
        {lz4, both, text_packet(), WEFT_DROP_FEATURE_NOT_ACCEPTED},
        {lz4, plain, small, kept},
        {both, elided, small, kept},
        {both, lz4, text_packet(), kept},
        {both, both, text_packet(), kept},
    };
    for (const Case& each : cases) {
      Bench bench;
      bench.apply(session(each.accepted));
      CHECK(in_drop(bench, datagram_as(each.sent, each.packet)) == each.verdict);
    }
    Bench apart;
    Change change = session(lz4);
    change.peers[0].encapsulations.push_back(with_key(elided, open_slot));
    change.peers[0].terms.accept |= 1u << 2;
    apart.apply(change);
    CHECK(in_drop(apart, datagram_as(both, text_packet())) == WEFT_DROP_FEATURE_NOT_ACCEPTED);
  }
}

TEST("what does not decompress, and an elided header that lies, have their own reasons") {
  Bench bench;
  bench.apply(session({.format = gni20, .compression = Compression::lz4, .elision = true}));
  Packet good = datagram_as({.format = gni20, .compression = Compression::lz4}, text_packet());
  CHECK(in_drop(bench, good) == kept);
  good.resize(good.size() - 3);
  CHECK(in_drop(bench, good) == WEFT_DROP_BAD_COMPRESSION);
  Packet elided = datagram_as({.format = gni20, .elision = true}, build(from_host(2, 1)));
  CHECK(in_drop(bench, Packet(elided.begin(), elided.begin() + 8 + 13)) == WEFT_DROP_SHORT);
  elided[8 + 3] = 0x20;
  CHECK(in_drop(bench, elided) == WEFT_DROP_INNER_MALFORMED);
}

TEST("decompressed packets of one buffer that fill the memory for them are written before it is used again") {
  Bench bench;
  bench.apply(session({.format = gni20, .compression = Compression::zstd}));
  bench.apply({.peers = {[] {
    Change::PeerChange peer = session({.format = gni20, .compression = Compression::zstd}).peers[0];
    peer.path_mtu = 65535;
    return peer;
  }()}});
  Spec spec = from_host(1, 2);
  spec.tcp = false;
  std::vector<Packet> expected;
  for (uint8_t number = 0; number < 40; number++) {
    spec.payload = Packet(20'000, number);
    spec.id = number;
    expected.push_back(build(spec, true));
    bench.guest_sends(expected.back(), partial_header(expected.back()));
  }
  size_t longest = 0;
  for (const auto& sent : bench.world.sent) longest = std::max(longest, sent.packets[0].size());
  std::vector<World::Datagrams> sent = bench.world.sent;
  become_the_other_host(bench);
  for (const auto& each : sent) bench.world.receivable.push_back({*Address::parse("198.18.0.2"), each.packets[0], 0});
  while (bench.in.drain(0, Carrier::gni) != EAGAIN) continue;
  CHECK(longest < 200 && bench.all_drops() == 0);
  CHECK(delivered(bench.world) == expected);
}

TEST("a pair of guests has its own terms in both directions, and the others keep the peer's") {
  Bench bench;
  Change::PeerChange peer = plain_peer(5, "198.18.0.2");  // sends 1.0; accepts 1.0, 1.1
  peer.encapsulations.push_back({.format = gni20});
  SendTerms as = static_cast<SendTerms>(peer.encapsulations.size() - 1);
  peer.pairs = {{{7, overlay(false, 1), overlay(false, 2)}, {as, 1u << as}},
                {{7, overlay(false, 3), overlay(false, 2)}, {nothing, 0}}};
  bench.apply({.peers = {peer}});
  bench.guest_sends(build(from_host(1, 2)));
  bench.guest_sends(build(from_host(1, 2, true)));
  bench.guest_sends(build(from_host(3, 2)), {}, 4);
  CHECK(bench.world.sent.size() == 2);
  CHECK(bench.world.sent[0].packets[0][0] == 0x20 && bench.world.sent[1].packets[0][0] == 0x10);
  CHECK(dropped_once(bench, WEFT_DROP_NO_SELECTION));
  CHECK(in_drop(bench, datagram(gni20, build(from_host(2, 1)), false)) == kept);
  CHECK(in_drop(bench, datagram(WEFT_FORMAT_GNI_1_0, build(from_host(2, 1)), false)) == WEFT_DROP_VERSION_NOT_ACCEPTED);
  CHECK(in_drop(bench, datagram(gni20, build(from_host(2, 1, true)), false)) == WEFT_DROP_VERSION_NOT_ACCEPTED);
  CHECK(in_drop(bench, datagram(WEFT_FORMAT_GNI_1_0, build(from_host(2, 1, true)), false)) == kept);
  CHECK(in_drop(bench, datagram(gni20, build(from_host(2, 3)), false)) == WEFT_DROP_VERSION_NOT_ACCEPTED);
}

TEST("a pair's terms count for packets that waited, on both ways") {
  Bench bench;
  Change::PeerChange peer = plain_peer(5, "198.18.0.2");
  peer.encapsulations.push_back({.format = gni20});
  SendTerms as = static_cast<SendTerms>(peer.encapsulations.size() - 1);
  peer.pairs = {{{7, overlay(false, 1), overlay(false, 60)}, {as, 1u << as}},
                {{7, overlay(false, 3), overlay(false, 60)}, {undecided, 0}}};
  bench.apply({.peers = {peer}});
  bench.guest_sends(build(from_host(1, 60)));
  bench.guest_sends(build(from_host(3, 60)), {}, 4);
  bench.arrives(datagram(WEFT_FORMAT_GNI_1_0, build(from_host(60, 1)), false));
  bench.arrives(datagram(gni20, build(from_host(60, 1)), false));
  CHECK(bench.waiting.packets() == 4);
  bench.apply({.mappings = {{{overlay(false, 60), 7}, 5}}});
  CHECK(bench.world.sent.size() == 1 && bench.world.sent[0].packets[0][0] == 0x20);
  CHECK(bench.world.written.size() == 1);
  CHECK(dropped_once(bench, WEFT_DROP_VERSION_NOT_ACCEPTED));
  CHECK(bench.waiting.packets() == 1);  // of the pair that is not decided yet
  peer.pairs[1].terms.send = as;
  bench.apply({.peers = {peer}});
  CHECK(bench.world.sent.size() == 2 && bench.waiting.packets() == 0);
}

TEST("a pair that stays undecided does not keep its packets longer than their deadline, whatever else changes") {
  Bench bench;
  Change::PeerChange peer = plain_peer(5, "198.18.0.2");
  peer.pairs = {{{7, overlay(false, 3), overlay(false, 2)}, {undecided, 0}}};
  bench.apply({.peers = {peer}});
  bench.guest_sends(build(from_host(3, 2)), {}, 4);
  CHECK(bench.waiting.packets() == 1);
  for (uint64_t now = 0; now <= 2000; now += 100) {
    bench.set_time(now);
    bench.apply({.peers = {peer}});
  }
  CHECK(dropped_once(bench, WEFT_DROP_NO_SESSION) && bench.waiting.packets() == 0);
}

TEST("a key is refused where it is set again, missing, misused, or removed while a peer refers to it") {
  Forwarding forwarding{6741};
  Retired retired;
  Change change = session({.format = gni30});
  CHECK(static_cast<bool>(forwarding.check_keys(change)));
  forwarding.apply(change, retired);
  auto why = [&](const Change& refused) {
    Result<Done> result = forwarding.check_keys(refused);
    return result ? std::string("nothing") : result.why();
  };
  CHECK(why({.keys = {key_at(seal_slot, CipherUse::seal)}}) == "key 1 is set already");
  CHECK(why({.keys = {key_at(8, CipherUse::seal), key_at(8, CipherUse::seal)}}) == "key 8 is set already");
  CHECK(why({.remove_keys = {open_slot}}) == "key 2 cannot be removed: a peer refers to it");
  Change::PeerChange peer = change.peers[0];
  std::swap(peer.encapsulations[0], peer.encapsulations[1]);
  CHECK(why({.peers = {peer}}) == "peer 5: encapsulation 0 is sent, but its key opens");
  peer.terms.send = undecided;
  CHECK(why({.peers = {peer}}) == "peer 5: encapsulation 1 is accepted, but its key seals");
  peer.encapsulations = {{.format = gni30, .key = 99}};
  CHECK(why({.peers = {peer}}) == "peer 5: encapsulation 0 refers to key 99, which is not there");
  CHECK(why({.peers = {plain_peer(5, "198.18.0.2")}, .remove_keys = {seal_slot, open_slot}}) == "nothing");
  CHECK(why({.remove_peers = {5}, .remove_keys = {seal_slot, open_slot}}) == "nothing");
  CHECK(why({.remove_peers = {5}, .peers = {change.peers[0]}, .remove_keys = {seal_slot}}) ==
        "key 1 cannot be removed: a peer refers to it");
}

TEST("a key that no table shows any more goes with what is retired") {
  Forwarding forwarding{6741};
  Retired retired;
  Change change = session({.format = gni30});
  std::weak_ptr<SessionKey> key = change.keys[0].key;
  forwarding.apply(change, retired);
  change.keys.clear();
  forwarding.apply({.remove_peers = {5}, .remove_keys = {seal_slot, open_slot}}, retired);
  CHECK(!key.expired());
  retired.clear();
  CHECK(key.expired());
}

}  // namespace weft::test
