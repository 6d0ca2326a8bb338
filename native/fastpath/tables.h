// The writer of the fast path's tables: the same change as the engine's becomes entries of one generation.
//
//   1  locations, pairs, peers, ports are written for generation g+1 beside what counts now
//   2  g+1 is published: from then on all of it counts
//   3  what says nothing any more is taken out, and what has waited for a place gets it, with a generation of its own
//
// A writer that is killed at any step leaves what was before 2 or what is after it. Readers that began before 2 and
// look after 3 find less than there was; the generation tells them.
#pragma once

#include "locations.h"
#include "look_up.h"
#include "peer_table.h"

namespace weft {

/// The devices of a port that the fast path serves.
struct PortDevices {
  uint8_t kind = WEFT_PORT_NONE;  // veth or tap
  uint32_t ifindex = 0, engine_ifindex = 0;
  Mac mac;

  bool operator==(const PortDevices&) const = default;
};

struct TableSizes {
  uint32_t locations, peers, pairs;
};

/// How full a table is; `left_out`: what the engine has to do because of that.
struct Fill {
  const char* table;
  size_t entries, most, left_out;
};

class Tables {
 public:
  Tables(const TableStores& stores, TableSizes sizes, std::vector<Address> own);

  /// All of it, or none, is what packets see. Well-formed changes never fail: what finds no place is the engine's.
  void apply(const Change& change);
  /// Again for a port with other devices.
  void open_port(uint32_t slot, const PortDevices& devices);
  void close_port(uint32_t slot);

  /// Without what only the engine knows: that an address is nobody's.
  LookedUp look_up(const Ends& ends) const;
  std::vector<Fill> fills() const;
  /// Ports that have devices.
  const std::map<uint32_t, PortDevices>& open_ports() const { return devices_; }
  const PeerTable& peers() const { return peer_table_; }

 private:
  void commit(const Change& change, const std::set<uint32_t>& ports);
  void write_ports(const std::set<uint32_t>& ports, uint64_t generation);
  weft_port port_of(uint32_t slot) const;
  void purge_devices();

  TableStores stores_;
  TableSizes sizes_;
  Locations locations_;
  PeerTable peer_table_;
  std::map<uint32_t, PortDevices> devices_;
  std::map<uint32_t, uint32_t> networks_;  // of ports → GNI
  std::vector<std::pair<uint32_t, uint32_t>> left_devices_;  // indexes with the port that they led to
};

}  // namespace weft
