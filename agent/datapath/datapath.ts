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
  NativeAddon,
  PortOpened,
  PortRequest,
  Traffic,
} from '../../native/index.ts';
import type { DropName } from '../../wire/drops.ts';
import type { FormatName } from '../../wire/formats/index.ts';
import type { ForwardingDelta } from '../plan/forwarding.ts';

export type { DataPlaneProbe, EngineEvent, EngineOptions, NativeAddon } from '../../native/index.ts';

const portSlots = 4096;
const peerSlots = 65_536;

export interface PartCounters {
  readonly out: Traffic;
  readonly in: Traffic;
  readonly drops: number;
}

export interface Counters extends Omit<EngineCounters, 'ports' | 'peers'> {
  readonly guests: ReadonlyMap<string, PartCounters>;
  readonly peers: ReadonlyMap<string, PartCounters>;
  readonly drops: Readonly<Record<DropName, number>>;
}

export class DataPath {
  private readonly engine: Engine;
  private readonly ports = new Slots(portSlots);
  private readonly peers = new Slots(peerSlots);

  /** Throws an Error with one clear sentence when a socket cannot be bound. */
  constructor(native: NativeAddon, options: EngineOptions, onEvent: (event: EngineEvent) => void) {
    this.engine = native.createEngine(options, onEvent);
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
    try {
      this.engine.apply(this.translate(delta));
    } catch (error) {
      for (const host of newPeers) this.peers.give(host);
      throw error;
    }
    for (const host of delta.removePeers) this.peers.give(host);
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
      peers: delta.peers.map(({ host, address, send, accept, pathMtu }) => ({
        peer: this.peers.take(host),
        address,
        send: send as FormatName | undefined,
        accept: accept as readonly FormatName[],
        pathMtu,
      })),
      mappings: delta.mappings.map(({ gni, address, host }) => ({
        gni,
        address,
        peer: host === undefined ? undefined : this.peers.take(host),
      })),
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
