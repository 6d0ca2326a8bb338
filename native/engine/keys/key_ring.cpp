#include "key_ring.h"

namespace weft {

std::shared_ptr<SessionKey> KeyRing::remove(uint32_t slot) {
  auto node = keys_.extract(slot);
  return node.empty() ? nullptr : std::move(node.mapped().key);
}

void KeyRing::count(const std::vector<Encapsulation>& encapsulations, int64_t by) {
  for (const Encapsulation& each : encapsulations) {
    if (each.key != no_key) keys_.at(each.key).uses += by;
  }
}

}  // namespace weft
