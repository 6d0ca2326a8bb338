// TUN devices: several queues, port headers, offloads, in a given namespace; persistent, so that the next
// process can adopt them.
#pragma once

#include <string>
#include <vector>

#include "descriptor.h"
#include "inherited.h"
#include "result.h"

namespace weft {

struct TunRequest {
  std::string netns_path;
  std::string name;
  uint32_t mtu = 0;
  unsigned queues = 1;
  bool want_tso = true, want_uso = true;
};

struct Tun {
  std::string netns_path;
  std::string name;
  std::vector<Descriptor> queues;
  bool tso = false, uso = false;
  bool adopted = false;  // it was there already
  // Of a device in the namespace of who opened it; 0: it is elsewhere, and its counters are its guest's to read.
  uint32_t own_index = 0;
  uint64_t discarded_before = 0;  // when it was opened
};

/// Goes on with the queues of the device that were `inherited`, and with what waits in them.
Result<Tun> open_tun(const TunRequest& request, Inherited& inherited);
Result<Done> set_tun_mtu(const Tun& tun, uint32_t mtu);
/// Packets for which the device had no room since it was opened, as far as its counters can be read from here; a
/// super-packet counts once. From the namespace that it was opened from.
uint64_t overflows_of(const Tun& tun);
/// The device vanishes when the last descriptor is closed.
void let_tun_vanish(const Tun& tun);

/// The least and the greatest MTU of a port, bytes: IPv4's minimum, and what still fits into one UDP datagram.
constexpr uint32_t least_mtu = 576, greatest_mtu = 65400;

}  // namespace weft
