/**
 * The data plane by names: guests and hosts outside, the engine's slots inside.
 *
 * The only door from the agent to the native engine. A slot is reused only after the engine let go of it.
 */

import type {
  Engine,
  EngineCounters,
  EngineEvent,
  EngineOptions,
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
  Traffic,
} from '../../native/index.ts';
import type { DropName } from '../../wire/drops.ts';
import { parseEncapsulation } from '../../wire/encapsulation.ts';
import type { FormatName } from '../../wire/formats/index.ts';
import type { ForwardingDelta } from '../plan/forwarding.ts';
import { type EncapsulationEntry, type KeyEntry, keyName, type PeerEntry } from '../plan/peer.ts';

export type {
  DataPlaneProbe,
  EngineEvent,
  EngineOptions,
  LookedUp,
  NativeAddon,
  Traced,
  TraceFilter,
} from '../../native/index.ts';

const portSlots = 4096;
const peerSlots = 65_536;
const keySlots = 1_048_576;

export interface PartCounters {
  readonly out: Traffic;
  readonly in: Traffic;
  readonly drops: number;
}

export interface PeerCounters extends PartCounters {
  /** Of packets that came from the peer; reasons with a count only. */
  readonly dropReasons: Readonly<Partial<Record<DropName, number>>>;
  readonly stalls: number;
}

/** What each executor's table holds; the fast path's where there is one. */
export interface TablesLookedUp {
  readonly engine: LookedUp;
  readonly fastPath?: LookedUp;
}

/** The secret part of a key: on its way to the engine, and nowhere else. */
export type KeyMaterial = Pick<KeyChange, 'secret' | 'salt' | 'id'>;

export interface Counters extends Omit<EngineCounters, 'ports' | 'peers'> {
  readonly guests: ReadonlyMap<string, PartCounters>;
  readonly peers: ReadonlyMap<string, PeerCounters>;
  readonly drops: Readonly<Record<DropName, number>>;
}

export class DataPath {
  private readonly engine: Engine;
  private readonly ports = new Slots(portSlots);
  private readonly peers = new Slots(peerSlots);
  private readonly keys = new Slots(keySlots);
  private readonly material: (key: KeyEntry) => KeyMaterial;

  /** Throws an Error with one clear sentence when a socket cannot be bound. */
  constructor(
    native: NativeAddon,
    options: EngineOptions,
    onEvent: (event: EngineEvent) => void,
    material: (key: KeyEntry) => KeyMaterial,
  ) {
    this.engine = native.createEngine(options, onEvent);
    this.material = material;
  }

  /** Throws an Error with one clear sentence when the device cannot be had. */
  openPort(guest: string, request: Omit<PortRequest, 'port'>): PortOpened {
    const fresh = this.ports.of(guest) === undefined;
    const port = this.ports.take(guest);
    try {
      return this.engine.openPort({ ...request, port });
    } catch (error) {
      if (fresh) this.ports.give(guest);
      throw error;
    }
  }

  closePort(guest: string, how: 'keep' | 'remove'): void {
    const port = this.ports.of(guest);
    if (port === undefined) return;
    this.engine.closePort(port, how);
    this.ports.give(guest);
  }

  setPortMtu(guest: string, mtu: number): void {
    const port = this.ports.of(guest);
    if (port !== undefined) this.engine.setPortMtu(port, mtu);
  }

  /** All of the delta becomes visible to packets at once. Throws, changing nothing, on a value the engine refuses. */
  apply(delta: ForwardingDelta): void {
    const newPeers = delta.peers.map(({ host }) => host).filter((host) => this.peers.of(host) === undefined);
    const newKeys = delta.keys.map(keyName).filter((name) => this.keys.of(name) === undefined);
    let change: ForwardingChange | undefined;
    try {
      change = this.translate(delta);
      this.engine.apply(change);
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
  }

  /** For a packet between two addresses, from whichever side. */
  lookUp(query: Pick<TraceFilter, 'gni' | 'source' | 'destination'>): TablesLookedUp {
    return { engine: this.engine.lookUp(query) };
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

  counters(): Counters {
    const { ports, peers, ...rest } = this.engine.counters();
    return {
      ...rest,
      guests: new Map(ports.map(({ port, ...part }) => [this.ports.nameOf(port) ?? `port ${port}`, part])),
      peers: new Map(peers.map(({ peer, ...part }) => [this.peers.nameOf(peer) ?? `peer ${peer}`, part])),
    };
  }

  keyStates(): KeyStates {
    return this.engine.keyStates();
  }

  /** Of other epochs no key can be derived any more, by whichever process. */
  keepKeyStates(epochs: readonly number[]): void {
    this.engine.keepKeyStates(epochs);
  }

  /** Ports are kept. */
  stop(): void {
    this.engine.stop();
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

/** Numbers for names: the lowest that is free. */
class Slots {
  private readonly most: number;
  private readonly byName = new Map<string, number>();
  private readonly bySlot = new Map<number, string>();
  private readonly free: number[] = [];

  constructor(most: number) {
    this.most = most;
  }

  of(name: string): number | undefined {
    return this.byName.get(name);
  }

  nameOf(slot: number): string | undefined {
    return this.bySlot.get(slot);
  }

  known(names: readonly string[]): number[] {
    return names.flatMap((name) => this.byName.get(name) ?? []);
  }

  take(name: string): number {
    const held = this.byName.get(name);
    if (held !== undefined) return held;
    const slot = this.free.pop() ?? this.byName.size;
    if (slot >= this.most)
      throw new Error(`${this.most} are in use already, which is all that the data plane can hold`);
    this.byName.set(name, slot);
    this.bySlot.set(slot, name);
    return slot;
  }

  give(name: string): void {
    const slot = this.byName.get(name);
    if (slot === undefined) return;
    this.byName.delete(name);
    this.bySlot.delete(slot);
    this.free.push(slot);
  }
}
