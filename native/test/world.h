// Both paths of a worker in a world without a kernel: ports and substrate are lists, faults are made to order.
#pragma once

#include <deque>
#include <memory>

#include "first_packets.h"
#include "packets.h"
#include "stalls.h"
#include "trace.h"

namespace weft::test {

/// What the paths did to the world, and how the world answers. The innermost counts, since system calls have no `this`.
struct World {
  struct Datagrams {
    Address to;
    Carrier carrier;
    std::vector<Packet> packets;  // as on the wire: a UDP_SEGMENT send is cut into them
    bool segmented;
  };
  struct Write {
    int fd;
    PortHeader header;
    Packet packet;
  };
  struct Arriving {
    Address from;
    Packet bytes;
    uint16_t stride;  // 0: no UDP_GRO
    Address to{};     // told of raw packets
  };
  struct Miss {
    Side side;
    uint32_t gni;
    Address address;
  };

  World();
  ~World();

  Kernel kernel() const;

  std::deque<Packet> readable;     // port header and packet each
  std::deque<Arriving> receivable;
  std::vector<Datagrams> sent;
  std::vector<Write> written;
  std::vector<Miss> misses;
  std::vector<std::array<uint32_t, 3>> tested;  // peer, id, intact
  std::vector<std::string> gone_offloads;
  std::vector<Traced> traced;
  size_t path_room = 0;  // longest UDP payload that the path carries; 0: any
  bool full = false;     // sockets take nothing, except one message after each wait
  bool has_room = false;
  size_t waits = 0;      // for a socket to have room
  // errno by which the world refuses; 0: it does not
  int refuse_segmented = 0, refuse_all_sends = 0, refuse_super_writes = 0, refuse_all_writes = 0;

 private:
  World* outer_;  // which is the one again when this has gone
};

/// Of this host and of peer 5, for gni6: 2001:db8:6:1::/64 and 2001:db8:6:2::/64.
constexpr uint64_t gni6_prefix = 0x20010db800060001, peer_gni6_prefix = 0x20010db800060002;

/// A worker without its thread: one guest at port 3 (10.7.0.1, fd07::1), one at port 4 (host number 3), peers 5
/// (198.18.0.2) and 6 (198.18.0.3), hosts 2 and 4 mapped to them, network 7.
struct Bench {
  Bench();

  /// What waits and has its answer in the new table goes on.
  void apply(const Change& change);
  /// As the engine does; nothing any more without a filter.
  void follow(const std::optional<TraceFilter>& filter);
  void set_time(uint64_t now_ms);
  void forget_waiting();
  /// From the guest at `port`.
  void guest_sends(const Packet& packet, const PortHeader& header = {}, uint32_t port = 3);
  /// From the substrate.
  void arrives(const Packet& datagram, const char* from = "198.18.0.2", uint16_t stride = 0, Carrier carrier = Carrier::gni);
  void use(const Snapshot* next);
  uint64_t drops(int reason) const { return counters->drops[reason].load(); }
  uint64_t all_drops() const;

  World world;
  Kernel kernel;
  struct Events : EventSink {
    World& world;
    explicit Events(World& world) : world(world) {}
    void miss(Side side, uint32_t gni, const Address& address) override { world.misses.push_back({side, gni, address}); }
    void offload_off(const char* offload, const std::string&) override { world.gone_offloads.push_back(offload); }
    void tested(uint32_t peer, uint32_t id, uint32_t intact) override { world.tested.push_back({peer, id, intact}); }
    void fault(const std::string&, const std::string&) override {}
    void traced(const Traced& told) override { world.traced.push_back(told); }
  } events{world};
  Switches switches;
  Crew crew;
  std::atomic<int> last_error{0};
  Surroundings around{kernel, events, switches, last_error, crew};
  CountersPage counters = make_counters();
  Delivery delivery{around, *counters};
  Outbox outbox{around, *counters, {100}, {101}, 102};
  Waiting waiting{{1 << 20, 8, 1000}};
  SendPath out{0, around, *counters, delivery, outbox, waiting};
  SessionTests tests{around, *counters, out};
  FlowControl flow{0, around, *counters, outbox};
  Stalls stalls{0, around, *counters, flow};
  ReceivePath in{0, around, *counters, delivery, outbox, waiting, tests, flow};
  FirstPackets first_packets{around, *counters, waiting, out, in};
  Forwarding forwarding{6741, gni6_prefix};
  Retired retired;
  uint64_t now_ms = 0;
};

/// A peer whose packets have no features: sends one format (WEFT_FORMAT_NONE: undecided), accepts some.
Change::PeerChange plain_peer(uint32_t slot, const char* address, int send = WEFT_FORMAT_GNI_1_0,
                              std::vector<int> accept = {WEFT_FORMAT_GNI_1_0, WEFT_FORMAT_GNI_1_1}, uint32_t path_mtu = 1500);

/// A host that accepts `encapsulations`, and nothing else of the engine.
class Receiver {
 public:
  explicit Receiver(std::vector<Encapsulation> encapsulations, std::vector<Change::KeyChange> keys = {});
  /// `inner`, when the verdict is `kept`, is a copy.
  struct Result {
    Verdict verdict;
    Unwrapped unwrapped;
    Packet inner;
  };
  Result unwrap(Packet datagram, Carrier carrier = Carrier::gni);

 private:
  Forwarding forwarding_{6741};
  Retired retired_;
  Unwrapper unwrapper_{0};
};
/// One that accepts every format that needs no key, with all its features.
Receiver& plain_receiver();

/// The key of a seed: two of one seed are two ends of one direction.
Change::KeyChange key_at(uint32_t slot, CipherUse use, uint8_t seed = 1, uint8_t id = 1,
                         CipherKind kind = CipherKind::aes_256_gcm);

constexpr uint32_t seal_slot = 1, open_slot = 2;
/// With the key of the slot where the format seals.
Encapsulation with_key(Encapsulation encapsulation, uint32_t slot);
/// Peer 5 gets and sends packets of one encapsulation; both ends of the key are here.
Change session(const Encapsulation& as);

constexpr int port3_queue = 30, port4_queue = 40;

PortHeader partial_header(const Packet& packet);
/// Formats that have Ethernet inside get derived addresses.
Packet datagram(int format, const Packet& inner, bool partial = true, uint32_t gni = 7);
/// The format's header, and behind it what is the inner packet of others. Head and tail are `out`, as Format::put wants.
void put_headers(int format, const weft_header& header, Bytes head, View tail);

/// A short packet from one host number to another.
Spec from_host(uint8_t source, uint8_t destination, bool v6 = false);

struct Super {
  Packet packet;
  PortHeader header;
  std::vector<Packet> expected;  // the packets that it stands for
};
Super make_super(const Spec& base, size_t payload, uint16_t size);

/// The inner packets of everything that was sent.
std::vector<Packet> inner_packets(const World& world);
/// The packets that everything written to ports stands for.
std::vector<Packet> delivered(const World& world);
bool dropped_once(const Bench& bench, int reason);

}  // namespace weft::test
