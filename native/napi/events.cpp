#include "events.h"

#include <memory>

#include "write.h"

namespace weft {

struct EventQueue::Event {
  enum class Kind { miss, offload_off, tested, fault, traced } kind;
  Side side = Side::destination;
  uint32_t gni = 0;
  Address address{};
  std::string subject{}, reason{};
  uint32_t peer = 0, id = 0, intact = 0;
  Traced told{};
  std::shared_ptr<std::atomic<size_t>> misses{};  // of a miss: the number of those that wait

  ~Event() {
    if (misses) misses->fetch_sub(1, std::memory_order_relaxed);
  }
  Napi::Object object(Napi::Env env) const {
    Napi::Object out = Napi::Object::New(env);
    switch (kind) {
      case Kind::miss:
        out["kind"] = "miss";
        out["side"] = side == Side::source ? "source" : "destination";
        out["gni"] = gni;
        out["address"] = address.text();
        break;
      case Kind::offload_off:
        out["kind"] = "offload-off";
        out["offload"] = subject;
        out["reason"] = reason;
        break;
      case Kind::tested:
        out["kind"] = "tested";
        out["peer"] = peer;
        out["id"] = id;
        out["intact"] = intact;
        break;
      case Kind::fault:
        out["kind"] = "fault";
        out["where"] = subject;
        out["reason"] = reason;
        break;
      case Kind::traced: return write_traced(env, told);
    }
    return out;
  }
};

namespace {
constexpr size_t most_misses = 8192, most_others = 8192;
}

EventQueue::EventQueue(const Napi::Function& receiver)
    : queue_(Napi::ThreadSafeFunction::New(receiver.Env(), receiver, "weft engine events", most_misses + most_others, 1)) {
  queue_.Unref(receiver.Env());
}

void EventQueue::miss(Side side, uint32_t gni, const Address& address) {
  if (misses_->fetch_add(1, std::memory_order_relaxed) >= most_misses) {
    misses_->fetch_sub(1, std::memory_order_relaxed);
    return;
  }
  push(std::unique_ptr<Event>(new Event{.kind = Event::Kind::miss, .side = side, .gni = gni, .address = address, .misses = misses_}));
}

void EventQueue::offload_off(const char* offload, const std::string& reason) {
  push(std::unique_ptr<Event>(new Event{Event::Kind::offload_off, {}, 0, {}, offload, reason}));
}

void EventQueue::tested(uint32_t peer, uint32_t id, uint32_t intact) {
  std::unique_ptr<Event> event(new Event{.kind = Event::Kind::tested});
  event->peer = peer;
  event->id = id;
  event->intact = intact;
  push(std::move(event));
}

void EventQueue::fault(const std::string& where, const std::string& reason) {
  push(std::unique_ptr<Event>(new Event{Event::Kind::fault, {}, 0, {}, where, reason}));
}

void EventQueue::traced(const Traced& told) {
  push(std::unique_ptr<Event>(new Event{.kind = Event::Kind::traced, .told = told}));
}

void EventQueue::push(std::unique_ptr<Event> event) {
  if (queue_.NonBlockingCall(event.get(), deliver) == napi_ok) event.release();
}

// Without an environment the queue is being torn down. Node would swallow an exception here, with a warning.
void EventQueue::deliver(Napi::Env env, Napi::Function receiver, Event* raw) {
  std::unique_ptr<Event> event(raw);
  if (env == nullptr) return;
  try {
    receiver.Call({event->object(env)});
  } catch (const Napi::Error& error) {
    napi_fatal_exception(env, error.Value());
  }
}

void EventQueue::close() { queue_.Abort(); }

}  // namespace weft
