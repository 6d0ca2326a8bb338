#include "probe.h"

#include <net/if.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "cipher.h"
#include "compression.h"
#include "crc32c.h"
#include "netns.h"
#include "outbox.h"
#include "substrate_socket.h"
#include "tun.h"

namespace weft {

namespace {

constexpr uint16_t probe_port = 6741;
constexpr size_t segment = 100, segments = 3;

bool bring_loopback_up() {
  Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  memcpy(request.ifr_name, "lo", 3);
  request.ifr_flags = IFF_UP;
  return socket && ioctl(socket.get(), SIOCSIFFLAGS, &request) == 0;
}

class NoEvents : public EventSink {
  void miss(Side, uint32_t, const Address&) override {}
  void offload_off(const char*, const std::string&) override {}
  void tested(uint32_t, uint32_t, uint32_t) override {}
  void fault(const std::string&, const std::string&) override {}
  void traced(const Traced&) override {}
};

/// Sends three datagrams as one super-packet to itself. True when they went as one send.
bool send_super_packet(int fd, const Address& to) {
  NoEvents events;
  Switches switches;
  std::atomic<int> error{0};
  Crew crew;
  Surroundings around{real_kernel, events, switches, error, crew};
  CountersPage counters = make_counters();
  Outbox outbox(around, *counters, {fd}, {});
  Peer peer;
  peer.to_length = to.to_socket(probe_port, peer.to[0]);
  peer.family = to.family;
  static const uint8_t bytes[segment] = {};
  for (size_t at = 0; at < segments; at++) outbox.put({&peer, 0, 0, 0, segment, bytes, {}});
  outbox.flush();
  return counters->super_packets_out.load() == 1;
}

void probe_udp(Probe& probe) {
  Address here{0, 0x7f000001, Family::v4};
  bool gro = true;
  Result<Descriptor> receiver = open_receiver(here, probe_port, Place::first, gro);
  uint16_t any_port = 0;
  Result<Descriptor> sender = open_sender(here, any_port);
  if (!bring_loopback_up() || !receiver || !sender) {
    probe.problems.push_back("UDP offloads could not be tried: " + (receiver ? sender ? "loopback stays down" : sender.why() : receiver.why()));
    return;
  }
  probe.udp_gso = send_super_packet(sender->get(), here);
  if (!probe.udp_gso) probe.problems.push_back("UDP_SEGMENT does not work; packets to the substrate are sent one by one");
  uint8_t bytes[segment * segments + 1];
  ssize_t size = recv(receiver->get(), bytes, sizeof bytes, MSG_DONTWAIT);
  probe.udp_gro = gro && size == static_cast<ssize_t>(segment * segments);
  if (!probe.udp_gro && probe.udp_gso) probe.problems.push_back("UDP_GRO does not work; packets from the substrate are received one by one");
}

void probe_tun(Probe& probe) {
  TunRequest request{"/proc/thread-self/ns/net", "weft-probe", 1400, 2, true, true};
  Inherited nothing;
  Result<Tun> tun = open_tun(request, nothing);
  probe.tun = probe.multi_queue = static_cast<bool>(tun);
  if (!tun) {
    request.queues = 1;
    probe.problems.push_back(tun.why());
    tun = open_tun(request, nothing);
    probe.tun = static_cast<bool>(tun);
  }
  if (!tun) return;
  probe.tso = tun->tso;
  probe.uso = tun->uso;
  if (!probe.tso) probe.problems.push_back("TUN devices take no TCP super-packets (TUN_F_TSO4)");
  if (!probe.uso) probe.problems.push_back("TUN devices take no UDP super-packets (TUN_F_USO4 came with Linux 6.2)");
}

bool seals_and_opens(CipherKind kind) {
  const uint8_t secret[secret_length] = {}, salt[salt_length] = {}, aad[4] = {};
  auto sealer = CipherKey::make(kind, CipherUse::seal, secret, salt, 1);
  auto opener = CipherKey::make(kind, CipherUse::open, secret, salt, 1);
  uint8_t plain[segment] = {1, 2, 3}, sealed[segment + tag_length];
  return sealer && opener && sealer->seal(0, 7, aad, plain, {}, sealed) && opener->open(0, 7, aad, sealed) &&
         memcmp(plain, sealed, sizeof plain) == 0;
}

void probe_ciphers(Probe& probe) {
  const std::pair<CipherKind, const char*> all[] = {{CipherKind::aes_256_gcm, "aes-256-gcm"},
                                                    {CipherKind::chacha20_poly1305, "chacha20-poly1305"}};
  for (auto [kind, name] : all) {
    if (seals_and_opens(kind)) probe.ciphers.push_back(name);
    else probe.problems.push_back(std::string("packets cannot be sealed with ") + name + "; OpenSSL refuses it");
  }
}

void probe_compressions(Probe& probe) {
  Compressor compressor;
  const std::pair<Compression, const char*> all[] = {{Compression::lz4, "lz4"}, {Compression::zstd, "zstd"}};
  const uint8_t plain[segment] = {};
  for (auto [method, name] : all) {
    uint8_t packed[segment], out[segment];
    size_t size = compressor.pack(method, plain, {}, packed);
    bool works = size > 0 && compressor.unpack(method, View(packed).first(size), out) == segment;
    if (works) probe.compressions.push_back(name);
    else probe.problems.push_back(std::string("packets cannot be compressed with ") + name);
  }
}

}  // namespace

Probe probe() {
  Probe probe;
  probe.crc32c_hardware = crc32c_in_hardware();
  if (!probe.crc32c_hardware) probe.problems.push_back("this processor has no CRC-32C instruction; gni 1.1 is slower");
  probe_ciphers(probe);
  probe_compressions(probe);
  Result<Done> done = in_new_namespace([&]() -> Result<Done> {
    probe_udp(probe);
    probe_tun(probe);
    return Done{};
  });
  if (!done) probe.problems.push_back(done.why());
  return probe;
}

}  // namespace weft
