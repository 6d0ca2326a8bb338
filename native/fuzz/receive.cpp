// Fuzzes the way in: one received buffer, cut into datagrams, down to the writes to the port.
//
// Bytes: what to repair (1), stride (2), then the buffer. The CRC of gni 1.1 datagrams is made right.
#include "repair.h"

using namespace weft;
using namespace weft::test;

namespace {

void repair_datagrams(Packet& bytes, size_t stride, Repair repair) {
  for (size_t from = 0; from < bytes.size(); from += stride) {
    Bytes datagram = Bytes(bytes).subspan(from, std::min(stride, bytes.size() - from));
    const Format* format = format_of(weft_format_of_version_byte(datagram[0]));
    if (format == nullptr || datagram.size() < format->header_length) continue;
    repair(datagram.subspan(format->header_length), 2, 1);
    weft_header header;
    if (weft_header_get(weft_format_of_version_byte(datagram[0]), datagram.data(), &header) != 0) continue;
    if (repair.asks(1)) header.protocol = repair.asks(0) ? protocol_ipv6 : protocol_ipv4;
    if (repair.asks(7)) header.source_gni = header.destination_gni = 7;
    format->put(header, datagram, {});
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 3) return 0;
  static Bench& bench = *new Bench;
  Packet bytes(data + 3, data + size);
  size_t stride = load16(data + 1) % 2048;
  repair_datagrams(bytes, stride == 0 ? bytes.size() : stride, {data[0]});
  size_t datagrams = stride == 0 || bytes.empty() ? 1 : (bytes.size() + stride - 1) / stride;
  uint64_t before = bench.all_drops() + bench.counters->ports[3].in.packets + bench.counters->ports[4].in.packets + bench.waiting.packets();
  // An exact heap block, so that a read behind the end is noticed.
  std::unique_ptr<uint8_t[]> exact(new uint8_t[bytes.size()]);
  std::copy(bytes.begin(), bytes.end(), exact.get());
  bench.in.receive(*Address::parse("198.18.0.2"), {exact.get(), bytes.size()}, stride);
  bench.in.flush();
  uint64_t after = bench.all_drops() + bench.counters->ports[3].in.packets + bench.counters->ports[4].in.packets + bench.waiting.packets();
  CHECK(after - before == datagrams);  // each is delivered, dropped under one reason, or waits
  bench.world.written.clear();
  bench.world.misses.clear();
  bench.forget_waiting();
  return 0;
}
