// What the paths do when the kernel refuses: offloads that fail, ports that are down, a substrate that is full.
#include <cerrno>

#include "world.h"

namespace weft::test {

TEST("a kernel that refuses UDP_SEGMENT loses nothing, and is asked no more") {
  for (int error : {EINVAL, EIO, EOPNOTSUPP}) {
    Bench bench;
    bench.world.refuse_segmented = error;
    Super super = make_super(from_host(1, 2), 9'000, 1371);
    bench.guest_sends(super.packet, super.header);
    bench.guest_sends(super.packet, super.header);
    std::vector<Packet> twice = super.expected;
    twice.insert(twice.end(), super.expected.begin(), super.expected.end());
    CHECK(inner_packets(bench.world) == twice);
    CHECK(bench.world.gone_offloads == std::vector<std::string>{"udp-gso"});
    CHECK(!bench.switches.udp_gso && bench.switches.tso);
    CHECK(bench.counters->ports[3].out.packets.load() == twice.size());
    CHECK(bench.all_drops() == 0);
  }
}

TEST("a kernel that refuses every send is not the offload's fault") {
  for (auto [error, reason] : {std::pair{EINVAL, WEFT_DROP_SEND_FAILED}, {ENETUNREACH, WEFT_DROP_SEND_FAILED}, {EMSGSIZE, WEFT_DROP_TOO_BIG}}) {
    Bench bench;
    bench.world.refuse_all_sends = error;
    Super super = make_super(from_host(1, 2), 9'000, 1371);
    bench.guest_sends(super.packet, super.header);
    CHECK(bench.switches.udp_gso && bench.world.gone_offloads.empty());
    CHECK(bench.drops(reason) == super.expected.size());
    CHECK(bench.last_error == error);
    CHECK(bench.counters->ports[3].out.packets.load() == 0);
  }
}

TEST("a path that has become too small is not blamed on UDP_SEGMENT, also by kernels that say EINVAL") {
  Bench bench;
  bench.world.path_room = 1000;
  Super super = make_super(from_host(1, 2), 3 * 1300 + 100, 1300);
  bench.guest_sends(super.packet, super.header);
  CHECK(bench.switches.udp_gso && bench.world.gone_offloads.empty());
  CHECK(bench.drops(WEFT_DROP_TOO_BIG) == 3 && bench.all_drops() == 3);
  CHECK((inner_packets(bench.world) == std::vector<Packet>{super.expected.back()}));
  CHECK(bench.counters->ports[3].out.packets.load() == 1);
}

TEST("a full substrate makes the worker wait for one message in a turn, and what then finds no room is counted") {
  Bench bench;
  bench.world.full = true;
  for (int number = 0; number < 4; number++) {
    for (uint8_t destination : {2, 4}) {
      Packet packet = build(from_host(1, destination)), bytes(sizeof(PortHeader));
      bytes.insert(bytes.end(), packet.begin(), packet.end());
      bench.world.readable.push_back(bytes);
    }
  }
  CHECK(bench.out.drain(3, 0) == EAGAIN);
  bench.out.flush();
  CHECK(bench.world.waits == 1 && bench.world.sent.size() == 1);
  CHECK(bench.drops(WEFT_DROP_SEND_FAILED) == 7 && bench.all_drops() == 7 && bench.last_error == EAGAIN);
  bench.set_time(1);
  CHECK(bench.out.drain(3, 0) == EAGAIN && bench.world.waits == 1);
}

TEST("while the substrate is full a guest's packets stay in its port, and one is tried in each turn") {
  Bench bench;
  auto queue = [&](int count) {
    for (int number = 0; number < count; number++) {
      Packet packet = build(from_host(1, number % 2 == 0 ? 2 : 4)), bytes(sizeof(PortHeader));
      bytes.insert(bytes.end(), packet.begin(), packet.end());
      bench.world.readable.push_back(bytes);
    }
  };
  auto turn = [&] {
    bench.set_time(bench.now_ms + 1);
    int ended = bench.out.drain(3, 0);
    bench.out.flush();
    return ended;
  };
  bench.world.full = true;
  queue(10);
  CHECK(turn() == EAGAIN && bench.world.waits == 1 && bench.drops(WEFT_DROP_SEND_FAILED) == 9);
  queue(5);
  for (size_t left = 5; left-- > 2;) CHECK(turn() == 0 && bench.world.readable.size() == left);
  CHECK(bench.world.waits == 4 && bench.world.sent.size() == 4);
  bench.world.full = false;
  CHECK(turn() == EAGAIN && bench.world.sent.size() == 6);
  queue(10);
  CHECK(turn() == EAGAIN && bench.world.sent.size() == 16);
  CHECK(bench.all_drops() == 9);
}

TEST("a port that refuses super-packets gets the same packets one by one, and super-packets no more") {
  for (bool tcp : {false, true}) {
    Bench bench;
    bench.world.refuse_super_writes = EINVAL;
    Spec spec = from_host(2, 1);
    spec.tcp = tcp;
    Super super = make_super(spec, 9'000, 1371);
    Packet all;
    for (const Packet& packet : super.expected) {
      Packet bytes = datagram(WEFT_FORMAT_GNI_1_1, packet);
      all.insert(all.end(), bytes.begin(), bytes.end());
    }
    uint16_t stride = static_cast<uint16_t>(16 + headers_length(spec) + 1371);
    bench.arrives(all, "198.18.0.2", stride);
    CHECK(delivered(bench.world) == super.expected);
    CHECK(bench.world.gone_offloads == std::vector<std::string>{tcp ? "tso" : "uso"});
    bench.arrives(all, "198.18.0.2", stride);
    CHECK(bench.world.written.size() == 2 * super.expected.size());
    CHECK(bench.world.gone_offloads.size() == 1);
    CHECK(bench.counters->ports[3].in.packets.load() == 2 * super.expected.size());
    CHECK(bench.all_drops() == 0);
  }
}

TEST("between two guests of one host a refused super-packet arrives as its segments") {
  Bench bench;
  bench.world.refuse_super_writes = EINVAL;
  Super super = make_super(from_host(1, 3), 9'000, 1371);
  bench.guest_sends(super.packet, super.header);
  bench.guest_sends(super.packet, super.header);
  std::vector<Packet> twice = super.expected;
  twice.insert(twice.end(), super.expected.begin(), super.expected.end());
  CHECK(delivered(bench.world) == twice);
  CHECK(bench.world.gone_offloads == std::vector<std::string>{"tso"});
}

TEST("a port that takes nothing is not the offload's fault") {
  Bench bench;
  bench.world.refuse_all_writes = EIO;
  Packet one = build(from_host(2, 1), true);
  bench.arrives(datagram(WEFT_FORMAT_GNI_1_0, one));
  CHECK(dropped_once(bench, WEFT_DROP_PORT_FAILED));
  CHECK(bench.switches.tso);
}

TEST("a guest that sets its device down and up again turns no offload off for the others") {
  for (bool tcp : {false, true}) {
    Bench bench;
    Spec in = from_host(2, 1), local = from_host(1, 3);
    in.tcp = local.tcp = tcp;
    Super arriving = make_super(in, 9'000, 1371), between_guests = make_super(local, 9'000, 1371);
    Packet all;
    for (const Packet& packet : arriving.expected) {
      Packet bytes = datagram(WEFT_FORMAT_GNI_1_0, packet);
      all.insert(all.end(), bytes.begin(), bytes.end());
    }
    bench.world.refuse_super_writes = EIO;  // the device is up again at the next write
    bench.arrives(all, "198.18.0.2", static_cast<uint16_t>(12 + headers_length(in) + 1371));
    bench.guest_sends(between_guests.packet, between_guests.header);
    CHECK(bench.world.gone_offloads.empty() && bench.switches.tso && bench.switches.uso);
    CHECK(bench.drops(WEFT_DROP_PORT_FAILED) == arriving.expected.size() + between_guests.expected.size());
  }
}

}  // namespace weft::test
