/**
 * The pairs of guests of two hosts that need each other: one's address was asked for by the other's host. Which
 * guest of that host asked is not known, so it is every one of the same cloud.
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

/** Each once, in no order. Ends early when nobody reads on: there may be many. */
export function* pairsInUse(
  state: State,
  subscriptions: Subscriptions,
  own: string,
  peer: string,
): Generator<PairInUse> {
  const seen = new Set<string>();
  for (const { gni, address } of subscriptions.aimedAt(own, peer)) {
    const theirGuest = state.guestAt(gni, address);
    if (theirGuest === undefined) continue;
    for (const [ownGuest, ownAddress] of addressesLike(state, own, gni, address)) {
      const pair = { gni, own: ownAddress, theirs: address };
      seen.add(pairKey(pair));
      yield { ...pair, ownGuest, theirGuest };
    }
  }
  for (const { gni, address } of subscriptions.aimedAt(peer, own)) {
    const ownGuest = state.guestAt(gni, address);
    if (ownGuest === undefined) continue;
    for (const [theirGuest, theirAddress] of addressesLike(state, peer, gni, address)) {
      const pair = { gni, own: address, theirs: theirAddress };
      if (!seen.has(pairKey(pair))) yield { ...pair, ownGuest, theirGuest };
    }
  }
}

/** Addresses of the family that the host's guests in the network have. */
function* addressesLike(state: State, host: string, gni: number, like: string): Generator<[Guest, string]> {
  for (const name of state.guestsOnHostIn(host, gni)) {
    const guest = state.guests.get(name);
    if (guest === undefined) continue;
    for (const address of plainAddresses(guest)) if (familyOf(address) === familyOf(like)) yield [guest, address];
  }
}
