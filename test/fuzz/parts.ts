/** A controller without sockets, for fuzzing: everything behind them is the real one, its store is in memory. */
import { EventEmitter } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { WebSocket } from 'ws';
import { Gate } from '../../controller/access/gate.ts';
import { AccessTokens } from '../../controller/access/tokens.ts';
import { Trail } from '../../controller/access/trail.ts';
import { createApi } from '../../controller/api/api.ts';
import { Hub } from '../../controller/channel/hub.ts';
import { FakeClock } from '../../controller/clock.ts';
import { Events } from '../../controller/events.ts';
import { CountedDerivation } from '../../controller/metrics/counted-derivation.ts';
import { MeasuredStore } from '../../controller/metrics/measured-store.ts';
import { Requests } from '../../controller/metrics/requests.ts';
import { ControllerWatched } from '../../controller/metrics/watched.ts';
import { placeOnLeastLoaded } from '../../controller/placement/place.ts';
import { Rollouts } from '../../controller/rollout/driver.ts';
import { Commands, raiseEpoch } from '../../controller/state/commands.ts';
import { State } from '../../controller/state/state.ts';
import { openEmbeddedStore } from '../../controller/store/embedded.ts';
import { ownAuthority } from '../../controller/trust/authority-files.ts';
import { Claims } from '../../controller/trust/claims.ts';
import { Trust } from '../../controller/trust/trust.ts';
import type { HostCertificate } from '../../wire/trust.ts';

export type Parts = Awaited<ReturnType<typeof openParts>>;

/** Without an API where none is asked: making it takes a third of a second. */
export async function openParts(wanted: { readonly api: boolean } = { api: false }) {
  const clock = new FakeClock();
  const log = pino({ level: 'silent' });
  const store = new MeasuredStore(await openEmbeddedStore({ file: ':memory:', clock }), clock);
  const { epoch, storeId } = await raiseEpoch(store);
  const state = new State();
  await state.load(store);
  const watching = new AbortController();
  const faults: unknown[] = [];
  const following = state.follow(store, watching.signal).catch((error: unknown) => faults.push(error));
  const events = new Events();
  const { unixMs } = clock;
  const derivation = new CountedDerivation(
    state,
    (host, code, detail) => events.add({ timeMs: unixMs(), host, code, detail }),
    clock,
  );
  const trail = await Trail.open(store);
  const commands = new Commands({
    ...{ store, state, epoch, unixMs, trail },
    place: (known, { vpc: _vpc, ...wanted }) => placeOnLeastLoaded(wanted, { hosts: placeable(known, hub) }),
    onFenced: (error) => faults.push(error),
  });
  const liveness = { heartbeatMs: 1000, deadlineMs: 3500 };
  const common = { name: 'c', version: '0', epoch };
  const claims = new Claims({ clock, events, log });
  const lifetimeMs = 7 * 86_400_000;
  const trust = new Trust({ controller: 'c', authority: await authority, state, commands, clock, lifetimeMs });
  const told = { state, commands, derivation, events, trust, claims };
  const hub: Hub = new Hub({ ...common, storeId, liveness, clock, log, ...told });
  const report = (code: string, detail: string) => events.add({ timeMs: unixMs(), code, detail });
  const rollouts = new Rollouts({ state, commands, derivation, clock, log, report });
  rollouts.begin();
  const sources = { ...common, startedMs: 0, state, derivation, hub, events, rollouts, trust, claims, unixMs };
  const access = { backup: (file: string) => store.backup(file), directory: '/nonexistent' };
  const tokens = await AccessTokens.open({ store, state, commands, clock, log });
  const requests = new Requests();
  const watched = new ControllerWatched({ ...sources, store, requests, derivation }, clock);
  const options = { sources, commands, tokens, trail, log, clock, watched, requests, store: access };
  const api = wanted.api ? await createApi(options) : undefined;
  // As root on the controller's machine.
  const handler = api && new Gate({ tokens, clock, log }).local(api.routing);
  const close = async () => {
    await api?.close();
    watched.close();
    await tokens.stop();
    await rollouts.stop();
    await hub.stop();
    watching.abort();
    await following;
    await store.close();
    if (faults.length > 0) throw faults[0];
  };
  return { clock, state, commands, hub, derivation, api, handler, epoch, close };
}

/** One for all runs: making keys is not what is tried here. */
const authority = makeAuthority();

async function makeAuthority() {
  const directory = await mkdtemp(join(tmpdir(), 'weft-fuzz-'));
  try {
    return await ownAuthority(directory, 'c', new FakeClock().unixMs());
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** That a host shows, in force for longer than any run. */
export function certificateOf(host: string): HostCertificate {
  const nowMs = new FakeClock().unixMs();
  return { host, generation: 0, serial: '01', notBeforeMs: nowMs - 86_400_000, notAfterMs: nowMs + 365 * 86_400_000 };
}

function placeable(state: State, hub: Hub) {
  return [...state.hosts.values()].map(({ name, assets, capabilities }) => ({
    name,
    connected: hub.isConnected(name),
    cpus: assets.cpus,
    guests: state.guestCount(name),
    ports: capabilities.ports,
    problems: capabilities.problems,
  }));
}

/** An end of a connection that sends nothing anywhere and remembers what it was given. */
export class FakeSocket extends EventEmitter {
  readonly OPEN = 1;
  readonly CLOSED = 3;
  readyState = 1;
  bufferedAmount = 0;
  readonly sent: Uint8Array[] = [];
  closedWith: number | undefined;

  get socket(): WebSocket {
    return this as unknown as WebSocket;
  }

  send(bytes: Uint8Array): void {
    this.sent.push(bytes);
  }

  close(code: number, text: string): void {
    // As ws does (RFC 6455 5.5: 125 bytes with the code).
    if (Buffer.byteLength(text) > 123) throw new RangeError('the reason is too long for a close frame');
    this.closedWith ??= code;
    queueMicrotask(() => this.terminate());
  }

  terminate(): void {
    if (this.readyState === this.CLOSED) return;
    this.readyState = this.CLOSED;
    this.emit('close', this.closedWith ?? 1006, '');
  }
}
