// Fuzzes the way in: one received buffer, cut into datagrams, down to the writes to the port.
//
// Bytes: what to repair (1), carrier and stride (2), then the buffer. The CRC of gni 1.1 datagrams is made right, those of gni 3.0
// are sealed with the key that the receiver has, and a datagram that comes alone is elided and compressed as its header
// says, so that what lies behind is reached. By the foreign carriers come frames, some of them questions, by IPv6 packets
// of gni6 whose outer addresses agree with the inner ones.
#include "repair.h"

using namespace weft;
using namespace weft::test;

namespace {

constexpr uint8_t gni20 = WEFT_FORMAT_GNI_2_0, gni30 = WEFT_FORMAT_GNI_3_0;

uint64_t next_sequence = 0;

/// Peer 5 may do with packets whatever there is; one pair of guests may do less.
Change everything_accepted() {
  Change::PeerChange peer = plain_peer(5, "198.18.0.2");
  for (uint8_t format : {gni20, gni30}) {
    for (Compression compression : {Compression::lz4, Compression::zstd}) {
      Encapsulation each{.format = format, .compression = compression, .elision = true};
      if (format == gni30) each.key = open_slot;
      each.flow_control = format == gni30;
      peer.terms.accept |= 1u << peer.encapsulations.size();
      peer.encapsulations.push_back(each);
    }
  }
  peer.gni6_prefix = peer_gni6_prefix;
  peer.terms.accept |= 1u << peer.encapsulations.size();
  peer.encapsulations.push_back({.format = WEFT_FORMAT_GNI6});
  // Sealed, so that grants and asks are answered.
  peer.terms.send = static_cast<SendTerms>(peer.encapsulations.size());
  peer.encapsulations.push_back({.format = gni30, .flow_control = true, .key = seal_slot});
  peer.pairs = {{{7, overlay(true, 1), overlay(true, 2)}, {undecided, peer.terms.accept & 0x55}}};
  Change::PeerChange foreign = plain_peer(6, "198.18.0.3", WEFT_FORMAT_GENEVE, {WEFT_FORMAT_VXLAN, WEFT_FORMAT_GENEVE});
  return {.keys = {key_at(1, CipherUse::seal), key_at(2, CipherUse::open)}, .peers = {peer, foreign}};
}

/// Most packets get a fresh sequence and the right key, some keep what the input says.
void seal_datagram(const Forwarding& forwarding, weft_header header, Bytes datagram) {
  const SessionKey& key = *forwarding.keys().at(1);
  const Format& format = *format_of(gni30);
  if (header.sequence % 4 != 3) header.sequence = next_sequence++;
  if (header.key_id % 8 != 7) header.key_id = key.id();
  Bytes sealed = datagram.subspan(format.header_length);
  format.put(header, datagram, {});
  CHECK(key.seal(0, header.sequence, datagram.first(format.header_length), sealed.first(sealed.size() - tag_length), {}, sealed));
}

/// The datagram as another host would send it.
Packet wrapped(Bench& bench, const Format& format, const weft_header& header, View inner) {
  static Wrapper wrapper(0, bench.outbox);
  SessionKey& key = *bench.forwarding.keys().at(1);
  Encapsulation as{.compression = Compression{header.compression}, .elision = header.elided != 0};
  weft_header plain = header;
  plain.compression = plain.elided = 0;
  Wrapper::How how{as, format, &key, next_sequence++, 3};
  Packet memory(header_room + inner.size() + tag_room);
  std::copy(inner.begin(), inner.end(), memory.begin() + header_room);
  Wrapper::Datagram out = wrapper.wrap(how, plain, Bytes(memory).subspan(header_room, inner.size()), {});
  wrapper.forget();
  return {out.head.begin(), out.head.end()};
}

void repair_datagrams(Bench& bench, Packet& bytes, size_t stride, Repair repair) {
  bool alone = stride >= bytes.size();
  for (size_t from = 0; from < bytes.size(); from += stride) {
    Bytes datagram = Bytes(bytes).subspan(from, std::min(stride, bytes.size() - from));
    const Format* format = format_of(weft_format_of_version_byte(datagram[0]));
    if (format == nullptr || datagram.size() < format->header_length + format->tag_length) continue;
    size_t inner_length = datagram.size() - format->header_length - format->tag_length;
    repair(datagram.subspan(format->header_length, inner_length), 2, 1);
    weft_header header;
    if (!format->get(datagram.data(), header)) continue;
    if (repair.asks(1)) header.protocol = repair.asks(0) ? protocol_ipv6 : protocol_ipv4;
    if (repair.asks(7)) header.source_gni = header.destination_gni = 7;
    bool lies = inner_length % 4 == 3;  // about what was done to it
    if (alone && format->packs && !lies) {
      bytes = wrapped(bench, *format, header, datagram.subspan(format->header_length, inner_length));
      return;
    }
    if (format->seals()) seal_datagram(bench.forwarding, header, datagram);
    else format->put(header, datagram, {});
  }
}

/// An ARP request of guest 4 for guest 1, whatever else the frame says.
void make_arp(Bytes frame) {
  const uint8_t begin[] = {0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1};
  std::copy(begin, begin + sizeof begin, frame.begin() + 12);
  store32(&frame[28], 0x0a070004);
  store32(&frame[38], 0x0a070001);
}

void repair_frames(Carrier carrier, Packet& bytes, size_t stride, Repair repair) {
  constexpr size_t arp_frame = 42;
  for (size_t from = 0; from < bytes.size(); from += stride) {
    Bytes datagram = Bytes(bytes).subspan(from, std::min(stride, bytes.size() - from));
    const Format& format = *format_of(format_of_datagram(carrier, 0));
    if (!repair.asks(7) || datagram.size() < format.front()) continue;
    weft_header header;
    header.source_gni = header.destination_gni = 7;
    format.put(header, datagram, {});
    Bytes frame = datagram.subspan(format.header_length);
    if (repair.asks(2) && frame.size() >= arp_frame) {
      make_arp(frame);
      continue;
    }
    store16(&frame[12], repair.asks(0) ? ethertype_ipv6 : ethertype_ipv4);
    repair(frame.subspan(ethernet_header), 4, 1);
  }
}

void repair_outer_packet(Packet& bytes, Repair repair) {
  constexpr size_t outer_header = 40, least = outer_header + 20;
  if (!repair.asks(7) || bytes.size() < least) return;
  Bytes inner = Bytes(bytes).subspan(outer_header);
  repair(inner, 2, 1);
  bytes[0] = 0x60 | (bytes[0] & 0x0f);
  store16(&bytes[4], static_cast<uint16_t>(inner.size()));
  bytes[6] = 4;
  for (size_t at : {size_t{8}, size_t{24}}) {
    uint64_t prefix = at == 8 ? peer_gni6_prefix : gni6_prefix;
    store32(&bytes[at], static_cast<uint32_t>(prefix >> 32));
    store32(&bytes[at + 4], static_cast<uint32_t>(prefix));
    store32(&bytes[at + 8], 7);
    std::copy_n(inner.begin() + (at == 8 ? 12 : 16), 4, bytes.begin() + static_cast<ptrdiff_t>(at) + 12);
  }
}

uint64_t counted(const Bench& bench) {
  return bench.all_drops() + bench.counters->ports[3].in.packets + bench.counters->ports[4].in.packets +
         bench.counters->ports[test_port].in.packets + bench.counters->control_frames_in + bench.waiting.packets();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 3) return 0;
  static Bench& bench = *[] {
    Bench* bench = new Bench;
    bench->apply(everything_accepted());
    return bench;
  }();
  Packet bytes(data + 3, data + size);
  size_t stride = load16(data + 1) % 2048;
  constexpr Carrier carriers[] = {Carrier::gni, Carrier::vxlan, Carrier::geneve, Carrier::ipv6};
  Carrier carrier = carriers[data[1] >> 6];
  bool is_foreign = carrier == Carrier::vxlan || carrier == Carrier::geneve;
  if (carrier == Carrier::ipv6) {
    stride = 0;
    repair_outer_packet(bytes, {data[0]});
  } else if (is_foreign) repair_frames(carrier, bytes, stride == 0 ? bytes.size() : stride, {data[0]});
  else repair_datagrams(bench, bytes, stride == 0 ? bytes.size() : stride, {data[0]});
  size_t datagrams = stride == 0 || bytes.empty() ? 1 : (bytes.size() + stride - 1) / stride;
  uint64_t before = counted(bench);
  // An exact heap block, so that a read behind the end is noticed.
  std::unique_ptr<uint8_t[]> exact(new uint8_t[bytes.size()]);
  std::copy(bytes.begin(), bytes.end(), exact.get());
  bool is_super = stride > 0 && stride < bytes.size() && is_one_datagram(carrier, bytes, stride);
  const char* from = is_foreign ? "198.18.0.3" : carrier == Carrier::ipv6 ? "2001:db8:6:2::" : "198.18.0.2";
  bench.in.receive(*Address::parse(from), carrier, {exact.get(), bytes.size()}, stride);
  bench.in.flush();
  size_t answers = 0;
  if (is_foreign) for (const auto& each : bench.world.sent) answers += each.packets.size();
  // Each is delivered, dropped under one reason, answered, or waits; a super-packet as some packets, or alone while it waits.
  size_t accounted = counted(bench) + answers - before;
  CHECK(is_super ? accounted > 0 : accounted == datagrams);
  bench.world.sent.clear();
  bench.flow.flush();
  bench.world.sent.clear();
  bench.world.written.clear();
  bench.world.misses.clear();
  bench.forget_waiting();
  return 0;
}
