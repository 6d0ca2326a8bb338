#include "waiting.h"

#include <algorithm>
#include <new>

#include "format.h"

namespace weft {

namespace {

constexpr uint32_t alignment = 64;
constexpr size_t most_bytes = size_t{1} << 30;  // so that offsets fit into 32 bits

uint32_t rounded(size_t size) { return static_cast<uint32_t>((size + alignment - 1) / alignment * alignment); }

}  // namespace

Waiting::Waiting(const Limits& limits)
    : limits_(limits),
      capacity_(rounded(std::min(limits.bytes, most_bytes))),
      ring_(new uint8_t[capacity_]) {
  queues_.resize(most_queues);
  for (uint32_t at = most_queues; at-- > 0;) free_queues_.push_back(at);
}

Bytes Waiting::packet_of(uint32_t offset) {
  Record& at = record(offset);
  return {ring_.get() + offset + sizeof(Record) + header_room, at.packet_size};
}

Waiting::Outcome Waiting::hold(const Held& held, View packet, uint64_t now_ms, Answer answer) {
  uint64_t hash = hash_of(held.key);
  const uint32_t* known = index(held.side).find(held.key, hash);
  if (known != nullptr && queues_[*known].count >= limits_.packets_per_address) return Outcome::full;
  if (known == nullptr && (free_queues_.empty() || limits_.packets_per_address == 0)) return Outcome::full;
  uint32_t size = rounded(sizeof(Record) + header_room + packet.size() + tag_room);
  if (!has_room(share(held), size, known == nullptr)) return Outcome::full;
  uint32_t offset = allocate(size);
  if (offset == none) return Outcome::full;
  new (&record(offset)) Record{size, true, static_cast<uint32_t>(packet.size()), none, now_ms + limits_.deadline_ms, held};
  memcpy(packet_of(offset).data(), packet.data(), packet.size());
  packets_ += held.packets;
  share(held).bytes += size;
  Queue& queue = known != nullptr ? queues_[*known] : open_queue(held, hash, offset);
  if (known != nullptr) record(queue.tail).next = offset;
  queue.tail = offset;
  queue.count++;
  if (answer != Answer::unknown || (queue.asked && !is_overdue(queue, now_ms))) return Outcome::held;
  note_asked(queue, now_ms);
  return Outcome::ask;
}

// Grows to the highest slot that has ever had to wait.
Waiting::Share& Waiting::share(const Held& held) {
  auto& shares = shares_[static_cast<size_t>(held.side)];
  if (held.owner >= shares.size()) shares.resize(held.owner + 1);
  return shares[held.owner];
}

bool Waiting::has_room(const Share& share, uint32_t size, bool opens_queue) const {
  if (opens_queue && share.queues >= most_queues / parts) return false;
  return share.bytes == 0 || share.bytes + size <= capacity_ / parts;
}

Waiting::Queue& Waiting::open_queue(const Held& first, uint64_t hash, uint32_t offset) {
  uint32_t at = free_queues_.back();
  free_queues_.pop_back();
  queues_[at] = {first, offset, offset, 0, false, 0};
  share(first).queues++;
  index(first.side).put(first.key, hash, at);
  return queues_[at];
}

void Waiting::note_asked(Queue& queue, uint64_t now_ms) {
  queue.asked = true;
  queue.asked_ms = now_ms;
}

bool Waiting::is_overdue(const Queue& queue, uint64_t now_ms) const {
  return queue.asked && now_ms - queue.asked_ms >= limits_.deadline_ms;
}

// The rest of the ring becomes a dead record when `size` does not fit before its end.
uint32_t Waiting::allocate(uint32_t size) {
  if (used_ == 0) head_ = tail_ = 0;  // so that the oldest record is never a filler
  uint32_t until_end = capacity_ - tail_;
  uint32_t skipped = size > until_end ? until_end : 0;
  if (used_ + skipped + size > capacity_) return none;
  if (skipped > 0) {
    Record filler{};
    filler.size = skipped;
    memcpy(ring_.get() + tail_, &filler, std::min<size_t>(skipped, sizeof filler));  // a gap may be smaller than a record
    used_ += skipped;
    tail_ = 0;
  }
  uint32_t offset = tail_;
  used_ += size;
  tail_ = tail_ + size == capacity_ ? 0 : tail_ + size;
  return offset;
}

Waiting::Queue Waiting::take_queue(uint32_t at) {
  Queue taken = queues_[at];
  queues_[at].count = 0;
  free_queues_.push_back(at);
  share(taken.first).queues--;
  index(taken.first.side).remove(taken.first.key, hash_of(taken.first.key));
  return taken;
}

// Gives the memory of dead records at the head back.
void Waiting::finish(uint32_t offset) {
  Record& done = record(offset);
  done.alive = false;
  packets_ -= done.held.packets;
  share(done.held).bytes -= done.size;
  while (used_ > 0 && !record(head_).alive) {
    uint32_t size = record(head_).size;
    used_ -= size;
    head_ = head_ + size == capacity_ ? 0 : head_ + size;
  }
}

void Waiting::release(uint64_t now_ms, const std::function<Answer(const Held&)>& look_up, const Handler& give,
                      const Asker& ask) {
  if (packets_ == 0) return;
  for (uint32_t at = 0; at < most_queues; at++) {
    Queue& queue = queues_[at];
    if (queue.count == 0) continue;
    Answer answer = look_up(queue.first);
    if (answer == Answer::ready) {
      give_all(take_queue(at), give);
    } else if (answer == Answer::mapped) {
      queue.asked = false;  // that question is answered: when the mapping goes again, it is a new one
    } else if (!queue.asked) {
      note_asked(queue, now_ms);
      ask(queue.first);
    }
  }
}

void Waiting::give_all(const Queue& queue, const Handler& give) {
  for (uint32_t offset = queue.head; offset != none;) {
    uint32_t next = record(offset).next;
    Held held = record(offset).held;
    give(held, packet_of(offset));
    finish(offset);
    offset = next;
  }
}

void Waiting::expire(uint64_t now_ms, const Handler& drop, const Asker& ask) {
  while (used_ > 0 && record(head_).deadline_ms <= now_ms) {
    uint32_t offset = head_;
    Held held = record(offset).held;
    uint32_t at = *index(held.side).find(held.key, hash_of(held.key));
    Queue& queue = queues_[at];
    queue.head = record(offset).next;
    bool some_stay = --queue.count > 0 && record(queue.head).deadline_ms > now_ms;
    bool ask_again = some_stay && is_overdue(queue, now_ms);
    if (queue.count == 0) take_queue(at);
    else if (ask_again) note_asked(queue, now_ms);
    drop(held, packet_of(offset));
    finish(offset);
    if (ask_again) ask(held);
  }
}

int Waiting::until_deadline(uint64_t now_ms) const {
  if (used_ == 0) return -1;
  uint64_t deadline = record(head_).deadline_ms;
  return deadline <= now_ms ? 0 : static_cast<int>(std::min<uint64_t>(deadline - now_ms, 60'000));
}

}  // namespace weft
