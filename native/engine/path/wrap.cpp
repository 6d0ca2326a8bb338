#include "wrap.h"

#include "elision.h"
#include "segment.h"

namespace weft {

namespace {

constexpr size_t arena_size = 160 * 1024;
constexpr size_t longest_datagram = WEFT_OVERHEAD_MAX + unpacked_max;
static_assert(longest_datagram <= arena_size);
constexpr uint8_t most_failures = 8;

Bytes elide_header(weft_header& header, Bytes head, size_t tail_length) {
  size_t full = elidable_header(head, head.size() + tail_length);
  if (full == 0) return head;
  size_t gone = full - (full == ipv4_header ? elided_ipv4_header : elided_ipv6_header);
  elide(head.first(full), head.data() + gone);
  header.elided = 1;
  return head.subspan(gone);
}

/// The same bytes with `length` more in front.
Bytes with_front(Bytes bytes, size_t length) { return {bytes.data() - length, bytes.size() + length}; }

}  // namespace

Wrapper::Wrapper(unsigned worker, Outbox& outbox)
    : worker_(worker),
      outbox_(outbox),
      arena_(new uint8_t[arena_size]),
      headers_(new uint8_t[header_room + longest_inner_header]),
      attempts_(port_places) {}

// All that the segment can need is had at once, so that `wrap` finds room without a flush, which would free the headers.
Bytes Wrapper::room_for_headers(const Format& format, size_t size, size_t payload_size) {
  size_t front = format.front();
  size_t most = front + size + front + size + payload_size + format.tag_length;
  room(most);
  used_ -= most;
  if (format.seals()) return {headers_.get() + header_room, size};
  return {room(front + size) + front, size};
}

Wrapper::Datagram Wrapper::wrap(How& how, weft_header header, Bytes head, View tail) {
  if (how.as.elision) head = elide_header(header, head, tail.size());
  if (how.as.compression != Compression::none) {
    Bytes packed = pack(how, header, head, tail);
    if (!packed.empty()) {
      head = packed;
      tail = {};
    }
  }
  if (how.format.seals()) return seal(how, header, head, tail);
  header.payload_length = static_cast<uint16_t>(head.size() + tail.size());
  Bytes whole = with_front(head, how.format.front());
  how.format.put(header, whole, tail);
  if (how.format.ethernet) {
    uint16_t ethertype = header.protocol == protocol_ipv6 ? ethertype_ipv6 : ethertype_ipv4;
    write_ethernet(&whole[how.format.header_length], how.ends.destination, how.ends.source, ethertype);
  }
  return {whole, tail};
}

// Empty when it is not tried, or does not pay.
Bytes Wrapper::pack(const How& how, weft_header& header, Bytes head, View tail) {
  Attempts& attempts = attempts_[how.port];
  if (attempts.to_skip > 0) {
    attempts.to_skip--;
    return {};
  }
  size_t length = head.size() + tail.size();
  size_t around = how.format.header_length + how.format.tag_length;
  uint8_t* at = room(around + length) + how.format.header_length;
  size_t packed = compressor_.pack(how.as.compression, head, tail, {at, length});
  if (packed == 0 || packed >= length) {
    used_ -= around + length;
    if (attempts.failures < most_failures) attempts.failures++;
    attempts.to_skip = static_cast<uint16_t>((1u << attempts.failures) - 2);  // 0 after one, 254 after many
    return {};
  }
  used_ -= length - packed;
  attempts.failures = 0;
  header.compression = static_cast<uint8_t>(how.as.compression);
  return {at, packed};
}

// A packet in one piece is sealed where it lies; of one in two pieces the encryption is the copy. Two that lie one
// behind the other cost an eighth less when they are sealed as one.
Wrapper::Datagram Wrapper::seal(How& how, const weft_header& open_header, Bytes head, View tail) {
  size_t front = how.format.header_length, length = head.size() + tail.size() + how.format.tag_length;
  weft_header header = open_header;
  header.sequence = how.sequence++;
  header.key_id = how.key->id();
  uint8_t* at = tail.empty() ? head.data() - front : room(front + length);
  Bytes whole{at, front + length};
  how.format.put(header, whole, {});
  if (head.data() + head.size() == tail.data()) {
    head = {head.data(), head.size() + tail.size()};
    tail = {};
  }
  bool sealed = how.key->seal(worker_, header.sequence, whole.first(front), head, tail, whole.subspan(front));
  return sealed ? Datagram{whole, {}} : Datagram{};
}

uint8_t* Wrapper::room(size_t size) {
  if (used_ + size > arena_size) {
    // The packet that is being wrapped stays where it is: only what was put before is sent.
    outbox_.flush();
    used_ = 0;
  }
  uint8_t* at = &arena_[used_];
  used_ += size;
  return at;
}

}  // namespace weft
