// The engine as a JavaScript object.
#pragma once

#include <napi.h>

#include <memory>

#include "engine.h"
#include "events.h"

namespace weft {

class EngineObject : public Napi::ObjectWrap<EngineObject> {
 public:
  /// The constructor, which only `createEngine` calls.
  static Napi::Function define(Napi::Env env);

  explicit EngineObject(const Napi::CallbackInfo& info);
  ~EngineObject() override;

 private:
  Napi::Value open_port(const Napi::CallbackInfo& info);
  void close_port(const Napi::CallbackInfo& info);
  void set_port_mtu(const Napi::CallbackInfo& info);
  void read(const Napi::CallbackInfo& info);
  Napi::Value receivers(const Napi::CallbackInfo& info);
  void close_inherited(const Napi::CallbackInfo& info);
  Napi::Value worker_ages(const Napi::CallbackInfo& info);
  Napi::Value waiting(const Napi::CallbackInfo& info);
  void apply(const Napi::CallbackInfo& info);
  Napi::Value counters(const Napi::CallbackInfo& info);
  Napi::Value former(const Napi::CallbackInfo& info);
  Napi::Value take_flows(const Napi::CallbackInfo& info);
  void test_session(const Napi::CallbackInfo& info);
  Napi::Value key_states(const Napi::CallbackInfo& info);
  void keep_key_states(const Napi::CallbackInfo& info);
  void trace(const Napi::CallbackInfo& info);
  Napi::Value look_up(const Napi::CallbackInfo& info);
  void stop(const Napi::CallbackInfo& info);
  void open_key_states(const std::string& path);
  void stop_now();
  Engine& running(Napi::Env env);

  static void on_exit(void* self) { static_cast<EngineObject*>(self)->stop_now(); }

  napi_env raw_env_;
  std::unique_ptr<EventQueue> events_;
  std::unique_ptr<KeyStates> states_;
  std::string states_problem_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace weft
