// Packing and unpacking: round trips, what does not pay, and input that was made to do harm.
#include <lz4.h>
#include <zstd.h>

#include <algorithm>

#include "compression.h"
#include "json.h"
#include "packets.h"

namespace weft::test {

namespace {

constexpr Compression methods[] = {Compression::lz4, Compression::zstd};

/// Words of a small vocabulary, so that short packets compress too.
Packet prose(Random& random, size_t length) {
  Packet out;
  while (out.size() < length) {
    uint32_t word = random.below(12);
    for (uint32_t at = 0; at < 3 + word % 7; at++) out.push_back(static_cast<uint8_t>('a' + (word * 7 + at * at) % 26));
    out.push_back(' ');
  }
  out.resize(length);
  return out;
}

Packet packed(Compressor& compressor, Compression method, const Packet& plain) {
  Packet out(plain.size());
  out.resize(compressor.pack(method, plain, {}, out));
  CHECK(!out.empty());
  return out;
}

std::optional<Packet> unpacked(Compressor& compressor, Compression method, View from, size_t room = unpacked_max) {
  // Exact heap blocks, so that a sanitizer notices a read or write outside.
  std::unique_ptr<uint8_t[]> exact(new uint8_t[from.size()]), to(new uint8_t[room]);
  std::copy(from.begin(), from.end(), exact.get());
  auto length = compressor.unpack(method, {exact.get(), from.size()}, {to.get(), room});
  if (!length) return std::nullopt;
  CHECK(*length <= room);
  return Packet(to.get(), to.get() + *length);
}

/// What the plain zstd library makes of the bytes, with parameters that the engine never takes.
Packet frame_of(View plain, int window_log, int content_size, int checksum) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, content_size);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, checksum);
  Packet out(ZSTD_compressBound(plain.size()));
  // Streamed without an announced size, so that the window is what was asked for.
  ZSTD_inBuffer in{plain.data(), plain.size(), 0};
  ZSTD_outBuffer to{out.data(), out.size(), 0};
  ZSTD_compressStream2(context, &to, &in, ZSTD_e_continue);
  CHECK(ZSTD_compressStream2(context, &to, &in, ZSTD_e_end) == 0);
  ZSTD_freeCCtx(context);
  out.resize(to.pos);
  return out;
}

}  // namespace

TEST("what is packed from two pieces of any length unpacks to both") {
  Random random(51);
  Compressor compressor;
  for (Compression method : methods) {
    for (size_t length : {300, 576, 1400, 1460, 8960, 30'000, 65'535}) {
      Packet plain = prose(random, length), out(length);
      for (size_t head : {size_t{0}, size_t{14}, size_t{52}, length}) {
        size_t size = compressor.pack(method, View(plain).first(head), View(plain).subspan(head), out);
        CHECK(size > 0 && size < length);
        CHECK(unpacked(compressor, method, View(out).first(size)) == plain);
      }
    }
  }
}

TEST("a packet packed after others unpacks alone, in another compressor") {
  Random random(52);
  for (Compression method : methods) {
    Compressor sender;
    for (int round = 0; round < 2000; round++) {
      Packet plain = prose(random, random.between(300, round % 100 == 0 ? 60'000 : 1500));
      Compressor* receiver = round % 50 == 0 ? new Compressor : &sender;
      CHECK(unpacked(*receiver, method, packed(sender, method, plain)) == plain);
      if (receiver != &sender) delete receiver;
    }
  }
}

TEST("what does not get shorter is not packed") {
  Random random(53);
  Compressor compressor;
  for (Compression method : methods) {
    for (size_t length : {0, 1, 2, 10, 100, 1400, 65'535}) {
      Packet noise = random.bytes(length), out(2 * length + 100);
      CHECK(compressor.pack(method, noise, {}, out) == 0);
    }
    Packet plain(1400, 'x'), little(3);
    CHECK(compressor.pack(method, plain, {}, little) == 0);
    CHECK(compressor.pack(method, plain, {}, {}) == 0);
    Packet huge(65'536, 'x'), out(65'536);
    CHECK(compressor.pack(method, huge, {}, out) == 0);
    CHECK(compressor.pack(method, View(huge).first(65'535), {}, out) > 0);
  }
  Packet plain(1400, 'x'), out(1400);
  CHECK(compressor.pack(Compression::none, plain, {}, out) == 0);
  CHECK(!compressor.unpack(Compression::none, plain, out).has_value());
}

TEST("what stays as long as it was is not packed") {
  Random random(57);
  Compressor compressor;
  for (Compression method : methods) {
    for (int round = 0; round < 3000; round++) {
      Packet plain = random.bytes(random.between(13, 80)), out(200);
      std::copy_n(plain.begin(), random.between(4, 6), plain.begin() + static_cast<ptrdiff_t>(6));
      CHECK(compressor.pack(method, plain, {}, out) < plain.size());
    }
  }
}

TEST("packing writes nothing behind its output, and unpacking needs exactly the room of what comes out") {
  Random random(54);
  Compressor compressor;
  for (Compression method : methods) {
    Packet plain = prose(random, 1400), whole = packed(compressor, method, plain);
    for (size_t room = 1; room <= plain.size(); room += 13) {
      Packet out(plain.size() + 64, 0xee);
      size_t size = compressor.pack(method, plain, {}, Bytes(out).first(room));
      CHECK(size <= room);
      CHECK(std::all_of(out.begin() + static_cast<ptrdiff_t>(room), out.end(), [](uint8_t byte) { return byte == 0xee; }));
    }
    for (size_t room = 0; room < plain.size(); room++) CHECK(!unpacked(compressor, method, whole, room));
    CHECK(unpacked(compressor, method, whole, plain.size()) == plain);
  }
}

TEST("packed bytes that are cut or changed never come out as what was packed longer, and harm nothing") {
  Random random(55);
  Compressor compressor;
  for (Compression method : methods) {
    Packet plain = prose(random, 600), whole = packed(compressor, method, plain);
    for (size_t length = 0; length < whole.size(); length++) {
      CHECK(unpacked(compressor, method, View(whole).first(length)) != plain);
    }
    for (int round = 0; round < 5000; round++) {
      Packet changed = whole;
      changed[random.below(static_cast<uint32_t>(changed.size()))] = static_cast<uint8_t>(random.next());
      unpacked(compressor, method, changed, random.chance(2) ? 600 : unpacked_max);
    }
    CHECK(unpacked(compressor, method, whole) == plain);  // after all that
  }
}

TEST("an LZ4 block that is not as its specification says is refused") {
  Compressor compressor;
  auto out = [&](const char* hex) { return unpacked(compressor, Compression::lz4, from_hex(hex)); };
  const char letters[] = "6162636465666768";
  auto with = [&](std::string front, std::string back) { return out((front + letters + back).c_str()); };
  CHECK(out("00") == Packet{});
  CHECK(out("20aabb") == from_hex("aabb"));
  CHECK(with("80", "") == from_hex(letters));
  CHECK(with("84", "0800506162636465")->size() == 8 + 8 + 5);             // 8 from 8 back, 5 literals
  CHECK(with("84", "0000506162636465") == std::nullopt);                  // from where nothing is yet
  CHECK(with("84", "0900506162636465") == std::nullopt);                  // from before the beginning
  CHECK(with("84", "08004061626364") == std::nullopt);                    // fewer than 5 literals at the end
  CHECK(with("84", "0800") == std::nullopt);                              // ends in a match
  CHECK(with("84", "08") == std::nullopt);
  CHECK(with("8f", "0800ff") == std::nullopt);                            // a length that does not end
  CHECK(with("8f", "080000506162636465")->size() == 8 + 19 + 5);
  CHECK(out("51aabbccddee") == std::nullopt);                             // a match that does not come
  CHECK(out("f0") == std::nullopt);
  CHECK(out("f0ff") == std::nullopt);
}

TEST("a bomb ends at 65,535 bytes") {
  Compressor compressor;
  Packet zeros(70'000), lz4(70'000);
  lz4.resize(static_cast<size_t>(LZ4_compress_default(reinterpret_cast<const char*>(zeros.data()), reinterpret_cast<char*>(lz4.data()),
                                                      static_cast<int>(zeros.size()), static_cast<int>(lz4.size()))));
  CHECK(lz4.size() < 400);
  CHECK(!unpacked(compressor, Compression::lz4, lz4, 200'000));
  for (int content_size : {0, 1}) {
    Packet zstd = frame_of(zeros, 17, content_size, 0);
    CHECK(zstd.size() < 400);
    CHECK(!unpacked(compressor, Compression::zstd, zstd, 200'000));
  }
  Packet most = frame_of(View(zeros).first(65'535), 17, 0, 0);
  CHECK(unpacked(compressor, Compression::zstd, most, 200'000) == Packet(65'535));
}

TEST("only one whole standard frame of a bounded window is zstd") {
  Random random(56);
  Compressor compressor;
  Packet plain = prose(random, 900);
  auto accepted = [&](const Packet& frame) { return unpacked(compressor, Compression::zstd, frame) == plain; };
  auto with = [](Packet front, const Packet& back) {
    front.insert(front.end(), back.begin(), back.end());
    return front;
  };
  Packet frame = frame_of(plain, 10, 0, 0), skippable = from_hex("502a4d1804000000deadbeef");
  CHECK(accepted(frame));
  CHECK(accepted(frame_of(plain, 17, 0, 0)) && !accepted(frame_of(plain, 18, 0, 0)));
  Packet summed = frame_of(plain, 10, 0, 1);
  CHECK(accepted(summed));
  summed.back() ^= 1;
  CHECK(!accepted(summed));
  CHECK(!unpacked(compressor, Compression::zstd, with(frame, frame)));
  CHECK(!unpacked(compressor, Compression::zstd, with(frame, {0})));
  CHECK(!unpacked(compressor, Compression::zstd, with(frame, skippable)));
  CHECK(!unpacked(compressor, Compression::zstd, with(skippable, frame)));
  CHECK(!unpacked(compressor, Compression::zstd, skippable));
  CHECK(!unpacked(compressor, Compression::zstd, from_hex("25b52ffd00")));  // a version from before the standard
  CHECK(!unpacked(compressor, Compression::zstd, {}));
  CHECK(!unpacked(compressor, Compression::lz4, {}));
}

}  // namespace weft::test
