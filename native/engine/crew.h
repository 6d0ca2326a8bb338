// What the workers of one engine share besides the table, so that one can act on what comes to another.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace weft {

constexpr unsigned most_workers = 64;

/// Tests of sessions that wait for their answer: each is taken once, so that nobody makes events by answering what was
/// not asked. Of two that fall on one place the older one is forgotten.
class AskedTests {
 public:
  void put(uint32_t peer, uint32_t id) { place(peer, id).store(mark(peer, id)); }
  /// Whether this was asked, and nobody has taken it.
  bool take(uint32_t peer, uint32_t id) {
    uint64_t expected = mark(peer, id);
    return place(peer, id).compare_exchange_strong(expected, 0);
  }

 private:
  static uint64_t mark(uint32_t peer, uint32_t id) { return 1ull << 63 | uint64_t{peer} << 32 | id; }
  std::atomic<uint64_t>& place(uint32_t peer, uint32_t id) { return asked_[(peer * 31 + id) % asked_.size()]; }

  std::array<std::atomic<uint64_t>, 4096> asked_{};
};

struct Crew {
  unsigned workers = 1;
  size_t receive_room = 0;                   // bytes, of each receiving socket
  std::array<int, most_workers> wake_fds{};  // eventfds, by worker

  /// A port is not read any more when less credit is left: each worker may have read a super-packet already.
  uint64_t credit_margin() const { return uint64_t{64} * workers; }
  void wake(unsigned worker) const;
  AskedTests asked_tests;
};

}  // namespace weft
