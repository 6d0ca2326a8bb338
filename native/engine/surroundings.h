// What the paths of a worker have around them: the kernel, the events' receiver, the clock, the switches.
// All of it is a parameter, so tests bring their own kernel and their own time.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <atomic>
#include <string>

#include "crew.h"
#include "waiting.h"

namespace weft {

struct Traced;

/// The system calls of the hot path.
struct Kernel {
  ssize_t (*read)(int fd, void* into, size_t size);
  ssize_t (*writev)(int fd, const iovec* pieces, int count);
  int (*sendmmsg)(int fd, mmsghdr* messages, unsigned count, int flags);
  int (*recvmmsg)(int fd, mmsghdr* messages, unsigned count, int flags);
  int (*poll)(pollfd* sockets, nfds_t count, int timeout_ms);
};

extern const Kernel real_kernel;

/// Called from workers; returns at once.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void miss(Side side, uint32_t gni, const Address& address) = 0;
  virtual void offload_off(const char* offload, const std::string& reason) = 0;
  /// So many packets of the test `id` came whole to the peer.
  virtual void tested(uint32_t peer, uint32_t id, uint32_t intact) = 0;
  virtual void fault(const std::string& where, const std::string& reason) = 0;
  /// Of a packet that is followed.
  virtual void traced(const Traced& told) = 0;
};

/// Shared by all workers. A switch goes off once, at the first failure of its offload.
struct Switches {
  std::atomic<bool> udp_gso{true}, udp_gro{true}, tso{true}, uso{true};
};

struct Surroundings {
  const Kernel& kernel;
  EventSink& events;
  Switches& switches;
  std::atomic<int>& last_send_error;
  Crew& crew;

  /// Switches `which` off and says so, once.
  void give_up(std::atomic<bool>& which, const char* offload, const char* call, int error) const {
    if (which.exchange(false)) events.offload_off(offload, std::string(call) + ": " + errno_name(error));
  }
  static std::string errno_name(int error);
};

/// Errors by which kernels and drivers refuse an offload of the substrate that they have promised.
bool is_send_offload_fault(int error);
/// The same of a port, where EIO says no more than that the guest has set its device down: a switch is the whole
/// host's and must not be a guest's to turn.
bool is_port_offload_fault(int error);

}  // namespace weft
