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
  type MappingName,
  mappingKey,
  type Refusal,
  type Resource,
  type ResourceName,
  type ResourceType,
  type Update,
} from '../../wire/control.ts';
import { withKeys } from '../../wire/encapsulation.ts';
import { limits } from '../../wire/limits.ts';
import type { PolicyRequest } from '../../wire/policy.ts';
import { isAboutGuests } from '../negotiation/policies.ts';
import type { Choice } from '../negotiation/select.ts';
import { type Decision, deriveTerms, noSession } from '../negotiation/sessions.ts';
import { activeRollout } from '../rollout/effective.ts';
import type { SelectionChange } from '../state/commands.ts';
import type { Guest, Host, Selection } from '../state/records.ts';
import { plainAddresses, type State, type StateChange } from '../state/state.ts';
import { HostFacts } from './facts.ts';
import { Refusals } from './refusals.ts';
import { guestBody, mappingBody, networkBody, type Sized, sessionBody, sized } from './resources.ts';
import { Selections } from './selections.ts';
import { Subscriptions } from './subscriptions.ts';

export const deriveLimits = {
  /** Updates under way to one host; what changes meanwhile is sent together after. */
  updatesUnderWay: 4,
  /** Bytes of resources in one update: below the limit of a control message. */
  updateBytes: limits.controlMessageBytes >> 1,
  /** How long a receiver still accepts what its sender has stopped sending. */
  graceMs: 1000,
} as const;

export type Report = (host: string, code: string, detail: string) => void;

export class Derivation {
  readonly #state: State;
  readonly #report: Report;
  readonly #facts = new Map<string, HostFacts>();
  readonly #subscriptions: Subscriptions;
  /** Peer not heard of since the start → hosts that keep their session with it until then. */
  readonly #keptFor = new Map<string, Set<string>>();
  readonly #pending = new Set<string>();
  readonly #selections: Selections;
  readonly #refusals = new Refusals();
  /** In the order of time. */
  readonly #graces: { readonly host: string; readonly peer: string; readonly untilMs: number }[] = [];

  constructor(state: State, report: Report) {
    this.#state = state;
    this.#report = report;
    this.#selections = new Selections(state);
    this.#subscriptions = new Subscriptions({
      locate: ({ gni, address }) => state.guestAt(gni, address)?.host,
      pairChanged: (a, b) => this.#markPair(a, b),
    });
    state.onChange((change) => this.#stateChanged(change));
  }

  get subscriptionCount(): number {
    return this.#subscriptions.count;
  }

  facts(host: string): HostFacts | undefined {
    return this.#facts.get(host);
  }

  subscribersOf(name: MappingName): number {
    return this.#subscriptions.hostCount(mappingKey(name));
  }

  /** Hosts for which there may be updates now; each is told once. */
  takePending(): string[] {
    const hosts = [...this.#pending];
    this.#pending.clear();
    return hosts;
  }

  /** Selections to be stored; `settled` must be called with them afterwards, stored or not. */
  takeSelections(): SelectionChange[] {
    return this.#selections.take();
  }

  settled(changes: readonly SelectionChange[]): void {
    this.#selections.settled(changes);
    for (const { source, destination } of changes) this.#markPair(source, destination);
  }

  /** What should be selected by all that is known now, whether or not anybody needs it. */
  choose(source: Host, destination: Host, policies?: readonly PolicyRequest[]): Choice {
    return this.#selections.choose(source, destination, policies);
  }

  /** Whether both ends have what is selected; undefined: no packet needs it, or an end is away. */
  inForce(source: string, destination: string): boolean | undefined {
    const [sender, receiver] = [this.#facts.get(source), this.#facts.get(destination)];
    if (sender?.connected !== true || receiver?.connected !== true) return undefined;
    if (!this.#subscriptions.isPairNeeded(source, destination)) return undefined;
    if (this.#selections.isChanging(source, destination)) return false;
    const selected = this.#state.selection(source, destination)?.selected;
    const sending = sender.session(destination)?.acknowledged.send;
    // Keys come and go by themselves: what is selected is written without them.
    if (sending === undefined || withKeys(sending, undefined) !== selected) return sending === selected;
    return receiver.session(source)?.acknowledged.accept.includes(sending) ?? false;
  }

  // ---- events --------------------------------------------------------------------------------------------

  connect(host: string, held: readonly Held[]): void {
    const facts = this.#facts.get(host) ?? new HostFacts(host);
    this.#facts.set(host, facts);
    const thoughtPeers = facts.peers();
    facts.restart();
    this.#refusals.forget(host);
    for (const { name, version, session } of held) {
      if (name.type === 'session' && session === undefined) continue;
      facts.expected[name.type].set(name.key, version);
      if (session !== undefined) facts.holdSession(session);
    }
    this.#replaceSubscriptions(facts);
    this.#markAll(facts);
    // Peers that waited to hear from this host, and those whose terms depend on what it holds or was thought to hold.
    const concerned = [
      ...(this.#keptFor.get(host) ?? []),
      ...this.#subscriptions.peersOf(host),
      ...facts.peers(),
      ...thoughtPeers,
    ];
    this.#keptFor.delete(host);
    for (const peer of concerned) this.#mark(peer, 'session', host);
  }

  disconnect(host: string): void {
    const facts = this.#facts.get(host);
    if (facts !== undefined) facts.connected = false;
  }

  subscribe(host: string, wanted: readonly MappingName[], unwanted: readonly MappingName[]): void {
    const facts = this.#facts.get(host);
    if (facts === undefined) return;
    for (const name of unwanted) {
      const key = mappingKey(name);
      this.#subscriptions.remove(facts, key);
      // The host has dropped it, and keeps no answer that it has not asked for.
      facts.expected.mapping.delete(key);
    }
    const foreign = new Set<number>();
    let surplus = 0;
    for (const name of wanted) {
      const key = mappingKey(name);
      if (!this.#state.hasNetwork(host, name.gni)) foreign.add(name.gni);
      else if (this.#subscriptions.add(facts, name)) this.#answer(facts, key);
      else surplus += 1;
    }
    if (foreign.size > 0) {
      const gnis = [...foreign].join(', ');
      this.#report(host, 'subscription-ignored', `asked for mappings of GNI ${gnis}, of which it has no guest`);
    }
    if (surplus > 0) {
      const most = limits.subscriptionsPerAgent;
      this.#report(host, 'subscription-ignored', `asked for ${surplus} mappings more than the ${most} it may have`);
    }
  }

  /** False: no such update is under way. */
  acknowledge(host: string, update: number, refused: readonly Refusal[], nowMs: number): boolean {
    const facts = this.#facts.get(host);
    const told = facts?.underWay(update)?.set.map(({ name }) => name) ?? [];
    const refusedNames = refused.map(({ name }) => name);
    this.#refusals.answered(host, told, refusedNames, nowMs);
    const peers = facts?.acknowledge(update, refusedNames);
    if (facts === undefined || peers === undefined) return false;
    for (const [peer, stopped] of peers) {
      if (stopped !== undefined) {
        const untilMs = nowMs + deriveLimits.graceMs;
        facts.stoppedSending(peer, stopped, untilMs);
        this.#graces.push({ host, peer, untilMs });
      }
      this.#markPair(host, peer);
    }
    for (const { name, reason } of refused) this.#refused(facts, name, reason);
    if (facts.isDirty) this.#pending.add(host);
    return true;
  }

  /** Ends the grace of what was replaced long enough ago, and tells again what was refused. */
  tick(nowMs: number): void {
    for (const { host, type, key } of this.#refusals.due(nowMs)) {
      this.#facts.get(host)?.expected[type].set(key, '');
      this.#mark(host, type, key);
    }
    for (;;) {
      const grace = this.#graces[0];
      if (grace === undefined || grace.untilMs > nowMs) return;
      this.#graces.shift();
      this.#facts.get(grace.host)?.forgetStopped(grace.peer, nowMs);
      this.#mark(grace.peer, 'session', grace.host);
    }
  }

  #refused(facts: HostFacts, { type, key }: ResourceName, reason: string): void {
    this.#report(facts.host, 'resource-refused', `${type} ${key}: ${reason}`);
    if (type === 'guest' && this.#state.guests.get(key)?.host === facts.host) {
      facts.guestStates.set(key, { guest: key, phase: 'failed', detail: reason, mtu: 0 });
    }
  }

  #stateChanged(change: StateChange): void {
    switch (change.kind) {
      case 'host':
        if (change.after === undefined) this.#hostDeleted(change.name);
        else this.#hostChanged(change.name, change.before, change.after);
        break;
      case 'vpc':
        break; // No host has guests in it yet, or any more; what it is made of never changes.
      case 'guest':
        if (change.before !== undefined) this.#guestGone(change.before);
        if (change.after !== undefined) this.#guestCame(change.after);
        this.#trafficChanged(change.before?.host, change.after?.host);
        break;
      case 'selection':
        this.#reportNone(change.before, change.after);
        this.#markPair(change.source, change.destination);
        break;
      case 'policy':
      case 'rollout':
        for (const facts of this.#facts.values()) this.#markSessions(facts);
        break;
    }
  }

  /** Policies can be about the guests that two hosts have. */
  #trafficChanged(...hosts: readonly (string | undefined)[]): void {
    const { policies, rollouts } = this.#state;
    const known = [...policies.values(), ...(activeRollout(rollouts)?.policies ?? [])];
    if (!known.some(isAboutGuests)) return;
    for (const host of hosts) {
      if (host !== undefined) for (const peer of this.#subscriptions.peersOf(host)) this.#markPair(host, peer);
    }
  }

  #reportNone(before: Selection | undefined, after: Selection | undefined): void {
    if (after === undefined || after.selected !== undefined) return;
    if (before !== undefined && before.selected === undefined && before.reasons[0] === after.reasons[0]) return;
    this.#report(after.source, 'no-selection', `to ${after.destination}: ${after.reasons[0]}`);
  }

  #hostChanged(name: string, before: Host | undefined, after: Host): void {
    this.#pending.add(name);
    if (before !== undefined && sessionsAlike(before, after)) return;
    for (const peer of this.#subscriptions.peersOf(name)) this.#markPair(name, peer);
  }

  #hostDeleted(name: string): void {
    const facts = this.#facts.get(name);
    const concerned = [...(this.#keptFor.get(name) ?? []), ...this.#subscriptions.peersOf(name)];
    if (facts !== undefined) {
      for (const key of [...facts.subscriptions.keys()]) this.#subscriptions.remove(facts, key);
      concerned.push(...facts.expected.session.keys());
      this.#facts.delete(name);
    }
    this.#refusals.forget(name);
    this.#keptFor.delete(name);
    this.#pending.delete(name);
    for (const peer of concerned) this.#mark(peer, 'session', name);
  }

  #guestGone(guest: Guest): void {
    const facts = this.#facts.get(guest.host);
    facts?.guestStates.delete(guest.name);
    this.#mark(guest.host, 'guest', guest.name);
    this.#mark(guest.host, 'network', String(guest.gni));
    this.#redirect(guest);
    if (facts === undefined || this.#state.hasNetwork(guest.host, guest.gni)) return;
    // The host is no longer of this tenant: it keeps none of its mappings.
    for (const [key, { gni }] of [...facts.subscriptions]) {
      if (gni !== guest.gni) continue;
      this.#subscriptions.remove(facts, key);
      this.#mark(guest.host, 'mapping', key);
    }
  }

  #guestCame(guest: Guest): void {
    this.#mark(guest.host, 'guest', guest.name);
    this.#mark(guest.host, 'network', String(guest.gni));
    this.#redirect(guest);
  }

  /** Everyone who asked for the guest's addresses is told where they lead now. */
  #redirect(guest: Guest): void {
    for (const address of plainAddresses(guest)) {
      const key = mappingKey({ gni: guest.gni, address });
      for (const subscriber of this.#subscriptions.hostsOf(key)) {
        const facts = this.#facts.get(subscriber);
        if (facts !== undefined) this.#subscriptions.aim(facts, key);
        this.#mark(subscriber, 'mapping', key);
      }
    }
  }

  // ---- subscriptions -------------------------------------------------------------------------------------

  /** A host that returns is subscribed to exactly the mappings that it holds. */
  #replaceSubscriptions(facts: HostFacts): void {
    for (const key of [...facts.subscriptions.keys()]) {
      if (!facts.expected.mapping.has(key)) this.#subscriptions.remove(facts, key);
    }
    for (const key of facts.expected.mapping.keys()) {
      const name = parseMappingKey(key);
      if (name !== undefined && this.#state.hasNetwork(facts.host, name.gni)) this.#subscriptions.add(facts, name);
    }
  }

  /** Who asks gets an answer, also when it should have one: it may hold the mapping in any version. */
  #answer(facts: HostFacts, key: string): void {
    facts.expected.mapping.set(key, '');
    this.#mark(facts.host, 'mapping', key);
  }

  // ---- marks ---------------------------------------------------------------------------------------------

  #mark(host: string, type: ResourceType, key: string): void {
    const facts = this.#facts.get(host);
    // A host that is away is looked at as a whole when it returns.
    if (facts === undefined || !facts.connected) return;
    facts.dirty[type].add(key);
    this.#pending.add(host);
  }

  #markPair(a: string, b: string): void {
    this.#mark(a, 'session', b);
    this.#mark(b, 'session', a);
  }

  #markSessions({ host, expected }: HostFacts): void {
    for (const peer of [...expected.session.keys(), ...this.#subscriptions.peersOf(host)]) {
      this.#mark(host, 'session', peer);
    }
  }

  #markAll(facts: HostFacts): void {
    const { host, dirty, expected } = facts;
    for (const type of ['network', 'guest', 'session', 'mapping'] as const) {
      for (const key of expected[type].keys()) dirty[type].add(key);
    }
    for (const gni of this.#state.networksOnHost(host)) dirty.network.add(String(gni));
    for (const guest of this.#state.guestsOnHost(host)) dirty.guest.add(guest);
    for (const peer of this.#subscriptions.peersOf(host)) dirty.session.add(peer);
    for (const key of facts.subscriptions.keys()) dirty.mapping.add(key);
    this.#pending.add(host);
  }

  // ---- derive --------------------------------------------------------------------------------------------

  /** Updates that bring the host nearer to what it should hold, as many as may be under way to it. */
  takeUpdates(host: string): Update[] {
    const facts = this.#facts.get(host);
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
        const wanted = this.#derive(facts, type, key);
        if (wanted !== 'keep' && (wanted === undefined) !== removals) continue; // another pass's
        if (wanted !== 'keep' && this.#differs(facts, type, key, wanted)) {
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

  #differs(facts: HostFacts, type: ResourceType, key: string, wanted: Sized | undefined): boolean {
    return facts.expected[type].get(key) !== wanted?.resource.version;
  }

  /** What the host should hold under the name: undefined nothing, `keep` whatever it has. */
  #derive(facts: HostFacts, type: ResourceType, key: string): Sized | undefined | 'keep' {
    switch (type) {
      case 'network': {
        const vpc = this.#state.vpcByGni(Number(key));
        return vpc !== undefined && this.#state.hasNetwork(facts.host, vpc.gni) ? sized(networkBody(vpc)) : undefined;
      }
      case 'guest': {
        const guest = this.#state.guests.get(key);
        return guest?.host === facts.host ? sized(guestBody(guest)) : undefined;
      }
      case 'session':
        return this.#deriveSession(facts, key);
      case 'mapping':
        return this.#deriveMapping(facts, key);
    }
  }

  #deriveSession(facts: HostFacts, peerName: string): Sized | undefined | 'keep' {
    const own = this.#state.hosts.get(facts.host);
    const peer = this.#state.hosts.get(peerName);
    facts.ready.delete(peerName);
    if (own === undefined || peer === undefined || own === peer) return undefined;
    const wanted = this.#sessionWanted(facts, peerName);
    const outgoing = wanted ? this.#selections.stored(own, peer) : this.#state.selection(own.name, peer.name);
    const incoming = wanted ? this.#selections.stored(peer, own) : this.#state.selection(peer.name, own.name);
    const peerFacts = this.#facts.get(peerName);
    const terms = deriveTerms({
      own: facts.session(peerName) ?? noSession,
      peer: peerFacts === undefined ? undefined : (peerFacts.session(own.name) ?? noSession),
      // A session that nobody needs ends like one for which nothing can be selected: the sender first.
      outgoing: wanted ? decision(outgoing) : { selected: undefined },
      incoming: wanted ? decision(incoming) : { selected: undefined },
    });
    if (!wanted && terms.accept.length === 0) return undefined;
    const undecided = outgoing === undefined || incoming === undefined;
    if (undecided && !facts.expected.session.has(peerName)) return 'keep';
    const decidedNone = outgoing !== undefined && outgoing.selected === undefined;
    // Where policies decide, no new traffic begins under a selection that they have ended.
    const inForce = terms.send !== undefined && (terms.send === outgoing?.selected || !outgoing?.decidedBy?.length);
    const settled = !this.#selections.isChanging(own.name, peerName);
    if (wanted && settled && (inForce || decidedNone)) this.#release(facts, peerName);
    const body = sessionBody(own, peer, terms, { outgoing, incoming });
    return body === undefined ? undefined : sized(body);
  }

  #sessionWanted(facts: HostFacts, peer: string): boolean {
    if (this.#subscriptions.isPairNeeded(facts.host, peer)) return true;
    if (this.#facts.has(peer) || !facts.expected.session.has(peer)) return false;
    // The peer may need it: it has not been heard of since the controller started.
    this.#keptFor.set(peer, (this.#keptFor.get(peer) ?? new Set()).add(facts.host));
    return true;
  }

  #release(facts: HostFacts, peer: string): void {
    facts.ready.add(peer);
    for (const key of facts.withheld.get(peer) ?? []) facts.dirty.mapping.add(key);
    facts.withheld.delete(peer);
  }

  #deriveMapping(facts: HostFacts, key: string): Sized | undefined | 'keep' {
    const subscription = facts.subscriptions.get(key);
    if (subscription === undefined || !this.#state.hasNetwork(facts.host, subscription.gni)) return undefined;
    const guest = this.#state.guestAt(subscription.gni, subscription.address);
    if (guest !== undefined && guest.host !== facts.host && !facts.ready.has(guest.host)) {
      const keys = facts.withheld.get(guest.host) ?? new Set();
      facts.withheld.set(guest.host, keys.add(key));
      return 'keep';
    }
    return sized(mappingBody(subscription, guest));
  }
}

/** Networks before guests, sessions before mappings, and the other way round for what goes. */
const passes: readonly { readonly type: ResourceType; readonly removals: boolean }[] = [
  { type: 'network', removals: false },
  { type: 'guest', removals: true },
  { type: 'guest', removals: false },
  { type: 'session', removals: false },
  { type: 'mapping', removals: false },
  { type: 'mapping', removals: true },
  { type: 'session', removals: true },
  { type: 'network', removals: true },
];

function decision(selection: Selection | undefined): Decision {
  return selection === undefined ? undefined : { selected: selection.selected };
}

/** Whether nothing has changed of a host that its sessions, or the choice of what they carry, depend on. */
function sessionsAlike(a: Host, b: Host): boolean {
  const relevant = ({ udpPort, substrateAddresses, capabilities, assets }: Host) =>
    JSON.stringify([udpPort, substrateAddresses, capabilities.formats, assets.labels]);
  return relevant(a) === relevant(b);
}

/** Keys that agents hold come from outside: only the spelling that this version gives is one. */
function parseMappingKey(key: string): MappingName | undefined {
  const slash = key.indexOf('/');
  const gni = Number(key.slice(0, slash));
  const address = parseAddress(key.slice(slash + 1));
  if (address === undefined || !Number.isInteger(gni) || gni < limits.gni.min || gni > limits.gni.max) return undefined;
  return mappingKey({ gni, address }) === key ? { gni, address } : undefined;
}
