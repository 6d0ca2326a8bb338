// Filters that come and go under an engine whose workers look at them: for ThreadSanitizer above all.
#include <arpa/inet.h>
#include <unistd.h>

#include <thread>

#include "engine.h"
#include "world.h"

namespace weft::test {

namespace {

constexpr uint16_t port = 26742;
constexpr const char *own = "127.0.0.44", *peer = "127.0.0.45";
constexpr uint32_t rounds = 200;

struct Sink : EventSink {
  void miss(Side, uint32_t, const Address&) override {}
  void offload_off(const char*, const std::string&) override {}
  void tested(uint32_t, uint32_t, uint32_t) override {}
  void fault(const std::string&, const std::string&) override {}
  void traced(const Traced& told) override {
    told_of[told.trace]++;
    if (told.reason != weft_drop_names[WEFT_DROP_UNKNOWN_GNI] || told.peer != 0u) wrong++;
  }
  std::atomic<int> told_of[rounds + 1] = {};
  std::atomic<int> wrong{0};
};

/// Packets for a network that is not here, from several flows, so that all workers have some.
void send_strangers(const std::atomic<bool>& over) {
  Packet packet = datagram(WEFT_FORMAT_GNI_1_0, build(from_host(2, 1)));
  std::array<int, 8> fds;
  sockaddr_in from{}, to{};
  from.sin_family = to.sin_family = AF_INET;
  from.sin_addr.s_addr = inet_addr(peer);
  to.sin_addr.s_addr = inet_addr(own);
  to.sin_port = htons(port);
  for (int& fd : fds) {
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    CHECK(bind(fd, reinterpret_cast<sockaddr*>(&from), sizeof from) == 0);
  }
  while (!over.load()) {
    for (int fd : fds) sendto(fd, packet.data(), packet.size(), MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&to), sizeof to);
  }
  for (int fd : fds) close(fd);
}

}  // namespace

TEST("filters come and go while workers follow packets, and none is told of too often") {
  Sink sink;
  EngineOptions options;
  options.workers = 2;
  options.udp_port = port;
  options.substrate_addresses = {*Address::parse(own)};
  Result<std::unique_ptr<Engine>> engine = Engine::create(options, sink);
  CHECK(static_cast<bool>(engine));
  CHECK(static_cast<bool>((*engine)->apply({.peers = {plain_peer(0, peer)}})));
  std::atomic<bool> over{false};
  std::thread sender(send_strangers, std::ref(over));
  for (uint32_t round = 1; round <= rounds; round++) {
    (*engine)->trace(TraceFilter{round, 7, overlay(false, 2), overlay(false, 1), 0});
    bool waits = round % 8 == 0;
    for (int tries = 0; waits && sink.told_of[round] == 0 && tries < 2000; tries++) usleep(1000);
    if (round % 3 == 0) (*engine)->trace(std::nullopt);
  }
  (*engine)->trace(std::nullopt);
  over = true;
  sender.join();
  (*engine)->stop();
  for (uint32_t round = 1; round <= rounds; round++) {
    CHECK(sink.told_of[round] <= Trace::most_told);
    CHECK(round % 8 != 0 || sink.told_of[round] > 0);
  }
  CHECK(sink.wrong == 0);
}

}  // namespace weft::test
