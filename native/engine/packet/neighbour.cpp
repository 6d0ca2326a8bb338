#include "neighbour.h"

#include <algorithm>

#include "checksum.h"
#include "inner.h"

namespace weft {

namespace {

constexpr size_t arp_length = 28;
constexpr uint16_t arp_ethernet = 1, arp_request = 1, arp_reply = 2;

constexpr uint8_t protocol_icmpv6 = 58, type_advertisement = 136;
constexpr uint8_t option_source_address = 1, option_target_address = 2;
constexpr size_t neighbour_message = 24, address_option = 8;
constexpr uint8_t hop_limit = 255;  // proves that no router forwarded the message
constexpr uint32_t solicited = 1u << 30, override_entry = 1u << 29;

bool is_unspecified(const Address& address) { return address.high == 0 && address.low == 0; }

bool is_multicast(const Address& address) { return address.high >> 56 == 0xff; }

/// ff02::1:ffXX:XXXX with the last 24 bits of the target (RFC 4291, 2.7.1).
bool is_solicited_node(const Address& destination, const Address& target) {
  return destination.high == 0xff02000000000000 && destination.low == (0x00000001ff000000 | (target.low & 0xffffff));
}

/// RFC 4861, 7.1.1: every option has a length and fits; nothing otherwise. The asker's Ethernet address, if it is told.
bool read_options(View options, std::optional<Mac>& told) {
  while (!options.empty()) {
    if (options.size() < address_option) return false;
    size_t length = options[1] * 8u;
    if (length == 0 || length > options.size()) return false;
    if (options[0] == option_source_address && length == address_option) told = Mac::from(&options[2]);
    options = options.subspan(length);
  }
  return true;
}

std::optional<NeighbourQuestion> read_arp(View arp) {
  if (arp.size() < arp_length) return std::nullopt;
  bool ethernet_for_ipv4 = load16(&arp[0]) == arp_ethernet && load16(&arp[2]) == ethertype_ipv4 && arp[4] == 6 && arp[5] == 4;
  if (!ethernet_for_ipv4 || load16(&arp[6]) != arp_request) return std::nullopt;
  NeighbourQuestion question{Address::from_v4(&arp[24]), Address::from_v4(&arp[14]), Mac::from(&arp[8])};
  // An announcement asks nothing.
  if (question.asker == question.target) return std::nullopt;
  if (is_unspecified(question.asker)) question.asker = {};
  return question;
}

std::optional<NeighbourQuestion> read_solicitation(View packet, const Mac& sender) {
  Inner inner;
  if (parse_inner(packet, inner) != InnerFault::none || packet[7] != hop_limit) return std::nullopt;
  View message = packet.subspan(ipv6_header);
  if (message.size() < neighbour_message || message[1] != 0) return std::nullopt;
  uint64_t sum = sum_pseudo_header(inner.source, inner.destination, protocol_icmpv6, static_cast<uint32_t>(message.size()));
  if (fold(sum + sum_words(message)) != 0xffff) return std::nullopt;
  NeighbourQuestion question{Address::from_v6(&message[8]), inner.source, sender};
  std::optional<Mac> told;
  if (is_multicast(question.target) || !read_options(message.subspan(neighbour_message), told)) return std::nullopt;
  if (!is_unspecified(question.asker)) {
    question.asker_mac = told.value_or(sender);
    return question;
  }
  if (told || !is_solicited_node(inner.destination, question.target)) return std::nullopt;
  question.asker = {};
  return question;
}

size_t write_arp_reply(const NeighbourQuestion& question, uint8_t* out) {
  Mac own = derived_mac(question.target);
  write_ethernet(out, question.asker_mac, own, ethertype_arp);
  uint8_t* arp = out + ethernet_header;
  store16(arp, arp_ethernet);
  store16(arp + 2, ethertype_ipv4);
  arp[4] = 6;
  arp[5] = 4;
  store16(arp + 6, arp_reply);
  std::copy(own.bytes.begin(), own.bytes.end(), arp + 8);
  store32(arp + 14, static_cast<uint32_t>(question.target.low));
  std::copy(question.asker_mac.bytes.begin(), question.asker_mac.bytes.end(), arp + 18);
  store32(arp + 24, static_cast<uint32_t>(question.asker.low));
  return ethernet_header + arp_length;
}

void write_v6(uint8_t* out, const Address& address) {
  store64(out, address.high);
  store64(out + 8, address.low);
}

/// RFC 4861, 7.2.4: to the asker, or to all nodes when it has no address.
size_t write_advertisement(const NeighbourQuestion& question, uint8_t* out) {
  constexpr size_t length = neighbour_message + address_option;
  constexpr Address all_nodes{0xff02000000000000, 1, Family::v6};
  constexpr Mac all_nodes_mac{{0x33, 0x33, 0, 0, 0, 1}};
  bool to_all = question.asker.family == Family::none;
  const Address& destination = to_all ? all_nodes : question.asker;
  Mac own = derived_mac(question.target);
  write_ethernet(out, to_all ? all_nodes_mac : question.asker_mac, own, ethertype_ipv6);
  uint8_t* header = out + ethernet_header;
  store32(header, 0x60000000);
  store16(header + 4, length);
  header[6] = protocol_icmpv6;
  header[7] = hop_limit;
  write_v6(header + 8, question.target);
  write_v6(header + 24, destination);
  uint8_t* message = header + ipv6_header;
  store32(message, uint32_t{type_advertisement} << 24);
  store32(message + 4, override_entry | (to_all ? 0 : solicited));
  write_v6(message + 8, question.target);
  message[24] = option_target_address;
  message[25] = 1;
  std::copy(own.bytes.begin(), own.bytes.end(), message + 26);
  uint64_t sum = sum_pseudo_header(question.target, destination, protocol_icmpv6, length);
  store16(message + 2, static_cast<uint16_t>(~fold(sum + sum_words({message, length}))));
  return ethernet_header + ipv6_header + length;
}

}  // namespace

std::optional<NeighbourQuestion> read_question(const Frame& frame) {
  std::optional<NeighbourQuestion> question;
  if (frame.kind == FrameKind::arp) question = read_arp(frame.payload);
  if (frame.kind == FrameKind::neighbour_solicitation) question = read_solicitation(frame.payload, frame.source);
  // A group is no station that could be answered.
  bool from_group = question && question->asker_mac.is_multicast();
  return from_group ? std::nullopt : question;
}

size_t write_answer(const NeighbourQuestion& question, uint8_t* out) {
  return question.target.family == Family::v4 ? write_arp_reply(question, out) : write_advertisement(question, out);
}

}  // namespace weft
