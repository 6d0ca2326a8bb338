// Tests of sessions: test packets are what a guest's packets are, every fault of them is seen, and nobody gets more
// answers, or makes more events, than was asked for.
#include "world.h"

namespace weft::test {

namespace {

constexpr uint8_t gni10 = WEFT_FORMAT_GNI_1_0, gni11 = WEFT_FORMAT_GNI_1_1, gni20 = WEFT_FORMAT_GNI_2_0,
                  gni30 = WEFT_FORMAT_GNI_3_0;

/// What was sent comes back as if the peer had sent it: one bench is both hosts.
void reflect(Bench& bench, size_t lose = SIZE_MAX) {
  std::vector<World::Datagrams> sent = std::exchange(bench.world.sent, {});
  size_t number = 0;
  for (const auto& each : sent) {
    for (const Packet& packet : each.packets) {
      if (number++ != lose) bench.arrives(packet);
    }
  }
}

using Told = std::vector<std::array<uint32_t, 3>>;

Told told_after(Bench& bench, const SessionTest& test, size_t lose = SIZE_MAX) {
  bench.tests.send(test);
  reflect(bench, lose);
  bench.tests.answer(bench.now_ms);
  reflect(bench);
  return std::exchange(bench.world.tested, {});
}

/// As `session`, with room for the biggest test packets.
Change wide_session(const Encapsulation& as) {
  Change change = session(as);
  change.peers[0].path_mtu = 9200;
  return change;
}

/// A question as the peer sends it in gni 1.0.
Packet question(uint32_t id, uint8_t index = 0, uint8_t count = 1, bool partial = false, size_t length = 100) {
  Packet inner(length);
  write_test_packet({TestPacket::Kind::question, index, count, id}, partial, inner);
  return datagram(gni10, inner, partial, test_gni);
}

}  // namespace

TEST("test packets of every encapsulation, length, number and checksum come whole, and the answer says so") {
  std::vector<Encapsulation> all;
  for (uint8_t format : {gni10, gni11}) all.push_back({.format = format});
  for (uint8_t format : {gni20, gni30}) {
    for (Compression compression : {Compression::none, Compression::lz4, Compression::zstd}) {
      for (bool elision : {false, true}) all.push_back({.format = format, .compression = compression, .elision = elision});
    }
  }
  uint32_t id = 1;
  for (const Encapsulation& as : all) {
    Bench bench;
    bench.apply(wide_session(as));
    for (size_t length : {size_t{64}, size_t{100}, size_t{1400}, size_t{9000}}) {
      for (uint8_t packets : {1, 2, 32}) {
        for (bool partial : {false, true}) {
          bench.set_time(bench.now_ms + 1000);
          SessionTest test{5, id, static_cast<uint16_t>(length), packets, partial};
          CHECK(told_after(bench, test) == Told({{5, id++, packets}}));
        }
      }
    }
    CHECK(bench.all_drops() == 0 && bench.world.written.empty());
  }
}

TEST("test packets leave as a super-packet of a guest does, and are packed as the session says") {
  Bench bench;
  bench.apply(session({.format = gni20, .compression = Compression::lz4, .elision = true}));
  for (bool partial : {false, true}) bench.tests.send({5, 1, 1300, 8, partial});
  CHECK(bench.world.sent.size() == 2);
  for (const auto& sent : bench.world.sent) {
    CHECK(sent.segmented && sent.packets.size() == 8 && sent.packets[0].size() < 200);
    CHECK((sent.packets[0][1] >> 3 & 3) == 1);
  }
  Bench plain;
  plain.apply(session({.format = gni20}));
  for (bool partial : {false, true}) plain.tests.send({5, 1, 1300, 1, partial});
  CHECK(plain.world.sent[0].packets[0].size() == 8 + 1300);
  CHECK((plain.world.sent[0].packets[0][1] & 1) == 0 && (plain.world.sent[1].packets[0][1] & 1) == 1);
}

TEST("what is lost is missing in the answer, which then comes after a while") {
  Bench bench;
  bench.apply(session({.format = gni30}));
  bench.set_time(1000);
  CHECK(told_after(bench, {5, 7, 1300, 8, true}, 3).empty());
  CHECK(bench.tests.until_answer(1010) == 40);
  bench.set_time(1050);
  CHECK(bench.tests.until_answer(1050) == 0);
  bench.tests.answer(1050);
  reflect(bench);
  CHECK(bench.world.tested == Told({{5, 7, 7}}));
  CHECK(bench.tests.until_answer(1050) == -1);
}

TEST("a packet that is repeated counts once") {
  Bench bench;
  for (uint8_t index : {0, 0, 0}) bench.arrives(question(9, index, 2));
  bench.tests.answer(0);
  CHECK(bench.world.sent.empty());
  bench.arrives(question(9, 1, 2));
  bench.tests.answer(0);
  CHECK(bench.world.sent.size() == 1);
  bench.arrives(question(9, 1, 2));
  bench.tests.answer(0);
  CHECK(bench.world.sent.size() == 1);
}

TEST("a test packet with any other byte is malformed, and counts for nothing") {
  for (bool partial : {false, true}) {
    Packet good(100);
    write_test_packet({TestPacket::Kind::question, 0, 1, 3}, partial, good);
    for (size_t at = 0; at < good.size(); at++) {
      Packet bad = good;
      bad[at] ^= 0x10;
      Inner inner;
      bool whole = parse_inner(bad, inner) == InnerFault::none;
      CHECK(!whole || !read_test_packet(bad, inner, partial));
    }
    Inner inner;
    CHECK(parse_inner(good, inner) == InnerFault::none);
    CHECK(read_test_packet(good, inner, partial) == (TestPacket{TestPacket::Kind::question, 0, 1, 3}));
    CHECK(!read_test_packet(good, inner, !partial));
  }
  Bench bench;
  Packet bad = question(3);
  bad.back() ^= 1;
  bench.arrives(bad);
  bench.arrives(datagram(gni10, build(from_host(2, 1)), false, test_gni));
  bench.arrives(datagram(gni10, build(from_host(2, 1, true)), false, test_gni));
  CHECK(bench.drops(WEFT_DROP_INNER_MALFORMED) == 3 && bench.all_drops() == 3);
  bench.tests.answer(1000);
  CHECK(bench.world.sent.empty() && bench.world.written.empty());
}

TEST("an answer to what was not asked, or was answered, is no event") {
  Bench bench;
  Packet answer(answer_length);
  write_test_packet({TestPacket::Kind::answer, 1, 1, 4}, false, answer);
  Packet arriving = datagram(gni10, answer, false, test_gni);
  bench.arrives(arriving);
  CHECK(bench.world.tested.empty());
  bench.tests.send({5, 4, 100, 1, false});
  bench.arrives(arriving, "198.18.0.3");
  CHECK(bench.world.tested.empty());
  bench.arrives(arriving);
  bench.arrives(arriving);
  CHECK(bench.world.tested == Told({{5, 4, 1}}));
}

TEST("one peer gets few answers at a time, others still get theirs, and after a while it gets more") {
  Bench bench;
  auto answers_to = [&](const char* from, uint32_t first_id) {
    for (uint32_t id = first_id; id < first_id + 100; id++) bench.arrives(question(id), from);
    bench.tests.answer(bench.now_ms);
    size_t count = 0;
    for (const auto& sent : std::exchange(bench.world.sent, {})) count += sent.packets.size();
    return count;
  };
  CHECK(answers_to("198.18.0.2", 0) == 4);
  CHECK(answers_to("198.18.0.2", 200) == 0);
  CHECK(answers_to("198.18.0.3", 0) == 4);
  bench.set_time(250);
  CHECK(answers_to("198.18.0.2", 400) == 4);
  CHECK(bench.all_drops() == 0);
}

TEST("nothing is sent to a peer that is unknown, undecided, or gets nothing") {
  Bench bench;
  bench.tests.send({77, 1, 100, 1, false});
  for (SendTerms terms : {undecided, nothing}) {
    Change change = session({.format = gni20});
    change.peers[0].terms.send = terms;
    bench.apply(change);
    bench.tests.send({5, 1, 100, 8, true});
  }
  CHECK(bench.world.sent.empty() && bench.all_drops() == 0);
}

TEST("a test packet longer than the path is too big, and counts for no guest") {
  Bench bench;
  bench.tests.send({5, 1, 1500, 1, false});
  CHECK(dropped_once(bench, WEFT_DROP_TOO_BIG));
  CHECK(bench.counters->ports[test_port].drops.load() == 1);
}

}  // namespace weft::test
