/** What a host should hold under a name, by the records and by what is known of its peers. */
import { mappingKey, type ResourceName, type ResourceType } from '../../wire/control.ts';
import type { Decision, Terms } from '../negotiation/sessions.ts';
import {
  deriveSessionTerms,
  type GuestDecision,
  noSessionTerms,
  noWholeSession,
  pairKey,
  type SessionTerms,
  termsOfPair,
  type WholePairFacts,
} from '../negotiation/sessions-guests.ts';
import type { Guest, Host } from '../state/records.ts';
import type { State } from '../state/state.ts';
import type { HostFacts } from './facts.ts';
import { foreignFacts, isForeign, shareNetwork } from './foreign.ts';
import { areKeysHeld, decide } from './key-epochs.ts';
import type { Marks } from './marks.ts';
import { guestBody, mappingBody, networkBody, type Sized, sessionBody, sized } from './resources.ts';
import type { ChosenPair, Crowd, Selections } from './selections.ts';

/** Undefined: nothing; `keep`: whatever it has. */
export type WantedResource = Sized | undefined | 'keep';

export class Wanted {
  readonly #state: State;
  readonly #marks: Marks;
  readonly #selections: Selections;
  /** Host and peer → what was last said. */
  readonly #crowded = new Map<string, string>();

  constructor(state: State, marks: Marks, selections: Selections) {
    this.#state = state;
    this.#marks = marks;
    this.#selections = selections;
  }

  /** What a host holds and a store that was restored, as long as that is not settled, has no record for. */
  isUnknown(host: string, { type, key }: ResourceName): boolean {
    if (this.#state.restoredMs === undefined) return false;
    switch (type) {
      case 'network':
        return !this.#state.hasNetwork(host, Number(key));
      case 'guest':
        return !this.#state.guests.has(key);
      // Whoever talks by it may be unknown.
      case 'session':
        return true;
      case 'mapping': {
        const gni = Number(key.slice(0, key.indexOf('/')));
        const address = key.slice(key.indexOf('/') + 1);
        return !this.#state.hasNetwork(host, gni) || this.#state.guestAt(gni, address) === undefined;
      }
    }
  }

  derive(facts: HostFacts, type: ResourceType, key: string): WantedResource {
    const wanted = this.#derive(facts, type, key);
    const name = `${type}/${key}`;
    if (wanted === 'keep' || !facts.unknown.has(name)) return wanted;
    if (wanted === undefined || leadsNowhere(wanted)) return 'keep';
    facts.unknown.delete(name);
    return wanted;
  }

  #derive(facts: HostFacts, type: ResourceType, key: string): WantedResource {
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
    if (own === undefined || peer === undefined || own === peer) return undefined;
    // Its record follows what it said: until then, what it lost is not known.
    if (!sameEpochs(facts.keyEpochs, own)) return 'keep';
    facts.ready.delete(peerName);
    if (this.#isRevoked(peer)) return this.#cutOff(facts, own, peer);
    if (!this.#sessionWanted(facts, peer))
      return facts.unknown.has(`session/${peerName}`) ? 'keep' : this.#endSession(facts, own, peer);
    const plan = this.#selections.plan(own, peer);
    this.#reportCrowd(own.name, peerName, plan.crowd);
    const outgoing = this.#selections.stored(own, peer, plan.outgoing);
    const incoming = this.#selections.stored(peer, own, plan.incoming);
    const decided = { outgoing: decide(outgoing, own, peer), incoming: decide(incoming, peer, own) };
    const guests = plan.pairs.map((pair) => this.#decideGuests(pair, own, peer));
    const terms = this.#terms(facts, own, peer, { ...decided, guests });
    const isUndecided = decided.outgoing === undefined || decided.incoming === undefined;
    if (isUndecided && !facts.expected.session.has(peerName)) return 'keep';
    const isSettled = !this.#selections.isChanging(own.name, peerName);
    if (isSettled && isBegun(terms, decided.outgoing, outgoing?.decidedBy)) {
      this.#release(facts, peerName, unready(terms, guests, plan.pairs));
    }
    const none = decided.outgoing !== undefined && decided.outgoing.selected === undefined;
    const body = sessionBody(own, peer, terms, { outgoing, incoming, none });
    return body === undefined ? undefined : sized(body);
  }

  /** Nobody speaks for it, whatever it holds: who is connected has a certificate that is valid. */
  #isRevoked({ name }: Host): boolean {
    return this.#state.trusts.get(name)?.revokedMs !== undefined && this.#marks.facts(name)?.connected !== true;
  }

  /** At once, and not the sender first: what is still under way from a host that is not trusted is not wanted. */
  #cutOff(facts: HostFacts, own: Host, peer: Host): WantedResource {
    if (!this.#marks.subscriptions.isPairNeeded(own.name, peer.name)) return undefined;
    // Packets to it are dropped, and do not wait.
    this.#release(facts, peer.name, new Set());
    const outgoing = {
      revision: 0,
      ...this.#state.selection(own.name, peer.name),
      reasons: [`${peer.name} was revoked`],
    };
    const incoming = this.#state.selection(peer.name, own.name);
    const body = sessionBody(own, peer, noSessionTerms, { outgoing, incoming, none: true });
    return body === undefined ? undefined : sized(body);
  }

  /** A session that nobody needs ends like one for which nothing can be selected: the sender first. */
  #endSession(facts: HostFacts, own: Host, peer: Host): WantedResource {
    const nothing = { outgoing: { selected: undefined }, incoming: { selected: undefined }, guests: [] };
    const terms = this.#terms(facts, own, peer, nothing);
    const isOver = terms.accept.length === 0 && [...terms.pairs.values()].every(({ accept }) => accept.length === 0);
    if (isOver) return undefined;
    const outgoing = this.#state.selection(own.name, peer.name);
    const incoming = this.#state.selection(peer.name, own.name);
    const body = sessionBody(own, peer, terms, { outgoing, incoming, none: false });
    return body === undefined ? undefined : sized(body);
  }

  #terms(
    facts: HostFacts,
    own: Host,
    peer: Host,
    decided: Pick<WholePairFacts, 'outgoing' | 'incoming' | 'guests'>,
  ): SessionTerms {
    const peerFacts = this.#marks.facts(peer.name);
    const known = peerFacts === undefined ? undefined : (peerFacts.session(own.name) ?? noWholeSession);
    return deriveSessionTerms({
      own: facts.session(peer.name) ?? noWholeSession,
      peer: isForeign(peer) ? foreignFacts(peer) : known,
      ...decided,
      isUsable: (text, by) => (by === 'own' ? areKeysHeld(text, own, peer) : areKeysHeld(text, peer, own)),
    });
  }

  #decideGuests({ gni, own: ownAddress, theirs, ...pair }: ChosenPair, own: Host, peer: Host): GuestDecision {
    return {
      gni,
      own: ownAddress,
      theirs,
      outgoing: decide(pair.outgoing, own, peer),
      incoming: decide(pair.incoming, peer, own),
      isNew: this.#isNew(pair.ownGuest) || this.#isNew(pair.theirGuest),
    };
  }

  /** Its host is known not to have it yet. */
  #isNew({ name, host }: Guest): boolean {
    return this.#marks.facts(host)?.guests.has(name) === false;
  }

  #sessionWanted(facts: HostFacts, peer: Host): boolean {
    if (this.#marks.subscriptions.isPairNeeded(facts.host, peer.name)) return true;
    if (isForeign(peer)) return shareNetwork(this.#state, facts.host, peer.name);
    if (this.#marks.facts(peer.name) !== undefined || !facts.expected.session.has(peer.name)) return false;
    // The peer may need it: it has not been heard of since the controller started.
    const { keptFor } = this.#marks;
    keptFor.set(peer.name, (keptFor.get(peer.name) ?? new Set()).add(facts.host));
    return true;
  }

  /** Told once, until there is room again or it is about others. */
  #reportCrowd(host: string, peer: string, crowd: Crowd | undefined): void {
    const key = `${host}/${peer}`;
    const what = crowd === undefined ? undefined : describeCrowd(crowd);
    if (what !== undefined && this.#crowded.get(key) !== what) {
      this.#marks.report(host, 'guest-pairs-joined', `to ${peer}: ${what}`);
    }
    if (what === undefined) this.#crowded.delete(key);
    else this.#crowded.set(key, what);
  }

  #release(facts: HostFacts, peer: string, unreadyMappings: ReadonlySet<string>): void {
    facts.ready.set(peer, unreadyMappings);
    for (const key of facts.withheld.get(peer) ?? []) facts.dirty.mapping.add(key);
    facts.withheld.delete(peer);
  }

  #deriveMapping(facts: HostFacts, key: string): WantedResource {
    const subscription = facts.subscriptions.get(key);
    if (subscription === undefined || !this.#state.hasNetwork(facts.host, subscription.gni)) return undefined;
    const guest = this.#state.guestAt(subscription.gni, subscription.address);
    if (guest !== undefined && guest.host !== facts.host && !isReady(facts, guest.host, key)) {
      const keys = facts.withheld.get(guest.host) ?? new Set();
      facts.withheld.set(guest.host, keys.add(key));
      return 'keep';
    }
    return sized(mappingBody(subscription, guest));
  }
}

function leadsNowhere({ resource: { body } }: Sized): boolean {
  return body.type === 'mapping' && body.host === undefined;
}

function describeCrowd({ most, leftOut, isJoined }: Crowd): string {
  const what =
    most === 0
      ? 'an agent is too old for pairs of guests with selections of their own: upgrade it'
      : `more than ${most} pairs of guests, or too different ones, would need selections of their own`;
  const [first, ...others] = leftOut;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  const whose = first === undefined ? [] : [`policies of customer ${first}${more} do not count here`];
  return [what, ...whose, ...(isJoined ? ['the strictest of all counts for all of them'] : [])].join('; ');
}

/** Whether new traffic may begin: where policies decide, not under a selection that they have ended. */
function isBegun({ send }: Terms, decided: Decision, decidedBy: readonly string[] = []): boolean {
  if (decided !== undefined && decided.selected === undefined) return true;
  return send !== undefined && (send === decided?.selected || decidedBy.length === 0);
}

/** Mappings of the peer's guests to which a guest here may not begin to send yet. */
function unready(
  terms: SessionTerms,
  guests: readonly GuestDecision[],
  chosen: readonly ChosenPair[],
): ReadonlySet<string> {
  return new Set(
    guests.flatMap((guest, i) => {
      const { gni, theirs: address, outgoing } = guest;
      const isReady = isBegun(termsOfPair(terms, pairKey(guest)), outgoing, chosen[i]?.outgoing.decidedBy);
      return isReady ? [] : [mappingKey({ gni, address })];
    }),
  );
}

function isReady({ ready }: HostFacts, peer: string, mapping: string): boolean {
  return ready.get(peer)?.has(mapping) === false;
}

function sameEpochs(said: readonly number[], { keys }: Host): boolean {
  const stored = keys?.epochs ?? [];
  return said.length === stored.length && stored.every(({ epoch }, i) => epoch === said[i]);
}
