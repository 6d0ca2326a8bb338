#include "world.h"

#include <netinet/in.h>
#include <netinet/udp.h>

#include <cerrno>

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

int fake_sendmmsg(int, mmsghdr* messages, unsigned count, int) {
  for (unsigned done = 0; done < count; done++) {
    msghdr& message = messages[done].msg_hdr;
    uint16_t size = segment_size(message);
    Packet bytes = gathered(message.msg_iov, message.msg_iovlen);
    int error = world->refuse_all_sends ? world->refuse_all_sends : size > 0 ? world->refuse_segmented : 0;
    if (world->path_room > 0 && (size > 0 ? size : bytes.size()) > world->path_room) error = size > 0 ? EINVAL : EMSGSIZE;
    if (error != 0) return done > 0 ? static_cast<int>(done) : refuse(error);
    CHECK(bytes.size() <= 65507 && message.msg_iovlen <= 1024);
    World::Datagrams sent{Address::from_socket(*static_cast<sockaddr_storage*>(message.msg_name)), {}, size > 0};
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

World::World() { world = this; }
World::~World() { world = nullptr; }
Kernel World::kernel() const { return {fake_read, fake_writev, fake_sendmmsg, fake_recvmmsg}; }

Bench::Bench() : kernel(world.kernel()) {
  delivery.set_queue(3, port3_queue);
  delivery.set_queue(4, port4_queue);
  auto both = [](uint8_t host) { return std::vector<Address>{overlay(false, host), overlay(true, host)}; };
  uint32_t accept = 1u << WEFT_FORMAT_GNI_1_0 | 1u << WEFT_FORMAT_GNI_1_1;
  Change change{.networks = {{7, {*Prefix::parse("10.7.0.0/24"), *Prefix::parse("fd07::/64")}}},
                .ports = {{3, 7, both(1)}, {4, 7, both(3)}},
                .peers = {{5, *Address::parse("198.18.0.2"), WEFT_FORMAT_GNI_1_0, accept, 1500},
                          {6, *Address::parse("198.18.0.3"), WEFT_FORMAT_GNI_1_1, accept, 1500}}};
  for (bool v6 : {false, true}) {
    change.mappings.push_back({{overlay(v6, 2), 7}, 5});
    change.mappings.push_back({{overlay(v6, 4), 7}, 6});
    change.mappings.push_back({{overlay(v6, 9), 7}, no_peer});
  }
  apply(change);
}

void Bench::apply(const Change& change) {
  const Snapshot* next = forwarding.apply(change, retired);
  out.use(next, now_ms);
  in.use(next, now_ms);
  first_packets.answer(*next, now_ms);
}

void Bench::set_time(uint64_t now) {
  now_ms = now;
  out.use(forwarding.current(), now_ms);
  in.use(forwarding.current(), now_ms);
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

void Bench::arrives(const Packet& bytes, const char* from, uint16_t stride) {
  world.receivable.push_back({*Address::parse(from), bytes, stride});
  CHECK(in.drain(0) == EAGAIN);
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

Packet datagram(int id, const Packet& inner, bool partial, uint32_t gni) {
  const Format& format = *format_of(id);
  Packet out(format.header_length);
  out.insert(out.end(), inner.begin(), inner.end());
  weft_header header{partial, static_cast<__u8>(inner[0] >> 4 == 6 ? 41 : 4), gni, gni, 0};
  format.encapsulate(header, out, {});
  return out;
}

}  // namespace weft::test
