// Sockets on the substrate. UDP: the workers' receiving ones share one port (SO_REUSEPORT), sending ones only send and
// share theirs with the same lane of the other workers.
//
// The first socket on a port is bound alone and shared only then: a port that another process has is refused, even when
// that process would share it.
#pragma once

#include "address.h"
#include "descriptor.h"
#include "result.h"

namespace weft {

enum class Place : uint8_t { first, next };  // of a socket on its port

/// Bound to `address` and `port`, with UDP_GRO when `gro`; switches `gro` off when this kernel has none. IPv6 datagrams
/// without an outer checksum are received, too.
Result<Descriptor> open_receiver(const Address& address, uint16_t port, Place place, bool& gro);
/// The same of a socket that is bound already; what has come to it stays.
void set_up_receiver(int fd, const Address& address, bool& gro);
/// Bound to `address` and `port`; 0 asks for a port that nobody has, and is replaced by it. Everything that arrives
/// there is discarded by the kernel.
Result<Descriptor> open_sender(const Address& address, uint16_t& port);
/// Everything of next header 4 (IPv4 in IPv6) that comes to an address of the /64 `prefix`, with its destination. The
/// kernel gives every such socket every packet: one is enough.
Result<Descriptor> open_gni6_receiver(uint64_t prefix);
/// Whether a raw socket is one for this prefix.
bool receives_prefix_only(int fd, uint64_t prefix);
/// Takes whole IPv6 packets.
Result<Descriptor> open_gni6_sender();
/// Bytes that the kernel really gives the socket for what was not read yet, its own book-keeping included.
size_t receive_room(int fd);
/// Datagrams that the kernel discarded here since the socket was opened: no room, or a wrong outer checksum.
uint32_t datagrams_lost(int fd);
/// Whether UDP_SEGMENT can be set here.
bool has_udp_gso(int fd);

}  // namespace weft
