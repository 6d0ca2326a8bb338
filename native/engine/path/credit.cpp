#include "credit.h"

#include <algorithm>

namespace weft {

namespace {

/// The greater one of both stays; that one is the result.
uint64_t raise_to(std::atomic<uint64_t>& value, uint64_t to) {
  uint64_t seen = value.load();
  while (seen < to && !value.compare_exchange_weak(seen, to)) continue;
  return std::max(seen, to);
}

}  // namespace

bool Credit::raise(uint64_t to, uint64_t next, uint64_t now_ms) {
  if (to > next + furthest) return false;
  uint64_t seen = granted_.load();
  do {
    if (seen >= to) return false;
  } while (!granted_.compare_exchange_weak(seen, to));
  heard_ms_.store(now_ms);
  is_open_.store(false);
  return true;
}

bool Credit::is_time_to_ask(uint64_t now_ms) {
  uint64_t granted = granted_.load(), last = asked_ms_.load();
  bool is_new = asked_at_.exchange(granted) != granted;
  if (!is_new && now_ms < last + ask_every_ms) return false;
  return asked_ms_.compare_exchange_strong(last, now_ms);
}

uint64_t Grants::asked(uint64_t next, uint64_t window) { return raise_to(granted_, next + window); }

}  // namespace weft
