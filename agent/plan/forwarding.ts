/**
 * The forwarding table that follows from the desired state, and the difference to the one in force: pure.
 *
 * Names instead of the engine's slots: `datapath/` translates. Only what may have changed is looked at
 * (`Touched`), so that one pushed mapping costs one comparison and not ten thousand.
 */
import { type MappingName, mappingKey, type Session } from '../../wire/control.ts';
import type { DesiredView } from '../state/desired.ts';
import { plainAddress } from './check.ts';
import { type KeyEntry, keyName, type PeerEntry, peerEntryOf } from './peer.ts';
import { carries, type Use, usablePart } from './terms.ts';

export interface NetworkEntry {
  readonly gni: number;
  readonly prefixes: readonly string[];
}

export interface PortEntry {
  readonly guest: string;
  readonly gni: number;
  readonly addresses: readonly string[];
}

export interface MappingEntry {
  readonly gni: number;
  readonly address: string;
  /** Undefined: nowhere. */
  readonly host: string | undefined;
  /** Ethernet address of a guest without an agent. */
  readonly mac?: string;
}

/** What the engine holds; owned and changed by `apply/` alone. */
export interface ForwardingTable {
  readonly networks: Map<string, NetworkEntry>;
  readonly ports: Map<string, PortEntry>;
  readonly peers: Map<string, PeerEntry>;
  /** By name. They outlive the sessions that name them: a key that was given once is never given again. */
  readonly keys: Map<string, KeyEntry>;
  readonly mappings: Map<string, MappingEntry>;
}

export interface ForwardingDelta {
  readonly removeNetworks: readonly number[];
  readonly removePorts: readonly string[];
  readonly removePeers: readonly string[];
  readonly removeMappings: readonly MappingName[];
  /** Names. */
  readonly removeKeys: readonly string[];
  readonly networks: readonly NetworkEntry[];
  readonly ports: readonly PortEntry[];
  readonly keys: readonly KeyEntry[];
  readonly peers: readonly PeerEntry[];
  readonly mappings: readonly MappingEntry[];
}

export const emptyDelta: ForwardingDelta = {
  removeNetworks: [],
  removePorts: [],
  removePeers: [],
  removeMappings: [],
  removeKeys: [],
  networks: [],
  ports: [],
  keys: [],
  peers: [],
  mappings: [],
};

/** Keys whose desired state, or what it depends on, may have changed. */
export interface Touched {
  readonly networks: Iterable<string>;
  readonly guests: Iterable<string>;
  readonly sessions: Iterable<string>;
  readonly mappings: Iterable<string>;
}

export interface ForwardingFacts {
  readonly host: string;
  /** Whether the guest's port is open. */
  portReady(guest: string): boolean;
  pathMtu(peer: string): number;
  /** Whether the peer may be sent several packets as one. */
  udpGso(peer: string): boolean;
  /** Whether packets can have the encapsulation now. */
  usable(session: Session, text: string, use: Use): boolean;
  /** Whether this host has an address of the family of the session's. */
  reachable(session: Session): boolean;
}

export function emptyTable(): ForwardingTable {
  return { networks: new Map(), ports: new Map(), peers: new Map(), keys: new Map(), mappings: new Map() };
}

/** Everything, as after a start. */
export function touchAll(desired: DesiredView, table: ForwardingTable): Touched {
  return {
    networks: new Set([...desired.networks.keys(), ...table.networks.keys()]),
    guests: new Set([...desired.guests.keys(), ...table.ports.keys()]),
    sessions: new Set([...desired.sessions.keys(), ...table.peers.keys()]),
    mappings: new Set([...desired.mappings.keys(), ...table.mappings.keys()]),
  };
}

export function planForwarding(
  touched: Touched,
  desired: DesiredView,
  facts: ForwardingFacts,
  table: ForwardingTable,
): ForwardingDelta {
  const networks = difference(touched.networks, table.networks, (key) => networkEntry(key, desired));
  const ports = difference(touched.guests, table.ports, (key) => portEntry(key, desired, facts));
  const peers = difference(touched.sessions, table.peers, (key) => peerEntry(key, desired, facts));
  // A mapping is in force only with a session to its host: a session that comes or goes takes its mappings along.
  const dependent = [...touched.sessions].flatMap((peer) => [...desired.mappingsOn(peer)]);
  const keys = new Set([...touched.mappings, ...dependent]);
  const mappings = difference(keys, table.mappings, (key) => mappingEntry(key, desired, facts));
  return {
    ...emptyDelta,
    removeNetworks: networks.removed.map(({ gni }) => gni),
    removePorts: ports.removed.map(({ guest }) => guest),
    removePeers: peers.removed.map(({ host }) => host),
    removeMappings: mappings.removed.map(({ gni, address }) => ({ gni, address })),
    networks: networks.set,
    ports: ports.set,
    keys: newKeys(peers.set, table),
    peers: peers.set,
    mappings: mappings.set,
  };
}

/** Keys of this host's epoch, which is over: nothing in force names them any more. */
export function planRetirement(epoch: number, table: ForwardingTable): ForwardingDelta {
  const over = [...table.keys].filter(([, { own }]) => own === epoch).map(([name]) => name);
  return { ...emptyDelta, removeKeys: over };
}

/** This host's epochs that what is in force names. */
export function epochsInForce(table: ForwardingTable): Set<number> {
  return new Set([...table.peers.values()].flatMap(({ keys }) => keys.map(({ own }) => own)));
}

export function isEmpty(delta: ForwardingDelta): boolean {
  return Object.values(delta).every((list: readonly unknown[]) => list.length === 0);
}

/** Notes in the table that the delta is in force. */
export function commitForwarding(delta: ForwardingDelta, table: ForwardingTable): void {
  for (const gni of delta.removeNetworks) table.networks.delete(String(gni));
  for (const guest of delta.removePorts) table.ports.delete(guest);
  for (const host of delta.removePeers) table.peers.delete(host);
  for (const name of delta.removeMappings) table.mappings.delete(mappingKey(name));
  for (const name of delta.removeKeys) table.keys.delete(name);
  for (const entry of delta.networks) table.networks.set(String(entry.gni), entry);
  for (const entry of delta.ports) table.ports.set(entry.guest, entry);
  for (const entry of delta.keys) table.keys.set(keyName(entry), entry);
  for (const entry of delta.peers) table.peers.set(entry.host, entry);
  for (const entry of delta.mappings) table.mappings.set(mappingKey(entry), entry);
}

/**
 * What takes a table that holds the delta back to this one, which does not: for an executor that took it up before
 * another refused it. Keys are left out: they are given to the one that comes last.
 */
export function revertForwarding(delta: ForwardingDelta, table: ForwardingTable): ForwardingDelta {
  const networks = before([...delta.removeNetworks, ...delta.networks.map(({ gni }) => gni)], (gni) =>
    table.networks.get(String(gni)),
  );
  const ports = before([...delta.removePorts, ...delta.ports.map(({ guest }) => guest)], (guest) =>
    table.ports.get(guest),
  );
  const peers = before([...delta.removePeers, ...delta.peers.map(({ host }) => host)], (host) => table.peers.get(host));
  const names = [...delta.removeMappings, ...delta.mappings.map(({ gni, address }) => ({ gni, address }))];
  const mappings = before(names, (name) => table.mappings.get(mappingKey(name)));
  return {
    ...emptyDelta,
    removeNetworks: networks.absent,
    removePorts: ports.absent,
    removePeers: peers.absent,
    removeMappings: mappings.absent,
    networks: networks.held,
    ports: ports.held,
    peers: peers.held,
    mappings: mappings.held,
  };
}

function before<Name, Entry>(
  names: readonly Name[],
  find: (name: Name) => Entry | undefined,
): { readonly held: Entry[]; readonly absent: Name[] } {
  return {
    held: names.flatMap((name) => find(name) ?? []),
    absent: names.filter((name) => find(name) === undefined),
  };
}

function networkEntry(key: string, desired: DesiredView): NetworkEntry | undefined {
  const network = desired.networks.get(key)?.body;
  return network && { gni: network.gni, prefixes: network.prefixes };
}

function portEntry(key: string, desired: DesiredView, facts: ForwardingFacts): PortEntry | undefined {
  const guest = desired.guests.get(key)?.body;
  if (guest === undefined || !facts.portReady(key)) return undefined;
  return { guest: key, gni: guest.gni, addresses: guest.addresses.map(plainAddress) };
}

function peerEntry(key: string, desired: DesiredView, facts: ForwardingFacts): PeerEntry | undefined {
  const session = desired.sessions.get(key)?.body;
  // Without a peer the engine drops what a mapping leads to it, as `no-session`.
  if (session === undefined || !(carries(session) || facts.reachable(session))) return undefined;
  const part = usablePart(session, (text, use) => facts.usable(session, text, use));
  return peerEntryOf(part, { pathMtu: facts.pathMtu(key), udpGso: facts.udpGso(key) });
}

function newKeys(peers: readonly PeerEntry[], table: ForwardingTable): KeyEntry[] {
  const named = new Map(peers.flatMap(({ keys }) => keys).map((key) => [keyName(key), key]));
  return [...named].filter(([name]) => !table.keys.has(name)).map(([, key]) => key);
}

function mappingEntry(key: string, desired: DesiredView, facts: ForwardingFacts): MappingEntry | undefined {
  const mapping = desired.mappings.get(key)?.body;
  if (mapping === undefined) return undefined;
  const { gni, address, host, mac } = mapping;
  // A guest of this host: the engine finds its port by itself.
  if (host === facts.host) return undefined;
  if (host !== undefined && !desired.sessions.has(host)) return undefined;
  return { gni, address, host, ...(mac === undefined ? {} : { mac }) };
}

function difference<Entry>(
  keys: Iterable<string>,
  table: ReadonlyMap<string, Entry>,
  derive: (key: string) => Entry | undefined,
): { readonly removed: Entry[]; readonly set: Entry[] } {
  const removed: Entry[] = [];
  const set: Entry[] = [];
  for (const key of keys) {
    const wanted = derive(key);
    const held = table.get(key);
    if (wanted === undefined) {
      if (held !== undefined) removed.push(held);
    } else if (held === undefined || JSON.stringify(held) !== JSON.stringify(wanted)) set.push(wanted);
  }
  return { removed, set };
}
