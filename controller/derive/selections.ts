/**
 * The selections that count, kept what they should be: where the stored one differs from what is chosen now, it is
 * stored anew first and comes back as a change of the state.
 *
 * Selections of single pairs of guests are not stored: they are a function of records that are (hosts, guests,
 * clouds, policies), so every controller comes to the same ones, and what hosts may send and accept meanwhile
 * depends on what they hold, never on what was stored.
 */
import { guestPairsWord } from '../../wire/control.ts';
import { limits } from '../../wire/limits.ts';
import { authorCustomer, type PolicyRequest } from '../../wire/policy.ts';
import { isAboutGuests } from '../negotiation/policies.ts';
import { type Choice, select } from '../negotiation/select.ts';
import { activeRollout, effectivePolicies } from '../rollout/effective.ts';
import type { SelectionChange } from '../state/commands.ts';
import type { Guest, Host, Selection } from '../state/records.ts';
import type { State } from '../state/state.ts';
import { type PairInUse, pairsWith } from './guest-pairs.ts';
import { clouds, guestScope, party, scopeOf } from './scope.ts';
import type { Subscriptions } from './subscriptions.ts';

export interface BothWays {
  readonly outgoing: Choice;
  readonly incoming: Choice;
}

type Guests = Pick<PairInUse, 'ownGuest' | 'theirGuest'>;

export interface ChosenPair extends PairInUse, BothWays {}

/** Everything that is chosen between two hosts. */
export interface Plan extends BothWays {
  /** Pairs of guests for which something else is chosen than for the hosts. */
  readonly pairs: readonly ChosenPair[];
  /** Undefined: there is room for all such pairs. */
  readonly crowd: Crowd | undefined;
}

/** There were too many such pairs, or too many different things chosen for them. */
export interface Crowd {
  /** Customers whose own policies do not count between the two hosts for that. */
  readonly leftOut: readonly string[];
  /** As many as the two hosts could have. */
  readonly most: number;
  /** Still too many: what is chosen for the hosts is as strict as any of them. */
  readonly isJoined: boolean;
}

/**
 * Different encapsulations of one direction. An engine holds few per peer (`limits.encapsulationsPerPeer`), and each of these is there several times
 * while policies and the keys of both hosts change.
 */
const textsPerDirection = 6;

export class Selections {
  readonly #state: State;
  readonly #subscriptions: Subscriptions;
  readonly #changing = new Map<string, SelectionChange>();
  readonly #settling = new Set<string>();

  constructor(state: State, subscriptions: Subscriptions) {
    this.#state = state;
    this.#subscriptions = subscriptions;
  }

  /** What should be selected by all that is known now; under other policies than those that count, when given. */
  plan(own: Host, peer: Host, policies = this.#policies(own.name, peer.name)): Plan {
    return this.#planUnder(own, peer, policies).plan;
  }

  #planUnder(own: Host, peer: Host, policies: readonly PolicyRequest[]): Planned {
    if (!policies.some(isAboutGuests)) {
      return { plan: { ...this.#hosts(own, peer, policies, false), pairs: [], crowd: undefined }, policies };
    }
    const plan = this.#roomy(own, peer, policies);
    return plan === undefined ? this.#crowded(own, peer, policies) : { plan, policies };
  }

  /** Undefined: more than a session holds. */
  #roomy(own: Host, peer: Host, policies: readonly PolicyRequest[]): Plan | undefined {
    const apart = this.#hosts(own, peer, policies, true);
    const pairs = this.#pairs(own, peer, policies, apart);
    return pairs === undefined ? undefined : { ...apart, pairs, crowd: undefined };
  }

  /**
   * One customer's many guests neither bind the traffic of others nor push their policies aside: of the customers'
   * own policies those with the fewest pairs count, as long as there is room.
   */
  #crowded(own: Host, peer: Host, policies: readonly PolicyRequest[]): Planned {
    const present = new Set(clouds(this.#state, own.name, peer.name).map(({ customer }) => customer));
    const isLeftOut = (policy: PolicyRequest, kept: ReadonlySet<string>) => {
      const author = authorCustomer(policy);
      // Where all traffic is its own, it binds itself alone.
      return author !== undefined && present.has(author) && present.size > 1 && !kept.has(author);
    };
    const without = (kept: ReadonlySet<string>) => policies.filter((policy) => !isLeftOut(policy, kept));
    const authors = [...new Set(policies.flatMap((policy) => authorCustomer(policy) ?? []))];
    const affected = authors.filter((author) => present.has(author) && present.size > 1).sort();
    const fewestFirst = affected
      .map((author) => ({ author, pairs: this.#roomy(own, peer, without(new Set([author])))?.pairs.length }))
      .sort((a, b) => (a.pairs ?? Number.POSITIVE_INFINITY) - (b.pairs ?? Number.POSITIVE_INFINITY) || 0);
    let kept: ReadonlySet<string> = new Set();
    let plan = this.#roomy(own, peer, without(kept));
    for (const { author } of plan === undefined ? [] : fewestFirst) {
      const more = new Set([...kept, author]);
      const next = this.#roomy(own, peer, without(more));
      if (next === undefined) break;
      [kept, plan] = [more, next];
    }
    const counting = without(kept);
    const most = mostPairs(own, peer);
    const crowd = { most, leftOut: affected.filter((author) => !kept.has(author)), isJoined: plan === undefined };
    const { outgoing, incoming, pairs } = plan ?? { ...this.#hosts(own, peer, counting, false), pairs: [] };
    const noted = (choice: Choice) => ({ ...choice, reasons: [...choice.reasons, ...crowdNotes(crowd)] });
    return { plan: { outgoing: noted(outgoing), incoming: noted(incoming), pairs, crowd }, policies: counting };
  }

  /** What should be selected for packets from one guest to another, whether or not anybody needs it. */
  chooseForGuests(own: Host, peer: Host, ownGuest: Guest, theirGuest: Guest): Choice {
    const { plan, policies } = this.#planUnder(own, peer, this.#policies(own.name, peer.name));
    if (plan.crowd?.isJoined === true || !policies.some(isAboutGuests)) return plan.outgoing;
    const { outgoing } = this.#guests(own, peer, policies, { ownGuest, theirGuest });
    return isAlike(outgoing, plan.outgoing) ? plan.outgoing : outgoing;
  }

  #policies(source: string, destination: string): readonly PolicyRequest[] {
    const { policies, rollouts } = this.#state;
    return effectivePolicies(policies, activeRollout(rollouts), source, destination);
  }

  #hosts(own: Host, peer: Host, policies: readonly PolicyRequest[], perGuest: boolean): BothWays {
    const choose = (source: Host, destination: Host) => {
      const scope = scopeOf(this.#state, policies, source.name, destination.name, perGuest);
      return select(party(source), party(destination), policies, scope);
    };
    return { outgoing: choose(own, peer), incoming: choose(peer, own) };
  }

  /** Undefined: more than a session holds. */
  #pairs(own: Host, peer: Host, policies: readonly PolicyRequest[], hosts: BothWays): ChosenPair[] | undefined {
    const named = new Set(policies.flatMap(({ match }) => match?.guest ?? []));
    const between = {
      state: this.#state,
      subscriptions: this.#subscriptions,
      own: own.name,
      peer: peer.name,
      // Guests that no policy names are alike in their cloud.
      kindOf: ({ name }: Guest) => (named.has(name) ? name : ''),
    };
    const choose = (ownGuest: Guest, theirGuest: Guest) => {
      const chosen = this.#guests(own, peer, policies, { ownGuest, theirGuest });
      return isAlike(chosen.outgoing, hosts.outgoing) && isAlike(chosen.incoming, hosts.incoming) ? undefined : chosen;
    };
    const apart: ChosenPair[] = [];
    const most = mostPairs(own, peer);
    const texts = { outgoing: new Set([hosts.outgoing.selected]), incoming: new Set([hosts.incoming.selected]) };
    for (const { found, ...pair } of pairsWith(between, choose)) {
      const { size } = texts.outgoing.add(found.outgoing.selected);
      const different = Math.max(size, texts.incoming.add(found.incoming.selected).size);
      if (apart.length === most || different > textsPerDirection) return undefined;
      apart.push({ ...pair, ...found });
    }
    return apart;
  }

  #guests(own: Host, peer: Host, policies: readonly PolicyRequest[], { ownGuest, theirGuest }: Guests): BothWays {
    const customer = this.#state.vpcs.get(ownGuest.vpc)?.customer;
    const choose = (source: Host, destination: Host, from: Guest, to: Guest) => {
      const traffic = { cloud: from.vpc, customer, sourceGuests: [from.name], destinationGuests: [to.name] };
      const scope = guestScope(this.#state, traffic, source.name, destination.name);
      return select(party(source), party(destination), policies, scope);
    };
    return { outgoing: choose(own, peer, ownGuest, theirGuest), incoming: choose(peer, own, theirGuest, ownGuest) };
  }

  /** What is stored, looked over. */
  stored(source: Host, destination: Host, choice: Choice): Selection | undefined {
    const stored = this.#state.selection(source.name, destination.name);
    const key = pairKey(source.name, destination.name);
    if (!sameChoice(stored, choice) && !this.#settling.has(key)) {
      const { selected, reasons, decidedBy } = choice;
      const accepts = acceptsOf(choice);
      const value = {
        ...(selected === undefined ? {} : { selected }),
        ...(accepts.length === 0 ? {} : { accepts }),
        reasons: [...reasons],
        decidedBy: [...decidedBy],
      };
      this.#changing.set(key, { source: source.name, destination: destination.name, value });
    }
    return stored;
  }

  /** Whether another one than the stored one is about to be stored. */
  isChanging(source: string, destination: string): boolean {
    const key = pairKey(source, destination);
    return this.#changing.has(key) || this.#settling.has(key);
  }

  /** Selections to be stored; `settled` must be called with them afterwards, stored or not. */
  take(): SelectionChange[] {
    const changes = [...this.#changing.values()];
    for (const key of this.#changing.keys()) this.#settling.add(key);
    this.#changing.clear();
    return changes;
  }

  settled(changes: readonly SelectionChange[]): void {
    for (const { source, destination } of changes) this.#settling.delete(pairKey(source, destination));
  }
}

interface Planned {
  readonly plan: Plan;
  /** Those that count in it. */
  readonly policies: readonly PolicyRequest[];
}

/** A host without an agent holds nothing; its peer does. */
function mostPairs(...hosts: readonly Host[]): number {
  const isOld = ({ framework, capabilities }: Host) =>
    framework === undefined && !capabilities.features.includes(guestPairsWord);
  return hosts.some(isOld) ? 0 : limits.pairsPerSession;
}

function crowdNotes({ leftOut, most }: Crowd): string[] {
  if (leftOut.length === 0) return [];
  const whose = `${leftOut.length === 1 ? 'customer' : 'customers'} ${some(leftOut)}`;
  const why =
    most === 0
      ? 'an agent is too old for pairs of guests with selections of their own'
      : 'too many pairs of guests would need selections of their own';
  return [`policies of ${whose} do not count here: ${why}`];
}

function some(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
}

/** What may be accepted besides what is selected. */
function acceptsOf({ selected, accepts }: Choice): string[] {
  return accepts.filter((text) => text !== selected);
}

/** As far as packets are concerned. */
function isAlike(a: Choice, b: Choice): boolean {
  return a.selected === b.selected && same(acceptsOf(a), acceptsOf(b));
}

function sameChoice(stored: Selection | undefined, choice: Choice): boolean {
  return (
    stored !== undefined &&
    stored.selected === choice.selected &&
    same(stored.accepts ?? [], acceptsOf(choice)) &&
    same(stored.reasons, choice.reasons) &&
    same(stored.decidedBy ?? [], choice.decidedBy)
  );
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}

function pairKey(source: string, destination: string): string {
  return `${source}/${destination}`;
}
