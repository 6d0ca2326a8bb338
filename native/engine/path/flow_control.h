// Control frames of one worker: grants for what has arrived, asks for what guests wait for, and what comes of both.
//
// A grant goes the other way than the packets that it is for, sealed with a key that this host sends with; towards a
// peer that is sent nothing sealed there are no grants. An ask is sealed with the key that it is about, and takes the
// way of its packets, so that it arrives behind them.
#pragma once

#include <array>

#include "control_frame.h"
#include "outbox.h"
#include "unwrap.h"

namespace weft {

/// How many packets a peer may have on their way: its share of a receiving socket, by what the kernel counts for a
/// packet of that length, and half of it, since the kernel frees late and packets come in bursts.
uint64_t grant_window(size_t receive_room, uint32_t peers, uint32_t payload_room);

class FlowControl {
 public:
  /// `worker` is its number.
  FlowControl(unsigned worker, const Surroundings& around, WorkerCounters& counters, Outbox& outbox);

  void use(const Snapshot* table, uint64_t now_ms);
  /// A packet was opened by a key whose packets need credit.
  void arrived(uint32_t peer_slot, const Peer& peer, SessionKey& key, uint64_t sequence);
  /// Of a control frame that was opened and accepted.
  Verdict receive(uint32_t peer_slot, const Peer& peer, View frame);
  /// `hash` is that of the flow that waits.
  void ask(uint32_t peer_slot, const Peer& peer, SessionKey& key, uint32_t hash);
  /// Sends the frames that were not sent since.
  void flush();

 private:
  static constexpr size_t most_frames = 64;
  static constexpr size_t longest_frame = WEFT_HEADER_MAX + control_frame_length + WEFT_TAG_MAX;

  uint64_t window_of(const Peer& peer);
  void take_grant(const Peer& peer, const ControlFrame& frame);
  void answer_ask(uint32_t peer_slot, const Peer& peer, const ControlFrame& frame);
  void send(uint32_t peer_slot, const Peer& peer, SessionKey& key, uint32_t hash, const ControlFrame& frame);

  unsigned worker_;
  const Surroundings& around_;
  WorkerCounters& counters_;
  Outbox& outbox_;
  const Snapshot* table_ = nullptr;
  uint64_t now_ms_ = 0;
  const Peer* window_peer_ = nullptr;  // whose window the next one is
  uint64_t window_ = 0;
  size_t frames_ = 0;
  std::array<uint8_t, most_frames * longest_frame> memory_;
};

}  // namespace weft
