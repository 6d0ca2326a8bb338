#include "engine_object.h"

#include <fcntl.h>

#include <cstdio>

#include "read.h"
#include "write.h"

namespace weft {

namespace {

[[noreturn]] void fail(Napi::Env env, const std::string& sentence) { throw Napi::Error::New(env, sentence); }

uint32_t check_mtu(const Napi::Value& value, const std::string& where) {
  return check_number(value, least_mtu, greatest_mtu, where);
}

/// A name that the kernel takes, and that is nothing else when it stands in a path.
std::string read_interface(const Napi::Object& request) {
  std::string name = read_string(request, "interfaceName", "request");
  bool usable = !name.empty() && name.size() <= 15 && name != "." && name != "..";
  for (char letter : name) usable &= letter > ' ' && letter < 0x7f && letter != '/' && letter != ':' && letter != '%';
  if (!usable) refuse(request.Env(), "request.interfaceName: \"" + name + "\" is no name for a network interface");
  return name;
}

Napi::Array write_numbers(Napi::Env env, const std::vector<int>& numbers) {
  Napi::Array out = Napi::Array::New(env, numbers.size());
  for (uint32_t at = 0; at < numbers.size(); at++) out[at] = numbers[at];
  return out;
}

/// Descriptors that an engine gets. One that cannot be made has closed them: they are open again then, under their
/// numbers, for the next attempt.
class Lent {
 public:
  explicit Lent(const std::vector<int>& numbers) : numbers_(numbers) {
    for (int number : numbers) spare_.push_back(Descriptor(fcntl(number, F_DUPFD_CLOEXEC, 0)));
  }
  Inherited give() const {
    std::vector<Descriptor> all;
    for (int number : numbers_) all.push_back(Descriptor(number));
    return Inherited(std::move(all));
  }
  void take_back() const {
    for (size_t at = 0; at < numbers_.size(); at++) dup3(spare_[at].get(), numbers_[at], O_CLOEXEC);
  }

 private:
  const std::vector<int>& numbers_;
  std::vector<Descriptor> spare_;
};

}  // namespace

Napi::Function EngineObject::define(Napi::Env env) {
  return DefineClass(env, "Engine",
                     {InstanceMethod<&EngineObject::open_port>("openPort"), InstanceMethod<&EngineObject::close_port>("closePort"),
                      InstanceMethod<&EngineObject::set_port_mtu>("setPortMtu"), InstanceMethod<&EngineObject::apply>("apply"),
                      InstanceMethod<&EngineObject::counters>("counters"), InstanceMethod<&EngineObject::take_flows>("takeFlows"), InstanceMethod<&EngineObject::former>("former"),
                      InstanceMethod<&EngineObject::test_session>("testSession"), InstanceMethod<&EngineObject::stop>("stop"),
                      InstanceMethod<&EngineObject::trace>("trace"), InstanceMethod<&EngineObject::look_up>("lookUp"),
                      InstanceMethod<&EngineObject::read>("read"), InstanceMethod<&EngineObject::receivers>("receivers"),
                      InstanceMethod<&EngineObject::close_inherited>("closeInherited"), InstanceMethod<&EngineObject::worker_ages>("workerAgesMs"),
                      InstanceMethod<&EngineObject::waiting>("waiting"), InstanceMethod<&EngineObject::key_states>("keyStates"), InstanceMethod<&EngineObject::keep_key_states>("keepKeyStates")});
}

EngineObject::EngineObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<EngineObject>(info), raw_env_(info.Env()) {
  EngineOptions options = read_options(info[0]);
  std::string states = read_key_states(info[0]);
  std::vector<int> inherited = read_inherited(info[0]);
  if (!info[1].IsFunction()) refuse(info.Env(), "onEvent: expected a function");
  events_ = std::make_unique<EventQueue>(info[1].As<Napi::Function>());
  Lent lent(inherited);
  Result<std::unique_ptr<Engine>> engine = Engine::create(options, *events_, real_kernel, lent.give());
  if (!engine) {
    lent.take_back();
    events_->close();
    fail(info.Env(), engine.why());
  }
  engine_ = std::move(*engine);
  if (!states.empty()) open_key_states(states);
  napi_add_env_cleanup_hook(raw_env_, on_exit, this);  // workers must be gone before the event queue is
  Ref();  // a running engine is not garbage
}

EngineObject::~EngineObject() {
  if (engine_ == nullptr) return;
  stop_now();
}

void EngineObject::stop_now() {
  if (engine_->stopped()) return;
  engine_->stop();
  states_.reset();
  events_->close();
  napi_remove_env_cleanup_hook(raw_env_, on_exit, this);
}

Engine& EngineObject::running(Napi::Env env) {
  if (engine_->stopped()) fail(env, "the engine is stopped");
  return *engine_;
}

Napi::Value EngineObject::open_port(const Napi::CallbackInfo& info) {
  Napi::Object request = read_object(info[0], "request");
  uint32_t port = read_number(request, "port", 0, max_ports - 1, "request");
  TunRequest tun;
  tun.netns_path = read_string(request, "netnsPath", "request");
  tun.name = read_interface(request);
  tun.mtu = check_mtu(request.Get("mtu"), "request.mtu");
  Result<Engine::PortOpened> opened = running(info.Env()).open_port(port, tun);
  if (!opened) fail(info.Env(), opened.why());
  Napi::Object out = Napi::Object::New(info.Env());
  out["queues"] = opened->queues;
  out["tso"] = Napi::Boolean::New(info.Env(), opened->tso);
  out["uso"] = Napi::Boolean::New(info.Env(), opened->uso);
  out["adopted"] = Napi::Boolean::New(info.Env(), opened->adopted);
  out["descriptors"] = write_numbers(info.Env(), opened->descriptors);
  return out;
}

void EngineObject::close_port(const Napi::CallbackInfo& info) {
  uint32_t port = check_number(info[0], 0, max_ports - 1, "port");
  std::string how = info[1].IsString() ? info[1].As<Napi::String>().Utf8Value() : "";
  if (how != "keep" && how != "remove") refuse(info.Env(), "how: expected \"keep\" or \"remove\"");
  Result<Done> done = running(info.Env()).close_port(port, how == "remove");
  if (!done) fail(info.Env(), done.why());
}

void EngineObject::read(const Napi::CallbackInfo& info) {
  if (!info[0].IsBoolean()) refuse(info.Env(), "reading: expected true or false");
  running(info.Env()).read(info[0].As<Napi::Boolean>().Value());
}

Napi::Value EngineObject::receivers(const Napi::CallbackInfo& info) {
  return write_numbers(info.Env(), running(info.Env()).receivers());
}

void EngineObject::close_inherited(const Napi::CallbackInfo& info) {
  int fd = static_cast<int>(check_number(info[0], 0, INT32_MAX, "descriptor"));
  running(info.Env()).close_inherited(fd);
}

Napi::Value EngineObject::worker_ages(const Napi::CallbackInfo& info) {
  std::vector<uint64_t> ages = running(info.Env()).worker_ages();
  Napi::Array out = Napi::Array::New(info.Env(), ages.size());
  for (uint32_t at = 0; at < ages.size(); at++) out[at] = static_cast<double>(ages[at]);
  return out;
}

Napi::Value EngineObject::waiting(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(running(info.Env()).waiting()));
}

void EngineObject::set_port_mtu(const Napi::CallbackInfo& info) {
  uint32_t port = check_number(info[0], 0, max_ports - 1, "port");
  Result<Done> done = running(info.Env()).set_port_mtu(port, check_mtu(info[1], "mtu"));
  if (!done) fail(info.Env(), done.why());
}

void EngineObject::apply(const Napi::CallbackInfo& info) {
  Engine& engine = running(info.Env());
  bool complete = states_ != nullptr && states_->generation() != 0;
  Change change = read_change(info[0], engine.workers(), states_.get());
  if (complete && states_->generation() == 0) {
    states_problem_ = "there is no room for the state of further keys: after a restart all keys are new ones";
    events_->fault("keys", states_problem_);
  }
  Result<Done> done = engine.apply(change);
  if (!done) refuse(info.Env(), done.why());
}

// Without the file keys are as good as ever, except that none of them outlives the process.
void EngineObject::open_key_states(const std::string& path) {
  Result<std::unique_ptr<KeyStates>> opened = KeyStates::open(path);
  if (opened) states_ = std::move(*opened);
  else states_problem_ = opened.why();
}

Napi::Value EngineObject::key_states(const Napi::CallbackInfo& info) {
  Napi::Object out = Napi::Object::New(info.Env());
  uint64_t generation = states_ == nullptr ? 0 : states_->generation();
  char text[17];
  snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(generation));
  if (generation != 0) out["generation"] = Napi::String::New(info.Env(), text);
  if (!states_problem_.empty()) out["problem"] = states_problem_;
  return out;
}

void EngineObject::keep_key_states(const Napi::CallbackInfo& info) {
  std::vector<uint64_t> epochs = read_epochs(info[0]);
  running(info.Env());
  if (states_ != nullptr) states_->keep(epochs);
}

Napi::Value EngineObject::counters(const Napi::CallbackInfo& info) { return write_totals(info.Env(), engine_->totals()); }

Napi::Value EngineObject::former(const Napi::CallbackInfo& info) { return write_former(info.Env(), engine_->former()); }

Napi::Value EngineObject::take_flows(const Napi::CallbackInfo& info) { return write_flows(info.Env(), engine_->take_flows()); }

void EngineObject::test_session(const Napi::CallbackInfo& info) {
  SessionTest test = read_test(info[0]);
  running(info.Env()).test_session(test);
}

void EngineObject::trace(const Napi::CallbackInfo& info) {
  std::optional<TraceFilter> filter = read_filter(info[0]);
  running(info.Env()).trace(filter);
}

Napi::Value EngineObject::look_up(const Napi::CallbackInfo& info) {
  Ends ends = read_query(info[0]);
  return write_looked_up(info.Env(), running(info.Env()).look_up(ends));
}

void EngineObject::stop(const Napi::CallbackInfo&) {
  if (engine_->stopped()) return;
  stop_now();
  Unref();
}

}  // namespace weft
