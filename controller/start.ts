/**
 * A running controller: opens the store, raises the epoch, reads everything, then listens.
 *
 *   store ─► state ─► derivation ◄─► hub ◄─► agents
 *     ▲                  │
 *     └── commands ◄─────┴──── API ◄─── people and programs
 */
import type { RequestListener } from 'node:http';
import { type Logger, pino } from 'pino';

import { openLogOutput } from '../wire/log-output.ts';

import { listenForWatchers } from '../wire/metrics/listener.ts';

import { version } from '../wire/version.ts';
import { Gate } from './access/gate.ts';
import { AccessTokens } from './access/tokens.ts';
import { Trail } from './access/trail.ts';
import { createApi } from './api/api.ts';
import { listenOnSocket, listenOnTcp } from './api/listen.ts';
import { Hub } from './channel/hub.ts';
import { type ChannelParts, listenForAgents } from './channel/listen.ts';
import { type Clock, systemClock } from './clock.ts';
import { agentLimits, apiLimits, type ControllerConfig, listenAddresses } from './config.ts';
import { Events } from './events.ts';
import { localListenLimits } from './listen-limits.ts';
import { CountedDerivation } from './metrics/counted-derivation.ts';
import { MeasuredStore } from './metrics/measured-store.ts';
import { Requests } from './metrics/requests.ts';
import { ControllerWatched } from './metrics/watched.ts';
import { type PlacementRequest, placeOnLeastLoaded } from './placement/place.ts';
import { Rollouts } from './rollout/driver.ts';
import { Commands, raiseEpoch } from './state/commands.ts';
import type { Vpc } from './state/records.ts';
import { State } from './state/state.ts';

import { openEmbeddedStore, storeFile } from './store/embedded.ts';
import type { Authority } from './trust/authority.ts';
import { givenAuthority, ownAuthority } from './trust/authority-files.ts';
import { Claims } from './trust/claims.ts';
import { inMeasure } from './trust/measure.ts';
import { ServerCertificate, serverNames } from './trust/server-certificate.ts';
import { Trust } from './trust/trust.ts';
import { sentenceOf } from './watched.ts';

export interface RunningController {
  /** Where agents connect; the real port when the configured one is 0. */
  readonly listeners: readonly { readonly address: string; readonly port: number }[];
  readonly apiSocket: string;
  readonly apiPort: number | undefined;
  readonly metricsPort: number | undefined;
  readonly epoch: number;
  /** How it is, for people. */
  readonly sentence: () => string;
  /** Tells the agents, closes everything. Idempotent. */
  readonly close: () => Promise<void>;
  /** Settles when it is closed; rejects with what it could not go on with. */
  readonly ended: Promise<void>;
}

export interface StartOptions {
  readonly log?: Logger;
  readonly clock?: Clock;
  /** Descriptor of a socket that listens on `api.socket` already. */
  readonly apiListener?: number | undefined;
}

/** Rejects with an error whose message is for people when it cannot start; nothing is left open then. */
export async function startController(
  config: ControllerConfig,
  options: StartOptions = {},
): Promise<RunningController> {
  const log = options.log ?? pino({ level: config.log.level, base: { controller: config.name } }, openLogOutput());
  const clock = options.clock ?? systemClock;
  const embedded = await openEmbeddedStore({
    file: storeFile(config.stateDirectory),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  });
  const store = new MeasuredStore(embedded, clock);
  await using started = new AsyncDisposableStack();
  started.defer(() => store.close());
  const { epoch, storeId } = await raiseEpoch(store);
  const state = new State();
  await state.load(store);
  return await run({ config, log, clock, store, storeId, state, epoch, apiListener: options.apiListener }, started);
}

interface Parts {
  readonly config: ControllerConfig;
  readonly log: Logger;
  readonly clock: Clock;
  readonly store: MeasuredStore;
  readonly storeId: string;
  readonly state: State;
  readonly epoch: number;
  readonly apiListener: number | undefined;
}

/** Whatever is opened goes on the stack; on success the stack moves to the running controller. */
async function run(parts: Parts, started: AsyncDisposableStack): Promise<RunningController> {
  const { config, log, clock, store, storeId, state, epoch } = parts;
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  // Whoever started it may look at `ended` later, or never.
  ended.catch(() => undefined);
  const stack = new AsyncDisposableStack();
  let closing: Promise<void> | undefined;
  const close = (failure?: unknown): Promise<void> => {
    closing ??= stack.disposeAsync().then(() => {
      log.info({ epoch }, 'controller stopped');
      return failure === undefined ? resolve() : reject(failure);
    });
    return closing;
  };
  const fail = (error: unknown) => {
    log.fatal({ err: error }, 'controller cannot go on');
    void close(error);
  };

  const watching = new AbortController();
  const following = state.follow(store, watching.signal).catch((error: unknown) => fail(error));
  started.defer(async () => {
    watching.abort();
    await following;
  });

  const events = new Events();
  const report = (host: string | undefined, code: string, detail: string) =>
    events.add({ timeMs: clock.unixMs(), ...(host === undefined ? {} : { host }), code, detail });
  const derivation = new CountedDerivation(state, report, clock);
  const trail = await Trail.open(store, config.audit);
  if (state.restoredMs !== undefined) {
    const detail = 'hosts keep what the store does not know: see `weft store status`';
    events.add({ timeMs: clock.unixMs(), code: 'store-restored', detail });
    log.warn({ restoredMs: state.restoredMs }, detail);
  }
  const commands = new Commands({
    store,
    state,
    epoch,
    trail,
    unixMs: clock.unixMs,
    place: (known, wanted) => place(known, hub, wanted),
    onFenced: fail,
    // The log's keeper keeps it longer than the store does; what it was and became is in the store.
    onAudit: ({ timeMs: _timeMs, before: _before, after: _after, ...entry }) => log.info({ audit: entry }, 'audit'),
  });
  const { name, liveness } = config;
  const claims = new Claims({ clock, events, log });
  const authority = await openRegion(config, clock);
  const certificate = await ServerCertificate.open({
    ...{ authority, clock, log },
    controller: name,
    names: () => serverNames(listenAddresses(config), config.listen.names),
  });
  started.defer(async () => certificate.close());
  const lifetimeMs = config.trust.hostCertificateMs;
  const trust = new Trust({ controller: name, authority, state, commands, clock, lifetimeMs });
  const hub = new Hub({
    name,
    version,
    epoch,
    storeId,
    liveness,
    clock,
    log,
    state,
    commands,
    derivation,
    events,
    trust,
    claims,
  });
  started.defer(() => hub.stop());

  const rollouts = new Rollouts({
    state,
    commands,
    derivation,
    clock,
    log,
    report: (code, detail) => events.add({ timeMs: clock.unixMs(), code, detail }),
  });
  started.defer(() => rollouts.stop());
  rollouts.begin();

  const { unixMs } = clock;
  const sources = {
    ...{ name, version, epoch, startedMs: unixMs(), unixMs },
    ...{ state, derivation, hub, events, rollouts, trust, claims },
  };
  const requests = new Requests();
  const watched = new ControllerWatched({ ...sources, store, requests, derivation }, clock);
  started.defer(() => watched.close());
  const tokens = await AccessTokens.open({ store, state, commands, clock, log });
  started.defer(() => tokens.stop());
  const api = await createApi({
    ...{ sources, commands, tokens, trail, log, clock, watched, requests },
    store: { backup: (file) => store.backup(file), directory: config.stateDirectory },
  });
  started.defer(() => api.close());
  const gate = new Gate({ tokens, clock, log, rates: config.api.rates });
  const channel = {
    ...{ hub, trust, certificate, clock, log, report, limits: agentLimits(config) },
    reportRefusal: inMeasure(report, clock),
  };
  const listeners = await openListeners(parts, channel, { gate, handler: api.routing }, started);
  const metricsPort = await openWatchPort(config, watched, started);
  // Once more, so that sessions are closed with their reason before the listeners wait for their sockets.
  started.defer(() => hub.stop());
  stack.use(started.move());
  log.info(
    { epoch, revision: state.revision, socket: config.api.socket, listen: listeners.agents },
    'controller ready',
  );
  return {
    listeners: listeners.agents,
    apiSocket: config.api.socket,
    apiPort: listeners.apiPort,
    metricsPort,
    epoch,
    sentence: () => {
      const hosts = [...state.hosts.keys()];
      return sentenceOf({ all: hosts.length, connected: hosts.filter((host) => hub.isConnected(host)).length });
    },
    close: () => close(),
    ended,
  };
}

function openRegion({ trust, stateDirectory, name }: ControllerConfig, clock: Clock): Promise<Authority> {
  const { certificate, key } = trust;
  return certificate === undefined || key === undefined
    ? ownAuthority(stateDirectory, name, clock.unixMs())
    : givenAuthority({ certificate, key });
}

async function openListeners(
  { config, apiListener }: Pick<Parts, 'config' | 'apiListener'>,
  channel: ChannelParts,
  { gate, handler }: { readonly gate: Gate; readonly handler: RequestListener },
  started: AsyncDisposableStack,
) {
  const { log } = channel;
  const agents: { readonly address: string; readonly port: number }[] = [];
  for (const address of listenAddresses(config)) {
    const listener = await listenForAgents(channel, address, config.listen.port);
    started.defer(listener.close);
    agents.push({ address: listener.address, port: listener.port });
  }
  const local = { limits: localListenLimits, log, listener: apiListener };
  const socket = await listenOnSocket(gate.local(handler), config.api.socket, local);
  started.defer(socket.close);
  if (config.api.tcp === undefined) return { agents, apiPort: undefined };
  const limits = apiLimits(config);
  const tcp = await listenOnTcp(gate.remote(handler), {
    ...config.api.tcp,
    certificate: channel.certificate,
    limits,
    log,
  });
  started.defer(tcp.close);
  return { agents, apiPort: tcp.port };
}

async function openWatchPort({ metrics }: ControllerConfig, watched: ControllerWatched, started: AsyncDisposableStack) {
  if (metrics === undefined) return undefined;
  const listener = await listenForWatchers(watched, metrics.address, metrics.port);
  started.defer(listener.close);
  return listener.port;
}

function place(state: State, hub: Hub, { vpc, ...request }: PlacementRequest & { readonly vpc: Vpc }) {
  // A cloud that is nobody's in particular is a tenant of its own.
  const { customer } = vpc;
  const clouds = customer === undefined ? [vpc] : [...state.vpcs.values()].filter((each) => each.customer === customer);
  const gnis = clouds.map(({ gni }) => gni);
  // Guests on hosts without an agent are named there by whoever runs these.
  const native = [...state.hosts.values()].filter(({ framework }) => framework === undefined);
  const hosts = native.map(({ name, assets, capabilities }) => {
    const { formats, features, offloads, executors, ports, problems } = capabilities;
    return {
      name,
      connected: hub.isConnected(name),
      cpus: assets.cpus,
      guests: state.guestCount(name),
      ports,
      problems,
      capabilities: [...formats, ...features, ...offloads, ...executors, ...ports],
      rack: rackOf(assets.labels),
      customerGuests: state.guestCountIn(name, gnis),
    };
  });
  return placeOnLeastLoaded(request, { hosts });
}

/** A rack is one of its area. */
function rackOf({ area = '', rack }: Readonly<Record<string, string>>): string | undefined {
  if (rack === undefined) return undefined;
  return area === '' ? rack : `${area}/${rack}`;
}
