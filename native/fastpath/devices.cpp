#include "devices.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/if_link.h>
#include <netinet/in.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <memory>

#include "descriptor.h"

namespace weft {

namespace {

constexpr uint32_t our_priority = 0x5746, our_handle = 1;  // "WF"

bpf_tc_hook ingress_of(uint32_t ifindex) {
  bpf_tc_hook hook{};
  hook.sz = sizeof hook;
  hook.ifindex = static_cast<int>(ifindex);
  hook.attach_point = BPF_TC_INGRESS;
  return hook;
}

bpf_tc_opts our_filter() {
  bpf_tc_opts filter{};
  filter.sz = sizeof filter;
  filter.handle = our_handle;
  filter.priority = our_priority;
  return filter;
}

/// Empty for a program that is not ours.
std::string our_name_of(uint32_t number) {
  Descriptor program(bpf_prog_get_fd_by_id(number));
  bpf_prog_info info{};
  uint32_t length = sizeof info;
  if (!program || bpf_obj_get_info_by_fd(program.get(), &info, &length) != 0) return "";
  return std::string_view(info.name).starts_with("weft_") ? info.name : "";
}

bool is_ours(uint32_t number) { return !our_name_of(number).empty(); }

std::string failed(const char* what, uint32_t ifindex, int error) {
  return std::string(what) + " on " + name_of(ifindex) + ": " + errno_text(error);
}

Result<Done> change_flags(const std::string& device, short set, short cleared = 0) {
  Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  device.copy(request.ifr_name, IFNAMSIZ - 1);
  if (!socket || ioctl(socket.get(), SIOCGIFFLAGS, &request) != 0) return Failure{device + ": " + errno_text(errno)};
  short wanted = static_cast<short>((request.ifr_flags | set) & ~cleared);
  if (request.ifr_flags == wanted) return Done{};
  request.ifr_flags = wanted;
  if (ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0) return Failure{device + " cannot be set up: " + errno_text(errno)};
  return Done{};
}

Result<Done> set_option(const std::string& device, const char* family, const char* option) {
  std::string path = std::string("/proc/sys/net/") + family + "/conf/" + device + "/" + option;
  Descriptor setting(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  // A kernel without IPv6 has no such setting.
  bool is_set = setting ? write(setting.get(), "1", 1) == 1 : errno == ENOENT;
  return is_set ? Result<Done>{Done{}} : Failure{path + " cannot be set: " + errno_text(errno)};
}

}  // namespace

uint32_t index_of(const std::string& device) { return if_nametoindex(device.c_str()); }

std::string name_of(uint32_t ifindex) {
  char name[IF_NAMESIZE] = {};
  return if_indextoname(ifindex, name) == nullptr ? "" : name;
}

std::vector<uint32_t> all_devices() {
  std::vector<uint32_t> found;
  std::unique_ptr<struct if_nameindex, void (*)(struct if_nameindex*)> names(if_nameindex(), if_freenameindex);
  for (auto* at = names.get(); at != nullptr && at->if_index != 0; at++) found.push_back(at->if_index);
  return found;
}

uint32_t device_with(const Address& address) {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return 0;
  std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owned(list, freeifaddrs);
  for (ifaddrs* at = list; at != nullptr; at = at->ifa_next) {
    if (at->ifa_addr == nullptr) continue;
    int family = at->ifa_addr->sa_family;
    if (family != AF_INET && family != AF_INET6) continue;
    sockaddr_storage found{};
    memcpy(&found, at->ifa_addr, family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
    if (Address::from_socket(found) == address) return index_of(at->ifa_name);
  }
  return 0;
}

Result<Done> attach_at_tc(uint32_t ifindex, int program) {
  bpf_tc_hook hook = ingress_of(ifindex);
  int made = bpf_tc_hook_create(&hook);
  if (made != 0 && made != -EEXIST) return Failure{failed("no queueing discipline for programs (clsact)", ifindex, -made)};
  bpf_tc_opts filter = our_filter();
  filter.prog_fd = program;
  filter.flags = BPF_TC_F_REPLACE;
  int attached = bpf_tc_attach(&hook, &filter);
  if (attached != 0) return Failure{failed("the program cannot be attached", ifindex, -attached)};
  return Done{};
}

// In the driver or not at all: what runs behind it gains nothing.
Result<Done> attach_xdp(uint32_t ifindex, int program) {
  uint32_t there = 0;
  bpf_xdp_query_id(static_cast<int>(ifindex), 0, &there);
  if (there != 0 && !is_ours(there)) return Failure{name_of(ifindex) + " has an XDP program that is not Weft’s"};
  int attached = bpf_xdp_attach(static_cast<int>(ifindex), program, XDP_FLAGS_DRV_MODE, nullptr);
  if (attached != 0) return Failure{failed("the driver takes no XDP program", ifindex, -attached)};
  return Done{};
}

void detach_at_tc(uint32_t ifindex) {
  std::string there = name_at_tc(ifindex);
  if (there.empty() && !is_hidden_at_tc(ifindex)) return;
  if (there == "weft_guest" || there == "weft_return") change_flags(name_of(ifindex), 0, IFF_UP);
  bpf_tc_hook hook = ingress_of(ifindex);
  bpf_tc_opts filter = our_filter();
  bpf_tc_detach(&hook, &filter);
}

bool is_hidden_at_tc(uint32_t ifindex) {
  uint32_t there = attached_at_tc(ifindex);
  if (there == 0) return false;
  Descriptor program(bpf_prog_get_fd_by_id(there));
  return !program && errno == EPERM;
}

bool has_xdp(uint32_t ifindex) {
  uint32_t there = 0;
  return bpf_xdp_query_id(static_cast<int>(ifindex), 0, &there) == 0 && there != 0;
}

void detach_xdp(uint32_t ifindex) {
  if (attached_xdp(ifindex) != 0) bpf_xdp_detach(static_cast<int>(ifindex), XDP_FLAGS_DRV_MODE, nullptr);
}

uint32_t attached_at_tc(uint32_t ifindex) {
  bpf_tc_hook hook = ingress_of(ifindex);
  bpf_tc_opts filter = our_filter();
  return bpf_tc_query(&hook, &filter) == 0 ? filter.prog_id : 0;
}

std::string name_at_tc(uint32_t ifindex) {
  uint32_t there = attached_at_tc(ifindex);
  return there == 0 ? "" : our_name_of(there);
}

uint32_t attached_xdp(uint32_t ifindex) {
  uint32_t there = 0;
  if (bpf_xdp_query_id(static_cast<int>(ifindex), XDP_FLAGS_DRV_MODE, &there) != 0 || there == 0) return 0;
  return is_ours(there) ? there : 0;
}

uint32_t number_of(int program) {
  bpf_prog_info info{};
  uint32_t length = sizeof info;
  return bpf_obj_get_info_by_fd(program, &info, &length) == 0 ? info.id : 0;
}

// No address has its way there, so that to a strict check (rp_filter) every source is a wrong one.
Result<Done> silence(const std::string& device) {
  Result<Done> done = set_option(device, "ipv6", "disable_ipv6");
  if (done) done = set_option(device, "ipv4", "rp_filter");
  return done ? change_flags(device, IFF_NOARP) : done;
}

Result<Done> set_up(const std::string& device) { return change_flags(device, IFF_UP); }

Result<bool> let_loopback_forward() {
  bool was_off = false;
  for (const char* family : {"ipv4", "ipv6"}) {
    std::string path = std::string("/proc/sys/net/") + family + "/conf/lo/forwarding";
    Descriptor setting(open(path.c_str(), O_RDWR | O_CLOEXEC));
    // A kernel without IPv6 has no such setting.
    if (!setting && errno == ENOENT) continue;
    char now = 0;
    if (setting && read(setting.get(), &now, 1) == 1 && now == '1') continue;
    if (!setting || pwrite(setting.get(), "1", 1, 0) != 1) return Failure{path + " cannot be set: " + errno_text(errno)};
    was_off = true;
  }
  return was_off;
}

void let_loopback_be() {
  for (const char* family : {"ipv4", "ipv6"}) {
    std::string place = std::string("/proc/sys/net/") + family + "/conf/";
    Descriptor all(open((place + "all/forwarding").c_str(), O_RDONLY | O_CLOEXEC));
    char now = '1';
    if (!all || read(all.get(), &now, 1) != 1 || now != '0') continue;
    Descriptor setting(open((place + "lo/forwarding").c_str(), O_WRONLY | O_CLOEXEC));
    if (setting) (void)!write(setting.get(), "0", 1);
  }
}

}  // namespace weft
