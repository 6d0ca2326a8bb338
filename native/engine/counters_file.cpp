#include "counters_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "descriptor.h"
#include "trace.h"

namespace weft {

/// All zeros, a slot's owner is nobody. `size` says by itself whether another build's layout is the same.
struct CountersFile::Book {
  uint64_t magic, size, workers;
  OwnerTotals ports[max_ports];  // of slots when their owner began: what counts from then on is the owner's
  OwnerTotals peers[max_peers];
};

namespace {

constexpr uint64_t magic = 0x7765667463743031;  // weftct01
constexpr size_t page = 4096;
constexpr const char* unfinished = ".new";

constexpr size_t whole_pages(size_t bytes) { return (bytes + page - 1) / page * page; }

uint64_t value(const Counter& counter) { return counter.load(std::memory_order_relaxed); }

void add(Traffic& to, const TrafficCounter& from) {
  to.packets += value(from.packets);
  to.bytes += value(from.bytes);
}

void add(OwnerTotals& to, const OwnerCounters& from) {
  add(to.out, from.out);
  add(to.in, from.in);
  to.drops += value(from.drops);
}

void subtract(Traffic& from, const Traffic& baseline) {
  from.packets -= baseline.packets;
  from.bytes -= baseline.bytes;
}

OwnerTotals since(OwnerTotals sum, const OwnerTotals& baseline, uint32_t slot) {
  sum.slot = slot;
  sum.owner = baseline.owner;
  subtract(sum.out, baseline.out);
  subtract(sum.in, baseline.in);
  sum.drops -= baseline.drops;
  for (size_t reason = 0; reason < WEFT_DROP_COUNT; reason++) sum.drop_reasons[reason] -= baseline.drop_reasons[reason];
  sum.stalls -= baseline.stalls;
  sum.unanswered_stalls -= baseline.unanswered_stalls;
  return sum;
}

OwnerTotals raw_port(const WorkerCounters* workers, unsigned count, uint32_t port) {
  OwnerTotals sum;
  for (unsigned number = 0; number < count; number++) add(sum, workers[number].ports[port]);
  return sum;
}

OwnerTotals raw_peer(const WorkerCounters* workers, unsigned count, uint32_t peer) {
  OwnerTotals sum;
  for (unsigned number = 0; number < count; number++) {
    const WorkerCounters& counters = workers[number];
    add(sum, counters.peers[peer]);
    for (size_t reason = 0; reason < WEFT_DROP_COUNT; reason++) sum.drop_reasons[reason] += value(counters.peer_drops[peer][reason]);
    sum.stalls += value(counters.stalls[peer].begun);
    sum.unanswered_stalls += value(counters.stalls[peer].unanswered);
  }
  return sum;
}

/// -1: there is none.
int make_file(const std::string& path, size_t size) {
  unlink(path.c_str());
  int fd = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd >= 0 && ftruncate(fd, static_cast<off_t>(size)) == 0) return fd;
  if (fd >= 0) close(fd);
  return -1;
}

}  // namespace

WorkerCounters* CountersFile::workers() const {
  return reinterpret_cast<WorkerCounters*>(reinterpret_cast<char*>(book_) + whole_pages(sizeof(Book)));
}

// Most of these pages are never touched, so they come from the kernel as zeros and cost nothing until then.
CountersFile::CountersFile(const std::string& path, unsigned workers)
    : count_(workers), size_(whole_pages(sizeof(Book)) + workers * sizeof(WorkerCounters)) {
  if (!path.empty()) read_former(path);
  Descriptor file(path.empty() ? -1 : make_file(path + unfinished, size_));
  if (file) path_ = path;
  int flags = file ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS;
  void* memory = mmap(nullptr, size_, PROT_READ | PROT_WRITE, flags, file ? file.get() : -1, 0);
  if (memory == MAP_FAILED) std::abort();
  book_ = static_cast<Book*>(memory);
  book_->size = size_;
  book_->workers = workers;
  book_->magic = magic;
}

CountersFile::~CountersFile() {
  if (!path_.empty()) unlink((path_ + unfinished).c_str());
  munmap(book_, size_);
}

void CountersFile::keep() {
  if (!path_.empty()) rename((path_ + unfinished).c_str(), path_.c_str());
  path_.clear();
}

// Of another layout, or cut, it says nothing. Its process is gone: nobody writes to it.
void CountersFile::read_former(const std::string& path) {
  Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat status{};
  uint64_t head[3] = {};
  if (!file || fstat(file.get(), &status) != 0 || pread(file.get(), head, sizeof head, 0) != sizeof head) return;
  size_t size = static_cast<size_t>(status.st_size);
  bool is_ours = head[0] == magic && head[1] == size && head[2] <= 64 && size == whole_pages(sizeof(Book)) + head[2] * sizeof(WorkerCounters);
  if (!is_ours) return;
  void* memory = mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
  if (memory == MAP_FAILED) return;
  const Book& book = *static_cast<const Book*>(memory);
  auto* workers = reinterpret_cast<const WorkerCounters*>(static_cast<const char*>(memory) + whole_pages(sizeof(Book)));
  unsigned count = static_cast<unsigned>(head[2]);
  for (uint32_t port = 0; port < max_ports; port++) {
    if (book.ports[port].owner != 0) former_.ports.push_back(since(raw_port(workers, count, port), book.ports[port], port));
  }
  for (uint32_t peer = 0; peer < max_peers; peer++) {
    if (book.peers[peer].owner != 0) former_.peers.push_back(since(raw_peer(workers, count, peer), book.peers[peer], peer));
  }
  munmap(memory, size);
}

// Two processes never begin an owner in the same microsecond: the second one waits for the first one's lock.
uint64_t CountersFile::next_owner() {
  last_owner_ = std::max(last_owner_ + 1, unix_time_us());
  return last_owner_;
}

void CountersFile::begin_port(uint32_t port) {
  OwnerTotals baseline = raw_port(workers(), count_, port);
  book_->ports[port].owner = 0;
  baseline.owner = next_owner();
  book_->ports[port] = baseline;
}

void CountersFile::begin_peer(uint32_t peer) {
  OwnerTotals baseline = raw_peer(workers(), count_, peer);
  book_->peers[peer].owner = 0;
  baseline.owner = next_owner();
  book_->peers[peer] = baseline;
}

OwnerTotals CountersFile::port(uint32_t port) const { return since(raw_port(workers(), count_, port), book_->ports[port], port); }

OwnerTotals CountersFile::peer(uint32_t peer) const { return since(raw_peer(workers(), count_, peer), book_->peers[peer], peer); }

}  // namespace weft
