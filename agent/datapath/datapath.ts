/**
 * The data plane by names: guests and hosts outside, slots inside.
 *
 * The only door from the agent to the native addon. Two executors stand behind it and are driven as one: the engine,
 * and the fast path where the kernel has it. A slot is reused only after both let go of it.
 */

import type {
  Engine,
  EngineEvent,
  EngineFlow,
  EngineOptions,
  FastPath,
  FastPathEvent,
  FastPathMode,
  FastPathOptions,
  FastPortRequest,
  ForwardingChange,
  KeyChange,
  KeyStates,
  LookedUp,
  NativeAddon,
  PeerChange,
  PortOpened,
  PortRequest,
  SessionTest,
  TraceFilter,
} from '../../native/index.ts';
import { parseEncapsulation } from '../../wire/encapsulation.ts';
import type { FormatName } from '../../wire/formats/index.ts';
import type { ForwardingDelta } from '../plan/forwarding.ts';
import { type EncapsulationEntry, type KeyEntry, keyName, type PeerEntry } from '../plan/peer.ts';
import { byName, type Counters, mergeCounters, withKept } from './counters.ts';
import { type FlowRecord, FlowRecords } from './flows.ts';
import type { CountKind, KeptCounts } from './kept-counts.ts';
import { KeptDescriptors, portName, socketsName } from './kept-descriptors.ts';
import { Slots } from './slots.ts';

export type {
  DataPlaneProbe,
  EngineEvent,
  EngineOptions,
  FastPathEvent,
  FastPathMode,
  LookedUp,
  NativeAddon,
  Traced,
  TraceFilter,
} from '../../native/index.ts';

const portSlots = 4096;
const peerSlots = 65_536;
const keySlots = 1_048_576;

/** What each executor's table holds; the fast path's where there is one. */
export interface TablesLookedUp {
  readonly engine: LookedUp;
  readonly fastPath?: LookedUp;
}

/** The secret part of a key: on its way to the engine, and nowhere else. */
export type KeyMaterial = Pick<KeyChange, 'secret' | 'salt' | 'id'>;

/** What is told of either executor. A flow record is kept instead: see `fastPath`. */
export type DataPathEvent = EngineEvent | Exclude<FastPathEvent, { readonly kind: 'flow' }>;

export interface GuestPortRequest extends Omit<PortRequest, 'port'> {
  /** Of a veth or tap: it is the fast path's, and what else stands here is its way to the engine. */
  readonly fast?: Pick<FastPortRequest, 'kind' | 'device' | 'mac'>;
}

/** The fast path as people see it, tables aside. */
export interface FastPathSeen {
  readonly mode: FastPathMode;
  /** What became of a former run's tables. */
  readonly former: string | undefined;
  /** Newest last. */
  readonly flows: readonly FlowRecord[];
}

export class DataPath {
  private readonly engine: Engine;
  private readonly native: NativeAddon;
  private readonly onEvent: (event: DataPathEvent) => void;
  private fast: { readonly path: FastPath; readonly mode: FastPathMode } | undefined;
  /** Slots of ports that are the fast path's. */
  private readonly fastPorts = new Set<number>();
  private readonly flows = new FlowRecords();
  private kept: KeptCounts | undefined;
  private onFlow: (flow: FlowRecord) => void = () => undefined;
  private readonly ports = new Slots(portSlots);
  private readonly peers = new Slots(peerSlots);
  private readonly keys = new Slots(keySlots);
  private readonly material: (key: KeyEntry) => KeyMaterial;
  private readonly descriptors: KeptDescriptors;
  private begun = false;

  /** Nothing is read before `begin`. Throws an Error with one clear sentence when a socket cannot be bound. */
  constructor(
    native: NativeAddon,
    options: Omit<EngineOptions, 'inherited' | 'paused'>,
    onEvent: (event: DataPathEvent) => void,
    material: (key: KeyEntry) => KeyMaterial,
    descriptors = nothingKept(),
  ) {
    this.native = native;
    this.onEvent = onEvent;
    this.descriptors = descriptors;
    this.engine = native.createEngine({ ...options, inherited: descriptors.inherited(), paused: true }, onEvent);
    this.material = material;
    this.close(descriptors.put(socketsName, this.engine.receivers()));
  }

  /** Reads ports and sockets from now on, and what has waited there since a former process: once tables are as they were. */
  begin(): void {
    if (this.begun) return;
    this.begun = true;
    this.engine.read(true);
  }

  /** What a former process left and none of these guests has is closed. */
  settle(guests: Iterable<string>): void {
    this.close(this.descriptors.dropUnused(new Set([...guests].map(portName))));
  }

  /** Reads nothing more; packets that wait for a mapping still go on when it comes. */
  pause(): void {
    this.engine.read(false);
  }

  /** Packets that wait for a mapping. */
  waiting(): number {
    return this.engine.waiting();
  }

  /** For how long each worker has owed a turn of its loop, in ms; each is asked for the next one. */
  workerAgesMs(): readonly number[] {
    return this.engine.workerAgesMs();
  }

  /** `listener` is given every sampled packet. */
  whenFlow(listener: (flow: FlowRecord) => void): void {
    this.onFlow = listener;
  }

  /** The engine's sampled packets since the last call go to the listener. */
  collectFlows(): void {
    for (const flow of this.engine.takeFlows()) this.sampled(flow, 'engine');
  }

  /** Counters go on where former processes ended. Before anything is opened or applied. */
  keepCounts(kept: KeptCounts): void {
    kept.recover(this.engine.former());
    this.kept = kept;
  }

  /**
   * Before anything is opened or applied. It forwards nothing before `takeOver`. Throws an Error with one clear sentence
   * when it cannot be had; the engine then does everything.
   */
  openFastPath(options: FastPathOptions): void {
    const path = this.native.createFastPath(options, (event) => this.fastPathSaid(event));
    this.fast = { path, mode: options.mode };
  }

  /** Undefined: the engine does everything. */
  fastPath(): FastPathSeen | undefined {
    if (this.fast === undefined) return undefined;
    const { path, mode } = this.fast;
    return { mode, former: path.former, flows: this.flows.newest() };
  }

  /** From now on the fast path's ports go by the tables of this process, and no longer by those of a former one. */
  takeOver(): void {
    this.fast?.path.takeOver();
    if (this.kept === undefined) return;
    this.counters();
    this.kept.settle();
  }

  /** The guest is about to be gone: one of the same name begins with nothing. */
  forgetCounts(guest: string): void {
    this.kept?.forget('guests', guest);
  }

  /** What of the fast path had to be mended, or is in trouble: one sentence each. */
  look(): readonly string[] {
    return this.fast?.path.look() ?? [];
  }

  /** Throws an Error with one clear sentence when the device cannot be had; then neither executor has the port. */
  openPort(guest: string, { fast, ...request }: GuestPortRequest): PortOpened {
    const fresh = this.ports.of(guest) === undefined;
    const port = this.ports.take(guest);
    try {
      const opened = this.engine.openPort({ ...request, port });
      if (fast !== undefined) this.openFastPort({ ...fast, port, engineDevice: request.interfaceName });
      this.descriptors.put(portName(guest), opened.descriptors);
      return opened;
    } catch (error) {
      if (fresh) this.ports.give(guest);
      this.forget(guest);
      throw error;
    }
  }

  /** `keep`: what comes to it waits until it is opened again. Of one that is closed: it is not to be opened again. */
  closePort(guest: string, how: 'keep' | 'remove'): void {
    const port = this.ports.of(guest);
    if (port !== undefined) {
      if (this.kept?.has('guests', guest) === true) this.counters();
      this.kept?.givenBack('guests', guest);
      if (this.fastPorts.delete(port)) this.fast?.path.closePort(port);
      this.engine.closePort(port, how);
      this.ports.give(guest);
    }
    if (how === 'remove') this.forget(guest);
  }

  setPortMtu(guest: string, mtu: number): void {
    const port = this.ports.of(guest);
    if (port !== undefined) this.engine.setPortMtu(port, mtu);
  }

  /** What carries most of the guest's packets. */
  executorOf(guest: string): 'engine' | FastPathMode {
    const port = this.ports.of(guest);
    return port !== undefined && this.fastPorts.has(port) ? (this.fast?.mode ?? 'engine') : 'engine';
  }

  /**
   * All of the delta becomes visible to packets at once. Throws when an executor refuses a value: then neither holds any
   * of it.
   *
   * The fast path comes first, since it alone can go back: what it held before follows from names (`before`), while a key
   * that the engine let go of is gone. And it is the right order for packets: what the fast path no longer carries, the
   * engine still does until its turn comes; what it carries already was agreed before it was told.
   */
  apply(delta: ForwardingDelta, before: () => ForwardingDelta): void {
    const newPeers = delta.peers.map(({ host }) => host).filter((host) => this.peers.of(host) === undefined);
    const newKeys = delta.keys.map(keyName).filter((name) => this.keys.of(name) === undefined);
    let change: ForwardingChange | undefined;
    try {
      const translated = this.translate(delta);
      change = translated;
      this.countingOn(delta, () => this.applyToBoth(translated, before));
    } catch (error) {
      for (const host of newPeers) this.peers.give(host);
      for (const name of newKeys) this.keys.give(name);
      throw error;
    } finally {
      // The engine has its own copy.
      for (const { secret } of change?.keys ?? []) secret.fill(0);
    }
    for (const host of delta.removePeers) this.peers.give(host);
    for (const name of delta.removeKeys) this.keys.give(name);
  }

  /** Sends test packets to a peer; nothing when the data plane does not hold it. */
  testSession(peer: string, test: Omit<SessionTest, 'peer'>): void {
    const slot = this.peers.of(peer);
    if (slot !== undefined) this.engine.testSession({ ...test, peer: slot });
  }

  /** Every decision on packets of the filter is told by the event `traced`, until it is called without one. */
  trace(filter: TraceFilter | undefined): void {
    this.engine.trace(filter);
    this.fast?.path.trace(filter);
  }

  /** For a packet between two addresses, from whichever side. */
  lookUp(query: Pick<TraceFilter, 'gni' | 'source' | 'destination'>): TablesLookedUp {
    const engine = this.engine.lookUp(query);
    return this.fast === undefined ? { engine } : { engine, fastPath: this.fast.path.lookUp(query) };
  }

  /** Of an event. */
  guestAtPort(slot: number): string | undefined {
    return this.ports.nameOf(slot);
  }

  /** Of an event. */
  peerAt(slot: number): string | undefined {
    return this.peers.nameOf(slot);
  }

  /** Of a fault's `where`, such as `port 3`. */
  guestAt(where: string): string | undefined {
    const slot = /^port (\d+)$/.exec(where)?.[1];
    return slot === undefined ? undefined : this.ports.nameOf(Number(slot));
  }

  /** Of both executors together: each packet is counted by the one that carried it. */
  counters(): Counters {
    const merged = mergeCounters(this.engine.counters(), this.fast?.path.counters());
    const named = byName(merged, { port: (slot) => this.ports.nameOf(slot), peer: (slot) => this.peers.nameOf(slot) });
    return withKept(named, this.kept);
  }

  keyStates(): KeyStates {
    return this.engine.keyStates();
  }

  /** Of other epochs no key can be derived any more, by whichever process. */
  keepKeyStates(epochs: readonly number[]): void {
    this.engine.keepKeyStates(epochs);
  }

  /** Ports are kept, and the fast path goes on by its tables as they are. */
  stop(): void {
    this.fast?.path.stop();
    this.engine.stop();
  }

  /**
   * Of what is removed the executors begin anew, each on its own terms: read before and after, nothing is missed. Of a
   * change that is refused nothing was removed.
   */
  private countingOn({ removePorts, removePeers }: ForwardingDelta, change: () => void): void {
    const { kept } = this;
    const isKnown = (kind: CountKind) => (name: string) => kept?.has(kind, name) === true;
    const peers = removePeers.filter(isKnown('peers'));
    const isRead = peers.length > 0 || removePorts.some(isKnown('guests'));
    if (isRead) this.counters();
    change();
    if (isRead) this.counters();
    for (const peer of peers) kept?.givenBack('peers', peer);
  }

  private forget(guest: string): void {
    this.close(this.descriptors.drop(portName(guest)));
  }

  /** Those of them that are not in use. */
  private close(descriptors: readonly number[]): void {
    for (const descriptor of descriptors) this.engine.closeInherited(descriptor);
  }

  private openFastPort(request: FastPortRequest): void {
    try {
      if (this.fast === undefined) throw new Error('this host has no fast path');
      this.fast.path.openPort(request);
      this.fastPorts.add(request.port);
    } catch (error) {
      this.engine.closePort(request.port, 'keep');
      throw error;
    }
  }

  private applyToBoth(change: ForwardingChange, before: () => ForwardingDelta): void {
    const { fast } = this;
    // Keys are no business of the fast path's.
    fast?.path.apply({ ...change, keys: [], removeKeys: [] });
    try {
      this.engine.apply(change);
    } catch (error) {
      this.takeBack(before());
      throw error;
    }
  }

  private takeBack(delta: ForwardingDelta): void {
    try {
      this.fast?.path.apply({ ...this.translate(delta), keys: [], removeKeys: [] });
    } catch (error) {
      const reason = `a change that the engine refused stays in the fast path: ${(error as Error).message}`;
      this.onEvent({ kind: 'fault', where: 'fast path', reason });
    }
  }

  private fastPathSaid(event: FastPathEvent): void {
    if (event.kind !== 'flow') {
      this.onEvent(event);
      return;
    }
    const { kind: _, ...flow } = event;
    this.sampled(flow, this.fast?.mode ?? 'engine');
  }

  private sampled({ port, peer, ...flow }: EngineFlow, executor: 'engine' | FastPathMode): void {
    const guest = port === undefined ? undefined : this.ports.nameOf(port);
    const host = peer === undefined ? undefined : this.peers.nameOf(peer);
    const record = { ...flow, ...(guest && { guest }), ...(host && { peer: host }), executor };
    this.flows.add(record);
    this.onFlow(record);
  }

  private translate(delta: ForwardingDelta): ForwardingChange {
    return {
      removeNetworks: delta.removeNetworks,
      removePorts: this.ports.known(delta.removePorts),
      removePeers: this.peers.known(delta.removePeers),
      removeMappings: delta.removeMappings,
      networks: delta.networks,
      ports: delta.ports.map(({ guest, gni, addresses }) => ({ port: this.ports.take(guest), gni, addresses })),
      keys: delta.keys.map((key) => this.keyChange(key)),
      removeKeys: this.keys.known(delta.removeKeys),
      peers: delta.peers.map((peer) => this.peerChange(peer)),
      mappings: delta.mappings.map(({ host, ...mapping }) => ({
        ...mapping,
        peer: host === undefined ? undefined : this.peers.take(host),
      })),
    };
  }

  private keyChange(key: KeyEntry): KeyChange {
    const { secret, salt, id } = this.material(key);
    return { key: this.keys.take(keyName(key)), use: key.use, cipher: key.cipher, secret, salt, id, epoch: key.own };
  }

  private peerChange(peer: PeerEntry): PeerChange {
    const { host, address, encapsulations, send, accept, pairs, pathMtu, udpGso, gni6Prefix } = peer;
    return {
      peer: this.peers.take(host),
      address,
      encapsulations: encapsulations.map((each) => this.encapsulation(each)),
      send,
      accept,
      pairs,
      pathMtu,
      udpGso,
      ...(gni6Prefix === undefined ? {} : { gni6Prefix }),
    };
  }

  private encapsulation({ text, key }: EncapsulationEntry): PeerChange['encapsulations'][number] {
    const parsed = parseEncapsulation(text);
    if (parsed === undefined) throw new Error(`'${text}' is no encapsulation`);
    const { format, compression, elision, flowControl } = parsed;
    const slot = key === undefined ? undefined : this.keys.of(key);
    return {
      // The engine refuses a name that is none of its formats.
      format: format as FormatName,
      ...(slot === undefined ? {} : { key: slot }),
      ...(compression === undefined ? {} : { compression }),
      ...(elision === undefined ? {} : { elision }),
      ...(flowControl === undefined ? {} : { flowControl }),
    };
  }
}

function nothingKept(): KeptDescriptors {
  return new KeptDescriptors({ store: () => undefined, remove: () => undefined }, []);
}
