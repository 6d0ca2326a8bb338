/** What both executors have counted, as one: pure. Each packet is counted by the one that carried or dropped it. */
import type { EngineCounters, FastPathCounters, PartCounters, Traffic } from '../../native/index.ts';

export type { PartCounters } from '../../native/index.ts';

import { type DropName, dropReasons } from '../../wire/drops.ts';
import type { CountKind, KeptCounts } from './kept-counts.ts';

export interface PeerCounters extends PartCounters {
  /** Of packets that came from the peer; reasons with a count only. */
  readonly dropReasons: Readonly<Partial<Record<DropName, number>>>;
  readonly stalls: number;
}

/** What only the fast path counts. */
export type FastPathSums = Pick<FastPathCounters, 'handedOver' | 'lostEvents' | 'tables'>;

/** `fast`: what of it the fast path counted; `owner`: by which the engine knows it over processes. */
export interface WithFast {
  readonly fast?: PartCounters | undefined;
  readonly owner?: number;
}

export interface MergedCounters extends Omit<EngineCounters, 'ports' | 'peers'> {
  readonly ports: readonly (EngineCounters['ports'][number] & WithFast)[];
  readonly peers: readonly (EngineCounters['peers'][number] & WithFast)[];
  readonly fastPath?: FastPathSums;
}

export interface Counters extends Omit<MergedCounters, 'ports' | 'peers'> {
  readonly guests: ReadonlyMap<string, PartCounters>;
  readonly peers: ReadonlyMap<string, PeerCounters>;
}

interface NamedCounters extends Omit<Counters, 'guests' | 'peers'> {
  readonly guests: ReadonlyMap<string, PartCounters & WithFast>;
  readonly peers: ReadonlyMap<string, PeerCounters & WithFast>;
}

export function mergeCounters(engine: EngineCounters, fast: FastPathCounters | undefined): MergedCounters {
  if (fast === undefined) return engine;
  const ports = new Map(fast.ports.map((part) => [part.port, part]));
  const peers = new Map(fast.peers.map((part) => [part.peer, part]));
  const drops = dropReasons.map(({ name }) => [name, engine.drops[name] + fast.drops[name]] as const);
  const { handedOver, lostEvents, tables } = fast;
  return {
    ...engine,
    drops: Object.fromEntries(drops) as Record<DropName, number>,
    ports: engine.ports.map((part) => ({ ...part, ...sum(part, ports.get(part.port)) })),
    peers: engine.peers.map((part) => ({ ...part, ...sum(part, peers.get(part.peer)) })),
    local: both(engine.local, fast.local),
    fastPath: { handedOver, lostEvents, tables },
  };
}

/** Slots become names; one that has none any more is shown by its number. */
export function byName(
  { ports, peers, ...rest }: MergedCounters,
  names: { port(slot: number): string | undefined; peer(slot: number): string | undefined },
): NamedCounters {
  return {
    ...rest,
    guests: new Map(ports.map(({ port, ...part }) => [names.port(port) ?? `port ${port}`, part])),
    peers: new Map(peers.map(({ peer, ...part }) => [names.peer(peer) ?? `peer ${peer}`, part])),
  };
}

/** With what was counted by former processes, if that is kept. */
export function withKept(counters: NamedCounters, kept: KeptCounts | undefined): Counters {
  const whole =
    <Part extends PartCounters & WithFast>(kind: CountKind) =>
    ([name, { fast, owner, ...part }]: [string, Part]) =>
      [name, kept === undefined ? part : { ...part, ...kept.total(kind, name, { part, fast, owner }) }] as const;
  return {
    ...counters,
    guests: new Map([...counters.guests].map(whole('guests'))),
    peers: new Map([...counters.peers].map(whole<PeerCounters & WithFast>('peers'))),
  };
}

/** What the engine does not list the fast path does not count either: both hold the same ports and peers. */
function sum(engine: PartCounters, fast: PartCounters | undefined): PartCounters & WithFast {
  const { out, in: received, drops } = engine;
  if (fast === undefined) return { out, in: received, drops };
  return { out: both(out, fast.out), in: both(received, fast.in), drops: drops + fast.drops, fast };
}

function both(a: Traffic, b: Traffic): Traffic {
  return { packets: a.packets + b.packets, bytes: a.bytes + b.bytes };
}
