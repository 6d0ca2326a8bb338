// Tests of the BPF programs by BPF_PROG_TEST_RUN: a packet in, a verdict and a packet out. Needs root and /dev/net/tun,
// nothing else of the machine: it runs in a network namespace of its own, also inside an initramfs.
//
//   bpf-test OBJECT VECTORS [PART OF A SENTENCE]
#include <cstdio>
#include <cstring>
#include <vector>

#include "check.h"
#include "programs.h"

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

namespace {

bool passes(const Case& test) {
  try {
    Programs::all().forget();
    test.body();
    std::printf("ok: %s\n", test.sentence);
    return true;
  } catch (const Broken&) {
    std::printf("FAILED: %s\n", test.sentence);
    return false;
  }
}

}  // namespace

}  // namespace weft::test

int main(int count, char** arguments) {
  using namespace weft::test;
  if (count < 3) return std::fprintf(stderr, "usage: bpf-test OBJECT VECTORS [PART OF A SENTENCE]\n"), 2;
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  if (!Programs::load(arguments[1], arguments[2])) return 1;
  int run = 0, failed = 0;
  for (const auto& test : cases()) {
    if (count > 3 && strstr(test.sentence, arguments[3]) == nullptr) continue;
    run++;
    failed += !passes(test);
  }
  std::printf("bpf: %d tests, %d failed\n", run, failed);
  return failed > 0 || run == 0 ? 1 : 0;
}
