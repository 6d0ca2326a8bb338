// Fuzzes the way out: a port header and a packet from a guest, down to the datagrams on the substrate.
//
// Bytes: what to repair (1), encapsulation (1), port header (10), then the packet. What is sent must be what another
// host accepts.
#include "repair.h"

using namespace weft;
using namespace weft::test;

namespace {

constexpr uint8_t first_host = 20;  // numbers of the guests behind the peers, one for each encapsulation
constexpr uint32_t first_peer = 20;

const std::vector<Encapsulation> encapsulations = [] {
  std::vector<Encapsulation> all{{.format = WEFT_FORMAT_GNI_1_0}, {.format = WEFT_FORMAT_GNI_1_1},
                                {.format = WEFT_FORMAT_VXLAN}, {.format = WEFT_FORMAT_GENEVE}};
  for (uint8_t format : {WEFT_FORMAT_GNI_2_0, WEFT_FORMAT_GNI_3_0}) {
    for (Compression compression : {Compression::none, Compression::lz4, Compression::zstd}) {
      for (bool elision : {false, true}) all.push_back({.format = format, .compression = compression, .elision = elision});
    }
  }
  return all;
}();

std::vector<Encapsulation> with_key(std::vector<Encapsulation> all, uint32_t slot) {
  for (Encapsulation& each : all) {
    if (format_of(each.format)->seals()) each.key = slot;
  }
  return all;
}

Change peers_of_every_kind() {
  Change change{.keys = {key_at(seal_slot, CipherUse::seal)}};
  for (uint32_t at = 0; at < encapsulations.size(); at++) {
    Change::PeerChange peer = plain_peer(first_peer + at, ("198.18.1." + std::to_string(at)).c_str(), WEFT_FORMAT_NONE, {});
    peer.encapsulations = with_key({encapsulations[at]}, seal_slot);
    peer.terms.send = 0;
    change.peers.push_back(peer);
    Address v4{0, 0x0a070000u + first_host + at, Family::v4}, v6{0xfd07ull << 48, first_host + at, Family::v6};
    for (const Address& address : {v4, v6}) change.mappings.push_back({{address, 7}, first_peer + at});
  }
  return change;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  PortHeader header;
  constexpr size_t before_packet = 2 + sizeof header;
  if (size < before_packet) return 0;
  static Bench& bench = *[] {
    Bench* bench = new Bench;
    bench->apply(peers_of_every_kind());
    return bench;
  }();
  static Receiver& receiver = *new Receiver(with_key(encapsulations, open_slot), {key_at(open_slot, CipherUse::open)});
  memcpy(&header, data + 2, sizeof header);
  size_t length = size - before_packet;
  // An exact heap block with the room that there must be, so that a read behind the end is noticed.
  std::unique_ptr<uint8_t[]> exact(new uint8_t[header_room + length + tag_room]);
  memcpy(exact.get() + header_room, data + before_packet, length);
  uint8_t host = static_cast<uint8_t>(first_host + data[1] % encapsulations.size());
  Repair{data[0]}({exact.get() + header_room, length}, 1, host);
  auto counted = [&] {
    return bench.all_drops() + bench.counters->ports[3].out.packets + bench.waiting.packets();
  };
  uint64_t before = counted();
  bench.out.forward(3, header, {exact.get() + header_room, length});
  bench.out.flush();
  CHECK(counted() > before);  // sent, delivered, dropped under one reason, or waiting
  for (const auto& sent : bench.world.sent) {
    for (const Packet& packet : sent.packets) CHECK(receiver.unwrap(packet, sent.carrier).verdict == kept);
  }
  bench.world.sent.clear();
  bench.world.written.clear();
  bench.world.misses.clear();
  bench.forget_waiting();
  return 0;
}
