// Questions of guests for Ethernet addresses.
#include <cstring>

#include "check.h"
#include "frames.h"

namespace weft::test {

namespace {

const Bytes asker_mac = {2, 4, 10, 0, 0, 5};

Bytes address4(const weft_address& address) { return {address.bytes + 12, address.bytes + 16}; }
Bytes address6(const weft_address& address) { return {address.bytes, address.bytes + 16}; }

Bytes arp(uint8_t operation, const Bytes& sender_mac, const weft_address& sender, const Bytes& target_mac, const weft_address& target) {
  return Bytes{0, 1, 8, 0, 6, 4, 0, operation} + sender_mac + address4(sender) + target_mac + address4(target);
}

Bytes asks(const weft_address& sender, const weft_address& target) {
  return ethernet(0x0806, asker_mac, Bytes(6, 0xff)) + arp(1, asker_mac, sender, Bytes(6, 0), target);
}

uint32_t sum_of(const Bytes& bytes) {
  uint32_t sum = 0;
  for (size_t at = 0; at + 1 < bytes.size(); at += 2) sum += bytes[at] << 8 | bytes[at + 1];
  return sum;
}

/// Of pseudo header and message: all ones when the message's checksum is right.
uint16_t folded(const Bytes& packet) {
  uint32_t sum = sum_of(part(packet, 8, 32)) + sum_of(part(packet, 40, packet.size())) + 58 + static_cast<uint32_t>(packet.size() - 40);
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(sum);
}

Bytes solicitation(const weft_address& from, const weft_address& target, const Bytes& options, uint8_t type = 135) {
  Bytes packet = ip(from, v6("ff02::1:ff00:9"), 58, Bytes{type, 0, 0, 0, 0, 0, 0, 0} + address6(target) + options);
  packet[7] = 255;
  return ethernet(0x86dd, asker_mac, {0x33, 0x33, 0xff, 0, 0, 9}) + packet;
}

bool is_swallowed(const Bytes& frame) {
  Programs& all = Programs::all();
  bool shot = all.run("weft_guest", frame).verdict == act_shot;
  weft_counters counted = all.port_counters(own_slot);
  return shot && counted.drops == 0 && counted.out.packets == 0 && all.dropped(WEFT_DROP_GUEST_MALFORMED) == 0;
}

bool is_answered(const Bytes& frame, const weft_address& target) {
  Ran ran = Programs::all().run("weft_guest", frame);
  if (ran.verdict != act_redirect || ran.packet.size() != 14 + 40 + 32) return false;
  Bytes packet = part(ran.packet, 14, ran.packet.size());
  Bytes message = part(packet, 40, 32);
  return part(ran.packet, 0, 12) == asker_mac + port_mac && packet[7] == 255 && part(packet, 8, 16) == address6(target) &&
         part(packet, 24, 16) == address6(own_ip6) && message[0] == 136 && message[4] == 0x60 &&
         part(message, 8, 16) == address6(target) && part(message, 24, 8) == Bytes{2, 1} + port_mac && folded(packet) == 0xffff;
}

}  // namespace

TEST("an ARP request for any address but the guest's own is answered in place") {
  make_region();
  for (auto target : {far_ip, other_ip, v4(10, 9, 9, 9), v4(169, 254, 87, 1)}) {
    Ran ran = Programs::all().run("weft_guest", asks(own_ip, target));
    CHECK(ran.verdict == act_redirect);
    CHECK(ran.packet == ethernet(0x0806, port_mac, asker_mac) + arp(2, port_mac, target, asker_mac, own_ip));
  }
}

TEST("who asks by ARP for an address of its own, or from none, or announces one, hears nothing") {
  make_region();
  CHECK(is_swallowed(asks(v4(0, 0, 0, 0), far_ip)));
  CHECK(is_swallowed(asks(own_ip, own_ip)));
  CHECK(is_swallowed(asks(v4(10, 0, 0, 77), own_ip)));
  CHECK(is_swallowed(ethernet(0x0806, asker_mac) + arp(2, asker_mac, own_ip, asker_mac, far_ip)));
  CHECK(is_swallowed(ethernet(0x0806, asker_mac) + Bytes(20, 0)));
}

TEST("a neighbour solicitation is answered with a right checksum, with and without an option of its own") {
  make_region();
  CHECK(is_answered(solicitation(own_ip6, far_ip6, Bytes{1, 1} + asker_mac), far_ip6));
  CHECK(is_answered(solicitation(own_ip6, far_ip6, {}), far_ip6));
  CHECK(is_answered(solicitation(own_ip6, v6("fe80::57"), Bytes{1, 1} + asker_mac + Bytes(8, 0)), v6("fe80::57")));
}

TEST("a duplicate address probe and a question for the guest's own address hear nothing") {
  make_region();
  CHECK(is_swallowed(solicitation(v6("::"), far_ip6, {})));
  CHECK(is_swallowed(solicitation(own_ip6, own_ip6, {})));
}

TEST("how a host announces itself counts as nothing") {
  make_region();
  for (uint8_t type : {130, 131, 132, 133, 134, 136, 137, 143}) CHECK(is_swallowed(solicitation(own_ip6, far_ip6, {}, type)));
  Bytes report = ip(v6("::"), v6("ff02::16"), 0, Bytes{58, 0, 5, 2, 0, 0, 1, 0} + Bytes{143, 0, 0, 0, 0, 0, 0, 0});
  CHECK(is_swallowed(framed(report)));
  CHECK(is_swallowed(framed(ip(own_ip, v4(224, 0, 0, 22), 2, Bytes(8, 0)))));
}

}  // namespace weft::test
