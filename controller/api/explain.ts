/** `GET /v1/explain`: everything that is known about what two hosts, or two guests, send each other, and why. */
import { mappingKey } from '../../wire/control.ts';
import { parseEncapsulation } from '../../wire/encapsulation.ts';
import { type CarryingEnd, carriersOf, localCarrier } from '../../wire/executors.ts';
import type { ExplainedDirection, Explanation } from '../../wire/resources.ts';
import { isForeign } from '../derive/foreign.ts';
import { newestEpoch } from '../derive/key-epochs.ts';
import { substrateFamily } from '../derive/resources.ts';
import { activeRollout, isIn } from '../rollout/effective.ts';
import type { Commands } from '../state/commands.ts';
import type { Host, Selection } from '../state/records.ts';
import { grant, type Outcome, refuse } from '../state/refusal.ts';
import { plainAddresses } from '../state/state.ts';
import { describeStanding, type StandingFacts } from './standing.ts';
import { type End, type LiveTerms, liveTerms } from './terms.ts';
import { portOf, type Sources } from './views.ts';

/** Past selections in an explanation of the present; `--at` reaches all that are kept. */
const historyShown = 5;

export interface Question {
  readonly from: string;
  readonly to: string;
  /** Undefined: the present. */
  readonly atMs: number | undefined;
}

export async function explain(
  sources: Sources,
  commands: Pick<Commands, 'pastSelections'>,
  question: Question,
): Promise<Outcome<Explanation>> {
  const ends = findEnds(sources, question);
  if (!ends.ok) return ends;
  const [from, to] = ends.value;
  const { atMs } = question;
  const note = nothingBetween(sources, from, to);
  const directions: ExplainedDirection[] = [];
  if (note === undefined) {
    for (const [source, destination] of [
      [from, to],
      [to, from],
    ] as const) {
      directions.push(
        atMs === undefined
          ? await present(sources, commands, source, destination)
          : await past(sources, commands, [source.host.name, destination.host.name], atMs),
      );
    }
  }
  return grant({
    from: viewEnd(sources, from),
    to: viewEnd(sources, to),
    ...(atMs === undefined ? {} : { atMs }),
    ...(note === undefined ? {} : { note }),
    directions,
  });
}

/** Unix milliseconds, or ISO 8601 such as 2026-11-21T03:00:00Z. */
export function parseTime(text: string): Outcome<number> {
  const isIso = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.test(text);
  const ms = /^\d{1,15}$/.test(text) ? Number(text) : isIso ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return grant(ms);
  return refuse('invalid', `'${text.slice(0, 50)}' is no time: expected one such as 2026-11-21T03:00:00Z, or Unix ms`);
}

/** Guests when both names are guests', else hosts. */
function findEnds({ state }: Sources, { from, to }: Question): Outcome<[End, End]> {
  const guests = [from, to].map((name) => state.guests.get(name));
  const bothGuests = guests.every((guest) => guest !== undefined);
  const ends: End[] = [];
  for (const [i, name] of [from, to].entries()) {
    const guest = bothGuests ? guests[i] : undefined;
    const host = state.hosts.get(guest?.host ?? name);
    if (host !== undefined) ends.push({ host, guest });
  }
  const [a, b] = ends;
  if (a !== undefined && b !== undefined) {
    return from === to ? refuse('invalid', `'${from}' is both ends: name two`) : grant([a, b]);
  }
  const missing = [from, to].find((name) => !state.hosts.has(name) && !state.guests.has(name));
  const shown = (missing ?? '').slice(0, 100);
  return missing === undefined
    ? refuse('invalid', `'${from}' and '${to}' are a host and a guest: name two hosts or two guests`)
    : refuse('unknown', `'${shown}' is neither a guest nor a host that is known`);
}

function nothingBetween(sources: Sources, from: End, to: End): string | undefined {
  if (from.guest !== undefined && to.guest !== undefined && from.guest.gni !== to.guest.gni) {
    return `guest '${from.guest.name}' is in vpc '${from.guest.vpc}', guest '${to.guest.name}' in vpc '${to.guest.vpc}': no packet passes between them`;
  }
  if (from.host !== to.host) return undefined;
  const note = `both are on host '${from.host.name}': packets between them do not leave it`;
  if (isForeign(from.host)) return note;
  const { executor, why } = localCarrier(carryingEnd(sources, from), carryingEnd(sources, to));
  return `${note}; carried by its ${executor}${why === undefined ? '' : ` (${why})`}`;
}

function viewEnd({ hub }: Sources, { host, guest }: End): Explanation['from'] {
  const epoch = newestEpoch(host);
  return {
    kind: guest === undefined ? 'host' : 'guest',
    name: guest?.name ?? host.name,
    host: host.name,
    ...(host.framework === undefined ? {} : { framework: host.framework }),
    connected: hub.isConnected(host.name),
    labels: host.assets.labels,
    formats: host.capabilities.formats,
    features: host.capabilities.features,
    ...(epoch === undefined ? {} : { key: { epoch, madeMs: epoch * 1000 } }),
    ...(guest === undefined ? {} : { vpc: guest.vpc, addresses: guest.addresses }),
  };
}

async function present(
  sources: Sources,
  commands: Pick<Commands, 'pastSelections'>,
  source: End,
  destination: End,
): Promise<ExplainedDirection> {
  const [from, to] = [source.host.name, destination.host.name];
  const terms = liveTerms(sources, source, destination);
  const { choice, sending, ownTerms } = terms;
  const told = viewChosen(terms, sources.state.selection(from, to));
  const live = { ...viewMeasured(sources, from, to), ...viewRollout(sources, from, to) };
  const mappings = viewMappings(sources, source, destination);
  const carriers = viewCarriers(sources, [source, destination], told.selected);
  return {
    source: from,
    destination: to,
    ...told,
    candidates: choice.candidates.map(({ features, ...rest }) => ({ ...rest, features: [...features] })),
    ...describeStanding(standingFacts(sources, [source.host, destination.host], { ...told, ...live, terms })),
    ...live,
    ...(carriers === undefined ? {} : { carriers }),
    accepted: [...terms.accepted],
    ...(sending === undefined ? {} : { sending }),
    ...(ownTerms ? { ownTerms } : {}),
    ...(mappings === undefined ? {} : { mappings }),
    ...(ownTerms ? {} : { history: await viewHistory(commands, from, to) }),
  };
}

/** The stored selection, unless nothing has needed one yet, or two guests have their own, which is not stored. */
function viewChosen({ choice, ownTerms }: LiveTerms, stored: Selection | undefined): Told {
  const { selected, reasons, decidedBy } = choice;
  if (stored !== undefined && !ownTerms) return viewStored(stored);
  return { ...(selected === undefined ? {} : { selected }), reasons: [...reasons], decidedBy: [...decidedBy] };
}

type Live = Told & Pick<ExplainedDirection, 'path' | 'traffic' | 'selfTest'> & { readonly terms: LiveTerms };

function standingFacts(sources: Sources, hosts: readonly [Host, Host], live: Live): StandingFacts {
  const { hub, events, state } = sources;
  const { path, traffic, selfTest, terms, selected, reasons, fromMs } = live;
  const [source, destination] = [hosts[0].name, hosts[1].name];
  const about = [`${source} session ${destination}: `, `${destination} session ${source}: `];
  const rollout = activeRollout(state.rollouts);
  return {
    source,
    destination,
    away: hosts.filter((host) => !isForeign(host) && !hub.isConnected(host.name)).map(({ name }) => name),
    selected,
    reason: reasons[0] ?? '',
    inForce: terms.inForce,
    sending: terms.sending,
    accepted: terms.accepted,
    sinceMs: fromMs,
    nowMs: sources.unixMs(),
    keyless: needsKeys(selected) ? hosts.filter((host) => newestEpoch(host) === undefined).map(({ name }) => name) : [],
    path,
    traffic,
    selfTest,
    refusals: events
      .list()
      .filter(({ code, timeMs }) => code === 'resource-refused' && timeMs >= (fromMs ?? 0))
      .map(({ host, detail }) => `${host} ${detail}`)
      .filter((text) => about.some((prefix) => text.startsWith(prefix))),
    paused: rollout?.phase === 'paused' ? `rollout '${rollout.name}' is paused: ${rollout.why}` : undefined,
  };
}

function needsKeys(selected: string | undefined): boolean {
  return selected !== undefined && parseEncapsulation(selected)?.cipher !== undefined;
}

/** What both ends have measured and counted of the direction. */
function viewMeasured(
  { derivation }: Sources,
  source: string,
  destination: string,
): Pick<ExplainedDirection, 'path' | 'traffic' | 'selfTest'> {
  const path = derivation.facts(source)?.paths.find(({ peer }) => peer === destination);
  const back = derivation.facts(destination)?.paths.find(({ peer }) => peer === source);
  return {
    ...(path === undefined
      ? {}
      : { path: { pathMtu: path.pathMtu, roundTripUs: path.roundTripUs, lostPercent: path.lostPercent } }),
    ...(path === undefined && back === undefined
      ? {}
      : {
          traffic: {
            packetsOut: path?.packetsOut ?? 0,
            bytesOut: path?.bytesOut ?? 0,
            packetsIn: back?.packetsIn ?? 0,
            bytesIn: back?.bytesIn ?? 0,
            drops: back?.drops ?? 0,
          },
        }),
    ...(path === undefined || path.testedMs === 0
      ? {}
      : { selfTest: { testedMs: path.testedMs, findings: [...path.findings] } }),
  };
}

/** Of what is selected, since that is what will be sent; nobody knows what carries packets where there is no agent. */
function viewCarriers(
  sources: Sources,
  [from, to]: readonly [End, End],
  selected: string | undefined,
): ExplainedDirection['carriers'] {
  const family = substrateFamily(from.host, to.host);
  if (selected === undefined || family === undefined) return undefined;
  const ends = { source: carryingEnd(sources, from), destination: carryingEnd(sources, to) };
  const { source, destination } = carriersOf({ ...ends, selected, family });
  return { ...(isForeign(from.host) ? {} : { source }), ...(isForeign(to.host) ? {} : { destination }) };
}

function carryingEnd({ derivation }: Sources, { host, guest }: End): CarryingEnd {
  return {
    host: host.name,
    executors: host.capabilities.executors,
    ...(guest === undefined ? {} : { guest: { name: guest.name, port: portOf(derivation, guest) } }),
  };
}

function viewRollout({ state }: Sources, source: string, destination: string): Pick<ExplainedDirection, 'rollout'> {
  const rollout = activeRollout(state.rollouts);
  if (rollout === undefined) return {};
  return { rollout: { name: rollout.name, counts: isIn(rollout, source) && isIn(rollout, destination) } };
}

function viewMappings({ derivation }: Sources, source: End, { guest }: End): ExplainedDirection['mappings'] {
  if (guest === undefined) return undefined;
  const subscriptions = derivation.facts(source.host.name)?.subscriptions;
  return plainAddresses(guest).map((address) => {
    const asked = subscriptions?.has(mappingKey({ gni: guest.gni, address })) ?? false;
    return { address, host: guest.host, version: guest.revision, asked };
  });
}

async function viewHistory(
  commands: Pick<Commands, 'pastSelections'>,
  source: string,
  destination: string,
): Promise<NonNullable<ExplainedDirection['history']>> {
  const entries = await commands.pastSelections(source, destination);
  return entries
    .slice(-historyShown)
    .reverse()
    .map(({ reasons: _reasons, ...entry }) => entry);
}

type Told = Pick<ExplainedDirection, 'selected' | 'reasons' | 'decidedBy' | 'generation' | 'fromMs'>;

function viewStored({ selected, reasons, decidedBy = [], revision, sinceMs }: Selection): Told {
  return {
    ...(selected === undefined ? {} : { selected }),
    reasons,
    decidedBy,
    generation: revision,
    ...(sinceMs === undefined ? {} : { fromMs: sinceMs }),
  };
}

async function past(
  { state }: Sources,
  commands: Pick<Commands, 'pastSelections'>,
  [source, destination]: readonly [string, string],
  atMs: number,
): Promise<ExplainedDirection> {
  const now = state.selection(source, destination);
  const pair = { source, destination };
  if (now !== undefined && (now.sinceMs ?? 0) <= atMs) return { ...pair, ...viewStored(now) };
  const entries = await commands.pastSelections(source, destination);
  const found = entries.find(({ fromMs, untilMs }) => fromMs <= atMs && atMs < untilMs);
  if (found !== undefined) return { ...pair, ...found };
  const oldest = entries[0]?.fromMs ?? now?.sinceMs;
  const known =
    oldest === undefined
      ? 'no packet has needed a selection yet'
      : `what is known begins at ${new Date(oldest).toISOString()}`;
  return { ...pair, reasons: [`nothing is known of that time: ${known}`], decidedBy: [] };
}
