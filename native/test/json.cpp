#include "json.h"

#include <cctype>
#include <cstdint>
#include <fstream>
#include <iterator>

#include "check.h"

namespace weft::test {

namespace {

class Reader {
 public:
  explicit Reader(std::string text) : text_(std::move(text)) {}

  Json value() {
    Json out;
    char first = peek();
    if (first == '{') {
      each('}', [&] {
        std::string name = string();
        expect(':');
        out.members[name] = value();
      });
    } else if (first == '[') {
      each(']', [&] { out.list.push_back(value()); });
    } else if (first == '"') {
      out.text = string();
    } else {
      while (isalnum(text_[at_]) || text_[at_] == '-' || text_[at_] == '.') out.text += text_[at_++];
    }
    return out;
  }

 private:
  char peek() {
    while (isspace(text_[at_])) at_++;
    return text_[at_];
  }
  void expect(char wanted) {
    CHECK(peek() == wanted);
    at_++;
  }
  template <typename Item>
  void each(char end, Item item) {
    at_++;
    while (peek() != end) {
      item();
      if (peek() == ',') at_++;
    }
    at_++;
  }
  std::string string() {
    expect('"');
    std::string out;
    while (text_[at_] != '"') {
      if (text_[at_] == '\\') at_++;
      out += text_[at_++];
    }
    at_++;
    return out;
  }

  std::string text_;
  size_t at_ = 0;
};

}  // namespace

Json read_json_file(const char* path) {
  std::ifstream file(path);
  CHECK(file.good());
  return Reader({std::istreambuf_iterator<char>(file), {}}).value();
}

std::vector<uint8_t> from_hex(const std::string& hex) {
  std::vector<uint8_t> out;
  for (size_t at = 0; at + 1 < hex.size(); at += 2) out.push_back(static_cast<uint8_t>(std::stoi(hex.substr(at, 2), nullptr, 16)));
  return out;
}

}  // namespace weft::test
