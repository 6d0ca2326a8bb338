// Runs every test, or those whose sentence contains the first argument.
#include <chrono>
#include <cstdio>
#include <cstring>

#include "check.h"
#include "key_table.h"

namespace weft::test {

namespace {

struct Case {
  const char* sentence;
  std::function<void()> body;
};

std::vector<Case>& cases() {
  static std::vector<Case> all;
  return all;
}

struct Broken {};

}  // namespace

Registration::Registration(const char* sentence, std::function<void()> body) { cases().push_back({sentence, std::move(body)}); }

void check(bool holds, const char* what, const char* file, int line) {
  if (holds) return;
  std::printf("  %s:%d: not true: %s\n", file, line, what);
  throw Broken{};
}

std::vector<uint8_t> Random::bytes(size_t size) {
  std::vector<uint8_t> out(size);
  for (uint8_t& byte : out) byte = static_cast<uint8_t>(next());
  return out;
}

}  // namespace weft::test

int main(int count, char** arguments) {
  using namespace weft::test;
  weft::hash_secret = {0x452821e638d01377ull, 0xbe5466cf34e90c6cull, 0xc0ac29b7c97c50ddull};  // every run is the same
  int run = 0, failed = 0;
  auto begin = std::chrono::steady_clock::now();
  for (const auto& test : cases()) {
    if (count > 1 && strstr(test.sentence, arguments[1]) == nullptr) continue;
    run++;
    try {
      test.body();
    } catch (const Broken&) {
      failed++;
      std::printf("FAILED: %s\n", test.sentence);
    }
  }
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin).count();
  std::printf("engine: %d tests, %d failed, %lld ms\n", run, failed, static_cast<long long>(ms));
  return failed > 0 || run == 0 ? 1 : 0;
}
