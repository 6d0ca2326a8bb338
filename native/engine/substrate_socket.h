// UDP sockets on the substrate: receiving ones share the port (SO_REUSEPORT), sending ones only send.
#pragma once

#include "address.h"
#include "descriptor.h"
#include "result.h"

namespace weft {

/// Bound to `address` and `port`, with UDP_GRO when `gro`; switches `gro` off when this kernel has none.
Result<Descriptor> open_receiver(const Address& address, uint16_t port, bool& gro);
/// Bound to `address` and `port`, which may be shared; port 0 is replaced by the one that was given out. Everything
/// that arrives there is discarded by the kernel.
Result<Descriptor> open_sender(const Address& address, uint16_t& port);
/// Whether UDP_SEGMENT can be set here.
bool has_udp_gso(int fd);

}  // namespace weft
