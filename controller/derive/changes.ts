/** Which resources of which hosts a change of the records concerns. */
import { mappingKey } from '../../wire/control.ts';
import type { Guest, Host, Selection } from '../state/records.ts';
import { plainAddresses, type State, type StateChange } from '../state/state.ts';
import { foreignHosts, hostsIn, isForeign, nativePeers } from './foreign.ts';
import type { Marks } from './marks.ts';
import type { Refusals } from './refusals.ts';

export class Changes {
  readonly #state: State;
  readonly #marks: Marks;
  readonly #refusals: Refusals;

  constructor(state: State, marks: Marks, refusals: Refusals) {
    this.#state = state;
    this.#marks = marks;
    this.#refusals = refusals;
  }

  happened(change: StateChange): void {
    switch (change.kind) {
      case 'host':
        if (change.after === undefined) this.#hostDeleted(change.name);
        else this.#hostChanged(change.name, change.before, change.after);
        break;
      case 'accessToken':
        break;
      case 'vpc':
        break; // No host has guests in it yet, or any more; what it is made of never changes.
      case 'guest':
        if (change.before !== undefined) this.#guestGone(change.before);
        if (change.after !== undefined) this.#guestCame(change.after);
        this.#trafficChanged(change.before?.host, change.after?.host);
        this.#foreignTrafficChanged(change.after ?? change.before);
        break;
      case 'selection':
        this.#reportNone(change.before, change.after);
        this.#marks.markPair(change.source, change.destination);
        break;
      case 'restored':
        this.#marks.restoreSettled();
        break;
      case 'policy':
      case 'rollout':
        this.#marks.policiesChanged();
        break;
      case 'trust':
        this.#markSessionsWith(change.name);
        break;
      case 'joinToken':
        break; // Says who may join, not what anybody shall hold.
    }
  }

  /** Policies can be about the guests that two hosts have. */
  #trafficChanged(...hosts: readonly (string | undefined)[]): void {
    if (!this.#marks.areGuestsApart()) return;
    for (const host of hosts) {
      if (host === undefined) continue;
      for (const peer of this.#marks.subscriptions.peersOf(host)) this.#marks.markPair(host, peer);
    }
  }

  /** Hosts without agents ask for nothing: whoever has guests of the same cloud has a session with them. */
  #foreignTrafficChanged(guest: Guest | undefined): void {
    const host = guest === undefined ? undefined : this.#state.hosts.get(guest.host);
    if (guest === undefined || host === undefined) return;
    if (isForeign(host)) {
      for (const peer of hostsIn(this.#state, guest.gni)) this.#marks.mark(peer, 'session', host.name);
    } else {
      for (const peer of foreignHosts(this.#state)) this.#marks.mark(host.name, 'session', peer.name);
    }
  }

  #reportNone(before: Selection | undefined, after: Selection | undefined): void {
    if (after === undefined || after.selected !== undefined) return;
    if (before !== undefined && before.selected === undefined && before.reasons[0] === after.reasons[0]) return;
    this.#marks.report(after.source, 'no-selection', `to ${after.destination}: ${after.reasons[0]}`);
  }

  #hostChanged(name: string, before: Host | undefined, after: Host): void {
    this.#marks.markHost(name);
    if (before !== undefined && sessionsAlike(before, after)) return;
    this.#markSessionsWith(name);
    if (isForeign(after)) for (const host of nativePeers(this.#state, name)) this.#marks.mark(host, 'session', name);
  }

  /** Also those that only end, or are only kept: they name keys too. */
  #markSessionsWith(name: string): void {
    const kept = this.#marks.keptFor.get(name) ?? [];
    const held = this.#marks.facts(name)?.expected.session.keys() ?? [];
    for (const peer of new Set([...this.#marks.subscriptions.peersOf(name), ...held, ...kept])) {
      this.#marks.markPair(name, peer);
    }
  }

  #hostDeleted(name: string): void {
    const facts = this.#marks.facts(name);
    const concerned = [...(this.#marks.keptFor.get(name) ?? []), ...this.#marks.subscriptions.peersOf(name)];
    if (facts !== undefined) {
      for (const key of [...facts.subscriptions.keys()]) this.#marks.subscriptions.remove(facts, key);
      concerned.push(...facts.expected.session.keys());
    }
    this.#refusals.forget(name);
    this.#marks.forget(name);
    for (const peer of concerned) this.#marks.mark(peer, 'session', name);
  }

  #guestGone(guest: Guest): void {
    const facts = this.#marks.facts(guest.host);
    facts?.guestStates.delete(guest.name);
    facts?.guests.delete(guest.name);
    this.#marks.mark(guest.host, 'guest', guest.name);
    this.#marks.mark(guest.host, 'network', String(guest.gni));
    this.#redirect(guest);
    if (facts === undefined || this.#state.hasNetwork(guest.host, guest.gni)) return;
    // The host is no longer of this tenant: it keeps none of its mappings.
    for (const [key, { gni }] of [...facts.subscriptions]) {
      if (gni !== guest.gni) continue;
      this.#marks.subscriptions.remove(facts, key);
      this.#marks.mark(guest.host, 'mapping', key);
    }
  }

  #guestCame(guest: Guest): void {
    this.#marks.mark(guest.host, 'guest', guest.name);
    this.#marks.mark(guest.host, 'network', String(guest.gni));
    this.#redirect(guest);
  }

  /** Everyone who asked for the guest's addresses is told where they lead now. */
  #redirect(guest: Guest): void {
    for (const address of plainAddresses(guest)) {
      const key = mappingKey({ gni: guest.gni, address });
      for (const subscriber of this.#marks.subscriptions.hostsOf(key)) {
        const facts = this.#marks.facts(subscriber);
        if (facts !== undefined) this.#marks.subscriptions.aim(facts, key);
        this.#marks.mark(subscriber, 'mapping', key);
      }
    }
  }
}

/** Whether nothing has changed of a host that its sessions, or the choice of what they carry, depend on. */
function sessionsAlike(a: Host, b: Host): boolean {
  const relevant = ({ udpPort, substrateAddresses, capabilities, assets, keys }: Host) =>
    JSON.stringify([udpPort, substrateAddresses, capabilities.formats, capabilities.features, assets.labels, keys]);
  return relevant(a) === relevant(b);
}
