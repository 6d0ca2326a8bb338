// An inner packet becomes a datagram, by the encapsulation of its session:
//
//   elide      the IP header becomes the fields that cannot be derived     where the packet can be told from them
//   compress   header and payload become fewer bytes                       where it pays
//   seal       all of it becomes unreadable, with a tag behind             where the format seals
//   put        the encapsulation's header in front, and between the two an Ethernet header where the format has one
//
// Without compression or sealing nothing is copied; sealing is the one copy of a super-packet's payload.
#pragma once

#include "outbox.h"

namespace weft {

class Wrapper {
 public:
  /// `worker` chooses the keys' contexts.
  Wrapper(unsigned worker, Outbox& outbox);

  /// What packets of one guest have in common: of one super-packet, or a single one.
  struct How {
    const Encapsulation& as;
    const Format& format;
    const SessionKey* key;   // of formats that seal
    uint64_t sequence = 0;   // of the next packet
    uint32_t port = 0;       // whose packets they are
    EthernetEnds ends{};     // of formats with Ethernet inside
  };
  struct Datagram {
    View head, tail;  // an empty head: it could not be sealed, which only a bug can make happen
  };

  /// Where the inner headers of a segment go before `wrap`, which comes next.
  Bytes room_for_headers(const Format& format, size_t size, size_t payload_size);
  /// Head and tail are the inner packet. A head that is not from `room_for_headers` is the whole packet: writable, with
  /// header_room in front and tag_room behind. Where the format seals it may also be writable memory right in front of
  /// the tail; then neither is needed any more when `wrap` returns. The datagram lives until the outbox is flushed, as
  /// otherwise head and tail must.
  Datagram wrap(How& how, weft_header header, Bytes head, View tail);
  /// After the outbox was flushed.
  void forget() { used_ = 0; }

 private:
  /// How compression of a port's packets went: after failures in a row it is not tried for a while.
  struct Attempts {
    uint8_t failures = 0;
    uint16_t to_skip = 0;
  };

  Bytes pack(const How& how, weft_header& header, Bytes head, View tail);
  Datagram seal(How& how, const weft_header& header, Bytes head, View tail);
  uint8_t* room(size_t size);

  unsigned worker_;
  Outbox& outbox_;
  Compressor compressor_;
  // Headers of segments, compressed and sealed packets, one behind the other until the next flush: what is sent
  // together then lies together.
  std::unique_ptr<uint8_t[]> arena_;
  size_t used_ = 0;
  std::unique_ptr<uint8_t[]> headers_;  // of the segment that is being sealed
  std::vector<Attempts> attempts_;      // by port
};

}  // namespace weft
