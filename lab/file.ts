/**
 * The lab file: which hosts, clouds and guests a lab has, and what joins the hosts.
 *
 * Text comes in, a `LabSpec` with nothing left open goes out, or every mistake with its place. Pure; what
 * the spec is turned into stands in `plan.ts`.
 */
import { basename } from 'node:path';
import { type Static, Type } from 'typebox';
import { stringify } from 'yaml';
import {
  familyOf,
  formatPrefix,
  isUnicast,
  type Prefix,
  parseAddress,
  parsePrefix,
  prefixContains,
  prefixesOverlap,
} from '../wire/address.ts';
import { type KeyPath, readYaml } from '../wire/config-file.ts';
import { type OfferedFeature, offeredFeatures } from '../wire/encapsulation.ts';
import { type FormatName, layouts } from '../wire/formats/index.ts';
import { limits, namePattern } from '../wire/limits.ts';
import { CommandArgument, GuestPort } from '../wire/resources.ts';

const Name = Type.String({ pattern: namePattern, description: 'a DNS label: a-z, 0-9 and -' });
const Switch = Type.Optional(Type.Union([Type.Literal('auto'), Type.Literal('off')]));
/** 1280 is the least that IPv6 runs on; 65535 is the largest that a veth takes. */
const Mtu = Type.Integer({ minimum: 1280, maximum: 65_535 });
const closed = { additionalProperties: false } as const;

const Format = Type.Unsafe<FormatName>(Type.Union(layouts.map(({ name }) => Type.Literal(name))));

/** What an agent may offer beside formats; it refuses what it does not know. */
const HostFeature = Type.Unsafe<OfferedFeature>(Type.Union(offeredFeatures.map((feature) => Type.Literal(feature))));
const Foreign = Type.Optional(Type.Union([Type.Literal('auto'), Type.Literal('on'), Type.Literal('off')]));

/** `auto`: tc where this machine's kernel can; `off`: the engine carries everything. */
const FastPathMode = Type.Union([Type.Literal('auto'), Type.Literal('tc'), Type.Literal('xdp'), Type.Literal('off')]);

const HostEntry = Type.Object(
  {
    name: Name,
    mtu: Type.Optional(Mtu),
    labels: Type.Optional(Type.Record(Type.String({ pattern: namePattern }), Type.String())),
    formats: Type.Optional(Type.Array(Format, { minItems: 1, uniqueItems: true })),
    features: Type.Optional(Type.Array(HostFeature, { uniqueItems: true })),
    keys: Type.Optional(Type.Object({ rotateMs: Type.Integer({ minimum: 1000, maximum: 86_400_000 }) }, closed)),
    foreign: Type.Optional(Type.Object({ vxlan: Foreign, geneve: Foreign }, closed)),
    gni6: Type.Optional(Type.Boolean({ description: 'whether the host has a /64 for gni6, routed to it' })),
    fastPath: Type.Optional(FastPathMode),
    workers: Type.Optional(Type.Integer({ minimum: 1, maximum: 64 })),
    offloads: Type.Optional(Type.Object({ udpGso: Switch, udpGro: Switch, tso: Switch, uso: Switch }, closed)),
  },
  closed,
);

const CloudEntry = Type.Object(
  {
    name: Name,
    prefixes: Type.Array(Type.String({ description: 'a prefix such as 10.0.0.0/24 or fd00:10::/64' }), {
      minItems: 1,
      maxItems: limits.prefixesPerNetwork,
    }),
    customer: Type.Optional(Name),
    gni: Type.Optional(Type.Integer({ minimum: limits.gni.min, maximum: limits.gni.max })),
  },
  closed,
);

const GuestEntry = Type.Object(
  {
    name: Name,
    cloud: Name,
    host: Type.Optional(Name),
    addresses: Type.Optional(Type.Array(Type.String(), { minItems: 1, maxItems: limits.addressesPerGuest })),
    port: Type.Optional(GuestPort),
    command: Type.Optional(
      Type.Array(CommandArgument, {
        minItems: 1,
        maxItems: limits.commandArguments,
      }),
    ),
  },
  closed,
);

/** What people write; `upLab` also takes it as an object. */
export const LabFile = Type.Object(
  {
    name: Type.Optional(Name),
    substrate: Type.Optional(
      Type.Object(
        {
          mtu: Type.Optional(Mtu),
          families: Type.Optional(
            Type.Array(Type.Union([Type.Literal('ipv4'), Type.Literal('ipv6')]), {
              minItems: 1,
              maxItems: 2,
              uniqueItems: true,
            }),
          ),
          link: Type.Optional(Type.Union([Type.Literal('switch'), Type.Literal('direct')])),
        },
        closed,
      ),
    ),
    controller: Type.Optional(Type.Object({ host: Name }, closed)),
    // A Linux bridge takes 1,024 ports; a few of them are ours.
    hosts: Type.Array(HostEntry, { minItems: 1, maxItems: 1000 }),
    clouds: Type.Optional(Type.Array(CloudEntry)),
    guests: Type.Optional(Type.Array(GuestEntry)),
  },
  closed,
);
export type LabFile = Static<typeof LabFile>;

export interface LabSpec {
  readonly name: string;
  readonly substrate: {
    readonly mtu: number;
    readonly families: readonly ('ipv4' | 'ipv6')[];
    readonly link: 'switch' | 'direct';
  };
  /** The host in whose namespace the controller runs; undefined: one of its own on the switch. */
  readonly controllerHost: string | undefined;
  readonly hosts: readonly Static<typeof HostEntry>[];
  readonly clouds: readonly Static<typeof CloudEntry>[];
  readonly guests: readonly Static<typeof GuestEntry>[];
}

export type LabSpecResult =
  | { readonly ok: true; readonly spec: LabSpec }
  | { readonly ok: false; readonly errors: readonly string[] };

/** Longest path of a Unix socket (`sun_path` less its final zero byte). */
const socketPathBytes = 107;

export interface LabFileOptions {
  /** `--name`: wins over the file's own. */
  readonly name?: string | undefined;
  /** Folder under which the lab's sockets will live; their paths have a limit. */
  readonly stateRoot: string;
}

export function readLabFile(text: string, fileName: string, options: LabFileOptions): LabSpecResult {
  const file = readYaml(text, fileName, LabFile);
  if (!file.ok) return { ok: false, errors: file.errors };
  const mistakes: Mistake[] = [];
  const report: Report = (path, what) => mistakes.push({ at: file.at(path), what });

  const spec = complete(file.value, options.name ?? file.value.name ?? nameFromFile(fileName));
  // One character less than a DNS label: with '-' behind it the agents' namespacePrefix has to fit as well.
  if (!new RegExp(namePattern).test(spec.name) || spec.name.length >= limits.nameLength) {
    report(
      ['name'],
      `the lab's name would be '${spec.name}', expected up to ${limits.nameLength - 1} of a-z, 0-9 and -: ` +
        "set 'name' or use --name",
    );
  }
  checkSubstrate(spec, report);
  checkNames(spec, options.stateRoot, report);
  const prefixes = checkClouds(spec, report);
  checkGuests(spec, prefixes, report);
  if (mistakes.length === 0) return { ok: true, spec };
  const errors = mistakes.toSorted((a, b) => compareNaturally(a.at, b.at)).map(({ at, what }) => `${at}: ${what}`);
  return { ok: false, errors: [...new Set(errors)] };
}

/** The same checks for a lab that a program describes. */
export function readLabSpec(file: LabFile, options: LabFileOptions): LabSpecResult {
  return readLabFile(stringify(file), 'lab', options);
}

type Report = (path: KeyPath, what: string) => void;

interface Mistake {
  readonly at: string;
  readonly what: string;
}

function compareNaturally(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

function nameFromFile(fileName: string): string {
  return basename(fileName).replace(/\.ya?ml$/, '');
}

function complete(file: LabFile, name: string): LabSpec {
  const link = file.substrate?.link ?? 'switch';
  return {
    name,
    substrate: { mtu: file.substrate?.mtu ?? 1500, families: file.substrate?.families ?? ['ipv4'], link },
    controllerHost: file.controller?.host ?? (link === 'direct' ? file.hosts[0]?.name : undefined),
    hosts: file.hosts,
    clouds: file.clouds ?? [],
    guests: file.guests ?? [],
  };
}

function checkSubstrate(spec: LabSpec, report: Report): void {
  if (spec.substrate.link === 'direct' && spec.hosts.length !== 2) {
    report(['substrate', 'link'], `'direct' joins exactly two hosts, here are ${spec.hosts.length}, expected 'switch'`);
  }
  if (spec.controllerHost !== undefined && !spec.hosts.some(({ name }) => name === spec.controllerHost)) {
    report(['controller', 'host'], `no host '${spec.controllerHost}', expected one of ${names(spec.hosts)}`);
  }
}

/** Hosts, guests, the switch and the controller share one room: each is the namespace `LAB-NAME`. */
function checkNames(spec: LabSpec, stateRoot: string, report: Report): void {
  const taken = new Map<string, string>([
    ['switch', 'the lab’s own switch'],
    ['controller', 'the lab’s own controller'],
  ]);
  const claim = (path: KeyPath, name: string, what: string) => {
    const owner = taken.get(name);
    if (owner !== undefined) report(path, `'${name}' is the name of ${owner} already, expected another name`);
    taken.set(name, owner ?? `${what} '${name}'`);
  };
  for (const [i, host] of spec.hosts.entries()) {
    claim(['hosts', i, 'name'], host.name, 'host');
    const socket = `${stateRoot}/${spec.name}/${host.name}/agent.sock`;
    if (Buffer.byteLength(socket) > socketPathBytes) {
      report(
        ['hosts', i, 'name'],
        `the socket ${socket} would be over ${socketPathBytes} bytes, expected shorter names`,
      );
    }
  }
  for (const [i, guest] of spec.guests.entries()) claim(['guests', i, 'name'], guest.name, 'guest');
}

function checkClouds(spec: LabSpec, report: Report): ReadonlyMap<string, readonly Prefix[]> {
  const clouds = new Map<string, readonly Prefix[]>();
  const gnis = new Map<number, string>();
  for (const [i, cloud] of spec.clouds.entries()) {
    if (clouds.has(cloud.name)) report(['clouds', i, 'name'], `cloud '${cloud.name}' is there twice, expected it once`);
    const owner = cloud.gni === undefined ? undefined : gnis.get(cloud.gni);
    if (owner !== undefined) report(['clouds', i, 'gni'], `GNI ${cloud.gni} is cloud '${owner}', expected another`);
    if (cloud.gni !== undefined) gnis.set(cloud.gni, owner ?? cloud.name);
    clouds.set(cloud.name, checkPrefixes(cloud.prefixes, ['clouds', i, 'prefixes'], report));
  }
  return clouds;
}

function checkPrefixes(texts: readonly string[], path: KeyPath, report: Report): readonly Prefix[] {
  const prefixes: Prefix[] = [];
  for (const [i, text] of texts.entries()) {
    const prefix = parsePrefix(text);
    if (prefix === undefined) {
      report([...path, i], `'${text}' is no prefix, expected one such as 10.0.0.0/24 without host bits`);
      continue;
    }
    const other = prefixes.find((one) => prefixesOverlap(one, prefix));
    if (other !== undefined) {
      report([...path, i], `${text} overlaps ${formatPrefix(other)} of the same cloud, expected them apart`);
    }
    prefixes.push(prefix);
  }
  return prefixes;
}

function checkGuests(spec: LabSpec, clouds: ReadonlyMap<string, readonly Prefix[]>, report: Report): void {
  const owners = new Map<string, string>();
  for (const [i, guest] of spec.guests.entries()) {
    const prefixes = clouds.get(guest.cloud);
    if (prefixes === undefined) {
      const known = spec.clouds.length === 0 ? "a list 'clouds'" : `one of ${names(spec.clouds)}`;
      report(['guests', i, 'cloud'], `no cloud '${guest.cloud}', expected ${known}`);
    }
    if (guest.host !== undefined && !spec.hosts.some(({ name }) => name === guest.host)) {
      report(['guests', i, 'host'], `no host '${guest.host}', expected one of ${names(spec.hosts)}`);
    }
    checkPort(guest, ['guests', i, 'port'], spec, report);
    for (const [j, text] of (guest.addresses ?? []).entries()) {
      const path = ['guests', i, 'addresses', j];
      const address = parseAddress(text);
      if (address === undefined || !isUnicast(address)) {
        report(path, `'${text}' is no guest's address, expected a plain IP address such as 10.0.0.5`);
        continue;
      }
      if (prefixes !== undefined && !prefixes.some((prefix) => prefixContains(prefix, address))) {
        const inside = prefixes.filter((prefix) => familyOf(prefix.address) === familyOf(address)).map(formatPrefix);
        report(path, `${text} is in no prefix of cloud '${guest.cloud}', expected one in ${inside.join(', ') || 'it'}`);
      }
      const key = `${guest.cloud}/${address}`;
      const owner = owners.get(key);
      if (owner !== undefined) report(path, `${text} is guest '${owner}' in cloud '${guest.cloud}', expected another`);
      owners.set(key, owner ?? guest.name);
    }
  }
}

function checkPort({ host, port, command }: LabSpec['guests'][number], path: KeyPath, spec: LabSpec, report: Report) {
  if (port === 'tap' && command !== undefined) {
    report(path, "'tap' is for a virtual machine, where no command can be run, expected 'tun' or 'veth'");
  }
  const where = spec.hosts.find(({ name, fastPath }) => name === host && fastPath === 'off');
  if (where !== undefined && port !== undefined && port !== 'tun') {
    report(path, `'${port}' needs the fast path, which is off on host '${where.name}', expected 'tun'`);
  }
}

function names(entries: readonly { readonly name: string }[]): string {
  return entries.map(({ name }) => name).join(', ');
}
