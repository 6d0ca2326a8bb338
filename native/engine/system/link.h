// The little of rtnetlink that a port needs: read and set one link of the calling thread's namespace.
#pragma once

#include <cstdint>
#include <string>

#include "result.h"

namespace weft {

struct Link {
  bool exists = false;
  bool carrier = false;
  uint32_t index = 0;
  bool queueless = false;
  std::string kind;  // "tun", "veth", …; empty for hardware
};

struct LinkSettings {
  uint32_t mtu;
  uint32_t queue_length;
  uint32_t gso_max_segments;
  bool up;  // false: as it is
};

Result<Link> read_link(const std::string& name);
/// Packets that the link has discarded instead of sending them, since it was made; a super-packet counts once.
Result<uint64_t> read_discarded(uint32_t index);
/// The link hands on at once what it is given. By default a TUN device has a queue in front of each of its 256 own ones,
/// which never holds a packet, since the device takes or discards it. A kernel that cannot do without keeps them.
void leave_queues_out(uint32_t index);
/// Sets the values, and brings the link up where it shall be.
Result<Done> set_link(const std::string& name, const LinkSettings& settings);

}  // namespace weft
