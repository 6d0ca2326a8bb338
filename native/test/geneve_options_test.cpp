// Which options of a geneve packet are read, which stepped over, and which end it.
#include "geneve_options.h"
#include "json.h"
#include "packets.h"

namespace weft::test {

namespace {

struct Case {
  const char* options;
  OptionsFault fault;
  std::optional<uint32_t> source_gni;
};

const char source[] = "ff57010100abcdef";

const Case cases[] = {
    {"", OptionsFault::none, {}},
    {source, OptionsFault::none, 0xabcdef},
    {"ff5701e100abcdef", OptionsFault::none, 0xabcdef},                  // the ignored bits are ignored
    {"0102030000aa0001deadbeef", OptionsFault::none, {}},                // others, of lengths 0 and 1
    {"010203000102030211112222333344441122010155667788", OptionsFault::none, {}},
    {"01020300ff57010100000007", OptionsFault::none, 7},                 // ours behind another
    {"ff57010100000007ff57010100000008", OptionsFault::none, 7},         // ours twice
    {"ff570100", OptionsFault::none, {}},                                // ours of another length is not ours
    {"ff5701020000000700000008", OptionsFault::none, {}},
    {"ff58010100000007", OptionsFault::none, {}},                        // another class
    {"01028300", OptionsFault::critical, {}},
    {"ff57810100000007", OptionsFault::critical, {}},                    // a critical type 1 is another type
    {"ff5701010000000701028300", OptionsFault::critical, 7},
    {"01", OptionsFault::cut, {}},
    {"010203", OptionsFault::cut, {}},
    {"01020301", OptionsFault::cut, {}},
    {"0102031f00000000", OptionsFault::cut, {}},
    {"ff570101000000", OptionsFault::cut, {}},
    {"0102830100", OptionsFault::cut, {}},                               // cut and critical: it does not fit first
};

}  // namespace

TEST("geneve options have the outcome of their table") {
  for (const Case& each : cases) {
    Packet options = from_hex(each.options);
    std::optional<uint32_t> source_gni;
    CHECK(read_geneve_options(options, source_gni) == each.fault);
    CHECK(source_gni == each.source_gni);
  }
}

TEST("options of a whole header's length are walked to their end") {
  Packet options;
  for (int at = 0; at < 61; at++) options.insert(options.end(), {1, 2, 3, 0});
  Packet ours(geneve_source_option);
  write_geneve_source(ours.data(), 0x00123456);
  options.insert(options.end(), ours.begin(), ours.end());
  CHECK(options.size() == 63 * 4);
  std::optional<uint32_t> source_gni;
  CHECK(read_geneve_options(options, source_gni) == OptionsFault::none);
  CHECK(source_gni == 0x00123456u);
}

}  // namespace weft::test
