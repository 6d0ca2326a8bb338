/**
 * The pairs of guests of two hosts that need each other: one's address was asked for by the other's host. Which
 * guest of that host asked is not known, so it is every one of the same cloud.
 *
 * That may be a million pairs, most of which policies do not tell apart. So guests are looked at by kinds (all
 * those of a cloud that no policy names are one), a question is asked once per two kinds, and the pairs of kinds
 * for which it has no answer are passed over without being counted.
 */
import { familyOf } from '../../wire/address.ts';
import { type GuestPair, pairKey } from '../negotiation/sessions-guests.ts';
import type { Guest } from '../state/records.ts';
import { plainAddresses, type State } from '../state/state.ts';
import type { Subscriptions } from './subscriptions.ts';

export interface PairInUse extends GuestPair {
  readonly ownGuest: Guest;
  readonly theirGuest: Guest;
}

export interface HostPair {
  readonly state: State;
  readonly subscriptions: Subscriptions;
  readonly own: string;
  readonly peer: string;
  /** Guests of one network and one kind are alike. */
  readonly kindOf: (guest: Guest) => string;
}

/** Pairs with what was found for their kinds, each once, in no order. Ends early when nobody reads on. */
export function* pairsWith<Found>(
  hosts: HostPair,
  find: (ownGuest: Guest, theirGuest: Guest) => Found | undefined,
): Generator<PairInUse & { readonly found: Found }> {
  const { state, subscriptions, own, peer, kindOf } = hosts;
  const known = new Map<string, Found | undefined>();
  const ask = (ownGuest: Guest, theirGuest: Guest): Found | undefined => {
    const key = `${ownGuest.gni}/${kindOf(ownGuest)}/${kindOf(theirGuest)}`;
    if (!known.has(key)) known.set(key, find(ownGuest, theirGuest));
    return known.get(key);
  };
  const seen = new Set<string>();
  const ownKinds = kindsOn(hosts, own);
  for (const { gni, address } of subscriptions.aimedAt(own, peer)) {
    const theirGuest = state.guestAt(gni, address);
    for (const kind of theirGuest === undefined ? [] : ownKinds(gni)) {
      const found = theirGuest && kind[0] && ask(kind[0], theirGuest);
      if (theirGuest === undefined || found === undefined) continue;
      for (const [ownGuest, ownAddress] of addressesLike(kind, address)) {
        const pair = { gni, own: ownAddress, theirs: address };
        seen.add(pairKey(pair));
        yield { ...pair, ownGuest, theirGuest, found };
      }
    }
  }
  const theirKinds = kindsOn(hosts, peer);
  for (const { gni, address } of subscriptions.aimedAt(peer, own)) {
    const ownGuest = state.guestAt(gni, address);
    for (const kind of ownGuest === undefined ? [] : theirKinds(gni)) {
      const found = ownGuest && kind[0] && ask(ownGuest, kind[0]);
      if (ownGuest === undefined || found === undefined) continue;
      for (const [theirGuest, theirAddress] of addressesLike(kind, address)) {
        const pair = { gni, own: address, theirs: theirAddress };
        if (!seen.has(pairKey(pair))) yield { ...pair, ownGuest, theirGuest, found };
      }
    }
  }
}

/** The host's guests of a network, by kind. */
function kindsOn({ state, kindOf }: HostPair, host: string): (gni: number) => readonly (readonly Guest[])[] {
  const known = new Map<number, readonly (readonly Guest[])[]>();
  return (gni) => {
    const before = known.get(gni);
    if (before !== undefined) return before;
    const guests = [...state.guestsOnHostIn(host, gni)].flatMap((name) => state.guests.get(name) ?? []);
    const kinds = [...Map.groupBy(guests, kindOf).values()];
    known.set(gni, kinds);
    return kinds;
  };
}

/** Those of the same family. */
function* addressesLike(guests: readonly Guest[], like: string): Generator<[Guest, string]> {
  const family = familyOf(like);
  for (const guest of guests) {
    for (const address of plainAddresses(guest)) if (familyOf(address) === family) yield [guest, address];
  }
}
