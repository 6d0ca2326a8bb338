// Following packets: what is told of each decision, and that nothing becomes of a packet that would not without.
#include <cerrno>
#include <string_view>

#include "look_up.h"
#include "world.h"

namespace weft::test {

namespace {

TraceFilter between(uint8_t source, uint8_t destination, bool v6 = false, uint16_t echo = 0) {
  return {9, 7, overlay(v6, source), overlay(v6, destination), echo};
}

/// What was told last, as `PROGRAM VERDICT REASON`.
std::string last_words(const Bench& bench) {
  if (bench.world.traced.empty()) return "";
  const Traced& told = bench.world.traced.back();
  return std::string(told.program) + " " + told.verdict + (told.reason == nullptr ? "" : std::string(" ") + told.reason);
}

Packet echo(bool v6, uint8_t type, uint16_t identifier, uint8_t source, uint8_t destination) {
  Packet packet = build(from_host(source, destination, v6));
  size_t at = v6 ? 40 : 20;
  packet[v6 ? 6 : 9] = v6 ? 58 : 1;
  packet[at] = type;
  store16(&packet[at + 4], identifier);
  if (v6) return packet;
  store16(&packet[10], 0);
  store16(&packet[10], static_cast<uint16_t>(~naive_sum(View(packet).first(20))));
  return packet;
}

}  // namespace

TEST("of a packet that leaves is told where it goes, in what, and from which port") {
  for (bool v6 : {false, true}) {
    Bench bench;
    bench.follow(between(1, 2, v6));
    Packet packet = build(from_host(1, 2, v6));
    bench.guest_sends(packet);
    CHECK(bench.world.traced.size() == 1 && last_words(bench) == "send sent" && bench.world.sent.size() == 1);
    const Traced& told = bench.world.traced[0];
    CHECK(told.trace == 9 && told.port == 3u && told.peer == 5u && told.encapsulation == 0u && told.length == packet.size());
    CHECK(told.generation == bench.forwarding.current()->generation && told.time_us > 1'700'000'000'000'000);
    CHECK(told.outer && told.outer->source.text() == "198.18.0.1" && told.outer->destination.text() == "198.18.0.2");
    CHECK(told.outer->source_port == 50'001);
  }
}

TEST("packets of other ends, other networks and the other way are not told of, nor any without a filter") {
  Bench bench;
  bench.guest_sends(build(from_host(1, 2)));
  for (TraceFilter other : {between(1, 4), between(2, 1), between(1, 2, true), between(3, 2)}) {
    bench.follow(other);
    bench.guest_sends(build(from_host(1, 2)));
  }
  TraceFilter elsewhere = between(1, 2);
  elsewhere.gni = 8;
  bench.follow(elsewhere);
  bench.guest_sends(build(from_host(1, 2)));
  bench.follow(between(1, 2));
  bench.follow(std::nullopt);
  bench.guest_sends(build(from_host(1, 2)));
  CHECK(bench.world.traced.empty() && bench.world.sent.size() == 7);
}

TEST("an echo is known by its identifier, request and answer alike") {
  for (bool v6 : {false, true}) {
    Bench bench;
    bench.follow(between(1, 2, v6, 4711));
    bench.guest_sends(echo(v6, v6 ? 128 : 8, 4711, 1, 2));
    bench.guest_sends(echo(v6, v6 ? 129 : 0, 4711, 1, 2));
    CHECK(bench.world.traced.size() == 2);
    bench.guest_sends(echo(v6, v6 ? 128 : 8, 4712, 1, 2));
    bench.guest_sends(echo(v6, 3, 4711, 1, 2));
    bench.guest_sends(build(from_host(1, 2, v6)));
    CHECK(bench.world.traced.size() == 2 && bench.world.sent.size() == 5);
  }
}

TEST("the reason of every drop on the way out is told, also when it is found only when the packet is sent") {
  struct Row {
    const char* words;
    uint8_t source, destination;
    Change change;
    int refuse;
  };
  std::vector<Row> rows;
  rows.push_back({"send dropped guest-spoofed-source", 2, 4, {}, 0});
  rows.push_back({"send dropped no-mapping", 1, 9, {}, 0});
  rows.push_back({"send dropped no-selection", 1, 2, {.peers = {plain_peer(5, "198.18.0.2", WEFT_FORMAT_NONE)}}, 0});
  rows.back().change.peers[0].terms.send = nothing;
  rows.push_back({"send dropped no-route", 1, 2, {.networks = {{7, {}}}}, 0});
  rows.push_back({"send dropped too-big", 1, 2, {.peers = {plain_peer(5, "198.18.0.2", WEFT_FORMAT_GNI_1_0, {}, 60)}}, 0});
  rows.push_back({"send dropped send-failed", 1, 2, {}, EPERM});
  rows.push_back({"send dropped too-big", 1, 2, {}, EMSGSIZE});
  rows.push_back({"send waiting", 1, 77, {}, 0});
  rows.push_back({"send waiting", 1, 2, {.peers = {plain_peer(5, "198.18.0.2", WEFT_FORMAT_NONE)}}, 0});
  for (const Row& row : rows) {
    Bench bench;
    bench.apply(row.change);
    bench.world.refuse_all_sends = row.refuse;
    bench.follow(between(row.source, row.destination));
    bench.guest_sends(build(from_host(row.source, row.destination)));
    CHECK(last_words(bench) == row.words && bench.world.traced.size() == 1 && bench.world.traced[0].port == 3u);
    CHECK(bench.all_drops() == (std::string_view(row.words).starts_with("send dropped") ? 1 : 0));
  }
}

TEST("a packet between guests of one host is told as delivered, or why it was not") {
  Bench bench;
  bench.follow(between(1, 3));
  bench.guest_sends(build(from_host(1, 3)));
  CHECK(last_words(bench) == "send delivered" && bench.world.traced[0].port == 4u && !bench.world.traced[0].peer);
  bench.world.refuse_all_writes = EIO;
  bench.guest_sends(build(from_host(1, 3)));
  CHECK(last_words(bench) == "send dropped port-failed" && dropped_once(bench, WEFT_DROP_PORT_FAILED));
}

TEST("what waited before a followed packet leaves before it, and what comes later is not told for it") {
  Bench bench;
  bench.follow(between(1, 2));
  for (uint8_t to : {uint8_t{4}, uint8_t{2}, uint8_t{4}}) {
    Packet packet = build(from_host(1, to));
    Packet bytes(sizeof(PortHeader));
    bytes.insert(bytes.end(), packet.begin(), packet.end());
    bench.world.readable.push_back(bytes);
  }
  CHECK(bench.out.drain(3, 0) == EAGAIN);
  CHECK(bench.world.sent.size() == 2 && last_words(bench) == "send sent");
  bench.world.refuse_all_sends = EPERM;
  bench.out.flush();
  CHECK(dropped_once(bench, WEFT_DROP_SEND_FAILED) && bench.world.traced.size() == 1);
}

TEST("of a super-packet there is one event, and it is sent as ever") {
  for (int format : {WEFT_FORMAT_GNI_1_0, WEFT_FORMAT_VXLAN}) {
    Bench bench;
    bench.apply({.peers = {plain_peer(5, "198.18.0.2", format, {format})}});
    bench.follow(between(1, 2));
    Super super = make_super(from_host(1, 2), 30'001, 1299);
    bench.guest_sends(super.packet, super.header);
    CHECK(bench.world.traced.size() == 1 && bench.world.traced[0].length == super.packet.size());
    CHECK(inner_packets(bench.world).size() == super.expected.size());
  }
}

TEST("of a packet that arrives is told who sent it, in what, and to whom it was delivered") {
  for (int format : {WEFT_FORMAT_GNI_1_0, WEFT_FORMAT_GNI_1_1, WEFT_FORMAT_VXLAN}) {
    Bench bench;
    bench.apply({.peers = {plain_peer(5, "198.18.0.2", WEFT_FORMAT_GNI_1_0, {WEFT_FORMAT_GNI_2_0, format})}});
    bench.follow(between(2, 1));
    Packet packet = build(from_host(2, 1));
    bench.arrives(datagram(format, packet, false), "198.18.0.2", 0, format_of(format)->carrier);
    CHECK(bench.world.traced.size() == 1 && last_words(bench) == "receive delivered");
    const Traced& told = bench.world.traced[0];
    CHECK(told.port == 3u && told.peer == 5u && told.encapsulation == 2u && told.length == packet.size());
    CHECK(told.outer && told.outer->source.text() == "198.18.0.2" && told.outer->destination.text() == "198.18.0.1");
    CHECK(told.outer->source_port == 50'000);  // as the world says
  }
}

TEST("the reason of a drop on the way in is told as far as the packet can be read") {
  struct Row {
    const char* words;
    uint8_t source, destination;
    int format;
    const char* from;
    Change change;
  };
  std::vector<Row> rows;
  constexpr const char* peer5 = "198.18.0.2";
  rows.push_back({"receive dropped unknown-peer", 2, 1, WEFT_FORMAT_GNI_1_0, "198.18.0.9", {}});
  rows.push_back({"receive dropped version-not-accepted", 2, 1, WEFT_FORMAT_GNI_2_0, peer5, {}});
  rows.push_back({"receive dropped no-guest", 2, 66, WEFT_FORMAT_GNI_1_0, peer5, {}});
  rows.push_back({"receive dropped unknown-gni", 2, 1, WEFT_FORMAT_GNI_1_0, peer5, {.remove_ports = {3, 4}}});
  rows.push_back({"receive dropped spoofed-inner-source", 4, 1, WEFT_FORMAT_GNI_1_0, peer5, {}});
  rows.push_back({"receive waiting", 88, 1, WEFT_FORMAT_GNI_1_0, peer5, {}});
  for (const Row& row : rows) {
    Bench bench;
    bench.apply(row.change);
    bench.follow(between(row.source, row.destination));
    bench.arrives(datagram(row.format, build(from_host(row.source, row.destination)), false), row.from);
    CHECK(last_words(bench) == row.words && bench.world.traced.size() == 1);
  }
}

TEST("a packet whose checksum is wrong is told of, one between two networks by either") {
  Bench bench;
  bench.follow(between(2, 1));
  Packet broken = datagram(WEFT_FORMAT_GNI_1_1, build(from_host(2, 1)), false);
  broken.back() ^= 1;
  bench.arrives(broken);
  CHECK(last_words(bench) == "receive dropped bad-checksum");
  Packet inner = build(from_host(2, 1)), mixed(format_of(WEFT_FORMAT_GNI_1_0)->header_length);
  format_of(WEFT_FORMAT_GNI_1_0)->put({.protocol = protocol_ipv4, .source_gni = 7, .destination_gni = 8}, mixed, {});
  mixed.insert(mixed.end(), inner.begin(), inner.end());
  bench.arrives(mixed);
  CHECK(last_words(bench) == "receive dropped gni-mismatch");
}

TEST("sealed packets are followed where they can be opened, and match nothing where they cannot") {
  Encapsulation sealed{.format = WEFT_FORMAT_GNI_3_0};
  Bench sender;
  sender.apply(session(sealed));
  sender.follow(between(1, 2));
  sender.guest_sends(build(from_host(1, 2)));
  CHECK(last_words(sender) == "send sent" && sender.world.sent.size() == 1);

  Bench from_peer;  // what it sends is what peer 5 would
  from_peer.apply(session(sealed));
  Change swapped{.networks = {{7, {*Prefix::parse("10.7.0.0/24")}}}, .ports = {{3, 7, {overlay(false, 2)}}}, .mappings = {{{overlay(false, 1), 7}, 5}}};
  from_peer.apply({.remove_ports = {3}, .remove_mappings = {{overlay(false, 2), 7}}});
  from_peer.apply(swapped);
  from_peer.guest_sends(build(from_host(2, 1)));
  Packet datagram = from_peer.world.sent.at(0).packets.at(0);

  Bench receiver;
  receiver.apply(session(sealed));
  receiver.follow(between(2, 1));
  Packet forged = datagram;
  forged.back() ^= 1;
  receiver.arrives(forged);
  CHECK(dropped_once(receiver, WEFT_DROP_BAD_TAG) && receiver.world.traced.empty());
  receiver.arrives(datagram);
  CHECK(last_words(receiver) == "receive delivered" && receiver.world.traced[0].encapsulation == 1u);
}

TEST("what arrives joined is one super-packet to the guest and one event, and what was told stays out of other buffers") {
  Bench bench;
  bench.follow(between(2, 1));
  Super super = make_super(from_host(2, 1), 5000, 1000);
  Packet joined;
  for (const Packet& packet : super.expected) {
    Packet one = datagram(WEFT_FORMAT_GNI_1_0, packet);
    joined.insert(joined.end(), one.begin(), one.end());
  }
  uint16_t stride = static_cast<uint16_t>(joined.size() / super.expected.size());
  bench.arrives(joined, "198.18.0.2", stride);
  CHECK(bench.world.traced.size() == 1 && delivered(bench.world) == super.expected);
  bench.arrives(joined, "198.18.0.2", stride);
  CHECK(bench.world.traced.size() == 2);
}

TEST("a packet that waited is told of when it goes on, and when it is dropped") {
  Bench bench;
  bench.follow(between(1, 77));
  bench.guest_sends(build(from_host(1, 77)));
  bench.apply({.mappings = {{{overlay(false, 77), 7}, 5}}});
  CHECK(bench.world.traced.size() == 2 && last_words(bench) == "send sent");
  bench.follow(between(1, 78));
  bench.guest_sends(build(from_host(1, 78)));
  bench.set_time(1000);
  CHECK(last_words(bench) == "send dropped resolve-timeout" && bench.world.traced.back().port == 3u);
  bench.follow(between(88, 1));
  bench.arrives(datagram(WEFT_FORMAT_GNI_1_0, build(from_host(88, 1))));
  bench.arrives(datagram(WEFT_FORMAT_GNI_1_0, build(from_host(88, 1))));
  bench.apply({.mappings = {{{overlay(false, 88), 7}, 5}}});
  CHECK(last_words(bench) == "receive delivered" && bench.world.traced.size() == 4 + 4);
  bench.follow(between(89, 1));
  bench.arrives(datagram(WEFT_FORMAT_GNI_1_0, build(from_host(89, 1))));
  bench.set_time(2000);
  CHECK(last_words(bench) == "receive dropped resolve-timeout" && bench.world.traced.back().peer == 5u);
}

TEST("at most 64 packets are told of, until there is another filter") {
  Bench bench;
  bench.follow(between(1, 2));
  for (int packets = 0; packets < 100; packets++) bench.guest_sends(build(from_host(1, 2)));
  CHECK(bench.world.traced.size() == Trace::most_told && bench.world.sent.size() == 100);
  bench.follow(between(1, 2));
  bench.guest_sends(build(from_host(1, 2)));
  CHECK(bench.world.traced.size() == Trace::most_told + 1);
}

TEST("gni6 is told with the outer addresses that name networks and guests") {
  Change change{.peers = {plain_peer(5, "198.18.0.2", WEFT_FORMAT_GNI6, {WEFT_FORMAT_GNI6})}};
  change.peers[0].gni6_prefix = peer_gni6_prefix;
  Bench bench;
  bench.apply(change);
  bench.follow(between(1, 2));
  bench.guest_sends(build(from_host(1, 2)));
  const Traced& told = bench.world.traced.at(0);
  CHECK(told.outer && told.outer->source_port == 0);
  CHECK(told.outer->source.text() == "2001:db8:6:1:0:7:a07:1" && told.outer->destination.text() == "2001:db8:6:2:0:7:a07:2");
}

TEST("the table says what it holds for packets between two addresses, as the paths find it") {
  using enum LookedUp::Location;
  struct Row {
    uint8_t source, destination;
    LookedUp::Location location;
    std::optional<uint32_t> port, peer;
    SendTerms send;
    bool source_is_right;
  };
  const Row rows[] = {
      {1, 2, remote, {}, 5, 0, true},            // out
      {1, 3, local, 4, {}, undecided, true},     // between two guests
      {1, 9, nowhere, {}, {}, undecided, true},
      {1, 77, unknown, {}, {}, undecided, true},
      {2, 1, local, 3, 5, undecided, true},      // in
      {77, 1, local, 3, {}, undecided, false},
      {9, 1, local, 3, {}, undecided, false},
      {77, 2, remote, {}, 5, 0, false},
  };
  Bench bench;
  for (bool v6 : {false, true}) {
    for (const Row& row : rows) {
      LookedUp found = look_up(*bench.forwarding.current(), {7, overlay(v6, row.source), overlay(v6, row.destination)});
      CHECK(found.location == row.location && found.port == row.port && found.peer == row.peer);
      CHECK(found.send == row.send && found.source_is_right == row.source_is_right);
      CHECK(found.generation == bench.forwarding.current()->generation);
    }
  }
  Address outside = *Address::parse("10.8.0.1");
  CHECK(look_up(*bench.forwarding.current(), {7, overlay(false, 1), outside}).location == no_route);
  CHECK(look_up(*bench.forwarding.current(), {8, overlay(false, 1), overlay(false, 2)}).location == no_route);
}

TEST("the table says what a pair of guests has of its own, and that nothing may be sent") {
  Change change{.peers = {plain_peer(5, "198.18.0.2")}};
  change.peers[0].pairs = {{{7, overlay(false, 1), overlay(false, 2)}, {nothing, 0}}};
  Bench bench;
  bench.apply(change);
  CHECK(look_up(*bench.forwarding.current(), {7, overlay(false, 1), overlay(false, 2)}).send == nothing);
  CHECK(look_up(*bench.forwarding.current(), {7, overlay(false, 3), overlay(false, 2)}).send == 0);
}

}  // namespace weft::test
