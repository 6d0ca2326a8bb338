// Tests of sessions, one worker's part: sends test packets as guests' packets are sent, counts those that come whole,
// and answers to the peer how many did.
//
//   asked by the owner → send ─► the peer's worker: receive … answer ─► receive → event `tested`
//
// All packets of a test are one flow and so come to one worker. It answers when all have come, or a while after the
// first one. Nothing is allocated for a test: a place is taken for each, so many in all and few for one peer, and kept
// for a time, which bounds the answers per second; what finds no place is not answered.
#pragma once

#include <array>
#include <memory>

#include "send_path.h"
#include "test_packet.h"
#include "unwrap.h"

namespace weft {

struct SessionTest {
  uint32_t peer = 0, id = 0;
  uint16_t inner_length = least_test_length;
  uint8_t packets = 1;
  bool partial = false;
};

class SessionTests {
 public:
  SessionTests(const Surroundings& around, WorkerCounters& counters, SendPath& send_path);

  /// Sent at the next flush at the latest.
  void send(const SessionTest& test);
  /// Of a packet of network 0.
  Verdict receive(uint32_t peer_slot, const Unwrapped& packet, uint64_t now_ms);
  /// Sends the answers that are due.
  void answer(uint64_t now_ms);
  /// Milliseconds until the next answer is due; -1 when none is.
  int until_answer(uint64_t now_ms) const;

 private:
  static constexpr uint64_t longest_wait_ms = 50, busy_ms = 250;
  static constexpr size_t places = 256, places_per_peer = 4;
  enum class State : uint8_t { free, counting, answered };
  struct Place {
    State state = State::free;
    uint8_t count = 0;
    uint32_t peer = 0, id = 0;
    uint32_t came = 0;  // bit per packet
    uint64_t since_ms = 0;
  };

  void send_apart(const SessionTest& test);
  void send_joined(const SessionTest& test, uint32_t first, uint32_t count);
  Bytes room(size_t length);
  Place* place_for(uint32_t peer_slot, const TestPacket& test, uint64_t now_ms);

  const Surroundings& around_;
  WorkerCounters& counters_;
  SendPath& send_path_;
  std::array<Place, places> places_{};
  size_t counting_ = 0;
  std::unique_ptr<uint8_t[]> packet_;
};

}  // namespace weft
