// From JavaScript values to the engine's types. Everything that does not fit throws a TypeError with one sentence
// that names the place.
#pragma once

#include <napi.h>

#include <functional>
#include <string>

#include "engine.h"

namespace weft {

Napi::Object read_object(const Napi::Value& value, const std::string& where);
uint32_t read_number(const Napi::Object& object, const char* name, uint32_t least, uint32_t most, const std::string& where);
uint32_t check_number(const Napi::Value& value, uint32_t least, uint32_t most, const std::string& where);
std::string read_string(const Napi::Object& object, const char* name, const std::string& where);
Address check_address(const Napi::Value& value, const std::string& where);
/// Calls `each` with every element and its place; an absent property is an empty list.
void read_list(const Napi::Object& object, const char* name, const std::string& where,
               const std::function<void(const Napi::Value&, const std::string&)>& each);

EngineOptions read_options(const Napi::Value& value);
/// The file in which keys find their state after a restart; empty when there is none.
std::string read_key_states(const Napi::Value& options);
/// Descriptors that are given away: open ones, each once.
std::vector<int> read_inherited(const Napi::Value& options);
std::vector<uint64_t> read_epochs(const Napi::Value& value);
/// Nothing when it is undefined.
std::optional<TraceFilter> read_filter(const Napi::Value& value);
Ends read_query(const Napi::Value& value);
SessionTest read_test(const Napi::Value& value);
/// Keys are made for so many workers, with states that outlive the process where there are `states`.
Change read_change(const Napi::Value& value, unsigned workers, KeyStates* states);
/// For those who forward by formats alone; its encapsulations name their keys all the same.
Change read_change_without_keys(const Napi::Value& value);
/// The property `mac`: `aa:bb:cc:dd:ee:ff`.
Mac read_mac(const Napi::Object& object, const std::string& where);

[[noreturn]] void refuse(Napi::Env env, const std::string& sentence);

}  // namespace weft
