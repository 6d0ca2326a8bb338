#include "key_states.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <map>
#include <mutex>
#include <vector>

#include "descriptor.h"

namespace weft {

namespace {

using Id = std::array<uint8_t, 16>;
enum RecordUse : uint64_t { record_free = 0, record_taken = 1 };

struct Record {
  std::atomic<uint64_t> use;  // the rest counts only when it is taken
  uint64_t owner;
  Id id;
  KeyState state;
};

/// Where what counts lies in a record, so that a build with another layout finds it. What a member means never changes
/// under one version.
struct Layout {
  uint32_t record_size, use, owner, id, next, window, window_size;

  bool operator==(const Layout&) const = default;
  bool is_sane() const;
};

struct Header {
  std::atomic<uint64_t> magic;  // written last: a file that is being made has none
  uint32_t version, capacity;
  Layout layout;
  std::atomic<uint32_t> high;  // records from here on were never taken
  std::atomic<uint64_t> generation;
};

constexpr uint64_t file_magic = 0x7374617465534b57;  // "WKSetats"
constexpr uint32_t file_version = 2, most_capacity = 1 << 20, most_record_size = 1 << 16;
constexpr size_t header_size = 4096;
static_assert(sizeof(Header) <= header_size && alignof(Record) == 64 && sizeof(Record) % 64 == 0);

constexpr Layout own_layout{sizeof(Record),
                            offsetof(Record, use),
                            offsetof(Record, owner),
                            offsetof(Record, id),
                            offsetof(Record, state) + offsetof(KeyState, next),
                            offsetof(Record, state) + offsetof(KeyState, window),
                            sizeof(ReplayWindow)};

bool Layout::is_sane() const {
  auto fits = [this](uint32_t at, size_t size) { return at % 8 == 0 && at <= record_size && size <= record_size - at; };
  return record_size <= most_record_size && record_size % 8 == 0 && fits(use, 8) && fits(owner, 8) && fits(id, sizeof(Id)) &&
         fits(next, 8) && fits(window, window_size) && window_size == sizeof(ReplayWindow);
}

/// The secret has all of its entropy in 32 bytes, so nothing of it can be found from this.
std::optional<Id> id_of(std::span<const uint8_t, secret_length> secret) {
  std::array<uint8_t, 32> digest;
  if (EVP_Digest(secret.data(), secret.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) return std::nullopt;
  Id id;
  std::copy_n(digest.begin(), id.size(), id.begin());
  return id;
}

size_t size_of(uint32_t capacity) { return header_size + size_t{capacity} * sizeof(Record); }

/// Only ours may be trusted, and nobody else is to have a hand in it.
Result<Descriptor> open_private(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return Failure{path + ": cannot be opened: " + errno_text(errno)};
  struct stat facts;
  if (fstat(file.get(), &facts) != 0) return Failure{path + ": " + errno_text(errno)};
  bool ours = S_ISREG(facts.st_mode) && facts.st_uid == geteuid() && facts.st_nlink == 1 && (facts.st_mode & 077) == 0;
  if (!ours) return Failure{path + ": is no file of this user's alone; remove it"};
  if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) return Failure{path + ": another process has it"};
  return file;
}

}  // namespace

namespace {
class Former;
}

struct KeyStates::File {
  Descriptor descriptor;
  Header* header = nullptr;
  size_t size = 0;
  std::map<Id, uint32_t> records;  // taken ones
  std::vector<uint32_t> free;      // below `high`
  // By record: keys that have it now. A worker may be the last to let go of a key, so this has a lock.
  std::mutex uses_lock;
  std::map<uint32_t, uint32_t> uses;

  ~File() {
    if (header != nullptr) munmap(header, size);
  }
  Record& at(uint32_t number) {
    return reinterpret_cast<Record*>(reinterpret_cast<uint8_t*>(header) + header_size)[number];
  }
  bool map(uint32_t capacity);
  bool take_over(const std::string& path, uint32_t capacity);
  bool copy(const Former& former, const std::string& path, uint32_t capacity);
  bool is_whole(uint32_t capacity) const;
  bool make_anew(uint32_t capacity);
  void read();
  std::optional<uint32_t> find(const Id& id) const;
  std::optional<uint32_t> take(const Id& id, uint64_t owner);
  bool reserve(uint32_t number);
  std::shared_ptr<KeyState> use(const std::shared_ptr<File>& self, uint32_t number);
};

bool KeyStates::File::map(uint32_t capacity) {
  size = size_of(capacity);
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor.get(), 0);
  if (memory == MAP_FAILED) return false;
  header = static_cast<Header*>(memory);
  return true;
}

bool KeyStates::File::is_whole(uint32_t capacity) const {
  return header->magic.load(std::memory_order_acquire) == file_magic && header->version == file_version &&
         header->layout == own_layout && header->capacity == capacity && header->high <= capacity &&
         header->generation != 0;
}

// Who is killed in here leaves a file without a magic number.
bool KeyStates::File::make_anew(uint32_t capacity) {
  header->magic.store(0, std::memory_order_release);
  uint64_t generation = 0;
  while (generation == 0) {
    if (getrandom(&generation, sizeof generation, 0) != sizeof generation) return false;
  }
  header->version = file_version;
  header->layout = own_layout;
  header->capacity = capacity;
  header->high.store(0, std::memory_order_relaxed);
  header->generation.store(generation, std::memory_order_relaxed);
  header->magic.store(file_magic, std::memory_order_release);
  return true;
}

void KeyStates::File::read() {
  for (uint32_t number = 0; number < header->high; number++) {
    Record& record = at(number);
    // Of equal ones, which nobody makes, the first counts and the other is never used again.
    if (record.use.load(std::memory_order_acquire) == record_taken) records.emplace(record.id, number);
    else free.push_back(number);
  }
}

std::optional<uint32_t> KeyStates::File::find(const Id& id) const {
  auto known = records.find(id);
  return known == records.end() ? std::nullopt : std::optional(known->second);
}

// Memory that is there: a page that cannot be had when it is first written to would end the process.
bool KeyStates::File::reserve(uint32_t number) {
  off_t from = static_cast<off_t>(header_size + number * sizeof(Record));
  if (fallocate(descriptor.get(), 0, from, sizeof(Record)) == 0) return true;
  return errno == EOPNOTSUPP;  // ramfs, which has no bound
}

// In this order: a record that is taken is whole, and whoever is killed before that has taken none.
std::optional<uint32_t> KeyStates::File::take(const Id& id, uint64_t owner) {
  uint32_t number = free.empty() ? header->high.load() : free.back();
  if (number >= header->capacity || !reserve(number)) return std::nullopt;
  Record& record = at(number);
  record.use.store(record_free, std::memory_order_release);
  record.owner = owner;
  record.id = id;
  record.state.next.store(0, std::memory_order_relaxed);
  record.state.window.clear();
  if (!free.empty()) free.pop_back();
  else header->high.store(number + 1, std::memory_order_release);
  record.use.store(record_taken, std::memory_order_release);
  records.emplace(id, number);
  return number;
}

// The file stays mapped as long as any key uses it.
std::shared_ptr<KeyState> KeyStates::File::use(const std::shared_ptr<File>& self, uint32_t number) {
  std::lock_guard lock(uses_lock);
  uses[number]++;
  return std::shared_ptr<KeyState>(&at(number).state, [file = self, number](KeyState*) {
    std::lock_guard again(file->uses_lock);
    if (--file->uses[number] == 0) file->uses.erase(number);
  });
}

namespace {

/// A whole file of another layout, as it is. Of no version but this one, whose members mean what they do here.
class Former {
 public:
  explicit Former(int fd) {
    struct stat facts;
    if (fstat(fd, &facts) != 0 || static_cast<size_t>(facts.st_size) < header_size) return;
    size_ = static_cast<size_t>(facts.st_size);
    void* memory = mmap(nullptr, size_, PROT_READ, MAP_SHARED, fd, 0);
    if (memory != MAP_FAILED) bytes_ = static_cast<const uint8_t*>(memory);
  }
  ~Former() {
    if (bytes_ != nullptr) munmap(const_cast<uint8_t*>(bytes_), size_);
  }
  Former(const Former&) = delete;
  Former& operator=(const Former&) = delete;

  bool is_whole() const {
    return bytes_ != nullptr && header().magic.load(std::memory_order_acquire) == file_magic && header().version == file_version &&
           header().layout.is_sane() && header().capacity <= most_capacity && header().high <= header().capacity &&
           header().generation != 0 && size_ == header_size + size_t{header().capacity} * header().layout.record_size;
  }
  const Header& header() const { return *reinterpret_cast<const Header*>(bytes_); }
  /// Calls `each` with the place of every record that is taken; false as soon as it does.
  template <typename Each>
  bool every_taken(const Each& each) const {
    for (uint32_t number = 0; number < header().high; number++) {
      const uint8_t* record = bytes_ + header_size + size_t{number} * header().layout.record_size;
      uint64_t use;
      memcpy(&use, record + header().layout.use, sizeof use);
      if (use == record_taken && !each(record)) return false;
    }
    return true;
  }

 private:
  const uint8_t* bytes_ = nullptr;
  size_t size_ = 0;
};

Result<Descriptor> open_sized(const std::string& path, uint32_t capacity) {
  Result<Descriptor> file = open_private(path);
  if (!file) return file;
  struct stat facts;
  off_t size = static_cast<off_t>(size_of(capacity));
  bool right_size = fstat(file->get(), &facts) == 0 && facts.st_size == size;
  if (!right_size && (ftruncate(file->get(), 0) != 0 || ftruncate(file->get(), size) != 0)) {
    return Failure{path + ": cannot be made as long as it has to be: " + errno_text(errno)};
  }
  if (fallocate(file->get(), 0, 0, header_size) != 0 && errno != EOPNOTSUPP) {
    return Failure{path + ": there is no room for it: " + errno_text(errno)};
  }
  return file;
}

}  // namespace

// What an agent of another layout has left is written anew in ours and put in its place, whole or not at all: keys go on
// through an upgrade, and back. The file that is there stays locked until then.
bool KeyStates::File::take_over(const std::string& path, uint32_t capacity) {
  Result<Descriptor> there = open_private(path);
  if (!there) return false;
  Former former(there->get());
  if (!former.is_whole() || (former.header().layout == own_layout && former.header().capacity == capacity)) return false;
  std::string beside = path + ".new";
  unlink(beside.c_str());
  bool done = copy(former, beside, capacity) && rename(beside.c_str(), path.c_str()) == 0;
  if (!done) unlink(beside.c_str());
  return done;
}

bool KeyStates::File::copy(const Former& former, const std::string& path, uint32_t capacity) {
  Result<Descriptor> made = open_sized(path, capacity);
  if (!made) return false;
  descriptor = std::move(*made);
  if (!map(capacity) || !make_anew(capacity)) return false;
  const Layout& from = former.header().layout;
  bool all = former.every_taken([&](const uint8_t* record) {
    Id id;
    uint64_t owner;
    memcpy(id.data(), record + from.id, sizeof id);
    memcpy(&owner, record + from.owner, sizeof owner);
    std::optional<uint32_t> number = take(id, owner);
    if (!number) return false;
    memcpy(static_cast<void*>(&at(*number).state.next), record + from.next, sizeof(uint64_t));
    memcpy(static_cast<void*>(&at(*number).state.window), record + from.window, from.window_size);
    return true;
  });
  header->generation.store(former.header().generation.load(), std::memory_order_release);
  return all;
}

Result<std::unique_ptr<KeyStates>> KeyStates::open(const std::string& path, uint32_t capacity) {
  auto taken_over = std::make_shared<File>();
  if (taken_over->take_over(path, capacity)) return std::unique_ptr<KeyStates>(new KeyStates(std::move(taken_over)));
  auto file = std::make_shared<File>();
  Result<Descriptor> opened = open_sized(path, capacity);
  if (!opened) return Failure{opened.why()};
  file->descriptor = std::move(*opened);
  if (!file->map(capacity)) return Failure{path + ": cannot be mapped: " + errno_text(errno)};
  if (!file->is_whole(capacity) && !file->make_anew(capacity)) return Failure{path + ": there are no random numbers"};
  file->read();
  return std::unique_ptr<KeyStates>(new KeyStates(std::move(file)));
}

KeyStates::KeyStates(std::shared_ptr<File> file) : file_(std::move(file)) {}
// What is mapped keeps the file open, and with it the lock.
KeyStates::~KeyStates() { flock(file_->descriptor.get(), LOCK_UN); }

uint64_t KeyStates::generation() const { return file_->header->generation.load(std::memory_order_relaxed); }

uint32_t KeyStates::used() const { return static_cast<uint32_t>(file_->records.size()); }

std::shared_ptr<KeyState> KeyStates::find(std::span<const uint8_t, secret_length> secret, uint64_t owner) {
  std::optional<Id> id = id_of(secret);
  std::optional<uint32_t> number = id ? file_->find(*id) : std::nullopt;
  if (id && !number) number = file_->take(*id, owner);
  if (!number) {
    // Before the key is used: the next process must not take it for one that was never used.
    file_->header->generation.store(0, std::memory_order_seq_cst);
    return nullptr;
  }
  return file_->use(file_, *number);
}

void KeyStates::keep(std::span<const uint64_t> owners) {
  std::lock_guard lock(file_->uses_lock);
  std::erase_if(file_->records, [&](const auto& entry) {
    Record& record = file_->at(entry.second);
    bool kept = std::find(owners.begin(), owners.end(), record.owner) != owners.end();
    if (kept || file_->uses.contains(entry.second)) return false;
    record.use.store(record_free, std::memory_order_release);
    file_->free.push_back(entry.second);
    return true;
  });
}

}  // namespace weft
