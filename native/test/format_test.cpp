// Formats that need no key, packet by packet, and the CRC of one of them.
#include "crc32c.h"
#include "world.h"

namespace weft::test {

namespace {

std::string outcome(View datagram, Carrier carrier = Carrier::gni) {
  Verdict verdict = plain_receiver().unwrap({datagram.begin(), datagram.end()}, carrier).verdict;
  return verdict == kept ? "" : weft_drop_names[verdict];
}

/// A format whose packets can be made and read without a key.
bool is_plain(int id) { return format_of(id) != nullptr && !format_of(id)->seals(); }

Packet encapsulated(int id, const weft_header& header, const Packet& inner, size_t split) {
  const Format& format = *format_of(id);
  Packet out(format.front());
  out.insert(out.end(), inner.begin(), inner.end());
  size_t head = format.front() + split;
  put_headers(id, header, Bytes(out).first(head), View(out).subspan(head));
  return out;
}

}  // namespace

TEST("header and inner packet survive the way through every format, wherever the head ends") {
  Random random(1);
  for (int id = 1; id < WEFT_FORMAT_COUNT; id++) {
    if (!is_plain(id)) continue;
    for (int round = 0; round < 200; round++) {
      Spec spec = random_spec(random);
      spec.v6 &= !format_of(id)->ipv4_only;
      spec.payload = random.bytes(random.below(300));
      bool partial = random.chance(2) && format_of(id)->partial_checksum;
      Packet inner = build(spec, partial);
      weft_header header{};
      header.partial_checksum = partial;
      header.protocol = spec.v6 ? protocol_ipv6 : protocol_ipv4;
      header.source_gni = random.below(WEFT_GNI_MAX);
      header.destination_gni = id == WEFT_FORMAT_VXLAN ? header.source_gni : random.below(WEFT_GNI_MAX);
      Packet packet = encapsulated(id, header, inner, random.below(static_cast<uint32_t>(inner.size())));
      Receiver::Result out = plain_receiver().unwrap(packet, format_of(id)->carrier);
      CHECK(out.verdict == kept);
      CHECK(out.unwrapped.wrapping.format == id);
      CHECK(out.unwrapped.header.source_gni == header.source_gni);
      CHECK(out.unwrapped.header.destination_gni == header.destination_gni);
      CHECK(out.inner == inner);
    }
  }
}

TEST("a packet cut at any byte is never accepted") {
  Random random(2);
  for (int id = 1; id < WEFT_FORMAT_COUNT; id++) {
    if (!is_plain(id)) continue;
    Spec spec;
    spec.payload = random.bytes(100);
    Packet packet = datagram(id, build(spec, true));
    for (size_t length = 0; length < packet.size(); length++) CHECK(outcome(View(packet).first(length), format_of(id)->carrier) != "");
    CHECK(outcome(packet, format_of(id)->carrier) == "");
  }
}

TEST("gni 1.1 notices every flipped bit behind the version") {
  Spec spec;
  spec.payload = {1, 2, 3, 4, 5};
  Packet packet = datagram(WEFT_FORMAT_GNI_1_1, build(spec, true));
  for (size_t bit = 8; bit < packet.size() * 8; bit++) {
    packet[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    CHECK(outcome(packet) != "");
    packet[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
  }
}

TEST("folding, the CRC instruction and the table agree on every length and alignment") {
  Random random(3);
  Packet bytes = random.bytes(3100);
  for (size_t from = 0; from < 9; from++) {
    for (size_t length = 0; length < 3000; length += 1 + from * 3) {
      View piece = View(bytes).subspan(from, length);
      uint32_t state = static_cast<uint32_t>(random.next()), expected = crc32c_add_table(state, piece);
      CHECK(crc32c_add(state, piece) == expected);
      CHECK(crc32c_add_lanes(state, piece) == expected);
    }
  }
  const uint8_t digits[] = {'1', '2', '3', '4', '5', '6', '7', '8', '9'};
  CHECK(crc32c_end(crc32c_add(crc32c_begin, digits)) == 0xe3069283);  // the check value of RFC 3720 B.4's polynomial
}

}  // namespace weft::test
