// Seals and opens payloads with a key of one direction (AES-256-GCM, ChaCha20-Poly1305).
//
// The ciphers are those of the OpenSSL inside Node: several times faster than Debian's, and the addon needs no
// library of its own for them. Everything that depends on the key alone is done when the key is made, so that a
// packet costs a nonce, the encryption, and the tag.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "bytes.h"

struct evp_cipher_ctx_st;  // OpenSSL's EVP_CIPHER_CTX

namespace weft {

enum class CipherKind : uint8_t { aes_256_gcm, chacha20_poly1305 };

constexpr size_t secret_length = 32, salt_length = 4, tag_length = 16;
/// A key seals at most as many packets: sequences from 0 to this - 1.
constexpr uint64_t sequences_per_key = 1ull << 45;

/// A key does one of the two, never both: what would have two senders would have two packets with one nonce.
enum class CipherUse : uint8_t { seal, open };

class CipherKey {
 public:
  /// Nothing when this OpenSSL lacks the cipher or has no memory. Secret and salt are copied; the copies are wiped
  /// with the key.
  static std::optional<CipherKey> make(CipherKind kind, CipherUse use, std::span<const uint8_t, secret_length> secret,
                                       std::span<const uint8_t, salt_length> salt, unsigned workers);
  CipherKey(CipherKey&& other) noexcept;
  CipherKey& operator=(CipherKey&& other) noexcept;
  ~CipherKey();

  /// Encrypts head and tail, one after the other, to `out`, with the tag behind: `out` has tag_length bytes more
  /// than both. Either may be empty. `out` is other memory than head and tail, or begins where one of them does and
  /// the other is empty. False only when OpenSSL fails, which only a bug can make happen; `out` is then not for
  /// sending. One thread per worker number at a time; a sequence is never sealed twice.
  bool seal(unsigned worker, uint64_t sequence, View aad, View head, View tail, Bytes out) const;

  /// `sealed` is payload and tag; on true its bytes before the tag are the payload. On false it is as it was, so
  /// that another key can be tried.
  bool open(unsigned worker, uint64_t sequence, View aad, Bytes sealed) const;

 private:
  struct FreeContext {
    void operator()(evp_cipher_ctx_st* context) const;
  };
  using Context = std::unique_ptr<evp_cipher_ctx_st, FreeContext>;
  using Nonce = std::array<uint8_t, 12>;

  CipherKey() = default;
  Nonce nonce_of(uint64_t sequence) const;

  std::vector<Context> contexts_;  // by worker
  std::array<uint8_t, salt_length> salt_{};
};

}  // namespace weft
