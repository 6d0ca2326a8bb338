// Eliding and rebuilding IP headers: what comes back is what was sent, to the byte, or it is not elided.
#include <algorithm>

#include "elision.h"
#include "json.h"
#include "packets.h"

namespace weft::test {

namespace {

/// The packet as it travels, with room in front.
struct Travelling {
  Packet bytes;
  Bytes payload() { return Bytes(bytes).subspan(rebuild_room); }
};

Travelling elided(const Packet& packet) {
  size_t header = elidable_header(packet, packet.size());
  CHECK(header > 0);
  uint8_t out[elided_header_max];
  size_t length = elide(View(packet).first(header), out);
  Travelling travelling{Packet(rebuild_room, 0xee)};
  travelling.bytes.insert(travelling.bytes.end(), out, out + length);
  travelling.bytes.insert(travelling.bytes.end(), packet.begin() + static_cast<ptrdiff_t>(header), packet.end());
  return travelling;
}

Packet rebuilt(bool v6, Travelling travelling) {
  Bytes packet;
  CHECK(rebuild(v6, travelling.payload(), packet) == InnerFault::none);
  return {packet.begin(), packet.end()};
}

InnerFault fault_of(bool v6, Packet payload) {
  Travelling travelling{Packet(rebuild_room)};
  travelling.bytes.insert(travelling.bytes.end(), payload.begin(), payload.end());
  Bytes packet;
  return rebuild(v6, travelling.payload(), packet);
}

Packet v4_packet() {
  Spec spec;
  spec.payload = {1, 2, 3, 4, 5};
  return build(spec);
}

void put_checksum(Packet& packet) {
  store16(&packet[10], 0);
  store16(&packet[10], static_cast<uint16_t>(~naive_sum(View(packet).first(20))));
}

}  // namespace

TEST("every packet with a plain header is rebuilt to the byte") {
  Random random(41);
  for (int round = 0; round < 2000; round++) {
    Spec spec = random_spec(random);
    spec.ip_options = 0;
    spec.payload = random.bytes(random.below(200));
    Packet packet = build(spec, random.chance(2));
    if (spec.v6) store32(&packet[0], 0x60000000 | static_cast<uint32_t>(random.next() & 0x0fffffff));
    else {
      packet[1] = static_cast<uint8_t>(random.next());
      packet[8] = static_cast<uint8_t>(random.next());
      put_checksum(packet);
    }
    CHECK(elidable_header(packet, packet.size()) == (spec.v6 ? 40u : 20u));
    CHECK(rebuilt(spec.v6, elided(packet)) == packet);
  }
}

TEST("elided headers look as they are drawn") {
  Packet v4 = from_hex("452e0018beef40003a110000c0a80001c0a80002deadbeef");
  put_checksum(v4);
  CHECK(View(elided(v4).bytes).size() == rebuild_room + 18);
  Packet v4_payload = elided(v4).bytes;
  CHECK(Packet(v4_payload.begin() + rebuild_room, v4_payload.end()) == from_hex("2e3a1140beefc0a80001c0a80002deadbeef"));
  Packet v6 = from_hex("6abcdef100022b40fd070000000000000000000000000001fd0700000000000000000000000000020102");
  Packet v6_payload = elided(v6).bytes;
  CHECK(Packet(v6_payload.begin() + rebuild_room, v6_payload.end()) ==
        from_hex("0abcdef12b40fd070000000000000000000000000001fd0700000000000000000000000000020102"));
}

TEST("a header is elided where it lies, ending where it ended") {
  Random random(42);
  for (bool v6 : {false, true}) {
    Spec spec;
    spec.v6 = v6;
    spec.payload = random.bytes(50);
    Packet packet = build(spec), in_place = packet, apart = elided(packet).bytes;
    size_t header = v6 ? 40 : 20, shorter = v6 ? elided_ipv6_header : elided_ipv4_header;
    CHECK(elide(View(in_place).first(header), in_place.data() + header - shorter) == shorter);
    CHECK(Packet(in_place.begin() + static_cast<ptrdiff_t>(header - shorter), in_place.end()) ==
          Packet(apart.begin() + rebuild_room, apart.end()));
  }
}

TEST("what could not be told from what would be rebuilt is not elided") {
  auto eligible = [](auto change) {
    Packet packet = v4_packet();
    change(packet);
    return elidable_header(packet, packet.size()) > 0;
  };
  CHECK(eligible([](Packet&) {}));
  CHECK(!eligible([](Packet& packet) { packet[10] ^= 1; }));
  CHECK(!eligible([](Packet& packet) { packet[0] = 0x46; put_checksum(packet); }));
  CHECK(!eligible([](Packet& packet) { store16(&packet[2], static_cast<uint16_t>(packet.size() - 1)); put_checksum(packet); }));
  for (uint16_t fragment : {0x8000, 0x2000, 0x2001, 0x0001, 0x1fff, 0x6000, 0xc000}) {
    CHECK(!eligible([&](Packet& packet) { store16(&packet[6], fragment); put_checksum(packet); }));
  }
  for (uint16_t whole : {0x0000, 0x4000}) {
    CHECK(eligible([&](Packet& packet) { store16(&packet[6], whole); put_checksum(packet); }));
  }
  Spec options;
  options.ip_options = 4;
  Packet packet = build(options);
  CHECK(elidable_header(packet, packet.size()) == 0);
  Spec v6;
  v6.v6 = true;
  packet = build(v6);
  CHECK(elidable_header(packet, packet.size() + 1) == 0 && elidable_header(packet, packet.size()) == 40);
}

TEST("a checksum of all ones is right but not what would be rebuilt, so it is not elided") {
  Packet packet = v4_packet();
  // The other words sum to 0xffff when the identification takes up what is missing.
  store16(&packet[4], 0);
  store16(&packet[10], 0);
  store16(&packet[4], static_cast<uint16_t>(~naive_sum(View(packet).first(20))));
  CHECK(elidable_header(packet, packet.size()) == 20);
  store16(&packet[10], 0xffff);
  CHECK(elidable_header(packet, packet.size()) == 0);
}

TEST("a header that is not all there is not elided") {
  Packet packet = v4_packet();
  for (size_t length = 0; length < 20; length++) CHECK(elidable_header(View(packet).first(length), packet.size()) == 0);
  CHECK(elidable_header(View(packet).first(20), packet.size()) == 20);
}

TEST("an elided header that is cut, or has bits that mean nothing, is not rebuilt") {
  for (size_t length = 0; length < elided_ipv4_header; length++) CHECK(fault_of(false, Packet(length)) == InnerFault::cut);
  for (size_t length = 0; length < elided_ipv6_header; length++) CHECK(fault_of(true, Packet(length)) == InnerFault::cut);
  CHECK(fault_of(false, Packet(elided_ipv4_header)) == InnerFault::none);
  CHECK(fault_of(true, Packet(elided_ipv6_header)) == InnerFault::none);
  for (unsigned flags = 0; flags < 256; flags++) {
    Packet payload(elided_ipv4_header);
    payload[3] = static_cast<uint8_t>(flags);
    CHECK((fault_of(false, payload) == InnerFault::none) == (flags == 0 || flags == 0x40));
    payload.resize(elided_ipv6_header);
    payload[0] = static_cast<uint8_t>(flags);
    payload[3] = 0;
    CHECK((fault_of(true, payload) == InnerFault::none) == (flags < 16));
  }
}

TEST("a packet that no length field can say is malformed") {
  CHECK(fault_of(false, Packet(65535 - rebuild_room)) == InnerFault::none);
  CHECK(fault_of(false, Packet(65536 - rebuild_room)) == InnerFault::malformed);
  CHECK(fault_of(true, Packet(65535 + elided_ipv6_header)) == InnerFault::none);
  CHECK(fault_of(true, Packet(65536 + elided_ipv6_header)) == InnerFault::malformed);
}

TEST("rebuilding touches nothing in front of its room and nothing behind the header") {
  for (bool v6 : {false, true}) {
    Packet payload((v6 ? elided_ipv6_header : elided_ipv4_header) + 3);
    Packet bytes(40, 0xee);
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    Bytes packet;
    CHECK(rebuild(v6, Bytes(bytes).subspan(40), packet) == InnerFault::none);
    size_t grown = v6 ? 2 : rebuild_room;
    CHECK(packet.data() == bytes.data() + 40 - grown && packet.size() == payload.size() + grown);
    CHECK(std::all_of(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(40 - grown), [](uint8_t byte) { return byte == 0xee; }));
    CHECK(std::all_of(bytes.end() - 3, bytes.end(), [](uint8_t byte) { return byte == 0; }));
  }
}

}  // namespace weft::test
