// Frames for tests, written byte by byte; and a small region: guests of network 7 on this host (slots 1, 2 and 3) and at
// a peer (slot 4 by IPv4, slot 5 by IPv6).
#pragma once

#include "programs.h"

namespace weft::test {

constexpr uint32_t red = 7;
constexpr uint32_t own_slot = 1, other_slot = 2, tun_slot = 3, peer_slot = 4, peer6_slot = 5;
constexpr uint8_t udp = 17, tcp = 6, icmp = 1, icmp6 = 58;

extern const weft_address own_ip, other_ip, tun_ip, far_ip, own_ip6, far_ip6, far6_ip;  // guests'
extern const weft_address here, there, here6, there6;                                   // hosts'
extern const Bytes port_mac, own_mac, other_mac;

bool is_v4(const weft_address& address);
Bytes operator+(Bytes left, const Bytes& right);
Bytes part(const Bytes& bytes, size_t from, size_t length);

/// Ethernet header; `destination` all zero is the loopback device's own address.
Bytes ethernet(uint16_t ethertype, const Bytes& source = Bytes(6, 2), const Bytes& destination = Bytes(6, 0));
/// IP header (with a right checksum) and payload.
Bytes ip(const weft_address& source, const weft_address& destination, uint8_t protocol, const Bytes& payload);
Bytes udp_packet(const weft_address& source, const weft_address& destination, const Bytes& payload = Bytes(30, 9));
Bytes echo(const weft_address& source, const weft_address& destination, uint16_t identifier);
/// The packet in an Ethernet frame of its family.
Bytes framed(const Bytes& packet);
/// As it comes from the peer's host by the substrate.
Bytes from_peer(const Bytes& payload, uint16_t port = WEFT_UDP_PORT, const weft_address& from = there, const weft_address& to = here);
Bytes gni_1_0(const Bytes& inner, uint32_t gni = red);
Bytes gni_2_0(const Bytes& inner, uint32_t gni = red);

weft_terms sends(int format);
weft_peer a_peer(const weft_address& address, const weft_address& own, weft_terms terms);
/// Guests, hosts and mappings as said above; both peers accept all plain formats and get gni 1.0.
void make_region();

}  // namespace weft::test
