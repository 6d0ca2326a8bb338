// The engine beside the programs, for one packet at a time. Apart, since tests of both have the same words.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace weft::fuzz {

using Octets = std::vector<uint8_t>;

enum class Framework { gni, vxlan, geneve };

/// What the engine let go: to which port, or to which peer.
struct Let {
  uint32_t slot;
  Octets bytes;
};

/// Hosts of the region, by their last byte: the peers 5 (gni), 6 (vxlan, geneve), 7 (gni, by IPv6). Guests of network 7 are
/// 10.7.0.n and fd07::n: 1 and 3 here at ports 3 and 4, 2, 4 and 5 at peers 5, 6 and 7, 9 nowhere, others not known.
struct Engine {
  Engine();
  ~Engine();

  /// Packets written to ports for a datagram of a peer's.
  std::vector<Let> receives(uint32_t peer, Framework framework, const Octets& payload);
  /// Datagrams sent, or packets written to ports of this host, for a packet of the guest at port 3.
  std::vector<Let> sends(const Octets& packet);
  /// Of what `receives` or `sends` was last asked.
  uint64_t drops(int reason) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace weft::fuzz
