// The same packets, mutated at random, to the BPF programs and to the engine: whatever the programs let go, the engine
// lets go, too, to the same place and byte for byte; what they drop, it drops under the same word. What they leave to
// the engine may be anything.
//
//   bpf-fuzz OBJECT VECTORS [PACKETS [SEED]]
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "check.h"
#include "engine_side.h"
#include "frames.h"

namespace weft::test {

void check(bool holds, const char* what, const char* file, int line) {
  if (holds) return;
  std::fprintf(stderr, "%s:%d: not true: %s\n", file, line, what);
  std::abort();
}

Bytes Random::bytes(size_t size) {
  Bytes out(size);
  for (uint8_t& each : out) each = static_cast<uint8_t>(next());
  return out;
}

}  // namespace weft::test

using namespace weft::test;
using weft::fuzz::Engine;
using weft::fuzz::Framework;
using weft::fuzz::Let;

namespace {

constexpr size_t ethernet_length = 14, udp_header = 8;
constexpr size_t least_frame = ethernet_length + 40;  // for a test run
const weft_address own4 = v4(198, 18, 0, 1), own6 = v6("2001:db8::1");
const weft_address peers[] = {v4(198, 18, 0, 2), v4(198, 18, 0, 3), v6("2001:db8::2")};
constexpr uint32_t first_peer = 5;
const Bytes guest_mac = {2, 4, 10, 7, 0, 1}, neighbour_mac = {2, 4, 10, 7, 0, 3};

weft_address guest(bool is_v6, uint8_t number) {
  weft_address out = is_v6 ? v6("fd07::") : v4(10, 7, 0, 0);
  out.bytes[15] = number;
  return out;
}

/// As engine_side.h describes it.
void put_region() {
  Programs& all = Programs::all();
  all.put_port(3, {7, lo, engine_device, WEFT_PORT_VETH, {2, 4, 10, 7, 0, 1}, 0});
  all.put_port(4, {7, other_device, other_device + 1, WEFT_PORT_TAP, {2, 4, 10, 7, 0, 3}, 0});
  uint16_t plain = 1 << WEFT_FORMAT_GNI_1_0 | 1 << WEFT_FORMAT_GNI_2_0;
  uint16_t framed = 1 << WEFT_FORMAT_VXLAN | 1 << WEFT_FORMAT_GENEVE;
  all.put_peer(5, a_peer(peers[0], own4, {WEFT_SEND_FORMAT, WEFT_FORMAT_GNI_1_0, plain}));
  all.put_peer(6, a_peer(peers[1], own4, {WEFT_SEND_FORMAT, WEFT_FORMAT_GENEVE, framed}));
  all.put_peer(7, a_peer(peers[2], own6, {WEFT_SEND_FORMAT, WEFT_FORMAT_GNI_2_0, plain}));
  for (bool is_v6 : {false, true}) {
    all.put_location(7, guest(is_v6, 1), {3, WEFT_LOCAL, 0, {}});
    all.put_location(7, guest(is_v6, 3), {4, WEFT_LOCAL, 0, {}});
    all.put_location(7, guest(is_v6, 2), {5, WEFT_REMOTE, 0, {}});
    all.put_location(7, guest(is_v6, 4), {6, WEFT_REMOTE, 0, {}});
    all.put_location(7, guest(is_v6, 5), {7, WEFT_REMOTE, 0, {}});
  }
}

uint32_t load(const Bytes& bytes, size_t at, size_t count) {
  uint32_t out = 0;
  for (size_t end = at + count; at < end; at++) out = out << 8 | bytes[at];
  return out;
}

void store16(Bytes& bytes, size_t at, size_t value) {
  bytes[at] = static_cast<uint8_t>(value >> 8);
  bytes[at + 1] = static_cast<uint8_t>(value);
}

template <typename Value, size_t count>
Value one_of(Random& random, const Value (&values)[count]) {
  return values[random.below(count)];
}

/// Fields of headers: what may decide, at its edges.
void mutate(Random& random, Bytes& bytes, size_t from) {
  constexpr uint8_t edges[] = {0, 1, 4, 6, 7, 8, 16, 17, 41, 43, 44, 58, 0x10, 0x20, 0x40, 0x45, 0x46, 0x60, 0x7f, 0x80, 0xfe, 0xff};
  if (from >= bytes.size()) return;
  // Headers are where decisions are made.
  size_t at = from + random.below(static_cast<uint32_t>(std::min<size_t>(bytes.size() - from, random.chance(4) ? 2000 : 64)));
  switch (random.below(4)) {
    case 0: bytes[at] ^= static_cast<uint8_t>(1u << random.below(8)); return;
    case 1: bytes[at] = one_of(random, edges); return;
    case 2: bytes[at] = static_cast<uint8_t>(random.next()); return;
    default: bytes[at] = static_cast<uint8_t>(bytes[at] + (random.chance(2) ? 1 : -1)); return;
  }
}

void change_length(Random& random, Bytes& bytes) {
  if (random.chance(2)) bytes.resize(bytes.size() + random.between(1, 20));
  else bytes.resize(bytes.size() - std::min<size_t>(bytes.size(), random.between(1, 40)));
}

Bytes some_packet(Random& random, uint8_t source, uint8_t destination) {
  constexpr uint8_t protocols[] = {6, 6, 17, 17, 1, 58, 0, 44, 132};
  bool is_v6 = random.chance(2);
  Bytes payload = random.bytes(random.chance(3) ? random.below(30) : random.between(20, 200));
  uint8_t protocol = one_of(random, protocols);
  if (protocol == 6 && payload.size() >= 20) payload[12] = 0x50;
  if (protocol == 17 && payload.size() >= 8) store16(payload, 4, payload.size());
  if (protocol == 58 && random.chance(2) && payload.size() >= 24) payload[0] = random.chance(2) ? 135 : 128;
  return ip(guest(is_v6, source), guest(is_v6, destination), protocol, payload);
}

// ---- from the substrate ------------------------------------------------------------------------------------------

struct Arrival {
  Bytes frame;
  size_t payload;  // where the UDP payload begins
};

Bytes in_format(Random& random, int format, const Bytes& inner) {
  weft_header header;
  header.protocol = inner[0] >> 4 == 4 ? 4 : 41;
  header.source_gni = header.destination_gni = random.chance(20) ? 8 : 7;
  header.protocol_type = 0x6558;
  bool is_framed = weft_ethernet_inside(format);
  Bytes out(weft_header_length(format));
  weft_header_put(format, out.data(), &header);
  return out + (is_framed ? ethernet(inner[0] >> 4 == 4 ? 0x0800 : 0x86dd, neighbour_mac, guest_mac) : Bytes{}) + inner;
}

Arrival some_arrival(Random& random) {
  constexpr uint8_t sources[] = {2, 2, 2, 4, 5, 1, 3, 9, 77}, destinations[] = {1, 1, 3, 2, 9, 77};
  constexpr int formats[] = {WEFT_FORMAT_GNI_1_0, WEFT_FORMAT_GNI_2_0, WEFT_FORMAT_GNI_1_1, WEFT_FORMAT_VXLAN, WEFT_FORMAT_GENEVE};
  uint8_t source = one_of(random, sources);
  int format = one_of(random, formats);
  // Mostly as it would come.
  size_t peer = source == 4 ? 1 : source == 5 ? 2 : 0;
  if (random.chance(10)) peer = random.below(3);
  if (peer == 1 && random.chance(8) == false) format = random.chance(2) ? WEFT_FORMAT_VXLAN : WEFT_FORMAT_GENEVE;
  Bytes inner = some_packet(random, source, one_of(random, destinations));
  if (random.chance(6)) change_length(random, inner);
  for (uint32_t times = random.below(3); times > 0 && !inner.empty(); times--) mutate(random, inner, 0);
  if (inner.empty()) inner = {0x45};
  Bytes payload = in_format(random, format, inner);
  for (uint32_t times = random.chance(2) ? random.below(3) : 0; times > 0; times--) mutate(random, payload, 0);
  if (random.chance(12)) change_length(random, payload);
  bool outer6 = peer == 2;
  uint16_t port = format == WEFT_FORMAT_VXLAN ? 4789 : format == WEFT_FORMAT_GENEVE ? 6081 : 6741;
  Bytes frame = from_peer(payload, port, peers[peer], outer6 ? own6 : own4);
  size_t at = ethernet_length + (outer6 ? 40 : 20);
  if (random.chance(8)) mutate(random, frame, random.below(static_cast<uint32_t>(at + udp_header)));
  return {frame, at + udp_header};
}

struct Datagram {
  bool is_there = false;
  uint32_t peer = 0;
  Framework framework = Framework::gni;
  Bytes payload;
};

bool sums_to_nothing(const Bytes& frame, size_t at, size_t length) {
  uint32_t sum = 0;
  for (size_t end = at + length; at < end; at += 2) sum += load(frame, at, 2);
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return sum == 0xffff;
}

/// What the kernel gives to the engine's socket. Checksums of datagrams are left out: neither of both looks at them.
Datagram socket_gets(const Bytes& frame) {
  Datagram out;
  if (frame.size() < ethernet_length + 28 || load(frame, 0, 4) != 0 || load(frame, 4, 2) != 0) return out;
  bool is_v6 = load(frame, 12, 2) == 0x86dd;
  if (!is_v6 && load(frame, 12, 2) != 0x0800) return out;
  size_t header = is_v6 ? 40 : (frame[14] & 15u) * 4u, at = ethernet_length + header;
  if (header < 20 || frame[14] >> 4 != (is_v6 ? 6 : 4) || frame.size() < at + udp_header) return out;
  size_t said = is_v6 ? at + load(frame, 18, 2) : ethernet_length + load(frame, 16, 2);
  if (said > frame.size() || said < at + udp_header || frame[is_v6 ? 20 : 23] != udp) return out;
  if (!is_v6 && ((load(frame, 20, 2) & 0x3fff) != 0 || !sums_to_nothing(frame, 14, header))) return out;
  for (uint32_t peer = 0; peer < std::size(peers); peer++) {
    const weft_address& own = is_v6 ? own6 : own4;
    size_t length = is_v6 ? 16 : 4, source = is_v6 ? 22 : 26;
    bool is_right = is_v4(peers[peer]) != is_v6 && memcmp(&frame[source], peers[peer].bytes + 16 - length, length) == 0 &&
                    memcmp(&frame[source + length], own.bytes + 16 - length, length) == 0;
    if (is_right) out.is_there = true, out.peer = first_peer + peer;
  }
  uint32_t port = load(frame, at + 2, 2), length = load(frame, at + 4, 2);
  out.framework = port == 6741 ? Framework::gni : port == 4789 ? Framework::vxlan : Framework::geneve;
  out.is_there = out.is_there && (port == 6741 || port == 4789 || port == 6081) && length >= udp_header && at + length <= said;
  if (out.is_there) out.payload = part(frame, at + udp_header, length - udp_header);
  return out;
}

struct Counts {
  uint64_t taken = 0, left = 0, dropped = 0;
};

int complain(const char* what, const Bytes& frame, const std::vector<Let>& lets, const Bytes& got) {
  std::fprintf(stderr, "%s\n  frame ", what);
  for (uint8_t each : frame) std::fprintf(stderr, "%02x", each);
  std::fprintf(stderr, "\n  programs ");
  for (uint8_t each : got) std::fprintf(stderr, "%02x", each);
  for (const Let& let : lets) {
    std::fprintf(stderr, "\n  engine, to %u ", let.slot);
    for (uint8_t each : let.bytes) std::fprintf(stderr, "%02x", each);
  }
  std::fprintf(stderr, "\n");
  return 1;
}

int receive_one(Random& random, Engine& engine, Counts& counts) {
  Arrival arrival = some_arrival(random);
  if (arrival.frame.size() < least_frame) return 0;
  Ran ran = Programs::all().run("weft_substrate", arrival.frame);
  if (ran.verdict != act_redirect) {
    counts.left++;
    return ran.packet == arrival.frame ? 0 : complain("left to the engine, but not as it came", arrival.frame, {}, ran.packet);
  }
  counts.taken++;
  Datagram datagram = socket_gets(arrival.frame);
  std::vector<Let> lets;
  if (datagram.is_there) lets = engine.receives(datagram.peer, datagram.framework, datagram.payload);
  uint32_t slot = part(ran.packet, 0, 6) == guest_mac ? 3 : 4;
  bool same = lets.size() == 1 && lets[0].slot == slot && lets[0].bytes == part(ran.packet, ethernet_length, ran.packet.size());
  return same ? 0 : complain("delivered by the fast path, not or otherwise by the engine", arrival.frame, lets, ran.packet);
}

// ---- from a guest ------------------------------------------------------------------------------------------------

uint64_t dropped_by_programs(int& reason) {
  uint64_t all = 0;
  for (int each = 0; each < WEFT_DROP_COUNT; each++) {
    uint64_t count = Programs::all().dropped(static_cast<weft_drop>(each));
    static uint64_t before[WEFT_DROP_COUNT];
    if (count != before[each]) reason = each;
    all += count - before[each];
    before[each] = count;
  }
  return all;
}

/// Neighbour discovery, groups and the like: answered or swallowed where Ethernet ends, as guests at TUN devices have none.
bool is_chatter(const Bytes& packet) {
  if (packet[0] >> 4 == 4 && packet.size() > 9 && packet[9] == 2) return true;  // IGMP
  if (packet.size() < 41 || packet[0] >> 4 != 6) return false;
  size_t at = packet[6] == 0 && packet.size() > 48 ? 40 + 8 * (packet[41] + 1u) : 40;
  uint8_t protocol = at == 40 ? packet[6] : packet[40];
  if (protocol != icmp6 || packet.size() <= at) return false;
  return (packet[at] >= 130 && packet[at] <= 137) || packet[at] == 143;
}

/// As frames may be filled up.
Bytes without_padding(const Bytes& packet) {
  size_t length = packet[0] >> 4 == 6 ? 40 + load(packet, 4, 2) : load(packet, 2, 2);
  return length >= 20 && length < packet.size() ? part(packet, 0, length) : packet;
}

int send_one(Random& random, Engine& engine, Counts& counts) {
  constexpr uint8_t sources[] = {1, 1, 1, 1, 1, 3, 2, 77}, destinations[] = {2, 2, 4, 5, 3, 1, 9, 77};
  Bytes packet = some_packet(random, one_of(random, sources), one_of(random, destinations));
  bool is_v6 = packet[0] >> 4 == 6;
  for (uint32_t times = random.below(3); times > 0; times--) mutate(random, packet, 0);
  if (random.chance(8)) change_length(random, packet);
  Bytes frame = ethernet(is_v6 ? 0x86dd : 0x0800, guest_mac) + packet;
  if (frame.size() < least_frame || is_chatter(packet)) return 0;
  Ran ran = Programs::all().run("weft_guest", frame);
  packet = without_padding(packet);
  int reason = 0;
  if (ran.verdict != act_redirect) {
    counts.dropped++;
    std::vector<Let> lets = engine.sends(packet);
    // The engine has no EtherType: a packet of the other family than its frame says is another word's there.
    bool is_counted = dropped_by_programs(reason) == 1 && packet[0] >> 4 == (is_v6 ? 6 : 4);
    bool same = lets.empty() && (!is_counted || engine.drops(reason) == 1);
    return same ? 0 : complain("dropped by the fast path, not or otherwise by the engine", frame, lets, {static_cast<uint8_t>(reason)});
  }
  bool is_sent = ran.packet.size() > frame.size() + 20;
  // As it came, without its padding, or the answer to a neighbour solicitation.
  bool is_local = !is_sent && part(ran.packet, 0, 6) == neighbour_mac;
  if (!is_sent && !is_local) return counts.left++, 0;
  counts.taken++;
  std::vector<Let> lets = engine.sends(packet);
  Bytes bytes = part(ran.packet, ethernet_length, ran.packet.size());
  uint32_t slot = 4;
  if (is_sent) {
    bool outer6 = bytes[0] >> 4 == 6;
    for (uint32_t peer = 0; peer < std::size(peers); peer++) {
      if (is_v4(peers[peer]) != outer6 && memcmp(&bytes[outer6 ? 24 : 16], peers[peer].bytes + (outer6 ? 0 : 12), outer6 ? 16 : 4) == 0) {
        slot = first_peer + peer;
      }
    }
    bytes = part(bytes, (outer6 ? 40 : 20) + udp_header, bytes.size());
  }
  bool same = lets.size() == 1 && lets[0].slot == slot && lets[0].bytes == bytes;
  return same ? 0 : complain("let go by the fast path, not or otherwise by the engine", frame, lets, ran.packet);
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) return std::fprintf(stderr, "usage: bpf-fuzz OBJECT VECTORS [PACKETS [SEED]]\n"), 2;
  if (!Programs::load(arguments[1], arguments[2])) return 1;
  uint64_t packets = count > 3 ? strtoull(arguments[3], nullptr, 10) : 100'000;
  uint64_t seed = count > 4 ? strtoull(arguments[4], nullptr, 10) : 1;
  Programs::all().forget();
  put_region();
  Random random(seed);
  Engine engine;
  Counts in, out;
  int wrong = 0;
  for (uint64_t at = 0; at < packets && wrong < 10; at++) {
    wrong += random.chance(2) ? receive_one(random, engine, in) : send_one(random, engine, out);
  }
  std::printf("in: %llu taken, %llu left; out: %llu taken, %llu left, %llu dropped; %d wrong\n", static_cast<unsigned long long>(in.taken),
              static_cast<unsigned long long>(in.left), static_cast<unsigned long long>(out.taken),
              static_cast<unsigned long long>(out.left), static_cast<unsigned long long>(out.dropped), wrong);
  return wrong > 0 || in.taken == 0 || out.taken == 0 ? 1 : 0;
}
