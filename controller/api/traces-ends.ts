/** What is to be followed: from a request to the two ends, what is known of them, and what cannot be followed. */
import { familyOf, parseAddress } from '../../wire/address.ts';
import { traceWord } from '../../wire/control.ts';
import type { Trace, TraceRequest } from '../../wire/trace.ts';
import { traceDefaults } from '../../wire/trace.ts';
import type { Guest, Host } from '../state/records.ts';
import { plainAddresses } from '../state/state.ts';
import { known, Refused } from './routes.ts';
import type { Sources } from './views.ts';

export type Way = 'there' | 'back';

export interface TraceEnd {
  readonly address: string;
  /** Undefined: the controller knows none there. */
  readonly guest: Guest | undefined;
  readonly host: Host | undefined;
  readonly followed: boolean;
}

export interface TracePlan {
  readonly vpc: string;
  readonly gni: number;
  readonly from: TraceEnd & { readonly guest: Guest; readonly host: Host };
  readonly to: TraceEnd;
  readonly mode: Trace['mode'];
  readonly waitMs: number;
  /** Sentences: what cannot be followed, and why. */
  readonly notes: readonly string[];
}

/** Throws a Refused when there is nothing that could be followed. */
export function planTrace(sources: Sources, request: TraceRequest): TracePlan {
  const { state } = sources;
  if (request.dryRun === true && request.packet === true) {
    throw new Refused(400, 'invalid', "'dryRun' and 'packet' exclude each other: in a dry run no packet is followed");
  }
  const guest = known('guest', state.guests, request.guest);
  const host = known('host', state.hosts, guest.host);
  const why = whyNotFollowed(sources, host);
  if (why !== undefined)
    throw new Refused(409, 'not-followed', `no packet of guest '${guest.name}' can be followed: ${why}`);
  const to = destination(sources, guest, request.to);
  const from = sourceAddress(guest, to);
  const { to: end, note } = destinationEnd(sources, guest, to);
  const { mode, note: other } = modeOf(sources, request, { guest, host: host.name });
  return {
    vpc: guest.vpc,
    gni: guest.gni,
    from: { address: from, guest, host, followed: true },
    to: end,
    mode,
    waitMs: request.waitMs ?? traceDefaults.waitMs,
    notes: [note, other].filter((each) => each !== undefined),
  };
}

/** An address of the guest's own cloud. */
function destination({ state }: Sources, guest: Guest, to: string): string {
  const address = parseAddress(to);
  if (address !== undefined) return address;
  const other = state.guests.get(to);
  if (other === undefined) {
    throw notAnEnd(to);
  }
  if (other.gni !== guest.gni) {
    const clouds = `guest '${guest.name}' is in vpc '${guest.vpc}', guest '${other.name}' in vpc '${other.vpc}'`;
    throw new Refused(400, 'invalid', `${clouds}: no packet passes between them`);
  }
  const families = plainAddresses(guest).map(familyOf);
  return plainAddresses(other).find((each) => families.includes(familyOf(each))) ?? plainAddresses(other)[0] ?? to;
}

export function notAnEnd(to: string): Refused {
  return new Refused(400, 'invalid', `'${to}' is neither an IP address nor a guest: say where the packet goes`);
}

function sourceAddress(guest: Guest, to: string): string {
  const own = plainAddresses(guest);
  if (own.includes(to)) {
    throw new Refused(400, 'invalid', `${to} is guest '${guest.name}' itself: such packets never leave it`);
  }
  const from = own.find((each) => familyOf(each) === familyOf(to));
  if (from !== undefined) return from;
  throw new Refused(400, 'invalid', `guest '${guest.name}' has no IPv${familyOf(to)} address to send from`);
}

function destinationEnd(sources: Sources, from: Guest, address: string): { to: TraceEnd; note: string | undefined } {
  const { state } = sources;
  const guest = state.guestAt(from.gni, address);
  const host = guest && state.hosts.get(guest.host);
  if (guest === undefined || host === undefined) {
    const note = `the controller knows no guest at ${address} in vpc '${from.vpc}': only host '${from.host}' is followed`;
    return { to: { address, guest: undefined, host: undefined, followed: false }, note };
  }
  const why = whyNotFollowed(sources, host);
  const note = why === undefined ? undefined : `what becomes of packets on host '${host.name}' is not seen: ${why}`;
  return { to: { address, guest, host, followed: why === undefined }, note };
}

function whyNotFollowed({ hub }: Sources, { name, framework, capabilities }: Host): string | undefined {
  if (framework !== undefined) return `host '${name}' has no agent`;
  if (!hub.isConnected(name)) return `host '${name}' is not connected`;
  if (!capabilities.features.includes(traceWord)) return `the agent of host '${name}' is too old: upgrade it`;
  return undefined;
}

/** A virtual machine's packets are its own to send. */
function modeOf(
  { derivation }: Sources,
  { dryRun, packet }: TraceRequest,
  { guest, host }: { readonly guest: Guest; readonly host: string },
): { mode: Trace['mode']; note: string | undefined } {
  if (dryRun === true) return { mode: 'dry-run', note: undefined };
  if (packet === true) return { mode: 'packet', note: undefined };
  const isTap = derivation.facts(host)?.guestStates.get(guest.name)?.port === 'tap';
  if (!isTap) return { mode: 'echo', note: undefined };
  const note = `guest '${guest.name}' has a tap port, so no echo could be sent in its name: its next packet was waited for`;
  return { mode: 'packet', note };
}

/** The hosts that are asked, each once. */
export function followedHosts({ from, to }: TracePlan): string[] {
  const hosts = [from, to].flatMap(({ host, followed }) => (host !== undefined && followed ? [host.name] : []));
  return [...new Set(hosts)];
}

/** The host that the packet leaves, and the one that it goes to. */
export function hostsOf({ from, to }: TracePlan, way: Way): { readonly sender: TraceEnd; readonly receiver: TraceEnd } {
  return way === 'there' ? { sender: from, receiver: to } : { sender: to, receiver: from };
}
