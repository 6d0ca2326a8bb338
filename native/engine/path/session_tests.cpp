#include "session_tests.h"

#include <algorithm>
#include <bit>

namespace weft {

namespace {

constexpr size_t longest_packet = 65507;  // what one UDP_SEGMENT send takes

bool is_due(uint64_t since_ms, uint64_t now_ms, uint64_t wait_ms) { return now_ms - since_ms >= wait_ms; }

}  // namespace

SessionTests::SessionTests(const Surroundings& around, WorkerCounters& counters, SendPath& send_path)
    : around_(around),
      counters_(counters),
      send_path_(send_path),
      packet_(new uint8_t[header_room + longest_packet + tag_room]) {}

/// Each packet is sent before the next one takes its memory.
Bytes SessionTests::room(size_t length) {
  send_path_.flush();
  return {packet_.get() + header_room, length};
}

void SessionTests::send(const SessionTest& test) {
  around_.crew.asked_tests.put(test.peer, test.id);
  if (test.packets == 1 || !test.partial) return send_apart(test);
  uint32_t most = static_cast<uint32_t>((longest_packet - test_headers) / (test.inner_length - test_headers));
  for (uint32_t first = 0; first < test.packets; first += most) send_joined(test, first, std::min(most, test.packets - first));
}

// Packets of equal length, one behind the other, leave as one send all the same: checksums are all that differs.
void SessionTests::send_apart(const SessionTest& test) {
  size_t stride = header_room + test.inner_length + tag_room;
  size_t most = (header_room + longest_packet + tag_room) / stride;
  for (uint32_t index = 0; index < test.packets; index++) {
    if (index % most == 0) send_path_.flush();
    Bytes packet{packet_.get() + index % most * stride + header_room, test.inner_length};
    write_test_packet({TestPacket::Kind::question, static_cast<uint8_t>(index), test.packets, test.id}, test.partial, packet);
    PortHeader header{};
    if (test.partial) header = {PortHeader::needs_checksum, 0, 0, 0, ipv4_header, checksum_offset(Transport::udp)};
    send_path_.send_test(test.peer, header, packet);
  }
  send_path_.flush();
}

void SessionTests::send_joined(const SessionTest& test, uint32_t first, uint32_t count) {
  size_t payload = test.inner_length - test_headers;
  Bytes packet = room(test_headers + count * payload);
  for (uint32_t at = 0; at < count; at++) {
    TestPacket one{TestPacket::Kind::question, static_cast<uint8_t>(first + at), test.packets, test.id};
    write_test_payload(one, packet.subspan(test_headers + at * payload, payload));
  }
  write_test_headers(true, static_cast<uint8_t>(first), packet);
  PortHeader header{PortHeader::needs_checksum, 0, 0, 0, ipv4_header, checksum_offset(Transport::udp)};
  if (count > 1) {
    header.gso_type = PortHeader::gso_udp;
    header.gso_size = static_cast<uint16_t>(payload);
    header.header_length = test_headers;
  }
  send_path_.send_test(test.peer, header, packet);
  send_path_.flush();
}

Verdict SessionTests::receive(uint32_t peer_slot, const Unwrapped& packet, uint64_t now_ms) {
  std::optional<TestPacket> test = read_test_packet(packet.packet, packet.inner, packet.header.partial_checksum != 0);
  if (!test) return WEFT_DROP_INNER_MALFORMED;
  counters_.ports[test_port].in.add(1, packet.inner.length);
  counters_.peers[peer_slot].in.add(1, packet.inner.length);
  if (test->kind == TestPacket::Kind::answer) {
    if (around_.crew.asked_tests.take(peer_slot, test->id)) around_.events.tested(peer_slot, test->id, test->index);
    return kept;
  }
  Place* place = place_for(peer_slot, *test, now_ms);
  if (place != nullptr && place->state == State::counting) place->came |= 1u << test->index;
  return kept;
}

SessionTests::Place* SessionTests::place_for(uint32_t peer_slot, const TestPacket& test, uint64_t now_ms) {
  Place* unused = nullptr;
  size_t taken = 0;
  for (Place& place : places_) {
    if (place.state == State::answered && is_due(place.since_ms, now_ms, busy_ms)) place.state = State::free;
    if (place.state == State::free) {
      if (unused == nullptr) unused = &place;
      continue;
    }
    if (place.peer != peer_slot) continue;
    if (place.id == test.id && place.count == test.count) return &place;
    taken++;
  }
  if (unused == nullptr || taken >= places_per_peer) return nullptr;
  *unused = {State::counting, test.count, peer_slot, test.id, 0, now_ms};
  counting_++;
  return unused;
}

void SessionTests::answer(uint64_t now_ms) {
  if (counting_ == 0) return;
  for (Place& place : places_) {
    if (place.state != State::counting) continue;
    int intact = std::popcount(place.came);
    if (intact < place.count && !is_due(place.since_ms, now_ms, longest_wait_ms)) continue;
    place.state = State::answered;
    counting_--;
    Bytes packet = room(answer_length);
    write_test_packet({TestPacket::Kind::answer, static_cast<uint8_t>(intact), place.count, place.id}, false, packet);
    send_path_.send_test(place.peer, {}, packet);
  }
  send_path_.flush();
}

int SessionTests::until_answer(uint64_t now_ms) const {
  if (counting_ == 0) return -1;
  uint64_t first = longest_wait_ms;
  for (const Place& place : places_) {
    if (place.state != State::counting) continue;
    uint64_t age = now_ms - place.since_ms;
    first = std::min(first, age >= longest_wait_ms ? 0 : longest_wait_ms - age);
  }
  return static_cast<int>(first);
}

}  // namespace weft
