// Fuzzes elided headers: what is rebuilt is a packet that would be elided to the same bytes, and the other way round.
//
// Bytes: IPv4 or IPv6 (1), then the payload of a datagram, or a packet.
#include <memory>

#include "check.h"
#include "elision.h"

using namespace weft;

namespace {

/// An exact heap block, so that a read or write outside is noticed.
struct Block {
  std::unique_ptr<uint8_t[]> bytes;
  size_t size;
  explicit Block(size_t size) : bytes(new uint8_t[size]), size(size) {}
};

void rebuild_and_elide(bool v6, View payload) {
  Block block(rebuild_room + payload.size());
  std::copy(payload.begin(), payload.end(), block.bytes.get() + rebuild_room);
  Bytes packet;
  if (rebuild(v6, {block.bytes.get() + rebuild_room, payload.size()}, packet) != InnerFault::none) return;
  CHECK(packet.data() + packet.size() == block.bytes.get() + block.size);
  size_t header = elidable_header(packet, packet.size());
  CHECK(header == (v6 ? ipv6_header : ipv4_header));
  uint8_t elided[elided_header_max];
  size_t length = elide(packet.first(header), elided);
  CHECK(std::equal(elided, elided + length, payload.begin()));
}

void elide_and_rebuild(View packet) {
  size_t header = elidable_header(packet, packet.size());
  if (header == 0) return;
  bool v6 = header == ipv6_header;
  size_t length = v6 ? elided_ipv6_header : elided_ipv4_header;
  Block block(packet.size());
  std::copy(packet.begin(), packet.end(), block.bytes.get());
  uint8_t* begin = block.bytes.get() + header - length;
  CHECK(elide({block.bytes.get(), header}, begin) == length);
  Bytes rebuilt;
  CHECK(rebuild(v6, {begin, packet.size() - header + length}, rebuilt) == InnerFault::none);
  CHECK(std::equal(rebuilt.begin(), rebuilt.end(), packet.begin(), packet.end()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  View rest{data + 1, size - 1};
  rebuild_and_elide((data[0] & 1) != 0, rest);
  elide_and_rebuild(rest);
  return 0;
}
