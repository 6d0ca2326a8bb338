// Sealing and opening against published answers, and against every way of changing a sealed packet.
#include <algorithm>
#include <thread>

#include "cipher.h"
#include "json.h"
#include "packets.h"

namespace weft::test {

namespace {

constexpr CipherKind kinds[] = {CipherKind::aes_256_gcm, CipherKind::chacha20_poly1305};

CipherKey key_of(CipherKind kind, CipherUse use, const Packet& secret, const Packet& salt, unsigned workers = 1) {
  auto key = CipherKey::make(kind, use, std::span<const uint8_t, secret_length>(secret),
                             std::span<const uint8_t, salt_length>(salt), workers);
  CHECK(key.has_value());
  return std::move(*key);
}

struct Answer {
  CipherKind kind;
  const char *secret, *nonce, *aad, *plain, *sealed;
};

// McGrew and Viega, "The Galois/Counter Mode of Operation", test case 16; RFC 8439, 2.8.2.
const Answer answers[] = {
    {CipherKind::aes_256_gcm, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
     "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"},
    {CipherKind::chacha20_poly1305, "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
     "070000004041424344454647", "50515253c0c1c2c3c4c5c6c7",
     "4c616469657320616e642047656e746c656d656e206f662074686520636c6173"
     "73206f66202739393a204966204920636f756c64206f6666657220796f75206f"
     "6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73"
     "637265656e20776f756c642062652069742e",
     "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
     "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
     "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
     "3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691"},
};

struct Pair {
  CipherKey sealing, opening;
};

Pair pair_of(CipherKind kind, Random& random, unsigned workers = 1) {
  Packet secret = random.bytes(secret_length), salt = random.bytes(salt_length);
  return {key_of(kind, CipherUse::seal, secret, salt, workers), key_of(kind, CipherUse::open, secret, salt, workers)};
}

Packet sealed_by(const CipherKey& key, uint64_t sequence, View aad, View head, View tail, unsigned worker = 0) {
  Packet out(head.size() + tail.size() + tag_length);
  CHECK(key.seal(worker, sequence, aad, head, tail, out));
  return out;
}

}  // namespace

TEST("both ciphers give the published answers") {
  for (const Answer& answer : answers) {
    Packet nonce = from_hex(answer.nonce), aad = from_hex(answer.aad), plain = from_hex(answer.plain);
    Packet secret = from_hex(answer.secret), salt(nonce.begin(), nonce.begin() + salt_length);
    uint64_t sequence = load64(&nonce[salt_length]);
    Packet sealed = sealed_by(key_of(answer.kind, CipherUse::seal, secret, salt), sequence, aad, plain, {});
    CHECK(sealed == from_hex(answer.sealed));
    CHECK(key_of(answer.kind, CipherUse::open, secret, salt).open(0, sequence, aad, sealed));
    CHECK(std::equal(plain.begin(), plain.end(), sealed.begin()));
  }
}

TEST("what is sealed from two pieces is what is sealed from one, wherever it is cut") {
  Random random(31);
  for (CipherKind kind : kinds) {
    Pair keys = pair_of(kind, random);
    Packet aad = random.bytes(20);
    for (size_t length : {0, 1, 15, 16, 17, 100, 1400}) {
      Packet plain = random.bytes(length);
      Packet whole = sealed_by(keys.sealing, length, aad, plain, {});
      for (size_t cut = 0; cut <= length; cut += 1 + length / 50) {
        CHECK(sealed_by(keys.sealing, length, aad, View(plain).first(cut), View(plain).subspan(cut)) == whole);
      }
      CHECK(keys.opening.open(0, length, aad, whole));
      CHECK(std::equal(plain.begin(), plain.end(), whole.begin()));
    }
  }
}

TEST("a payload is sealed where it lies when it is one piece") {
  Random random(32);
  for (CipherKind kind : kinds) {
    Pair keys = pair_of(kind, random);
    Packet aad = random.bytes(20), plain = random.bytes(777), buffer = plain;
    buffer.resize(plain.size() + tag_length);
    CHECK(keys.sealing.seal(0, 5, aad, {}, View(buffer).first(plain.size()), buffer));
    CHECK(buffer == sealed_by(keys.sealing, 5, aad, plain, {}));
  }
}

TEST("a packet with any bit changed is not opened, and is as it was") {
  Random random(33);
  for (CipherKind kind : kinds) {
    Pair keys = pair_of(kind, random);
    Packet aad = random.bytes(20), plain = random.bytes(70);
    Packet sealed = sealed_by(keys.sealing, 9, aad, plain, {});
    for (size_t bit = 0; bit < sealed.size() * 8; bit++) {
      Packet changed = sealed;
      changed[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
      Packet before = changed;
      CHECK(!keys.opening.open(0, 9, aad, changed));
      CHECK(changed == before);
    }
    for (size_t bit = 0; bit < aad.size() * 8; bit++) {
      Packet changed = aad;
      changed[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
      CHECK(!keys.opening.open(0, 9, changed, sealed));
    }
    CHECK(!keys.opening.open(0, 8, aad, sealed));
    CHECK(!pair_of(kind, random).opening.open(0, 9, aad, sealed));
    CHECK(keys.opening.open(0, 9, aad, sealed));  // after all that
    CHECK(std::equal(plain.begin(), plain.end(), sealed.begin()));
  }
}

TEST("a packet cut at any byte is not opened") {
  Random random(34);
  for (CipherKind kind : kinds) {
    Pair keys = pair_of(kind, random);
    Packet aad = random.bytes(20), sealed = sealed_by(keys.sealing, 1, aad, random.bytes(40), {});
    for (size_t length = 0; length < sealed.size(); length++) {
      Packet cut(sealed.begin(), sealed.begin() + static_cast<ptrdiff_t>(length));
      CHECK(!keys.opening.open(0, 1, aad, cut));
    }
  }
}

TEST("workers seal and open at the same time with one key") {
  Random random(35);
  for (CipherKind kind : kinds) {
    Pair keys = pair_of(kind, random, 3);
    Packet aad = random.bytes(20), plain = random.bytes(500);
    int opened[3] = {};
    auto work = [&](unsigned worker) {
      for (uint64_t round = 0; round < 300; round++) {
        Packet out(plain.size() + tag_length);
        bool whole = keys.sealing.seal(worker, round * 3 + worker, aad, View(plain).first(52), View(plain).subspan(52), out) &&
                     keys.opening.open(worker, round * 3 + worker, aad, out);
        if (whole && std::equal(plain.begin(), plain.end(), out.begin())) opened[worker]++;
      }
    };
    std::thread first(work, 0), second(work, 1), third(work, 2);
    first.join();
    second.join();
    third.join();
    CHECK(opened[0] == 300 && opened[1] == 300 && opened[2] == 300);
  }
}

TEST("a key that was moved still opens, also over another one") {
  Random random(36);
  Pair first = pair_of(CipherKind::aes_256_gcm, random), second = pair_of(CipherKind::chacha20_poly1305, random);
  Packet aad = random.bytes(20), sealed = sealed_by(first.sealing, 4, aad, random.bytes(30), {});
  CipherKey moved = std::move(second.opening);
  moved = std::move(first.opening);
  CHECK(moved.open(0, 4, aad, sealed));
}

}  // namespace weft::test
