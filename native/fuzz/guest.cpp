// Fuzzes the way out: a port header and a packet from a guest, down to the datagrams on the substrate.
//
// Bytes: what to repair (1), port header (10), then the packet. What is sent must be what the receive path of another host accepts.
#include "repair.h"

using namespace weft;
using namespace weft::test;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  PortHeader header;
  if (size < 1 + sizeof header) return 0;
  static Bench& bench = *new Bench;
  memcpy(&header, data + 1, sizeof header);
  size_t length = size - 1 - sizeof header;
  // An exact heap block with room in front, so that a read behind the end is noticed.
  std::unique_ptr<uint8_t[]> exact(new uint8_t[header_room + length + tag_room]);
  memcpy(exact.get() + header_room, data + 1 + sizeof header, length);
  Repair{data[0]}({exact.get() + header_room, length}, 1, data[0] >> 7 ? 2 : 4);
  auto counted = [&] {
    return bench.all_drops() + bench.counters->ports[3].out.packets + bench.waiting.packets();
  };
  uint64_t before = counted();
  bench.out.forward(3, header, {exact.get() + header_room, length});
  bench.out.flush();
  CHECK(counted() > before);  // sent, delivered, dropped under one reason, or waiting
  for (const auto& sent : bench.world.sent) {
    for (const Packet& packet : sent.packets) {
      CHECK(plain_receiver().unwrap(packet).verdict == kept);
    }
  }
  bench.world.sent.clear();
  bench.world.written.clear();
  bench.world.misses.clear();
  bench.forget_waiting();
  return 0;
}
