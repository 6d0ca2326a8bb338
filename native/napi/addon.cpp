// The addon's functions; their contract is native/index.ts.
#include "engine_object.h"
#include "fast_path_object.h"
#include "write.h"

namespace weft {

namespace {

struct AddonData {
  Napi::FunctionReference engine_class, fast_path_class;
};

Napi::Value create_engine(const Napi::CallbackInfo& info) {
  return info.Env().GetInstanceData<AddonData>()->engine_class.New({info[0], info[1]});
}

Napi::Value create_fast_path(const Napi::CallbackInfo& info) {
  return info.Env().GetInstanceData<AddonData>()->fast_path_class.New({info[0], info[1]});
}

Napi::Value probe_kernel(const Napi::CallbackInfo& info) { return write_probe(info.Env(), probe()); }

Napi::Object init(Napi::Env env, Napi::Object exports) {
  auto* data = new AddonData{Napi::Persistent(EngineObject::define(env)), Napi::Persistent(FastPathObject::define(env))};
  env.SetInstanceData(data);
  exports["probe"] = Napi::Function::New(env, probe_kernel, "probe");
  exports["createEngine"] = Napi::Function::New(env, create_engine, "createEngine");
  exports["probeFastPath"] = Napi::Function::New(env, static_cast<Napi::Value (*)(const Napi::CallbackInfo&)>(probe_fast_path), "probeFastPath");
  exports["createFastPath"] = Napi::Function::New(env, create_fast_path, "createFastPath");
  exports["removeFastPath"] = Napi::Function::New(env, static_cast<void (*)(const Napi::CallbackInfo&)>(remove_fast_path), "removeFastPath");
  return exports;
}

}  // namespace

NODE_API_MODULE(weft, init)

}  // namespace weft
