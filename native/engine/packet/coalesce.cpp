#include "coalesce.h"

#include <utility>

#include "checksum.h"

namespace weft {

namespace {

constexpr uint8_t tcp_ack = 0x10, tcp_psh = 0x08;
constexpr uint32_t longest_packet = 65535;

iovec piece(View bytes) { return {const_cast<uint8_t*>(bytes.data()), bytes.size()}; }

View payload_of(const Arrival& arrival) { return arrival.packet.subspan(arrival.inner.payload_offset); }

uint8_t tcp_flags(const Arrival& arrival) { return arrival.packet[arrival.inner.transport_offset + 13u]; }

uint32_t tcp_sequence(const Arrival& arrival) { return load32(&arrival.packet[arrival.inner.transport_offset + 4u]); }

/// Whether a run may begin with this packet and go on.
bool can_open(const Arrival& first, Merging merging) {
  if (first.inner.payload_offset == 0 || first.inner.payload_offset == first.inner.length) return false;
  if (first.inner.transport == Transport::tcp) return merging.tcp && tcp_flags(first) == tcp_ack;
  // UDP without a checksum must arrive without one.
  View udp = first.packet.subspan(first.inner.transport_offset);
  return merging.udp && (first.partial || load16(&udp[6]) != 0);
}

bool is_intact(const Arrival& arrival) {
  if (!arrival.inner.v6() && !ipv4_header_is_right(arrival.packet.first(arrival.inner.transport_offset))) return false;
  return arrival.partial || checksum_is_right(arrival.packet, arrival.inner);
}

}  // namespace

void Run::begin(const Arrival& first, Merging merging) {
  first_ = first;
  count_ = 1;
  bytes_ = first.inner.length;
  first_verified_ = false;
  open_ = can_open(first, merging);
  if (!open_) return;
  View payload = payload_of(first);
  payload_ = segment_size_ = static_cast<uint32_t>(payload.size());
  pieces_[1] = piece(payload);
  last_flags_ = 0;
  if (first.inner.transport == Transport::tcp) {
    next_sequence_ = tcp_sequence(first) + payload_;
    last_flags_ = tcp_flags(first);
  }
}

bool Run::append(const Arrival& next) {
  if (!open_ || !continues(next) || !checksums_hold(next)) return false;
  View payload = payload_of(next);
  count_++;
  pieces_[count_] = piece(payload);
  payload_ += static_cast<uint32_t>(payload.size());
  bytes_ += next.inner.length;
  close_after(next);
  return true;
}

bool Run::continues(const Arrival& next) const {
  const Inner& mine = first_.inner;
  const Inner& theirs = next.inner;
  if (theirs.transport != mine.transport || theirs.payload_offset != mine.payload_offset ||
      theirs.transport_offset != mine.transport_offset || next.partial != first_.partial ||
      theirs.source != mine.source || theirs.destination != mine.destination) {
    return false;
  }
  uint32_t payload = theirs.length - theirs.payload_offset;
  if (payload == 0 || payload > segment_size_) return false;
  if (mine.payload_offset + payload_ + payload > longest_packet) return false;
  return same_ip_header(next.packet) && same_tcp_header(next.packet);
}

// Length, identification, checksum and addresses are looked at elsewhere.
bool Run::same_ip_header(View next) const {
  View mine = first_.packet;
  if (first_.inner.v6()) return load32(&mine[0]) == load32(&next[0]) && load16(&mine[6]) == load16(&next[6]);
  if (load16(&mine[0]) != load16(&next[0]) || load16(&mine[6]) != load16(&next[6]) || mine[8] != next[8]) return false;
  size_t options = first_.inner.transport_offset - ipv4_header;
  if (options > 0 && memcmp(&mine[ipv4_header], &next[ipv4_header], options) != 0) return false;
  // Identification means nothing while fragmentation is forbidden (RFC 6864 section 4.1); otherwise it must be what
  // the kernel would give the segments of a super-packet.
  bool unfragmentable = mine[6] & 0x40;
  return unfragmentable || load16(&next[4]) == static_cast<uint16_t>(load16(&mine[4]) + count_);
}

bool Run::same_tcp_header(View next) const {
  size_t at = first_.inner.transport_offset;
  const uint8_t* mine = &first_.packet[at];
  const uint8_t* theirs = &next[at];
  if (memcmp(mine, theirs, 4) != 0) return false;  // ports, also UDP's
  if (first_.inner.transport == Transport::udp) return load16(theirs + 6) != 0 || first_.partial;
  if (load32(theirs + 4) != next_sequence_) return false;
  if (memcmp(mine + 8, theirs + 8, 5) != 0) return false;    // acknowledgement, header length
  if ((theirs[13] & ~tcp_psh) != tcp_ack) return false;
  if (load16(mine + 14) != load16(theirs + 14)) return false;  // window
  size_t options = first_.inner.payload_offset - at - tcp_header;
  return load16(mine + 18) == load16(theirs + 18) && memcmp(mine + tcp_header, theirs + tcp_header, options) == 0;
}

// The kernel believes a super-packet's payload, and gets a new IP header. Partial checksums were covered by the
// outer checksum on their way; complete ones are the guests' own and nobody has looked at them yet.
bool Run::checksums_hold(const Arrival& next) {
  if (!first_verified_) open_ = first_verified_ = is_intact(first_);
  return open_ && is_intact(next);
}

void Run::close_after(const Arrival& last) {
  uint32_t payload = last.inner.length - last.inner.payload_offset;
  if (last.inner.transport == Transport::tcp) {
    next_sequence_ += payload;
    last_flags_ = tcp_flags(last);
  }
  open_ = payload == segment_size_ && count_ < most_packets && !(last_flags_ & tcp_psh);
}

std::span<const iovec> Run::finish() {
  if (count_ == 1) return finish_one();
  write_merged_headers();
  pieces_[0] = {&head_, sizeof head_.port + first_.inner.payload_offset};
  return std::span(pieces_).first(1 + std::exchange(count_, 0));
}

std::span<const iovec> Run::finish_one() {
  Offload offload;
  offload.partial = first_.partial;
  offload.checksum_start = first_.inner.transport_offset;
  offload.checksum_at = checksum_offset(first_.inner.transport);
  head_.port = port_header(first_.inner, offload);
  pieces_[0] = {&head_, sizeof head_.port};
  pieces_[1] = piece(first_.packet);
  count_ = 0;
  return std::span(pieces_).first(2);
}

void Run::write_merged_headers() {
  const Inner& inner = first_.inner;
  Offload offload{true, inner.transport_offset, checksum_offset(inner.transport), static_cast<uint16_t>(segment_size_), count_};
  head_.port = port_header(inner, offload);
  uint8_t* ip = head_.inner;
  memcpy(ip, first_.packet.data(), inner.payload_offset);
  uint32_t total = inner.payload_offset + payload_;
  if (inner.v6()) {
    store16(ip + 4, static_cast<uint16_t>(total - ipv6_header));
  } else {
    store16(ip + 2, static_cast<uint16_t>(total));
    store16(ip + 10, 0);
    store16(ip + 10, static_cast<uint16_t>(~fold(sum_words({ip, inner.transport_offset}))));
  }
  uint32_t transport_length = total - inner.transport_offset;
  uint8_t* transport = ip + inner.transport_offset;
  if (inner.transport == Transport::udp) store16(transport + 4, static_cast<uint16_t>(transport_length));
  else transport[13] = last_flags_;
  uint64_t pseudo = sum_pseudo_header(inner.source, inner.destination, inner.protocol, transport_length);
  store16(transport + checksum_offset(inner.transport), fold(pseudo));
}

}  // namespace weft
