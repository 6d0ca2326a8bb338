#include "engine_side.h"

#include "world.h"

namespace weft::fuzz {

using namespace weft::test;

namespace {

constexpr const char* addresses[] = {"198.18.0.2", "198.18.0.3", "2001:db8::2"};  // of peers from 5 on
constexpr uint32_t first_peer = 5;
constexpr Carrier carriers[] = {Carrier::gni, Carrier::vxlan, Carrier::geneve};

Change region() {
  std::vector<int> plain{WEFT_FORMAT_GNI_1_0, WEFT_FORMAT_GNI_1_1, WEFT_FORMAT_GNI_2_0};
  Change change{.peers = {plain_peer(5, addresses[0], WEFT_FORMAT_GNI_1_0, plain),
                          plain_peer(6, addresses[1], WEFT_FORMAT_GENEVE, {WEFT_FORMAT_VXLAN, WEFT_FORMAT_GENEVE}),
                          plain_peer(7, addresses[2], WEFT_FORMAT_GNI_2_0, plain)}};
  for (bool v6 : {false, true}) change.mappings.push_back({{overlay(v6, 5), 7}, 7});
  return change;
}

}  // namespace

struct Engine::Parts {
  Bench bench;
  std::vector<uint64_t> before = std::vector<uint64_t>(WEFT_DROP_COUNT);

  void begin() {
    for (int reason = 0; reason < WEFT_DROP_COUNT; reason++) before[static_cast<size_t>(reason)] = bench.drops(reason);
    bench.world.sent.clear();
    bench.world.written.clear();
    bench.world.misses.clear();
  }
  std::vector<Let> written() {
    std::vector<Let> out;
    for (const auto& write : bench.world.written) out.push_back({write.fd == port3_queue ? 3u : 4u, write.packet});
    return out;
  }
};

Engine::Engine() : parts_(new Parts) { parts_->bench.apply(region()); }
Engine::~Engine() = default;

std::vector<Let> Engine::receives(uint32_t peer, Framework framework, const Octets& payload) {
  parts_->begin();
  parts_->bench.arrives(payload, addresses[peer - first_peer], 0, carriers[static_cast<size_t>(framework)]);
  parts_->bench.forget_waiting();
  return parts_->written();
}

std::vector<Let> Engine::sends(const Octets& packet) {
  parts_->begin();
  parts_->bench.guest_sends(packet);
  parts_->bench.forget_waiting();
  std::vector<Let> out = parts_->written();
  for (const auto& send : parts_->bench.world.sent) {
    for (uint32_t at = 0; at < std::size(addresses); at++) {
      if (send.to != *Address::parse(addresses[at])) continue;
      for (const auto& datagram : send.packets) out.push_back({first_peer + at, datagram});
    }
  }
  return out;
}

uint64_t Engine::drops(int reason) const { return parts_->bench.drops(reason) - parts_->before[static_cast<size_t>(reason)]; }

}  // namespace weft::fuzz
