// Which first-packet misses are worth telling: each address once in a while, and not more than somebody can answer.
// Times are a parameter.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "locations.h"

namespace weft {

class ToldMisses {
 public:
  static constexpr uint64_t silence_ms = 100;
  static constexpr uint32_t most_per_silence = 512;

  /// Whether to tell that `key` was asked for; `is_source`: by a packet that came from it.
  bool is_worth_telling(const Key& key, bool is_source, uint64_t now_ms) {
    if (now_ms - began_ms_ >= silence_ms) {
      // Addresses told in the last window are still silent; older ones are forgotten.
      before_ = now_ms - began_ms_ < 2 * silence_ms ? std::move(told_) : Told{};
      told_ = {};
      began_ms_ = now_ms;
    }
    if (told_.size() >= most_per_silence || told_.contains({key, is_source})) return false;
    auto last = before_.find({key, is_source});
    if (last != before_.end() && now_ms - last->second < silence_ms) return false;
    told_[{key, is_source}] = now_ms;
    return true;
  }

 private:
  struct Question {
    Key key;
    bool is_source;
    bool operator==(const Question&) const = default;
  };
  struct QuestionHash {
    size_t operator()(const Question& question) const { return hash_of(question.key) ^ question.is_source; }
  };
  using Told = std::unordered_map<Question, uint64_t, QuestionHash>;

  uint64_t began_ms_ = 0;
  Told told_, before_;
};

}  // namespace weft
