#include "events.h"

#include <memory>

namespace weft {

struct EventQueue::Event {
  enum class Kind { miss, offload_off, fault } kind;
  Side side = Side::destination;
  uint32_t gni = 0;
  Address address;
  std::string subject, reason;

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
      case Kind::fault:
        out["kind"] = "fault";
        out["where"] = subject;
        out["reason"] = reason;
        break;
    }
    return out;
  }
};

namespace {
constexpr size_t most_events = 8192;
}

EventQueue::EventQueue(const Napi::Function& receiver)
    : queue_(Napi::ThreadSafeFunction::New(receiver.Env(), receiver, "weft engine events", most_events, 1)) {
  queue_.Unref(receiver.Env());
}

void EventQueue::miss(Side side, uint32_t gni, const Address& address) {
  push(new Event{Event::Kind::miss, side, gni, address, {}, {}});
}

void EventQueue::offload_off(const char* offload, const std::string& reason) {
  push(new Event{Event::Kind::offload_off, {}, 0, {}, offload, reason});
}

void EventQueue::fault(const std::string& where, const std::string& reason) {
  push(new Event{Event::Kind::fault, {}, 0, {}, where, reason});
}

void EventQueue::push(Event* event) {
  auto call = [](Napi::Env env, Napi::Function receiver, Event* raw) {
    std::unique_ptr<Event> event(raw);
    if (env != nullptr) receiver.Call({event->object(env)});
  };
  if (queue_.NonBlockingCall(event, call) != napi_ok) delete event;
}

void EventQueue::close() { queue_.Abort(); }

}  // namespace weft
