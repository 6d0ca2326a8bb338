// Puts consecutive packets of one flow back together into one super-packet for a port, without copying
// payload: the opposite of segment.h.
#pragma once

#include <sys/uio.h>

#include <array>

#include "segment.h"

namespace weft {

/// A packet on its way to a port; `packet` is borrowed until the run is written.
struct Arrival {
  View packet;
  Inner inner;
  bool partial = false;  // its transport checksum holds only the sum of the pseudo header
  uint16_t segment_size = 0;  // of a UDP super-packet that nobody has cut: payload bytes per segment; else 0
};

/// Which flows a port takes as super-packets.
struct Merging {
  bool tcp = false;
  bool udp = false;
};

/// A run of packets that go to a port with one write. Order and content stay exactly as they came.
class Run {
 public:
  bool empty() const { return count_ == 0; }
  uint32_t count() const { return count_; }
  uint32_t bytes() const { return bytes_; }

  /// Only on an empty run.
  void begin(const Arrival& first, Merging merging);
  /// False when the packet does not continue the run; the run is then as before.
  bool append(const Arrival& next);
  /// Port header and packet, ready for writev; borrowed until the next begin. Empties the run.
  std::span<const iovec> finish();

 private:
  static constexpr size_t most_packets = 64;  // what the kernel takes at least (UDP_MAX_SEGMENTS before 6.9)

  bool continues(const Arrival& next) const;
  bool same_ip_header(View next) const;
  bool same_tcp_header(View next) const;
  bool checksums_hold(const Arrival& next);
  void close_after(const Arrival& last);
  std::span<const iovec> finish_one();
  void write_merged_headers();

  Arrival first_;
  uint32_t count_ = 0;
  uint32_t bytes_ = 0;          // inner bytes of all packets, with their headers
  uint32_t payload_ = 0;        // payload bytes of all packets
  uint32_t segment_size_ = 0;   // payload bytes of the first packet
  uint32_t next_sequence_ = 0;  // TCP
  uint8_t last_flags_ = 0;      // TCP
  bool open_ = false;           // more packets may follow
  bool first_verified_ = false;
  struct Head {
    PortHeader port;
    uint8_t inner[longest_inner_header];
  } __attribute__((packed)) head_;
  std::array<iovec, 1 + most_packets> pieces_;
};

}  // namespace weft
