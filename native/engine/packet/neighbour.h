// Answers for guests of this host when a network without agents asks which Ethernet address an IP address has:
// ARP requests (RFC 826) and IPv6 neighbour solicitations (RFC 4861). Pure: question in, answer out.
//
// Whether the address is a local guest's is the caller's to look up between the two; for any other address nothing
// is ever answered.
#pragma once

#include <optional>

#include "ethernet.h"

namespace weft {

struct NeighbourQuestion {
  Address target;  // asked for
  Address asker;   // `none`: the asker has no address yet and looks whether somebody has this one (RFC 5227, RFC 4862)
  Mac asker_mac;
};

/// Nothing when the frame asks nothing, or fails a check that a receiver must make: then there is no answer.
std::optional<NeighbourQuestion> read_question(const Frame& frame);

constexpr size_t neighbour_answer_max = ethernet_header + 40 + 32;

/// Writes a whole frame that answers with the target's derived Ethernet address, and says its length; `out` has
/// neighbour_answer_max bytes.
size_t write_answer(const NeighbourQuestion& question, uint8_t* out);

}  // namespace weft
