#include "programs.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <net/route.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <numeric>
#include <utility>

#include "check.h"

namespace weft::test {

namespace {

Programs instance, other_instance;
Programs* current = &instance;
const char *object_path = nullptr, *vectors_path = nullptr;

int print_trouble(libbpf_print_level level, const char* format, va_list values) {
  return level == LIBBPF_DEBUG || level == LIBBPF_INFO ? 0 : vfprintf(stderr, format, values);
}

bool fail(const char* what) {
  std::printf("FAILED: %s: %s\n", what, strerror(errno));
  return false;
}

bool write_file(const char* path, const char* text) {
  int fd = ::open(path, O_WRONLY | O_CLOEXEC);
  bool written = fd >= 0 && write(fd, text, strlen(text)) == static_cast<ssize_t>(strlen(text));
  if (fd >= 0) close(fd);
  return written;
}

/// A TAP device named `substrate`, up; it lives as long as the process.
bool make_device() {
  int tun = ::open("/dev/net/tun", O_RDWR | O_CLOEXEC);
  if (tun < 0) return fail("/dev/net/tun");
  ifreq request{};
  strcpy(request.ifr_name, "substrate");
  request.ifr_flags = IFF_TAP | IFF_NO_PI;
  if (ioctl(tun, TUNSETIFF, &request) < 0) return fail("TUNSETIFF");
  int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  request.ifr_flags = IFF_UP;
  bool up = any >= 0 && ioctl(any, SIOCSIFFLAGS, &request) == 0;
  close(any);
  return up || fail("device up");
}

/// 198.51.100.0/24 and 2001:db8:2::/48 lead through it.
bool add_routes() {
  rtentry route{};
  auto& destination = reinterpret_cast<sockaddr_in&>(route.rt_dst);
  auto& mask = reinterpret_cast<sockaddr_in&>(route.rt_genmask);
  destination.sin_family = mask.sin_family = AF_INET;
  destination.sin_addr.s_addr = htonl(0xc6336400);
  mask.sin_addr.s_addr = htonl(0xffffff00);
  char device[] = "substrate";
  route.rt_dev = device;
  route.rt_flags = RTF_UP;
  int four = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), six = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (ioctl(four, SIOCADDRT, &route) < 0) return fail("IPv4 route");
  ifreq request{};
  strcpy(request.ifr_name, device);
  if (ioctl(four, SIOCGIFINDEX, &request) < 0) return fail("index of a device");
  in6_rtmsg route6{};
  inet_pton(AF_INET6, "2001:db8:2::", &route6.rtmsg_dst);
  route6.rtmsg_dst_len = 48;
  route6.rtmsg_metric = 1;
  route6.rtmsg_flags = RTF_UP;
  route6.rtmsg_ifindex = request.ifr_ifindex;
  bool added = ioctl(six, SIOCADDRT, &route6) == 0;
  close(four);
  close(six);
  return added || fail("IPv6 route");
}

bool make_world() {
  if (unshare(CLONE_NEWNET) < 0) return fail("a network namespace");
  // The programs look for the way of the loopback device's packets.
  if (!write_file("/proc/sys/net/ipv4/conf/lo/forwarding", "1")) return fail("net.ipv4.conf.lo.forwarding");
  if (!write_file("/proc/sys/net/ipv6/conf/lo/forwarding", "1")) return fail("net.ipv6.conf.lo.forwarding");
  return make_device() && add_routes();
}

void add(weft_traffic& to, const weft_traffic& more) {
  to.packets += more.packets;
  to.bytes += more.bytes;
}

void add(uint64_t& to, uint64_t more) { to += more; }

void add(weft_counters& to, const weft_counters& more) {
  add(to.in, more.in);
  add(to.out, more.out);
  to.drops += more.drops;
}

}  // namespace

bool Programs::load(const char* object, const char* vectors) {
  object_path = object;
  vectors_path = vectors;
  libbpf_set_print(print_trouble);
  return make_world() && instance.probe_family() && instance.open(object, [](weft_settings&) {}) && instance.say_what_is_loaded();
}

Programs& Programs::all() { return *current; }
const char* Programs::vectors() { return vectors_path; }

// A kernel that does not know the flag refuses it: tried with a program of five instructions.
bool Programs::probe_family() {
  bpf_insn program[] = {
      {BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_2, 0, 0, -20},
      {BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_3, 0, 0, BPF_ADJ_ROOM_MAC},
      {BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_4, 0, 0, 1 << 8},
      {BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_skb_adjust_room},
      {BPF_JMP | BPF_EXIT, 0, 0, 0, 0},
  };
  int fd = bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, nullptr, "GPL", program, std::size(program), nullptr);
  if (fd < 0) return fail("a program of five instructions");
  uint8_t frame[14 + 20 + 40] = {};
  frame[12] = 8;
  LIBBPF_OPTS(bpf_test_run_opts, options);
  options.data_in = frame;
  options.data_size_in = sizeof frame;
  bool ran = bpf_prog_test_run_opts(fd, &options) == 0;
  changes_family_ = ran && options.retval == 0;
  close(fd);
  std::printf("outer headers of another family: %s\n", changes_family_ ? "this kernel takes them off" : "the engine's");
  return ran || fail("BPF_PROG_TEST_RUN");
}

bool Programs::open(const char* path, void (*change)(weft_settings&)) {
  object_ = bpf_object__open_file(path, nullptr);
  if (object_ == nullptr) return fail(path);
  bpf_map* constants = bpf_object__find_map_by_name(object_, ".rodata.settings");
  size_t size = 0;
  auto* settings = constants == nullptr ? nullptr : static_cast<weft_settings*>(const_cast<void*>(bpf_map__initial_value(constants, &size)));
  if (settings == nullptr || size != sizeof *settings) return fail("settings");
  settings->can_change_family = changes_family_;
  settings->xdp = 1;
  change(*settings);
  auto begin = std::chrono::steady_clock::now();
  if (bpf_object__load(object_) != 0) return fail("loading the programs");
  load_ms_ = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin).count();
  auto keep = [](void* told, void* data, size_t) {
    static_cast<std::vector<weft_event>*>(told)->push_back(*static_cast<weft_event*>(data));
    return 0;
  };
  ring_ = ring_buffer__new(map("events"), keep, &told_, nullptr);
  return ring_ != nullptr || fail("ring buffer");
}

bool Programs::say_what_is_loaded() const {
  bpf_program* program;
  bpf_object__for_each_program(program, object_) {
    bpf_prog_info info{};
    uint32_t length = sizeof info;
    bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &length);
    std::printf("%s: %u instructions, %u verified\n", bpf_program__name(program), info.xlated_prog_len / 8, info.verified_insns);
  }
  std::printf("loaded in %lld ms\n", load_ms_);
  return true;
}

void Programs::unload() {
  ring_buffer__free(ring_);
  bpf_object__close(object_);
}

Programs::Otherwise::Otherwise(void (*change)(weft_settings&)) {
  other_instance.changes_family_ = instance.changes_family_;
  CHECK(other_instance.open(object_path, change));
  current = &other_instance;
}

Programs::Otherwise::~Otherwise() {
  other_instance.unload();
  current = &instance;
}

int Programs::map(const char* name) const { return bpf_object__find_map_fd_by_name(object_, name); }

void Programs::empty(const char* name, size_t key_size) {
  Bytes key(key_size);
  while (bpf_map_get_next_key(map(name), nullptr, key.data()) == 0) bpf_map_delete_elem(map(name), key.data());
}

// As a new generation would. All at once: this is done for every location that a test puts anywhere.
void Programs::forget_recent() {
  constexpr uint32_t slots = 1024;
  static const Bytes zeros(static_cast<size_t>(libbpf_num_possible_cpus()) * 64 * slots);
  std::vector<uint32_t> keys(slots);
  std::iota(keys.begin(), keys.end(), 0);
  for (const char* name : {"recent_locations", "recent_ways"}) {
    uint32_t count = slots;
    CHECK(bpf_map_update_batch(map(name), keys.data(), zeros.data(), &count, nullptr) == 0 && count == slots);
  }
}

void Programs::forget() {
  forget_recent();
  empty("locations", sizeof(weft_location_key));
  empty("pairs", sizeof(weft_pair_key));
  empty("port_by_ifindex", sizeof(uint32_t));
  empty("peer_by_address", sizeof(weft_address));
  for (uint32_t slot = 0; slot < 16; slot++) {
    put_port(slot, {});
    put_peer(slot, {});
  }
  put_control({});
  Bytes zeros(static_cast<size_t>(libbpf_num_possible_cpus()) * sizeof(weft_counters));
  for (const char* name : {"port_counters", "peer_counters"}) {
    for (uint32_t slot = 0; slot < 16; slot++) bpf_map_update_elem(map(name), &slot, zeros.data(), BPF_ANY);
  }
  for (uint32_t at = 0; at < WEFT_DROP_COUNT; at++) bpf_map_update_elem(map("drop_counts"), &at, zeros.data(), BPF_ANY);
  for (uint32_t at = 0; at < WEFT_HANDOVER_COUNT; at++) bpf_map_update_elem(map("handover_counts"), &at, zeros.data(), BPF_ANY);
  uint32_t only = 0;
  bpf_map_update_elem(map("local_traffic"), &only, zeros.data(), BPF_ANY);
  events();
}

Ran Programs::run(const char* name, const Bytes& frame, uint32_t gso_size) {
  bpf_program* program = bpf_object__find_program_by_name(object_, name);
  CHECK(program != nullptr);
  Ran out{0, Bytes(frame.size() + 256)};
  __sk_buff context{};
  context.gso_size = gso_size;
  LIBBPF_OPTS(bpf_test_run_opts, options);
  options.data_in = frame.data();
  options.data_size_in = static_cast<uint32_t>(frame.size());
  options.data_out = out.packet.data();
  options.data_size_out = static_cast<uint32_t>(out.packet.size());
  bool is_xdp = bpf_program__type(program) == BPF_PROG_TYPE_XDP;
  if (!is_xdp) options.ctx_in = &context, options.ctx_size_in = sizeof context;
  int error = bpf_prog_test_run_opts(bpf_program__fd(program), &options);
  if (error != 0) std::printf("  test run: %s\n", strerror(-error));
  CHECK(error == 0);
  out.verdict = static_cast<int>(options.retval);
  out.packet.resize(options.data_size_out);
  return out;
}

void Programs::put_port_entry(uint32_t slot, const weft_port_entry& entry) {
  CHECK(bpf_map_update_elem(map("ports"), &slot, &entry, BPF_ANY) == 0);
}

void Programs::put_port(uint32_t slot, const weft_port& port) {
  put_port_entry(slot, {.since = 0, .current = port, .former = {}, .zero = 0});
  if (port.kind == WEFT_PORT_NONE) return;
  lead_device(port.ifindex, slot);
  lead_device(port.engine_ifindex, slot);
}

void Programs::put_peer_entry(uint32_t slot, const weft_peer_entry& entry) {
  CHECK(bpf_map_update_elem(map("peers"), &slot, &entry, BPF_ANY) == 0);
}

void Programs::put_peer(uint32_t slot, const weft_peer& peer) {
  put_peer_entry(slot, {.since = 0, .current = peer, .former = {}});
  if (peer.in_use) lead_address(peer.address, slot);
}

void Programs::put_location_entry(uint32_t gni, const weft_address& address, weft_location_entry entry) {
  weft_location_key key{gni, address};
  forget_recent();
  entry.check = weft_check(&key, sizeof key);
  CHECK(bpf_map_update_elem(map("locations"), &key, &entry, BPF_ANY) == 0);
}

void Programs::put_location(uint32_t gni, const weft_address& address, const weft_location& location) {
  put_location_entry(gni, address, {.check = 0, .zero = 0, .since = 0, .current = location, .former = {}});
}

void Programs::put_location_of_another(uint32_t gni, const weft_address& address, weft_location_entry entry) {
  weft_location_key key{gni, address};
  entry.check = ~weft_check(&key, sizeof key);
  CHECK(bpf_map_update_elem(map("locations"), &key, &entry, BPF_ANY) == 0);
}

void Programs::put_pair(const weft_pair_key& key, const weft_terms& terms) {
  weft_pair_entry entry{};
  entry.check = weft_check(&key, sizeof key);
  entry.current = terms;
  entry.current_there = 1;
  CHECK(bpf_map_update_elem(map("pairs"), &key, &entry, BPF_ANY) == 0);
}

void Programs::put_control(const weft_control& control) {
  uint32_t only = 0;
  CHECK(bpf_map_update_elem(map("control"), &only, &control, BPF_ANY) == 0);
}

void Programs::lead_device(uint32_t ifindex, uint32_t slot) {
  CHECK(bpf_map_update_elem(map("port_by_ifindex"), &ifindex, &slot, BPF_ANY) == 0);
}

void Programs::lead_address(const weft_address& address, uint32_t slot) {
  CHECK(bpf_map_update_elem(map("peer_by_address"), &address, &slot, BPF_ANY) == 0);
}

template <typename Value>
Value Programs::sum(const char* name, uint32_t key) {
  std::vector<Value> of_cpus(static_cast<size_t>(libbpf_num_possible_cpus()));
  CHECK(bpf_map_lookup_elem(map(name), &key, of_cpus.data()) == 0);
  Value all{};
  for (const Value& each : of_cpus) add(all, each);
  return all;
}

uint64_t Programs::handed_over(weft_handover reason) { return sum<uint64_t>("handover_counts", reason); }
uint64_t Programs::dropped(weft_drop reason) { return sum<uint64_t>("drop_counts", reason); }
weft_counters Programs::port_counters(uint32_t slot) { return sum<weft_counters>("port_counters", slot); }
weft_counters Programs::peer_counters(uint32_t slot) { return sum<weft_counters>("peer_counters", slot); }
weft_traffic Programs::local() { return sum<weft_traffic>("local_traffic", 0); }

std::vector<weft_event> Programs::events() {
  ring_buffer__consume(ring_);
  return std::exchange(told_, {});
}

weft_address v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d) {
  return {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d}};
}

weft_address v6(const char* text) {
  weft_address out;
  CHECK(inet_pton(AF_INET6, text, out.bytes) == 1);
  return out;
}

}  // namespace weft::test
