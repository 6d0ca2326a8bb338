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

bool always(const Held&) { return true; }

}  // namespace

TEST("the first packet for an address is told apart, the others just wait") {
  Waiting waiting({ring_bytes, 8, 1000});
  CHECK(waiting.hold(held(1), numbered(0), 0) == Waiting::Outcome::first);
  CHECK(waiting.hold(held(1), numbered(1), 0) == Waiting::Outcome::held);
  CHECK(waiting.hold(held(2), numbered(2), 0) == Waiting::Outcome::first);
  CHECK(waiting.hold(held(1, 0, Side::source), numbered(3), 0) == Waiting::Outcome::first);
  CHECK(waiting.packets() == 4);
}

TEST("an answer releases the packets of its address in order, unchanged, and no others") {
  Waiting waiting({ring_bytes, 8, 1000});
  for (uint32_t number = 0; number < 6; number++) waiting.hold(held(number % 2, number), numbered(number, 60 + number), 0);
  std::vector<Packet> packets;
  waiting.release([](const Held& first) { return first.key.address.low == 0x0a000001; },
                  [&](const Held& each, Bytes packet) {
                    CHECK(each.owner == load32(packet.data()));
                    packets.emplace_back(packet.begin(), packet.end());
                  });
  CHECK((packets == std::vector<Packet>{numbered(1, 61), numbered(3, 63), numbered(5, 65)}));
  CHECK(waiting.packets() == 3);
  CHECK(waiting.hold(held(1), numbered(9), 0) == Waiting::Outcome::first);
}

TEST("packets of one address and bytes of all are bounded") {
  Waiting waiting({ring_bytes, 3, 1000});
  for (uint32_t number = 0; number < 3; number++) CHECK(waiting.hold(held(1), numbered(number), 0) != Waiting::Outcome::full);
  CHECK(waiting.hold(held(1), numbered(3), 0) == Waiting::Outcome::full);
  uint32_t held_count = 0;
  while (waiting.hold(held(100 + held_count), numbered(held_count, 10'000), 0) != Waiting::Outcome::full) held_count++;
  CHECK(held_count >= 20 && held_count <= 26);
  Seen seen;
  waiting.expire(1000, seen.handler());
  CHECK(waiting.packets() == 0);
  CHECK(waiting.hold(held(1), numbered(3, 60'000), 1000) == Waiting::Outcome::first);
}

TEST("a queue of no bytes and one of no packets hold nothing") {
  Waiting no_bytes({0, 8, 1000}), no_packets({ring_bytes, 0, 1000}), few_bytes({1000, 8, 1000});
  CHECK(no_bytes.hold(held(1), numbered(1), 0) == Waiting::Outcome::full);
  CHECK(no_packets.hold(held(1), numbered(1), 0) == Waiting::Outcome::full);
  CHECK(few_bytes.hold(held(1), numbered(1, 1500), 0) == Waiting::Outcome::full);
  CHECK(few_bytes.hold(held(1), numbered(1), 0) == Waiting::Outcome::first);
  CHECK(no_bytes.until_deadline(0) == -1 && no_packets.packets() == 0);
}

TEST("addresses are bounded") {
  Waiting waiting({1 << 20, 8, 1000});
  uint32_t addresses = 0;
  while (waiting.hold(held(addresses), numbered(addresses), 0) != Waiting::Outcome::full) addresses++;
  CHECK(addresses == 1024);
  CHECK(waiting.hold(held(5), numbered(0), 0) == Waiting::Outcome::held);
}

TEST("the deadline drops what is old enough, oldest first, and no sooner") {
  Waiting waiting({ring_bytes, 8, 1000});
  waiting.hold(held(1), numbered(0), 100);
  waiting.hold(held(2), numbered(1), 200);
  waiting.hold(held(1), numbered(2), 300);
  CHECK(waiting.until_deadline(100) == 1000);
  Seen seen;
  waiting.expire(1099, seen.handler());
  CHECK(seen.numbers.empty());
  CHECK(waiting.until_deadline(1099) == 1);
  waiting.expire(1200, seen.handler());
  CHECK((seen.numbers == std::vector<uint32_t>{0, 1}));
  waiting.release(always, seen.handler());
  CHECK((seen.numbers == std::vector<uint32_t>{0, 1, 2}));
  CHECK(waiting.until_deadline(1200) == -1);
}

TEST("the ring's end is passed when nothing else waits") {
  Waiting waiting({ring_bytes, 8, 1000});
  Seen seen;
  for (uint32_t number = 0; number < 40; number++) {
    CHECK(waiting.hold(held(1), numbered(number, 37'000 + number * 500), number) == Waiting::Outcome::first);
    waiting.expire(number, seen.handler());
    CHECK(waiting.packets() == 1 && waiting.until_deadline(number) == 1000);
    waiting.release(always, seen.handler());
    CHECK(seen.numbers.size() == number + 1 && seen.numbers.back() == number);
  }
}

TEST("a packet may be held again while it is released") {
  Waiting waiting({ring_bytes, 8, 1000});
  waiting.hold(held(1), numbered(0), 0);
  waiting.release(always, [&](const Held& each, Bytes packet) {
    Held again = each;
    again.side = Side::source;
    CHECK(waiting.hold(again, packet, 5) == Waiting::Outcome::first);
  });
  CHECK(waiting.packets() == 1);
  Seen seen;
  waiting.expire(1005, seen.handler());
  CHECK((seen.numbers == std::vector<uint32_t>{0}));
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
    });
    uint32_t host = random.below(40);
    size_t size = random.chance(20) ? random.between(10'000, 60'000) : random.between(20, 1500);
    if (waiting.hold(held(host), numbered(number, size), now) == Waiting::Outcome::full) refused++;
    else inside[number] = {host, now + 50};
    if (!random.chance(5)) continue;
    uint32_t answered = random.below(40);
    uint32_t last = 0;
    waiting.release([&](const Held& first) { return first.key.address.low == 0x0a000000u + answered; },
                    [&](const Held&, Bytes packet) {
                      uint32_t found = load32(packet.data());
                      CHECK(inside.contains(found) && inside[found].first == answered && found >= last);
                      CHECK(packet.back() == static_cast<uint8_t>(found));
                      last = found;
                      inside.erase(found);
                      released++;
                    });
    CHECK(waiting.packets() == inside.size());
  }
  CHECK(released > 1000 && expired > 1000 && refused > 100);
}

}  // namespace weft::test
