// Events of the fast path, brought to JavaScript's thread.
#pragma once

#include <napi.h>

#include <memory>

#include "fast_path.h"

namespace weft {

/// Bounded by kind: flows and misses that do not fit are lost, and come again; the last places are kept for what is told
/// only once. It never keeps the process alive. What the receiver throws becomes an uncaught exception.
class FastEventQueue : public FastPathSink {
 public:
  explicit FastEventQueue(const Napi::Function& receiver);

  void miss(bool of_source, uint32_t gni, const Address& address) override;
  void flow(const weft_event& event) override;
  void traced(const Traced& told) override;
  void full(const Fill& fill, bool nearly) override;
  void fault(const std::string& where, const std::string& reason) override;
  /// Only when no events are read any more; those that wait are dropped.
  void close();

 private:
  struct Event;
  void push(std::unique_ptr<Event> event, size_t most);
  static void deliver(Napi::Env env, Napi::Function receiver, Event* raw);

  Napi::ThreadSafeFunction queue_;
  // Outlives this queue: events that were never delivered are destroyed later.
  std::shared_ptr<std::atomic<size_t>> waiting_ = std::make_shared<std::atomic<size_t>>(0);
};

}  // namespace weft
