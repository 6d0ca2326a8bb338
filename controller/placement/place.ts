/**
 * Where a guest goes. A default decision: facts in, decision with its reason out, pure, so that another
 * module can take its place.
 */

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
}

export interface PlacementRequest {
  readonly guest: string;
  /** Named by whoever asked; undefined: any. */
  readonly host: string | undefined;
}

export type PlacementDecision =
  | { readonly ok: true; readonly host: string; readonly reason: string }
  | { readonly ok: false; readonly code: 'unknown' | 'no-host'; readonly message: string };

export type Placement = (request: PlacementRequest, facts: PlacementFacts) => PlacementDecision;

/** The named host, or of the connected ones that with the fewest guests per CPU; ties go by name. */
export const placeOnLeastLoaded: Placement = (request, { hosts }) => {
  if (request.host !== undefined) return placeOnNamed(request.guest, request.host, hosts);
  const able = hosts.filter((host) => host.connected && host.ports.length > 0).sort(byLoadThenName);
  const [best] = able;
  if (best === undefined) return { ok: false, code: 'no-host', message: noHost(request.guest, hosts) };
  const load = `${best.guests} guests on ${best.cpus} CPUs`;
  return { ok: true, host: best.name, reason: `least loaded of ${able.length} connected hosts (${load})` };
};

function placeOnNamed(guest: string, name: string, hosts: readonly HostFacts[]): PlacementDecision {
  const host = hosts.find((candidate) => candidate.name === name);
  if (host === undefined) {
    const known = hosts.map((candidate) => candidate.name).sort();
    const list = known.length === 0 ? 'none has ever connected' : `known are ${known.slice(0, 20).join(', ')}`;
    return { ok: false, code: 'unknown', message: `host '${name}' is not known (${list}): start its agent first` };
  }
  if (host.ports.length === 0) {
    return { ok: false, code: 'no-host', message: `host '${name}' cannot take guest '${guest}': ${inability(host)}` };
  }
  // A host that is away gets its guest when it returns.
  return { ok: true, host: name, reason: host.connected ? 'named' : 'named; not connected at that time' };
}

function noHost(guest: string, hosts: readonly HostFacts[]): string {
  if (hosts.length === 0) return `no host for guest '${guest}': none has ever connected, start an agent`;
  const why = hosts.slice(0, 10).map((host) => `${host.name} ${host.connected ? inability(host) : 'is not connected'}`);
  return `no host for guest '${guest}': ${why.join('; ')}`;
}

function inability(host: HostFacts): string {
  return host.problems.length > 0 ? `has no ports (${host.problems.join('; ')})` : 'has no ports';
}

function byLoadThenName(a: HostFacts, b: HostFacts): number {
  return a.guests / Math.max(a.cpus, 1) - b.guests / Math.max(b.cpus, 1) || (a.name < b.name ? -1 : 1);
}
