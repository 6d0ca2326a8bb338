// Where programs are attached, and how devices are made theirs. All calls mean the namespace of the calling thread.
//
// At tc our filters are found again by handle and priority, which nobody else uses; putting another program in the
// place of one is one step for packets.
#pragma once

#include <net/if.h>

#include <string>
#include <vector>

#include "address.h"
#include "result.h"

namespace weft {

/// 0: there is no such device.
uint32_t index_of(const std::string& device);
/// Empty: there is none any more.
std::string name_of(uint32_t ifindex);
std::vector<uint32_t> all_devices();
/// Of the device that has the address; 0: none has.
uint32_t device_with(const Address& address);

/// In place of a program of ours that is there, if one is.
Result<Done> attach_at_tc(uint32_t ifindex, int program);
Result<Done> attach_xdp(uint32_t ifindex, int program);
/// Ours alone, or what is in our place where it cannot be asked whose it is; none is no trouble. What XDP has unwrapped is known to nobody but the program at tc: that goes last.
/// A guest's device goes down before: without a program its packets would be the host's own stack's.
void detach_at_tc(uint32_t ifindex);
void detach_xdp(uint32_t ifindex);
/// Number of the program that is attached in our place; 0: none.
uint32_t attached_at_tc(uint32_t ifindex);
/// Its name, if it is ours; else empty.
std::string name_at_tc(uint32_t ifindex);
/// Whether there is a program in our place of which the kernel tells this process nothing: bpf(2) is refused to it.
bool is_hidden_at_tc(uint32_t ifindex);
/// Anybody's.
bool has_xdp(uint32_t ifindex);
/// Number of the program of ours that is attached there; 0: none. Asks for all devices: not for each of many.
uint32_t attached_xdp(uint32_t ifindex);
/// As the kernel numbers programs.
uint32_t number_of(int program);

/// Nothing that the host's own stack would take from there, answer or send there, also while somebody else has taken
/// the program off: no IPv6, no ARP, no source.
Result<Done> silence(const std::string& device);
Result<Done> set_up(const std::string& device);

/// The kernel tells a program the way of packets from a device only where that device forwards, and programs ask for the
/// way of lo's. Nothing else comes from there that is not this host's own. True: it did not forward before.
Result<bool> let_loopback_forward();
/// As on a host that does not forward; on one that does, lo does so, too.
void let_loopback_be();

}  // namespace weft
