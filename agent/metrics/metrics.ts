/** The agent's metrics as text: what `wire/metrics/agent.ts` lists, of this host and of now. */
import { agentMetrics } from '../../wire/metrics/agent.ts';
import { Exposition } from '../../wire/metrics/exposition.ts';
import type { Readiness } from '../../wire/metrics/listener.ts';
import type { ProcessMeasures } from '../../wire/metrics/process.ts';
import { version } from '../../wire/version.ts';
import type { Agent } from '../agent.ts';
import type { Counters } from '../datapath/counters.ts';
import { nameMost } from './naming.ts';

type Written = Exposition<typeof agentMetrics>;

/** What is not the agent's own to know. */
export interface MetricsBesides {
  readonly measures: ProcessMeasures;
  readonly readiness: Readiness;
  /** Of the steady clock. */
  readonly nowMs: number;
}

export function writeMetrics(agent: Agent, counters: Counters, besides: MetricsBesides): string {
  const { measures, readiness, nowMs } = besides;
  const written: Written = new Exposition(agentMetrics);
  writeProcess(written, agent, measures);
  written.add('weft_agent_ready', readiness.ready ? 1 : 0, {});
  writeControl(written, agent, nowMs);
  writeHeld(written, agent);
  writeSessions(written, agent);
  writeKeys(written, agent, nowMs);
  writeCarried(written, counters);
  writeEngine(written, counters);
  writeFastPath(written, agent, counters);
  written.add('weft_agent_flow_records_total', agent.flows.file?.written, {});
  written.add('weft_agent_flow_records_lost_total', agent.flows.file?.lost, {});
  // Before that, totals lack what the fast path's former tables hold, and would seem to go back.
  if (agent.phase !== 'starting') writeGuests(written, counters);
  if (agent.phase !== 'starting') writePeers(written, agent, counters);
  return written.text();
}

function writeProcess(written: Written, agent: Agent, measures: ProcessMeasures): void {
  written.add('weft_agent_info', 1, { host: agent.config.host, version });
  written.add('weft_agent_start_time_seconds', agent.startedMs / 1000, {});
  written.add('weft_agent_resident_bytes', measures.residentBytes(), {});
  written.add('weft_agent_cpu_seconds_total', measures.cpuSeconds(), {});
  written.histogram('weft_agent_event_loop_delay_seconds', measures.loopDelay, {});
  for (const [code, count] of agent.journal.eventCounts) written.add('weft_agent_events_total', count, { code });
  written.add('weft_agent_errors_total', agent.journal.errorCount, {});
}

function writeControl(written: Written, { session, store, tally }: Agent, nowMs: number): void {
  const { phase, sinceMs } = session.state;
  written.add('weft_agent_control_connected', session.connected ? 1 : 0, {});
  written.add('weft_agent_control_state_seconds', Math.max(0, nowMs - sinceMs) / 1000, {
    state: phase.name,
  });
  written.add('weft_agent_control_epoch', store.epoch, {});
  written.add('weft_agent_control_connects_total', tally.connects, {});
  written.add('weft_agent_control_failures_total', tally.failures, {});
  written.add('weft_agent_mapping_misses_total', tally.misses, {});
}

function writeHeld(written: Written, { store, host, datapath }: Agent): void {
  const phases = { preparing: 0, running: 0, failed: 0 };
  const ports = new Map<string, number>();
  for (const name of store.desired.guests.keys()) {
    const state = host.guests.state(name);
    phases[state?.phase === 'running' || state?.phase === 'failed' ? state.phase : 'preparing']++;
    if (state?.port === undefined) continue;
    const kind = `${state.port} ${datapath.executorOf(name)}`;
    ports.set(kind, (ports.get(kind) ?? 0) + 1);
  }
  for (const [phase, count] of Object.entries(phases)) written.add('weft_agent_guests', count, { phase });
  for (const [words, count] of ports) {
    const [kind = '', executor = ''] = words.split(' ');
    written.add('weft_agent_ports', count, { kind, executor });
  }
  written.add('weft_agent_networks', store.desired.networks.size, {});
  written.add('weft_agent_mappings', store.desired.mappings.size, {});
}

function writeSessions(written: Written, { store, host }: Agent): void {
  const states = { sending: 0, undecided: 0, none: 0 };
  for (const [name, { body }] of store.desired.sessions) {
    const { send, none } = host.inForce(name) ?? body;
    states[send !== undefined ? 'sending' : none === true ? 'none' : 'undecided']++;
  }
  for (const [state, count] of Object.entries(states)) written.add('weft_agent_sessions', count, { state });
}

function writeKeys(written: Written, agent: Agent, nowMs: number): void {
  const held = agent.keyring.status();
  if (held === undefined) return;
  written.add('weft_agent_key_age_seconds', Math.max(0, nowMs - held.sinceMs) / 1000, {});
  written.add('weft_agent_key_epochs', 1 + held.older.length, {});
}

function writeCarried(written: Written, counters: Counters): void {
  for (const [reason, count] of Object.entries(counters.drops)) {
    written.add('weft_agent_drops_total', count, { reason });
  }
  written.add('weft_agent_local_packets_total', counters.local.packets, {});
  written.add('weft_agent_local_bytes_total', counters.local.bytes, {});
  written.add('weft_agent_receive_overflows_total', counters.receiveOverflows, {});
  written.add('weft_agent_port_overflows_total', counters.portOverflows, {});
  written.add('weft_agent_waiting_packets', counters.waiting, {});
}

function writeEngine(written: Written, { batching, offloads, workerAgeMs }: Counters): void {
  const { portReads, portWrites, sends, receives, superPacketsOut, superPacketsIn } = batching;
  const calls = { 'port-read': portReads, 'port-write': portWrites, send: sends, receive: receives };
  for (const [call, count] of Object.entries(calls)) written.add('weft_agent_engine_calls_total', count, { call });
  written.add('weft_agent_engine_super_packets_total', superPacketsOut, { direction: 'out' });
  written.add('weft_agent_engine_super_packets_total', superPacketsIn, { direction: 'in' });
  for (const [offload, on] of Object.entries(offloads)) written.add('weft_agent_offload_on', on ? 1 : 0, { offload });
  for (const [worker, age] of workerAgeMs.entries()) {
    written.add('weft_agent_worker_age_seconds', age / 1000, { worker: String(worker) });
  }
}

function writeFastPath(written: Written, { datapath }: Agent, { fastPath }: Counters): void {
  written.add('weft_agent_fast_path', 1, { mode: datapath.fastPath()?.mode ?? 'engine' });
  if (fastPath === undefined) return;
  for (const [reason, count] of Object.entries(fastPath.handedOver)) {
    written.add('weft_agent_handed_over_total', count, { reason });
  }
  for (const { table, entries, most } of fastPath.tables) {
    written.add('weft_agent_fast_path_entries', entries, { table });
    written.add('weft_agent_fast_path_entries_most', most, { table });
  }
  written.add('weft_agent_fast_path_lost_events_total', fastPath.lostEvents, {});
}

function writeGuests(written: Written, { guests }: Counters): void {
  const { parts, unnamed } = nameMost(guests);
  for (const [guest, { out, in: received, drops }] of parts) {
    written.add('weft_guest_packets_total', out.packets, { guest, direction: 'out' });
    written.add('weft_guest_packets_total', received.packets, { guest, direction: 'in' });
    written.add('weft_guest_bytes_total', out.bytes, { guest, direction: 'out' });
    written.add('weft_guest_bytes_total', received.bytes, { guest, direction: 'in' });
    written.add('weft_guest_drops_total', drops, { guest });
  }
  written.add('weft_agent_unnamed', unnamed, { of: 'guests' });
}

function writePeers(written: Written, agent: Agent, { peers }: Counters): void {
  const { parts, unnamed } = nameMost(peers);
  for (const [peer, { out, in: received, drops, stalls }] of parts) {
    written.add('weft_peer_packets_total', out.packets, { peer, direction: 'out' });
    written.add('weft_peer_packets_total', received.packets, { peer, direction: 'in' });
    written.add('weft_peer_bytes_total', out.bytes, { peer, direction: 'out' });
    written.add('weft_peer_bytes_total', received.bytes, { peer, direction: 'in' });
    written.add('weft_peer_drops_total', drops, { peer });
    written.add('weft_peer_stalls_total', stalls, { peer });
    if (peers.has(peer)) writePath(written, agent, peer);
  }
  written.add('weft_agent_unnamed', unnamed, { of: 'peers' });
}

function writePath(written: Written, agent: Agent, peer: string): void {
  written.add('weft_peer_path_mtu_bytes', agent.host.pathMtu(peer), { peer });
  const measured = agent.prober?.measurement(peer);
  if (measured === undefined) return;
  const { roundTripUs, lostPercent } = measured;
  written.add('weft_peer_round_trip_seconds', roundTripUs === 0 ? undefined : roundTripUs / 1e6, { peer });
  written.add('weft_peer_lost_ratio', lostPercent / 100, { peer });
}
