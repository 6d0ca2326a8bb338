// What is agreed with a peer: the encapsulations that its packets may have, which of them is sent, which are accepted,
// and the terms of single pairs of guests in place of the peer's own.
//
// Encapsulations are named by their index in the peer's list, sets of them are masks, so that a packet is compared
// with all of them at once.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "compression.h"
#include "format.h"
#include "key_table.h"

namespace weft {

constexpr uint32_t most_encapsulations = 32, most_pairs = 1024;
constexpr uint32_t max_keys = 1u << 20, no_key = ~0u;

struct Encapsulation {
  uint8_t format = WEFT_FORMAT_NONE;
  Compression compression = Compression::none;
  bool elision = false;
  bool flow_control = false;
  uint32_t key = no_key;  // slot of the key that its packets are sealed or opened with
};

/// The name of something that the encapsulation asks for and its format does not carry; nothing when it is whole.
const char* what_format_lacks(const Encapsulation& encapsulation);

/// An index into the peer's encapsulations, or one of these two.
using SendTerms = int32_t;
constexpr SendTerms undecided = -1;  // packets wait
constexpr SendTerms nothing = -2;    // decided: nothing may be sent

struct Terms {
  SendTerms send = undecided;
  uint32_t accept = 0;  // bit per encapsulation
};

/// Two guests of one network: the one here, the one on the peer's host.
struct Pair {
  uint32_t gni = 0;
  Address own, theirs;

  bool operator==(const Pair&) const = default;
};

/// Made once, then only read.
class PairTable {
 public:
  struct Entry {
    Pair pair;
    Terms terms;
  };

  PairTable() = default;
  /// Of equal pairs the last one counts.
  explicit PairTable(const std::vector<Entry>& entries);

  bool empty() const { return slots_.empty(); }
  /// Nothing for a pair without terms of its own.
  const Terms* find(const Pair& pair) const;

 private:
  static uint64_t hash_of_pair(const Pair& pair);

  std::vector<Entry> slots_;  // open addressing; free ones have network 0
};

/// How a packet came, in a form that outlives the peer's encapsulations.
struct Wrapping {
  uint8_t format = WEFT_FORMAT_NONE;
  uint8_t compression = 0;
  uint8_t elided = 0;
  uint64_t key_serial = 0;  // of the key that opened it
};

/// Which encapsulations of a peer have what a received packet shows.
struct Traits {
  std::array<uint32_t, WEFT_FORMAT_COUNT> format{};
  std::array<uint32_t, 3> compression{};     // by Compression; `none` fits all of them
  std::array<uint32_t, 2> elided{};          // an unelided packet fits all of them
  uint32_t flow_control = 0;

  Traits() = default;
  explicit Traits(const std::vector<Encapsulation>& encapsulations);
};

}  // namespace weft
