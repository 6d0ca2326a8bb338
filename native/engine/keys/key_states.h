// What must never begin anew while a key lives, in memory that outlives the process: a file that is mapped, with one
// record per key, which all workers use where it lies. Who is killed between any two instructions leaves it right,
// since what counts has happened in the record before a packet leaves or is taken.
//
//   | header, 4096 bytes | record 0 | record 1 | ...      a record: | owner, state 64 | next 64 | window 4096 |
//
// Nothing in it is secret: a record is found by a digest of its key. On a file system in memory it is gone with the
// machine's memory, and so must be all that its keys can be made from again: whoever keeps that notes the generation
// beside it, and throws it away when the generation is another one.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "cipher.h"
#include "replay_window.h"
#include "result.h"

namespace weft {

/// Used by all workers at the same time.
struct KeyState {
  alignas(64) std::atomic<uint64_t> next{0};  // of a key that seals: the first sequence that nobody has
  alignas(64) ReplayWindow window;            // of a key that opens: what has come
};
static_assert(std::atomic<uint64_t>::is_always_lock_free, "what is mapped twice has no lock");

/// All calls come from one thread; what `find` gives may be let go of by any.
class KeyStates {
 public:
  static constexpr uint32_t usual_capacity = 16'384;

  /// Takes up what is in the file, also of another layout or capacity; makes it anew when it is none, damaged, of another
  /// version, longer than what there is room for, or was left incomplete. Fails when it cannot be had, or when another
  /// process has it.
  static Result<std::unique_ptr<KeyStates>> open(const std::string& path, uint32_t capacity = usual_capacity);
  /// Lets go of the file for the next one; keys that are still there go on in what is mapped, and seal nothing more.
  ~KeyStates();

  /// Another number whenever the file was made anew; 0 since a key is without a record, which cannot be undone.
  uint64_t generation() const;
  /// The state of the key with this secret, as it was left, or a new one. Nothing when there is no room; from then on
  /// the file is incomplete. `owner`: the number of what the key can be made from again.
  std::shared_ptr<KeyState> find(std::span<const uint8_t, secret_length> secret, uint64_t owner);
  /// Gives the records of all other owners away, except those whose keys are still there. Only for owners from which
  /// no key can be made again: a key that came back would begin at its first sequence.
  void keep(std::span<const uint64_t> owners);
  uint32_t used() const;

 private:
  struct File;
  explicit KeyStates(std::shared_ptr<File> file);

  std::shared_ptr<File> file_;
};

}  // namespace weft
