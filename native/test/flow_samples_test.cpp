// Packets picked by chance: what is told of them, how many, and that none is picked when none is wanted.
#include "world.h"

namespace weft::test {

namespace {

std::vector<FlowSample> taken(Bench& bench) {
  std::vector<FlowSample> samples;
  bench.counters->flows.take([&](const FlowSample& sample) { samples.push_back(sample); });
  return samples;
}

}  // namespace

TEST("a packet that leaves is told with its ends, its peer and its size on the wire") {
  for (bool v6 : {false, true}) {
    Bench bench;
    bench.counters->flows.begin(1, 1);
    Spec spec = from_host(1, 2, v6);
    spec.tcp = true;
    Super super = make_super(spec, 4000, 1000);
    size_t bytes = 0;
    for (const Packet& each : super.expected) bytes += each.size();
    bench.guest_sends(super.packet, super.header);
    std::vector<FlowSample> samples = taken(bench);
    CHECK(samples.size() == 1 && samples[0].out && samples[0].dropped == -1);
    const FlowSample& told = samples[0];
    CHECK(told.gni == 7 && told.port == 3 && told.peer == 5 && told.packets == super.expected.size() && told.bytes == bytes);
    CHECK(told.source == overlay(v6, 1) && told.destination == overlay(v6, 2) && told.protocol == protocol_tcp);
    CHECK(told.source_port != 0 && told.destination_port != 0 && told.time_us > 1'700'000'000'000'000);
    CHECK(inner_packets(bench.world) == super.expected);
  }
}

TEST("a packet that comes is told with its peer and the guest it is for; one that is dropped with the reason") {
  Bench bench;
  bench.counters->flows.begin(1, 1);
  bench.arrives(datagram(WEFT_FORMAT_GNI_1_0, build(from_host(2, 1))));
  bench.arrives(datagram(WEFT_FORMAT_GNI_1_0, build(from_host(4, 77))));
  bench.guest_sends(build(from_host(1, 9)));
  std::vector<FlowSample> samples = taken(bench);
  CHECK(samples.size() == 3);
  CHECK(!samples[0].out && samples[0].port == 3 && samples[0].peer == 5 && samples[0].gni == 7 && samples[0].dropped == -1);
  CHECK(samples[1].dropped == WEFT_DROP_NO_GUEST && samples[1].port == FlowSample::no_slot);
  CHECK(samples[2].dropped == WEFT_DROP_NO_MAPPING && samples[2].peer == FlowSample::no_slot);
}

TEST("what is no packet of a guest, or waits still, is not told") {
  Bench bench;
  bench.counters->flows.begin(1, 1);
  bench.guest_sends(Packet(3, 0));
  bench.guest_sends(build(from_host(1, 8)));
  bench.arrives(Packet(5, 0x10));
  CHECK(bench.drops(WEFT_DROP_GUEST_MALFORMED) == 1 && bench.world.misses.size() == 1);
  CHECK(taken(bench).empty());
}

TEST("one packet in so many is picked, about, at no fixed distance; none when none is wanted") {
  Bench bench;
  for (int i = 0; i < 1000; i++) bench.guest_sends(build(from_host(1, 2)));
  CHECK(taken(bench).empty());
  bench.counters->flows.begin(10, 1);
  for (int i = 0; i < 5000; i++) bench.guest_sends(build(from_host(1, 2)));
  size_t picked = taken(bench).size();
  CHECK(picked > 400 && picked < 600);
}

TEST("what nobody takes is lost and counted, and the next is told again") {
  Bench bench;
  bench.counters->flows.begin(1, 1);
  for (int i = 0; i < 1030; i++) bench.guest_sends(build(from_host(1, 2)));
  CHECK(bench.counters->flows.lost() == 6);
  CHECK(taken(bench).size() == 1024);
  bench.guest_sends(build(from_host(1, 2)));
  CHECK(taken(bench).size() == 1);
}

}  // namespace weft::test
