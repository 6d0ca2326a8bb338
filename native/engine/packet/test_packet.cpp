#include "test_packet.h"

#include "checksum.h"

namespace weft {

namespace {

constexpr uint8_t source[4] = {192, 0, 0, 41}, destination[4] = {192, 0, 0, 42};
constexpr size_t sum_at = 10, fixed_length = 12, period = 16;
static_assert(test_headers + fixed_length <= least_test_length);

uint8_t pattern(const TestPacket& test, size_t at) {
  return static_cast<uint8_t>(test.id + test.index * 7u + at % period * 29u);
}

bool payload_is(const TestPacket& test, View payload) {
  for (size_t at = fixed_length; at < payload.size(); at++) {
    if (payload[at] != pattern(test, at)) return false;
  }
  return payload[3] == 0 && load16(&payload[8]) == payload.size() + test_headers &&
         load16(&payload[sum_at]) == fold(sum_words(payload.first(sum_at)));
}

bool headers_are_right(View packet, const Inner& inner, bool partial) {
  bool addressed = inner.transport_offset == ipv4_header && inner.payload_offset == test_headers &&
                   inner.transport == Transport::udp && memcmp(&packet[12], source, 4) == 0 &&
                   memcmp(&packet[16], destination, 4) == 0 && load16(&packet[20]) == test_port_number &&
                   load16(&packet[22]) == test_port_number;
  if (!addressed || !ipv4_header_is_right(packet.first(ipv4_header))) return false;
  if (!partial) return checksum_is_right(packet, inner);
  uint32_t length = inner.length - inner.transport_offset;
  return load16(&packet[26]) == fold(sum_pseudo_header(inner.source, inner.destination, protocol_udp, length));
}

}  // namespace

void write_test_payload(const TestPacket& test, Bytes out) {
  out[0] = static_cast<uint8_t>(test.kind);
  out[1] = test.index;
  out[2] = test.count;
  out[3] = 0;
  store32(&out[4], test.id);
  store16(&out[8], static_cast<uint16_t>(out.size() + test_headers));
  store16(&out[sum_at], fold(sum_words(out.first(sum_at))));
  for (size_t at = fixed_length; at < out.size(); at++) out[at] = pattern(test, at);
}

void write_test_headers(bool partial, uint8_t identification, Bytes packet) {
  uint8_t header[ipv4_header] = {0x45, 0, 0, 0, 0, identification, 0x40, 0, 64, protocol_udp};
  store16(&header[2], static_cast<uint16_t>(packet.size()));
  memcpy(&header[12], source, sizeof source);
  memcpy(&header[16], destination, sizeof destination);
  store16(&header[10], static_cast<uint16_t>(~fold(sum_words(header))));
  memcpy(packet.data(), header, sizeof header);
  uint8_t* udp = &packet[ipv4_header];
  uint16_t length = static_cast<uint16_t>(packet.size() - ipv4_header);
  store16(udp, test_port_number);
  store16(udp + 2, test_port_number);
  store16(udp + 4, length);
  store16(udp + 6, fold(sum_pseudo_header(Address::from_v4(source), Address::from_v4(destination), protocol_udp, length)));
  if (!partial) complete_checksum(packet, ipv4_header, checksum_offset(Transport::udp));
}

void write_test_packet(const TestPacket& test, bool partial, Bytes out) {
  write_test_payload(test, out.subspan(test_headers));
  write_test_headers(partial, test.index, out);
}

std::optional<TestPacket> read_test_packet(View packet, const Inner& inner, bool partial) {
  if (inner.v6() || packet.size() < least_test_length || !headers_are_right(packet, inner, partial)) return std::nullopt;
  View payload = packet.subspan(test_headers);
  TestPacket test{static_cast<TestPacket::Kind>(payload[0]), payload[1], payload[2], load32(&payload[4])};
  bool question = test.kind == TestPacket::Kind::question && test.index < test.count;
  bool answer = test.kind == TestPacket::Kind::answer && test.index <= test.count;
  bool countable = test.count > 0 && test.count <= most_test_packets;
  if (!countable || !(question || answer) || !payload_is(test, payload)) return std::nullopt;
  return test;
}

}  // namespace weft
