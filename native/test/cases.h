// Runs what check.h has registered.
#pragma once

#include "check.h"

namespace weft::test {

struct RunOptions {
  std::function<void()> before_each = {};
  bool says_ok = false;  // a line for each that holds, too
};

struct Tally {
  int run = 0, failed = 0;
  int exit_code() const { return failed > 0 || run == 0 ? 1 : 0; }
};

/// Those whose sentence contains `part`; all without one. Failures are printed.
Tally run_cases(const char* part, const RunOptions& how = {});

}  // namespace weft::test
