// Runs every test, or those whose sentence contains the first argument.
#include <chrono>
#include <cstdio>

#include "cases.h"
#include "key_table.h"

namespace weft::test {

std::vector<uint8_t> Random::bytes(size_t size) {
  std::vector<uint8_t> out(size);
  for (uint8_t& byte : out) byte = static_cast<uint8_t>(next());
  return out;
}

}  // namespace weft::test

int main(int count, char** arguments) {
  using namespace weft::test;
  weft::hash_secret = {0x452821e638d01377ull, 0xbe5466cf34e90c6cull, 0xc0ac29b7c97c50ddull};  // every run is the same
  auto begin = std::chrono::steady_clock::now();
  Tally tally = run_cases(count > 1 ? arguments[1] : nullptr);
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin).count();
  std::printf("engine: %d tests, %d failed, %lld ms\n", tally.run, tally.failed, static_cast<long long>(ms));
  return tally.exit_code();
}
