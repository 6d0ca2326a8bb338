// Events of the workers, brought to JavaScript's thread.
#pragma once

#include <napi.h>

#include "surroundings.h"

namespace weft {

/// The queue is bounded: a miss that does not fit is told again with the next packet after the deadline.
/// It never keeps the process alive.
class EventQueue : public EventSink {
 public:
  explicit EventQueue(const Napi::Function& receiver);

  void miss(Side side, uint32_t gni, const Address& address) override;
  void offload_off(const char* offload, const std::string& reason) override;
  void fault(const std::string& where, const std::string& reason) override;
  /// Only when no worker runs any more; events that wait are dropped.
  void close();

 private:
  struct Event;
  void push(Event* event);

  Napi::ThreadSafeFunction queue_;
};

}  // namespace weft
