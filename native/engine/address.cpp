#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <charconv>

namespace weft {

Address Address::from_socket(const sockaddr_storage& from) {
  if (from.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(from);
    return from_v4(reinterpret_cast<const uint8_t*>(&v4.sin_addr));
  }
  if (from.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(from);
    return from_v6(v6.sin6_addr.s6_addr);
  }
  return {};
}

std::optional<Address> Address::parse(std::string_view text) {
  char terminated[INET6_ADDRSTRLEN + 1] = {};
  if (text.empty() || text.size() >= sizeof terminated) return std::nullopt;
  memcpy(terminated, text.data(), text.size());
  if (strlen(terminated) != text.size()) return std::nullopt;
  uint8_t bytes[16];
  if (inet_pton(AF_INET, terminated, bytes) == 1) return from_v4(bytes);
  if (inet_pton(AF_INET6, terminated, bytes) == 1) return from_v6(bytes);
  return std::nullopt;
}

std::string Address::text() const {
  uint8_t bytes[16];
  char out[INET6_ADDRSTRLEN] = {};
  if (family == Family::v4) {
    store32(bytes, static_cast<uint32_t>(low));
    inet_ntop(AF_INET, bytes, out, sizeof out);
  } else if (family == Family::v6) {
    store64(bytes, high);
    store64(bytes + 8, low);
    inet_ntop(AF_INET6, bytes, out, sizeof out);
  }
  return out;
}

socklen_t Address::to_socket(uint16_t port, sockaddr_storage& out) const {
  memset(&out, 0, sizeof out);
  if (family == Family::v4) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(out);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    v4.sin_addr.s_addr = htonl(static_cast<uint32_t>(low));
    return sizeof v4;
  }
  auto& v6 = reinterpret_cast<sockaddr_in6&>(out);
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  store64(v6.sin6_addr.s6_addr, high);
  store64(v6.sin6_addr.s6_addr + 8, low);
  return sizeof v6;
}

namespace {

/// The words of a mask that keeps the first `length` bits; IPv4 lives in the last 32 of its low word.
void mask_words(Family family, unsigned length, uint64_t& high, uint64_t& low) {
  if (family == Family::v4) {
    high = 0;
    low = length == 0 ? 0 : (0xffffffffull << (32 - length)) & 0xffffffffull;
    return;
  }
  high = length == 0 ? 0 : length >= 64 ? ~0ull : ~0ull << (64 - length);
  low = length <= 64 ? 0 : ~0ull << (128 - length);
}

}  // namespace

std::optional<Prefix> Prefix::parse(std::string_view text) {
  size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  std::optional<Address> address = Address::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  std::string_view digits = text.substr(slash + 1);
  unsigned length = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (error != std::errc() || end != digits.data() + digits.size() || length > address->bits()) return std::nullopt;
  uint64_t high, low;
  mask_words(address->family, length, high, low);
  return Prefix{{address->high & high, address->low & low, address->family}, static_cast<uint8_t>(length)};
}

Address Prefix::last() const {
  uint64_t high, low;
  mask_words(address.family, length, high, low);
  if (address.family == Family::v4) return {0, address.low | (~low & 0xffffffffull), Family::v4};
  return {address.high | ~high, address.low | ~low, Family::v6};
}

bool before(const Address& left, const Address& right) {
  if (left.family != right.family) return left.family < right.family;
  return left.high != right.high ? left.high < right.high : left.low < right.low;
}

bool is_unicast(const Address& address) {
  if (address.family == Family::v4) {
    uint32_t value = static_cast<uint32_t>(address.low);
    bool unspecified = value >> 24 == 0;
    bool link_local = value >> 16 == 0xa9fe;
    bool multicast = value >> 28 == 0xe;
    return !unspecified && !link_local && !multicast && value != 0xffffffff;
  }
  bool unspecified = address.high == 0 && address.low == 0;
  bool link_local = address.high >> 54 == 0xfe80 >> 6;
  bool multicast = address.high >> 56 == 0xff;
  return !unspecified && !link_local && !multicast;
}

}  // namespace weft
