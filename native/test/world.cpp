#include "world.h"

#include <netinet/in.h>
#include <netinet/udp.h>

#include <cerrno>
#include <utility>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#define UDP_GRO 104
#endif

namespace weft::test {

namespace {

World* world = nullptr;

int refuse(int error) {
  errno = error;
  return -1;
}

Packet gathered(const iovec* pieces, size_t count) {
  Packet out;
  for (size_t at = 0; at < count; at++) {
    const uint8_t* from = static_cast<const uint8_t*>(pieces[at].iov_base);
    out.insert(out.end(), from, from + pieces[at].iov_len);
  }
  return out;
}

ssize_t fake_read(int, void* into, size_t size) {
  if (world->readable.empty()) return refuse(EAGAIN);
  Packet packet = std::move(world->readable.front());
  world->readable.pop_front();
  CHECK(packet.size() <= size);
  memcpy(into, packet.data(), packet.size());
  return static_cast<ssize_t>(packet.size());
}

ssize_t fake_writev(int fd, const iovec* pieces, int count) {
  Packet bytes = gathered(pieces, static_cast<size_t>(count));
  World::Write write{fd, {}, {}};
  CHECK(bytes.size() >= sizeof write.header);
  memcpy(&write.header, bytes.data(), sizeof write.header);
  write.packet.assign(bytes.begin() + sizeof write.header, bytes.end());
  if (world->refuse_all_writes) return refuse(world->refuse_all_writes);
  if (world->refuse_super_writes && write.header.gso_type != 0) return refuse(world->refuse_super_writes);
  world->written.push_back(std::move(write));
  return static_cast<ssize_t>(bytes.size());
}

uint16_t segment_size(msghdr& message) {
  cmsghdr* control = message.msg_controllen > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
  if (control == nullptr) return 0;
  CHECK(control->cmsg_level == SOL_UDP && control->cmsg_type == UDP_SEGMENT);
  uint16_t size;
  memcpy(&size, CMSG_DATA(control), sizeof size);
  return size;
}

Carrier carrier_to(const sockaddr_storage& to) {
  uint16_t port = ntohs(to.ss_family == AF_INET ? reinterpret_cast<const sockaddr_in&>(to).sin_port
                                                : reinterpret_cast<const sockaddr_in6&>(to).sin6_port);
  for (Carrier carrier : {Carrier::vxlan, Carrier::geneve}) {
    if (port == usual_port(carrier)) return carrier;
  }
  if (port == 0) return Carrier::ipv6;
  CHECK(port == 6741);
  return Carrier::gni;
}

int fake_poll(pollfd*, nfds_t, int timeout_ms) {
  CHECK(timeout_ms > 0 && timeout_ms <= 3);
  world->waits++;
  world->has_room = true;
  return 0;
}

int fake_sendmmsg(int, mmsghdr* messages, unsigned count, int flags) {
  CHECK((flags & MSG_DONTWAIT) != 0);
  if (world->full && !std::exchange(world->has_room, false)) return refuse(EAGAIN);
  if (world->full) count = 1;
  for (unsigned done = 0; done < count; done++) {
    msghdr& message = messages[done].msg_hdr;
    uint16_t size = segment_size(message);
    Packet bytes = gathered(message.msg_iov, message.msg_iovlen);
    int error = world->refuse_all_sends ? world->refuse_all_sends : size > 0 ? world->refuse_segmented : 0;
    if (world->path_room > 0 && (size > 0 ? size : bytes.size()) > world->path_room) error = size > 0 ? EINVAL : EMSGSIZE;
    if (error != 0) return done > 0 ? static_cast<int>(done) : refuse(error);
    CHECK(bytes.size() <= 65507 && message.msg_iovlen <= 1024);
    sockaddr_storage name{};
    memcpy(&name, message.msg_name, std::min<size_t>(message.msg_namelen, sizeof name));
    World::Datagrams sent{Address::from_socket(name), carrier_to(name), {}, size > 0};
    for (size_t from = 0; from < bytes.size(); from += size > 0 ? size : bytes.size()) {
      size_t length = std::min(bytes.size() - from, size > 0 ? size_t{size} : bytes.size());
      sent.packets.emplace_back(bytes.begin() + static_cast<ptrdiff_t>(from), bytes.begin() + static_cast<ptrdiff_t>(from + length));
    }
    CHECK(sent.packets.size() <= 64);
    world->sent.push_back(std::move(sent));
  }
  return static_cast<int>(count);
}

int fake_recvmmsg(int, mmsghdr* messages, unsigned count, int) {
  if (world->receivable.empty()) return refuse(EAGAIN);
  unsigned done = 0;
  for (; done < count && !world->receivable.empty(); done++) {
    World::Arriving arriving = std::move(world->receivable.front());
    world->receivable.pop_front();
    msghdr& message = messages[done].msg_hdr;
    CHECK(arriving.bytes.size() <= message.msg_iov[0].iov_len);
    if (!arriving.bytes.empty()) memcpy(message.msg_iov[0].iov_base, arriving.bytes.data(), arriving.bytes.size());
    messages[done].msg_len = static_cast<unsigned>(arriving.bytes.size());
    message.msg_namelen = arriving.from.to_socket(50000, *static_cast<sockaddr_storage*>(message.msg_name));
    if (arriving.to.family == Family::v6) {
      cmsghdr* control = CMSG_FIRSTHDR(&message);
      control->cmsg_level = IPPROTO_IPV6;
      control->cmsg_type = IPV6_PKTINFO;
      control->cmsg_len = CMSG_LEN(sizeof(in6_pktinfo));
      store64(CMSG_DATA(control), arriving.to.high);
      store64(CMSG_DATA(control) + 8, arriving.to.low);
      message.msg_controllen = CMSG_SPACE(sizeof(in6_pktinfo));
      continue;
    }
    if (arriving.stride == 0) {
      message.msg_controllen = 0;
      continue;
    }
    cmsghdr* control = CMSG_FIRSTHDR(&message);
    control->cmsg_level = SOL_UDP;
    control->cmsg_type = UDP_GRO;
    control->cmsg_len = CMSG_LEN(sizeof(int));
    int stride = arriving.stride;
    memcpy(CMSG_DATA(control), &stride, sizeof stride);
    message.msg_controllen = CMSG_SPACE(sizeof(int));
  }
  return static_cast<int>(done);
}

}  // namespace

Change::PeerChange plain_peer(uint32_t slot, const char* address, int send, std::vector<int> accept, uint32_t path_mtu) {
  Change::PeerChange peer{slot, *Address::parse(address), {}, {}, {}, path_mtu, true};
  auto index = [&](int format) {
    peer.encapsulations.push_back({.format = static_cast<uint8_t>(format)});
    return peer.encapsulations.size() - 1;
  };
  if (send != WEFT_FORMAT_NONE) peer.terms.send = static_cast<SendTerms>(index(send));
  for (int format : accept) peer.terms.accept |= 1u << index(format);
  return peer;
}

Receiver::Receiver(std::vector<Encapsulation> encapsulations, std::vector<Change::KeyChange> keys) {
  Change::PeerChange peer = plain_peer(5, "198.18.0.2", WEFT_FORMAT_NONE, {});
  peer.terms.accept = static_cast<uint32_t>((uint64_t{1} << encapsulations.size()) - 1);
  peer.encapsulations = std::move(encapsulations);
  forwarding_.apply({.keys = std::move(keys), .peers = {peer}}, retired_);
}

Receiver::Result Receiver::unwrap(Packet datagram, Carrier carrier) {
  Result result{};
  result.verdict = unwrapper_.unwrap(carrier, datagram, *forwarding_.current()->peer(5), result.unwrapped);
  if (result.verdict == kept) result.inner.assign(result.unwrapped.packet.begin(), result.unwrapped.packet.end());
  unwrapper_.forget();
  return result;
}

Receiver& plain_receiver() {
  static Receiver receiver([] {
    std::vector<Encapsulation> all;
    for (int id = 1; id < WEFT_FORMAT_COUNT; id++) {
      const Format* format = format_of(id);
      if (format == nullptr || format->seals()) continue;
      uint8_t number = static_cast<uint8_t>(id);
      all.push_back({.format = number});
      if (!format->packs) continue;
      all.push_back({.format = number, .compression = Compression::lz4, .elision = true});
      all.push_back({.format = number, .compression = Compression::zstd, .elision = true});
    }
    return all;
  }());
  return receiver;
}

Change::KeyChange key_at(uint32_t slot, CipherUse use, uint8_t seed, uint8_t id, CipherKind kind) {
  std::array<uint8_t, secret_length> secret;
  std::array<uint8_t, salt_length> salt;
  secret.fill(seed);
  salt.fill(static_cast<uint8_t>(seed ^ 0xff));
  return {slot, SessionKey::make(kind, use, secret, salt, id, 1)};
}

Encapsulation with_key(Encapsulation encapsulation, uint32_t slot) {
  if (format_of(encapsulation.format)->seals()) encapsulation.key = slot;
  return encapsulation;
}

Change session(const Encapsulation& as) {
  Change::PeerChange peer = plain_peer(5, "198.18.0.2", WEFT_FORMAT_NONE, {});
  peer.encapsulations = {with_key(as, seal_slot), with_key(as, open_slot)};
  peer.terms = {0, 1u << 1};
  Change change{.peers = {peer}};
  if (format_of(as.format)->seals()) change.keys = {key_at(seal_slot, CipherUse::seal), key_at(open_slot, CipherUse::open)};
  return change;
}

World::World() : outer_(std::exchange(world, this)) {}
World::~World() { world = outer_; }
Kernel World::kernel() const { return {fake_read, fake_writev, fake_sendmmsg, fake_recvmmsg, fake_poll}; }

Bench::Bench() : kernel(world.kernel()) {
  delivery.set_queue(3, port3_queue);
  delivery.set_queue(4, port4_queue);
  auto both = [](uint8_t host) { return std::vector<Address>{overlay(false, host), overlay(true, host)}; };
  Change change{.networks = {{7, {*Prefix::parse("10.7.0.0/24"), *Prefix::parse("fd07::/64")}}},
                .ports = {{3, 7, both(1)}, {4, 7, both(3)}},
                .peers = {plain_peer(5, "198.18.0.2"), plain_peer(6, "198.18.0.3", WEFT_FORMAT_GNI_1_1)}};
  for (bool v6 : {false, true}) {
    change.mappings.push_back({{overlay(v6, 2), 7}, 5});
    change.mappings.push_back({{overlay(v6, 4), 7}, 6});
    change.mappings.push_back({{overlay(v6, 9), 7}, no_peer});
  }
  apply(change);
}

void Bench::apply(const Change& change) { use(forwarding.apply(change, retired)); }

void Bench::follow(const std::optional<TraceFilter>& filter) {
  std::vector<Trace::Substrate> substrate{{*Address::parse("198.18.0.1"), {50'001}}};
  use(forwarding.follow(filter ? std::make_shared<Trace>(*filter, std::move(substrate)) : nullptr, retired));
}

void Bench::use(const Snapshot* next) {
  out.use(next, now_ms);
  in.use(next, now_ms);
  flow.use(next, now_ms);
  first_packets.answer(*next, now_ms);
}

void Bench::set_time(uint64_t now) {
  now_ms = now;
  out.use(forwarding.current(), now_ms);
  in.use(forwarding.current(), now_ms);
  flow.use(forwarding.current(), now_ms);
  first_packets.expire(*forwarding.current(), now_ms);
}

void Bench::forget_waiting() {
  waiting.release(now_ms, [](const Held&) { return Waiting::Answer::ready; }, [](const Held&, Bytes) {}, [](const Held&) {});
}

void Bench::guest_sends(const Packet& packet, const PortHeader& header, uint32_t port) {
  Packet bytes(sizeof header);
  memcpy(bytes.data(), &header, sizeof header);
  bytes.insert(bytes.end(), packet.begin(), packet.end());
  world.readable.push_back(bytes);
  CHECK(out.drain(port, 0) == EAGAIN);
  out.flush();
}

void Bench::arrives(const Packet& bytes, const char* from, uint16_t stride, Carrier carrier) {
  world.receivable.push_back({*Address::parse(from), bytes, stride});
  CHECK(in.drain(0, carrier) == EAGAIN);
}

uint64_t Bench::all_drops() const {
  uint64_t sum = 0;
  for (const Counter& counter : counters->drops) sum += counter.load();
  return sum;
}

PortHeader partial_header(const Packet& packet) {
  Inner inner;
  CHECK(parse_inner(packet, inner) == InnerFault::none);
  Offload offload{true, inner.transport_offset, checksum_offset(inner.transport), 0, 1};
  return port_header(inner, offload);
}

void put_headers(int id, const weft_header& header, Bytes head, View tail) {
  const Format& format = *format_of(id);
  if (!format.ethernet && format.carrier != Carrier::ipv6) return format.put(header, head, tail);
  Packet inner(head.begin() + static_cast<ptrdiff_t>(format.front()), head.end());
  inner.insert(inner.end(), tail.begin(), tail.end());
  Inner read;
  parse_inner(inner, read);
  weft_header whole = header;
  whole.inner_source = static_cast<uint32_t>(read.source.low);
  whole.inner_destination = static_cast<uint32_t>(read.destination.low);
  format.put(whole, head, tail);
  if (!format.ethernet) return;
  uint16_t ethertype = header.protocol == protocol_ipv6 ? ethertype_ipv6 : ethertype_ipv4;
  write_ethernet(&head[format.header_length], derived_mac(read.destination), derived_mac(read.source), ethertype);
}

Packet datagram(int id, const Packet& inner, bool partial, uint32_t gni) {
  const Format& format = *format_of(id);
  Packet out(format.front());
  out.insert(out.end(), inner.begin(), inner.end());
  weft_header header{};
  header.partial_checksum = partial;
  header.protocol = inner[0] >> 4 == 6 ? protocol_ipv6 : protocol_ipv4;
  header.source_gni = header.destination_gni = gni;
  put_headers(id, header, out, {});
  return out;
}

Spec from_host(uint8_t source, uint8_t destination, bool v6) {
  Spec spec;
  spec.v6 = v6;
  spec.source_host = source;
  spec.destination_host = destination;
  spec.payload = {1, 2, 3, 4, 5};
  return spec;
}

Super make_super(const Spec& base, size_t payload, uint16_t size) {
  Random random(payload);
  Spec spec = base;
  spec.payload = random.bytes(payload);
  Super super{build(spec, true), {}, {}};
  super.header = partial_header(super.packet);
  super.header.gso_type = spec.tcp ? spec.v6 ? PortHeader::gso_tcp6 : PortHeader::gso_tcp4 : PortHeader::gso_udp;
  super.header.gso_size = size;
  super.expected = naive_split(super.packet, headers_length(spec), size);
  return super;
}

std::vector<Packet> inner_packets(const World& world) {
  std::vector<Packet> out;
  for (const auto& send : world.sent) {
    for (const Packet& packet : send.packets) {
      Receiver::Result result = plain_receiver().unwrap(packet, send.carrier);
      CHECK(result.verdict == kept);
      out.push_back(result.inner);
    }
  }
  return out;
}

std::vector<Packet> delivered(const World& world) {
  std::vector<Packet> out;
  for (const auto& write : world.written) {
    Inner inner;
    CHECK(parse_inner(write.packet, inner) == InnerFault::none);
    if (write.header.gso_type == 0) out.push_back(write.packet);
    else for (Packet& packet : naive_split(write.packet, inner.payload_offset, write.header.gso_size)) out.push_back(packet);
  }
  return out;
}

bool dropped_once(const Bench& bench, int reason) { return bench.drops(reason) == 1 && bench.all_drops() == 1; }

}  // namespace weft::test
