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
void encapsulate_gni(const weft_header& header, Bytes head, View tail) {
  weft_header_put(id, head.data(), &header);
  int crc_at = weft_crc_offset(id);
  if (crc_at >= 0) store32(&head[crc_at], crc_of(head, tail, crc_at));
}

template <int id>
Verdict decapsulate_gni(View datagram, Decapsulated& out) {
  if (weft_header_get(id, datagram.data(), &out.header) != 0) return WEFT_DROP_BAD_HEADER;
  int crc_at = weft_crc_offset(id);
  if (crc_at >= 0 && crc_of(datagram, {}, crc_at) != out.header.crc32c) return WEFT_DROP_BAD_CHECKSUM;
  out.packet = datagram.subspan(weft_header_length(id));
  return kept;
}

const Format formats[WEFT_FORMAT_COUNT] = {
    {},
    {weft_format_names[WEFT_FORMAT_GNI_1_0], 12, encapsulate_gni<WEFT_FORMAT_GNI_1_0>, decapsulate_gni<WEFT_FORMAT_GNI_1_0>},
    {weft_format_names[WEFT_FORMAT_GNI_1_1], 16, encapsulate_gni<WEFT_FORMAT_GNI_1_1>, decapsulate_gni<WEFT_FORMAT_GNI_1_1>},
};

Verdict check_inner(Decapsulated& out) {
  bool v4 = out.header.protocol == protocol_ipv4;
  if (!v4 && out.header.protocol != protocol_ipv6) return WEFT_DROP_UNKNOWN_PROTOCOL;
  if (out.packet.size() < (v4 ? ipv4_header : ipv6_header)) return WEFT_DROP_SHORT;
  if (out.packet[0] >> 4 != (v4 ? 4 : 6)) return WEFT_DROP_INNER_MALFORMED;
  switch (parse_inner(out.packet, out.inner)) {
    case InnerFault::malformed: return WEFT_DROP_INNER_MALFORMED;
    case InnerFault::cut: return WEFT_DROP_SHORT;
    case InnerFault::trailing: return WEFT_DROP_LONG;
    case InnerFault::none: break;
  }
  bool no_checksum = out.header.partial_checksum && out.inner.transport == Transport::other;
  return no_checksum ? WEFT_DROP_INNER_MALFORMED : kept;
}

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

Verdict decapsulate(View datagram, Decapsulated& out) {
  if (datagram.empty()) return WEFT_DROP_SHORT;
  int id = weft_format_of_version_byte(datagram[0]);
  const Format* format = format_of(id);
  if (format == nullptr) return WEFT_DROP_UNKNOWN_VERSION;
  if (datagram.size() < format->header_length) return WEFT_DROP_SHORT;
  out.format = static_cast<uint8_t>(id);
  Verdict verdict = format->decapsulate(datagram, out);
  return verdict == kept ? check_inner(out) : verdict;
}

}  // namespace weft
