// Fuzzes geneve options: no read outside, and ours is found behind whatever can be stepped over.
#include <algorithm>
#include <memory>

#include "check.h"
#include "geneve_options.h"

using namespace weft;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // An exact heap block, so that a read behind the end is noticed.
  std::unique_ptr<uint8_t[]> exact(new uint8_t[size + geneve_source_option]);
  std::copy(data, data + size, exact.get() + geneve_source_option);
  View options{exact.get() + geneve_source_option, size};
  std::optional<uint32_t> found;
  OptionsFault fault = read_geneve_options(options, found);
  // Ours in front counts first and changes nothing else.
  write_geneve_source(exact.get(), 0x00abcdef);
  std::optional<uint32_t> in_front;
  CHECK(read_geneve_options({exact.get(), size + geneve_source_option}, in_front) == fault);
  CHECK(in_front == 0x00abcdefu);
  if (fault != OptionsFault::none) return 0;
  std::copy(data, data + size, exact.get());
  write_geneve_source(exact.get() + size, 0x00123456);
  std::optional<uint32_t> behind;
  CHECK(read_geneve_options({exact.get(), size + geneve_source_option}, behind) == OptionsFault::none);
  CHECK(behind == found.value_or(0x00123456));
  return 0;
}
