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
Format row(Carrier carrier, Abilities can = {}) {
  return {weft_format_names[id],
          carrier,
          weft_header_length(id),
          weft_header_least(id),
          weft_tag_length(id),
          weft_ipv4_inside(id) != 0,
          weft_ethernet_inside(id) != 0,
          weft_carries_partial_checksum(id) != 0,
          weft_tag_length(id) > 0 || weft_crc_offset(id) >= 0,
          can.packs,
          can.grants,
          put<id>,
          get<id>,
          is_intact<id>};
}

const Format formats[WEFT_FORMAT_COUNT] = {
    {},
    row<WEFT_FORMAT_GNI_1_0>(Carrier::gni),
    row<WEFT_FORMAT_GNI_1_1>(Carrier::gni),
    row<WEFT_FORMAT_GNI_2_0>(Carrier::gni, {.packs = true}),
    row<WEFT_FORMAT_GNI_3_0>(Carrier::gni, {.packs = true, .grants = true}),
    row<WEFT_FORMAT_VXLAN>(Carrier::vxlan),
    row<WEFT_FORMAT_GENEVE>(Carrier::geneve),
    row<WEFT_FORMAT_GNI6>(Carrier::ipv6),
};

}  // namespace

uint16_t usual_port(Carrier carrier) {
  switch (carrier) {
    case Carrier::vxlan: return WEFT_VXLAN_PORT;
    case Carrier::geneve: return WEFT_GENEVE_PORT;
    default: return WEFT_UDP_PORT;
  }
}

int format_of_datagram(Carrier carrier, uint8_t first) {
  switch (carrier) {
    case Carrier::vxlan: return WEFT_FORMAT_VXLAN;
    case Carrier::geneve: return WEFT_FORMAT_GENEVE;
    case Carrier::ipv6: return WEFT_FORMAT_GNI6;
    default: return weft_format_of_version_byte(first);
  }
}

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
