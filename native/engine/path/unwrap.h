// A datagram becomes an inner packet, when what it is and has is what is accepted of the peer:
//
//   read         which format? is it long enough, are its bits right?   short, unknown-version, bad-header
//   options      behind the header of geneve                            short, bad-header
//   ends         the outer addresses of gni6 name the inner ones        short, bad-header
//   accept       is the format accepted?                                version-not-accepted
//   verify       its checksum, or open it with an accepted key          bad-checksum, unknown-key, bad-tag, replayed
//   accept       also what was done to the payload?                     feature-not-accepted
//   control      a control frame is no packet, and is done              short, long
//   unframe      the Ethernet header of vxlan and geneve                short, unknown-protocol
//   decompress   into memory that lives until `forget`                  bad-compression
//   rebuild      the IP header, in place                                short, inner-malformed
//   check        is it one whole inner packet?                          unknown-protocol, short, inner-malformed, long
//
// The order is that of the reference codec (wire/codec.ts), so that a packet with two faults has one reason everywhere.
#pragma once

#include "neighbour.h"
#include "snapshot.h"

namespace weft {

struct Unwrapped {
  weft_header header;
  Inner inner;
  Wrapping wrapping;
  uint32_t as = 0;  // the encapsulations of the peer that the packet can have
  SessionKey* credited = nullptr;  // the key that opened it, when its packets need credit
  /// The frame asks for a guest's Ethernet address. An ARP request, which is no inner packet, has a verdict as well:
  /// that of a question that nobody answers.
  std::optional<NeighbourQuestion> question;
  View packet;      // the inner packet, or the control frame; borrowed from the datagram or until `forget`
};

/// Of the encapsulations `among`, those that the packet can have come in.
uint32_t fitting(uint32_t among, const Peer& peer, const Wrapping& wrapping);
/// Whether terms that accept `accept` accept the packet, too.
Verdict check_terms(uint32_t accept, const Peer& peer, const Wrapping& wrapping);
/// Whether a buffer of which the kernel says that it is datagrams of `stride` bytes is one: a UDP super-packet that was
/// encapsulated whole and that nobody has cut on its way. The kernel then speaks of the inner payloads, and cutting the
/// buffer there would take what a guest has written for datagrams of its host.
bool is_one_datagram(Carrier carrier, Bytes buffer, size_t stride);
/// Reads what inner packet a datagram has that was dropped, as far as that takes neither key nor memory: its header, its
/// inner headers and its packet. False when it has none, or takes more.
bool peek(Carrier carrier, Bytes datagram, Unwrapped& out);

class Unwrapper {
 public:
  /// `worker` chooses the keys' contexts.
  explicit Unwrapper(unsigned worker);

  /// `datagram` is opened and rebuilt in place: afterwards its bytes are not what they were, unless they were dropped
  /// for what can be told without a key.
  Verdict unwrap(Carrier carrier, Bytes datagram, const Peer& peer, Unwrapped& out);
  /// There may be no room to decompress another packet.
  bool is_full() const;
  /// Nobody looks any more at what was unwrapped.
  void forget() { used_ = 0; }

 private:
  Verdict open(Bytes datagram, const Peer& peer, const Format& format, Unwrapped& out);
  static Verdict accept_control(const Peer& peer, View frame, Unwrapped& out);
  Verdict decompress(View packed, Compression method, Bytes& payload);

  unsigned worker_;
  Compressor compressor_;
  std::unique_ptr<uint8_t[]> arena_;
  size_t used_ = 0;
};

}  // namespace weft
