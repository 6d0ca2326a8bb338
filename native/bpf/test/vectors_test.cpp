// The programs against the reference codec, through the vectors that it wrote (wire/generate/vectors.ts): what has a
// constant header and is as we send it is taken and made byte for byte; all else goes on to the engine untouched.
#include <cstdio>
#include <cstring>

#include "check.h"
#include "frames.h"
#include "json.h"

namespace weft::test {

namespace {

bool is_true(const Json& object, const char* name) { return object.has(name) && object[name].text == "true"; }

uint32_t number(const Json& object, const char* name) { return static_cast<uint32_t>(std::stoul(object[name].text)); }

int format_named(const std::string& name) {
  for (int id = 1; id < WEFT_FORMAT_COUNT; id++) {
    if (name == weft_format_names[id]) return id;
  }
  return WEFT_FORMAT_NONE;
}

bool is_plain_format(int id) {
  return id == WEFT_FORMAT_GNI_1_0 || id == WEFT_FORMAT_GNI_2_0 || id == WEFT_FORMAT_VXLAN || id == WEFT_FORMAT_GENEVE;
}

struct Inner {
  weft_address source, destination;
  bool v6, plain;
};

Inner read(const Bytes& packet) {
  Inner out{};
  out.v6 = packet[0] >> 4 == 6;
  if (out.v6) {
    memcpy(out.source.bytes, &packet[8], 16);
    memcpy(out.destination.bytes, &packet[24], 16);
    const uint8_t extensions[] = {0, 43, 44, 51, 60, 135, 139, 140};
    out.plain = memchr(extensions, packet[6], sizeof extensions) == nullptr;
    return out;
  }
  out.source = v4(packet[12], packet[13], packet[14], packet[15]);
  out.destination = v4(packet[16], packet[17], packet[18], packet[19]);
  out.plain = packet[0] == 0x45 && ((packet[6] & 0x3f) | packet[7]) == 0;
  return out;
}

uint16_t port_of(const Json& vector) {
  std::string carrier = vector.has("carrier") ? vector["carrier"].text : "";
  return carrier == "vxlan" ? WEFT_VXLAN_PORT : carrier == "geneve" ? WEFT_GENEVE_PORT : WEFT_UDP_PORT;
}

uint16_t accepted_by(const Json& vector) {
  if (!vector.has("accept")) return sends(0).accept;
  uint16_t accept = 0;
  for (const Json& each : vector["accept"].list) {
    int format = format_named(each["format"].text);
    if (is_plain_format(format)) accept = static_cast<uint16_t>(accept | 1 << format);
  }
  return accept;
}

/// Most vectors go from one network to another, so that codecs cannot mix them up; the fast path carries none of these.
/// Here is what they are in one network: the header's destination is its source. Nothing for other formats.
Json in_one_network(const Json& vector) {
  struct Place {
    int format;
    size_t destination, source, length;  // of the two fields; the source's is longer only in geneve's option
  };
  constexpr Place places[] = {{WEFT_FORMAT_GNI_1_0, 8, 4, 4}, {WEFT_FORMAT_GNI_2_0, 2, 5, 3}, {WEFT_FORMAT_GENEVE, 4, 13, 3}};
  for (const Place& place : places) {
    if (place.format != format_named(vector["format"].text) || !vector["expect"].has("header")) continue;
    Json out = vector;
    Json& header = out.members["expect"].members["header"];
    if (header["sourceGni"].text == header["destinationGni"].text) continue;
    header.members["destinationGni"] = header["sourceGni"];
    std::string& packet = out.members["packet"].text;
    packet.replace(2 * place.destination, 2 * place.length, packet, 2 * place.source, 2 * place.length);
    out.members["name"].text += ", in one network";
    return out;
  }
  return {};
}

std::vector<Json> read_vectors() {
  std::vector<Json> all = read_json_file(Programs::vectors())["vectors"].list;
  for (size_t at = 0, count = all.size(); at < count; at++) {
    Json other = in_one_network(all[at]);
    if (other.has("name")) all.push_back(std::move(other));
  }
  return all;
}

const std::vector<Json>& all_vectors() {
  static const std::vector<Json> all = read_vectors();
  return all;
}

/// What a host without Weft sends: nothing is special about it but that we would add our option.
bool is_without_option(const Json& vector) {
  if (!vector["expect"].has("inner")) return false;
  Bytes packet = from_hex(vector["packet"].text), inner = from_hex(vector["expect"]["inner"].text);
  return vector["format"].text == "geneve" && packet.size() == 8 + 14 + inner.size() && (packet[0] | packet[1] | packet[7]) == 0;
}

/// Whether the fast path shall take the packet, judged by what the reference says of it.
bool is_carried(const Json& vector) {
  if (!vector["expect"].has("header") || !is_plain_format(format_named(vector["format"].text))) return false;
  const Json& header = vector["expect"]["header"];
  bool as_sent = !vector.has("encodes") || vector["encodes"].text != "false" || is_without_option(vector);
  bool done_to = header.has("compression") || is_true(header, "elided") || is_true(header, "partialChecksum");
  bool one_network = header["sourceGni"].text == header["destinationGni"].text && header["sourceGni"].text != "0";
  return as_sent && !done_to && one_network && read(from_hex(vector["expect"]["inner"].text)).plain;
}

bool comes_by_udp(const Json& vector) { return !vector.has("carrier") || vector["carrier"].text != "ipv6"; }

/// A region in which the packet's source is at the peer and its destination a guest here, when it has any.
void place_receiver(const Json& vector) {
  Programs& all = Programs::all();
  all.forget();
  make_region();
  for (auto [slot, address, own] : {std::tuple{peer_slot, there, here}, {peer6_slot, there6, here6}}) {
    weft_terms terms = sends(WEFT_FORMAT_GNI_1_0);
    terms.accept = accepted_by(vector);
    all.put_peer(slot, a_peer(address, own, terms));
  }
}

void place_guests(const Json& vector, uint32_t slot) {
  if (!vector["expect"].has("inner")) return;
  Inner inner = read(from_hex(vector["expect"]["inner"].text));
  uint32_t gni = number(vector["expect"]["header"], "sourceGni");
  Programs::all().put_location(gni, inner.source, {slot, WEFT_REMOTE, 0, {}});
  Programs::all().put_location(gni, inner.destination, {own_slot, WEFT_LOCAL, 0, {}});
}

/// What is different; nothing when all is as expected.
std::string receive(const Json& vector, bool by_ipv6, const char* program) {
  place_receiver(vector);
  place_guests(vector, by_ipv6 ? peer6_slot : peer_slot);
  Bytes frame = from_peer(from_hex(vector["packet"].text), port_of(vector), by_ipv6 ? there6 : there, by_ipv6 ? here6 : here);
  Ran ran = Programs::all().run(program, frame);
  bool is_xdp = strcmp(program, "weft_xdp") == 0;
  bool carried = is_carried(vector);
  if (carried && !is_xdp && !Programs::all().changes_family()) carried = by_ipv6 == read(from_hex(vector["expect"]["inner"].text)).v6;
  if (!carried) return ran.packet != frame ? "changed" : ran.verdict != (is_xdp ? xdp_pass : act_unspec) ? "not left alone" : "";
  Bytes inner = from_hex(vector["expect"]["inner"].text);
  size_t metadata = is_xdp ? 16 : 0;
  if (ran.verdict != (is_xdp ? xdp_pass : act_redirect)) return "not taken";
  Bytes ends = is_xdp ? part(frame, 0, 12) : own_mac + port_mac;
  Bytes expected = ends + (read(inner).v6 ? Bytes{0x86, 0xdd} : Bytes{8, 0}) + inner;
  return part(ran.packet, metadata, ran.packet.size()) == expected ? "" : "another inner packet";
}

/// Runs all vectors and says which are different.
template <typename Try>
std::pair<size_t, size_t> count_all(Try try_one) {
  size_t taken = 0, left = 0, different = 0;
  for (const Json& vector : all_vectors()) {
    if (!comes_by_udp(vector)) continue;
    std::string found = try_one(vector);
    if (found != "") std::printf("  %s: %s\n", vector["name"].text.c_str(), found.c_str());
    different += found != "";
    (is_carried(vector) ? taken : left)++;
  }
  CHECK(different == 0);
  return {taken, left};
}

bool is_multicast(const weft_address& address) {
  return is_v4(address) ? address.bytes[12] >> 4 == 0xe || address.bytes[12] == 0xff : address.bytes[0] == 0xff;
}

/// From the guest's frame to what leaves; `packet` is what has to be behind the outer headers.
std::string send(const Json& vector, bool by_ipv6) {
  const Json& header = vector["expect"]["header"];
  Bytes inner = from_hex(vector["expect"]["inner"].text), packet = from_hex(vector["packet"].text);
  Inner ends = read(inner);
  uint32_t gni = number(header, "sourceGni"), slot = by_ipv6 ? peer6_slot : peer_slot;
  Programs& all = Programs::all();
  all.forget();
  make_region();
  all.put_peer(slot, a_peer(by_ipv6 ? there6 : there, by_ipv6 ? here6 : here, sends(format_named(vector["format"].text))));
  all.put_port(own_slot, {gni, lo, engine_device, WEFT_PORT_VETH, {2, 4, 10, 0, 0, 5}, 0});
  weft_location to{slot, WEFT_REMOTE, 0, {}};
  if (header.has("macs")) {
    std::string mac = header["macs"]["destination"].text;
    std::erase(mac, ':');
    to.has_mac = 1;
    memcpy(to.mac, from_hex(mac).data(), 6);
  }
  all.put_location(gni, ends.source, {own_slot, WEFT_LOCAL, 0, {}});
  all.put_location(gni, ends.destination, to);
  Ran ran = all.run("weft_guest", framed(inner));
  if (ran.verdict != act_redirect) return "not sent";
  Bytes expected = from_peer(packet, port_of(vector), by_ipv6 ? here6 : here, by_ipv6 ? there6 : there);
  size_t udp_at = 14 + (by_ipv6 ? 40 : 20);
  // The IP header is as a plain sender would write it, but for identification (0 there, too); the source port is the flow's.
  // The kernel writes the Ethernet header when the packet leaves.
  if (part(ran.packet, 14, udp_at - 14) != part(expected, 14, udp_at - 14)) return "another outer header";
  if (ran.packet[udp_at] >> 6 != 3) return "another source port";
  return part(ran.packet, udp_at + 2, packet.size() + 6) == part(expected, udp_at + 2, packet.size() + 6) ? "" : "encapsulates otherwise";
}

bool source_mac_is_derived(const Json& header, const Inner& inner) {
  if (!header.has("macs") || inner.v6) return !header.has("macs");
  char text[18];
  const uint8_t* at = &inner.source.bytes[12];
  std::snprintf(text, sizeof text, "02:04:%02x:%02x:%02x:%02x", at[0], at[1], at[2], at[3]);
  return header["macs"]["source"].text == text;
}

size_t send_all(bool by_ipv6) {
  size_t sent = 0, different = 0;
  for (const Json& vector : all_vectors()) {
    if (!is_carried(vector) || vector.has("encodes")) continue;
    Inner inner = read(from_hex(vector["expect"]["inner"].text));
    bool framework_of_ipv4 = vector.has("carrier");
    if ((by_ipv6 && framework_of_ipv4) || is_multicast(inner.destination)) continue;
    // Derived from the IPv6 address by a checksum: those vectors prove it when it is theirs.
    if (vector.has("carrier") && !inner.v6 && !source_mac_is_derived(vector["expect"]["header"], inner)) continue;
    std::string found = send(vector, by_ipv6);
    if (found != "") std::printf("  %s: %s\n", vector["name"].text.c_str(), found.c_str());
    different += found != "";
    sent++;
  }
  CHECK(different == 0);
  return sent;
}

}  // namespace

TEST("every vector from an IPv4 substrate is taken or left alone at tc as the reference says") {
  auto [taken, left] = count_all([](const Json& vector) { return receive(vector, false, "weft_substrate"); });
  std::printf("  %zu taken, %zu left\n", taken, left);
  CHECK(taken >= 35 && left >= 700);
}

TEST("every vector from an IPv6 substrate is taken or left alone at tc as the reference says") {
  auto [taken, left] = count_all([](const Json& vector) { return receive(vector, true, "weft_substrate"); });
  CHECK(taken >= 35 && left >= 700);
}

TEST("every vector is taken or left alone by XDP as the reference says") {
  auto [taken, left] = count_all([](const Json& vector) { return receive(vector, false, "weft_xdp"); });
  CHECK(taken >= 35 && left >= 700);
  count_all([](const Json& vector) { return receive(vector, true, "weft_xdp"); });
}

TEST("every vector that is carried is encapsulated byte for byte over IPv4") {
  size_t sent = send_all(false);
  std::printf("  %zu sent\n", sent);
  CHECK(sent >= 30);
}

TEST("every vector of the gni frameworks that is carried is encapsulated byte for byte over IPv6") {
  CHECK(send_all(true) >= 14);
}

}  // namespace weft::test
