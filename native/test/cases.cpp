#include "cases.h"

#include <cstdio>
#include <cstring>

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

bool passes(const Case& test, const std::function<void()>& before) {
  try {
    if (before) before();
    test.body();
    return true;
  } catch (const Broken&) {
    return false;
  }
}

}  // namespace

Registration::Registration(const char* sentence, std::function<void()> body) { cases().push_back({sentence, std::move(body)}); }

void check(bool holds, const char* what, const char* file, int line) {
  if (holds) return;
  std::printf("  %s:%d: not true: %s\n", file, line, what);
  throw Broken{};
}

Tally run_cases(const char* part, const RunOptions& how) {
  Tally tally;
  for (const auto& test : cases()) {
    if (part != nullptr && strstr(test.sentence, part) == nullptr) continue;
    tally.run++;
    bool ok = passes(test, how.before_each);
    tally.failed += !ok;
    if (!ok) std::printf("FAILED: %s\n", test.sentence);
    else if (how.says_ok) std::printf("ok: %s\n", test.sentence);
  }
  return tally;
}

}  // namespace weft::test
