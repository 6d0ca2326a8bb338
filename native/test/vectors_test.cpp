// The engine against the reference codec, through the vectors that the reference wrote (wire/generate/vectors.ts).
#include <cstdio>

#include "json.h"
#include "world.h"

namespace weft::test {

namespace {

bool is_true(const Json& object, const char* name) { return object.has(name) && object[name].text == "true"; }
uint64_t number(const Json& object, const char* name) {
  return object.has(name) ? std::stoull(object[name].text) : 0;
}

Compression compression_of(const Json& object) {
  if (!object.has("compression")) return Compression::none;
  return object["compression"].text == "lz4" ? Compression::lz4 : Compression::zstd;
}

std::shared_ptr<SessionKey> make_key(const Json& key, CipherUse use) {
  CipherKind kind = key["cipher"].text == "aes-256-gcm" ? CipherKind::aes_256_gcm : CipherKind::chacha20_poly1305;
  Packet secret = from_hex(key["secret"].text), salt = from_hex(key["salt"].text);
  CHECK(secret.size() == secret_length && salt.size() == salt_length);
  return SessionKey::make(kind, use, std::span<const uint8_t, secret_length>(secret),
                          std::span<const uint8_t, salt_length>(salt), static_cast<uint8_t>(number(key, "id")), 1);
}

const std::vector<Json>& keys_of(const Json& vector) {
  static const std::vector<Json> none;
  return vector.has("keys") ? vector["keys"].list : none;
}

/// Every format with every feature and key.
std::vector<Encapsulation> everything(size_t keys) {
  std::vector<Encapsulation> all;
  for (int id = 1; id < WEFT_FORMAT_COUNT; id++) {
    const Format* format = format_of(id);
    if (format == nullptr) continue;
    for (Compression compression : {Compression::none, Compression::lz4, Compression::zstd}) {
      if (compression != Compression::none && !format->packs) continue;
      Encapsulation each{.format = static_cast<uint8_t>(id), .compression = compression, .elision = format->packs};
      if (!format->seals()) all.push_back(each);
      for (each.key = 0; format->seals() && each.key < keys; each.key++) all.push_back(each);
    }
  }
  return all;
}

std::vector<Encapsulation> accepted_by(const Json& vector) {
  if (!vector.has("accept")) return everything(keys_of(vector).size());
  std::vector<Encapsulation> all;
  for (const Json& each : vector["accept"].list) {
    int format = format_named(each["format"].text);
    if (format == WEFT_FORMAT_NONE) continue;
    Encapsulation accepted{.format = static_cast<uint8_t>(format), .compression = compression_of(each)};
    accepted.elision = is_true(each, "elision");
    if (each.has("key")) accepted.key = static_cast<uint32_t>(number(each, "key"));
    all.push_back(accepted);
  }
  return all;
}

Receiver receiver_of(const Json& vector) {
  std::vector<Change::KeyChange> keys;
  for (const Json& key : keys_of(vector)) keys.push_back({static_cast<uint32_t>(keys.size()), make_key(key, CipherUse::open)});
  std::vector<Encapsulation> accepted = accepted_by(vector);
  if (keys.empty()) {
    // A format that seals can only be accepted with a key: here it is one that no packet names.
    keys.push_back(key_at(0, CipherUse::open, 1, 255));
    accepted.push_back({.format = WEFT_FORMAT_GNI_3_0, .key = 0});
  }
  return Receiver(std::move(accepted), std::move(keys));
}

Carrier carrier_of(const Json& vector) {
  if (!vector.has("carrier")) return Carrier::gni;
  if (vector["carrier"].text == "ipv6") return Carrier::ipv6;
  return vector["carrier"].text == "vxlan" ? Carrier::vxlan : Carrier::geneve;
}

std::string outcome(const Receiver::Result& result) { return result.verdict == kept ? "kept" : weft_drop_names[result.verdict]; }

bool header_is(const Json& expected, const weft_header& found) {
  return is_true(expected, "partialChecksum") == (found.partial_checksum != 0) &&
         number(expected, "protocol") == found.protocol && number(expected, "sourceGni") == found.source_gni &&
         number(expected, "destinationGni") == found.destination_gni &&
         static_cast<uint8_t>(compression_of(expected)) == found.compression &&
         is_true(expected, "elided") == (found.elided != 0) && number(expected, "keyId") == found.key_id &&
         number(expected, "sequence") == found.sequence;
}

bool prefixes_are(const Json& expected, const weft_header& found) {
  if (!expected.has("prefixes")) return found.source_prefix == 0 && found.destination_prefix == 0;
  return Address::parse(expected["prefixes"]["source"].text)->high == found.source_prefix &&
         Address::parse(expected["prefixes"]["destination"].text)->high == found.destination_prefix;
}

Mac mac_of(const Json& text) {
  std::string hex = text.text;
  std::erase(hex, ':');
  return Mac::from(from_hex(hex).data());
}

Packet encoded(const Json& vector, const Json& header_of, const Packet& inner) {
  Bench bench;
  Wrapper wrapper(0, bench.outbox);
  Encapsulation as{.format = static_cast<uint8_t>(format_named(vector["format"].text)), .elision = is_true(header_of, "elided")};
  const Format& format = *format_of(as.format);
  std::shared_ptr<SessionKey> key = format.seals() ? make_key(keys_of(vector).at(0), CipherUse::seal) : nullptr;
  Wrapper::How how{as, format, key.get(), number(header_of, "sequence"), 3, {}};
  if (format.ethernet) how.ends = {mac_of(header_of["macs"]["destination"]), mac_of(header_of["macs"]["source"])};
  weft_header header;
  header.partial_checksum = is_true(header_of, "partialChecksum");
  header.protocol = static_cast<uint8_t>(number(header_of, "protocol"));
  header.source_gni = static_cast<uint32_t>(number(header_of, "sourceGni"));
  header.destination_gni = static_cast<uint32_t>(number(header_of, "destinationGni"));
  if (format.carrier == Carrier::ipv6) {
    header.source_prefix = Address::parse(header_of["prefixes"]["source"].text)->high;
    header.destination_prefix = Address::parse(header_of["prefixes"]["destination"].text)->high;
    header.inner_source = load32(&inner[12]);
    header.inner_destination = load32(&inner[16]);
  }
  Packet memory(header_room + inner.size() + tag_room);
  std::copy(inner.begin(), inner.end(), memory.begin() + header_room);
  Wrapper::Datagram out = wrapper.wrap(how, header, Bytes(memory).subspan(header_room, inner.size()), {});
  CHECK(out.tail.empty());
  return {out.head.begin(), out.head.end()};
}

/// What is different; nothing when all is as expected.
std::string disagreement(const Json& vector) {
  const Json& expect = vector["expect"];
  Packet packet = from_hex(vector["packet"].text);
  Receiver::Result result = receiver_of(vector).unwrap(packet, carrier_of(vector));
  if (expect.has("drop")) return outcome(result) == expect["drop"].text ? "" : outcome(result);
  if (result.verdict != kept) return outcome(result);
  if (vector["format"].text != format_of(result.unwrapped.wrapping.format)->name) return "another format";
  if (!header_is(expect["header"], result.unwrapped.header)) return "another header";
  if (!prefixes_are(expect["header"], result.unwrapped.header)) return "other prefixes";
  if (result.inner != from_hex(expect["inner"].text)) return "another inner packet";
  bool encodes = !vector.has("encodes") || vector["encodes"].text != "false";
  return encodes && encoded(vector, expect["header"], result.inner) != packet ? "encodes otherwise" : "";
}

}  // namespace

TEST("every vector of the reference codec has the same outcome") {
  Json vectors = read_json_file(WEFT_VECTORS);
  size_t accepted = 0, refused = 0, different = 0;
  for (const Json& vector : vectors["vectors"].list) {
    const std::string& format = vector["format"].text;
    bool here = format == "" || format_named(format) != WEFT_FORMAT_NONE;
    if (!here) continue;  // the engine does not have it
    std::string found = disagreement(vector);
    if (found != "") std::printf("  %s: %s\n", vector["name"].text.c_str(), found.c_str());
    different += found != "";
    (vector["expect"].has("drop") ? refused : accepted)++;
  }
  CHECK(different == 0);
  CHECK(accepted >= 150);
  CHECK(refused >= 400);
}

}  // namespace weft::test
