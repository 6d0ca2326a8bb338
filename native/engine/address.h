// An IPv4 or IPv6 address as two words, so that comparing and hashing never look at the family's length.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bytes.h"

namespace weft {

enum class Family : uint8_t { none = 0, v4 = 4, v6 = 6 };

struct Address {
  uint64_t high = 0;  // IPv6: the first 8 bytes; IPv4: 0
  uint64_t low = 0;   // IPv6: the last 8 bytes; IPv4: the address
  Family family = Family::none;

  bool operator==(const Address&) const = default;

  static Address from_v4(const uint8_t* at) { return {0, load32(at), Family::v4}; }
  static Address from_v6(const uint8_t* at) { return {load64(at), load64(at + 8), Family::v6}; }
  /// `none` for anything that is not IPv4 or IPv6.
  static Address from_socket(const sockaddr_storage& from);
  /// Numeric form only, without zone; nothing for any other text.
  static std::optional<Address> parse(std::string_view text);

  std::string text() const;
  /// The length of the socket address written.
  socklen_t to_socket(uint16_t port, sockaddr_storage& out) const;
  unsigned bits() const { return family == Family::v4 ? 32 : 128; }
};

/// Bits behind `length` are zero.
struct Prefix {
  Address address;
  uint8_t length = 0;

  bool operator==(const Prefix&) const = default;
  /// `ADDRESS/LENGTH`; nothing when the text is anything else. Host bits are cleared.
  static std::optional<Prefix> parse(std::string_view text);
  Address first() const { return address; }
  Address last() const;
};

/// Order within one family; IPv4 sorts before IPv6.
bool before(const Address& left, const Address& right);

/// False for multicast, limited broadcast, link-local and unspecified addresses.
bool is_unicast(const Address& address);

}  // namespace weft
