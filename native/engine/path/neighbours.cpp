#include "neighbours.h"

namespace weft {

namespace {

/// Whether who asks may be where the question came from. One that nobody has asked the mapping server about yet may.
bool may_be_there(const Snapshot& table, uint32_t peer_slot, const Key& asker) {
  if (asker.address.family == Family::none) return true;
  const uint32_t* mapped = table.mappings.find(asker);
  return mapped == nullptr ? table.local.find(asker) == nullptr : *mapped == peer_slot;
}

}  // namespace

Neighbours::Neighbours(Outbox& outbox) : outbox_(outbox) {}

// What the two guests have agreed on holds for their questions, too: it is not answered what would not be accepted,
// nor where nothing may be sent.
bool Neighbours::answer(const Snapshot& table, uint32_t peer_slot, const Peer& peer, const Unwrapped& packet) {
  const NeighbourQuestion& question = *packet.question;
  const uint32_t gni = packet.header.destination_gni;
  if (packet.header.source_gni != gni || table.local.find({question.target, gni}) == nullptr) return false;
  if (!may_be_there(table, peer_slot, {question.asker, gni})) return false;
  const Terms& terms = peer.terms_of(gni, question.target, question.asker);
  if (terms.send < 0 || check_terms(terms.accept, peer, packet.wrapping) != kept) return false;
  const Format& format = *format_of(peer.encapsulations[static_cast<size_t>(terms.send)].format);
  if (!format.ethernet) return false;
  if (used_ == most_answers) flush();
  Bytes datagram(answers_[used_++]);
  weft_header header;
  header.source_gni = header.destination_gni = gni;
  format.put(header, datagram, {});
  size_t length = format.header_length + write_answer(question, &datagram[format.header_length]);
  uint32_t hash = static_cast<uint32_t>(hash_of({question.target, gni}));
  outbox_.put({&peer, peer_slot, control_port, hash, 0, datagram.first(length), {}, format.carrier});
  return true;
}

void Neighbours::flush() {
  if (used_ == 0) return;
  outbox_.flush();
  used_ = 0;
}

}  // namespace weft
