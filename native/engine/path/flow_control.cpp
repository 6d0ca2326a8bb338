#include "flow_control.h"

#include <algorithm>

namespace weft {

namespace {

constexpr uint64_t least_window = 512, most_window = 65536;
constexpr uint8_t sealing_format = WEFT_FORMAT_GNI_3_0;  // the only one with control frames

/// What the kernel counts for a datagram in a socket: buffers are powers of two, and there is the description.
uint64_t room_in_socket(uint32_t payload) { return 2 * uint64_t{payload} + 1024; }

}  // namespace

uint64_t grant_window(size_t receive_room, uint32_t peers, uint32_t payload_room) {
  uint64_t usable = uint64_t{receive_room} / 4 * 3 / 2;  // a quarter is freed only when the queue is empty
  return std::clamp(usable / std::max(peers, 1u) / room_in_socket(payload_room), least_window, most_window);
}

FlowControl::FlowControl(unsigned worker, const Surroundings& around, WorkerCounters& counters, Outbox& outbox)
    : worker_(worker), around_(around), counters_(counters), outbox_(outbox) {}

void FlowControl::use(const Snapshot* table, uint64_t now_ms) {
  table_ = table;
  now_ms_ = now_ms;
  window_peer_ = nullptr;
}

uint64_t FlowControl::window_of(const Peer& peer) {
  if (window_peer_ != &peer) window_ = grant_window(around_.crew.receive_room, table_->flow_peers, peer.payload_room);
  window_peer_ = &peer;
  return window_;
}

void FlowControl::arrived(uint32_t peer_slot, const Peer& peer, SessionKey& key, uint64_t sequence) {
  if (peer.control_key == nullptr) return;
  std::optional<uint64_t> limit = key.grants().arrived(sequence, window_of(peer));
  if (limit) send(peer_slot, peer, *peer.control_key, 0, {ControlFrame::Kind::grant, key.id(), *limit});
}

Verdict FlowControl::receive(uint32_t peer_slot, const Peer& peer, View bytes) {
  std::optional<ControlFrame> frame = read_control_frame(bytes);
  if (!frame) return WEFT_DROP_INNER_MALFORMED;
  bump(counters_.control_frames_in);
  if (frame->kind == ControlFrame::Kind::grant) take_grant(peer, *frame);
  else answer_ask(peer_slot, peer, *frame);
  return kept;
}

// Two keys may have one id while they are changed: the grant is for one of them, and not far ahead of the other's
// packets or else it is no true one there.
void FlowControl::take_grant(const Peer& peer, const ControlFrame& frame) {
  for (SessionKey* key : peer.credited) {
    if (key->id() != frame.key_id || !key->credit().raise(frame.sequence, key->next(), now_ms_)) continue;
    uint64_t waiting = key->credit().take_waiting() & ~(1ull << worker_);  // this one looks itself, in this turn
    for (unsigned worker = 0; waiting != 0; worker++, waiting >>= 1) {
      if (waiting & 1) around_.crew.wake(worker);
    }
  }
}

void FlowControl::answer_ask(uint32_t peer_slot, const Peer& peer, const ControlFrame& frame) {
  if (peer.control_key == nullptr) return;
  for (const Peer::Opener& opener : peer.openers) {
    if (opener.key->id() != frame.key_id || (opener.with & peer.traits.flow_control) == 0) continue;
    uint64_t limit = opener.key->grants().asked(frame.sequence, window_of(peer));
    send(peer_slot, peer, *peer.control_key, 0, {ControlFrame::Kind::grant, frame.key_id, limit});
  }
}

void FlowControl::ask(uint32_t peer_slot, const Peer& peer, SessionKey& key, uint32_t hash) {
  send(peer_slot, peer, key, hash, {ControlFrame::Kind::ask, key.id(), key.next()});
}

void FlowControl::send(uint32_t peer_slot, const Peer& peer, SessionKey& key, uint32_t hash, const ControlFrame& frame) {
  std::optional<uint64_t> sequence = key.reserve(1);
  if (!sequence) return;
  if (frames_ == most_frames) flush();
  const Format& format = *format_of(sealing_format);
  Bytes whole{&memory_[frames_ * longest_frame], format.header_length + control_frame_length + format.tag_length};
  weft_header header{};
  header.control = 1;
  header.key_id = key.id();
  header.sequence = *sequence;
  format.put(header, whole, {});
  Bytes payload = whole.subspan(format.header_length, control_frame_length);
  write_control_frame(frame, payload.data());
  if (!key.seal(worker_, *sequence, whole.first(format.header_length), payload, {}, whole.subspan(format.header_length))) return;
  frames_++;
  outbox_.put({&peer, peer_slot, control_port, hash, 0, whole, {}});
}

void FlowControl::flush() {
  if (frames_ == 0) return;
  outbox_.flush();
  frames_ = 0;
}

}  // namespace weft
