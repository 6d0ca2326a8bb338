// A failed check ends the fuzzer with the input that broke it.
#include "check.h"

#include <cstdio>
#include <cstdlib>

namespace weft::test {

void check(bool holds, const char* what, const char* file, int line) {
  if (holds) return;
  std::fprintf(stderr, "%s:%d: not true: %s\n", file, line, what);
  std::abort();
}

std::vector<uint8_t> Random::bytes(size_t size) { return std::vector<uint8_t>(size); }

}  // namespace weft::test
