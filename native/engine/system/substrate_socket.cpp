#include "substrate_socket.h"

#include <linux/filter.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/udp.h>

#include <array>
#include <cerrno>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef IPV6_HDRINCL
#define IPV6_HDRINCL 36
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

namespace weft {

namespace {

// The kernel counts about twice a packet's length, and several fast flows arrive in bursts of super-packets.
constexpr int receive_buffer_bytes = 16 << 20, send_buffer_bytes = 4 << 20;

bool set(int fd, int level, int option, int value) { return setsockopt(fd, level, option, &value, sizeof value) == 0; }

void set_buffer(int fd, int forced, int polite, int bytes) {
  if (!set(fd, SOL_SOCKET, forced, bytes)) set(fd, SOL_SOCKET, polite, bytes);
}

/// Outer packets are never fragmented, and the kernel's own idea of the path MTU, which anyone can forge with an
/// ICMP message, is not asked: the agent measures the path.
bool forbid_fragments(int fd, Family family) {
  if (family == Family::v4) return set(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE);
  return set(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE) && set(fd, IPPROTO_IPV6, IPV6_DONTFRAG, 1);
}

void discard_arrivals(int fd) {
  sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
  sock_fprog program{1, &nothing};
  setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

Failure failure(const std::string& what, const Address& address, uint16_t port, int error) {
  std::string where = (address.family == Family::v6 ? "[" + address.text() + "]" : address.text()) + ":" + std::to_string(port);
  std::string advice = error == EADDRINUSE ? "; another agent, or another program, has this port" : "";
  return Failure{"cannot " + what + " " + where + ": " + errno_text(error) + advice};
}

bool bind_to(int fd, const sockaddr_storage& to, socklen_t length, Place place) {
  if (place == Place::next && !set(fd, SOL_SOCKET, SO_REUSEPORT, 1)) return false;
  if (bind(fd, reinterpret_cast<const sockaddr*>(&to), length) < 0) return false;
  return place == Place::next || set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
}

}  // namespace

Result<Descriptor> open_receiver(const Address& address, uint16_t port, Place place, bool& gro) {
  sockaddr_storage to;
  socklen_t length = address.to_socket(port, to);
  Descriptor socket(::socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return failure("open a UDP socket for", address, port, errno);
  set_up_receiver(socket.get(), address, gro);
  if (!bind_to(socket.get(), to, length, place)) return failure("bind UDP", address, port, errno);
  return socket;
}

void set_up_receiver(int fd, const Address& address, bool& gro) {
  set_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, receive_buffer_bytes);
  bool joins = set(fd, SOL_UDP, UDP_GRO, gro);
  gro = gro && joins;
  // Who encapsulates in a kernel leaves out the outer checksum (RFC 7348, 5; RFC 6935): the inner packet has its own.
  if (address.family == Family::v6) set(fd, SOL_UDP, UDP_NO_CHECK6_RX, 1);
}

Result<Descriptor> open_sender(const Address& address, uint16_t& port) {
  sockaddr_storage from;
  socklen_t length = address.to_socket(port, from);
  Descriptor socket(::socket(from.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return failure("open a UDP socket for", address, port, errno);
  int fd = socket.get();
  discard_arrivals(fd);
  set_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, send_buffer_bytes);
  if (!forbid_fragments(fd, address.family)) return failure("forbid fragments on", address, port, errno);
  if (!bind_to(fd, from, length, port == 0 ? Place::first : Place::next)) return failure("bind UDP", address, port, errno);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&from), &length) < 0) return failure("bind UDP", address, port, errno);
  port = ntohs(address.family == Family::v4 ? reinterpret_cast<sockaddr_in&>(from).sin_port
                                            : reinterpret_cast<sockaddr_in6&>(from).sin6_port);
  return socket;
}

using Filter = std::array<sock_filter, 6>;

// Other tunnels of this host are none of our business, so their packets are not even received.
Filter prefix_filter(uint64_t prefix) {
  constexpr uint32_t destination_at = static_cast<uint32_t>(SKF_NET_OFF) + 24;
  return {{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, destination_at),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<uint32_t>(prefix >> 32), 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, destination_at + 4),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<uint32_t>(prefix), 0, 1),
      BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
      BPF_STMT(BPF_RET | BPF_K, 0),
  }};
}

bool receive_prefix_only(int fd, uint64_t prefix) {
  Filter steps = prefix_filter(prefix);
  sock_fprog program{steps.size(), steps.data()};
  return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
}

// The kernel counts a filter in steps.
bool receives_prefix_only(int fd, uint64_t prefix) {
  Filter wanted = prefix_filter(prefix), found{};
  socklen_t steps = found.size();
  bool has = getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, found.data(), &steps) == 0 && steps == found.size();
  return has && memcmp(wanted.data(), found.data(), sizeof found) == 0;
}

Result<Descriptor> open_gni6_receiver(uint64_t prefix) {
  Descriptor socket(::socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_IPIP));
  if (!socket) return Failure{"cannot open a raw IPv6 socket for gni6: " + errno_text(errno)};
  int fd = socket.get();
  set_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, receive_buffer_bytes);
  bool ready = receive_prefix_only(fd, prefix) && set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
  if (!ready) return Failure{"cannot set up the raw IPv6 socket for gni6: " + errno_text(errno)};
  return socket;
}

Result<Descriptor> open_gni6_sender() {
  Descriptor socket(::socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_RAW));
  if (!socket) return Failure{"cannot open a raw IPv6 socket for gni6: " + errno_text(errno)};
  int fd = socket.get();
  discard_arrivals(fd);
  set_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, send_buffer_bytes);
  bool ready = set(fd, IPPROTO_IPV6, IPV6_HDRINCL, 1) && forbid_fragments(fd, Family::v6);
  if (!ready) return Failure{"cannot set up the raw IPv6 socket for gni6: " + errno_text(errno)};
  return socket;
}

size_t receive_room(int fd) {
  int bytes = 0;
  socklen_t length = sizeof bytes;
  if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, &length) < 0) return 0;
  return static_cast<size_t>(bytes);
}

uint32_t datagrams_lost(int fd) {
  uint32_t facts[SK_MEMINFO_VARS] = {};
  socklen_t length = sizeof facts;
  if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, facts, &length) < 0) return 0;
  return facts[SK_MEMINFO_DROPS];
}

bool has_udp_gso(int fd) { return set(fd, SOL_UDP, UDP_SEGMENT, 1400) && set(fd, SOL_UDP, UDP_SEGMENT, 0); }

}  // namespace weft
