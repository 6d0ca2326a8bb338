// The first-packet queue: bounds, order, deadlines; time is a parameter.
#include <map>

#include "packets.h"
#include "waiting.h"

namespace weft::test {

namespace {

constexpr size_t ring_bytes = 256 * 1024;

Held held(uint32_t host, uint32_t owner = 0, Side side = Side::destination) {
  return {side, {{0, 0x0a000000u + host, Family::v4}, 7}, owner, 1, {}, {}};
}

Packet numbered(uint32_t number, size_t size = 100) {
  Packet packet(size, static_cast<uint8_t>(number));
  store32(packet.data(), number);
  return packet;
}

struct Seen {
  std::vector<uint32_t> numbers;
  Waiting::Handler handler() {
    return [this](const Held&, Bytes packet) { numbers.push_back(load32(packet.data())); };
  }
};

Waiting::Answer always(const Held&) { return Waiting::Answer::ready; }
auto only(uint32_t host) {
  return [=](const Held& first) {
    return first.key.address.low == 0x0a000000u + host ? Waiting::Answer::ready : Waiting::Answer::unknown;
  };
}
void never(const Held&) { CHECK(!"asked"); }
void may_ask(const Held&) {}

}  // namespace

TEST("the first packet for an address is what asks, the others just wait") {
  Waiting waiting({ring_bytes, 8, 1000});
  CHECK(waiting.hold(held(1), numbered(0), 0) == Waiting::Outcome::ask);
  CHECK(waiting.hold(held(1), numbered(1), 0) == Waiting::Outcome::held);
  CHECK(waiting.hold(held(2), numbered(2), 0) == Waiting::Outcome::ask);
  CHECK(waiting.hold(held(1, 0, Side::source), numbered(3), 0) == Waiting::Outcome::ask);
  CHECK(waiting.packets() == 4);
}

TEST("an answer releases the packets of its address in order, unchanged, and no others") {
  Waiting waiting({ring_bytes, 8, 1000});
  for (uint32_t number = 0; number < 6; number++) waiting.hold(held(number % 2, number), numbered(number, 60 + number), 0);
  std::vector<Packet> packets;
  waiting.release(0, only(1),
                  [&](const Held& each, Bytes packet) {
                    CHECK(each.owner == load32(packet.data()));
                    packets.emplace_back(packet.begin(), packet.end());
                  },
                  never);
  CHECK((packets == std::vector<Packet>{numbered(1, 61), numbered(3, 63), numbered(5, 65)}));
  CHECK(waiting.packets() == 3);
  CHECK(waiting.hold(held(1), numbered(9), 0) == Waiting::Outcome::ask);
}

TEST("packets of one address and bytes of all are bounded") {
  Waiting waiting({ring_bytes, 3, 1000});
  for (uint32_t number = 0; number < 3; number++) CHECK(waiting.hold(held(1), numbered(number), 0) != Waiting::Outcome::full);
  CHECK(waiting.hold(held(1), numbered(3), 0) == Waiting::Outcome::full);
  uint32_t held_count = 0;
  while (waiting.hold(held(100 + held_count, held_count), numbered(held_count, 10'000), 0) != Waiting::Outcome::full) held_count++;
  CHECK(held_count >= 20 && held_count <= 26);
  Seen seen;
  waiting.expire(1000, seen.handler(), never);
  CHECK(waiting.packets() == 0);
  CHECK(waiting.hold(held(1), numbered(3, 60'000), 1000) == Waiting::Outcome::ask);
}

TEST("a queue of no bytes and one of no packets hold nothing") {
  Waiting no_bytes({0, 8, 1000}), no_packets({ring_bytes, 0, 1000}), few_bytes({1000, 8, 1000});
  CHECK(no_bytes.hold(held(1), numbered(1), 0) == Waiting::Outcome::full);
  CHECK(no_packets.hold(held(1), numbered(1), 0) == Waiting::Outcome::full);
  CHECK(few_bytes.hold(held(1), numbered(1, 1500), 0) == Waiting::Outcome::full);
  CHECK(few_bytes.hold(held(1), numbered(1), 0) == Waiting::Outcome::ask);
  CHECK(no_bytes.until_deadline(0) == -1 && no_packets.packets() == 0);
}

TEST("addresses are bounded") {
  Waiting waiting({1 << 20, 8, 1000});
  uint32_t addresses = 0;
  while (waiting.hold(held(addresses, addresses % 8), numbered(addresses), 0) != Waiting::Outcome::full) addresses++;
  CHECK(addresses == 1024);
  CHECK(waiting.hold(held(5), numbered(0), 0) == Waiting::Outcome::held);
}

TEST("an owner gets a quarter of the addresses, and the others still have room") {
  Waiting waiting({1 << 20, 8, 1000});
  uint32_t addresses = 0;
  while (waiting.hold(held(addresses, 9), numbered(addresses), 0) != Waiting::Outcome::full) addresses++;
  CHECK(addresses == 256);
  CHECK(waiting.hold(held(0, 9), numbered(0), 0) == Waiting::Outcome::held);
  CHECK(waiting.hold(held(5000, 8), numbered(0), 0) == Waiting::Outcome::ask);
  CHECK(waiting.hold(held(5000, 9, Side::source), numbered(0), 0) == Waiting::Outcome::ask);
  waiting.release(0, only(7), [](const Held&, Bytes) {}, never);
  CHECK(waiting.hold(held(6000, 9), numbered(0), 0) == Waiting::Outcome::ask);
  CHECK(waiting.hold(held(6001, 9), numbered(0), 0) == Waiting::Outcome::full);
}

TEST("an owner gets a quarter of the bytes, and at least one packet") {
  Waiting waiting({ring_bytes, 100, 1000});
  uint32_t count = 0;
  while (waiting.hold(held(count, 9), numbered(count, 10'000), 0) != Waiting::Outcome::full) count++;
  CHECK(count == 6);
  CHECK(waiting.hold(held(200, 8), numbered(0, 10'000), 0) == Waiting::Outcome::ask);
  Waiting small({100 * 1024, 100, 1000});
  CHECK(small.hold(held(1, 9), numbered(0, 60'000), 0) == Waiting::Outcome::ask);
  CHECK(small.hold(held(1, 9), numbered(1), 0) == Waiting::Outcome::full);
  CHECK(small.hold(held(2, 8), numbered(2), 0) == Waiting::Outcome::ask);
}

TEST("the deadline drops what is old enough, oldest first, and no sooner") {
  Waiting waiting({ring_bytes, 8, 1000});
  waiting.hold(held(1), numbered(0), 100);
  waiting.hold(held(2), numbered(1), 200);
  waiting.hold(held(1), numbered(2), 300);
  CHECK(waiting.until_deadline(100) == 1000);
  Seen seen;
  waiting.expire(1099, seen.handler(), never);
  CHECK(seen.numbers.empty());
  CHECK(waiting.until_deadline(1099) == 1);
  waiting.expire(1200, seen.handler(), may_ask);
  CHECK((seen.numbers == std::vector<uint32_t>{0, 1}));
  waiting.release(0, always, seen.handler(), never);
  CHECK((seen.numbers == std::vector<uint32_t>{0, 1, 2}));
  CHECK(waiting.until_deadline(1200) == -1);
}

TEST("the ring's end is passed when nothing else waits") {
  Waiting waiting({ring_bytes, 8, 1000});
  Seen seen;
  for (uint32_t number = 0; number < 40; number++) {
    CHECK(waiting.hold(held(1), numbered(number, 37'000 + number * 500), number) == Waiting::Outcome::ask);
    waiting.expire(number, seen.handler(), never);
    CHECK(waiting.packets() == 1 && waiting.until_deadline(number) == 1000);
    waiting.release(0, always, seen.handler(), never);
    CHECK(seen.numbers.size() == number + 1 && seen.numbers.back() == number);
  }
}

TEST("a packet may be held again while it is released") {
  Waiting waiting({ring_bytes, 8, 1000});
  waiting.hold(held(1), numbered(0), 0);
  waiting.release(5, always, [&](const Held& each, Bytes packet) {
    Held again = each;
    again.side = Side::source;
    CHECK(waiting.hold(again, packet, 5) == Waiting::Outcome::ask);
  }, never);
  CHECK(waiting.packets() == 1);
  Seen seen;
  waiting.expire(1005, seen.handler(), never);
  CHECK((seen.numbers == std::vector<uint32_t>{0}));
}

TEST("an address is asked for again once each deadline, as long as packets wait for it") {
  Waiting waiting({ring_bytes, 64, 1000});
  Seen seen;
  std::vector<uint64_t> asked;
  for (uint32_t now = 0; now <= 5000; now += 100) {
    waiting.expire(now, seen.handler(), [&](const Held& again) {
      CHECK(again.key == held(1).key);
      asked.push_back(now);
    });
    if (waiting.hold(held(1), numbered(now), now) == Waiting::Outcome::ask) asked.push_back(now);
  }
  CHECK((asked == std::vector<uint64_t>{0, 1000, 2000, 3000, 4000, 5000}));
}

TEST("a queue that is full asks again, and one whose packets come seldom does so with the next packet") {
  Waiting waiting({ring_bytes, 2, 1000});
  Seen seen;
  std::vector<Key> asked;
  auto ask = [&](const Held& again) { asked.push_back(again.key); };
  CHECK(waiting.hold(held(1), numbered(0), 0) == Waiting::Outcome::ask);
  CHECK(waiting.hold(held(1), numbered(1), 900) == Waiting::Outcome::held);
  CHECK(waiting.hold(held(1), numbered(2), 950) == Waiting::Outcome::full);
  waiting.expire(1000, seen.handler(), ask);
  CHECK((asked == std::vector<Key>{held(1).key}));
  waiting.expire(1900, seen.handler(), ask);
  CHECK(asked.size() == 1 && waiting.packets() == 0);
  CHECK(waiting.hold(held(1), numbered(3), 1900) == Waiting::Outcome::ask);
}

TEST("what waits for a session only is asked for when its mapping is gone, and once more when that happens again") {
  Waiting waiting({ring_bytes, 8, 1000});
  Seen seen;
  uint32_t asked = 0;
  Waiting::Answer answer = Waiting::Answer::mapped;
  auto change = [&](Waiting::Answer next, uint64_t now) {
    answer = next;
    waiting.release(now, [&](const Held&) { return answer; }, seen.handler(), [&](const Held&) { asked++; });
  };
  CHECK(waiting.hold(held(1), numbered(0), 0, answer) == Waiting::Outcome::held);
  change(Waiting::Answer::mapped, 1);
  CHECK(asked == 0);
  change(Waiting::Answer::unknown, 2);
  CHECK(asked == 1);
  change(Waiting::Answer::unknown, 3);
  CHECK(waiting.hold(held(1), numbered(1), 3) == Waiting::Outcome::held && asked == 1);
  change(Waiting::Answer::mapped, 4);
  change(Waiting::Answer::unknown, 5);
  CHECK(asked == 2 && seen.numbers.empty() && waiting.packets() == 2);
}

TEST("any order of holding, answering and expiring keeps every packet exactly once") {
  Random random(30);
  Waiting waiting({ring_bytes, 16, 50});
  std::map<uint32_t, std::pair<uint32_t, uint64_t>> inside;  // number → address, deadline
  uint64_t now = 0;
  uint32_t released = 0, expired = 0, refused = 0;
  for (uint32_t number = 0; number < 50'000; number++) {
    now += random.below(3);
    waiting.expire(now, [&](const Held&, Bytes packet) {
      auto found = inside.find(load32(packet.data()));
      CHECK(found != inside.end() && found->second.second <= now);
      inside.erase(found);
      expired++;
    }, may_ask);
    uint32_t host = random.below(40);
    size_t size = random.chance(20) ? random.between(10'000, 60'000) : random.between(20, 1500);
    if (waiting.hold(held(host, random.below(6)), numbered(number, size), now) == Waiting::Outcome::full) refused++;
    else inside[number] = {host, now + 50};
    if (!random.chance(5)) continue;
    uint32_t answered = random.below(40);
    uint32_t last = 0;
    waiting.release(now, only(answered),
                    [&](const Held&, Bytes packet) {
                      uint32_t found = load32(packet.data());
                      CHECK(inside.contains(found) && inside[found].first == answered && found >= last);
                      CHECK(packet.back() == static_cast<uint8_t>(found));
                      last = found;
                      inside.erase(found);
                      released++;
                    },
                    never);
    CHECK(waiting.packets() == inside.size());
  }
  CHECK(released > 1000 && expired > 1000 && refused > 100);
}

}  // namespace weft::test
