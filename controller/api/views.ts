/** What the REST API shows: records and live facts put together. */
import { derivedMac } from '../../wire/ethernet.ts';
import type { Policy } from '../../wire/policy.ts';
import type { ControllerStatus, Guest, GuestPort, Host, Mapping, Selection, Vpc } from '../../wire/resources.ts';
import type { Hub } from '../channel/hub.ts';
import type { Derivation } from '../derive/derive.ts';
import type { Events } from '../events.ts';
import type { Rollouts } from '../rollout/driver.ts';
import type * as records from '../state/records.ts';
import { plainAddresses, type State } from '../state/state.ts';
import type { Claims } from '../trust/claims.ts';
import type { Trust } from '../trust/trust.ts';

export interface Sources {
  readonly name: string;
  readonly version: string;
  readonly epoch: number;
  readonly startedMs: number;
  readonly state: State;
  readonly derivation: Derivation;
  readonly hub: Hub;
  readonly events: Events;
  readonly rollouts: Rollouts;
  readonly trust: Trust;
  readonly claims: Claims;
  readonly unixMs: () => number;
}

export function viewStatus(sources: Sources): ControllerStatus {
  const { name, version, epoch, startedMs, state, derivation, hub, events } = sources;
  return {
    name,
    version,
    epoch,
    startedMs,
    revision: state.revision,
    hosts: { known: state.hosts.size, connected: hub.connected },
    vpcs: state.vpcs.size,
    guests: state.guests.size,
    mappings: state.mappings,
    subscriptions: derivation.subscriptionCount,
    events: events.list(),
  };
}

export function viewVpc({ state }: Sources, vpc: records.Vpc): Vpc {
  const { name, gni, prefixes, customer, revision } = vpc;
  const guests = state.guestsOfVpc(name).size;
  return { name, gni, prefixes, ...(customer === undefined ? {} : { customer }), guests, revision };
}

export function viewGuest({ derivation }: Sources, guest: records.Guest): Guest {
  const { name, vpc, gni, host, addresses, mac, command, revision } = guest;
  const port = portOf(derivation, guest);
  const live = derivation.facts(host)?.guestStates.get(name);
  const detail = live === undefined ? undefined : guestDetail(live);
  return {
    name,
    vpc,
    gni,
    host,
    addresses,
    ...viewMac(guest, port),
    ...(command.length === 0 ? {} : { command }),
    ...(port === undefined ? {} : { port }),
    phase: mac === undefined ? guestPhase(live) : 'unwatched',
    ...(detail === undefined ? {} : { detail }),
    ...(live === undefined || live.mtu === 0 ? {} : { mtu: live.mtu }),
    revision,
  };
}

/** Told only where somebody has to set it. */
function viewMac({ mac, addresses }: records.Guest, port: GuestPort | undefined): Pick<Guest, 'mac'> {
  const [first = ''] = addresses;
  if (mac !== undefined) return { mac };
  return port === 'tap' ? { mac: derivedMac(first.replace(/\/.*$/, '')) } : {};
}

/** What its host made; before it has said so, what was asked for; undefined: nobody knows yet. */
export function portOf(derivation: Derivation, { name, host, port }: records.Guest): GuestPort | undefined {
  return derivation.facts(host)?.guestStates.get(name)?.port ?? port;
}

type GuestState = NonNullable<ReturnType<NonNullable<ReturnType<Derivation['facts']>>['guestStates']['get']>>;

/** An agent that says `removed` of a guest that should be there is about to make it anew. */
function guestPhase(live: GuestState | undefined): Guest['phase'] {
  return live === undefined || live.phase === 'removed' ? 'pending' : live.phase;
}

function guestDetail({ detail, command }: GuestState): string | undefined {
  const ended = command?.phase === 'exited' ? commandEnd(command.exitCode, command.signal) : undefined;
  const parts = [detail === '' ? undefined : detail, ended].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join('; ');
}

function commandEnd(exitCode: number, signal: string): string {
  if (signal !== '') return `command ended by ${signal}`;
  return exitCode < 0 ? 'command ended' : `command ended with exit code ${exitCode}`;
}

export function viewHost({ state, derivation, hub, claims }: Sources, host: records.Host): Host {
  const { name, framework, keys, agentVersion, substrateAddresses, capabilities, assets } = host;
  const { labels, ...hardware } = assets;
  const keyEpochs = keys?.epochs.map(({ epoch }) => epoch) ?? [];
  const lastHeardMs = hub.lastHeardMs(name);
  return {
    name,
    ...(framework === undefined ? {} : { framework }),
    ...(keyEpochs.length === 0 ? {} : { keyEpochs }),
    connected: hub.isConnected(name),
    ...(lastHeardMs === undefined ? {} : { lastHeardMs }),
    agentVersion,
    substrateAddresses,
    labels,
    capabilities: { ...capabilities, problems: [...capabilities.problems, ...claims.problems(name)] },
    ...viewCertificate(state.trusts.get(name)),
    assets: hardware,
    guests: state.guestCount(name),
    paths: (derivation.facts(name)?.paths ?? []).map(({ peer, pathMtu, roundTripUs, lostPercent }) => ({
      peer,
      pathMtu,
      roundTripUs,
      lostPercent,
    })),
  };
}

function viewCertificate(trust: records.Trust | undefined): Pick<Host, 'certificate'> {
  if (trust === undefined) return {};
  const { revokedMs, certificate } = trust;
  if (revokedMs !== undefined) return { certificate: { phase: 'revoked', sinceMs: revokedMs } };
  if (certificate === undefined) return {};
  return { certificate: { phase: 'valid', sinceMs: certificate.issuedMs, untilMs: certificate.notAfterMs } };
}

export function viewMappings({ derivation }: Sources, guest: records.Guest): Mapping[] {
  const { gni, vpc, host, name, revision } = guest;
  return plainAddresses(guest).map((address) => {
    const subscribers = derivation.subscribersOf({ gni, address });
    return { gni, vpc, address, host, guest: name, version: revision, subscribers };
  });
}

export function viewSelection({ derivation }: Sources, selection: records.Selection): Selection {
  const { source, destination, selected, reasons, decidedBy = [], sinceMs, revision } = selection;
  return {
    source,
    destination,
    ...(selected === undefined ? {} : { selected }),
    reasons,
    decidedBy,
    ...(sinceMs === undefined ? {} : { sinceMs }),
    ...viewProgress(derivation, source, destination),
    generation: revision,
  };
}

/** How far a selection is in force: what both ends have acknowledged. */
export function viewProgress(
  derivation: Derivation,
  source: string,
  destination: string,
): Pick<Selection, 'accepted' | 'sending'> {
  const sending = derivation.facts(source)?.session(destination)?.acknowledged.send;
  const accepted = derivation.facts(destination)?.session(source)?.acknowledged.accept ?? [];
  return { accepted: [...accepted], ...(sending === undefined ? {} : { sending }) };
}

export function viewPolicy({ name, revision, ...policy }: records.Policy): Policy {
  return { name, ...policy, revision };
}
