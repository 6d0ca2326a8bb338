// What the programs tell, read by a thread of its own that sleeps while there is nothing.
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "../bpf/maps.h"
#include "descriptor.h"
#include "result.h"

struct ring_buffer;

namespace weft {

class EventRing {
 public:
  using Receiver = std::function<void(const weft_event&)>;
  /// `receive` is called on the ring's thread, until the ring is destroyed.
  static Result<std::unique_ptr<EventRing>> open(int map, Receiver receive);
  ~EventRing();

 private:
  explicit EventRing(Receiver receive) : receive_(std::move(receive)) {}
  static int take(void* self, void* event, size_t size);
  void run();

  Receiver receive_;
  ring_buffer* ring_ = nullptr;
  Descriptor stop_, poll_;
  std::thread thread_;
};

}  // namespace weft
