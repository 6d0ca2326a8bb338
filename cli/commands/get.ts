/** `weft get KIND [NAME]`: what the controller knows, as a table or as JSON. */
import type { Command } from 'commander';
import type { Policy } from '../../wire/policy.ts';
import type { Guest, Host, Mapping, Selection, Vpc } from '../../wire/resources.ts';
import type { Api, Filter } from '../client.ts';
import { type Context, type ControllerOptions, controllerOptions, type Family, openApi } from '../context.ts';
import { ago, bytes, cell, list } from '../output.ts';
import { Problem } from '../problem.ts';

interface Options extends ControllerOptions, Filter {}

/** A kind of resource: how to ask for it and how a row of its table looks. */
interface Kind<T> {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly nameArgument: string;
  readonly filters: boolean;
  /** With a name: exactly that one, or those that it names; an unknown name is a Problem. */
  readonly find: (api: Api, name: string | undefined, filter: Filter) => Promise<readonly T[]>;
  readonly header: readonly string[];
  readonly row: (item: T, now: number) => readonly string[];
  /** Columns that `-o wide` adds. */
  readonly wide?: { readonly header: readonly string[]; readonly row: (item: T) => readonly string[] };
}

export const family: Family = (program, context) => {
  const get = program.command('get').description('show hosts, guests, clouds, mappings, selections and policies');
  addKind(get, context, hostKind);
  addKind(get, context, guestKind);
  addKind(get, context, vpcKind);
  addKind(get, context, mappingKind);
  addKind(get, context, selectionKind);
  addKind(get, context, policyKind);
};

function addKind<T>(get: Command, context: Context, kind: Kind<T>): void {
  showKind(get.command(`${kind.name} [${kind.nameArgument}]`).aliases(kind.aliases), context, kind);
}

/** Makes a command that has one optional argument show the kind. */
export function showKind<T>(command: Command, context: Context, kind: Kind<T>): void {
  command.description(kind.summary);
  if (kind.filters) {
    command.option('--vpc <name>', 'only of this virtual cloud').option('--host <name>', 'only on this host');
  }
  controllerOptions(command).action(async (name: string | undefined, options: Options) => {
    const api = await openApi(context, options);
    const items = await kind.find(api, name, { vpc: options.vpc, host: options.host });
    context.output.show({ items }, () => {
      if (items.length === 0) context.output.note(`no ${kind.name}`);
      else tableOf(context, kind, items);
    });
  });
}

function tableOf<T>({ output, now }: Context, kind: Kind<T>, items: readonly T[]): void {
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
  filters: false,
  find: async (api, name) => (name === undefined ? api.hosts() : [await api.host(name)]),
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
    header: ['EXECUTORS', 'PORTS', 'FEATURES', 'LABELS', 'PROBLEMS'],
    row: ({ capabilities: { executors, ports, features, problems }, labels }) => [
      list(executors),
      list(ports),
      list(features),
      list(Object.entries(labels).map(([key, value]) => `${key} ${value}`)),
      problems.length === 0 ? '-' : problems.join('; '),
    ],
  },
};

export const guestKind: Kind<Guest> = {
  name: 'guests',
  aliases: ['guest'],
  summary: 'guests, where they run and how they are',
  nameArgument: 'name',
  filters: true,
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
  filters: false,
  find: async (api, name) => (name === undefined ? api.vpcs() : [await api.vpc(name)]),
  header: ['VPC', '#GNI', 'PREFIXES', 'CUSTOMER', '#GUESTS'],
  row: (vpc) => [vpc.name, String(vpc.gni), list(vpc.prefixes), cell(vpc.customer), String(vpc.guests)],
};

const mappingKind: Kind<Mapping> = {
  name: 'mappings',
  aliases: ['mapping'],
  summary: 'which host has which overlay address',
  nameArgument: 'address',
  filters: true,
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
  filters: false,
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
  filters: false,
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
