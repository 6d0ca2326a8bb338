/**
 * From what is known to what each host shall hold: the controller's core, without clock and sockets.
 *
 * Every event (a record changed, a host said something) only marks the resources that it may concern; an
 * update is made by deriving the marked ones again and comparing versions with what the host is expected to
 * hold. So nothing depends on the order of events, and no event costs more than what it concerns.
 *
 *   state change ─┐
 *   hello ────────┼─► dirty (host, resource) ─► derive ─► differs? ─► update ─► acknowledged ─► facts ─┐
 *   subscribe ────┤                                                                                    │
 *   acknowledge ──┴────────────────────────────────────────────────────────────────────────────────◄───┘
 *
 * A session that one of two hosts needs concerns both. A mapping that leads to another host is held back
 * until this host may send there, so that no first packet meets a missing session.
 */
import { parseAddress } from '../../wire/address.ts';
import {
  type Held,
  type Keys,
  type MappingName,
  mappingKey,
  noKeys,
  type Refusal,
  type Resource,
  type ResourceName,
  type ResourceType,
  type Update,
} from '../../wire/control.ts';
import { withKeys } from '../../wire/encapsulation.ts';
import { limits } from '../../wire/limits.ts';
import type { PolicyRequest } from '../../wire/policy.ts';
import type { Choice } from '../negotiation/select.ts';
import { noSessionTerms, pairKey, seenFromPeer, termsOfPair } from '../negotiation/sessions-guests.ts';
import type { SelectionChange } from '../state/commands.ts';
import type { Guest, Host } from '../state/records.ts';
import type { State } from '../state/state.ts';
import { Changes } from './changes.ts';
import type { HostFacts } from './facts.ts';
import { Marks, type Report } from './marks.ts';
import { Refusals } from './refusals.ts';
import type { Sized } from './resources.ts';
import { type Plan, Selections } from './selections.ts';
import { Wanted } from './wanted.ts';

export type { Report } from './marks.ts';

export const deriveLimits = {
  /** Updates under way to one host; what changes meanwhile is sent together after. */
  updatesUnderWay: 4,
  /** Bytes of resources in one update: below the limit of a control message. */
  updateBytes: limits.controlMessageBytes >> 1,
  /** How long a receiver still accepts what its sender has stopped sending. */
  graceMs: 1000,
} as const;

export class Derivation {
  readonly #state: State;
  readonly #marks: Marks;
  readonly #selections: Selections;
  readonly #wanted: Wanted;
  readonly #refusals = new Refusals();
  /** In the order of time. */
  readonly #graces: { readonly host: string; readonly peer: string; readonly untilMs: number }[] = [];

  constructor(state: State, report: Report) {
    this.#state = state;
    this.#marks = new Marks(state, report);
    this.#selections = new Selections(state, this.#marks.subscriptions);
    this.#wanted = new Wanted(state, this.#marks, this.#selections);
    const changes = new Changes(state, this.#marks, this.#refusals);
    state.onChange((change) => changes.happened(change));
  }

  get subscriptionCount(): number {
    return this.#marks.subscriptions.count;
  }

  facts(host: string): HostFacts | undefined {
    return this.#marks.facts(host);
  }

  subscribersOf(name: MappingName): number {
    return this.#marks.subscriptions.hostCount(mappingKey(name));
  }

  /** Hosts for which there may be updates now; each is told once. */
  takePending(): string[] {
    return this.#marks.takePending();
  }

  /** There was no time for its updates: it is pending again. */
  lookAgain(host: string): void {
    this.#marks.markHost(host);
  }

  /** Selections to be stored; `settled` must be called with them afterwards, stored or not. */
  takeSelections(): SelectionChange[] {
    return this.#selections.take();
  }

  settled(changes: readonly SelectionChange[]): void {
    this.#selections.settled(changes);
    for (const { source, destination } of changes) this.#marks.markPair(source, destination);
  }

  /** What should be selected by all that is known now, whether or not anybody needs it. */
  choose(source: Host, destination: Host, policies?: readonly PolicyRequest[]): Choice {
    return this.#selections.plan(source, destination, policies).outgoing;
  }

  /** The same with what is chosen for pairs of guests that are in use. */
  plan(source: Host, destination: Host, policies?: readonly PolicyRequest[]): Plan {
    return this.#selections.plan(source, destination, policies);
  }

  chooseForGuests(source: Host, destination: Host, from: Guest, to: Guest): Choice {
    return this.#selections.chooseForGuests(source, destination, from, to);
  }

  /** Whether both ends have what is selected; undefined: no packet needs it, or an end is away. */
  inForce(source: string, destination: string): boolean | undefined {
    const [sender, receiver] = [this.#marks.facts(source), this.#marks.facts(destination)];
    if (sender?.connected !== true || receiver?.connected !== true) return undefined;
    if (!this.#marks.subscriptions.isPairNeeded(source, destination)) return undefined;
    if (this.#selections.isChanging(source, destination)) return false;
    const selected = this.#state.selection(source, destination)?.selected;
    const sending = sender.session(destination)?.acknowledged.send;
    // Keys come and go by themselves: what is selected is written without them.
    if (sending === undefined || withKeys(sending, undefined) !== selected) return sending === selected;
    return receiver.session(source)?.acknowledged.accept.includes(sending) ?? false;
  }

  /** The same of every pair of guests for which something else is chosen. */
  areGuestsInForce(source: string, destination: string): boolean {
    const [own, peer] = [this.#state.hosts.get(source), this.#state.hosts.get(destination)];
    if (own === undefined || peer === undefined || !this.#marks.areGuestsApart()) return true;
    const sends = this.#marks.facts(source)?.session(destination)?.acknowledged ?? noSessionTerms;
    const accepts = this.#marks.facts(destination)?.session(source)?.acknowledged ?? noSessionTerms;
    return this.#selections.plan(own, peer).pairs.every(({ outgoing: { selected }, ...pair }) => {
      const { send } = termsOfPair(sends, pairKey(pair));
      if (send === undefined || withKeys(send, undefined) !== selected) return send === selected;
      return termsOfPair(accepts, pairKey(seenFromPeer(pair))).accept.includes(send);
    });
  }

  // ---- events --------------------------------------------------------------------------------------------

  connect(host: string, held: readonly Held[], keys: Keys = noKeys): void {
    const facts = this.#marks.meet(host);
    const thoughtPeers = facts.peers();
    facts.restart();
    this.#refusals.forget(host);
    for (const { name, version, session } of held) {
      if (name.type === 'session' && session === undefined) continue;
      facts.expected[name.type].set(name.key, version);
      if (session !== undefined) facts.holdSession(session);
      if (name.type === 'guest') facts.guests.add(name.key);
      if (this.#wanted.isUnknown(host, name)) facts.unknown.add(`${name.type}/${name.key}`);
    }
    this.learnKeys(host, keys);
    this.#replaceSubscriptions(facts);
    this.#marks.markAll(facts);
    // Peers that waited to hear from this host, and those whose terms depend on what it holds or was thought to hold.
    const concerned = [
      ...(this.#marks.keptFor.get(host) ?? []),
      ...this.#marks.subscriptions.peersOf(host),
      ...facts.peers(),
      ...thoughtPeers,
    ];
    this.#marks.keptFor.delete(host);
    for (const peer of concerned) this.#marks.mark(peer, 'session', host);
  }

  /** What the host holds now; its sessions follow when its record says so too. */
  learnKeys(host: string, { epochs }: Keys): void {
    const facts = this.#marks.facts(host);
    if (facts === undefined) return;
    facts.keyEpochs = epochs.map(({ epoch }) => epoch);
    // What it says may be what its record has said all along.
    this.#marks.markSessions(facts);
  }

  disconnect(host: string): void {
    const facts = this.#marks.facts(host);
    if (facts !== undefined) facts.connected = false;
  }

  subscribe(host: string, wanted: readonly MappingName[], unwanted: readonly MappingName[]): void {
    const facts = this.#marks.facts(host);
    if (facts === undefined) return;
    for (const name of unwanted) {
      const key = mappingKey(name);
      this.#marks.subscriptions.remove(facts, key);
      // The host has dropped it, and keeps no answer that it has not asked for.
      facts.expected.mapping.delete(key);
    }
    const foreign = new Set<number>();
    let surplus = 0;
    for (const name of wanted) {
      const key = mappingKey(name);
      if (!this.#state.hasNetwork(host, name.gni)) foreign.add(name.gni);
      else if (this.#marks.subscriptions.add(facts, name)) this.#answer(facts, key);
      else surplus += 1;
    }
    if (foreign.size > 0) {
      const gnis = [...foreign].join(', ');
      this.#marks.report(host, 'subscription-ignored', `asked for mappings of GNI ${gnis}, of which it has no guest`);
    }
    if (surplus > 0) {
      const most = limits.subscriptionsPerAgent;
      this.#marks.report(
        host,
        'subscription-ignored',
        `asked for ${surplus} mappings more than the ${most} it may have`,
      );
    }
  }

  /** False: no such update is under way. */
  acknowledge(host: string, update: number, refused: readonly Refusal[], nowMs: number): boolean {
    const facts = this.#marks.facts(host);
    const told = facts?.underWay(update)?.set.map(({ name }) => name) ?? [];
    const refusedNames = refused.map(({ name }) => name);
    this.#refusals.answered(host, told, refusedNames, nowMs);
    const peers = facts?.acknowledge(update, refusedNames);
    if (facts === undefined || peers === undefined) return false;
    for (const [peer, stopped] of peers) {
      if (stopped.length > 0) {
        const untilMs = nowMs + deriveLimits.graceMs;
        facts.stoppedSending(peer, stopped, untilMs);
        this.#graces.push({ host, peer, untilMs });
      }
      this.#marks.markPair(host, peer);
    }
    for (const { name, reason } of refused) this.#refused(facts, name, reason);
    if (facts.isDirty) this.#marks.markHost(host);
    return true;
  }

  /** Ends the grace of what was replaced long enough ago, and tells again what was refused. */
  tick(nowMs: number): void {
    for (const { host, type, key } of this.#refusals.due(nowMs)) {
      this.#marks.facts(host)?.expected[type].set(key, '');
      this.#marks.mark(host, type, key);
    }
    for (;;) {
      const grace = this.#graces[0];
      if (grace === undefined || grace.untilMs > nowMs) return;
      this.#graces.shift();
      this.#marks.facts(grace.host)?.forgetStopped(grace.peer, nowMs);
      // The peer retires it; and where pairs waited for room, both have it now.
      this.#marks.markPair(grace.peer, grace.host);
    }
  }

  #refused(facts: HostFacts, { type, key }: ResourceName, reason: string): void {
    this.#marks.report(facts.host, 'resource-refused', `${type} ${key}: ${reason}`);
    if (type === 'guest' && this.#state.guests.get(key)?.host === facts.host) {
      facts.guestStates.set(key, { guest: key, phase: 'failed', detail: reason, mtu: 0 });
    }
  }

  // ---- subscriptions -------------------------------------------------------------------------------------

  /** A host that returns is subscribed to exactly the mappings that it holds. */
  #replaceSubscriptions(facts: HostFacts): void {
    for (const key of [...facts.subscriptions.keys()]) {
      if (!facts.expected.mapping.has(key)) this.#marks.subscriptions.remove(facts, key);
    }
    for (const key of facts.expected.mapping.keys()) {
      const name = parseMappingKey(key);
      if (name !== undefined && this.#state.hasNetwork(facts.host, name.gni))
        this.#marks.subscriptions.add(facts, name);
    }
  }

  /** Who asks gets an answer, also when it should have one: it may hold the mapping in any version. */
  #answer(facts: HostFacts, key: string): void {
    facts.expected.mapping.set(key, '');
    this.#marks.mark(facts.host, 'mapping', key);
  }

  // ---- derive --------------------------------------------------------------------------------------------

  /** Updates that bring the host nearer to what it should hold, as many as may be under way to it. */
  takeUpdates(host: string): Update[] {
    const facts = this.#marks.facts(host);
    const updates: Update[] = [];
    // A host is told nothing before it is known: its record comes a moment after its first hello.
    if (facts === undefined || !facts.connected || !this.#state.hosts.has(host)) return updates;
    while (facts.isDirty && facts.updatesUnderWay < deriveLimits.updatesUnderWay) {
      const { set, removed } = this.#fillUpdate(facts);
      if (set.length === 0 && removed.length === 0) break;
      updates.push(facts.send({ set, removed }));
    }
    return updates;
  }

  #fillUpdate(facts: HostFacts): { readonly set: Resource[]; readonly removed: ResourceName[] } {
    const set: Resource[] = [];
    const removed: ResourceName[] = [];
    let bytes = 0;
    for (const { type, removals } of passes) {
      for (const key of facts.dirty[type]) {
        const wanted = this.#wanted.derive(facts, type, key);
        if (wanted !== 'keep' && (wanted === undefined) !== removals) continue; // another pass's
        if (wanted !== 'keep' && differs(facts, type, key, wanted)) {
          bytes += wanted?.bytes ?? key.length + 16;
          const count = set.length + removed.length;
          const full = count >= limits.resourcesPerUpdate || bytes > deriveLimits.updateBytes;
          if (full && count > 0) return { set, removed };
          if (wanted === undefined) removed.push({ type, key });
          else set.push(wanted.resource);
        }
        facts.dirty[type].delete(key);
      }
    }
    return { set, removed };
  }
}

/**
 * Networks before guests, sessions before mappings, and the other way round for what goes. Sessions before guests,
 * since they have the terms of pairs that a new guest is one of.
 */
const passes: readonly { readonly type: ResourceType; readonly removals: boolean }[] = [
  { type: 'network', removals: false },
  { type: 'guest', removals: true },
  { type: 'session', removals: false },
  { type: 'guest', removals: false },
  { type: 'mapping', removals: false },
  { type: 'mapping', removals: true },
  { type: 'session', removals: true },
  { type: 'network', removals: true },
];

function differs(facts: HostFacts, type: ResourceType, key: string, wanted: Sized | undefined): boolean {
  return facts.expected[type].get(key) !== wanted?.resource.version;
}

/** Keys that agents hold come from outside: only the spelling that this version gives is one. */
function parseMappingKey(key: string): MappingName | undefined {
  const slash = key.indexOf('/');
  const gni = Number(key.slice(0, slash));
  const address = parseAddress(key.slice(slash + 1));
  if (address === undefined || !Number.isInteger(gni) || gni < limits.gni.min || gni > limits.gni.max) return undefined;
  return mappingKey({ gni, address }) === key ? { gni, address } : undefined;
}
