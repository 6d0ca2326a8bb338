#include "inherited.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/kcmp.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>

#include "netns.h"
#include "substrate_socket.h"

namespace weft {

namespace {

bool is_socket(int fd) {
  struct stat facts;
  return fstat(fd, &facts) == 0 && S_ISSOCK(facts.st_mode);
}

/// The name of its device; nothing when it is no TUN queue, or its device is gone.
std::optional<std::string> device_of(int fd) {
  unsigned features;
  ifreq found{};
  if (ioctl(fd, TUNGETFEATURES, &features) < 0 || ioctl(fd, TUNGETIFF, &found) < 0) return std::nullopt;
  return std::string(found.ifr_name, strnlen(found.ifr_name, IFNAMSIZ));
}

/// By the order that the kernel has for open files: 0 same, 1 less, 2 greater; -1 when it cannot tell.
int compare_files(int left, int right) { return static_cast<int>(syscall(SYS_kcmp, getpid(), getpid(), KCMP_FILE, left, right)); }

void close_doubles(std::vector<Descriptor>& descriptors) {
  if (descriptors.empty() || compare_files(descriptors[0].get(), descriptors[0].get()) != 0) return;
  std::sort(descriptors.begin(), descriptors.end(), [](const Descriptor& left, const Descriptor& right) { return compare_files(left.get(), right.get()) == 1; });
  auto same = [](const Descriptor& left, const Descriptor& right) { return compare_files(left.get(), right.get()) == 0; };
  descriptors.erase(std::unique(descriptors.begin(), descriptors.end(), same), descriptors.end());
}

int option(int fd, int level, int name) {
  int value = -1;
  socklen_t length = sizeof value;
  return getsockopt(fd, level, name, &value, &length) == 0 ? value : -1;
}

bool is_of_this_namespace(int socket) {
  Descriptor theirs(ioctl(socket, SIOCGSKNS)), ours(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
  return theirs && ours && same_namespace(theirs.get(), ours.get());
}

bool is_bound_to(int fd, const Address& address, uint16_t port) {
  sockaddr_storage wanted, found{}, peer{};
  socklen_t length = address.to_socket(port, wanted), found_length = sizeof found, peer_length = sizeof peer;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&found), &found_length) < 0 || found_length != length) return false;
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &peer_length) == 0) return false;
  if (address.family == Family::v4) {
    auto &left = reinterpret_cast<sockaddr_in&>(wanted), &right = reinterpret_cast<sockaddr_in&>(found);
    return right.sin_family == AF_INET && left.sin_port == right.sin_port && left.sin_addr.s_addr == right.sin_addr.s_addr;
  }
  auto &left = reinterpret_cast<sockaddr_in6&>(wanted), &right = reinterpret_cast<sockaddr_in6&>(found);
  return right.sin6_family == AF_INET6 && left.sin6_port == right.sin6_port && IN6_ARE_ADDR_EQUAL(&left.sin6_addr, &right.sin6_addr);
}

bool has_filter(int fd) {
  socklen_t steps = 0;
  return getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, nullptr, &steps) < 0 || steps > 0;
}

bool is_receiver(int fd, const Address& address, uint16_t port) {
  int domain = address.family == Family::v4 ? AF_INET : AF_INET6;
  return option(fd, SOL_SOCKET, SO_DOMAIN) == domain && option(fd, SOL_SOCKET, SO_PROTOCOL) == IPPROTO_UDP &&
         option(fd, SOL_SOCKET, SO_REUSEPORT) == 1 && !has_filter(fd) && is_bound_to(fd, address, port) &&
         is_of_this_namespace(fd);
}

bool is_gni6_receiver(int fd, uint64_t prefix) {
  return option(fd, SOL_SOCKET, SO_DOMAIN) == AF_INET6 && option(fd, SOL_SOCKET, SO_TYPE) == SOCK_RAW &&
         option(fd, SOL_SOCKET, SO_PROTOCOL) == IPPROTO_IPIP && receives_prefix_only(fd, prefix) && is_of_this_namespace(fd);
}

bool is_queue(int fd, const std::string& name, int netns, short tun_flags) {
  if (device_of(fd) != name) return false;  // gone since, or called otherwise
  ifreq found{};
  if (ioctl(fd, TUNGETIFF, &found) < 0) return false;
  // Besides what was asked for, the kernel tells states of the device and of the queue; a detached one is none.
  constexpr short kind = IFF_TUN | IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | IFF_MULTI_QUEUE;
  if ((found.ifr_flags & kind) != tun_flags || (found.ifr_flags & IFF_DETACH_QUEUE) != 0) return false;
  Descriptor theirs(ioctl(fd, TUNGETDEVNETNS));
  return theirs && same_namespace(theirs.get(), netns);
}

template <typename Fits>
std::optional<Descriptor> take(std::vector<Descriptor>& from, const Fits& fits) {
  auto found = std::find_if(from.begin(), from.end(), [&](const Descriptor& each) { return fits(each.get()); });
  if (found == from.end()) return std::nullopt;
  Descriptor taken = std::move(*found);
  from.erase(found);
  return taken;
}

}  // namespace

Inherited::Inherited(std::vector<Descriptor> descriptors) {
  close_doubles(descriptors);
  for (Descriptor& descriptor : descriptors) {
    int fd = descriptor.get();
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    if (is_socket(fd)) sockets_.push_back(std::move(descriptor));
    else if (std::optional<std::string> device = device_of(fd)) queues_.emplace(*device, std::move(descriptor));
  }
}

std::optional<Descriptor> Inherited::take_receiver(const Address& address, uint16_t port) {
  return take(sockets_, [&](int fd) { return is_receiver(fd, address, port); });
}

std::optional<Descriptor> Inherited::take_gni6_receiver(uint64_t prefix) {
  return take(sockets_, [&](int fd) { return is_gni6_receiver(fd, prefix); });
}

std::optional<Descriptor> Inherited::take_queue(const std::string& name, int netns, short tun_flags) {
  auto [at, end] = queues_.equal_range(name);
  while (at != end) {
    int fd = at->second.get();
    bool fits = is_queue(fd, name, netns, tun_flags);
    if (!fits && device_of(fd)) {
      at++;
      continue;
    }
    Descriptor taken = std::move(at->second);
    at = queues_.erase(at);
    if (fits) return taken;
    // Otherwise its device is gone, and so is what it was good for.
  }
  return std::nullopt;
}

void Inherited::put(const std::string& name, std::vector<Descriptor> queues) {
  for (Descriptor& queue : queues) queues_.emplace(name, std::move(queue));
}

void Inherited::close(int fd) {
  std::erase_if(sockets_, [&](const Descriptor& each) { return each.get() == fd; });
  std::erase_if(queues_, [&](const auto& each) { return each.second.get() == fd; });
}

void Inherited::close_all() {
  sockets_.clear();
  queues_.clear();
}

}  // namespace weft
