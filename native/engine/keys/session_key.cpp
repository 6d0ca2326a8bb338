#include "session_key.h"

#include <algorithm>
#include <utility>

namespace weft {

std::shared_ptr<SessionKey> SessionKey::make(CipherKind kind, CipherUse use, std::span<const uint8_t, secret_length> secret,
                                             std::span<const uint8_t, salt_length> salt, uint8_t id, unsigned workers,
                                             std::shared_ptr<KeyState> state) {
  std::optional<CipherKey> cipher = CipherKey::make(kind, use, secret, salt, workers);
  if (!cipher) return nullptr;
  if (state == nullptr) state = std::make_shared<KeyState>();
  return std::shared_ptr<SessionKey>(new SessionKey(std::move(*cipher), use, id, workers, std::move(state)));
}

SessionKey::SessionKey(CipherKey cipher, CipherUse use, uint8_t id, unsigned workers, std::shared_ptr<KeyState> state)
    : cipher_(std::move(cipher)), use_(use), id_(id), opened_(workers), state_(std::move(state)), credit_(state_->next.load()) {
  static std::atomic<uint64_t> last{0};
  serial_ = ++last;
}

// What is reserved behind the end stays reserved: the next one is behind the end too.
std::optional<uint64_t> SessionKey::reserve(uint32_t count) {
  uint64_t first = state_->next.fetch_add(count, std::memory_order_relaxed);
  if (first + count > sequences_per_key) return std::nullopt;
  return first;
}

uint64_t SessionKey::packets() const {
  uint64_t sum = std::min(state_->next.load(std::memory_order_relaxed), sequences_per_key);
  for (const Opened& worker : opened_) sum += worker.packets.load(std::memory_order_relaxed);
  return sum;
}

}  // namespace weft
