#include "geneve_options.h"

namespace weft {

namespace {

constexpr size_t option_header = 4;
constexpr uint16_t own_class = 0xff57;
constexpr uint8_t source_type = 1, source_words = 1, critical_bit = 0x80, words_mask = 0x1f;

}  // namespace

OptionsFault read_geneve_options(View options, std::optional<uint32_t>& source_gni) {
  while (!options.empty()) {
    if (options.size() < option_header) return OptionsFault::cut;
    uint8_t type = options[2];
    uint8_t words = options[3] & words_mask;
    size_t length = option_header + words * 4u;
    if (length > options.size()) return OptionsFault::cut;
    bool is_source = load16(&options[0]) == own_class && type == source_type && words == source_words;
    if (is_source && !source_gni) source_gni = load32(&options[option_header]);
    if (!is_source && (type & critical_bit) != 0) return OptionsFault::critical;
    options = options.subspan(length);
  }
  return OptionsFault::none;
}

void write_geneve_source(uint8_t* out, uint32_t source_gni) {
  store16(out, own_class);
  out[2] = source_type;
  out[3] = source_words;
  store32(out + option_header, source_gni);
}

}  // namespace weft
