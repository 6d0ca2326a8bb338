// Tests of the BPF programs by BPF_PROG_TEST_RUN: a packet in, a verdict and a packet out. Needs root and /dev/net/tun,
// nothing else of the machine: it runs in a network namespace of its own, also inside an initramfs.
//
//   bpf-test OBJECT VECTORS [PART OF A SENTENCE]
#include <cstdio>

#include "cases.h"
#include "programs.h"

int main(int count, char** arguments) {
  using namespace weft::test;
  if (count < 3) return std::fprintf(stderr, "usage: bpf-test OBJECT VECTORS [PART OF A SENTENCE]\n"), 2;
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  if (!Programs::load(arguments[1], arguments[2])) return 1;
  Tally tally = run_cases(count > 3 ? arguments[3] : nullptr,
                          {.before_each = [] { Programs::all().forget(); }, .says_ok = true});
  std::printf("bpf: %d tests, %d failed\n", tally.run, tally.failed);
  return tally.exit_code();
}
