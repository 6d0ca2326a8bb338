/** `weft get KIND [NAME]`: what the controller knows, as a table or as JSON. */
import { type Command, Option } from 'commander';
import type { Policy } from '../../wire/policy.ts';
import {
  type Guest,
  guestPhases,
  type Host,
  hostStates,
  type Mapping,
  type Selection,
  type Vpc,
} from '../../wire/resources.ts';
import type { Rollout } from '../../wire/rollout.ts';
import type { Api, Filter, FilterName } from '../client.ts';
import { type Context, type ControllerOptions, collect, controllerOptions, type Family, openApi } from '../context.ts';
import { ago, bytes, cell, list } from '../output.ts';
import { Problem } from '../problem.ts';
import { withSuggestion } from '../suggest.ts';
import { watch } from '../watch.ts';

interface Options extends ControllerOptions, Filter {
  readonly watch?: true;
}

/** A kind of resource: how to ask for it and how a row of its table looks. */
interface Kind<T> {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly nameArgument: string;
  /** What the controller can choose by. */
  readonly filters: readonly FilterName[];
  /** With a name: exactly that one, or those that it names; an unknown name is a Problem. */
  readonly find: (api: Api, name: string | undefined, filter: Filter) => Promise<readonly T[]>;
  readonly header: readonly string[];
  readonly row: (item: T, now: number) => readonly string[];
  /** Which one it is, for `--watch`. */
  readonly key: (item: T) => string;
  /** What counts as a change of it; all of it when absent. */
  readonly steady?: (item: T) => unknown;
  /** Columns that `-o wide` adds. */
  readonly wide?: { readonly header: readonly string[]; readonly row: (item: T) => readonly string[] };
}

export const family: Family = (program, context) => {
  const get = program
    .command('get')
    .description('show hosts, guests, clouds, mappings, selections, policies and rollouts');
  addKind(get, context, hostKind);
  addKind(get, context, guestKind);
  addKind(get, context, vpcKind);
  addKind(get, context, mappingKind);
  addKind(get, context, selectionKind);
  addKind(get, context, policyKind);
  addKind(get, context, rolloutKind);
};

function addKind<T>(get: Command, context: Context, kind: Kind<T>): void {
  showKind(get.command(`${kind.name} [${kind.nameArgument}]`).aliases(kind.aliases), context, kind);
}

/** Makes a command that has one optional argument show the kind. */
export function showKind<T>(command: Command, context: Context, kind: Kind<T>): void {
  command.description(kind.summary);
  for (const name of kind.filters) command.addOption(filterOptions[name]());
  command.option('-w, --watch', 'go on and show changes, until Ctrl-C');
  controllerOptions(command).action(async (name: string | undefined, options: Options) => {
    const api = await openApi(context, options);
    const filter = Object.fromEntries(kind.filters.map((key) => [key, options[key]]));
    const read = () => {
      const found = kind.find(api, name, filter);
      return name === undefined ? found : withSuggestion(found, name, () => namesOf(api, kind));
    };
    if (options.watch === true) return watchKind(context, kind, read);
    const items = await read();
    context.output.show({ items }, () => drawKind(context, kind, items));
  });
}

async function namesOf<T>(api: Api, kind: Kind<T>): Promise<readonly string[]> {
  return (await kind.find(api, undefined, {})).map(kind.key);
}

const filterOptions: Readonly<Record<FilterName, () => Option>> = {
  vpc: () => new Option('--vpc <name>', 'only of this virtual cloud'),
  host: () => new Option('--host <name>', 'only on this host'),
  phase: () => new Option('--phase <phase>', 'only those that are so').choices(guestPhases),
  state: () => new Option('--state <state>', 'only those that are so').choices(hostStates),
  label: () =>
    new Option('--label <key=value>', 'only with this label; may be given again, then with all of them').argParser(
      collect,
    ),
  customer: () => new Option('--customer <name>', 'only of this customer'),
};

function watchKind<T>(context: Context, kind: Kind<T>, read: () => Promise<readonly T[]>): Promise<void> {
  const { output, now } = context;
  return watch(context, {
    ...{ read, key: kind.key, steady: kind.steady ?? ((item: T) => item) },
    draw: (items) => drawKind(context, kind, items),
    drawChange: ({ change, item }) => output.line([...kind.row(item, now()), change].join('  ')),
  });
}

function drawKind<T>(context: Context, kind: Kind<T>, items: readonly T[]): void {
  if (items.length === 0) context.output.note(`no ${kind.name}`);
  else tableOf(context, kind, items);
}

export function tableOf<T>({ output, now }: Context, kind: Kind<T>, items: readonly T[]): void {
  const wide = output.format === 'wide' ? kind.wide : undefined;
  output.table(
    [...kind.header, ...(wide?.header ?? [])],
    items.map((item) => [...kind.row(item, now()), ...(wide?.row(item) ?? [])]),
  );
}

export const hostKind: Kind<Host> = {
  name: 'hosts',
  aliases: ['host'],
  summary: 'Linux machines with an agent, and foreign ones without',
  nameArgument: 'name',
  filters: ['label', 'state'],
  key: ({ name }) => name,
  // When it was heard and how fast its paths are changes all the time.
  steady: ({ lastHeardMs: _heard, paths: _paths, ...rest }) => rest,
  find: async (api, name, filter) => (name === undefined ? api.hosts(filter) : [await api.host(name)]),
  header: ['HOST', 'STATE', 'HEARD', 'ADDRESSES', 'FORMATS', '#GUESTS', '#CPUS', '#MEMORY', 'PATHS'],
  row: (host, now) => [
    host.name,
    host.framework === undefined ? (host.connected ? 'connected' : 'away') : 'foreign',
    ago(host.lastHeardMs, now),
    list(host.substrateAddresses),
    list(host.capabilities.formats),
    String(host.guests),
    String(host.assets.cpus),
    bytes(host.assets.memoryBytes),
    list(host.paths.map((path) => `${path.peer} ${describePath(path)}`)),
  ],
  wide: {
    header: ['CERTIFICATE', 'EXECUTORS', 'PORTS', 'FEATURES', 'LABELS', 'PROBLEMS'],
    row: ({ capabilities: { executors, ports, features, problems }, labels, certificate }) => [
      certificateCell(certificate),
      list(executors),
      list(ports),
      list(features),
      list(Object.entries(labels).map(([key, value]) => `${key} ${value}`)),
      problems.length === 0 ? '-' : problems.join('; '),
    ],
  },
};

function certificateCell(certificate: Host['certificate']): string {
  if (certificate === undefined) return '-';
  const { phase, sinceMs, untilMs } = certificate;
  const day = (unixMs: number) => new Date(unixMs).toISOString().slice(0, 16).replace('T', ' ');
  return phase === 'revoked' ? `revoked ${day(sinceMs)}Z` : `until ${day(untilMs ?? sinceMs)}Z`;
}

export const guestKind: Kind<Guest> = {
  name: 'guests',
  aliases: ['guest'],
  summary: 'guests, where they run and how they are',
  nameArgument: 'name',
  filters: ['vpc', 'host', 'phase'],
  key: ({ name }) => name,
  find: async (api, name, filter) => (name === undefined ? api.guests(filter) : [await api.guest(name)]),
  header: ['GUEST', 'VPC', '#GNI', 'HOST', 'ADDRESSES', 'PORT', 'PHASE', '#MTU', 'DETAIL'],
  row: (guest) => [
    guest.name,
    guest.vpc,
    String(guest.gni),
    guest.host,
    list(guest.addresses),
    cell(guest.port),
    guest.phase,
    cell(guest.mtu),
    cell(guest.detail),
  ],
  wide: { header: ['MAC', 'COMMAND'], row: ({ mac, command = [] }) => [cell(mac), cell(command.join(' '))] },
};

const vpcKind: Kind<Vpc> = {
  name: 'vpcs',
  aliases: ['vpc'],
  summary: 'virtual clouds',
  nameArgument: 'name',
  filters: ['customer'],
  key: ({ name }) => name,
  find: async (api, name, filter) => (name === undefined ? api.vpcs(filter) : [await api.vpc(name)]),
  header: ['VPC', '#GNI', 'PREFIXES', 'CUSTOMER', '#GUESTS'],
  row: (vpc) => [vpc.name, String(vpc.gni), list(vpc.prefixes), cell(vpc.customer), String(vpc.guests)],
};

const mappingKind: Kind<Mapping> = {
  name: 'mappings',
  aliases: ['mapping'],
  summary: 'which host has which overlay address',
  nameArgument: 'address',
  filters: ['vpc', 'host'],
  key: ({ gni, address }) => `${gni} ${address}`,
  find: async (api, address, filter) =>
    matching(await api.mappings(filter), address, `no guest has the address ${address}`, (one) => [one.address]),
  header: ['VPC', '#GNI', 'ADDRESS', 'GUEST', 'HOST', '#VERSION', '#SUBSCRIBERS'],
  row: (mapping) => [
    mapping.vpc,
    String(mapping.gni),
    mapping.address,
    mapping.guest,
    mapping.host,
    String(mapping.version),
    String(mapping.subscribers),
  ],
};

export const selectionKind: Kind<Selection> = {
  name: 'selections',
  aliases: ['selection'],
  summary: 'the encapsulation chosen between each two hosts, and why',
  nameArgument: 'host',
  filters: [],
  key: ({ source, destination }) => `${source} ${destination}`,
  find: async (api, host) =>
    matching(await api.selections(), host, `host '${host}' talks to no other host yet`, ({ source, destination }) => [
      source,
      destination,
    ]),
  header: ['SOURCE', 'DESTINATION', 'SELECTED', 'SENDING', 'ACCEPTED', '#GENERATION', 'REASONS'],
  row: (selection) => [
    selection.source,
    selection.destination,
    selection.selected ?? 'none',
    cell(selection.sending),
    list(selection.accepted),
    String(selection.generation),
    selection.reasons.join('; '),
  ],
};

export const policyKind: Kind<Policy> = {
  name: 'policies',
  aliases: ['policy'],
  summary: 'what hosts may, must or should use with each other',
  nameArgument: 'name',
  filters: [],
  key: ({ name }) => name,
  find: async (api, name) => (name === undefined ? api.policies() : [await api.policy(name)]),
  header: ['POLICY', 'AUTHOR', 'MATCH', 'EFFECT', 'CAPABILITIES', 'DESCRIPTION'],
  row: ({ name, author, match, effect, capabilities, description }) => [
    name,
    author ?? 'administrator',
    match === undefined ? 'everything' : list(Object.entries(match).map(([key, value]) => `${key} ${value}`)),
    effect,
    list(capabilities),
    cell(description),
  ],
};

export const rolloutKind: Kind<Rollout> = {
  name: 'rollouts',
  aliases: ['rollout'],
  summary: 'policies brought to the hosts batch by batch; `weft rollout status` says more of one',
  nameArgument: 'name',
  filters: [],
  key: ({ name }) => name,
  // How long it has been looked at changes all the time.
  steady: ({ watched: _watched, ...rest }) => rest,
  find: async (api, name) => (name === undefined ? api.rollouts() : [await api.rollout(name)]),
  header: ['ROLLOUT', 'PHASE', '#HOSTS IN', 'BEGAN', 'WHY'],
  row: ({ name, phase, hosts, startedMs, why }, now) => [
    name,
    phase,
    `${hosts.in} of ${hosts.known}`,
    ago(startedMs, now),
    why,
  ],
};

function matching<T>(
  items: readonly T[],
  name: string | undefined,
  none: string,
  keys: (item: T) => readonly string[],
): readonly T[] {
  if (name === undefined) return items;
  const found = items.filter((item) => keys(item).includes(name));
  if (found.length === 0) throw new Problem(none);
  return found;
}

function describePath(path: Host['paths'][number]): string {
  const roundTrip = path.roundTripUs === 0 ? 'no answer' : `${path.roundTripUs} µs`;
  const mtu = path.pathMtu === 0 ? '' : ` mtu ${path.pathMtu}`;
  const lost = path.lostPercent === 0 ? '' : ` ${path.lostPercent} % lost`;
  return `${roundTrip}${mtu}${lost}`;
}
