// Counters that outlive a process: what the next one finds of the one before, and what it makes of a file that is none.
#include <unistd.h>

#include <cstdio>

#include "check.h"
#include "counters_file.h"

namespace weft::test {

namespace {

/// A path of this test's own; what is there is gone at the end.
struct Path {
  std::string text = "/tmp/weft-counters-" + std::to_string(getpid());
  ~Path() {
    unlink(text.c_str());
    unlink((text + ".new").c_str());
  }
};

bool exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

}  // namespace

TEST("the next process finds what the one before had counted for each owner, though nobody said that it ends") {
  Path path;
  CountersFile first(path.text, 2);
  CHECK(first.former().ports.empty() && first.former().peers.empty());
  first.keep();
  first.worker(0).ports[3].out.add(100, 1000);
  first.begin_port(3);
  first.worker(0).ports[3].out.add(2, 20);
  first.worker(1).ports[3].out.add(3, 30);
  first.begin_peer(7);
  first.worker(1).drop_of_peer(WEFT_DROP_REPLAYED, 7, 4);
  CHECK(first.port(3).out.packets == 5 && first.port(3).out.bytes == 50);

  CountersFile second(path.text, 1);
  CHECK(second.former().ports.size() == 1 && second.former().peers.size() == 1);
  const OwnerTotals& port = second.former().ports[0];
  CHECK(port.slot == 3 && port.owner == first.port(3).owner && port.out.packets == 5 && port.out.bytes == 50);
  const OwnerTotals& peer = second.former().peers[0];
  CHECK(peer.owner == first.peer(7).owner && peer.drops == 4 && peer.drop_reasons[WEFT_DROP_REPLAYED] == 4);
  second.begin_port(3);
  CHECK(second.port(3).out.packets == 0 && second.port(3).owner > peer.owner);
}

TEST("a slot's next owner has a number of its own and has counted nothing") {
  CountersFile counters("", 1);
  counters.begin_port(0);
  uint64_t before = counters.port(0).owner;
  counters.worker(0).ports[0].in.add(1, 1);
  counters.begin_port(0);
  CHECK(counters.port(0).owner > before && counters.port(0).in.packets == 0);
}

TEST("a process that cannot begin leaves the file of the one before as it is") {
  Path path;
  CountersFile first(path.text, 1);
  first.keep();
  first.begin_port(1);
  first.worker(0).ports[1].out.add(9, 9);
  { CountersFile failed(path.text, 1); }
  CHECK(!exists(path.text + ".new"));
  CHECK(CountersFile(path.text, 1).former().ports.at(0).out.packets == 9);
}

TEST("a file that is cut, or is something else, says nothing and is replaced") {
  Path path;
  for (size_t size : {0u, 7u, 100u, 5000u}) {
    FILE* file = fopen(path.text.c_str(), "w");
    for (size_t at = 0; at < size; at++) fputc(static_cast<int>(at), file);
    fclose(file);
    CountersFile counters(path.text, 1);
    CHECK(counters.former().ports.empty());
    counters.keep();
    counters.begin_port(1);
    CHECK(CountersFile(path.text, 1).former().ports.size() == 1);
  }
  CountersFile first(path.text, 2);
  first.keep();
  CHECK(truncate(path.text.c_str(), 1 << 20) == 0);
  CHECK(CountersFile(path.text, 1).former().ports.empty());
}

TEST("where there can be no file, counters are in memory and work") {
  CountersFile counters("/nonexistent/directory/counters", 1);
  counters.keep();
  counters.begin_peer(0);
  counters.worker(0).peers[0].out.add(1, 2);
  CHECK(counters.peer(0).out.bytes == 2);
}

}  // namespace weft::test
