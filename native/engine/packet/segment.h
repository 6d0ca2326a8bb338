// Splits a super-packet (TSO, USO) into the packets it stands for, without touching its payload.
#pragma once

#include "inner.h"

namespace weft {

/// What a port puts before each packet: struct virtio_net_hdr of linux/virtio_net.h, which C++ cannot include.
struct PortHeader {
  static constexpr uint8_t needs_checksum = 1;  // flags
  static constexpr uint8_t gso_none = 0, gso_tcp4 = 1, gso_tcp6 = 4, gso_udp = 5, gso_ecn = 0x80;

  uint8_t flags;
  uint8_t gso_type;
  uint16_t header_length;
  uint16_t gso_size;
  uint16_t checksum_start;
  uint16_t checksum_offset;
};
static_assert(sizeof(PortHeader) == 10);

/// What the port header asks for, checked against the packet: offsets and sizes can be used as they are.
struct Offload {
  bool partial = false;       // the transport checksum holds a partial sum
  uint16_t checksum_start = 0;
  uint16_t checksum_at = 0;   // offset from checksum_start
  uint16_t segment_size = 0;  // payload bytes per segment; 0: not a super-packet
  uint32_t segments = 1;

  bool super() const { return segments > 1; }
};

/// False when the port header contradicts the packet; it comes from a guest and is never trusted.
bool check_offload(const PortHeader& header, const Inner& inner, Offload& out);

/// The port header that says the same as `offload`.
PortHeader port_header(const Inner& inner, const Offload& offload);

/// Inner headers with at most this many bytes precede a payload (IPv4 options and TCP options at their longest).
constexpr size_t longest_inner_header = 60 + 60;

class Segmenter {
 public:
  /// `packet` is borrowed for the life of the Segmenter; `offload.super()` must hold.
  Segmenter(View packet, const Inner& inner, const Offload& offload);

  uint32_t count() const { return count_; }
  size_t header_length() const { return header_length_; }
  /// Length of the `index`th segment with its headers.
  size_t length(uint32_t index) const { return header_length_ + payload(index).size(); }
  View payload(uint32_t index) const;
  /// Where in the packet the `index`th payload begins.
  size_t offset(uint32_t index) const { return header_length_ + size_t{index} * size_; }
  /// Writes `header_length()` bytes: the headers of the `index`th segment, its transport checksum partial.
  void write_headers(uint32_t index, uint8_t* out) const;

 private:
  View packet_;
  Transport transport_;
  bool v6_;
  uint16_t transport_offset_;
  uint16_t header_length_;
  uint16_t size_;
  uint32_t count_;
  uint64_t ip_sum_ = 0;      // IPv4 header without total length, identification and checksum
  uint64_t pseudo_sum_ = 0;  // pseudo header without the length
};

}  // namespace weft
