// The replay window against a set that remembers everything.
#include <algorithm>
#include <latch>
#include <memory>
#include <set>
#include <thread>

#include "cipher.h"
#include "check.h"
#include "replay_window.h"

namespace weft::test {

namespace {

constexpr uint64_t width = ReplayWindow::least_width;

/// Remembers every sequence; says what the window must say for those that it must know.
struct Oracle {
  std::set<uint64_t> taken;
  uint64_t newest = 0;

  bool must_refuse(uint64_t sequence) const { return taken.contains(sequence); }
  bool must_take(uint64_t sequence) const { return !taken.contains(sequence) && sequence + width > newest; }
  void note(uint64_t sequence) {
    taken.insert(sequence);
    newest = std::max(newest, sequence);
  }
};

void offer(ReplayWindow& window, Oracle& oracle, uint64_t sequence) {
  bool refuse = oracle.must_refuse(sequence), take = oracle.must_take(sequence);
  bool taken = window.take(sequence);
  CHECK(!(refuse && taken));
  CHECK(!(take && !taken));
  if (taken) oracle.note(sequence);
}

}  // namespace

TEST("a sequence is taken once, from zero to the last that a key seals") {
  auto window = std::make_unique<ReplayWindow>();
  for (uint64_t sequence : {uint64_t{0}, uint64_t{1}, uint64_t{31}, uint64_t{32}, uint64_t{16384}, sequences_per_key - 1}) {
    CHECK(window->take(sequence));
    CHECK(!window->take(sequence));
  }
  CHECK(!window->take(UINT64_MAX));
  CHECK(!window->take(1ull << 46));
  CHECK(window->take((1ull << 46) - 1));
}

TEST("the window is as wide as it says, and what is older is refused") {
  auto window = std::make_unique<ReplayWindow>();
  constexpr uint64_t newest = 1'000'000;
  for (uint64_t sequence = newest - 3 * width; sequence <= newest; sequence += 2) CHECK(window->take(sequence));
  for (uint64_t back = 1; back <= width; back += 2) CHECK(window->take(newest - back));
  for (uint64_t back = width + 1 + ReplayWindow::sequences_per_slot; back <= 3 * width; back++) CHECK(!window->take(newest - back));
  static_assert(width >= 8192);
}

TEST("reordered, repeated and lost sequences have the oracle's outcome") {
  for (uint64_t seed = 1; seed <= 8; seed++) {
    Random random(seed);
    auto window = std::make_unique<ReplayWindow>();
    Oracle oracle;
    uint64_t base = random.chance(2) ? 0 : random.next() >> 18;
    for (int step = 0; step < 40'000; step++) {
      if (random.chance(3000)) base += random.below(3 * static_cast<uint32_t>(width));
      base += random.below(3);
      uint32_t back = random.chance(4) ? random.below(2 * static_cast<uint32_t>(width)) : random.below(64);
      offer(*window, oracle, base < back ? 0 : base - back);
    }
  }
}

TEST("each sequence is taken by exactly one of several threads") {
  auto window = std::make_unique<ReplayWindow>();
  constexpr size_t threads = 3;
  std::vector<uint8_t> taken[threads];
  auto take_all = [&](size_t thread) {
    Random random(thread);
    taken[thread].resize(width);
    // Everybody offers all of them, in an order of its own within groups of 64.
    for (uint64_t group = 0; group < width; group += 64) {
      uint32_t turn = random.below(64);
      for (uint64_t at = 0; at < 64 && group + at < width; at++) {
        uint64_t sequence = group + (at ^ turn);
        if (sequence < width && window->take(sequence)) taken[thread][sequence]++;
      }
    }
  };
  std::vector<std::thread> running;
  for (size_t thread = 0; thread < threads; thread++) running.emplace_back(take_all, thread);
  for (std::thread& thread : running) thread.join();
  for (uint64_t sequence = 0; sequence < width; sequence++) {
    CHECK(taken[0][sequence] + taken[1][sequence] + taken[2][sequence] == 1);
  }
}

TEST("threads that take the sequences of one slot lose none of each other's") {
  for (int round = 0; round < 60; round++) {
    auto window = std::make_unique<ReplayWindow>();
    std::latch begin(2);
    auto take_every_second = [&](uint64_t from) {
      begin.arrive_and_wait();
      for (uint64_t sequence = from; sequence < width; sequence += 2) window->take(sequence);
    };
    std::thread even(take_every_second, 0), odd(take_every_second, 1);
    even.join();
    odd.join();
    for (uint64_t sequence = 0; sequence < width; sequence++) CHECK(!window->take(sequence));
  }
}

TEST("threads that drive the window far ahead never take a sequence twice") {
  auto window = std::make_unique<ReplayWindow>();
  constexpr uint64_t count = 200'000;
  std::vector<std::atomic<uint8_t>> taken(count);
  auto run = [&](uint64_t seed) {
    Random random(seed);
    for (uint64_t at = 0; at < count; at++) {
      uint64_t back = random.below(20'000);
      uint64_t sequence = random.chance(3) && at > back ? at - back : at;
      if (window->take(sequence)) taken[sequence]++;
    }
  };
  std::thread first(run, 1), second(run, 2), third(run, 3);
  first.join();
  second.join();
  third.join();
  CHECK(std::all_of(taken.begin(), taken.end(), [](const auto& times) { return times <= 1; }));
  CHECK(std::count_if(taken.begin(), taken.end(), [](const auto& times) { return times == 1; }) > static_cast<int64_t>(count / 2));
}

}  // namespace weft::test
