/** A data plane for tests: remembers what it was told, refuses what it is told to refuse. */

import {
  type DataPlaneProbe,
  type Engine,
  type EngineCounters,
  type EngineEvent,
  type EngineFlow,
  type EngineOptions,
  type FastPath,
  type FastPathCounters,
  type FastPathEvent,
  type FastPathOptions,
  type FastPathProbe,
  type FastPortRequest,
  type ForwardingChange,
  handovers,
  type KeyChange,
  type KeyStates,
  type LookedUp,
  type NativeAddon,
  type PeerChange,
  type PortOpened,
  type PortRequest,
  type SessionTest,
  type TraceFilter,
} from '../../native/index.ts';
import { type DropName, dropReasons } from '../../wire/drops.ts';

/** For tests to which they make no difference. */
export const engineOptions: EngineOptions = {
  workers: 1,
  udpPort: 6741,
  substrateAddresses: ['198.18.0.1'],
  sourcePorts: 1,
  offloads: { udpGso: 'auto', udpGro: 'auto', tso: 'auto', uso: 'auto' },
  foreign: { vxlan: false, geneve: false },
  firstPacket: { queueBytes: 1, packetsPerAddress: 1, deadlineMs: 1 },
};

export class FakeNative implements NativeAddon, Engine {
  readonly networks = new Map<number, readonly string[]>();
  readonly ports = new Map<number, { readonly gni: number; readonly addresses: readonly string[] }>();
  readonly peers = new Map<number, NonNullable<ForwardingChange['peers']>[number]>();
  readonly keys = new Map<number, KeyChange>();
  readonly mappings = new Map<string, number | undefined>();
  readonly tests: SessionTest[] = [];
  /** What peers are said to have been counted, by slot. */
  readonly counted = new Map<number, Partial<EngineCounters['peers'][number]>>();
  readonly changes: ForwardingChange[] = [];
  readonly opened = new Map<number, PortRequest>();
  readonly closed: string[] = [];
  readonly mtus = new Map<number, number>();
  /** Devices that a former run left behind, by namespace path. */
  readonly kept = new Set<string>();
  /** Epochs whose keys' states were to be kept, call by call. */
  readonly keptEpochs: number[][] = [];
  /** What was to be followed, call by call. */
  readonly filters: (TraceFilter | undefined)[] = [];
  /** What the table holds: `GNI: SOURCE → DESTINATION`. */
  answerLookUp: (query: string) => LookedUp = () => ({ location: 'unknown', sourceIsRight: false, generation: 0 });
  states: KeyStates = {};
  reading = false;
  /** In order; those in use stay open all the same. */
  readonly closedDescriptors: number[] = [];
  agesMs: readonly number[] = [0];
  waitingPackets = 0;
  stopped = false;
  options: EngineOptions | undefined;
  /** Answers why a change or a port is refused. */
  refuse: (what: ForwardingChange | PortRequest) => string | undefined = () => undefined;
  /** How many of a test's packets come whole; undefined: there is no answer. */
  answerTest: (test: SessionTest) => number | undefined = () => undefined;
  emit: (event: EngineEvent) => void = () => undefined;
  readonly fast = new FakeFastPath();
  /** Directories whose fast path was to be removed. */
  readonly removedFastPaths: string[] = [];
  foundFastPath: FastPathProbe = { modes: [], problems: ['this kernel has no BPF'] };
  /** Why it cannot be had, though the kernel takes it. */
  noFastPath: string | undefined;
  found: DataPlaneProbe = {
    formats: ['gni 1.0', 'gni 1.1'],
    ciphers: [],
    compressions: [],
    features: [],
    tun: true,
    multiQueue: true,
    tso: true,
    uso: true,
    udpGso: true,
    udpGro: true,
    crc32cHardware: true,
    problems: [],
  };

  probe(): DataPlaneProbe {
    return this.found;
  }

  probeFastPath(): FastPathProbe {
    return this.foundFastPath;
  }

  createFastPath(options: FastPathOptions, onEvent: (event: FastPathEvent) => void): FastPath {
    if (this.noFastPath !== undefined) throw new Error(this.noFastPath);
    this.fast.options = options;
    this.fast.emit = onEvent;
    return this.fast;
  }

  removeFastPath(directory: string): void {
    this.removedFastPaths.push(directory);
  }

  trace(filter: TraceFilter | undefined): void {
    this.filters.push(filter);
  }

  lookUp({ gni, source, destination }: Pick<TraceFilter, 'gni' | 'source' | 'destination'>): LookedUp {
    return this.answerLookUp(`${gni}: ${source} → ${destination}`);
  }

  createEngine(options: EngineOptions, onEvent: (event: EngineEvent) => void): Engine {
    this.options = options;
    this.emit = onEvent;
    return this;
  }

  openPort(request: PortRequest): PortOpened {
    const why = this.refuse(request);
    if (why !== undefined) throw new Error(why);
    const adopted = this.kept.has(request.netnsPath);
    this.opened.set(request.port, request);
    this.mtus.set(request.port, request.mtu);
    return { queues: 1, tso: true, uso: true, adopted, descriptors: [100 + request.port] };
  }

  read(reading: boolean): void {
    this.reading = reading;
  }

  receivers(): readonly number[] {
    return [90, 91];
  }

  closeInherited(descriptor: number): void {
    this.closedDescriptors.push(descriptor);
  }

  workerAgesMs(): readonly number[] {
    return this.agesMs;
  }

  waiting(): number {
    return this.waitingPackets;
  }

  closePort(port: number, how: 'keep' | 'remove'): void {
    this.closed.push(`${port} ${how}`);
    this.opened.delete(port);
  }

  setPortMtu(port: number, mtu: number): void {
    this.mtus.set(port, mtu);
  }

  apply(change: ForwardingChange): void {
    const why = this.refuse(change);
    if (why !== undefined) throw new Error(why);
    this.changes.push(change);
    for (const gni of change.removeNetworks ?? []) this.networks.delete(gni);
    for (const port of change.removePorts ?? []) this.ports.delete(port);
    for (const peer of change.removePeers ?? []) this.peers.delete(peer);
    for (const { gni, address } of change.removeMappings ?? []) this.mappings.delete(`${gni}/${address}`);
    for (const { gni, prefixes } of change.networks ?? []) this.networks.set(gni, prefixes);
    for (const { port, gni, addresses } of change.ports ?? []) this.ports.set(port, { gni, addresses });
    for (const entry of change.keys ?? []) {
      if (this.keys.has(entry.key)) throw new Error(`key ${entry.key} is set already`);
      this.keys.set(entry.key, { ...entry, secret: Uint8Array.from(entry.secret) });
    }
    for (const entry of change.peers ?? []) this.peers.set(entry.peer, entry);
    for (const key of change.removeKeys ?? []) this.removeKey(key);
    for (const { gni, address, peer } of change.mappings ?? []) this.mappings.set(`${gni}/${address}`, peer);
  }

  /** As the engine: what is referred to stays. */
  private removeKey(key: number): void {
    const holders = [...this.peers.values()].filter(({ encapsulations }) =>
      encapsulations.some((each) => each.key === key),
    );
    if (holders.length > 0) throw new Error(`key ${key} is referred to`);
    this.keys.delete(key);
  }

  /** What a former process had counted. */
  formerCounts: ReturnType<Engine['former']> = { ports: [], peers: [] };

  former(): ReturnType<Engine['former']> {
    return this.formerCounts;
  }

  /** What `takeFlows` gives, once. */
  flows: EngineFlow[] = [];

  takeFlows(): readonly EngineFlow[] {
    return this.flows.splice(0);
  }

  testSession(test: SessionTest): void {
    this.tests.push(test);
    const intact = this.answerTest(test);
    if (intact !== undefined) this.emit({ kind: 'tested', peer: test.peer, id: test.id, intact });
  }

  counters(): EngineCounters {
    const none = { packets: 0, bytes: 0 };
    return {
      drops: Object.fromEntries(dropReasons.map(({ name }) => [name, 0])) as Record<DropName, number>,
      ports: [...this.ports.keys()].map((port) => ({ port, out: none, in: none, drops: 0 })),
      peers: [...this.peers.keys()].map((peer) => ({
        ...{ peer, out: none, in: none, drops: 0, dropReasons: {}, stalls: 0, unansweredStalls: 0 },
        ...this.counted.get(peer),
      })),
      keys: [...this.keys.keys()].map((key) => ({ key, packets: 0 })),
      local: none,
      offloads: { udpGso: true, udpGro: true, tso: true, uso: true },
      batching: { portReads: 0, portWrites: 0, sends: 0, receives: 0, superPacketsOut: 0, superPacketsIn: 0 },
      receiveOverflows: 0,
      portOverflows: 0,
      waiting: 0,
      lastSendError: undefined,
      workerAgeMs: [1],
    };
  }

  keyStates(): KeyStates {
    return this.states;
  }

  keepKeyStates(epochs: readonly number[]): void {
    this.keptEpochs.push([...epochs]);
  }

  stop(): void {
    this.stopped = true;
  }
}

const none = { packets: 0, bytes: 0 };
const noDrops = Object.fromEntries(dropReasons.map(({ name }) => [name, 0])) as Record<DropName, number>;

/** Holds what it is given as the real one does: a change that it refuses changes nothing. */
export class FakeFastPath implements FastPath {
  former: string | undefined;
  options: FastPathOptions | undefined;
  emit: (event: FastPathEvent) => void = () => undefined;
  refuse: (what: ForwardingChange | FastPortRequest) => string | undefined = () => undefined;
  readonly networks = new Map<number, readonly string[]>();
  readonly ports = new Map<number, readonly string[]>();
  readonly peers = new Map<number, PeerChange>();
  readonly mappings = new Map<string, number | undefined>();
  readonly opened = new Map<number, FastPortRequest>();
  /** Everything that moves programs, in order. */
  readonly log: string[] = [];
  mends: readonly string[] = [];
  /** Added to what a new one has counted: nothing. */
  counted: Partial<FastPathCounters> = {};
  stopped = false;

  openPort(request: FastPortRequest): void {
    const why = this.refuse(request);
    if (why !== undefined) throw new Error(why);
    this.opened.set(request.port, request);
    this.log.push(`open ${request.port}`);
  }

  closePort(port: number): void {
    if (!this.opened.delete(port)) throw new Error(`port ${port} is not open`);
    this.log.push(`close ${port}`);
  }

  apply(change: ForwardingChange): void {
    const why = this.refuse(change);
    if (why !== undefined) throw new Error(why);
    for (const gni of change.removeNetworks ?? []) this.networks.delete(gni);
    for (const port of change.removePorts ?? []) this.ports.delete(port);
    for (const peer of change.removePeers ?? []) this.peers.delete(peer);
    for (const { gni, address } of change.removeMappings ?? []) this.mappings.delete(`${gni}/${address}`);
    for (const { gni, prefixes } of change.networks ?? []) this.networks.set(gni, prefixes);
    for (const { port, addresses } of change.ports ?? []) this.ports.set(port, addresses);
    for (const entry of change.peers ?? []) this.peers.set(entry.peer, entry);
    for (const { gni, address, peer } of change.mappings ?? []) this.mappings.set(`${gni}/${address}`, peer);
  }

  takeOver(): void {
    this.log.push('take over');
  }

  look(): readonly string[] {
    return this.mends;
  }

  counters(): FastPathCounters {
    return {
      drops: noDrops,
      ports: [],
      peers: [],
      local: none,
      handedOver: Object.fromEntries(handovers.map((word) => [word, 0])) as FastPathCounters['handedOver'],
      lostEvents: 0,
      tables: [],
      ...this.counted,
    };
  }

  trace(filter: TraceFilter | undefined): void {
    this.log.push(filter === undefined ? 'no trace' : `trace ${filter.trace}`);
  }

  lookUp(): LookedUp {
    return { location: 'unknown', sourceIsRight: false, generation: 1 };
  }

  stop(): void {
    this.stopped = true;
  }
}
