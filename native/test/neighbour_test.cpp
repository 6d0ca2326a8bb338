// Ethernet frames and the answers to those who ask for a guest's Ethernet address.
#include <algorithm>

#include "crc32c.h"
#include "ethernet.h"
#include "inner.h"
#include "json.h"
#include "neighbour.h"
#include "packets.h"

namespace weft::test {

namespace {

Packet joined(std::initializer_list<const char*> pieces) {
  std::string hex;
  for (const char* piece : pieces) hex += piece;
  return from_hex(hex);
}

/// Who has 10.7.0.9? Tell 10.7.0.5.
Packet arp_request() {
  return joined({"ffffffffffff", "0a0000000005", "0806", "0001", "0800", "06", "04", "0001", "0a0000000005", "0a070005",
                 "000000000000", "0a070009"});
}

void put_icmp_checksum(Packet& frame) {
  Bytes message = Bytes(frame).subspan(54);
  store16(&message[2], 0);
  Packet pseudo(frame.begin() + 22, frame.begin() + 54);
  pseudo.insert(pseudo.end(), {0, 0, static_cast<uint8_t>(message.size() >> 8), static_cast<uint8_t>(message.size()), 0, 0, 0, 58});
  store16(&message[2], static_cast<uint16_t>(~naive_sum(message, naive_sum(pseudo))));
}

/// Who has fd07::9? Tell fd07::5, by multicast and with the asker's Ethernet address.
Packet solicitation(const char* source = "fd070000000000000000000000000005", const char* option = "01010a0000000005") {
  Packet frame = joined({"3333ff000009", "0a0000000005", "86dd", "60000000", "0000", "3a", "ff", source,
                         "ff0200000000000000000001ff000009", "87", "00", "0000", "00000000",
                         "fd070000000000000000000000000009", option});
  store16(&frame[18], static_cast<uint16_t>(frame.size() - 54));
  put_icmp_checksum(frame);
  return frame;
}

std::optional<NeighbourQuestion> question_of(Packet frame) { return read_question(read_frame(frame)); }

template <typename Change>
bool asks_after(Packet frame, bool right_checksum, Change change) {
  change(frame);
  if (right_checksum) put_icmp_checksum(frame);
  return question_of(frame).has_value();
}

Packet answer_to(Packet frame) {
  auto question = question_of(frame);
  CHECK(question.has_value());
  Packet out(neighbour_answer_max);
  out.resize(write_answer(*question, out.data()));
  return out;
}

}  // namespace

TEST("a guest's Ethernet address is derived from its address") {
  CHECK(derived_mac(*Address::parse("10.7.0.9")).bytes == (std::array<uint8_t, 6>{0x02, 0x04, 10, 7, 0, 9}));
  Packet v6 = from_hex("fd070000000000000000000000000009");
  uint32_t crc = crc32c_end(crc32c_add_table(crc32c_begin, v6));
  Mac mac = derived_mac(*Address::parse("fd07::9"));
  CHECK(mac.bytes[0] == 0x02 && mac.bytes[1] == 0x06 && load32(&mac.bytes[2]) == crc);
  CHECK(!mac.is_multicast() && Mac::from(mac.bytes.data()) == mac);
}

TEST("padding behind an IP packet is trimmed, and a length that cannot be is left for the parser to name") {
  for (bool v6 : {false, true}) {
    Spec spec;
    spec.v6 = v6;
    Packet inner = build(spec), frame(ethernet_header);
    write_ethernet(frame.data(), Mac{{2, 4, 1, 2, 3, 4}}, Mac{{2, 4, 5, 6, 7, 8}}, v6 ? ethertype_ipv6 : ethertype_ipv4);
    frame.insert(frame.end(), inner.begin(), inner.end());
    for (size_t padding : {0, 1, 40}) {
      Packet padded = frame;
      padded.resize(frame.size() + padding);
      Frame found = read_frame(padded);
      CHECK(found.kind == (v6 ? FrameKind::ipv6 : FrameKind::ipv4));
      CHECK(Packet(found.payload.begin(), found.payload.end()) == inner);
      CHECK(found.destination == (Mac{{2, 4, 1, 2, 3, 4}}) && found.source == (Mac{{2, 4, 5, 6, 7, 8}}));
    }
    for (size_t length = 0; length < frame.size(); length++) {
      Packet cut(frame.begin(), frame.begin() + static_cast<ptrdiff_t>(length));
      Frame found = read_frame(cut);
      CHECK((found.kind == FrameKind::cut) == (length < ethernet_header));
      CHECK(found.payload.size() == (length < ethernet_header ? 0 : length - ethernet_header));
    }
  }
  Packet lying = from_hex("020401020304020405060708080045000013000000000000000000000000000000000000");
  CHECK(read_frame(lying).payload.size() == lying.size() - ethernet_header);
}

TEST("frames that are no IP packet say what they are") {
  Packet arp = arp_request(), asking = solicitation();
  CHECK(read_frame(arp).kind == FrameKind::arp);
  CHECK(read_frame(asking).kind == FrameKind::neighbour_solicitation);
  asking[54] = 136;
  CHECK(read_frame(asking).kind == FrameKind::ipv6);
  for (uint16_t type : {0x8100, 0x88a8, 0x88cc, 0x0026, 0x0000}) {
    store16(&arp[12], type);
    CHECK(read_frame(arp).kind == FrameKind::other);
    CHECK(!question_of(arp));
  }
}

TEST("an ARP request is answered with the guest's Ethernet address") {
  auto question = question_of(arp_request());
  CHECK(question && question->target == *Address::parse("10.7.0.9") && question->asker == *Address::parse("10.7.0.5"));
  CHECK(answer_to(arp_request()) == joined({"0a0000000005", "02040a070009", "0806", "0001", "0800", "06", "04", "0002",
                                            "02040a070009", "0a070009", "0a0000000005", "0a070005"}));
  Packet padded = arp_request();
  padded.resize(60);
  CHECK(answer_to(padded) == answer_to(arp_request()));
}

TEST("an ARP probe has an asker without address, and is answered all the same") {
  Packet probe = arp_request();
  std::fill_n(probe.begin() + 28, 4, 0);
  CHECK(question_of(probe) && question_of(probe)->asker.family == Family::none);
  Packet answer = answer_to(probe);
  CHECK(Packet(answer.begin() + 38, answer.end()) == Packet(4, 0));
}

TEST("ARP that asks nothing, or is not IPv4 over Ethernet, is not answered") {
  struct Change {
    size_t at;
    uint8_t value;
  };
  for (Change change : {Change{15, 6}, Change{16, 0x86}, Change{18, 8}, Change{19, 16}, Change{21, 2}, Change{21, 0},
                        Change{20, 1}, Change{22, 0x01}, Change{31, 9}}) {
    Packet frame = arp_request();
    frame[change.at] = change.value;
    CHECK(!question_of(frame));
  }
  Packet frame = arp_request();
  for (size_t length = 0; length < frame.size(); length++) {
    CHECK(!question_of(Packet(frame.begin(), frame.begin() + static_cast<ptrdiff_t>(length))));
  }
}

TEST("a neighbour solicitation is answered with an advertisement to the asker") {
  auto question = question_of(solicitation());
  CHECK(question && question->target == *Address::parse("fd07::9") && question->asker == *Address::parse("fd07::5"));
  Packet expected = joined({"0a0000000005", "020600000000", "86dd", "60000000", "0020", "3a", "ff",
                            "fd070000000000000000000000000009", "fd070000000000000000000000000005", "88", "00", "0000",
                            "60000000", "fd070000000000000000000000000009", "0201", "020600000000"});
  Mac own = derived_mac(*Address::parse("fd07::9"));
  std::copy(own.bytes.begin(), own.bytes.end(), expected.begin() + 6);
  std::copy(own.bytes.begin(), own.bytes.end(), expected.end() - 6);
  put_icmp_checksum(expected);
  CHECK(answer_to(solicitation()) == expected);
  CHECK(expected.size() == neighbour_answer_max);
}

TEST("an asker that tells no Ethernet address is answered where the frame came from") {
  Packet frame = solicitation("fd070000000000000000000000000005", "");
  frame[11] = 6;
  CHECK(question_of(frame) && question_of(frame)->asker_mac == (Mac{{0x0a, 0, 0, 0, 0, 6}}));
}

TEST("an asker without address is answered at all nodes, and only when it asks as RFC 4862 says") {
  const char* none = "00000000000000000000000000000000";
  Packet answer = answer_to(solicitation(none, ""));
  CHECK(Packet(answer.begin(), answer.begin() + 6) == from_hex("333300000001"));
  CHECK(Packet(answer.begin() + 38, answer.begin() + 54) == from_hex("ff020000000000000000000000000001"));
  CHECK(load32(&answer[58]) == 0x20000000);
  Packet checked = answer;
  put_icmp_checksum(checked);
  CHECK(checked == answer);
  CHECK(!question_of(solicitation(none)));  // with a source address option
  CHECK(!asks_after(solicitation(none, ""), true, [](Packet& frame) { frame[53] = 8; }));  // to another group
}

TEST("a solicitation that a receiver must ignore is not answered") {
  CHECK(asks_after(solicitation(), true, [](Packet&) {}));
  CHECK(!asks_after(solicitation(), false, [](Packet& frame) { frame[21] = 254; }));                 // came over a router
  CHECK(!asks_after(solicitation(), false, [](Packet& frame) { frame[56] ^= 1; }));                  // checksum
  CHECK(!asks_after(solicitation(), true, [](Packet& frame) { frame[55] = 1; }));                    // code
  CHECK(!asks_after(solicitation(), true, [](Packet& frame) { frame[62] = 0xff; }));                 // a group's address
  CHECK(!asks_after(solicitation(), true, [](Packet& frame) { frame[79] = 0; }));                    // option without length
  CHECK(!asks_after(solicitation(), true, [](Packet& frame) { frame[79] = 2; }));                    // option that does not fit
  CHECK(!asks_after(solicitation(), true, [](Packet& frame) { frame[80] = 0x01; }));                 // asker is a group
  CHECK(!asks_after(solicitation(), true, [](Packet& frame) { frame[19] = 12; frame.resize(66); })); // shorter than 24
  Packet frame = solicitation();
  for (size_t length = 0; length < frame.size(); length++) {
    CHECK(!question_of(Packet(frame.begin(), frame.begin() + static_cast<ptrdiff_t>(length))));
  }
  const char* behind_others = "0e010000000000000e02000000000000000000000000000001010a0000000007";
  auto question = question_of(solicitation("fd070000000000000000000000000005", behind_others));
  CHECK(question && question->asker_mac == (Mac{{0x0a, 0, 0, 0, 0, 7}}));
}

}  // namespace weft::test
