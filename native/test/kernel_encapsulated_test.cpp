// What kernels encapsulate without us, over a wire that leaves it as it is: inner checksums are not complete, and
// super-packets come whole.
#include <algorithm>
#include <cerrno>

#include "world.h"

namespace weft::test {

namespace {

/// A super-packet that a kernel has encapsulated whole, as it comes over a veth.
Packet encapsulated_whole(int format, const Super& super) { return datagram(format, super.packet, false); }

}  // namespace

TEST("a checksum that a kernel left partial without a word is completed by the guest's kernel, unless a checksum covers it") {
  struct Row {
    int format;
    bool found;
  };
  const Row rows[] = {{WEFT_FORMAT_GNI_1_0, true}, {WEFT_FORMAT_GNI_1_1, false}, {WEFT_FORMAT_GNI_2_0, true},
                      {WEFT_FORMAT_VXLAN, true},   {WEFT_FORMAT_GENEVE, true}};
  for (auto [format, found] : rows) {
    for (bool v6 : {false, true}) {
      for (bool tcp : {false, true}) {
        Bench bench;
        bench.apply({.peers = {plain_peer(5, "198.18.0.2", format, {format})}});
        Spec spec = from_host(2, 1, v6);
        spec.tcp = tcp;
        bench.arrives(datagram(format, build(spec, true), false), "198.18.0.2", 0, format_of(format)->carrier);
        bench.arrives(datagram(format, build(spec), false), "198.18.0.2", 0, format_of(format)->carrier);
        CHECK(bench.all_drops() == 0 && bench.world.written.size() == 2);
        const PortHeader& left = bench.world.written[0].header;
        CHECK(left.flags == (found ? PortHeader::needs_checksum : 0));
        CHECK(!found || (left.checksum_start == (v6 ? 40 : 20) && left.checksum_offset == (tcp ? 16 : 6)));
        CHECK(bench.world.written[1].header.flags == 0);
      }
    }
  }
}

TEST("packets whose checksums a kernel left partial become super-packets again") {
  Bench bench;
  Spec spec = from_host(2, 1);
  Super super = make_super(spec, 5000, 1000);
  Packet joined;
  for (const Packet& packet : super.expected) {
    Packet one = datagram(WEFT_FORMAT_GNI_1_0, packet, false);
    joined.insert(joined.end(), one.begin(), one.end());
  }
  uint16_t stride = static_cast<uint16_t>(joined.size() / 5);
  bench.arrives(joined, "198.18.0.2", stride);
  CHECK(bench.world.written.size() == 1 && bench.world.written[0].header.gso_size == 1000);
  CHECK(delivered(bench.world) == super.expected);
}

TEST("a UDP super-packet that was encapsulated whole is delivered whole, or cut where the port takes none") {
  for (int format : {WEFT_FORMAT_GNI_1_0, WEFT_FORMAT_GNI_2_0, WEFT_FORMAT_VXLAN, WEFT_FORMAT_GENEVE}) {
    for (bool v6 : {false, true}) {
      for (uint16_t size : {uint16_t{5}, uint16_t{30}, uint16_t{1000}}) {
        for (bool uso : {true, false}) {
          Bench bench;
          bench.apply({.peers = {plain_peer(5, "198.18.0.2", format, {format})}});
          bench.switches.uso = uso;
          Spec spec = from_host(2, 1, v6);
          spec.tcp = false;
          Super super = make_super(spec, size * 19u + 3, size);
          bench.arrives(encapsulated_whole(format, super), "198.18.0.2", size, format_of(format)->carrier);
          CHECK(bench.all_drops() == 0 && bench.world.written.size() == (uso ? 1 : 20));
          CHECK(delivered(bench.world) == super.expected);
          const OwnerCounters &port = bench.counters->ports[3], &peer = bench.counters->peers[5];
          CHECK(port.in.packets.load() == 20 && peer.in.packets.load() == 20);
          uint64_t bytes = 0;
          for (const Packet& packet : super.expected) bytes += packet.size();
          CHECK(port.in.bytes.load() == bytes && peer.in.bytes.load() == bytes);
        }
      }
    }
  }
}

TEST("what a guest has written into a super-packet is never taken for datagrams of its host") {
  for (int format : {WEFT_FORMAT_GNI_1_0, WEFT_FORMAT_VXLAN}) {
    Bench bench;
    bench.apply({.peers = {plain_peer(5, "198.18.0.2", format, {format})}});
    Packet forged = datagram(format, build(from_host(2, 3)), false);
    uint16_t size = static_cast<uint16_t>(forged.size());
    Spec spec = from_host(2, 1);
    spec.tcp = false;
    // Where the kernel's size would cut, for every place that headers can put it.
    for (size_t shift = 0; shift < size; shift++) {
      Super super = make_super(spec, size * 8u, size);
      for (size_t at = 28 + shift; at + forged.size() <= super.packet.size(); at += size) {
        std::copy(forged.begin(), forged.end(), super.packet.begin() + static_cast<ptrdiff_t>(at));
      }
      bench.arrives(encapsulated_whole(format, super), "198.18.0.2", size, format_of(format)->carrier);
    }
    for (const World::Write& write : bench.world.written) CHECK(write.fd == port3_queue);
    CHECK(bench.all_drops() == 0 && bench.world.written.size() == size);
  }
}

TEST("a super-packet that was encapsulated whole waits for its source like any packet, and is dropped as its segments") {
  Spec spec = from_host(88, 1);
  spec.tcp = false;
  Super super = make_super(spec, 8000, 1000);
  Packet whole = encapsulated_whole(WEFT_FORMAT_GNI_1_0, super);
  Bench bench;
  bench.arrives(whole, "198.18.0.2", 1000);
  CHECK(bench.waiting.packets() == 8);
  bench.apply({.mappings = {{{overlay(false, 88), 7}, 5}}});
  CHECK(delivered(bench.world) == super.expected && bench.world.written.size() == 1);
  bench.apply({.mappings = {{{overlay(false, 88), 7}, 6}}});
  bench.arrives(whole, "198.18.0.2", 1000);
  CHECK(bench.drops(WEFT_DROP_SPOOFED_INNER_SOURCE) == 8);
  bench.apply({.mappings = {{{overlay(false, 88), 7}, 5}}});
  bench.world.refuse_all_writes = EIO;
  bench.arrives(whole, "198.18.0.2", 1000);
  CHECK(bench.drops(WEFT_DROP_PORT_FAILED) == 8);
}

TEST("a TCP packet that is longer than its port's is a super-packet, of segments that the port takes") {
  for (int format : {WEFT_FORMAT_GNI_1_0, WEFT_FORMAT_VXLAN}) {
    for (bool v6 : {false, true}) {
      for (bool tso : {true, false}) {
        Bench bench;
        bench.apply({.peers = {plain_peer(5, "198.18.0.2", format, {format})}});
        bench.switches.tso = tso;
        bench.delivery.set_mtu(3, 1400);
        Spec spec = from_host(2, 1, v6);
        uint16_t size = static_cast<uint16_t>(1400 - headers_length(spec));
        Super super = make_super(spec, 30'001, size);
        Packet datagram_of_it = encapsulated_whole(format, super);
        bench.arrives(datagram_of_it, "198.18.0.2", 0, format_of(format)->carrier);
        CHECK(bench.all_drops() == 0 && delivered(bench.world) == super.expected);
        CHECK(bench.world.written.size() == (tso ? 1 : super.expected.size()));
        bench.delivery.set_mtu(3, 40'000);
        bench.arrives(datagram_of_it, "198.18.0.2", 0, format_of(format)->carrier);
        CHECK(bench.world.written.back().header.gso_type == 0 && bench.world.written.back().packet == super.packet);
      }
    }
  }
}

}  // namespace weft::test
