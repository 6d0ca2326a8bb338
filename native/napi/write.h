// From the engine's types to JavaScript values, in the shapes of native/index.ts.
#pragma once

#include <napi.h>

#include "engine.h"
#include "probe.h"

namespace weft {

Napi::Object write_totals(Napi::Env env, const EngineTotals& totals);
Napi::Object write_traced(Napi::Env env, const Traced& told);
Napi::Object write_former(Napi::Env env, const FormerTotals& former);
Napi::Array write_flows(Napi::Env env, const std::vector<FlowSample>& flows);
Napi::Object write_looked_up(Napi::Env env, const LookedUp& found);
Napi::Object write_probe(Napi::Env env, const Probe& probe);

}  // namespace weft
