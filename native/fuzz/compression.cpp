// Fuzzes decompression, with bytes as they are and with packed ones that were changed in a few places: hardly any
// input would get behind a frame's first bytes otherwise.
//
// Bytes: method and what to do (1), room for the output (2), four changes (3 each: where, what), then the bytes.
#include <sys/mman.h>

#include <algorithm>

#include "check.h"
#include "compression.h"

using namespace weft;

namespace {

constexpr size_t header = 3, changes = 4, change_length = 3;
constexpr uint8_t pack_first = 2, plenty_of_room = 4;

/// Memory with pages around it that nobody may touch: the libraries are not built with the sanitizer.
class Guarded {
 public:
  Guarded() : pages_(static_cast<uint8_t*>(mmap(nullptr, room + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
    CHECK(mprotect(pages_ + page, room, PROT_READ | PROT_WRITE) == 0);
  }
  /// The last bytes in front of a forbidden page.
  Bytes last(size_t size) { return {pages_ + page + room - size, size}; }

 private:
  static constexpr size_t page = 4096, room = 128 << 10;
  uint8_t* pages_;
};

Bytes changed(Bytes packed, const uint8_t* change) {
  for (size_t at = 0; at < changes && !packed.empty(); at++, change += change_length) {
    size_t where = load16(change) % packed.size();
    packed[where] = static_cast<uint8_t>(packed[where] ^ change[2]);
  }
  return packed;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t prefix = header + changes * change_length;
  if (size < prefix) return 0;
  static Compressor& compressor = *new Compressor;
  static Guarded &from = *new Guarded, &to = *new Guarded;
  Compression method = (data[0] & 1) != 0 ? Compression::zstd : Compression::lz4;
  View plain{data + prefix, size - prefix};
  std::vector<uint8_t> packed(plain.begin(), plain.end());
  bool did_pack = (data[0] & pack_first) != 0;
  if (did_pack) packed.resize(compressor.pack(method, plain.first(plain.size() / 3), plain.subspan(plain.size() / 3), packed));
  Bytes input = from.last(packed.size());
  std::copy(packed.begin(), packed.end(), input.begin());
  if (did_pack) changed(input, data + header);
  size_t room = (data[0] & plenty_of_room) != 0 ? unpacked_max : load16(data + 1) % 2048;
  Bytes output = to.last(room);
  std::fill(output.begin(), output.end(), 0xa5);
  auto length = compressor.unpack(method, input, output);
  CHECK(!length || *length <= room);
  bool unchanged = std::equal(packed.begin(), packed.end(), input.begin());
  bool must_fit = did_pack && unchanged && !packed.empty() && room >= plain.size();
  CHECK(!must_fit || (length && std::equal(plain.begin(), plain.end(), output.begin(), output.begin() + static_cast<ptrdiff_t>(*length))));
  if (!length) return 0;
  // Nothing of what comes out depends on what lay there before.
  std::vector<uint8_t> first(output.begin(), output.begin() + static_cast<ptrdiff_t>(*length));
  std::fill(output.begin(), output.end(), 0x5a);
  CHECK(compressor.unpack(method, input, output) == length && std::equal(first.begin(), first.end(), output.begin()));
  return 0;
}
