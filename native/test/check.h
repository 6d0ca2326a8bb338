// Tests of the engine without Node: a registry, and a check that is always compiled in.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace weft::test {

/// Ends the test with the file and line of the check; the others still run.
void check(bool holds, const char* what, const char* file, int line);

struct Registration {
  Registration(const char* sentence, std::function<void()> body);
};

/// The same numbers in every run.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 2 + 1) {}
  uint64_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_ * 0x2545f4914f6cdd1dull >> 11;
  }
  /// From 0 to below - 1.
  uint32_t below(uint32_t below) { return static_cast<uint32_t>(next() % below); }
  uint32_t between(uint32_t least, uint32_t most) { return least + below(most - least + 1); }
  bool chance(uint32_t one_in) { return below(one_in) == 0; }
  std::vector<uint8_t> bytes(size_t size);

 private:
  uint64_t state_;
};

}  // namespace weft::test

#define CHECK(holds) ::weft::test::check((holds), #holds, __FILE__, __LINE__)
#define WEFT_JOIN_(a, b) a##b
#define WEFT_JOIN(a, b) WEFT_JOIN_(a, b)
#define TEST(sentence)                                                                                    \
  static void WEFT_JOIN(test_, __LINE__)();                                                               \
  static ::weft::test::Registration WEFT_JOIN(registration_, __LINE__)(sentence, WEFT_JOIN(test_, __LINE__)); \
  static void WEFT_JOIN(test_, __LINE__)()
