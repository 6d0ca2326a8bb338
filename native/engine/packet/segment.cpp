#include "segment.h"

#include "checksum.h"

namespace weft {

namespace {

constexpr uint8_t tcp_fin = 0x01, tcp_psh = 0x08, tcp_cwr = 0x80;

/// More segments than any kernel puts into one super-packet: a guest's attempt to make much work of little.
constexpr uint32_t most_segments = 2048;

bool type_fits(uint8_t type, const Inner& inner) {
  if (inner.payload_offset == 0) return false;
  if (type == PortHeader::gso_tcp4) return inner.transport == Transport::tcp && !inner.v6();
  if (type == PortHeader::gso_tcp6) return inner.transport == Transport::tcp && inner.v6();
  if (type == PortHeader::gso_udp) return inner.transport == Transport::udp;
  return false;
}

}  // namespace

bool check_offload(const PortHeader& header, const Inner& inner, Offload& out) {
  out = Offload{};
  if (header.flags & PortHeader::needs_checksum) {
    uint32_t field = uint32_t{header.checksum_start} + header.checksum_offset;
    if (header.checksum_start < inner.transport_offset || field + 2 > inner.length) return false;
    out.partial = true;
    out.checksum_start = header.checksum_start;
    out.checksum_at = header.checksum_offset;
  }
  uint8_t type = header.gso_type & ~PortHeader::gso_ecn;
  if (type == PortHeader::gso_none) return true;
  if (!type_fits(type, inner) || header.gso_size == 0) return false;
  uint32_t payload = inner.length - inner.payload_offset;
  out.segments = (payload + header.gso_size - 1) / header.gso_size;
  if (out.segments > most_segments) return false;
  // A super-packet's checksum is always left to the device, whatever the flag says.
  out.partial = true;
  out.checksum_start = inner.transport_offset;
  out.checksum_at = checksum_offset(inner.transport);
  if (out.segments > 1) out.segment_size = header.gso_size;
  else out.segments = 1;
  return true;
}

PortHeader port_header(const Inner& inner, const Offload& offload) {
  PortHeader header{};
  if (offload.partial) {
    header.flags = PortHeader::needs_checksum;
    header.checksum_start = offload.checksum_start;
    header.checksum_offset = offload.checksum_at;
  }
  if (!offload.super()) return header;
  header.gso_type = inner.transport == Transport::udp ? PortHeader::gso_udp
                    : inner.v6()                      ? PortHeader::gso_tcp6
                                                      : PortHeader::gso_tcp4;
  header.gso_size = offload.segment_size;
  header.header_length = inner.payload_offset;
  return header;
}

Segmenter::Segmenter(View packet, const Inner& inner, const Offload& offload)
    : packet_(packet),
      transport_(inner.transport),
      v6_(inner.v6()),
      transport_offset_(inner.transport_offset),
      header_length_(inner.payload_offset),
      size_(offload.segment_size),
      count_(offload.segments),
      pseudo_sum_(sum_pseudo_header(inner.source, inner.destination, inner.protocol, 0)) {
  if (v6_) return;
  ip_sum_ = sum_words(packet.first(2)) + sum_words(packet.subspan(6, 4)) +
            sum_words(packet.subspan(12, transport_offset_ - 12u));
}

View Segmenter::payload(uint32_t index) const {
  size_t from = offset(index);
  return packet_.subspan(from, index + 1 == count_ ? packet_.size() - from : size_);
}

void Segmenter::write_headers(uint32_t index, uint8_t* out) const {
  uint16_t total = static_cast<uint16_t>(length(index));
  memcpy(out, packet_.data(), header_length_);
  if (v6_) {
    store16(out + 4, static_cast<uint16_t>(total - ipv6_header));
  } else {
    uint16_t id = static_cast<uint16_t>(load16(out + 4) + index);
    store16(out + 2, total);
    store16(out + 4, id);
    store16(out + 10, static_cast<uint16_t>(~fold(ip_sum_ + total + id)));
  }
  uint8_t* transport = out + transport_offset_;
  uint16_t transport_length = static_cast<uint16_t>(total - transport_offset_);
  store16(transport + checksum_offset(transport_), fold(pseudo_sum_ + transport_length));
  if (transport_ == Transport::udp) {
    store16(transport + 4, transport_length);
    return;
  }
  store32(transport + 4, load32(transport + 4) + index * size_);
  if (index > 0) transport[13] &= static_cast<uint8_t>(~tcp_cwr);
  if (index + 1 < count_) transport[13] &= static_cast<uint8_t>(~(tcp_fin | tcp_psh));
}

}  // namespace weft
