// Splitting and joining against the naive oracle.
#include "checksum.h"
#include "coalesce.h"
#include "packets.h"

namespace weft::test {

namespace {

struct Super {
  Spec spec;
  Packet packet;
  uint16_t size;
  Inner inner;
  Offload offload;
};

PortHeader super_header(const Spec& spec, uint16_t size) {
  PortHeader header{};
  header.flags = PortHeader::needs_checksum;
  header.gso_type = spec.tcp ? spec.v6 ? PortHeader::gso_tcp6 : PortHeader::gso_tcp4 : PortHeader::gso_udp;
  header.gso_size = size;
  header.checksum_start = static_cast<uint16_t>(spec.v6 ? 40 : 20 + spec.ip_options);
  header.checksum_offset = spec.tcp ? 16 : 6;
  return header;
}

Super random_super(Random& random, uint32_t most_packets = 60) {
  Super out;
  out.spec = random_spec(random);
  out.size = static_cast<uint16_t>(random.between(1, 1000));
  uint32_t packets = random.between(2, most_packets);
  size_t payload = size_t{out.size} * (packets - 1) + random.between(1, out.size);
  out.spec.payload = random.bytes(std::min<size_t>(payload, 65535 - headers_length(out.spec)));
  out.packet = build(out.spec, true);
  CHECK(parse_inner(out.packet, out.inner) == InnerFault::none);
  CHECK(check_offload(super_header(out.spec, out.size), out.inner, out.offload));
  return out;
}

Packet whole(std::span<const iovec> pieces) {
  Packet out;
  for (const iovec& piece : pieces) {
    const uint8_t* from = static_cast<const uint8_t*>(piece.iov_base);
    out.insert(out.end(), from, from + piece.iov_len);
  }
  return out;
}

struct Written {
  PortHeader header;
  Packet packet;
};

Written written(Run& run) {
  Packet bytes = whole(run.finish());
  Written out;
  memcpy(&out.header, bytes.data(), sizeof out.header);
  out.packet.assign(bytes.begin() + sizeof out.header, bytes.end());
  return out;
}

Arrival arrival(const Packet& packet, bool partial) {
  Arrival out{packet, {}, partial};
  CHECK(parse_inner(packet, out.inner) == InnerFault::none);
  return out;
}

/// Everything that runs make of the packets, in order.
std::vector<Written> deliver(const std::vector<Packet>& packets, bool partial) {
  std::vector<Written> out;
  Run run;
  for (const Packet& packet : packets) {
    Arrival next = arrival(packet, partial);
    if (!run.empty() && run.append(next)) continue;
    if (!run.empty()) out.push_back(written(run));
    run.begin(next, {true, true});
  }
  if (!run.empty()) out.push_back(written(run));
  return out;
}

/// What a guest's kernel would make of the writes: the single packets, checksums completed.
std::vector<Packet> received(const std::vector<Written>& writes) {
  std::vector<Packet> out;
  for (const Written& write : writes) {
    Inner inner;
    CHECK(parse_inner(write.packet, inner) == InnerFault::none);
    std::vector<Packet> packets{write.packet};
    if (write.header.gso_type != PortHeader::gso_none) packets = naive_split(write.packet, inner.payload_offset, write.header.gso_size);
    for (Packet& packet : packets) {
      if (write.header.flags & PortHeader::needs_checksum) seal(packet, false);
      out.push_back(packet);
    }
  }
  return out;
}

/// Without what carries no meaning: the identification of a packet that must not be fragmented (RFC 6864).
std::vector<Packet> meaningful(std::vector<Packet> packets) {
  for (Packet& packet : packets) {
    if (packet[0] >> 4 == 6 || !(packet[6] & 0x40)) continue;
    store16(&packet[4], 0);
    store16(&packet[10], 0);
  }
  return packets;
}

std::vector<Packet> completed(std::vector<Packet> packets) {
  for (Packet& packet : packets) seal(packet, false);
  return packets;
}

}  // namespace

TEST("sums agree with the naive sum for every length and alignment") {
  Random random(4);
  Packet bytes = random.bytes(300);
  for (size_t from = 0; from < 8; from++) {
    for (size_t length = 0; length < 200; length++) {
      View piece = View(bytes).subspan(from, length);
      // 0 and 0xffff are the same number in one's complement.
      CHECK(fold(sum_words(piece)) % 0xffff == naive_sum(piece) % 0xffff);
    }
  }
}

TEST("a super-packet is split into the packets that the naive oracle makes of it") {
  Random random(5);
  for (int round = 0; round < 500; round++) {
    Super super = random_super(random);
    std::vector<Packet> expected = naive_split(super.packet, headers_length(super.spec), super.size);
    Segmenter segmenter(super.packet, super.inner, super.offload);
    CHECK(segmenter.count() == expected.size());
    for (uint32_t index = 0; index < segmenter.count(); index++) {
      Packet packet(segmenter.header_length());
      segmenter.write_headers(index, packet.data());
      View payload = segmenter.payload(index);
      packet.insert(packet.end(), payload.begin(), payload.end());
      CHECK(packet.size() == segmenter.length(index));
      CHECK(packet == expected[index]);
    }
  }
}

TEST("FIN and PSH go with the last segment, CWR with the first") {
  Random random(6);
  Super super = random_super(random);
  while (!super.spec.tcp) super = random_super(random);
  super.packet[super.inner.transport_offset + 13u] = 0x80 | 0x10 | 0x08 | 0x01;
  seal(super.packet, true);
  Segmenter segmenter(super.packet, super.inner, super.offload);
  for (uint32_t index = 0; index < segmenter.count(); index++) {
    uint8_t headers[longest_inner_header];
    segmenter.write_headers(index, headers);
    bool first = index == 0, last = index + 1 == segmenter.count();
    CHECK(headers[super.inner.transport_offset + 13] == (0x10 | (first ? 0x80 : 0) | (last ? 0x09 : 0)));
  }
}

TEST("a port header that contradicts its packet is refused") {
  Spec spec;
  spec.payload = Packet(3000, 7);
  Packet packet = build(spec, true);
  Inner inner;
  CHECK(parse_inner(packet, inner) == InnerFault::none);
  PortHeader good = super_header(spec, 1400);
  Offload offload;
  CHECK(check_offload(good, inner, offload));
  CHECK(offload.segments == 3);
  auto refused = [&](auto change) {
    PortHeader bad = good;
    change(bad);
    return !check_offload(bad, inner, offload);
  };
  CHECK(refused([](PortHeader& header) { header.gso_size = 0; }));
  CHECK(refused([](PortHeader& header) { header.gso_size = 1; }));
  CHECK(refused([](PortHeader& header) { header.gso_type = PortHeader::gso_tcp6; }));
  CHECK(refused([](PortHeader& header) { header.gso_type = PortHeader::gso_udp; }));
  CHECK(refused([](PortHeader& header) { header.gso_type = 3; }));
  CHECK(refused([](PortHeader& header) { header.checksum_start = 19; }));
  CHECK(refused([](PortHeader& header) { header.checksum_start = 65535; }));
  CHECK(refused([&](PortHeader& header) { header.checksum_offset = static_cast<uint16_t>(packet.size() - 21); }));
  CHECK(!refused([](PortHeader& header) { header.gso_size = 60000; }));
  CHECK(!offload.super());
}

TEST("segments with partial checksums come back as the super-packet that they were") {
  Random random(7);
  for (int round = 0; round < 500; round++) {
    Super super = random_super(random);
    std::vector<Written> writes = deliver(naive_split(super.packet, headers_length(super.spec), super.size), true);
    CHECK(writes.size() == 1);
    CHECK(writes[0].packet == super.packet);
    CHECK(writes[0].header.gso_size == super.size);
    CHECK(writes[0].header.header_length == headers_length(super.spec));
    CHECK(writes[0].header.flags == PortHeader::needs_checksum);
  }
}

TEST("segments with complete checksums are joined once these have been verified") {
  Random random(8);
  for (int round = 0; round < 200; round++) {
    Super super = random_super(random);
    std::vector<Packet> packets = completed(naive_split(super.packet, headers_length(super.spec), super.size));
    std::vector<Written> writes = deliver(packets, false);
    CHECK(writes.size() == 1);
    CHECK(writes[0].packet == super.packet);
    CHECK(received(writes) == packets);
  }
}

TEST("a packet with a wrong checksum is never joined and arrives as it is") {
  Random random(9);
  for (int round = 0; round < 200; round++) {
    Super super = random_super(random, 20);
    std::vector<Packet> packets = completed(naive_split(super.packet, headers_length(super.spec), super.size));
    uint32_t victim = random.below(static_cast<uint32_t>(packets.size()));
    packets[victim].back() ^= 0x40;
    std::vector<Written> writes = deliver(packets, false);
    CHECK(received(writes) == packets);
    bool alone = false;
    for (const Written& write : writes) alone |= write.packet == packets[victim] && write.header.flags == 0;
    CHECK(alone);
  }
}

TEST("a wrong IPv4 header checksum is not repaired by joining") {
  Spec spec;
  spec.payload = Packet(2000, 3);
  std::vector<Packet> packets = naive_split(build(spec, true), headers_length(spec), 1000);
  packets[1][10] ^= 1;
  std::vector<Written> writes = deliver(packets, true);
  CHECK(writes.size() == 2);
  CHECK(writes[1].packet == packets[1]);
}

TEST("any mixture of flows, mutations and sizes arrives complete, unchanged and in order") {
  Random random(10);
  uint32_t joined = 0;
  for (int round = 0; round < 300; round++) {
    std::vector<Packet> packets;
    for (int burst = 0; burst < 4; burst++) {
      Super super = random_super(random, 8);
      for (Packet& packet : completed(naive_split(super.packet, headers_length(super.spec), super.size))) {
        if (random.chance(6)) {  // any header or payload byte that keeps the packet whole, checksums right again
          size_t transport = super.inner.transport_offset;
          size_t choices[] = {1, super.spec.v6 ? 7u : 8u, super.spec.v6 ? 1u : 5u, transport, transport + 3, transport + 7, packet.size() - 1};
          size_t at = choices[random.below(super.spec.tcp ? 7 : 5)];
          packet[at] ^= static_cast<uint8_t>(random.between(1, 255));
          seal(packet, false);
        }
        if (random.chance(10)) packets.push_back(packet);  // a duplicate
        packets.push_back(packet);
      }
    }
    std::vector<Written> writes = deliver(packets, false);
    joined += static_cast<uint32_t>(packets.size() - writes.size());
    CHECK(meaningful(received(writes)) == meaningful(packets));
  }
  CHECK(joined > 1000);
}

TEST("flags, gaps, other acknowledgements and windows end a run; PSH is the last of one") {
  Spec spec;
  spec.payload = Packet(100, 1);
  auto two = [&](auto change) {
    Spec second = spec;
    second.sequence += 100;
    second.id++;
    change(second);
    return deliver({build(spec), build(second)}, false).size();
  };
  CHECK(two([](Spec&) {}) == 1);
  CHECK(two([](Spec& next) { next.flags |= 0x08; }) == 1);
  CHECK(two([](Spec& next) { next.payload.resize(40); }) == 1);
  CHECK(two([](Spec& next) { next.payload.resize(101); }) == 2);
  CHECK(two([](Spec& next) { next.payload.clear(); }) == 2);
  CHECK(two([](Spec& next) { next.flags |= 0x01; }) == 2);
  CHECK(two([](Spec& next) { next.flags |= 0x20; }) == 2);
  CHECK(two([](Spec& next) { next.flags |= 0x80; }) == 2);
  CHECK(two([](Spec& next) { next.sequence++; }) == 2);
  CHECK(two([](Spec& next) { next.acknowledgement++; }) == 2);
  CHECK(two([](Spec& next) { next.window++; }) == 2);
  CHECK(two([](Spec& next) { next.source_port++; }) == 2);
  CHECK(two([](Spec& next) { next.source_host++; }) == 2);
  CHECK(two([](Spec& next) { next.tcp_options += 4; }) == 2);
  CHECK(two([](Spec& next) { next.dont_fragment = false; }) == 2);
  auto run_of_three = [&](int pushed) {
    std::vector<Packet> packets;
    for (int at = 0; at < 3; at++, spec.sequence += 100) {
      spec.flags = at == pushed ? 0x18 : 0x10;
      packets.push_back(build(spec));
    }
    std::vector<Written> writes = deliver(packets, false);
    CHECK(meaningful(received(writes)) == meaningful(packets));
    return writes.size();
  };
  CHECK(run_of_three(0) == 2 && run_of_three(1) == 2 && run_of_three(2) == 1);
}

TEST("UDP without a checksum is delivered one by one and without a checksum") {
  Spec spec;
  spec.tcp = false;
  spec.payload = Packet(50, 9);
  Packet packet = build(spec);
  store16(&packet[26], 0);
  std::vector<Written> writes = deliver({packet, packet, packet}, false);
  CHECK(writes.size() == 3);
  CHECK(writes[0].packet == packet);
}

}  // namespace weft::test
