// Sockets that a former process left open: only what is exactly what is wanted is gone on with.
#include <fcntl.h>
#include <linux/filter.h>
#include <netinet/in.h>

#include "check.h"
#include "engine.h"
#include "substrate_socket.h"

namespace weft::test {

namespace {

const Address here{0, 0x7f000001, Family::v4}, elsewhere{0, 0x7f000002, Family::v4}, here6{0, 1, Family::v6};

uint16_t port_of(int fd) {
  sockaddr_in6 address{};  // the port lies at the same place for both families
  socklen_t length = sizeof address;
  CHECK(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) == 0);
  return ntohs(address.sin6_port);
}

Descriptor receiver(const Address& address, uint16_t port = 0) {
  bool gro = true;
  Result<Descriptor> opened = open_receiver(address, port, port == 0 ? Place::first : Place::next, gro);
  CHECK(static_cast<bool>(opened));
  return std::move(*opened);
}

Descriptor twin(const Descriptor& of) { return Descriptor(fcntl(of.get(), F_DUPFD_CLOEXEC, 0)); }

Inherited left(Descriptor one) {
  std::vector<Descriptor> all;
  all.push_back(std::move(one));
  return Inherited(std::move(all));
}

void send_to(uint16_t port) {
  uint16_t from = 0;
  Result<Descriptor> sender = open_sender(here, from);
  sockaddr_storage to;
  socklen_t length = here.to_socket(port, to);
  CHECK(sender && sendto(sender->get(), "x", 1, 0, reinterpret_cast<sockaddr*>(&to), length) == 1);
}

bool is_open(int fd) { return fcntl(fd, F_GETFD) >= 0; }

}  // namespace

TEST("a socket that was left open is gone on with, and with what came to it since") {
  Descriptor original = receiver(here);
  uint16_t port = port_of(original.get());
  Inherited inherited = left(twin(original));
  original = Descriptor();  // the former process is gone
  send_to(port);
  std::optional<Descriptor> taken = inherited.take_receiver(here, port);
  CHECK(taken.has_value());
  uint8_t byte;
  CHECK(recv(taken->get(), &byte, 1, MSG_DONTWAIT) == 1);
  CHECK(!inherited.take_receiver(here, port));
}

TEST("a socket of another port, address or family is not taken") {
  Descriptor original = receiver(here);
  uint16_t port = port_of(original.get());
  Inherited inherited = left(twin(original));
  CHECK(!inherited.take_receiver(here, static_cast<uint16_t>(port + 1)));
  CHECK(!inherited.take_receiver(elsewhere, port));
  CHECK(!inherited.take_receiver(here6, port));
  CHECK(!inherited.take_gni6_receiver(1));
  CHECK(inherited.take_receiver(here, port).has_value());
}

TEST("a socket that is connected, filters or shares its port with nobody is not taken") {
  Descriptor connected = receiver(here);
  uint16_t port = port_of(connected.get());
  sockaddr_storage to;
  socklen_t length = here.to_socket(9, to);
  CHECK(connect(connected.get(), reinterpret_cast<sockaddr*>(&to), length) == 0);
  CHECK(!left(twin(connected)).take_receiver(here, port));

  Descriptor filtering = receiver(here);
  sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
  sock_fprog program{1, &nothing};
  CHECK(setsockopt(filtering.get(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0);
  CHECK(!left(twin(filtering)).take_receiver(here, port_of(filtering.get())));

  Descriptor alone = receiver(here);
  int off = 0;
  CHECK(setsockopt(alone.get(), SOL_SOCKET, SO_REUSEPORT, &off, sizeof off) == 0);
  CHECK(!left(twin(alone)).take_receiver(here, port_of(alone.get())));
}

TEST("a socket that streams is not taken for one of datagrams") {
  Descriptor stream(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_storage to;
  socklen_t length = here.to_socket(0, to);
  int on = 1;
  CHECK(setsockopt(stream.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0);
  CHECK(bind(stream.get(), reinterpret_cast<const sockaddr*>(&to), length) == 0);
  CHECK(!left(twin(stream)).take_receiver(here, port_of(stream.get())));
}

TEST("what is open twice is one socket, and what is neither socket nor queue is closed") {
  Descriptor original = receiver(here);
  uint16_t port = port_of(original.get());
  int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
  std::vector<Descriptor> all;
  all.push_back(twin(original));
  all.push_back(twin(original));
  all.push_back(Descriptor(file));
  Inherited inherited(std::move(all));
  CHECK(!is_open(file));
  CHECK(inherited.take_receiver(here, port).has_value());
  CHECK(!inherited.take_receiver(here, port));
}

TEST("a descriptor that nobody wants is closed by its number, and no other one") {
  Descriptor original = receiver(here);
  Descriptor unwanted = twin(original);
  int number = unwanted.get();
  Inherited inherited = left(std::move(unwanted));
  inherited.close(number + 1);
  CHECK(is_open(number));
  inherited.close(number);
  CHECK(!is_open(number));
}

TEST("an engine with more workers than before opens what is missing on the port that it has inherited") {
  Descriptor original = receiver(here);
  uint16_t port = port_of(original.get());
  class NoEvents : public EventSink {
    void miss(Side, uint32_t, const Address&) override {}
    void offload_off(const char*, const std::string&) override {}
    void tested(uint32_t, uint32_t, uint32_t) override {}
    void fault(const std::string&, const std::string&) override {}
    void traced(const Traced&) override {}
  } events;
  EngineOptions options;
  options.workers = 2;
  options.udp_port = port;
  options.substrate_addresses = {here};
  options.paused = true;
  Result<std::unique_ptr<Engine>> engine = Engine::create(options, events, real_kernel, left(std::move(original)));
  CHECK(static_cast<bool>(engine));
  CHECK((*engine)->receivers().size() == 2);
  for (int fd : (*engine)->receivers()) CHECK(port_of(fd) == port);
}

}  // namespace weft::test
