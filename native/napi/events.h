// Events of the workers, brought to JavaScript's thread.
#pragma once

#include <napi.h>

#include <memory>

#include "surroundings.h"

namespace weft {

/// The queue is bounded: a miss that does not fit is told again after its packets' deadline, and the last places are
/// kept for all that is told only once. It never keeps the process alive. What the receiver throws becomes an uncaught
/// exception.
class EventQueue : public EventSink {
 public:
  explicit EventQueue(const Napi::Function& receiver);

  void miss(Side side, uint32_t gni, const Address& address) override;
  void offload_off(const char* offload, const std::string& reason) override;
  void tested(uint32_t peer, uint32_t id, uint32_t intact) override;
  void fault(const std::string& where, const std::string& reason) override;
  void traced(const Traced& told) override;
  /// Only when no worker runs any more; events that wait are dropped.
  void close();

 private:
  struct Event;
  void push(std::unique_ptr<Event> event);
  static void deliver(Napi::Env env, Napi::Function receiver, Event* raw);

  Napi::ThreadSafeFunction queue_;
  // Outlives this queue: events that were never delivered are destroyed later.
  std::shared_ptr<std::atomic<size_t>> misses_ = std::make_shared<std::atomic<size_t>>(0);
};

}  // namespace weft
