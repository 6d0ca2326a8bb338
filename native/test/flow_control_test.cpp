// Flow control: a sender reads guests as far as its receiver grants, whatever becomes of grants on their way.
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "world.h"

namespace weft::test {

namespace {

constexpr uint8_t gni30 = WEFT_FORMAT_GNI_3_0;
const Encapsulation granted{.format = gni30, .flow_control = true};
constexpr uint64_t margin = 64;                              // of one worker
constexpr size_t room = 8 << 20;                             // of a receiving socket
const uint64_t window = grant_window(room, 1, 1472);

/// One bench is both hosts: what it sends to peer 5 comes back as if peer 5 had sent it.
struct Pair : Bench {
  explicit Pair(const Encapsulation& as = granted) {
    crew.receive_room = room;
    apply(session(as));
    set_time(1'000'000);
  }

  SessionKey& sealing() { return *forwarding.keys().at(seal_slot); }
  void offer(size_t packets) {
    Packet packet = build(from_host(1, 2)), bytes(sizeof(PortHeader));
    bytes.insert(bytes.end(), packet.begin(), packet.end());
    for (size_t at = 0; at < packets; at++) world.readable.push_back(bytes);
  }
  /// Reads the guest as far as credit goes; whether it has to wait then.
  bool drain() {
    int error;
    do error = out.drain(3, port3_queue);
    while (error == 0 && out.stall() == nullptr);
    bool begun = out.stall() != nullptr && stalls.begin(3, port3_queue, *out.stall(), now_ms);
    out.flush();
    return begun;
  }
  /// Whether the port is read again.
  bool step() {
    bool resumed = false;
    stalls.step(*forwarding.current(), now_ms, [&](uint32_t port, int fd) { resumed = port == 3 && fd == port3_queue; });
    flow.flush();
    return resumed;
  }
  std::vector<Packet> take_sent() {
    std::vector<Packet> packets;
    for (auto& each : std::exchange(world.sent, {})) packets.insert(packets.end(), each.packets.begin(), each.packets.end());
    return packets;
  }
  void take_all(const std::vector<Packet>& packets) {
    for (const Packet& packet : packets) arrives(packet);
  }
};

bool is_control(const Packet& packet) { return (packet[1] & 0x10) != 0; }

std::vector<Packet> control_frames(const std::vector<Packet>& packets) {
  std::vector<Packet> frames;
  for (const Packet& packet : packets) {
    if (is_control(packet)) frames.push_back(packet);
  }
  return frames;
}

/// A control frame, or something like it, as peer 5 seals it.
Packet sealed(Pair& pair, View payload) {
  weft_header header{};
  header.control = 1;
  header.key_id = pair.sealing().id();
  header.sequence = *pair.sealing().reserve(1);
  const Format& format = *format_of(gni30);
  Packet packet(format.header_length + payload.size() + format.tag_length);
  format.put(header, packet, {});
  Bytes whole(packet);
  CHECK(pair.sealing().seal(0, header.sequence, whole.first(20), payload, {}, whole.subspan(20)));
  return packet;
}

Packet sealed(Pair& pair, const ControlFrame& frame) {
  Packet payload(control_frame_length);
  write_control_frame(frame, payload.data());
  return sealed(pair, payload);
}

Packet grant(Pair& pair, uint64_t below) { return sealed(pair, {ControlFrame::Kind::grant, 1, below}); }

}  // namespace

TEST("a guest is read as far as the peer's credit goes, waits, and goes on with the next grant") {
  Pair pair;
  pair.offer(2000);
  CHECK(pair.drain());
  CHECK(pair.sealing().next() == Credit::at_first - margin + 1);
  CHECK(pair.world.readable.size() == 2000 - pair.sealing().next());
  std::vector<Packet> sent = pair.take_sent();
  CHECK(!pair.step());
  std::vector<Packet> asks = pair.take_sent();
  CHECK(asks.size() == 1 && is_control(asks[0]) && asks[0].size() == 20 + 16 + 16);
  pair.take_all(sent);
  std::vector<Packet> grants = pair.take_sent();
  CHECK(control_frames(grants).size() == grants.size() && !grants.empty());
  CHECK(!pair.step());
  pair.take_all(grants);
  CHECK(pair.step());
  CHECK(pair.stalls.until_step() == -1);
  CHECK(pair.counters->stalls[5].begun.load() == 1 && pair.counters->stalls[5].unanswered.load() == 0);
  size_t left = pair.world.readable.size();
  pair.drain();
  CHECK(pair.world.readable.size() < left);
}

TEST("every packet of many goes through, in bursts of at most a window and a margin") {
  Pair pair;
  constexpr size_t packets = 20'000;
  pair.offer(packets);
  size_t authenticated = 0;
  for (int turn = 0; authenticated < packets; turn++) {
    CHECK(turn < 1000);
    pair.drain();
    pair.step();
    std::vector<Packet> sent = pair.take_sent();
    CHECK(sent.size() <= std::max(window, Credit::at_first) + margin);
    authenticated += sent.size() - control_frames(sent).size();
    pair.take_all(sent);
    pair.take_all(pair.take_sent());
    pair.step();
    pair.set_time(pair.now_ms + 20);
  }
  CHECK(pair.world.readable.empty() && pair.counters->stalls[5].unanswered.load() == 0);
}

TEST("a receiver grants at first, then whenever half of the window was used") {
  Pair pair;
  pair.offer(900);
  pair.drain();
  std::vector<Packet> sent = pair.take_sent();
  std::vector<size_t> at;
  for (size_t number = 0; number < sent.size(); number++) {
    pair.arrives(sent[number]);
    if (!pair.take_sent().empty()) at.push_back(number);
  }
  CHECK(window / 2 > 300 && window / 2 < 450);
  CHECK(at == std::vector<size_t>({0, window / 2, window / 2 * 2}));
}

TEST("asks are repeated every 20 ms until one is answered, whichever was lost") {
  Pair pair;
  pair.offer(2000);
  CHECK(pair.drain());
  pair.take_sent();  // lost, all of them
  size_t asks = 0;
  for (uint64_t ms = 0; ms < 100; ms += 5) {
    CHECK(!pair.step());
    std::vector<Packet> sent = pair.take_sent();
    asks += sent.size();
    pair.set_time(pair.now_ms + 5);
  }
  CHECK(asks == 5 && pair.stalls.until_step() == 20);
  CHECK(!pair.step());
  pair.take_all(pair.take_sent());
  std::vector<Packet> grants = pair.take_sent();
  CHECK(!grants.empty());  // they are lost
  pair.set_time(pair.now_ms + 20);
  CHECK(!pair.step());
  pair.take_all(pair.take_sent());
  pair.take_all(pair.take_sent());
  CHECK(pair.step());
}

TEST("a grant that is forged, repeated, older, or farther than any receiver grants, gives nothing") {
  Pair pair;
  Credit& credit = pair.sealing().credit();
  Packet good = grant(pair, 5000);
  for (size_t at = 0; at < good.size(); at++) {
    Packet forged = good;
    forged[at] ^= 4;
    pair.arrives(forged);
    CHECK(credit.granted() == Credit::at_first);
  }
  pair.arrives(good, "198.18.0.3");
  CHECK(credit.granted() == Credit::at_first);
  pair.arrives(good);
  CHECK(credit.granted() == 5000);
  uint64_t replayed = pair.drops(WEFT_DROP_REPLAYED);
  pair.arrives(good);
  CHECK(pair.drops(WEFT_DROP_REPLAYED) == replayed + 1 && credit.granted() == 5000);
  for (uint64_t other : {uint64_t{0}, uint64_t{4999}, pair.sealing().next() + Credit::furthest + 10, sequences_per_key}) {
    pair.arrives(grant(pair, other));
    CHECK(credit.granted() == 5000);
  }
  pair.arrives(sealed(pair, {ControlFrame::Kind::grant, 2, 6000}));  // another key's
  CHECK(credit.granted() == 5000);
}

TEST("without an answer for a second packets go on without credit, until the peer grants again") {
  Pair pair;
  pair.offer(5000);
  CHECK(pair.drain());
  pair.set_time(pair.now_ms + Credit::patience_ms - 1);
  CHECK(!pair.step());
  pair.set_time(pair.now_ms + 1);
  CHECK(pair.step());
  CHECK(pair.counters->stalls[5].unanswered.load() == 1);
  CHECK(!pair.drain() && pair.world.readable.empty());
  pair.take_sent();
  pair.arrives(grant(pair, pair.sealing().next() + 10));
  pair.offer(1);
  CHECK(pair.drain() && pair.counters->stalls[5].begun.load() == 2);
}

// Or it would hold a guest's packets to all others up for ever, at the price of one frame a second.
TEST("a peer that only repeats what it has granted is as silent as one that answers nothing") {
  Pair pair;
  pair.offer(5000);
  CHECK(pair.drain());
  for (uint64_t waited = 0; waited + 500 < Credit::patience_ms * 3; waited += 500) {
    pair.set_time(pair.now_ms + 500);
    pair.arrives(grant(pair, Credit::at_first));
    pair.arrives(grant(pair, 1));
    if (pair.step()) break;
  }
  CHECK(pair.counters->stalls[5].unanswered.load() == 1);
  CHECK(!pair.drain() && pair.world.readable.empty());
  pair.arrives(grant(pair, Credit::at_first));
  pair.offer(1);
  CHECK(!pair.drain());
}

TEST("an answer that grants too little for a margin lets the guest go on, and is no silence") {
  Pair pair;
  pair.offer(5000);
  CHECK(pair.drain());
  for (int turn = 0; turn < 200; turn++) {
    pair.set_time(pair.now_ms + 30);
    pair.arrives(grant(pair, pair.sealing().credit().granted() + 5));
    CHECK(pair.step());
    CHECK(pair.drain());
  }
  CHECK(pair.counters->stalls[5].unanswered.load() == 0);
}

TEST("a change of key lets a waiting guest go on at once, with the new key's credit") {
  Pair pair;
  pair.offer(2000);
  CHECK(pair.drain());
  Change::PeerChange peer = session(granted).peers[0];
  peer.encapsulations.push_back(peer.encapsulations[0]);
  peer.encapsulations[2].key = 11;
  pair.apply({.keys = {key_at(11, CipherUse::seal, 40, 2)}, .peers = {peer}});
  CHECK(!pair.step());  // the new key is there, but not sent with yet
  peer.terms.send = 2;
  pair.apply({.peers = {peer}});
  CHECK(pair.step());
  pair.take_sent();
  CHECK(pair.drain());
  CHECK(pair.forwarding.keys().at(11)->next() == Credit::at_first - margin + 1);
  pair.apply({.remove_peers = {5}, .remove_keys = {1, 2, 11}});
  CHECK(pair.step());
}

TEST("a key that is gone is kept by no port that has waited for its credit") {
  Pair pair;
  pair.offer(5000);
  CHECK(pair.drain());
  pair.take_sent();
  std::weak_ptr<SessionKey> key = pair.forwarding.keys().at(seal_slot);
  pair.apply({.remove_peers = {5}, .remove_keys = {seal_slot}});
  CHECK(pair.step());
  pair.retired.clear();
  CHECK(key.expired());
}

TEST("while one guest waits for a peer, another one sends to another peer") {
  Pair pair;
  pair.offer(2000);
  CHECK(pair.drain());
  pair.world.readable.clear();
  pair.take_sent();
  for (int number = 0; number < 2000; number++) pair.guest_sends(build(from_host(3, 4)), {}, 4);
  CHECK(pair.out.stall() == nullptr);
  CHECK(pair.take_sent().size() == 2000 && pair.all_drops() == 0);
}

TEST("a grant that comes to another worker wakes the one whose guest waits") {
  Pair pair;
  pair.crew.workers = 2;
  pair.crew.wake_fds[1] = eventfd(0, EFD_NONBLOCK);
  uint64_t kicks = 0;
  pair.sealing().credit().wait(1);
  pair.arrives(grant(pair, 2000));
  CHECK(read(pair.crew.wake_fds[1], &kicks, sizeof kicks) == sizeof kicks && kicks == 1);
  pair.arrives(grant(pair, 3000));
  CHECK(read(pair.crew.wake_fds[1], &kicks, sizeof kicks) < 0 && errno == EAGAIN);
  close(pair.crew.wake_fds[1]);
}

TEST("a host that sends a peer nothing sealed grants it nothing, and answers no ask") {
  Pair pair;
  Change::PeerChange peer = session(granted).peers[0];
  peer.encapsulations.push_back({.format = WEFT_FORMAT_GNI_1_0});
  peer.terms.send = 2;
  pair.apply({.peers = {peer}});
  pair.arrives(sealed(pair, {ControlFrame::Kind::ask, 1, 50}));
  pair.arrives(sealed(pair, {ControlFrame::Kind::ask, 1, 5000}));
  CHECK(pair.take_sent().empty() && pair.all_drops() == 0);
}

TEST("control frames need flow control in either direction, their length, and bits that are right") {
  Packet zeros(control_frame_length);
  auto verdict = [](const Encapsulation& as, auto make) {
    Pair pair(as);
    pair.arrives(make(pair));
    for (int reason = 0; reason < WEFT_DROP_COUNT; reason++) {
      if (dropped_once(pair, reason)) return reason;
    }
    CHECK(pair.all_drops() == 0);
    return int{kept};
  };
  auto ask = [](Pair& pair) { return sealed(pair, {ControlFrame::Kind::ask, 1, 0}); };
  CHECK(verdict(granted, ask) == kept);
  CHECK(verdict({.format = gni30}, ask) == WEFT_DROP_FEATURE_NOT_ACCEPTED);
  CHECK(verdict(granted, [&](Pair& pair) { return sealed(pair, View(zeros).first(15)); }) == WEFT_DROP_SHORT);
  CHECK(verdict(granted, [&](Pair& pair) { return sealed(pair, Packet(17)); }) == WEFT_DROP_LONG);
  for (size_t at : {0, 2, 7, 8}) {
    CHECK(verdict(granted, [&](Pair& pair) {
            Packet payload = zeros;
            payload[0] = 1;
            payload[at] = 0x81;
            return sealed(pair, payload);
          }) == WEFT_DROP_INNER_MALFORMED);
  }
  Pair only_sends;
  Change::PeerChange peer = session(granted).peers[0];
  peer.encapsulations[1].flow_control = false;
  only_sends.apply({.peers = {peer}});
  only_sends.arrives(grant(only_sends, 3000));
  CHECK(only_sends.all_drops() == 0 && only_sends.sealing().credit().granted() == 3000);
}

TEST("packets without flow control need no credit and make no grants") {
  Pair pair({.format = gni30});
  pair.offer(5000);
  CHECK(!pair.drain() && pair.world.readable.empty());
  pair.take_all(pair.take_sent());
  CHECK(pair.take_sent().empty());
}

TEST("control frames count for no guest and no peer") {
  Pair pair;
  pair.offer(2000);
  CHECK(pair.drain());
  size_t packets = pair.take_sent().size();
  CHECK(!pair.step());
  CHECK(pair.take_sent().size() == 1);
  CHECK(pair.counters->peers[5].out.packets.load() == packets && pair.counters->ports[3].out.packets.load() == packets);
}

TEST("a window is a peer's share of the socket, and never too small to go on") {
  CHECK(grant_window(32 << 20, 1, 1472) == (size_t{32} << 20) / 8 * 3 / (2 * 1472 + 1024));
  CHECK(grant_window(32 << 20, 0, 1472) == grant_window(32 << 20, 1, 1472));
  CHECK(grant_window(32 << 20, 2, 1472) == grant_window(16 << 20, 1, 1472));
  CHECK(grant_window(32 << 20, 1, 8972) < grant_window(32 << 20, 1, 1472));
  CHECK(grant_window(0, 1000, 65535) == 512 && grant_window(SIZE_MAX / 4, 1, 0) == 65536);
}

TEST("a key that goes on after a restart has the credit of a new one") {
  auto state = std::make_shared<KeyState>();
  state->next.store(5'000'000);
  std::array<uint8_t, secret_length> secret{};
  std::array<uint8_t, salt_length> salt{};
  auto key = SessionKey::make(CipherKind::aes_256_gcm, CipherUse::seal, secret, salt, 1, 1, state);
  CHECK(!key->credit().is_low(key->next(), Credit::at_first) && key->credit().is_low(key->next(), Credit::at_first + 1));
}

TEST("many threads that raise, grant and wait on one key leave the highest grant, and lose no waiting worker") {
  Credit credit(0);
  Grants grants;
  std::vector<std::thread> threads;
  std::atomic<uint64_t> woken{0};
  for (uint64_t number = 0; number < 4; number++) {
    threads.emplace_back([&, number] {
      for (uint64_t at = 0; at < 20'000; at++) {
        credit.wait(static_cast<unsigned>(number));
        if (auto limit = grants.arrived(at * 4 + number, 1000)) credit.raise(*limit, *limit - 1000, at);
        grants.asked(at, 1000);
        woken.fetch_or(credit.take_waiting());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(grants.asked(0, 0) >= 80'000 - 500 + 1000 - 500 && grants.asked(0, 0) <= 80'000 + 1000);
  CHECK(credit.granted() <= grants.asked(0, 0) && credit.granted() >= 79'000);
  CHECK((woken.load() | credit.take_waiting()) == 15);
}

}  // namespace weft::test
