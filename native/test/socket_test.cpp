// Sockets of the substrate, on this machine's loopback: who may share a port with whom.
#include <netinet/in.h>

#include "check.h"
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

}  // namespace weft::test
