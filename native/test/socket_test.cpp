// Sockets of the substrate, on this machine's loopback: who may share a port with whom, what is lost for want of room.
#include <netinet/in.h>
#include <netinet/udp.h>

#include <cerrno>

#include "check.h"
#include "engine.h"
#include "substrate_socket.h"

namespace weft::test {

namespace {

const Address here{0, 0x7f000001, Family::v4};

uint16_t port_of(int fd) {
  sockaddr_in address{};
  socklen_t length = sizeof address;
  CHECK(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) == 0);
  return ntohs(address.sin_port);
}

Descriptor receiver_at(uint16_t port, Place place) {
  bool gro = true;
  Result<Descriptor> socket = open_receiver(here, port, place, gro);
  CHECK(static_cast<bool>(socket));
  return std::move(*socket);
}

size_t drain(int fd) {
  uint8_t byte;
  size_t count = 0;
  while (recv(fd, &byte, sizeof byte, MSG_DONTWAIT) >= 0) count++;
  return count;
}

class NoEvents : public EventSink {
  void miss(Side, uint32_t, const Address&) override {}
  void offload_off(const char*, const std::string&) override {}
  void tested(uint32_t, uint32_t, uint32_t) override {}
  void fault(const std::string&, const std::string&) override {}
  void traced(const Traced&) override {}
};

void send_many(uint16_t port, int count, size_t size) {
  uint16_t from = 0;
  Result<Descriptor> sender = open_sender(here, from);
  CHECK(static_cast<bool>(sender));
  sockaddr_storage to;
  socklen_t length = here.to_socket(port, to);
  std::vector<uint8_t> bytes(size);
  for (int sent = 0; sent < count; sent++) {
    CHECK(sendto(sender->get(), bytes.data(), size, 0, reinterpret_cast<sockaddr*>(&to), length) == static_cast<ssize_t>(size));
  }
}

}  // namespace

TEST("workers share a port, and each of them receives some of the flows") {
  Descriptor first = receiver_at(0, Place::first);
  uint16_t port = port_of(first.get());
  Descriptor next = receiver_at(port, Place::next);
  sockaddr_storage to;
  socklen_t length = here.to_socket(port, to);
  for (int flow = 0; flow < 64; flow++) {
    uint16_t from = 0;
    Result<Descriptor> sender = open_sender(here, from);
    CHECK(sender && from != 0);
    CHECK(sendto(sender->get(), "x", 1, 0, reinterpret_cast<sockaddr*>(&to), length) == 1);
  }
  size_t at_first = drain(first.get()), at_next = drain(next.get());
  CHECK(at_first > 8 && at_next > 8 && at_first + at_next == 64);
}

TEST("a port that other sockets of ours share already is refused to a first one") {
  Descriptor first = receiver_at(0, Place::first);
  uint16_t port = port_of(first.get());
  Descriptor next = receiver_at(port, Place::next);
  bool gro = true;
  Result<Descriptor> intruder = open_receiver(here, port, Place::first, gro);
  CHECK(!intruder && intruder.why().ends_with("another agent, or another program, has this port"));
}

TEST("a sending socket's port is shared with the same lane of other workers, and nobody else got it") {
  uint16_t port = 0;
  Result<Descriptor> sender = open_sender(here, port), next = open_sender(here, port);
  CHECK(sender && next && port_of(sender->get()) == port && port_of(next->get()) == port);
  bool gro = true;
  CHECK(!open_receiver(here, port, Place::first, gro));
}

TEST("IPv6 datagrams without an outer checksum are received") {
  const Address loopback{0, 1, Family::v6};
  bool gro = true;
  Result<Descriptor> receiver = open_receiver(loopback, 0, Place::first, gro);
  CHECK(static_cast<bool>(receiver));
  sockaddr_storage to;
  socklen_t length = sizeof to;
  CHECK(getsockname(receiver->get(), reinterpret_cast<sockaddr*>(&to), &length) == 0);
  uint16_t from = 0;
  Result<Descriptor> sender = open_sender(loopback, from);
  int on = 1;
  CHECK(sender && setsockopt(sender->get(), SOL_UDP, UDP_NO_CHECK6_TX, &on, sizeof on) == 0);
  CHECK(sendto(sender->get(), "x", 1, 0, reinterpret_cast<sockaddr*>(&to), length) == 1);
  CHECK(drain(receiver->get()) == 1);
}

TEST("a datagram for which a socket has no room is counted there") {
  Descriptor receiver = receiver_at(0, Place::first);
  send_many(port_of(receiver.get()), 1, 60'000);
  CHECK(datagrams_lost(receiver.get()) == 0);
  send_many(port_of(receiver.get()), 800, 60'000);
  uint32_t lost = datagrams_lost(receiver.get());
  CHECK(lost > 0 && drain(receiver.get()) + lost == 801);
}

TEST("an engine whose sockets overflow says how many datagrams were lost, also when it has stopped") {
  Kernel stuck = real_kernel;
  stuck.recvmmsg = [](int, mmsghdr*, unsigned, int) {
    errno = EAGAIN;
    return -1;
  };
  EngineOptions options;
  options.udp_port = port_of(receiver_at(0, Place::first).get());  // free again
  options.substrate_addresses = {here};
  NoEvents events;
  Result<std::unique_ptr<Engine>> engine = Engine::create(options, events, stuck);
  CHECK(static_cast<bool>(engine));
  CHECK((*engine)->totals().receive_overflows == 0);
  send_many(options.udp_port, 800, 60'000);
  uint64_t lost = (*engine)->totals().receive_overflows;
  (*engine)->stop();
  CHECK(lost > 0 && (*engine)->totals().receive_overflows == lost);
}

}  // namespace weft::test
