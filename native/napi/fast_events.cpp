#include "fast_events.h"

#include <functional>

#include "write.h"

namespace weft {

struct FastEventQueue::Event {
  std::function<Napi::Object(Napi::Env)> object;
  std::shared_ptr<std::atomic<size_t>> waiting{};

  ~Event() {
    if (waiting) waiting->fetch_sub(1, std::memory_order_relaxed);
  }
};

namespace {

constexpr size_t most_flows = 1024, most_misses = 4096, most_in_all = 8192;
constexpr uint32_t no_slot = ~0u;

Napi::Object event_of(Napi::Env env, const char* kind) {
  Napi::Object out = Napi::Object::New(env);
  out["kind"] = kind;
  return out;
}

Napi::Object flow_of(Napi::Env env, const weft_event& event, uint64_t time_us) {
  Napi::Object out = event_of(env, "flow");
  out["timeUs"] = Napi::Number::New(env, static_cast<double>(time_us));
  out["side"] = event.program == WEFT_IN_GUEST ? "out" : "in";
  out["gni"] = event.gni;
  out["source"] = loaded(event.source).text();
  out["destination"] = loaded(event.destination).text();
  out["protocol"] = uint32_t{event.protocol};
  out["sourcePort"] = uint32_t{event.source_port};
  out["destinationPort"] = uint32_t{event.destination_port};
  out["packets"] = event.segments;
  out["bytes"] = event.length;
  if (event.port != no_slot) out["port"] = event.port;
  if (event.peer != no_slot) out["peer"] = event.peer;
  return out;
}

}  // namespace

FastEventQueue::FastEventQueue(const Napi::Function& receiver)
    : queue_(Napi::ThreadSafeFunction::New(receiver.Env(), receiver, "weft fast path events", most_in_all, 1)) {
  queue_.Unref(receiver.Env());
}

void FastEventQueue::miss(bool of_source, uint32_t gni, const Address& address) {
  push(std::make_unique<Event>([=](Napi::Env env) {
         Napi::Object out = event_of(env, "miss");
         out["side"] = of_source ? "source" : "destination";
         out["gni"] = gni;
         out["address"] = address.text();
         return out;
       }),
       most_misses);
}

void FastEventQueue::flow(const weft_event& event) {
  push(std::make_unique<Event>([event, time_us = unix_time_us(event)](Napi::Env env) { return flow_of(env, event, time_us); }), most_flows);
}

void FastEventQueue::traced(const Traced& told) {
  push(std::make_unique<Event>([told](Napi::Env env) { return write_traced(env, told); }), most_in_all);
}

void FastEventQueue::full(const Fill& fill, bool nearly) {
  push(std::make_unique<Event>([=](Napi::Env env) {
         Napi::Object out = event_of(env, "full");
         out["table"] = fill.table;
         out["entries"] = Napi::Number::New(env, static_cast<double>(fill.entries));
         out["most"] = Napi::Number::New(env, static_cast<double>(fill.most));
         out["nearly"] = Napi::Boolean::New(env, nearly);
         return out;
       }),
       most_in_all);
}

void FastEventQueue::fault(const std::string& where, const std::string& reason) {
  push(std::make_unique<Event>([=](Napi::Env env) {
         Napi::Object out = event_of(env, "fault");
         out["where"] = where;
         out["reason"] = reason;
         return out;
       }),
       most_in_all);
}

void FastEventQueue::push(std::unique_ptr<Event> event, size_t most) {
  if (waiting_->fetch_add(1, std::memory_order_relaxed) >= most) {
    waiting_->fetch_sub(1, std::memory_order_relaxed);
    return;
  }
  event->waiting = waiting_;
  if (queue_.NonBlockingCall(event.get(), deliver) == napi_ok) event.release();
}

// Without an environment the queue is being torn down. Node would swallow an exception here, with a warning.
void FastEventQueue::deliver(Napi::Env env, Napi::Function receiver, Event* raw) {
  std::unique_ptr<Event> event(raw);
  if (env == nullptr) return;
  try {
    receiver.Call({event->object(env)});
  } catch (const Napi::Error& error) {
    napi_fatal_exception(env, error.Value());
  }
}

void FastEventQueue::close() { queue_.Abort(); }

}  // namespace weft
