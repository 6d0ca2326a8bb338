/**
 * What has to be looked at again: facts of every host that is known, and of each the resources that an event may
 * concern. To mark too much costs a derivation and no update; to mark too little leaves a host behind.
 */
import type { ResourceType } from '../../wire/control.ts';
import { isAboutGuests } from '../negotiation/policies.ts';
import { activeRollout } from '../rollout/effective.ts';
import type { State } from '../state/state.ts';
import { HostFacts } from './facts.ts';
import { foreignPeers } from './foreign.ts';
import { Subscriptions } from './subscriptions.ts';

export type Report = (host: string, code: string, detail: string) => void;

export class Marks {
  readonly subscriptions: Subscriptions;
  readonly report: Report;
  /** Peer not heard of since the start → hosts that keep their session with it until then. */
  readonly keptFor = new Map<string, Set<string>>();
  readonly #state: State;
  readonly #facts = new Map<string, HostFacts>();
  readonly #pending = new Set<string>();
  /** Undefined: to be looked at again. */
  #guestsApart: boolean | undefined;

  constructor(state: State, report: Report) {
    this.#state = state;
    this.report = report;
    this.subscriptions = new Subscriptions({
      locate: ({ gni, address }) => state.guestAt(gni, address)?.host,
      pairChanged: (a, b) => this.markPair(a, b),
      areGuestsApart: () => this.areGuestsApart(),
    });
  }

  /** Whether a policy is about some guests of a host and not about the others. */
  areGuestsApart(): boolean {
    const { policies, rollouts } = this.#state;
    this.#guestsApart ??= [...policies.values(), ...(activeRollout(rollouts)?.policies ?? [])].some(isAboutGuests);
    return this.#guestsApart;
  }

  policiesChanged(): void {
    this.#guestsApart = undefined;
    for (const facts of this.#facts.values()) this.markSessions(facts);
  }

  /** What hosts kept of before the store was restored is looked at as everything is. */
  restoreSettled(): void {
    for (const facts of this.#facts.values()) {
      facts.unknown.clear();
      if (facts.connected) this.markAll(facts);
    }
  }

  // ---- hosts -----------------------------------------------------------------------------------------------

  facts(host: string): HostFacts | undefined {
    return this.#facts.get(host);
  }

  /** The host is known from now on. */
  meet(host: string): HostFacts {
    const facts = this.#facts.get(host) ?? new HostFacts(host);
    this.#facts.set(host, facts);
    return facts;
  }

  forget(host: string): void {
    this.#facts.delete(host);
    this.keptFor.delete(host);
    this.#pending.delete(host);
  }

  /** Hosts for which there may be updates now; each is told once. */
  takePending(): string[] {
    const hosts = [...this.#pending];
    this.#pending.clear();
    return hosts;
  }

  // ---- marks -----------------------------------------------------------------------------------------------

  markHost(host: string): void {
    this.#pending.add(host);
  }

  mark(host: string, type: ResourceType, key: string): void {
    const facts = this.#facts.get(host);
    // A host that is away is looked at as a whole when it returns.
    if (facts === undefined || !facts.connected) return;
    facts.dirty[type].add(key);
    this.#pending.add(host);
  }

  markPair(a: string, b: string): void {
    this.mark(a, 'session', b);
    this.mark(b, 'session', a);
  }

  markSessions({ host, expected }: HostFacts): void {
    for (const peer of [...expected.session.keys(), ...this.subscriptions.peersOf(host)]) {
      this.mark(host, 'session', peer);
    }
  }

  /** Everything that the host has or should have. */
  markAll(facts: HostFacts): void {
    const { host, dirty, expected } = facts;
    for (const type of ['network', 'guest', 'session', 'mapping'] as const) {
      for (const key of expected[type].keys()) dirty[type].add(key);
    }
    for (const gni of this.#state.networksOnHost(host)) dirty.network.add(String(gni));
    for (const guest of this.#state.guestsOnHost(host)) dirty.guest.add(guest);
    for (const peer of [...this.subscriptions.peersOf(host), ...foreignPeers(this.#state, host)]) {
      dirty.session.add(peer);
    }
    for (const key of facts.subscriptions.keys()) dirty.mapping.add(key);
    this.#pending.add(host);
  }
}
