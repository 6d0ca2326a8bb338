#include "read.h"

#include <fcntl.h>

#include <cctype>
#include <cmath>
#include <set>

namespace weft {

void refuse(Napi::Env env, const std::string& sentence) { throw Napi::TypeError::New(env, sentence); }

Napi::Object read_object(const Napi::Value& value, const std::string& where) {
  if (!value.IsObject() || value.IsFunction()) refuse(value.Env(), where + ": expected an object");
  return value.As<Napi::Object>();
}

uint32_t check_number(const Napi::Value& value, uint32_t least, uint32_t most, const std::string& where) {
  double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : NAN;
  if (number >= least && number <= most && number == std::floor(number)) return static_cast<uint32_t>(number);
  refuse(value.Env(), where + ": expected a whole number from " + std::to_string(least) + " to " + std::to_string(most));
}

uint32_t read_number(const Napi::Object& object, const char* name, uint32_t least, uint32_t most, const std::string& where) {
  return check_number(object.Get(name), least, most, where + "." + name);
}

static std::string check_string(const Napi::Value& value, const std::string& where) {
  if (!value.IsString()) refuse(value.Env(), where + ": expected a string");
  return value.As<Napi::String>().Utf8Value();
}

std::string read_string(const Napi::Object& object, const char* name, const std::string& where) {
  return check_string(object.Get(name), where + "." + name);
}

Address check_address(const Napi::Value& value, const std::string& where) {
  std::string text = check_string(value, where);
  std::optional<Address> address = Address::parse(text);
  if (!address) refuse(value.Env(), where + ": expected an IPv4 or IPv6 address, found \"" + text + "\"");
  return *address;
}

void read_list(const Napi::Object& object, const char* name, const std::string& where,
               const std::function<void(const Napi::Value&, const std::string&)>& each) {
  Napi::Value value = object.Get(name);
  if (value.IsUndefined()) return;
  std::string place = where + "." + name;
  if (!value.IsArray()) refuse(object.Env(), place + ": expected an array");
  Napi::Array list = value.As<Napi::Array>();
  uint32_t length = list.Length();
  for (uint32_t at = 0; at < length; at++) {
    Napi::HandleScope scope(object.Env());
    each(list.Get(at), place);
  }
}

namespace {

bool read_switch(const Napi::Object& offloads, const char* name) {
  std::string text = read_string(offloads, name, "options.offloads");
  if (text != "auto" && text != "off") refuse(offloads.Env(), std::string("options.offloads.") + name + ": expected \"auto\" or \"off\"");
  return text == "auto";
}

int check_format(const Napi::Value& value, const std::string& where) {
  std::string name = check_string(value, where);
  int format = format_named(name);
  if (format == WEFT_FORMAT_NONE) refuse(value.Env(), where + ": \"" + name + "\" is no format that the engine has");
  return format;
}

Prefix check_prefix(const Napi::Value& value, const std::string& where) {
  std::string text = check_string(value, where);
  std::optional<Prefix> prefix = Prefix::parse(text);
  if (!prefix) refuse(value.Env(), where + ": expected a prefix such as 10.0.0.0/24, found \"" + text + "\"");
  return *prefix;
}

/// A /64, as a number; 0 when there is none.
uint64_t read_gni6_prefix(const Napi::Object& object, const char* name, const std::string& where) {
  if (object.Get(name).IsUndefined()) return 0;
  Prefix prefix = check_prefix(object.Get(name), where + "." + name);
  bool right = prefix.address.family == Family::v6 && prefix.length == 64 && prefix.address.high != 0;
  if (!right) refuse(object.Env(), where + "." + name + ": expected an IPv6 prefix of length 64");
  return prefix.address.high;
}

uint32_t read_gni(const Napi::Object& object, const std::string& where) {
  return read_number(object, "gni", WEFT_GNI_MIN, WEFT_GNI_MAX, where);
}

std::vector<Address> read_addresses(const Napi::Object& object, const char* name, const std::string& where) {
  std::vector<Address> addresses;
  read_list(object, name, where, [&](const Napi::Value& value, const std::string& place) {
    addresses.push_back(check_address(value, place));
  });
  return addresses;
}

Change::NetworkChange read_network(const Napi::Object& object, const std::string& where) {
  Change::NetworkChange network{read_gni(object, where), {}};
  read_list(object, "prefixes", where, [&](const Napi::Value& value, const std::string& place) {
    network.prefixes.push_back(check_prefix(value, place));
  });
  return network;
}

Change::PortChange read_port(const Napi::Object& object, const std::string& where) {
  return {read_number(object, "port", 0, max_ports - 1, where), read_gni(object, where), read_addresses(object, "addresses", where)};
}

bool read_flag(const Napi::Object& object, const char* name, bool otherwise, const std::string& where) {
  Napi::Value value = object.Get(name);
  if (value.IsUndefined()) return otherwise;
  if (!value.IsBoolean()) refuse(object.Env(), where + "." + name + ": expected true or false");
  return value.As<Napi::Boolean>().Value();
}

Compression read_compression(const Napi::Object& object, const std::string& where) {
  if (object.Get("compression").IsUndefined()) return Compression::none;
  std::string name = read_string(object, "compression", where);
  if (name == "lz4") return Compression::lz4;
  if (name == "zstd") return Compression::zstd;
  refuse(object.Env(), where + ".compression: \"" + name + "\" is no compression that the engine has");
}

Encapsulation read_encapsulation(const Napi::Value& value, const std::string& where) {
  Napi::Object object = read_object(value, where);
  Encapsulation out;
  out.format = static_cast<uint8_t>(check_format(object.Get("format"), where + ".format"));
  out.compression = read_compression(object, where);
  out.elision = read_flag(object, "elision", false, where);
  out.flow_control = read_flag(object, "flowControl", false, where);
  if (!object.Get("key").IsUndefined()) out.key = read_number(object, "key", 0, max_keys - 1, where);
  else if (format_of(out.format)->seals()) refuse(value.Env(), where + ": " + format_of(out.format)->name + " needs a key");
  const char* wrong = what_format_lacks(out);
  if (wrong != nullptr) refuse(value.Env(), where + ": " + format_of(out.format)->name + " has no " + wrong);
  return out;
}

SendTerms read_send(const Napi::Object& object, uint32_t encapsulations, const std::string& where) {
  Napi::Value send = object.Get("send");
  if (send.IsUndefined()) return undecided;
  if (send.IsString() && send.As<Napi::String>().Utf8Value() == "none") return nothing;
  if (encapsulations == 0) refuse(object.Env(), where + ".send: the peer has no encapsulations");
  return static_cast<SendTerms>(check_number(send, 0, encapsulations - 1, where + ".send"));
}

Terms read_terms(const Napi::Object& object, uint32_t encapsulations, const std::string& where) {
  Terms terms{read_send(object, encapsulations, where), 0};
  read_list(object, "accept", where, [&](const Napi::Value& value, const std::string& place) {
    if (encapsulations == 0) refuse(object.Env(), place + ": the peer has no encapsulations");
    terms.accept |= 1u << check_number(value, 0, encapsulations - 1, place);
  });
  return terms;
}

uint32_t check_length(const Napi::Object& object, size_t length, size_t most, const std::string& what) {
  if (length > most) refuse(object.Env(), what + ": at most " + std::to_string(most) + ", found " + std::to_string(length));
  return static_cast<uint32_t>(length);
}

Change::PeerChange read_peer(const Napi::Object& object, const std::string& where) {
  Change::PeerChange peer{};
  peer.peer = read_number(object, "peer", 0, max_peers - 1, where);
  peer.address = check_address(object.Get("address"), where + ".address");
  read_list(object, "encapsulations", where, [&](const Napi::Value& value, const std::string& place) {
    peer.encapsulations.push_back(read_encapsulation(value, place));
  });
  uint32_t count = check_length(object, peer.encapsulations.size(), most_encapsulations, where + ".encapsulations");
  peer.terms = read_terms(object, count, where);
  read_list(object, "pairs", where, [&](const Napi::Value& value, const std::string& place) {
    Napi::Object pair = read_object(value, place);
    peer.pairs.push_back({{read_gni(pair, place), check_address(pair.Get("own"), place + ".own"),
                           check_address(pair.Get("theirs"), place + ".theirs")},
                          read_terms(pair, count, place)});
  });
  check_length(object, peer.pairs.size(), most_pairs, where + ".pairs");
  peer.path_mtu = read_number(object, "pathMtu", 68, 65535, where);
  peer.udp_gso = read_flag(object, "udpGso", true, where);
  peer.gni6_prefix = read_gni6_prefix(object, "gni6Prefix", where);
  return peer;
}

Key read_key(const Napi::Object& object, const std::string& where) {
  return {check_address(object.Get("address"), where + ".address"), read_gni(object, where)};
}

template <size_t size>
std::span<const uint8_t, size> read_bytes(const Napi::Object& object, const char* name, const std::string& where) {
  Napi::Value value = object.Get(name);
  bool bytes = value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_uint8_array;
  Napi::Uint8Array array = bytes ? value.As<Napi::Uint8Array>() : Napi::Uint8Array();
  if (!bytes || array.ElementLength() != size) {
    refuse(object.Env(), where + "." + name + ": expected a Uint8Array of " + std::to_string(size) + " bytes");
  }
  return std::span<const uint8_t, size>(array.Data(), size);
}

/// One of two names.
bool read_choice(const Napi::Object& object, const char* name, const char* yes, const char* no, const std::string& where) {
  std::string text = read_string(object, name, where);
  if (text != yes && text != no) {
    refuse(object.Env(), where + "." + name + ": expected \"" + yes + "\" or \"" + no + "\", found \"" + text + "\"");
  }
  return text == yes;
}

uint64_t check_epoch(const Napi::Value& value, const std::string& where) {
  double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : NAN;
  if (number >= 0 && number <= 0x1p53 && number == std::floor(number)) return static_cast<uint64_t>(number);
  refuse(value.Env(), where + ": expected a whole number from 0");
}

Change::KeyChange read_session_key(const Napi::Object& object, const std::string& where, unsigned workers, KeyStates* states) {
  uint32_t slot = read_number(object, "key", 0, max_keys - 1, where);
  CipherUse use = read_choice(object, "use", "seal", "open", where) ? CipherUse::seal : CipherUse::open;
  CipherKind kind = read_choice(object, "cipher", "aes-256-gcm", "chacha20-poly1305", where) ? CipherKind::aes_256_gcm
                                                                                             : CipherKind::chacha20_poly1305;
  auto secret = read_bytes<secret_length>(object, "secret", where);
  auto salt = read_bytes<salt_length>(object, "salt", where);
  uint8_t id = static_cast<uint8_t>(read_number(object, "id", 0, 255, where));
  Napi::Value named = object.Get("epoch");
  uint64_t epoch = named.IsUndefined() ? 0 : check_epoch(named, where + ".epoch");
  std::shared_ptr<KeyState> state = states == nullptr ? nullptr : states->find(secret, epoch);
  std::shared_ptr<SessionKey> key = SessionKey::make(kind, use, secret, salt, id, workers, std::move(state));
  if (key == nullptr) refuse(object.Env(), where + ": OpenSSL does not make a key of this cipher");
  return {slot, std::move(key)};
}

/// `aa:bb:cc:dd:ee:ff`, in either case.
bool is_mac(const std::string& text) {
  bool right = text.size() == 17;
  for (size_t at = 0; right && at < text.size(); at++) {
    right = at % 3 == 2 ? text[at] == ':' : isxdigit(static_cast<unsigned char>(text[at])) != 0;
  }
  return right;
}

Change::MappingChange read_mapping(const Napi::Object& object, const std::string& where) {
  Napi::Value peer = object.Get("peer");
  Change::MappingChange mapping{read_key(object, where), no_peer};
  if (!peer.IsUndefined()) mapping.peer = check_number(peer, 0, max_peers - 1, where + ".peer");
  if (!object.Get("mac").IsUndefined()) mapping.mac = read_mac(object, where);
  return mapping;
}

Ends read_ends(const Napi::Object& object, const std::string& where) {
  Ends ends{read_gni(object, where), check_address(object.Get("source"), where + ".source"),
            check_address(object.Get("destination"), where + ".destination")};
  if (ends.source.family == ends.destination.family) return ends;
  refuse(object.Env(), where + ": expected source and destination of one family");
}

void read_slots(const Napi::Object& change, const char* name, uint32_t most, std::vector<uint32_t>& out) {
  read_list(change, name, "change", [&](const Napi::Value& value, const std::string& place) {
    out.push_back(check_number(value, 0, most, place));
  });
}

template <typename Item>
void read_items(const Napi::Object& change, const char* name, Item (*read)(const Napi::Object&, const std::string&),
                std::vector<Item>& out) {
  read_list(change, name, "change", [&](const Napi::Value& value, const std::string& place) {
    out.push_back(read(read_object(value, place), place));
  });
}

}  // namespace

EngineOptions read_options(const Napi::Value& value) {
  Napi::Object object = read_object(value, "options");
  EngineOptions options;
  options.workers = read_number(object, "workers", 1, most_workers, "options");
  options.udp_port = static_cast<uint16_t>(read_number(object, "udpPort", 1, 65535, "options"));
  options.source_ports = read_number(object, "sourcePorts", 1, 64, "options");
  options.substrate_addresses = read_addresses(object, "substrateAddresses", "options");
  unsigned families[2] = {};
  for (const Address& address : options.substrate_addresses) families[address.family == Family::v6]++;
  if (families[0] + families[1] == 0 || families[0] > 1 || families[1] > 1) {
    refuse(value.Env(), "options.substrateAddresses: expected one address, or one of each family");
  }
  Napi::Object offloads = read_object(object.Get("offloads"), "options.offloads");
  options.udp_gso = read_switch(offloads, "udpGso");
  options.udp_gro = read_switch(offloads, "udpGro");
  options.tso = read_switch(offloads, "tso");
  options.uso = read_switch(offloads, "uso");
  Napi::Object foreign = read_object(object.Get("foreign"), "options.foreign");
  options.vxlan = read_flag(foreign, "vxlan", false, "options.foreign");
  options.geneve = read_flag(foreign, "geneve", false, "options.foreign");
  if (!object.Get("gni6").IsUndefined()) {
    options.gni6_prefix = read_gni6_prefix(read_object(object.Get("gni6"), "options.gni6"), "prefix", "options.gni6");
    if (options.gni6_prefix == 0) refuse(value.Env(), "options.gni6.prefix: expected an IPv6 prefix of length 64");
  }
  Napi::Object first = read_object(object.Get("firstPacket"), "options.firstPacket");
  options.first_packet.bytes = read_number(first, "queueBytes", 0, 1u << 30, "options.firstPacket");
  options.first_packet.packets_per_address = read_number(first, "packetsPerAddress", 0, 1u << 20, "options.firstPacket");
  options.first_packet.deadline_ms = read_number(first, "deadlineMs", 1, 600'000, "options.firstPacket");
  if (!object.Get("counters").IsUndefined()) options.counters_file = read_string(object, "counters", "options");
  if (!object.Get("flowSampling").IsUndefined()) options.flow_sampling = read_number(object, "flowSampling", 0, UINT32_MAX, "options");
  options.paused = read_flag(object, "paused", false, "options");
  return options;
}

std::string read_key_states(const Napi::Value& options) {
  Napi::Object object = read_object(options, "options");
  return object.Get("keyStates").IsUndefined() ? "" : read_string(object, "keyStates", "options");
}

std::vector<int> read_inherited(const Napi::Value& options) {
  std::set<int> numbers;
  read_list(read_object(options, "options"), "inherited", "options", [&](const Napi::Value& value, const std::string& place) {
    int number = static_cast<int>(check_number(value, 3, INT32_MAX, place));
    if (fcntl(number, F_GETFD) < 0) refuse(value.Env(), place + ": " + std::to_string(number) + " is no open descriptor");
    numbers.insert(number);
  });
  return {numbers.begin(), numbers.end()};
}

std::vector<uint64_t> read_epochs(const Napi::Value& value) {
  if (!value.IsArray()) refuse(value.Env(), "epochs: expected an array");
  Napi::Array list = value.As<Napi::Array>();
  std::vector<uint64_t> epochs;
  for (uint32_t at = 0; at < list.Length(); at++) epochs.push_back(check_epoch(list.Get(at), "epochs"));
  return epochs;
}

std::optional<TraceFilter> read_filter(const Napi::Value& value) {
  if (value.IsUndefined()) return std::nullopt;
  Napi::Object object = read_object(value, "filter");
  Ends ends = read_ends(object, "filter");
  return TraceFilter{read_number(object, "trace", 1, UINT32_MAX, "filter"), ends.gni, ends.source, ends.destination,
                     static_cast<uint16_t>(read_number(object, "echo", 0, UINT16_MAX, "filter"))};
}

Ends read_query(const Napi::Value& value) { return read_ends(read_object(value, "query"), "query"); }

SessionTest read_test(const Napi::Value& value) {
  Napi::Object object = read_object(value, "test");
  SessionTest test;
  test.peer = read_number(object, "peer", 0, max_peers - 1, "test");
  test.id = read_number(object, "id", 0, UINT32_MAX, "test");
  test.inner_length = static_cast<uint16_t>(read_number(object, "innerLength", least_test_length, greatest_test_length, "test"));
  test.packets = static_cast<uint8_t>(read_number(object, "packets", 1, most_test_packets, "test"));
  test.partial = read_flag(object, "partialChecksum", false, "test");
  return test;
}

Mac read_mac(const Napi::Object& object, const std::string& where) {
  std::string text = read_string(object, "mac", where);
  if (!is_mac(text)) refuse(object.Env(), where + ".mac: expected an Ethernet address such as 02:00:0a:07:00:02");
  Mac mac;
  for (size_t at = 0; at < mac.bytes.size(); at++) {
    mac.bytes[at] = static_cast<uint8_t>(std::stoul(text.substr(at * 3, 2), nullptr, 16));
  }
  return mac;
}

Change read_change(const Napi::Value& value, unsigned workers, KeyStates* states) {
  Change change = read_change_without_keys(value);
  Napi::Object object = read_object(value, "change");
  read_list(object, "keys", "change", [&](const Napi::Value& value, const std::string& place) {
    change.keys.push_back(read_session_key(read_object(value, place), place, workers, states));
  });
  return change;
}

Change read_change_without_keys(const Napi::Value& value) {
  Napi::Object object = read_object(value, "change");
  Change change;
  read_slots(object, "removeNetworks", WEFT_GNI_MAX, change.remove_networks);
  read_slots(object, "removePorts", max_ports - 1, change.remove_ports);
  read_slots(object, "removePeers", max_peers - 1, change.remove_peers);
  read_items(object, "removeMappings", read_key, change.remove_mappings);
  read_items(object, "networks", read_network, change.networks);
  read_items(object, "ports", read_port, change.ports);
  read_slots(object, "removeKeys", max_keys - 1, change.remove_keys);
  read_items(object, "peers", read_peer, change.peers);
  read_items(object, "mappings", read_mapping, change.mappings);
  return change;
}

}  // namespace weft
