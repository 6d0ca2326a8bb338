/**
 * What is known about one host since the controller started: what it holds, what is under way to it, what it
 * asks for, and what has to be looked at again. Survives the host's disconnection, because the host's data
 * plane does too; replaced by what the agent says when it returns.
 */
import type {
  GuestState,
  Heartbeat,
  MappingName,
  PathMeasurement,
  ResourceName,
  ResourceType,
  Session,
  Update,
} from '../../wire/control.ts';
import {
  noSessionTerms,
  pairKey,
  type SessionTerms,
  type Stopped,
  stoppedBetween,
  type WholeFacts,
} from '../negotiation/sessions-guests.ts';

export interface Subscription extends MappingName {
  /** The host where the address is. */
  target: string | undefined;
}

interface Held {
  acknowledged: SessionTerms;
  underWay: { readonly update: number; readonly terms: SessionTerms }[];
  stopped: (Stopped & { readonly untilMs: number })[];
}

export class HostFacts {
  readonly host: string;
  connected = false;
  /** Version of everything that the host has when all that is under way has arrived. */
  readonly expected: Readonly<Record<ResourceType, Map<string, string>>> = perType(() => new Map());
  /** Keys to derive again. */
  readonly dirty: Readonly<Record<ResourceType, Set<string>>> = perType(() => new Set());
  readonly subscriptions = new Map<string, Subscription>();
  /** Peers with which the session is far enough for mappings that lead there, but for some mappings. */
  readonly ready = new Map<string, ReadonlySet<string>>();
  /** Mappings that wait for the session with a peer. */
  readonly withheld = new Map<string, Set<string>>();
  /** Guests that it has acknowledged. */
  readonly guests = new Set<string>();
  /** Held since before the store was restored, which knows nothing of it: `type/key`. It stays until that is settled. */
  readonly unknown = new Set<string>();
  readonly guestStates = new Map<string, GuestState>();
  paths: readonly PathMeasurement[] = [];
  heartbeat: Heartbeat | undefined;
  /** Epochs of the keys that it has said to hold; its record follows a moment later. */
  keyEpochs: readonly number[] = [];
  readonly #sessions = new Map<string, Held>();
  readonly #updates = new Map<number, Update>();
  #lastUpdate = 0;

  constructor(host: string) {
    this.host = host;
  }

  get updatesUnderWay(): number {
    return this.#updates.size;
  }

  get isDirty(): boolean {
    return Object.values(this.dirty).some((keys) => keys.size > 0);
  }

  /** Forgets what was thought to be held: the agent has just said what it holds. */
  restart(): void {
    this.connected = true;
    this.guests.clear();
    this.unknown.clear();
    this.#sessions.clear();
    this.#updates.clear();
    this.#lastUpdate = 0;
    this.ready.clear();
    this.withheld.clear();
    for (const keys of Object.values(this.dirty)) keys.clear();
    for (const versions of Object.values(this.expected)) versions.clear();
  }

  holdSession(session: Session): void {
    this.#sessions.set(session.peer, { acknowledged: termsOf(session), underWay: [], stopped: [] });
  }

  /** Hosts with which it holds a session or may do so. */
  peers(): string[] {
    return [...this.#sessions.keys()];
  }

  /** Undefined: it holds none, and none is under way. */
  session(peer: string): WholeFacts | undefined {
    const held = this.#sessions.get(peer);
    if (held === undefined) return undefined;
    return {
      acknowledged: held.acknowledged,
      underWay: held.underWay.map(({ terms }) => terms),
      stopped: held.stopped,
    };
  }

  /** Makes the contents of an update the expected ones and gives it its number. */
  send(contents: Omit<Update, 'number'>): Update {
    this.#lastUpdate += 1;
    const update = { number: this.#lastUpdate, ...contents };
    this.#updates.set(update.number, update);
    for (const { name, version, body } of contents.set) {
      this.expected[name.type].set(name.key, version);
      if (body.type === 'session') this.#sessionUnderWay(name.key, termsOf(body));
    }
    for (const name of contents.removed) {
      this.expected[name.type].delete(name.key);
      if (name.type === 'session') this.#sessionUnderWay(name.key, noSessionTerms);
    }
    return update;
  }

  /** An update that was sent and is not acknowledged yet. */
  underWay(number: number): Update | undefined {
    return this.#updates.get(number);
  }

  /**
   * The host has an update in force, except what it refused. Returns the peers whose sessions are known better
   * now, with what the host has stopped sending; undefined: no such update is under way.
   */
  acknowledge(number: number, refused: readonly ResourceName[]): Map<string, readonly Stopped[]> | undefined {
    const update = this.#updates.get(number);
    if (update === undefined) return undefined;
    this.#updates.delete(number);
    const peers = new Map<string, readonly Stopped[]>();
    for (const { type, key } of [...update.set.map(({ name }) => name), ...update.removed]) {
      if (type === 'guest' && !refused.some((name) => name.type === type && name.key === key)) this.guests.add(key);
      if (type !== 'session') continue;
      const isRefused = refused.some((name) => name.type === 'session' && name.key === key);
      peers.set(key, this.#sessionAcknowledged(key, number, isRefused));
    }
    for (const { type, key } of update.removed) if (type === 'guest') this.guests.delete(key);
    return peers;
  }

  /** Such packets may still be under way to the peer until then. */
  stoppedSending(peer: string, stopped: readonly Stopped[], untilMs: number): void {
    const held = this.#sessions.get(peer) ?? { acknowledged: noSessionTerms, underWay: [], stopped: [] };
    held.stopped.push(...stopped.map((each) => ({ ...each, untilMs })));
    this.#sessions.set(peer, held);
  }

  forgetStopped(peer: string, nowMs: number): void {
    const held = this.#sessions.get(peer);
    if (held === undefined) return;
    held.stopped = held.stopped.filter(({ untilMs }) => untilMs > nowMs);
    this.#dropEmpty(peer, held);
  }

  #sessionUnderWay(peer: string, terms: SessionTerms): void {
    const held = this.#sessions.get(peer) ?? { acknowledged: noSessionTerms, underWay: [], stopped: [] };
    held.underWay.push({ update: this.#lastUpdate, terms });
    this.#sessions.set(peer, held);
  }

  #sessionAcknowledged(peer: string, update: number, isRefused: boolean): readonly Stopped[] {
    const held = this.#sessions.get(peer);
    const arrived = held?.underWay.find((entry) => entry.update === update);
    if (held === undefined || arrived === undefined) return [];
    held.underWay = held.underWay.filter((entry) => entry !== arrived);
    if (isRefused) return [];
    const stopped = stoppedBetween(held.acknowledged, arrived.terms);
    held.acknowledged = arrived.terms;
    this.#dropEmpty(peer, held);
    return stopped;
  }

  #dropEmpty(peer: string, { acknowledged, underWay, stopped }: Held): void {
    const { send, accept, pairs } = acknowledged;
    const empty = send === undefined && accept.length === 0 && pairs.size === 0;
    if (empty && underWay.length === 0 && stopped.length === 0) this.#sessions.delete(peer);
  }
}

function termsOf({ send, accept, pairs }: Session): SessionTerms {
  return { send, accept, pairs: new Map(pairs.map((pair) => [pairKey(pair), pair])) };
}

function perType<T>(make: () => T): Record<ResourceType, T> {
  return { network: make(), guest: make(), session: make(), mapping: make() };
}
