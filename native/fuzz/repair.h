// Makes random bytes a plausible inner packet, as far as the first byte of the input asks for it; otherwise hardly
// any input would get behind the first checks.
#pragma once

#include "world.h"

namespace weft::test {

struct Repair {
  uint8_t how;

  bool asks(unsigned bit) const { return how >> bit & 1; }

  void operator()(Bytes packet, uint8_t source, uint8_t destination) const {
    bool v6 = asks(0);
    if (!asks(1) || packet.size() < (v6 ? 40u : 20u)) return;
    packet[0] = static_cast<uint8_t>(v6 ? 0x60 : asks(2) ? 0x45 : 0x40 | (packet[0] & 0x0f));
    if (asks(3)) store16(&packet[v6 ? 4 : 2], static_cast<uint16_t>(packet.size() - (v6 ? 40 : 0)));
    if (asks(4)) packet[v6 ? 6 : 9] = asks(5) ? 6 : 17;
    if (!v6 && asks(6)) store16(&packet[6], 0x4000);
    Spec spec;
    spec.v6 = v6;
    spec.source_host = source;
    spec.destination_host = destination;
    Packet model = build(spec);
    size_t at = v6 ? 8 : 12;
    std::copy(model.begin() + static_cast<ptrdiff_t>(at), model.begin() + (v6 ? 40 : 20), packet.begin() + static_cast<ptrdiff_t>(at));
  }
};

}  // namespace weft::test
