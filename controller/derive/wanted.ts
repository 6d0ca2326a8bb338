/** What a host should hold under a name, by the records and by what is known of its peers. */
import type { ResourceType } from '../../wire/control.ts';
import { type Decision, deriveTerms, noSession } from '../negotiation/sessions.ts';
import type { Selection } from '../state/records.ts';
import type { State } from '../state/state.ts';
import type { HostFacts } from './facts.ts';
import type { Marks } from './marks.ts';
import { guestBody, mappingBody, networkBody, type Sized, sessionBody, sized } from './resources.ts';
import type { Selections } from './selections.ts';

/** Undefined: nothing; `keep`: whatever it has. */
export type WantedResource = Sized | undefined | 'keep';

export class Wanted {
  readonly #state: State;
  readonly #marks: Marks;
  readonly #selections: Selections;

  constructor(state: State, marks: Marks, selections: Selections) {
    this.#state = state;
    this.#marks = marks;
    this.#selections = selections;
  }

  derive(facts: HostFacts, type: ResourceType, key: string): WantedResource {
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

  #deriveSession(facts: HostFacts, peerName: string): WantedResource {
    const own = this.#state.hosts.get(facts.host);
    const peer = this.#state.hosts.get(peerName);
    facts.ready.delete(peerName);
    if (own === undefined || peer === undefined || own === peer) return undefined;
    const wanted = this.#sessionWanted(facts, peerName);
    const outgoing = wanted ? this.#selections.stored(own, peer) : this.#state.selection(own.name, peer.name);
    const incoming = wanted ? this.#selections.stored(peer, own) : this.#state.selection(peer.name, own.name);
    const peerFacts = this.#marks.facts(peerName);
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
    if (this.#marks.subscriptions.isPairNeeded(facts.host, peer)) return true;
    if (this.#marks.facts(peer) !== undefined || !facts.expected.session.has(peer)) return false;
    // The peer may need it: it has not been heard of since the controller started.
    const { keptFor } = this.#marks;
    keptFor.set(peer, (keptFor.get(peer) ?? new Set()).add(facts.host));
    return true;
  }

  #release(facts: HostFacts, peer: string): void {
    facts.ready.add(peer);
    for (const key of facts.withheld.get(peer) ?? []) facts.dirty.mapping.add(key);
    facts.withheld.delete(peer);
  }

  #deriveMapping(facts: HostFacts, key: string): WantedResource {
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

function decision(selection: Selection | undefined): Decision {
  return selection === undefined ? undefined : { selected: selection.selected };
}
