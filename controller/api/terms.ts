/**
 * What is chosen for packets from one end to another and how far both ends have it: of two hosts, or of two guests
 * whose terms may be their own.
 */
import { withKeys } from '../../wire/encapsulation.ts';
import { foreignFacts, isForeign } from '../derive/foreign.ts';
import type { Choice } from '../negotiation/select.ts';
import { type GuestPair, pairKey, seenFromPeer, termsOfPair, type WholeFacts } from '../negotiation/sessions-guests.ts';
import type { Guest, Host } from '../state/records.ts';
import { plainAddresses } from '../state/state.ts';
import type { Sources } from './views.ts';

export interface End {
  readonly host: Host;
  /** Undefined: all of the host is meant. */
  readonly guest: Guest | undefined;
}

export interface LiveTerms {
  readonly choice: Choice;
  /** The two guests have terms that differ from those of the rest between their hosts. */
  readonly ownTerms: boolean;
  /** As acknowledged. */
  readonly sending: string | undefined;
  readonly accepted: readonly string[];
  /** Undefined: no packet needs it, or an end is away. */
  readonly inForce: boolean | undefined;
}

export function liveTerms({ derivation }: Sources, source: End, destination: End): LiveTerms {
  const [from, to] = [source.host, destination.host];
  const pair = guestPair(source, destination);
  const choice =
    source.guest === undefined || destination.guest === undefined
      ? derivation.choose(from, to)
      : derivation.chooseForGuests(from, to, source.guest, destination.guest);
  const [sender, receiver] = [factsOf(derivation, from, to), factsOf(derivation, to, from)];
  const sent = termsOf(sender, pair);
  const accepted = termsOf(receiver, pair && seenFromPeer(pair))?.accept ?? [];
  // Nobody knows what a host without an agent sends; it can be nothing else.
  const sending = isForeign(from) ? from.framework : sent?.send;
  const ownTerms = pair !== undefined && (hasOwn(sender, pair) || isApart(choice, derivation.choose(from, to)));
  const hostsInForce = derivation.inForce(from.name, to.name);
  const isOwn = ownTerms || isForeign(from) || isForeign(to);
  const agrees = () =>
    sending === undefined
      ? choice.selected === undefined
      : withKeys(sending, undefined) === choice.selected && accepted.includes(sending);
  const isKnown =
    hostsInForce !== undefined || ((isForeign(from) || isForeign(to)) && (sender ?? receiver) !== undefined);
  return { choice, ownTerms, sending, accepted, inForce: isOwn && isKnown ? agrees() : hostsInForce };
}

/** The two as the source sees them, by their first addresses of one family. */
function guestPair(source: End, destination: End): GuestPair | undefined {
  const [from, to] = [source.guest, destination.guest];
  if (from === undefined || to === undefined) return undefined;
  const isIpv6 = (address: string) => address.includes(':');
  for (const own of plainAddresses(from)) {
    const theirs = plainAddresses(to).find((address) => isIpv6(address) === isIpv6(own));
    if (theirs !== undefined) return { gni: from.gni, own, theirs };
  }
  return undefined;
}

function factsOf(derivation: Sources['derivation'], own: Host, peer: Host): WholeFacts | undefined {
  return isForeign(own) ? foreignFacts(own) : derivation.facts(own.name)?.session(peer.name);
}

function termsOf(facts: WholeFacts | undefined, pair: GuestPair | undefined) {
  if (facts === undefined) return undefined;
  return pair === undefined ? facts.acknowledged : termsOfPair(facts.acknowledged, pairKey(pair));
}

/** Chosen for the two guests alone, although they may not have it yet. */
function isApart(choice: Choice, hosts: Choice): boolean {
  return choice.selected !== hosts.selected;
}

function hasOwn(facts: WholeFacts | undefined, pair: GuestPair): boolean {
  return facts?.acknowledged.pairs.has(pairKey(pair)) ?? false;
}
