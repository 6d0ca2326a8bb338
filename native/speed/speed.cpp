// Prints what one packet costs in each step that reads or writes all of it: `make speed`.
//
// An addon of its own, because the engine's OpenSSL is the one inside Node, and no other tells its speed. Best of
// several runs, one core, everything in its cache: what is compared here is code, not memory.
#include <node_api.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "cipher.h"
#include "compression.h"
#include "crc32c.h"
#include "elision.h"
#include "replay_window.h"

namespace weft {

namespace {

constexpr size_t lengths[] = {100, 1400, 8900};
constexpr size_t headers = 52;  // of a segment: IPv4 and TCP with timestamps

template <typename Step>
void print(const char* name, size_t length, Step step) {
  constexpr int runs = 7, steps = 4000;
  double best_ns = 1e9;
  for (int run = 0; run < runs; run++) {
    auto begin = std::chrono::steady_clock::now();
    for (int at = 0; at < steps; at++) step();
    double ns = std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
    best_ns = std::min(best_ns, ns / steps);
  }
  std::printf("%-36s %6zu bytes %7.0f ns %7.2f GB/s\n", name, length, best_ns, static_cast<double>(length) / best_ns);
}

void must(bool holds) {
  if (!holds) std::abort();
}

/// Text of a few dozen words, which packs to about a third.
std::vector<uint8_t> text(size_t length) {
  std::vector<uint8_t> out;
  for (uint32_t word = 1; out.size() < length + 8; word = word * 1103515245 + 12345) {
    for (uint32_t at = 0; at < 3 + (word >> 16) % 6; at++) out.push_back(static_cast<uint8_t>('a' + (word >> 16) % 48 * (at + 3) % 26));
    out.push_back(' ');
  }
  out.resize(length);
  return out;
}

void ciphers(const char* name, CipherKind kind) {
  const uint8_t secret[secret_length] = {1}, salt[salt_length] = {2}, aad[20] = {3};
  auto sealing = CipherKey::make(kind, CipherUse::seal, secret, salt, 1);
  auto opening = CipherKey::make(kind, CipherUse::open, secret, salt, 1);
  must(sealing && opening);
  for (size_t length : lengths) {
    std::vector<uint8_t> plain(length), out(length + tag_length), copy(out.size());
    uint64_t sequence = 0;
    std::string what = std::string(name) + " seal";
    print(what.c_str(), length, [&] { must(sealing->seal(0, sequence++, aad, plain, {}, out)); });
    View head = View(plain).first(headers), tail = View(plain).subspan(headers);
    print((what + ", two pieces").c_str(), length, [&] { must(sealing->seal(0, sequence++, aad, head, tail, out)); });
    must(sealing->seal(0, sequence, aad, plain, {}, out));
    auto open = [&](uint64_t as) {
      std::copy(out.begin(), out.end(), copy.begin());
      return opening->open(0, as, aad, copy);
    };
    print((std::string(name) + " open").c_str(), length, [&] { must(open(sequence)); });
    print((std::string(name) + " open, refused").c_str(), length, [&] { must(!open(sequence + 1)); });
  }
}

void compressions(const char* name, Compression method) {
  Compressor compressor;
  for (size_t length : lengths) {
    std::vector<uint8_t> plain = text(length), noise(length), out(length), back(unpacked_max);
    uint32_t state = 1;
    for (uint8_t& byte : noise) byte = static_cast<uint8_t>((state = state * 1664525 + 1013904223) >> 24);
    size_t packed = 0;
    View head = View(plain).first(headers), tail = View(plain).subspan(headers);
    print((std::string(name) + " pack").c_str(), length, [&] { packed = compressor.pack(method, head, tail, out); });
    print((std::string(name) + " pack noise").c_str(), length, [&] { must(compressor.pack(method, noise, {}, back) == 0); });
    packed = compressor.pack(method, head, tail, out);
    std::string unpack = std::string(name) + " unpack from " + std::to_string(packed);
    if (packed > 0) print(unpack.c_str(), length, [&] { must(compressor.unpack(method, View(out).first(packed), back) == length); });
  }
}

void headers_and_sums() {
  std::vector<uint8_t> packet(1400), elided(elided_header_max);
  packet[0] = 0x45;
  store16(&packet[2], 1400);
  store16(&packet[10], 0xb587);
  must(elidable_header(packet, packet.size()) == ipv4_header);
  print("elide", packet.size(), [&] {
    size_t header = elidable_header(View(packet).first(headers), packet.size());
    elide(View(packet).first(header), elided.data());
  });
  Bytes rebuilt;
  print("rebuild", packet.size(), [&] {
    packet[9] = 0;  // where the elided DF byte lies
    must(rebuild(false, Bytes(packet).subspan(rebuild_room), rebuilt) == InnerFault::none);
  });
  for (size_t length : {size_t{100}, size_t{1400}}) {
    std::vector<uint8_t> tcp(length);
    tcp[0] = 0x45;
    tcp[9] = protocol_tcp;
    tcp[32] = 0x50;
    store16(&tcp[2], static_cast<uint16_t>(length));
    Inner inner;
    print("inner headers", length, [&] { must(parse_inner(tcp, inner) == InnerFault::none); });
    print("is the checksum partial?", length, [&] { must(!checksum_is_partial(tcp, inner)); });
  }
  ReplayWindow window;
  uint64_t sequence = 0;
  print("replay window", packet.size(), [&] { must(window.take(sequence++)); });
  uint32_t crc = crc32c_begin;
  for (size_t length : lengths) {
    std::vector<uint8_t> bytes(length);
    print("crc32c", length, [&] { crc = crc32c_add(crc, bytes); });
  }
  std::printf("%s", crc == 1 ? "\n" : "");  // so that no sum is left out
}

void all() {
  ciphers("aes-256-gcm", CipherKind::aes_256_gcm);
  ciphers("chacha20-poly1305", CipherKind::chacha20_poly1305);
  compressions("lz4", Compression::lz4);
  compressions("zstd", Compression::zstd);
  headers_and_sums();
}

}  // namespace

}  // namespace weft

NAPI_MODULE_INIT() {
  static_cast<void>(env);
  weft::all();
  return exports;
}
