// A key of one direction of one pair of hosts, with what must never begin anew while it lives: the sequence of the
// packets that it seals, or the window of those that it has opened (`key_states.h`: where a restart finds them).
//
// Keys are made once and found through peers; all workers use them at the same time.
#pragma once

#include "cipher.h"
#include "counter.h"
#include "credit.h"
#include "key_states.h"

namespace weft {

class SessionKey {
 public:
  /// Nothing when the cipher cannot be had. Secret and salt are copied. `state`: of this key alone; without one it
  /// begins, and must never have been used.
  static std::shared_ptr<SessionKey> make(CipherKind kind, CipherUse use, std::span<const uint8_t, secret_length> secret,
                                          std::span<const uint8_t, salt_length> salt, uint8_t id, unsigned workers,
                                          std::shared_ptr<KeyState> state = nullptr);

  CipherUse use() const { return use_; }
  uint8_t id() const { return id_; }
  /// No two keys of this process have the same, and none has 0.
  uint64_t serial() const { return serial_; }

  /// The first of `count` sequences that nobody else gets; nothing when the key may not seal so many more packets.
  std::optional<uint64_t> reserve(uint32_t count);
  /// As CipherKey::seal.
  bool seal(unsigned worker, uint64_t sequence, View aad, View head, View tail, Bytes out) const {
    return cipher_.seal(worker, sequence, aad, head, tail, out);
  }
  /// As CipherKey::open.
  bool open(unsigned worker, uint64_t sequence, View aad, Bytes sealed) const {
    return cipher_.open(worker, sequence, aad, sealed);
  }
  /// Of a packet that was opened: false when one of this sequence has come before, or newer ones long ago.
  bool take(unsigned worker, uint64_t sequence) {
    if (!state_->window.take(sequence)) return false;
    bump(opened_[worker].packets);
    return true;
  }
  /// The first sequence that nobody has reserved yet.
  uint64_t next() const { return state_->next.load(std::memory_order_relaxed); }
  /// Of a key that seals, or of one that opens; for packets with flow control.
  Credit& credit() { return credit_; }
  Grants& grants() { return grants_; }
  /// Sealed since the key was first used, or opened by this process.
  uint64_t packets() const;

 private:
  struct alignas(64) Opened {
    Counter packets;
  };

  SessionKey(CipherKey cipher, CipherUse use, uint8_t id, unsigned workers, std::shared_ptr<KeyState> state);

  CipherKey cipher_;
  CipherUse use_;
  uint8_t id_;
  uint64_t serial_;
  std::vector<Opened> opened_;  // by worker
  std::shared_ptr<KeyState> state_;
  alignas(64) Credit credit_;
  Grants grants_;
};

}  // namespace weft
