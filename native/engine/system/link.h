// The little of rtnetlink that a port needs: read and set one link of the calling thread's namespace.
#pragma once

#include <cstdint>
#include <string>

#include "result.h"

namespace weft {

struct Link {
  bool exists = false;
  bool carrier = false;
  std::string kind;  // "tun", "veth", …; empty for hardware
};

struct LinkSettings {
  uint32_t mtu;
  uint32_t queue_length;
  uint32_t gso_max_segments;
};

Result<Link> read_link(const std::string& name);
/// Sets the values and brings the link up.
Result<Done> set_link(const std::string& name, const LinkSettings& settings);

}  // namespace weft
