#include "fast_path_object.h"

#include "read.h"
#include "write.h"

namespace weft {

namespace {

[[noreturn]] void fail(Napi::Env env, const std::string& sentence) { throw Napi::Error::New(env, sentence); }

uint32_t read_size(const Napi::Object& sizes, const char* name, uint32_t most) { return read_number(sizes, name, 1, most, "options.sizes"); }

bool read_one_of(const Napi::Object& object, const char* name, const char* yes, const char* no, const std::string& where) {
  std::string text = read_string(object, name, where);
  if (text != yes && text != no) {
    refuse(object.Env(), where + "." + name + ": expected \"" + yes + "\" or \"" + no + "\", found \"" + text + "\"");
  }
  return text == yes;
}

bool read_boolean(const Napi::Object& object, const char* name, const std::string& where) {
  Napi::Value value = object.Get(name);
  if (!value.IsBoolean()) refuse(object.Env(), where + "." + name + ": expected true or false");
  return value.As<Napi::Boolean>().Value();
}

FastPathOptions read_fast_options(const Napi::Value& value) {
  Napi::Object object = read_object(value, "options");
  FastPathOptions options;
  options.xdp = read_one_of(object, "mode", "xdp", "tc", "options");
  options.directory = read_string(object, "directory", "options");
  if (!options.directory.starts_with('/') || options.directory.ends_with('/')) {
    refuse(value.Env(), "options.directory: expected a path from the root, without a slash at its end");
  }
  options.udp_port = static_cast<uint16_t>(read_number(object, "udpPort", 1, 65535, "options"));
  read_list(object, "substrateAddresses", "options", [&](const Napi::Value& address, const std::string& place) {
    options.own.push_back(check_address(address, place));
  });
  Napi::Object foreign = read_object(object.Get("foreign"), "options.foreign");
  options.vxlan = read_boolean(foreign, "vxlan", "options.foreign");
  options.geneve = read_boolean(foreign, "geneve", "options.foreign");
  Napi::Object sizes = read_object(object.Get("sizes"), "options.sizes");
  options.sizes = {read_size(sizes, "locations", 1u << 24), read_size(sizes, "peers", max_peers), read_size(sizes, "pairs", 1u << 22)};
  options.flow_sampling = read_number(object, "flowSampling", 0, UINT32_MAX, "options");
  return options;
}

/// A name that stands in a path of /proc/sys.
std::string read_device(const Napi::Object& request, const char* name) {
  std::string device = read_string(request, name, "request");
  bool usable = !device.empty() && device.size() <= 15 && device != "." && device != "..";
  for (char letter : device) usable &= letter > ' ' && letter < 0x7f && letter != '/' && letter != ':';
  if (!usable) refuse(request.Env(), std::string("request.") + name + ": \"" + device + "\" is no name for a network interface");
  return device;
}

FastPortRequest read_fast_port(const Napi::Value& value) {
  Napi::Object object = read_object(value, "request");
  FastPortRequest request;
  request.port = read_number(object, "port", 0, max_ports - 1, "request");
  request.is_veth = read_one_of(object, "kind", "veth", "tap", "request");
  request.device = read_device(object, "device");
  request.engine_device = read_device(object, "engineDevice");
  request.mac = read_mac(object, "request");
  return request;
}

Napi::Number number(Napi::Env env, uint64_t value) { return Napi::Number::New(env, static_cast<double>(value)); }

Napi::Object write_traffic(Napi::Env env, const weft_traffic& traffic) {
  Napi::Object out = Napi::Object::New(env);
  out["packets"] = number(env, traffic.packets);
  out["bytes"] = number(env, traffic.bytes);
  return out;
}

Napi::Array write_owners(Napi::Env env, const std::vector<SlotCounts>& owners, const char* slot_name) {
  Napi::Array list = Napi::Array::New(env, owners.size());
  for (uint32_t at = 0; at < owners.size(); at++) {
    Napi::Object owner = Napi::Object::New(env);
    owner[slot_name] = owners[at].slot;
    owner["out"] = write_traffic(env, owners[at].counts.out);
    owner["in"] = write_traffic(env, owners[at].counts.in);
    owner["drops"] = number(env, owners[at].counts.drops);
    list[at] = owner;
  }
  return list;
}

template <size_t size>
Napi::Object write_counts(Napi::Env env, const std::array<uint64_t, size>& counts, const char* const (&names)[size]) {
  Napi::Object out = Napi::Object::New(env);
  for (size_t at = 0; at < size; at++) out[names[at]] = number(env, counts[at]);
  return out;
}

Napi::Array write_fills(Napi::Env env, const std::vector<Fill>& fills) {
  Napi::Array list = Napi::Array::New(env, fills.size());
  for (uint32_t at = 0; at < fills.size(); at++) {
    Napi::Object fill = Napi::Object::New(env);
    fill["table"] = fills[at].table;
    fill["entries"] = number(env, fills[at].entries);
    fill["most"] = number(env, fills[at].most);
    list[at] = fill;
  }
  return list;
}

Napi::Array write_sentences(Napi::Env env, const std::vector<std::string>& sentences) {
  Napi::Array list = Napi::Array::New(env, sentences.size());
  for (uint32_t at = 0; at < sentences.size(); at++) list[at] = sentences[at];
  return list;
}

}  // namespace

Napi::Function FastPathObject::define(Napi::Env env) {
  return DefineClass(
      env, "FastPath",
      {InstanceAccessor<&FastPathObject::former>("former"), InstanceMethod<&FastPathObject::open_port>("openPort"),
       InstanceMethod<&FastPathObject::close_port>("closePort"), InstanceMethod<&FastPathObject::apply>("apply"),
       InstanceMethod<&FastPathObject::take_over>("takeOver"), InstanceMethod<&FastPathObject::look>("look"),
       InstanceMethod<&FastPathObject::counters>("counters"), InstanceMethod<&FastPathObject::trace>("trace"),
       InstanceMethod<&FastPathObject::look_up>("lookUp"), InstanceMethod<&FastPathObject::stop>("stop")});
}

FastPathObject::FastPathObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<FastPathObject>(info), raw_env_(info.Env()) {
  FastPathOptions options = read_fast_options(info[0]);
  if (!info[1].IsFunction()) refuse(info.Env(), "onEvent: expected a function");
  events_ = std::make_unique<FastEventQueue>(info[1].As<Napi::Function>());
  Result<std::unique_ptr<FastPath>> made = FastPath::create(options, *events_);
  if (!made) {
    events_->close();
    fail(info.Env(), made.why());
  }
  fast_path_ = std::move(*made);
  napi_add_env_cleanup_hook(raw_env_, on_exit, this);  // its thread must be gone before the event queue is
  Ref();
}

FastPathObject::~FastPathObject() {
  if (fast_path_ != nullptr) stop_now();
}

void FastPathObject::stop_now() {
  if (fast_path_->stopped()) return;
  fast_path_->stop();
  events_->close();
  napi_remove_env_cleanup_hook(raw_env_, on_exit, this);
}

FastPath& FastPathObject::running(Napi::Env env) {
  if (fast_path_->stopped()) fail(env, "the fast path is stopped");
  return *fast_path_;
}

Napi::Value FastPathObject::former(const Napi::CallbackInfo& info) {
  const std::string& sentence = fast_path_->former();
  return sentence.empty() ? info.Env().Undefined() : Napi::String::New(info.Env(), sentence);
}

void FastPathObject::open_port(const Napi::CallbackInfo& info) {
  FastPortRequest request = read_fast_port(info[0]);
  Result<Done> done = running(info.Env()).open_port(request);
  if (!done) fail(info.Env(), done.why());
}

void FastPathObject::close_port(const Napi::CallbackInfo& info) {
  uint32_t port = check_number(info[0], 0, max_ports - 1, "port");
  running(info.Env()).close_port(port);
}

void FastPathObject::apply(const Napi::CallbackInfo& info) { running(info.Env()).apply(read_change_without_keys(info[0])); }

void FastPathObject::take_over(const Napi::CallbackInfo& info) {
  Result<Done> done = running(info.Env()).take_over();
  if (!done) fail(info.Env(), done.why());
}

Napi::Value FastPathObject::look(const Napi::CallbackInfo& info) { return write_sentences(info.Env(), running(info.Env()).look()); }

Napi::Value FastPathObject::counters(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  FastPathTotals totals = fast_path_->totals();
  Napi::Object out = Napi::Object::New(env);
  out["drops"] = write_counts(env, totals.drops, weft_drop_names);
  out["ports"] = write_owners(env, totals.ports, "port");
  out["peers"] = write_owners(env, totals.peers, "peer");
  out["local"] = write_traffic(env, totals.local);
  out["handedOver"] = write_counts(env, totals.handed_over, handover_names);
  out["lostEvents"] = number(env, totals.lost_events);
  out["tables"] = write_fills(env, totals.fills);
  return out;
}

void FastPathObject::trace(const Napi::CallbackInfo& info) {
  std::optional<TraceFilter> filter = read_filter(info[0]);
  running(info.Env()).trace(filter);
}

Napi::Value FastPathObject::look_up(const Napi::CallbackInfo& info) {
  Ends ends = read_query(info[0]);
  return write_looked_up(info.Env(), running(info.Env()).look_up(ends));
}

void FastPathObject::stop(const Napi::CallbackInfo&) {
  if (fast_path_->stopped()) return;
  stop_now();
  Unref();
}

Napi::Value probe_fast_path(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  FastPathModes modes = probe_fast_path();
  Napi::Array names = Napi::Array::New(env);
  if (modes.tc) names[names.Length()] = "tc";
  if (modes.xdp) names[names.Length()] = "xdp";
  Napi::Object out = Napi::Object::New(env);
  out["modes"] = names;
  out["problems"] = write_sentences(env, modes.problems);
  return out;
}

void remove_fast_path(const Napi::CallbackInfo& info) {
  if (!info[0].IsString()) refuse(info.Env(), "directory: expected a string");
  Result<Done> removed = remove_fast_path(info[0].As<Napi::String>().Utf8Value());
  if (!removed) refuse(info.Env(), removed.why());
}

}  // namespace weft
