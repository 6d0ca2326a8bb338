#include "write.h"

#include "format.h"

namespace weft {

namespace {

Napi::Value number(Napi::Env env, uint64_t value) { return Napi::Number::New(env, static_cast<double>(value)); }

Napi::Object traffic(Napi::Env env, const Traffic& traffic) {
  Napi::Object out = Napi::Object::New(env);
  out["packets"] = number(env, traffic.packets);
  out["bytes"] = number(env, traffic.bytes);
  return out;
}

Napi::Array owners(Napi::Env env, const std::vector<OwnerTotals>& totals, const char* slot_name) {
  Napi::Array list = Napi::Array::New(env, totals.size());
  for (uint32_t at = 0; at < totals.size(); at++) {
    Napi::Object owner = Napi::Object::New(env);
    owner[slot_name] = number(env, totals[at].slot);
    owner["owner"] = number(env, totals[at].owner);
    owner["out"] = traffic(env, totals[at].out);
    owner["in"] = traffic(env, totals[at].in);
    owner["drops"] = number(env, totals[at].drops);
    list[at] = owner;
  }
  return list;
}

Napi::Object drop_reasons(Napi::Env env, const OwnerTotals& peer) {
  Napi::Object out = Napi::Object::New(env);
  for (int reason = 0; reason < WEFT_DROP_COUNT; reason++) {
    if (peer.drop_reasons[reason] > 0) out[weft_drop_names[reason]] = number(env, peer.drop_reasons[reason]);
  }
  return out;
}

Napi::Array peers(Napi::Env env, const std::vector<OwnerTotals>& totals) {
  Napi::Array list = owners(env, totals, "peer");
  for (uint32_t at = 0; at < totals.size(); at++) {
    Napi::Object peer = list.Get(at).As<Napi::Object>();
    peer["dropReasons"] = drop_reasons(env, totals[at]);
    peer["stalls"] = number(env, totals[at].stalls);
    peer["unansweredStalls"] = number(env, totals[at].unanswered_stalls);
  }
  return list;
}

Napi::Array keys(Napi::Env env, const std::vector<KeyTotals>& totals) {
  Napi::Array list = Napi::Array::New(env, totals.size());
  for (uint32_t at = 0; at < totals.size(); at++) {
    Napi::Object key = Napi::Object::New(env);
    key["key"] = number(env, totals[at].slot);
    key["packets"] = number(env, totals[at].packets);
    list[at] = key;
  }
  return list;
}

Napi::Array names(Napi::Env env, const std::vector<std::string>& texts) {
  Napi::Array list = Napi::Array::New(env, texts.size());
  for (uint32_t at = 0; at < texts.size(); at++) list[at] = texts[at];
  return list;
}

Napi::Object batching(Napi::Env env, const EngineTotals& totals) {
  Napi::Object out = Napi::Object::New(env);
  out["portReads"] = number(env, totals.port_reads);
  out["portWrites"] = number(env, totals.port_writes);
  out["sends"] = number(env, totals.sends);
  out["receives"] = number(env, totals.receives);
  out["superPacketsOut"] = number(env, totals.super_packets_out);
  out["superPacketsIn"] = number(env, totals.super_packets_in);
  return out;
}

}  // namespace

Napi::Object write_totals(Napi::Env env, const EngineTotals& totals) {
  Napi::Object out = Napi::Object::New(env);
  Napi::Object drops = Napi::Object::New(env);
  for (int reason = 0; reason < WEFT_DROP_COUNT; reason++) drops[weft_drop_names[reason]] = number(env, totals.drops[reason]);
  out["drops"] = drops;
  out["ports"] = owners(env, totals.ports, "port");
  out["peers"] = peers(env, totals.peers);
  out["keys"] = keys(env, totals.keys);
  out["local"] = traffic(env, totals.local);
  Napi::Object offloads = Napi::Object::New(env);
  offloads["udpGso"] = Napi::Boolean::New(env, totals.udp_gso);
  offloads["udpGro"] = Napi::Boolean::New(env, totals.udp_gro);
  offloads["tso"] = Napi::Boolean::New(env, totals.tso);
  offloads["uso"] = Napi::Boolean::New(env, totals.uso);
  out["offloads"] = offloads;
  out["batching"] = batching(env, totals);
  out["receiveOverflows"] = number(env, totals.receive_overflows);
  out["portOverflows"] = number(env, totals.port_overflows);
  out["waiting"] = number(env, totals.waiting);
  out["lastSendError"] = totals.last_send_error.empty() ? env.Undefined() : Napi::String::New(env, totals.last_send_error);
  Napi::Array ages = Napi::Array::New(env, totals.worker_age_ms.size());
  for (uint32_t at = 0; at < totals.worker_age_ms.size(); at++) ages[at] = number(env, totals.worker_age_ms[at]);
  out["workerAgeMs"] = ages;
  return out;
}

Napi::Object write_traced(Napi::Env env, const Traced& told) {
  Napi::Object out = Napi::Object::New(env);
  out["kind"] = "traced";
  out["trace"] = number(env, told.trace);
  out["executor"] = told.executor;
  out["program"] = told.program;
  out["verdict"] = told.verdict;
  if (told.reason != nullptr) out["reason"] = told.reason;
  if (told.port) out["port"] = number(env, *told.port);
  if (told.peer) out["peer"] = number(env, *told.peer);
  if (told.encapsulation) out["encapsulation"] = number(env, *told.encapsulation);
  else if (told.format != nullptr) out["encapsulation"] = told.format;
  out["length"] = number(env, told.length);
  if (told.device != 0) out["device"] = number(env, told.device);
  if (told.left_by != 0) out["leftBy"] = number(env, told.left_by);
  out["generation"] = number(env, told.generation);
  if (told.outer) {
    Napi::Object outer = Napi::Object::New(env);
    outer["source"] = told.outer->source.text();
    outer["destination"] = told.outer->destination.text();
    outer["sourcePort"] = number(env, told.outer->source_port);
    out["outer"] = outer;
  }
  out["timeUs"] = number(env, told.time_us);
  return out;
}

Napi::Object write_former(Napi::Env env, const FormerTotals& former) {
  Napi::Object out = Napi::Object::New(env);
  out["ports"] = owners(env, former.ports, "port");
  out["peers"] = owners(env, former.peers, "peer");
  return out;
}

Napi::Array write_flows(Napi::Env env, const std::vector<FlowSample>& flows) {
  Napi::Array list = Napi::Array::New(env, flows.size());
  for (uint32_t at = 0; at < flows.size(); at++) {
    const FlowSample& flow = flows[at];
    Napi::Object out = Napi::Object::New(env);
    out["timeUs"] = number(env, flow.time_us);
    out["side"] = flow.out ? "out" : "in";
    out["gni"] = flow.gni;
    out["source"] = flow.source.text();
    out["destination"] = flow.destination.text();
    out["protocol"] = uint32_t{flow.protocol};
    out["sourcePort"] = uint32_t{flow.source_port};
    out["destinationPort"] = uint32_t{flow.destination_port};
    out["packets"] = flow.packets;
    out["bytes"] = flow.bytes;
    if (flow.port != FlowSample::no_slot) out["port"] = flow.port;
    if (flow.peer != FlowSample::no_slot) out["peer"] = flow.peer;
    if (flow.dropped >= 0) out["dropReason"] = weft_drop_names[flow.dropped];
    list[at] = out;
  }
  return list;
}

Napi::Object write_looked_up(Napi::Env env, const LookedUp& found) {
  static const char* const locations[] = {"local", "remote", "nowhere", "unknown", "no-route"};
  Napi::Object out = Napi::Object::New(env);
  out["location"] = locations[static_cast<size_t>(found.location)];
  if (found.port) out["port"] = number(env, *found.port);
  if (found.peer) out["peer"] = number(env, *found.peer);
  if (found.send == nothing) out["send"] = "none";
  else if (found.send != undecided) out["send"] = number(env, static_cast<uint64_t>(found.send));
  out["sourceIsRight"] = Napi::Boolean::New(env, found.source_is_right);
  out["generation"] = number(env, found.generation);
  return out;
}

Napi::Object write_probe(Napi::Env env, const Probe& probe) {
  Napi::Object out = Napi::Object::New(env);
  Napi::Array formats = Napi::Array::New(env);
  for (int id = 1; id < WEFT_FORMAT_COUNT; id++) {
    if (format_of(id) != nullptr) formats[formats.Length()] = weft_format_names[id];
  }
  out["formats"] = formats;
  out["ciphers"] = names(env, probe.ciphers);
  out["compressions"] = names(env, probe.compressions);
  out["features"] = names(env, probe.features);
  out["tun"] = Napi::Boolean::New(env, probe.tun);
  out["multiQueue"] = Napi::Boolean::New(env, probe.multi_queue);
  out["tso"] = Napi::Boolean::New(env, probe.tso);
  out["uso"] = Napi::Boolean::New(env, probe.uso);
  out["udpGso"] = Napi::Boolean::New(env, probe.udp_gso);
  out["udpGro"] = Napi::Boolean::New(env, probe.udp_gro);
  out["crc32cHardware"] = Napi::Boolean::New(env, probe.crc32c_hardware);
  out["problems"] = names(env, probe.problems);
  return out;
}

}  // namespace weft
