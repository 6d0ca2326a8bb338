// States of keys over several lives of a process: what was reserved or taken stays so, whenever it was killed.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <set>
#include <thread>
#include <tuple>

#include "check.h"
#include "descriptor.h"
#include "key_states.h"
#include "session_key.h"

namespace weft::test {

namespace {

using Secret = std::array<uint8_t, secret_length>;

Secret secret_of(uint32_t owner, uint8_t number) {
  Secret secret{};
  secret[0] = number;
  for (int byte = 0; byte < 4; byte++) secret[static_cast<size_t>(1 + byte)] = static_cast<uint8_t>(owner >> 8 * byte);
  return secret;
}

/// A folder that goes with the test.
struct Folder {
  char name[32] = "/tmp/weft-key-states-XXXXXX";
  std::string path;

  Folder() : path(std::string(mkdtemp(name)) + "/states") {}
  ~Folder() {
    unlink(path.c_str());
    rmdir(name);
  }
};

std::unique_ptr<KeyStates> open_at(const Folder& folder, uint32_t capacity = 8) {
  Result<std::unique_ptr<KeyStates>> opened = KeyStates::open(folder.path, capacity);
  CHECK(static_cast<bool>(opened));
  return std::move(*opened);
}

void write_at(const Folder& folder, off_t offset, uint8_t value) {
  Descriptor file(::open(folder.path.c_str(), O_WRONLY));
  CHECK(pwrite(file.get(), &value, 1, offset) == 1);
}

}  // namespace

TEST("a key goes on where the process before left it, in the next one and in the one after it") {
  Folder folder;
  uint64_t generation = 0;
  for (uint64_t life = 0; life < 3; life++) {
    auto states = open_at(folder);
    CHECK(life == 0 || states->generation() == generation);
    generation = states->generation();
    auto sealed = states->find(secret_of(1, 0), 1), opened = states->find(secret_of(1, 1), 1);
    CHECK(sealed != opened && states->used() == 2);
    CHECK(sealed->next.fetch_add(5) == life * 5);
    for (uint64_t before = 0; before < life; before++) CHECK(!opened->window.take(before * 1000));
    CHECK(opened->window.take(life * 1000));
  }
  CHECK(generation != 0);
}

// A worker whose port waits for credit may be the last that has a key.
TEST("any thread may be the last that lets go of a key, while others come and records are given away") {
  Folder folder;
  constexpr uint32_t rounds = 2000;
  auto states = open_at(folder, 64);
  std::atomic<KeyState*> handed{nullptr};
  std::shared_ptr<KeyState> last;
  std::thread worker([&] {
    for (uint32_t round = 0; round < rounds; round++) {
      while (handed.load() == nullptr) std::this_thread::yield();
      std::shared_ptr<KeyState> mine = std::move(last);
      handed.store(nullptr);
      mine.reset();
    }
  });
  uint64_t owners[] = {1};
  for (uint32_t round = 0; round < rounds; round++) {
    last = states->find(secret_of(2, static_cast<uint8_t>(round % 8)), 2);
    handed.store(last.get());
    while (handed.load() != nullptr) std::this_thread::yield();
    auto kept = states->find(secret_of(1, static_cast<uint8_t>(round % 8)), 1);
    states->keep(owners);
  }
  worker.join();
  states->keep(owners);
  CHECK(states->used() == 8);
  CHECK(states->generation() != 0);
}

TEST("a key that is made twice in one process has one state") {
  Folder folder;
  auto states = open_at(folder);
  Secret secret = secret_of(1, 0);
  std::array<uint8_t, salt_length> salt{};
  auto make = [&] {
    return SessionKey::make(CipherKind::aes_256_gcm, CipherUse::seal, secret, salt, 3, 1, states->find(secret, 1));
  };
  auto first = make();
  CHECK(first->reserve(10).value() == 0);
  auto second = make();
  first.reset();
  CHECK(second->reserve(1).value() == 10 && second->packets() == 11);
}

TEST("a file that is damaged, cut, or of another layout is made anew, and its generation says so") {
  const std::pair<const char*, std::function<void(const Folder&)>> damages[] = {
      {"another magic number", [](const Folder& folder) { write_at(folder, 0, 1); }},
      {"another version", [](const Folder& folder) { write_at(folder, 8, 99); }},
      {"another size of a record", [](const Folder& folder) { write_at(folder, 16, 1); }},
      {"another capacity inside", [](const Folder& folder) { write_at(folder, 12, 9); }},
      {"more records than there are", [](const Folder& folder) { write_at(folder, 44, 200); }},
      {"a member that lies outside of its record", [](const Folder& folder) { write_at(folder, 34, 1); }},
      {"cut", [](const Folder& folder) { CHECK(truncate(folder.path.c_str(), 5000) == 0); }},
      {"longer", [](const Folder& folder) { CHECK(truncate(folder.path.c_str(), 1 << 20) == 0); }},
      {"empty", [](const Folder& folder) { CHECK(truncate(folder.path.c_str(), 0) == 0); }},
      {"gone", [](const Folder& folder) { CHECK(unlink(folder.path.c_str()) == 0); }},
  };
  for (const auto& [what, damage] : damages) {
    Folder folder;
    auto states = open_at(folder);
    uint64_t before = states->generation();
    states->find(secret_of(1, 0), 1)->next = 7;
    states.reset();
    damage(folder);
    states = open_at(folder);
    bool anew = states->generation() != before && states->generation() != 0 && states->used() == 0;
    if (!anew) fprintf(stderr, "%s\n", what);
    CHECK(anew);
    CHECK(states->find(secret_of(1, 0), 1)->next == 0);
  }
}

// As a build would leave it whose records have a member more in front.
void move_members(const Folder& folder, uint32_t capacity, uint32_t by) {
  constexpr size_t header_size = 4096, layout_at = 16, members = 6;
  std::vector<uint8_t> old(1 << 16), next;
  Descriptor file(::open(folder.path.c_str(), O_RDWR));
  old.resize(static_cast<size_t>(read(file.get(), old.data(), old.size())));
  next.assign(old.begin(), old.begin() + header_size);
  uint32_t layout[1 + members];  // the size of a record, and where each member lies; what follows is a size
  memcpy(layout, &old[layout_at], sizeof layout);
  uint32_t size = layout[0];
  layout[0] += by;
  for (size_t member = 1; member < members; member++) layout[member] += by;
  memcpy(&next[layout_at], layout, sizeof layout);
  for (size_t record = 0; record < capacity; record++) {
    next.insert(next.end(), by, 0xee);
    auto from = old.begin() + static_cast<ptrdiff_t>(header_size + record * size);
    next.insert(next.end(), from, from + size);
  }
  CHECK(pwrite(file.get(), next.data(), next.size(), 0) == static_cast<ssize_t>(next.size()));
}

TEST("keys go on in a file that a build with another layout left, and in one with room for more or fewer") {
  const std::pair<const char*, std::function<void(const Folder&)>> changes[] = {
      {"another layout", [](const Folder& folder) { move_members(folder, 8, 64); }},
      {"room for fewer", [](const Folder& folder) { open_at(folder, 3); }},
      {"room for more", [](const Folder& folder) { open_at(folder, 100); }},
  };
  for (const auto& [what, change] : changes) {
    Folder folder;
    auto states = open_at(folder);
    uint64_t generation = states->generation();
    states->find(secret_of(7, 0), 7)->next = 41;
    CHECK(states->find(secret_of(8, 1), 8)->window.take(500));
    states->find(secret_of(9, 2), 9);
    states.reset();
    change(folder);
    states = open_at(folder);
    bool right = states->generation() == generation && states->used() == 3;
    if (!right) fprintf(stderr, "%s\n", what);
    CHECK(right);
    CHECK(states->find(secret_of(7, 0), 7)->next == 41);
    CHECK(!states->find(secret_of(8, 1), 8)->window.take(500));
    CHECK(states->find(secret_of(8, 1), 8)->window.take(501));
    uint64_t owner = 9;
    states->keep({&owner, 1});
    states.reset();
    CHECK(open_at(folder)->used() == 1);
    CHECK(access((folder.path + ".new").c_str(), F_OK) != 0);
  }
}

TEST("a file with more keys than there is room for is made anew") {
  Folder folder;
  auto states = open_at(folder);
  uint64_t generation = states->generation();
  for (uint8_t number = 0; number < 4; number++) states->find(secret_of(1, number), 1);
  states.reset();
  states = open_at(folder, 3);
  CHECK(states->generation() != generation && states->used() == 0);
  CHECK(access((folder.path + ".new").c_str(), F_OK) != 0);
}

TEST("a full file refuses further keys, and the next process does not trust it") {
  Folder folder;
  auto states = open_at(folder, 2);
  uint64_t before = states->generation();
  auto first = states->find(secret_of(1, 0), 1), second = states->find(secret_of(1, 1), 1);
  CHECK(first != nullptr && second != nullptr && states->generation() == before);
  CHECK(states->find(secret_of(1, 2), 1) == nullptr && states->generation() == 0);
  CHECK(states->find(secret_of(1, 0), 1) == first);
  states.reset();
  states = open_at(folder, 2);
  CHECK(states->generation() != 0 && states->generation() != before && states->used() == 0);
}

TEST("records of owners that are over are given to other keys, which begin at zero") {
  Folder folder;
  auto states = open_at(folder, 3);
  for (uint8_t number = 0; number < 2; number++) {
    auto state = states->find(secret_of(1, number), 1);
    state->next = 100;
    CHECK(state->window.take(5));
  }
  auto held = states->find(secret_of(2, 0), 2);
  held->next = 200;
  states->keep(std::array{uint64_t{3}});
  // The held one is in use, whatever its owner is.
  CHECK(states->used() == 1 && states->find(secret_of(2, 0), 2) == held && held->next == 200);
  for (uint8_t number = 0; number < 2; number++) {
    auto state = states->find(secret_of(3, number), 3);
    CHECK(state != nullptr && state->next == 0 && state->window.take(5));
  }
  held.reset();
  states.reset();
  states = open_at(folder, 3);
  states->keep(std::array{uint64_t{2}, uint64_t{3}});
  CHECK(states->used() == 3 && states->find(secret_of(2, 0), 2)->next == 200);
  states->keep({});
  CHECK(states->used() == 0 && states->generation() != 0);
}

TEST("a file is one process's at a time, and nobody else's") {
  Folder folder;
  auto states = open_at(folder);
  auto why = [&] { return KeyStates::open(folder.path, 8).why(); };
  CHECK(why().ends_with("another process has it"));
  states.reset();
  CHECK(chmod(folder.path.c_str(), 0644) == 0);
  CHECK(why().ends_with("is no file of this user's alone; remove it"));
  CHECK(unlink(folder.path.c_str()) == 0 && symlink("/dev/null", folder.path.c_str()) == 0);
  CHECK(why().find("ELOOP") != std::string::npos);
}

namespace {

/// What a process did before it was killed, in memory that outlives it.
struct Diary {
  static constexpr size_t most = 1 << 18;
  struct Entry {
    uint32_t owner;
    uint8_t key, taken;
    uint64_t sequence;
  };
  std::atomic<size_t> count;
  Entry entries[most];

  void note(Entry entry) {
    size_t at = count.load(std::memory_order_relaxed);
    if (at == most) return;
    entries[at] = entry;
    count.store(at + 1, std::memory_order_release);
  }
};

/// Lives until it is killed: makes keys of this owner and of the one before, uses them, gives older ones away.
[[noreturn]] void live(const Folder& folder, uint32_t life, Diary& diary) {
  Random random(life);
  while (true) {
    Result<std::unique_ptr<KeyStates>> states = KeyStates::open(folder.path, 16);
    if (!states || (*states)->generation() == 0) _exit(1);
    (*states)->keep(std::array<uint64_t, 2>{life - 1, life});
    for (int turn = 0; turn < 200; turn++) {
      uint32_t owner = life - random.below(2);
      uint8_t key = static_cast<uint8_t>(random.below(4));
      auto state = (*states)->find(secret_of(owner, key), owner);
      if (state == nullptr) _exit(2);
      diary.note({owner, key, 0, state->next.fetch_add(1)});
      uint64_t sequence = random.below(4000);
      if (state->window.take(sequence)) diary.note({owner, key, 1, sequence});
    }
  }
}

}  // namespace

TEST("processes that are killed at any moment never use a sequence twice, nor take one twice") {
  Folder folder;
  void* memory = mmap(nullptr, sizeof(Diary), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  CHECK(memory != MAP_FAILED);
  Diary& diary = *new (memory) Diary;
  Random random(77);
  size_t lives_that_noted = 0;
  uint64_t generation = open_at(folder, 16)->generation();
  for (uint32_t life = 2; life < 60; life++) {
    size_t before = diary.count;
    pid_t child = fork();
    if (child == 0) live(folder, life, diary);
    usleep(random.below(3000));
    kill(child, SIGKILL);
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
    lives_that_noted += diary.count > before;
  }
  CHECK(open_at(folder, 16)->generation() == generation);
  std::set<std::tuple<uint32_t, uint8_t, uint8_t, uint64_t>> seen;
  for (size_t at = 0; at < diary.count; at++) {
    const Diary::Entry& entry = diary.entries[at];
    CHECK(seen.insert({entry.owner, entry.key, entry.taken, entry.sequence}).second);
  }
  CHECK(lives_that_noted > 20);
  munmap(memory, sizeof(Diary));
}

}  // namespace weft::test
