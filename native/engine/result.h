// A value or one sentence that says why there is none; engine code throws nothing.
#pragma once

#include <cstring>
#include <string>
#include <utility>
#include <variant>

namespace weft {

struct Failure {
  std::string message;
};

template <typename T>
class Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Failure failure) : state_(std::in_place_index<1>, std::move(failure)) {}

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() { return *std::get_if<0>(&state_); }
  T* operator->() { return std::get_if<0>(&state_); }
  const std::string& why() const { return std::get_if<1>(&state_)->message; }

 private:
  std::variant<T, Failure> state_;
};

struct Done {};

/// `EPERM (Operation not permitted)`.
inline std::string errno_text(int number) {
  const char* name = strerrorname_np(number);
  return std::string(name ? name : "errno") + " (" + strerror(number) + ")";
}

}  // namespace weft
