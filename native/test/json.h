// Just enough JSON to read vectors.json.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace weft::test {

struct Json {
  std::string text;  // of a string, a number, true, false or null
  std::vector<Json> list;
  std::map<std::string, Json> members;

  bool has(const std::string& name) const { return members.contains(name); }
  const Json& operator[](const std::string& name) const { return members.at(name); }
};

Json read_json_file(const char* path);
std::vector<uint8_t> from_hex(const std::string& hex);

}  // namespace weft::test
