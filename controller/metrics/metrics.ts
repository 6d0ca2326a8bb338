/** The controller's metrics as text: what `wire/metrics/controller.ts` lists. */
import { controllerMetrics } from '../../wire/metrics/controller.ts';
import { Exposition } from '../../wire/metrics/exposition.ts';
import type { ProcessMeasures } from '../../wire/metrics/process.ts';
import type { Hub } from '../channel/hub.ts';
import type { Events } from '../events.ts';
import type { State } from '../state/state.ts';
import type { CountedDerivation } from './counted-derivation.ts';
import { type MeasuredStore, storeCalls } from './measured-store.ts';
import type { Requests } from './requests.ts';

export interface ControllerMeasures {
  readonly name: string;
  readonly version: string;
  readonly epoch: number;
  readonly startedMs: number;
  readonly state: State;
  readonly derivation: CountedDerivation;
  readonly hub: Hub;
  readonly events: Events;
  readonly store: MeasuredStore;
  readonly requests: Requests;
  readonly process: ProcessMeasures;
}

type Written = Exposition<typeof controllerMetrics>;

export function writeMetrics(of: ControllerMeasures): string {
  const written: Written = new Exposition(controllerMetrics);
  writeProcess(written, of);
  writeHosts(written, of);
  writeGuests(written, of);
  writeRecords(written, of);
  writeUpdates(written, of);
  writeStore(written, of);
  writeRequests(written, of);
  for (const [code, count] of of.events.counts) written.add('weft_controller_events_total', count, { code });
  return written.text();
}

function writeProcess(written: Written, { name, version, epoch, startedMs, store, process }: ControllerMeasures): void {
  written.add('weft_controller_info', 1, { controller: name, version });
  written.add('weft_controller_start_time_seconds', startedMs / 1000, {});
  written.add('weft_controller_resident_bytes', process.residentBytes(), {});
  written.add('weft_controller_cpu_seconds_total', process.cpuSeconds(), {});
  written.histogram('weft_controller_event_loop_delay_seconds', process.loopDelay, {});
  written.add('weft_controller_ready', store.unwritable === undefined ? 1 : 0, {});
  written.add('weft_controller_epoch', epoch, {});
}

function writeHosts(written: Written, { state, hub }: ControllerMeasures): void {
  const hosts = { connected: hub.connected, away: 0, foreign: 0 };
  for (const { name, framework } of state.hosts.values()) {
    if (framework !== undefined) hosts.foreign++;
    else if (!hub.isConnected(name)) hosts.away++;
  }
  for (const [word, count] of Object.entries(hosts)) written.add('weft_controller_hosts', count, { state: word });
}

function writeGuests(written: Written, { state, derivation }: ControllerMeasures): void {
  const phases: Record<string, number> = { preparing: 0, running: 0, failed: 0, unknown: 0 };
  for (const { name, host } of state.guests.values()) {
    const phase = derivation.facts(host)?.guestStates.get(name)?.phase ?? 'unknown';
    phases[phase] = (phases[phase] ?? 0) + 1;
  }
  for (const [phase, count] of Object.entries(phases)) written.add('weft_controller_guests', count, { phase });
}

function writeRecords(written: Written, { state, derivation }: ControllerMeasures): void {
  written.add('weft_controller_revision', state.revision, {});
  written.add('weft_controller_vpcs', state.vpcs.size, {});
  written.add('weft_controller_mappings', state.mappings, {});
  written.add('weft_controller_subscriptions', derivation.subscriptionCount, {});
  written.add('weft_controller_policies', state.policies.size, {});
  const phases = Map.groupBy(state.rollouts.values(), ({ phase }) => phase);
  for (const [phase, { length }] of phases) written.add('weft_controller_rollouts', length, { phase });
}

function writeUpdates(written: Written, { derivation }: ControllerMeasures): void {
  const { updates, resources, deriving } = derivation;
  for (const [outcome, count] of Object.entries(updates)) {
    written.add('weft_controller_updates_total', count, { outcome });
  }
  for (const [change, count] of Object.entries(resources)) {
    written.add('weft_controller_update_resources_total', count, { change });
  }
  written.histogram('weft_controller_derive_seconds', deriving, {});
}

function writeStore(written: Written, { store }: ControllerMeasures): void {
  for (const call of storeCalls) {
    written.histogram('weft_controller_store_seconds', store.times[call], { call });
    written.add('weft_controller_store_failures_total', store.failures[call], { call });
  }
}

function writeRequests(written: Written, { requests }: ControllerMeasures): void {
  for (const { method, route, times, statuses } of requests.counted()) {
    written.histogram('weft_controller_request_seconds', times, { method, route });
    for (const [status, count] of statuses) {
      written.add('weft_controller_requests_total', count, { method, route, status: String(status) });
    }
  }
}
