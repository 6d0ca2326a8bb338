/**
 * Where a guest goes. A default decision: facts in, decision with its reason out, pure, so that another
 * module can take its place.
 *
 *   connected, with the wanted port ─► has what is required ─► more of what is desired ─► fewer of the customer's guests in
 *   the rack ─► fewer guests per CPU ─► name
 */
import { fitsFeature, fitsFormat } from '../../wire/policy.ts';

export interface PlacementFacts {
  readonly hosts: readonly HostFacts[];
}

export interface HostFacts {
  readonly name: string;
  readonly connected: boolean;
  readonly cpus: number;
  readonly guests: number;
  /** Kinds of ports that it can give a guest. */
  readonly ports: readonly string[];
  readonly problems: readonly string[];
  /** Formats, features and whatever else it has reported that it can do. */
  readonly capabilities?: readonly string[];
  /** Undefined: not known, so as good as an empty one. */
  readonly rack?: string | undefined;
  /** Guests of the same customer on this host. */
  readonly customerGuests?: number;
}

export interface PlacementRequest {
  readonly guest: string;
  /** Named by whoever asked; undefined: any. */
  readonly host: string | undefined;
  /** Kind of port that the host must be able to give it; undefined: any. */
  readonly port?: string | undefined;
  /** Capabilities that the host must have, in the words of policies. */
  readonly require?: readonly string[];
  /** Capabilities that it should have. */
  readonly desire?: readonly string[];
}

export type PlacementDecision =
  | { readonly ok: true; readonly host: string; readonly reason: string }
  | { readonly ok: false; readonly code: 'unknown' | 'no-host'; readonly message: string };

export type Placement = (request: PlacementRequest, facts: PlacementFacts) => PlacementDecision;

/** The named host, or of the connected ones that can what is required the best by the order above. */
export const placeOnLeastLoaded: Placement = (request, { hosts }) => {
  if (request.host !== undefined) return placeOnNamed(request, request.host, hosts);
  const connected = hosts.filter((host) => host.connected && host.ports.length > 0);
  const able = connected.filter((host) => inability(host, request) === undefined);
  const { desire } = request;
  const racks = customersGuestsByRack(hosts);
  const [best] = able.toSorted(
    (a, b) =>
      missing(a, desire).length - missing(b, desire).length ||
      inRack(a, racks) - inRack(b, racks) ||
      byLoadThenName(a, b),
  );
  if (best === undefined) return { ok: false, code: 'no-host', message: noHost(request, hosts) };
  return { ok: true, host: best.name, reason: reasonFor(best, request, connected, able) };
};

function reasonFor(
  best: HostFacts,
  request: PlacementRequest,
  connected: readonly HostFacts[],
  able: readonly HostFacts[],
): string {
  const { port, require = [], desire = [] } = request;
  const wanted = [...(port === undefined ? [] : [`${port} ports`]), ...require];
  const required = able.length < connected.length ? ` that have ${wanted.join(', ')}` : '';
  const without = missing(best, desire);
  const details = [`${best.guests} guests on ${best.cpus} CPUs`];
  if (best.rack !== undefined) details.push(`rack ${best.rack}`);
  if (without.length > 0) details.push(`without the desired ${without.join(', ')}, which none of them has more of`);
  return `least loaded of ${able.length} connected hosts${required} (${details.join('; ')})`;
}

function placeOnNamed(request: PlacementRequest, name: string, hosts: readonly HostFacts[]): PlacementDecision {
  const { guest } = request;
  const host = hosts.find((candidate) => candidate.name === name);
  if (host === undefined) {
    const known = hosts.map((candidate) => candidate.name).sort();
    const list = known.length === 0 ? 'none has ever connected' : `known are ${known.slice(0, 20).join(', ')}`;
    return { ok: false, code: 'unknown', message: `host '${name}' is not known (${list}): start its agent first` };
  }
  const why = inability(host, request);
  if (why !== undefined) {
    return { ok: false, code: 'no-host', message: `host '${name}' cannot take guest '${guest}': ${why}` };
  }
  // A host that is away gets its guest when it returns.
  return { ok: true, host: name, reason: host.connected ? 'named' : 'named; not connected at that time' };
}

function noHost(request: PlacementRequest, hosts: readonly HostFacts[]): string {
  const { guest } = request;
  if (hosts.length === 0) return `no host for guest '${guest}': none has ever connected, start an agent`;
  const why = hosts
    .slice(0, 10)
    .map((host) => `${host.name} ${host.connected ? inability(host, request) : 'is not connected'}`);
  return `no host for guest '${guest}': ${why.join('; ')}${hosts.length > 10 ? '; …' : ''}`;
}

/** Undefined: it is able. */
function inability(host: HostFacts, { port, require }: PlacementRequest): string | undefined {
  const why = host.problems.length > 0 ? ` (${host.problems.join('; ')})` : '';
  if (host.ports.length === 0) return `has no ports${why}`;
  if (port !== undefined && !host.ports.includes(port)) return `has no ${port} ports${why}`;
  const without = missing(host, require);
  return without.length === 0 ? undefined : `does not have ${without.join(', ')}`;
}

function missing({ capabilities = [] }: HostFacts, wanted: readonly string[] = []): string[] {
  const has = (word: string) =>
    capabilities.some((capability) => fitsFormat(word, capability) || fitsFeature(word, capability));
  return wanted.filter((word) => !has(word));
}

function customersGuestsByRack(hosts: readonly HostFacts[]): ReadonlyMap<string, number> {
  const racks = new Map<string, number>();
  for (const { rack, customerGuests = 0 } of hosts) {
    if (rack !== undefined) racks.set(rack, (racks.get(rack) ?? 0) + customerGuests);
  }
  return racks;
}

function inRack({ rack }: HostFacts, racks: ReadonlyMap<string, number>): number {
  return rack === undefined ? 0 : (racks.get(rack) ?? 0);
}

function byLoadThenName(a: HostFacts, b: HostFacts): number {
  return a.guests / Math.max(a.cpus, 1) - b.guests / Math.max(b.cpus, 1) || (a.name < b.name ? -1 : 1);
}
