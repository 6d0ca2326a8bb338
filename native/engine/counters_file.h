// Where workers count, so that a process which is killed at any instant is followed by one that knows what it carried.
//
// A file on a tmpfs: workers write to its pages as to any memory. In front of their counters stands whose the slots are:
// an owner gets a number that no other has, and what the slot had counted for owners before.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "counters.h"

namespace weft {

struct Traffic {
  uint64_t packets = 0, bytes = 0;
};

struct OwnerTotals {
  uint32_t slot = 0;
  uint64_t owner = 0;  // of all ports and peers, in every process, this one
  Traffic out, in;
  uint64_t drops = 0;
  std::array<uint64_t, WEFT_DROP_COUNT> drop_reasons{};  // of a peer, as what follows
  uint64_t stalls = 0, unanswered_stalls = 0;
};

/// What owners of a former process had counted.
struct FormerTotals {
  std::vector<OwnerTotals> ports, peers;
};

class CountersFile {
 public:
  /// Reads a former process's file, whose place it takes by `keep`. An empty path, or one where no file can be had: in
  /// memory, which ends with the process.
  CountersFile(const std::string& path, unsigned workers);
  ~CountersFile();
  CountersFile(const CountersFile&) = delete;
  CountersFile& operator=(const CountersFile&) = delete;

  void keep();
  WorkerCounters& worker(unsigned number) { return workers()[number]; }
  /// From now on the slot is another owner's, who has counted nothing.
  void begin_port(uint32_t port);
  void begin_peer(uint32_t peer);
  OwnerTotals port(uint32_t port) const;
  OwnerTotals peer(uint32_t peer) const;
  const FormerTotals& former() const { return former_; }

 private:
  struct Book;
  void read_former(const std::string& path);
  WorkerCounters* workers() const;
  uint64_t next_owner();

  std::string path_;  // empty: in memory, or kept
  unsigned count_;
  size_t size_;
  Book* book_ = nullptr;
  uint64_t last_owner_ = 0;
  FormerTotals former_;
};

}  // namespace weft
