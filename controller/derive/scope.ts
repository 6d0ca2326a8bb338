/** What a selection between two hosts is chosen from: their records, and the traffic that policies can be about. */
import { layoutByName } from '../../wire/formats/index.ts';
import type { PolicyRequest } from '../../wire/policy.ts';
import { isAboutGuests, type Party, type Scope, type Traffic } from '../negotiation/policies.ts';
import type { Host } from '../state/records.ts';
import type { State } from '../state/state.ts';
import { addressFamilies } from './resources.ts';

export function party(host: Host): Party {
  const { formats, features } = host.capabilities;
  return { host: host.name, formats, features, families: addressFamilies(host), labels: host.assets.labels };
}

/** All traffic from one host to another. */
export function scopeOf(state: State, policies: readonly PolicyRequest[], source: string, destination: string): Scope {
  return {
    kind: 'hosts',
    perGuest: false,
    traffic: policies.some(isAboutGuests) ? trafficOf(state, policies, source, destination) : [],
    featuresOf: (format) => layoutByName(format)?.features ?? [],
  };
}

function trafficOf(state: State, policies: readonly PolicyRequest[], source: string, destination: string): Traffic[] {
  const named = policies.flatMap(({ match }) => (match?.guest === undefined ? [] : [state.guests.get(match.guest)]));
  return [...state.networksOnHost(source)].flatMap((gni): Traffic[] => {
    const vpc = state.vpcByGni(gni);
    if (vpc === undefined || !state.hasNetwork(destination, gni)) return [];
    const on = (host: string) =>
      named.flatMap((guest) => (guest?.gni === gni && guest.host === host ? [guest.name] : []));
    return [{ cloud: vpc.name, customer: vpc.customer, sourceGuests: on(source), destinationGuests: on(destination) }];
  });
}
