// Keys that several workers use at once, and the table of pairs against a plain map.
#include <algorithm>
#include <map>
#include <thread>
#include <tuple>

#include "world.h"

namespace weft::test {

namespace {

std::shared_ptr<SessionKey> key_of_two_workers(CipherUse use) {
  std::array<uint8_t, secret_length> secret{};
  std::array<uint8_t, salt_length> salt{};
  return SessionKey::make(CipherKind::aes_256_gcm, use, secret, salt, 3, 2);
}

struct Sealed {
  uint64_t sequence;
  std::array<uint8_t, 64 + tag_length> bytes;
};

}  // namespace

TEST("two workers that seal with one key never share a sequence, and of two that open each packet is taken once") {
  constexpr size_t packets = 20'000;
  auto sealer = key_of_two_workers(CipherUse::seal), opener = key_of_two_workers(CipherUse::open);
  std::vector<Sealed> sealed[2];
  auto seal = [&](unsigned worker) {
    for (uint32_t at = 0; at < packets; at++) {
      uint64_t first = sealer->reserve(2).value();
      for (uint64_t sequence : {first, first + 1}) {
        Sealed packet{sequence, {}};
        CHECK(sealer->seal(worker, sequence, {}, View(packet.bytes).first(64), {}, packet.bytes));
        sealed[worker].push_back(packet);
      }
    }
  };
  std::thread sealers[2] = {std::thread(seal, 0), std::thread(seal, 1)};
  for (std::thread& thread : sealers) thread.join();
  std::vector<bool> seen(packets * 4);
  for (const auto& list : sealed) {
    for (const Sealed& packet : list) {
      CHECK(!seen.at(packet.sequence));
      seen[packet.sequence] = true;
    }
  }
  CHECK(sealer->packets() == packets * 4);
  // Both get all of them, in the order of their sequences.
  std::vector<Sealed> all(sealed[0]);
  all.insert(all.end(), sealed[1].begin(), sealed[1].end());
  std::sort(all.begin(), all.end(), [](const Sealed& left, const Sealed& right) { return left.sequence < right.sequence; });
  std::atomic<uint64_t> taken{0}, broken{0};
  auto open = [&](unsigned worker) {
    for (Sealed packet : all) {
      if (!opener->open(worker, packet.sequence, {}, packet.bytes)) broken++;
      else if (opener->take(worker, packet.sequence)) taken++;
    }
  };
  std::thread openers[2] = {std::thread(open, 0), std::thread(open, 1)};
  for (std::thread& thread : openers) thread.join();
  CHECK(broken == 0);
  CHECK(taken == opener->packets() && taken <= all.size());
  CHECK(taken > 0);
}

TEST("the table of pairs agrees with a map, and tells a pair from the same pair the other way round") {
  Random random(31);
  for (size_t count : {size_t{0}, size_t{1}, size_t{7}, size_t{most_pairs}}) {
    std::vector<PairTable::Entry> entries;
    std::map<std::tuple<uint32_t, std::string, std::string>, uint32_t> oracle;
    auto random_pair = [&] {
      bool v6 = random.chance(2);
      auto address = [&] { return overlay(v6, static_cast<uint8_t>(random.below(40))); };
      return Pair{random.between(1, 3), address(), address()};
    };
    auto name = [](const Pair& pair) { return std::tuple(pair.gni, pair.own.text(), pair.theirs.text()); };
    for (uint32_t at = 0; at < count; at++) {
      entries.push_back({random_pair(), {undecided, at}});
      oracle[name(entries.back().pair)] = at;
    }
    PairTable table(entries);
    CHECK(table.empty() == (count == 0));
    for (int probe = 0; probe < 3000; probe++) {
      Pair pair = random_pair();
      const Terms* found = table.find(pair);
      auto known = oracle.find(name(pair));
      CHECK((found != nullptr) == (known != oracle.end()));
      CHECK(found == nullptr || found->accept == known->second);
    }
  }
  std::vector<PairTable::Entry> only{{{7, overlay(false, 1), overlay(false, 2)}, {0, 1}}};
  PairTable one(only);
  CHECK(one.find({7, overlay(false, 1), overlay(false, 2)}) != nullptr);
  CHECK(one.find({7, overlay(false, 2), overlay(false, 1)}) == nullptr);
}

}  // namespace weft::test
