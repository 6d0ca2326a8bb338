/**
 * The terms of a session with those of single pairs of guests. Pure.
 *
 * Every pair of guests goes through accept, send, retire by itself (`sessions.ts`). Where a session says nothing of
 * a pair, the session's own terms are the pair's, so a pair is left out exactly when that makes no difference: it
 * comes and goes in the same update as everything else, and no moment is without terms for it.
 */
import { limits } from '../../wire/limits.ts';
import {
  type Decision,
  deriveTerms,
  type IsUsable,
  latest,
  type PairFacts,
  type SessionFacts,
  type Terms,
} from './sessions.ts';

/** Two guests as one of the two hosts sees them. */
export interface GuestPair {
  readonly gni: number;
  /** Overlay addresses. */
  readonly own: string;
  readonly theirs: string;
}

export interface OwnTerms extends GuestPair, Terms {
  /** Nothing may be sent, and that is decided. */
  readonly none: boolean;
}

/** By `pairKey`. */
export type GuestTerms = ReadonlyMap<string, OwnTerms>;

export interface SessionTerms extends Terms {
  readonly pairs: GuestTerms;
}

/** As `SessionFacts`, of a whole session. */
export interface WholeFacts {
  readonly acknowledged: SessionTerms;
  readonly underWay: readonly SessionTerms[];
  readonly stopped: readonly Stopped[];
}

/** What a host sent until a moment ago. */
export interface Stopped {
  readonly text: string;
  /** Undefined: to all guests of the peer that have no terms of their own. */
  readonly pair: GuestPair | undefined;
}

export interface GuestDecision extends GuestPair {
  readonly outgoing: Decision;
  readonly incoming: Decision;
  /** One of the guests is not there yet: nothing flows between them that could go on as before. */
  readonly isNew: boolean;
}

export interface WholePairFacts {
  readonly own: WholeFacts;
  /** Undefined: nothing was heard from the peer since the controller started. */
  readonly peer: WholeFacts | undefined;
  readonly outgoing: Decision;
  readonly incoming: Decision;
  readonly isUsable?: IsUsable;
  /** Pairs of guests for which something else is decided than for the rest. */
  readonly guests: readonly GuestDecision[];
}

export const noSessionTerms: SessionTerms = { send: undefined, accept: [], pairs: new Map() };
export const noWholeSession: WholeFacts = { acknowledged: noSessionTerms, underWay: [], stopped: [] };

export function pairKey({ gni, own, theirs }: GuestPair): string {
  return `${gni}/${own}/${theirs}`;
}

export function deriveSessionTerms(facts: WholePairFacts): SessionTerms {
  const terms = deriveAll(facts);
  if (countTexts(terms) <= limits.encapsulationsPerPeer) return terms;
  // What may be accepted untold is the one part that can be done without: its source is told then.
  const told = facts.guests.map((guest) => ({ ...guest, incoming: withoutAccepts(guest.incoming) }));
  return deriveAll({ ...facts, incoming: withoutAccepts(facts.incoming), guests: told });
}

/** A text that is sent and accepted counts twice: it stands for two keys. */
function countTexts({ pairs, ...rest }: SessionTerms): number {
  const all = [rest, ...pairs.values()];
  const sent = new Set(all.flatMap(({ send }) => (send === undefined ? [] : [send])));
  return sent.size + new Set(all.flatMap(({ accept }) => accept)).size;
}

function withoutAccepts(decision: Decision): Decision {
  return decision === undefined ? undefined : { selected: decision.selected };
}

function deriveAll(facts: WholePairFacts): SessionTerms {
  const { own, peer, guests, ...decided } = facts;
  const rest = deriveTerms({ ...decided, own: restOf(own), peer: peer && restOf(peer) });
  const restNone = isNone(decided.outgoing);
  const pairs = new Map<string, OwnTerms>();
  for (const { gni, own: ownAddress, theirs, ...decision } of concerned(facts)) {
    const pair = { gni, own: ownAddress, theirs };
    const terms = deriveTerms(pairFacts(pair, decision, facts));
    const none = isNone(decision.outgoing);
    if (none !== restNone || !sameTerms(terms, rest)) pairs.set(pairKey(pair), { ...pair, ...terms, none });
  }
  return { ...rest, pairs };
}

/** What counts for a pair of guests in a session. */
export function termsOfPair(terms: SessionTerms, key: string): Terms {
  return terms.pairs.get(key) ?? terms;
}

/** What is sent under the one terms and not any more under the other. */
export function stoppedBetween(before: SessionTerms, after: SessionTerms): Stopped[] {
  const stopped: Stopped[] = [];
  if (before.send !== undefined && before.send !== after.send) stopped.push({ text: before.send, pair: undefined });
  for (const [key, { gni, own, theirs }] of new Map([...before.pairs, ...after.pairs])) {
    const { send } = termsOfPair(before, key);
    const isStopped = send !== undefined && send !== termsOfPair(after, key).send;
    if (isStopped) stopped.push({ text: send, pair: { gni, own, theirs } });
  }
  return stopped;
}

type PairDecision = Pick<GuestDecision, 'outgoing' | 'incoming' | 'isNew'>;

function pairFacts(pair: GuestPair, decision: PairDecision, { own, peer, isUsable }: WholePairFacts): PairFacts {
  const key = pairKey(pair);
  const ownFacts = factsOf(own, key);
  // What no guest has begun with is nothing that could go on until the receiver has changed.
  const begins = decision.isNew && !latestOf(own).pairs.has(key);
  const { accept } = latest(ownFacts);
  return {
    own: begins ? { ...ownFacts, underWay: [...ownFacts.underWay, { send: undefined, accept }] } : ownFacts,
    peer: peer && factsOf(peer, pairKey(seenFromPeer(pair))),
    outgoing: decision.outgoing,
    incoming: decision.incoming,
    ...(isUsable === undefined ? {} : { isUsable }),
  };
}

/**
 * Pairs that a host has terms for, which become like the rest if they are not decided, and the decided ones, as many
 * as a session holds. What has no room yet goes on under the session's own terms on both ends, until others are gone.
 */
function concerned({ own, peer, guests, outgoing, incoming }: WholePairFacts): Iterable<GuestDecision> {
  const decided = new Map(guests.map((guest) => [pairKey(guest), guest]));
  const all = new Map<string, GuestDecision>();
  const known = [...pairsIn(own), ...(peer === undefined ? [] : pairsIn(peer).map(seenFromPeer))];
  for (const pair of [...known, ...guests]) {
    if (all.size === limits.pairsPerSession) break;
    const key = pairKey(pair);
    if (!all.has(key)) all.set(key, decided.get(key) ?? { ...pair, outgoing, incoming, isNew: false });
  }
  return all.values();
}

function pairsIn({ acknowledged, underWay, stopped }: WholeFacts): GuestPair[] {
  const told = [acknowledged, ...underWay].flatMap(({ pairs }) =>
    [...pairs.values()].map(({ gni, own, theirs }) => ({ gni, own, theirs })),
  );
  return [...told, ...stopped.flatMap(({ pair }) => (pair === undefined ? [] : [pair]))];
}

export function seenFromPeer({ gni, own, theirs }: GuestPair): GuestPair {
  return { gni, own: theirs, theirs: own };
}

function factsOf({ acknowledged, underWay, stopped }: WholeFacts, key: string): SessionFacts {
  return {
    acknowledged: termsOfPair(acknowledged, key),
    underWay: underWay.map((terms) => termsOfPair(terms, key)),
    // Those of the rest too: a pair may have been one of it then.
    stopped: stopped.filter(({ pair }) => pair === undefined || pairKey(pair) === key).map(({ text }) => text),
  };
}

function restOf({ acknowledged, underWay, stopped }: WholeFacts): SessionFacts {
  return {
    acknowledged,
    underWay,
    stopped: stopped.filter(({ pair }) => pair === undefined).map(({ text }) => text),
  };
}

function latestOf({ acknowledged, underWay }: WholeFacts): SessionTerms {
  return underWay.at(-1) ?? acknowledged;
}

function isNone(decision: Decision): boolean {
  return decision !== undefined && decision.selected === undefined;
}

function sameTerms(a: Terms, b: Terms): boolean {
  return a.send === b.send && a.accept.length === b.accept.length && a.accept.every((text, i) => text === b.accept[i]);
}
