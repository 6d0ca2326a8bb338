#include "format.h"

#include "crc32c.h"

namespace weft {

namespace {

uint32_t crc_of(View head, View tail, size_t crc_at) {
  constexpr uint8_t zero[4] = {};
  uint32_t state = crc32c_add(crc32c_begin, head.first(crc_at));
  state = crc32c_add(state, zero);
  state = crc32c_add(state, head.subspan(crc_at + sizeof zero));
  return crc32c_end(crc32c_add(state, tail));
}

template <int id>
void put(const weft_header& header, Bytes head, View tail) {
  weft_header_put(id, head.data(), &header);
  int crc_at = weft_crc_offset(id);
  if (crc_at >= 0) store32(&head[crc_at], crc_of(head, tail, crc_at));
}

template <int id>
bool get(const uint8_t* datagram, weft_header& header) {
  return weft_header_get(id, datagram, &header) == 0;
}

template <int id>
bool is_intact(View datagram, const weft_header& header) {
  int crc_at = weft_crc_offset(id);
  return crc_at < 0 || crc_of(datagram, {}, crc_at) == header.crc32c;
}

struct Abilities {
  bool packs = false, grants = false;
};

template <int id>
Format row(Abilities can = {}) {
  return {weft_format_names[id], weft_header_length(id), weft_tag_length(id), can.packs, can.grants,
          put<id>,               get<id>,                is_intact<id>};
}

const Format formats[WEFT_FORMAT_COUNT] = {
    {},
    row<WEFT_FORMAT_GNI_1_0>(),
    row<WEFT_FORMAT_GNI_1_1>(),
    row<WEFT_FORMAT_GNI_2_0>({.packs = true}),
    row<WEFT_FORMAT_GNI_3_0>({.packs = true, .grants = true}),
};

}  // namespace

const Format* format_of(int id) {
  bool here = id > WEFT_FORMAT_NONE && id < WEFT_FORMAT_COUNT && formats[id].name != nullptr;
  return here ? &formats[id] : nullptr;
}

int format_named(std::string_view name) {
  for (int id = 1; id < WEFT_FORMAT_COUNT; id++) {
    if (format_of(id) != nullptr && name == weft_format_names[id]) return id;
  }
  return WEFT_FORMAT_NONE;
}

}  // namespace weft
