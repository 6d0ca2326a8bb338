// Test packets of a session: UDP over IPv4 between two fixed addresses in network 0, which no guest ever has.
//
//   | kind 8 | index 8 | count 8 | zero 8 | id 32 | length 16 | sum 16 | pattern ... |
//
//   question   the `index`th of `count`; length is that of the whole inner packet
//   answer     index says how many of `count` questions came whole
//
// Where the UDP checksum is partial nothing else covers these fields, so they have a sum of their own.
// The pattern repeats itself, so that it is compressed where the session compresses.
#pragma once

#include <optional>

#include "inner.h"

namespace weft {

constexpr uint32_t test_gni = 0;
constexpr uint16_t test_port_number = 6742;
constexpr uint32_t most_test_packets = 32;
constexpr size_t test_headers = ipv4_header + udp_header;
constexpr size_t least_test_length = 64, greatest_test_length = 9000, answer_length = 128;

struct TestPacket {
  enum class Kind : uint8_t { question = 1, answer = 2 };
  Kind kind = Kind::question;
  uint8_t index = 0, count = 0;
  uint32_t id = 0;

  bool operator==(const TestPacket&) const = default;
};

/// Fills `out`, one packet of that length, with a complete or a partial checksum.
void write_test_packet(const TestPacket& test, bool partial, Bytes out);
/// What is behind the inner headers, for a super-packet: `out` is the payload of one inner packet.
void write_test_payload(const TestPacket& test, Bytes out);
/// The inner headers of `packet`, whose payload is there already; a super-packet when it is longer than one test.
void write_test_headers(bool partial, uint8_t identification, Bytes packet);
/// Nothing when any byte, length or checksum of the packet is not as it was written.
std::optional<TestPacket> read_test_packet(View packet, const Inner& inner, bool partial);

}  // namespace weft
