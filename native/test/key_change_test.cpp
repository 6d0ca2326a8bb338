// Two engines on the loopback whose keys change all the time while their workers seal and open with them, and somebody
// else writes to both with the other's address. For ThreadSanitizer and AddressSanitizer above all.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include <thread>

#include "engine.h"
#include "world.h"

namespace weft::test {

namespace {

constexpr uint16_t port = 26741;
constexpr unsigned workers = 2;
constexpr const char* addresses[2] = {"127.0.0.41", "127.0.0.42"};

struct Sink : EventSink {
  void miss(Side, uint32_t, const Address&) override {}
  void offload_off(const char*, const std::string&) override {}
  void tested(uint32_t, uint32_t id, uint32_t intact) override {
    if (intact == most_test_packets) last_whole = id;
  }
  void fault(const std::string&, const std::string&) override {}
  void traced(const Traced&) override {}
  std::atomic<uint32_t> last_whole{0};
};

struct Host {
  Sink sink;
  std::unique_ptr<Engine> engine;
};

Change::KeyChange key_of_round(uint32_t round, uint32_t direction, CipherUse use) {
  std::array<uint8_t, secret_length> secret;
  std::array<uint8_t, salt_length> salt;
  secret.fill(static_cast<uint8_t>(round));
  salt.fill(static_cast<uint8_t>(direction));
  // One number for all, so that keys of two rounds are tried.
  return {round * 2 + direction, SessionKey::make(CipherKind::aes_256_gcm, use, secret, salt, 7, workers)};
}

/// The peer of host `own` sends with its key of `sealed_with` and accepts what it opens with those of `opened_with`.
Change::PeerChange peer_of(uint32_t own, uint32_t sealed_with, std::vector<uint32_t> opened_with) {
  Change::PeerChange peer{};
  peer.peer = 0;
  peer.address = *Address::parse(addresses[1 - own]);
  peer.path_mtu = 1500;
  peer.terms.send = 0;
  peer.encapsulations.push_back(with_key({.format = WEFT_FORMAT_GNI_3_0}, sealed_with * 2 + own));
  for (uint32_t round : opened_with) {
    peer.terms.accept |= 1u << peer.encapsulations.size();
    peer.encapsulations.push_back(
        with_key({.format = WEFT_FORMAT_GNI_3_0, .compression = Compression::lz4, .elision = true}, round * 2 + 1 - own));
  }
  return peer;
}

void open_host(Host& host, uint32_t own) {
  EngineOptions options;
  options.workers = workers;
  options.udp_port = port;
  options.substrate_addresses = {*Address::parse(addresses[own])};
  options.first_packet = {1 << 20, 8, 1000};
  Result<std::unique_ptr<Engine>> engine = Engine::create(options, host.sink);
  CHECK(static_cast<bool>(engine));
  host.engine = std::move(*engine);
}

void must(Result<Done> result) { CHECK(static_cast<bool>(result)); }

/// Datagrams with the address of the peer, its key's number, and no key.
void forge(const std::atomic<bool>& over) {
  Random random(1);
  int fds[2];
  sockaddr_in to[2];
  for (int own : {0, 1}) {
    fds[own] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in from{};
    from.sin_family = AF_INET;
    from.sin_addr.s_addr = inet_addr(addresses[1 - own]);
    CHECK(bind(fds[own], reinterpret_cast<sockaddr*>(&from), sizeof from) == 0);
    to[own] = from;
    to[own].sin_addr.s_addr = inet_addr(addresses[own]);
    to[own].sin_port = htons(port);
  }
  while (!over.load()) {
    for (int own : {0, 1}) {
      Packet packet = random.bytes(36 + random.below(1000));
      packet[0] = 0x30;
      packet[1] &= 0x0f;
      packet[2] = protocol_ipv4;
      packet[3] = 7;
      sendto(fds[own], packet.data(), packet.size(), MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&to[own]), sizeof to[own]);
    }
    usleep(50);
  }
  for (int fd : fds) close(fd);
}

}  // namespace

TEST("keys come and go under two engines that use them, and forged packets under their numbers: nothing is opened twice") {
  Host hosts[2];
  for (uint32_t own : {0u, 1u}) open_host(hosts[own], own);
  for (uint32_t own : {0u, 1u}) {
    must(hosts[own].engine->apply({.keys = {key_of_round(0, own, CipherUse::seal), key_of_round(0, 1 - own, CipherUse::open)},
                                   .peers = {peer_of(own, 0, {0})}}));
  }
  std::atomic<bool> over{false};
  std::thread forger(forge, std::ref(over));
  constexpr uint32_t rounds = 60;
  uint32_t tests = 0;
  auto test_both = [&] {
    tests++;
    for (Host& host : hosts) host.engine->test_session({0, tests, 600, most_test_packets, true});
  };
  for (uint32_t round = 1; round <= rounds; round++) {
    for (uint32_t own : {0u, 1u}) {
      must(hosts[own].engine->apply({.keys = {key_of_round(round, 1 - own, CipherUse::open)},
                                     .peers = {peer_of(own, round - 1, {round - 1, round})}}));
      test_both();
    }
    for (uint32_t own : {0u, 1u}) {
      must(hosts[own].engine->apply({.keys = {key_of_round(round, own, CipherUse::seal)},
                                     .peers = {peer_of(own, round, {round - 1, round})}}));
      test_both();
    }
    usleep(1000);
    for (uint32_t own : {0u, 1u}) {
      must(hosts[own].engine->apply({.peers = {peer_of(own, round, {round})}, .remove_keys = {round * 2 - 2, round * 2 - 1}}));
      test_both();
    }
  }
  over = true;
  forger.join();
  // The last keys carry a whole test each way; places of tests before are taken for a while.
  for (int tries = 0; tries < 100 && (hosts[0].sink.last_whole <= rounds * 6 || hosts[1].sink.last_whole <= rounds * 6); tries++) {
    test_both();
    usleep(50'000);
  }
  for (Host& host : hosts) {
    CHECK(host.sink.last_whole > rounds * 6);
    EngineTotals totals = host.engine->totals();
    CHECK(totals.drops[WEFT_DROP_REPLAYED] == 0);
    CHECK(totals.drops[WEFT_DROP_BAD_TAG] > 0);
    CHECK(totals.drops[WEFT_DROP_BAD_COMPRESSION] == 0);
    CHECK(totals.keys.size() == 2);
    host.engine->stop();
  }
}

}  // namespace weft::test
