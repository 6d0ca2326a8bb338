#include "first_packets.h"

#include "following.h"

namespace weft {

namespace {

Waiting::Answer look_up(const Snapshot& table, const Held& held) {
  using enum Waiting::Answer;
  const uint32_t* slot = table.mappings.find(held.key);
  if (slot == nullptr) return table.local.find(held.key) != nullptr ? ready : unknown;
  if (*slot == no_peer || held.side == Side::source) return ready;
  const Peer* peer = table.peer(*slot);
  // A destination's packets can be of several pairs: those that are still undecided are held again.
  return peer != nullptr && peer->decided_for_some ? ready : mapped;
}

/// Whether the owner's slot still belongs to a guest of the packet's network, or to the host that sent it.
bool owner_remains(const Snapshot& table, const Held& held) {
  if (held.side == Side::source) {
    const Peer* peer = table.peer(held.owner);
    return peer != nullptr && peer->address == held.from;
  }
  const PortEntry* port = table.ports[held.owner];
  return port != nullptr && port->gni == held.key.gni;
}

}  // namespace

FirstPackets::FirstPackets(const Surroundings& around, WorkerCounters& counters, Waiting& waiting, SendPath& send_path,
                           ReceivePath& receive_path)
    : around_(around), counters_(counters), waiting_(waiting), send_path_(send_path), receive_path_(receive_path) {}

void FirstPackets::answer(const Snapshot& table, uint64_t now_ms) {
  waiting_.release(now_ms, [&](const Held& held) { return look_up(table, held); },
                   [&](const Held& held, Bytes packet) { resume(table, held, packet); }, [&](const Held& held) { ask(held); });
}

// The paths check the rest again, the inner source too: within its network a slot may have gone to another guest.
void FirstPackets::resume(const Snapshot& table, const Held& held, Bytes packet) {
  bool out = held.side == Side::destination;
  if (!owner_remains(table, held)) return drop(table, held, packet, out ? WEFT_DROP_NO_ROUTE : WEFT_DROP_UNKNOWN_PEER);
  if (out) {
    send_path_.forward(held.owner, held.header, packet, held.since_ms);
    send_path_.flush();
  } else {
    receive_path_.resume(held, packet);
    receive_path_.flush();
  }
}

void FirstPackets::expire(const Snapshot& table, uint64_t now_ms) {
  auto drop_late = [&](const Held& held, Bytes packet) {
    bool without_session = held.side == Side::destination && table.mappings.find(held.key) != nullptr;
    drop(table, held, packet, without_session ? WEFT_DROP_NO_SESSION : WEFT_DROP_RESOLVE_TIMEOUT);
  };
  waiting_.expire(now_ms, drop_late, [&](const Held& held) { ask(held); });
}

// What is counted for an owner must not be counted for the next user of its slot.
void FirstPackets::drop(const Snapshot& table, const Held& held, View packet, Verdict reason) {
  if (table.trace != nullptr) tell_dropped(table, held, packet, reason);
  if (!owner_remains(table, held)) counters_.drop(reason, held.packets);
  else if (held.side == Side::source) counters_.drop_of_peer(reason, held.owner, held.packets);
  else counters_.drop_of_port(reason, held.owner, held.packets);
}

void FirstPackets::tell_dropped(const Snapshot& table, const Held& held, View packet, Verdict reason) {
  Inner inner;
  parse_inner(packet, inner);
  if (!table.trace->wants(held.key.gni, inner, packet)) return;
  bool out = held.side == Side::destination;
  Following following(*table.trace, table, counters_, out ? "send" : "receive", inner);
  if (owner_remains(table, held)) (out ? following.told.port : following.told.peer) = held.owner;
  following.tell(reason, "", around_.events);
}

}  // namespace weft
