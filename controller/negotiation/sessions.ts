/**
 * Accept first, then send, then retire: what one host shall send to and accept from one peer. Pure.
 *
 *   the destination accepts      what is selected, and whatever the source may still be sending
 *   the source sends             what is selected once the destination is certain to accept it, until then
 *                                what it sends already
 *
 * Derived again from facts whenever one changes (level-triggered), so a restart of either host or of the
 * controller at any point ends in the same place. The invariant: at every moment, whatever a source may be
 * sending is among what its destination is certain to accept. Facts count only when acknowledged; what is
 * under way to a host may or may not be in force there.
 */

export interface Terms {
  /** Encapsulation (`wire/encapsulation.ts`); undefined: nothing may be sent. */
  readonly send: string | undefined;
  readonly accept: readonly string[];
}

/** What is known about one host's session with one peer. */
export interface SessionFacts {
  readonly acknowledged: Terms;
  /** Sent to the host and not yet acknowledged, oldest first. */
  readonly underWay: readonly Terms[];
  /** What the host sent until a moment ago: packets of it may still be on their way to the peer. */
  readonly stopped: readonly string[];
}

export const noTerms: Terms = { send: undefined, accept: [] };
export const noSession: SessionFacts = { acknowledged: noTerms, underWay: [], stopped: [] };

/** Undefined as a whole: not decided yet; as `selected`: decided, none is possible. */
export type Decision =
  | {
      readonly selected: string | undefined;
      /** What the destination may accept before the source is told to send it; what is selected is always among it. */
      readonly accepts?: readonly string[];
    }
  | undefined;

export interface PairFacts {
  readonly own: SessionFacts;
  /** Undefined: nothing was heard from the peer since the controller started, so it may do anything that it did. */
  readonly peer: SessionFacts | undefined;
  /** For packets from this host to the peer. */
  readonly outgoing: Decision;
  readonly incoming: Decision;
  /** Whether both hosts still hold the keys that a text names; without it they do. */
  readonly isUsable?: IsUsable;
}

/** `by`: who would send it. */
export type IsUsable = (text: string, by: 'own' | 'peer') => boolean;

export function deriveTerms(facts: PairFacts): Terms {
  const { isUsable = always } = facts;
  const send = deriveSend(facts);
  // A host that has lost a key can neither seal nor open with it, so nobody waits for such packets.
  return {
    send: send === undefined || isUsable(send, 'own') ? send : undefined,
    accept: deriveAccept(facts).filter((text) => isUsable(text, 'peer')),
  };
}

function always(): boolean {
  return true;
}

function deriveSend({ own, peer, outgoing }: PairFacts): string | undefined {
  const present = latest(own).send;
  if (outgoing === undefined) return present;
  if (outgoing.selected === undefined) return undefined;
  const accepted = peer === undefined ? [] : certainAccepts(peer);
  return accepted.includes(outgoing.selected) ? outgoing.selected : present;
}

function deriveAccept({ own, peer, incoming }: PairFacts): string[] {
  const accept = new Set<string>();
  if (incoming?.selected !== undefined) accept.add(incoming.selected);
  for (const text of incoming?.accepts ?? []) accept.add(text);
  for (const text of peer === undefined ? [] : possibleSends(peer)) accept.add(text);
  if (peer === undefined || incoming === undefined) for (const text of latest(own).accept) accept.add(text);
  // One order, so that equal terms have equal versions.
  return [...accept].sort();
}

/** What the host has now, or will have when all that is under way has arrived. */
export function latest(facts: SessionFacts): Terms {
  return facts.underWay.at(-1) ?? facts.acknowledged;
}

/** What the host accepts whether or not that which is under way has arrived. */
export function certainAccepts({ acknowledged, underWay }: SessionFacts): string[] {
  return acknowledged.accept.filter((text) => underWay.every((terms) => terms.accept.includes(text)));
}

/** Everything that the host may be sending. */
export function possibleSends({ acknowledged, underWay, stopped }: SessionFacts): string[] {
  const sends = [acknowledged, ...underWay].flatMap(({ send }) => (send === undefined ? [] : [send]));
  return [...new Set([...sends, ...stopped])];
}
