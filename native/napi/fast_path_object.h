// The fast path as a JavaScript object.
#pragma once

#include <napi.h>

#include <memory>

#include "fast_events.h"

namespace weft {

class FastPathObject : public Napi::ObjectWrap<FastPathObject> {
 public:
  /// The constructor, which only `createFastPath` calls.
  static Napi::Function define(Napi::Env env);

  explicit FastPathObject(const Napi::CallbackInfo& info);
  ~FastPathObject() override;

 private:
  Napi::Value former(const Napi::CallbackInfo& info);
  void open_port(const Napi::CallbackInfo& info);
  void close_port(const Napi::CallbackInfo& info);
  void apply(const Napi::CallbackInfo& info);
  void take_over(const Napi::CallbackInfo& info);
  Napi::Value look(const Napi::CallbackInfo& info);
  Napi::Value counters(const Napi::CallbackInfo& info);
  void trace(const Napi::CallbackInfo& info);
  Napi::Value look_up(const Napi::CallbackInfo& info);
  void stop(const Napi::CallbackInfo& info);
  void stop_now();
  FastPath& running(Napi::Env env);

  static void on_exit(void* self) { static_cast<FastPathObject*>(self)->stop_now(); }

  napi_env raw_env_;
  std::unique_ptr<FastEventQueue> events_;
  std::unique_ptr<FastPath> fast_path_;
};

Napi::Value probe_fast_path(const Napi::CallbackInfo& info);
void remove_fast_path(const Napi::CallbackInfo& info);

}  // namespace weft
