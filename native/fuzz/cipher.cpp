// Fuzzes opening and the replay window: no bytes that were not sealed open, those that were do, and no sequence is
// taken twice.
//
// Bytes: cipher (1), bit to flip (2), length of the additional data (1), then additional data and payload. The same
// bytes are also sequences, as steps forward or back.
#include <algorithm>
#include <memory>
#include <set>

#include "check.h"
#include "cipher.h"
#include "replay_window.h"

using namespace weft;

namespace {

CipherKey key_of(CipherKind kind, CipherUse use) {
  const uint8_t secret[secret_length] = {1, 2, 3}, salt[salt_length] = {4};
  auto key = CipherKey::make(kind, use, secret, salt, 1);
  CHECK(key.has_value());
  return std::move(*key);
}

struct Keys {
  CipherKey seal, open;
  explicit Keys(CipherKind kind) : seal(key_of(kind, CipherUse::seal)), open(key_of(kind, CipherUse::open)) {}
};

void seal_and_open(const Keys& keys, uint64_t sequence, uint16_t flip, View aad, View payload) {
  // Exact heap blocks, so that the interceptors of the sanitizer notice what they can of OpenSSL's writes.
  std::unique_ptr<uint8_t[]> exact(new uint8_t[payload.size() + tag_length]);
  Bytes sealed{exact.get(), payload.size() + tag_length};
  std::copy(payload.begin(), payload.end(), sealed.begin());
  std::vector<uint8_t> before(payload.begin(), payload.end());
  CHECK(!keys.open.open(0, sequence, aad, sealed.first(payload.size())));
  CHECK(std::equal(before.begin(), before.end(), sealed.begin()));
  size_t cut = payload.size() / 3;
  CHECK(keys.seal.seal(0, sequence, aad, payload.first(cut), payload.subspan(cut), sealed));
  sealed[flip / 8 % sealed.size()] ^= static_cast<uint8_t>(1 << flip % 8);
  CHECK(!keys.open.open(0, sequence, aad, sealed));
  sealed[flip / 8 % sealed.size()] ^= static_cast<uint8_t>(1 << flip % 8);
  CHECK(keys.open.open(0, sequence, aad, sealed));
  CHECK(std::equal(payload.begin(), payload.end(), sealed.begin()));
}

/// Every 4 bytes are one offer: a step of up to 2^15 back, or far ahead.
void replay(View steps) {
  ReplayWindow window;
  std::set<uint64_t> taken;
  uint64_t newest = 0;
  for (size_t at = 0; at + 4 <= steps.size(); at += 4) {
    uint32_t step = load32(&steps[at]);
    bool back = step % 2 != 0;
    uint64_t distance = back ? (step >> 1) % 32768 : (step >> 1) >> (step >> 27);
    uint64_t sequence = back ? newest - std::min(newest, distance) : newest + distance;
    bool must_take = !taken.contains(sequence) && sequence + ReplayWindow::least_width > newest;
    bool may_take = !taken.contains(sequence);
    bool took = window.take(sequence);
    CHECK(took ? may_take : !must_take);
    if (took) taken.insert(sequence);
    if (took) newest = std::max(newest, sequence);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t prefix = 4;
  if (size < prefix) return 0;
  static Keys &aes = *new Keys(CipherKind::aes_256_gcm), &chacha = *new Keys(CipherKind::chacha20_poly1305);
  View rest{data + prefix, size - prefix};
  size_t aad = std::min<size_t>(data[3], rest.size());
  seal_and_open((data[0] & 1) != 0 ? aes : chacha, size * 977, load16(data + 1), rest.first(aad), rest.subspan(aad));
  replay(rest);
  return 0;
}
