// Packets for tests, built and taken apart in the plainest way: the oracle for the engine's fast one.
#pragma once

#include "check.h"
#include "segment.h"

namespace weft::test {

using Packet = std::vector<uint8_t>;

/// One's complement sum, 16 bits at a time, as RFC 1071 describes it.
uint16_t naive_sum(View bytes, uint32_t start = 0);
uint16_t naive_pseudo_sum(const Packet& packet);

struct Spec {
  bool v6 = false;
  bool tcp = true;
  uint8_t source_host = 1, destination_host = 2;  // last byte of 10.7.0.x and fd07::x
  uint16_t source_port = 40000, destination_port = 5201;
  uint32_t sequence = 1000, acknowledgement = 77;
  uint8_t flags = 0x10;
  uint16_t window = 512, id = 100;
  bool dont_fragment = true;
  size_t ip_options = 0, tcp_options = 12;  // bytes, a multiple of 4; IPv4 only
  Packet payload;
};

size_t headers_length(const Spec& spec);
/// With a complete, right checksum, or with the partial one.
Packet build(const Spec& spec, bool partial = false);
/// Puts lengths and checksums of an otherwise finished packet right.
void seal(Packet& packet, bool partial);

Spec random_spec(Random& random);
Address overlay(bool v6, uint8_t host);

/// The packets that a super-packet stands for, by its headers alone, each with a partial checksum.
std::vector<Packet> naive_split(const Packet& super, size_t headers, size_t size);

}  // namespace weft::test
