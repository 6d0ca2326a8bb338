#include "link.h"

#include <linux/if_link.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include <cerrno>
#include <vector>

#include "descriptor.h"

namespace weft {

namespace {

/// Of tc(8): the queueing discipline that has none.
constexpr char no_queue[] = "noqueue";

/// A request about one link, built attribute by attribute.
template <typename Body>
class Request {
 public:
  Request(uint16_t type, uint16_t flags) {
    header().nlmsg_len = NLMSG_LENGTH(sizeof(Body));
    header().nlmsg_type = type;
    header().nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | flags);
  }
  nlmsghdr& header() { return *reinterpret_cast<nlmsghdr*>(bytes_); }
  Body& body() { return *static_cast<Body*>(NLMSG_DATA(&header())); }
  void add(uint16_t type, const void* data, size_t size) {
    auto* attribute = reinterpret_cast<rtattr*>(bytes_ + NLMSG_ALIGN(header().nlmsg_len));
    attribute->rta_type = type;
    attribute->rta_len = static_cast<uint16_t>(RTA_LENGTH(size));
    memcpy(RTA_DATA(attribute), data, size);
    header().nlmsg_len = NLMSG_ALIGN(header().nlmsg_len) + RTA_ALIGN(attribute->rta_len);
  }
  void add32(uint16_t type, uint32_t value) { add(type, &value, sizeof value); }

 private:
  alignas(nlmsghdr) uint8_t bytes_[512] = {};
};

/// The answer: what was asked for, or an acknowledgement. Its errno when the kernel refused.
int talk(const nlmsghdr& request, std::vector<uint8_t>& answer) {
  Descriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!socket) return errno;
  if (send(socket.get(), &request, request.nlmsg_len, 0) < 0) return errno;
  answer.resize(32 * 1024);
  ssize_t size = recv(socket.get(), answer.data(), answer.size(), 0);
  if (size < 0) return errno;
  answer.resize(static_cast<size_t>(size));
  auto* header = reinterpret_cast<nlmsghdr*>(answer.data());
  if (!NLMSG_OK(header, static_cast<uint32_t>(size))) return EBADMSG;
  if (header->nlmsg_type != NLMSG_ERROR) return 0;
  return -static_cast<nlmsgerr*>(NLMSG_DATA(header))->error;
}

void read_kind(rtattr* info, Link& link) {
  int left = static_cast<int>(RTA_PAYLOAD(info));
  for (auto* at = static_cast<rtattr*>(RTA_DATA(info)); RTA_OK(at, left); at = RTA_NEXT(at, left)) {
    if (at->rta_type == IFLA_INFO_KIND) link.kind = static_cast<const char*>(RTA_DATA(at));
  }
}

}  // namespace

Result<Link> read_link(const std::string& name) {
  Request<ifinfomsg> request(RTM_GETLINK, 0);
  request.add(IFLA_IFNAME, name.c_str(), name.size() + 1);
  std::vector<uint8_t> answer;
  int error = talk(request.header(), answer);
  if (error == ENODEV) return Link{};
  if (error != 0) return Failure{"cannot read link " + name + ": " + errno_text(error)};
  Link link;
  link.exists = true;
  auto* header = reinterpret_cast<nlmsghdr*>(answer.data());
  auto* body = static_cast<ifinfomsg*>(NLMSG_DATA(header));
  link.index = static_cast<uint32_t>(body->ifi_index);
  int left = static_cast<int>(IFLA_PAYLOAD(header));
  for (auto* at = IFLA_RTA(body); RTA_OK(at, left); at = RTA_NEXT(at, left)) {
    if (at->rta_type == IFLA_CARRIER) link.carrier = *static_cast<uint8_t*>(RTA_DATA(at)) != 0;
    if (at->rta_type == IFLA_QDISC) link.queueless = strcmp(static_cast<const char*>(RTA_DATA(at)), no_queue) == 0;
    if (at->rta_type == IFLA_LINKINFO) read_kind(at, link);
  }
  return link;
}

Result<uint64_t> read_discarded(uint32_t index) {
  Request<if_stats_msg> request(RTM_GETSTATS, 0);
  request.body().ifindex = index;
  request.body().filter_mask = IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64);
  std::vector<uint8_t> answer;
  int error = talk(request.header(), answer);
  if (error != 0) return Failure{"cannot read counters of link " + std::to_string(index) + ": " + errno_text(error)};
  auto* header = reinterpret_cast<nlmsghdr*>(answer.data());
  auto* body = static_cast<if_stats_msg*>(NLMSG_DATA(header));
  auto* first = reinterpret_cast<rtattr*>(reinterpret_cast<uint8_t*>(body) + NLMSG_ALIGN(sizeof *body));
  int left = static_cast<int>(header->nlmsg_len - NLMSG_LENGTH(sizeof *body));
  for (auto* at = first; RTA_OK(at, left); at = RTA_NEXT(at, left)) {
    if (at->rta_type != IFLA_STATS_LINK_64 || RTA_PAYLOAD(at) < sizeof(rtnl_link_stats64)) continue;
    rtnl_link_stats64 counters;
    memcpy(&counters, RTA_DATA(at), sizeof counters);
    return uint64_t{counters.tx_dropped};
  }
  return Failure{"link " + std::to_string(index) + " has no counters"};
}

void leave_queues_out(uint32_t index) {
  Request<tcmsg> request(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE | NLM_F_ACK);
  request.body().tcm_ifindex = static_cast<int>(index);
  request.body().tcm_parent = TC_H_ROOT;
  request.add(TCA_KIND, no_queue, sizeof no_queue);
  std::vector<uint8_t> answer;
  talk(request.header(), answer);
}

Result<Done> set_link(const std::string& name, const LinkSettings& settings) {
  Request<ifinfomsg> request(RTM_NEWLINK, NLM_F_ACK);
  if (settings.up) request.body().ifi_flags = request.body().ifi_change = IFF_UP;
  request.add(IFLA_IFNAME, name.c_str(), name.size() + 1);
  request.add32(IFLA_MTU, settings.mtu);
  request.add32(IFLA_TXQLEN, settings.queue_length);
  request.add32(IFLA_GSO_MAX_SEGS, settings.gso_max_segments);
  std::vector<uint8_t> answer;
  int error = talk(request.header(), answer);
  if (error != 0) return Failure{"cannot set up link " + name + ": " + errno_text(error)};
  return Done{};
}

}  // namespace weft
