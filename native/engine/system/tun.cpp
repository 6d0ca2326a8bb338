#include "tun.h"

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>

#include "link.h"
#include "netns.h"
#include "segment.h"

#ifndef TUN_F_USO4
#define TUN_F_USO4 0x20
#define TUN_F_USO6 0x40
#endif

namespace weft {

namespace {

// Packets that wait for the engine, for each of its queues: what a flow of 1,000 a second sends while an agent is
// replaced, on a machine that has other things to do; and what the fast path hands over comes in bursts from another
// processor.
constexpr uint32_t queue_length = 4096;
constexpr short tun_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR | IFF_MULTI_QUEUE;

/// Bytes that any format may put around an inner packet inside UDP; only used to keep super-packets small enough.
constexpr uint32_t encapsulation_room = 40;

// A super-packet with every segment encapsulated must fit into one UDP_SEGMENT send, or each one would need a
// second, small send.
uint32_t most_segments(uint32_t mtu) {
  constexpr uint32_t longest_send = 65507, most = 64;
  return std::clamp(longest_send / (mtu + encapsulation_room), 1u, most);
}

// A device of this process's own namespace is not up before programs are on it: what the engine writes to it would come
// to the host's own stack.
LinkSettings settings_for(uint32_t mtu, bool is_own) {
  return {mtu, queue_length, most_segments(mtu), !is_own};
}

Result<Descriptor> open_queue(const std::string& name) {
  Descriptor queue(open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!queue) {
    std::string advice = errno == ENOENT ? "; load the kernel module `tun`" : "; run as root";
    return Failure{"cannot open /dev/net/tun: " + errno_text(errno) + advice};
  }
  ifreq request{};
  name.copy(request.ifr_name, IFNAMSIZ - 1);
  request.ifr_flags = tun_flags;
  if (ioctl(queue.get(), TUNSETIFF, &request) < 0) {
    return Failure{"cannot attach to TUN device " + name + ": " + errno_text(errno)};
  }
  return queue;
}

/// Takes the first set of offloads that this kernel has.
void set_offloads(const TunRequest& request, int fd, Tun& tun) {
  constexpr unsigned tso = TUN_F_TSO4 | TUN_F_TSO6, uso = TUN_F_USO4 | TUN_F_USO6;
  struct Candidate {
    unsigned flags;
    bool tso, uso;
  };
  const Candidate candidates[] = {
      {TUN_F_CSUM | tso | TUN_F_TSO_ECN | uso, true, true}, {TUN_F_CSUM | tso | uso, true, true},
      {TUN_F_CSUM | tso | TUN_F_TSO_ECN, true, false},      {TUN_F_CSUM | tso, true, false},
      {TUN_F_CSUM | uso, false, true},                      {TUN_F_CSUM, false, false},
      {0, false, false},
  };
  for (const Candidate& candidate : candidates) {
    bool wanted = (request.want_tso || !candidate.tso) && (request.want_uso || !candidate.uso);
    if (!wanted || ioctl(fd, TUNSETOFFLOAD, candidate.flags) != 0) continue;
    tun.tso = candidate.tso;
    tun.uso = candidate.uso;
    return;
  }
}

// A kept device of which nobody has a queue has no carrier.
Result<Done> check_existing(const std::string& name, Tun& tun) {
  Result<Link> link = read_link(name);
  if (!link) return Failure{link.why()};
  if (link->exists && link->kind != "tun") return Failure{"link " + name + " exists and is no TUN device"};
  if (link->exists && link->carrier && tun.queues.empty()) return Failure{"TUN device " + name + " is in use by another process"};
  tun.adopted = link->exists;
  return Done{};
}

void note_counters(uint32_t index, Tun& tun) {
  tun.own_index = index;
  Result<uint64_t> discarded = read_discarded(index);
  if (discarded) tun.discarded_before = *discarded;
}

// Those that are too many are closed: the kernel would go on giving them packets that nobody reads.
void take_inherited(const TunRequest& request, Inherited& inherited, Tun& tun) {
  Descriptor netns(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
  while (netns) {
    std::optional<Descriptor> queue = inherited.take_queue(request.name, netns.get(), tun_flags);
    if (!queue) return;
    if (tun.queues.size() < request.queues) tun.queues.push_back(std::move(*queue));
  }
}

Result<Done> open_inside(const TunRequest& request, bool is_own, Inherited& inherited, Tun& tun) {
  take_inherited(request, inherited, tun);
  Result<Done> usable = check_existing(request.name, tun);
  if (!usable) return usable;
  while (tun.queues.size() < request.queues) {
    Result<Descriptor> queue = open_queue(request.name);
    if (!queue) return Failure{queue.why()};
    tun.queues.push_back(std::move(*queue));
  }
  int first = tun.queues.front().get();
  int header_size = sizeof(PortHeader);
  if (ioctl(first, TUNSETVNETHDRSZ, &header_size) < 0) {
    return Failure{"cannot set the port header of " + request.name + ": " + errno_text(errno)};
  }
  set_offloads(request, first, tun);
  Result<Link> link = read_link(request.name);
  if (!link) return Failure{link.why()};
  // Before the length is set and the device is up: they would take the kernel 3 to 25 MB for each guest.
  if (!link->queueless) leave_queues_out(link->index);
  Result<Done> set = set_link(request.name, settings_for(request.mtu, is_own));
  if (!set) return set;
  if (is_own) note_counters(link->index, tun);
  if (ioctl(first, TUNSETPERSIST, 1) < 0) return Failure{"cannot keep " + request.name + ": " + errno_text(errno)};
  return Done{};
}

}  // namespace

Result<Tun> open_tun(const TunRequest& request, Inherited& inherited) {
  Tun tun;
  tun.netns_path = request.netns_path;
  tun.name = request.name;
  bool is_own = is_own_namespace(request.netns_path);
  Result<Done> opened = in_namespace(request.netns_path, [&] { return open_inside(request, is_own, inherited, tun); });
  if (!opened) return Failure{opened.why()};
  return tun;
}

Result<Done> set_tun_mtu(const Tun& tun, uint32_t mtu) {
  return in_namespace(tun.netns_path, [&] { return set_link(tun.name, settings_for(mtu, tun.own_index != 0)); });
}

uint64_t overflows_of(const Tun& tun) {
  if (tun.own_index == 0) return 0;
  Result<uint64_t> discarded = read_discarded(tun.own_index);
  return discarded && *discarded > tun.discarded_before ? *discarded - tun.discarded_before : 0;
}

void let_tun_vanish(const Tun& tun) {
  if (!tun.queues.empty()) ioctl(tun.queues.front().get(), TUNSETPERSIST, 0);
}

}  // namespace weft
