/** The agent's configuration: a YAML file, checked against a schema; every mistake with its place. */
import { readFileSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { familyOf, formatPrefix, parseAddress, parsePrefix } from '../wire/address.ts';
import { ConfigError, readYaml } from '../wire/config-file.ts';
import { type OfferedFeature, offeredFeatures } from '../wire/encapsulation.ts';
import { type FormatName, layouts } from '../wire/formats/index.ts';
import { controlPath, limits, namePattern, ports } from '../wire/limits.ts';
import { type Static, Type } from '../wire/schema.ts';
import { logLevels } from './log.ts';

const closed = { additionalProperties: false } as const;
const Switch = Type.Union([Type.Literal('auto'), Type.Literal('off')], { default: 'auto' });
const ForeignSwitch = Type.Union([Type.Literal('auto'), Type.Literal('on'), Type.Literal('off')], { default: 'off' });
const fastPathModes = ['auto', 'tc', 'xdp', 'off'] as const;
const AbsolutePath = { pattern: '^/', description: 'an absolute path' } as const;

export const AgentConfigFile = Type.Object(
  {
    host: Type.Optional(Type.String({ pattern: namePattern, description: 'a name of a-z, 0-9 and -' })),
    controllers: Type.Array(Type.String({ description: 'wss://ADDRESS:PORT' }), { minItems: 1, maxItems: 16 }),
    joinTokenFile: Type.Optional(Type.String(AbsolutePath)),
    substrate: Type.Object(
      {
        addresses: Type.Array(Type.String({ description: 'an IP address of this host' }), { minItems: 1, maxItems: 2 }),
      },
      closed,
    ),
    udpPort: Type.Integer({ minimum: 1, maximum: 65_535, default: ports.data }),
    stateDirectory: Type.String({ ...AbsolutePath, default: '/var/lib/weft/agent' }),
    statusSocket: Type.String({ ...AbsolutePath, default: '/run/weft/agent.sock', maxLength: 107 }),
    namespacePrefix: Type.String({
      pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
      description: 'a beginning of names, of a-z, 0-9 and -, such as weft-',
      default: 'weft-',
    }),
    labels: Type.Record(
      Type.String({ pattern: namePattern }),
      Type.String({ maxLength: limits.textLength, description: 'text; put numbers in quotes' }),
      { default: {}, maxProperties: limits.labelsPerHost },
    ),
    formats: Type.Optional(
      Type.Array(Type.Union(layouts.map(({ name }) => Type.Literal(name))), { minItems: 1, uniqueItems: true }),
    ),
    features: Type.Optional(
      Type.Array(Type.Union(offeredFeatures.map((word) => Type.Literal(word))), { minItems: 0, uniqueItems: true }),
    ),
    foreign: Type.Object({ vxlan: ForeignSwitch, geneve: ForeignSwitch }, { ...closed, default: {} }),
    gni6: Type.Optional(Type.Object({ prefix: Type.String({ description: 'an IPv6 prefix of length 64' }) }, closed)),
    keys: Type.Object(
      {
        rotateMs: Type.Integer({ minimum: 1000, maximum: 86_400_000, default: 900_000 }),
        directory: Type.Optional(
          Type.String({ pattern: '^(/.*|none)$', description: "an absolute path, on a tmpfs, or 'none'" }),
        ),
      },
      { ...closed, default: {} },
    ),
    workers: Type.Integer({ minimum: 1, maximum: 64, default: Math.min(availableParallelism(), 4) }),
    offloads: Type.Object({ udpGso: Switch, udpGro: Switch, tso: Switch, uso: Switch }, { ...closed, default: {} }),
    fastPath: Type.Object(
      {
        mode: Type.Union(
          fastPathModes.map((mode) => Type.Literal(mode)),
          { default: 'auto' },
        ),
        directory: Type.String({ ...AbsolutePath, default: '/sys/fs/bpf/weft' }),
        sizes: Type.Object(
          {
            locations: Type.Integer({ minimum: 16, maximum: 1 << 24, default: 262_144 }),
            peers: Type.Integer({ minimum: 16, maximum: 65_536, default: 4096 }),
            pairs: Type.Integer({ minimum: 16, maximum: 1 << 24, default: 65_536 }),
          },
          { ...closed, default: {} },
        ),
        flowSampling: Type.Integer({ minimum: 0, maximum: 0xffff_ffff, default: 0 }),
      },
      { ...closed, default: {} },
    ),
    firstPacket: Type.Object(
      {
        queueBytes: Type.Integer({ minimum: 0, maximum: 1 << 30, default: 1 << 20 }),
        packetsPerAddress: Type.Integer({ minimum: 0, maximum: 65_536, default: 64 }),
        deadlineMs: Type.Integer({ minimum: 10, maximum: 60_000, default: 2000 }),
      },
      { ...closed, default: {} },
    ),
    probe: Type.Object(
      { intervalMs: Type.Integer({ minimum: 100, maximum: 3_600_000, default: 10_000 }) },
      { ...closed, default: {} },
    ),
    flows: Type.Optional(
      Type.Object(
        {
          sampling: Type.Integer({ minimum: 1, maximum: 0xffff_ffff, default: 1000 }),
          file: Type.Optional(Type.String(AbsolutePath)),
          maxBytes: Type.Integer({ minimum: 1 << 20, maximum: 1 << 30, default: 64 << 20 }),
          files: Type.Integer({ minimum: 1, maximum: 100, default: 4 }),
        },
        closed,
      ),
    ),
    metrics: Type.Optional(
      Type.Object(
        {
          address: Type.String({ default: '127.0.0.1', description: 'an IP address of this host' }),
          port: Type.Integer({ minimum: 1, maximum: 65_535 }),
        },
        closed,
      ),
    ),
    log: Type.Object(
      {
        level: Type.Union(
          logLevels.map((level) => Type.Literal(level)),
          { default: 'info' },
        ),
      },
      { ...closed, default: {} },
    ),
  },
  closed,
);
type File = Static<typeof AgentConfigFile>;

/** The file's keys with defaults filled in and addresses in their canonical spelling. */
export interface AgentConfig extends Omit<File, 'host' | 'formats' | 'features' | 'substrate' | 'keys'> {
  readonly host: string;
  /** Whole URLs, with the control protocol's path. */
  readonly controllers: string[];
  readonly substrateAddresses: readonly string[];
  readonly keys: {
    readonly rotateMs: number;
    /** Where private keys outlive the agent's process, but not the machine; undefined: nowhere. */
    readonly directory: string | undefined;
  };
  /** Operator's mask; undefined: all that the data plane has. */
  readonly formats: readonly FormatName[] | undefined;
  /** Operator's mask; undefined: all that the data plane has. */
  readonly features: readonly OfferedFeature[] | undefined;
}

/** What may change while the agent runs. */
export type LiveConfig = Pick<AgentConfig, 'formats' | 'features' | 'labels'>;

/** Throws a ConfigError whose message names file, line and column of every mistake. */
export function readAgentConfig(file: string): AgentConfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError([`${file}: cannot be read (${(error as Error).message}), expected the agent's YAML file`]);
  }
  return parseAgentConfig(text, file, hostname());
}

export function parseAgentConfig(text: string, file: string, machineName: string): AgentConfig {
  const read = readYaml(text, file, AgentConfigFile);
  if (!read.ok) throw new ConfigError(read.errors);
  const { host, substrate, formats, features, keys, ...rest } = read.value;
  const errors: string[] = [];
  const mistake = (path: readonly (string | number)[], what: string) => errors.push(`${read.at(path)}: ${what}`);

  const controllers = rest.controllers.map((url, i) => {
    const whole = controllerUrl(url);
    const instead = /^ws:/i.test(url) ? 'nothing is said without TLS, expected' : 'expected';
    if (whole === undefined) mistake(['controllers', i], `'${url}' is no controller, ${instead} wss://ADDRESS:PORT`);
    return whole ?? url;
  });
  const substrateAddresses = substrate.addresses.map((written, i) => {
    const address = parseAddress(written);
    if (address === undefined) mistake(['substrate', 'addresses', i], `'${written}' is no IP address, expected one`);
    return address ?? written;
  });
  if (rest.metrics !== undefined && parseAddress(rest.metrics.address) === undefined)
    mistake(['metrics', 'address'], `'${rest.metrics.address}' is no IP address, expected one such as 127.0.0.1`);
  const families = substrateAddresses.map(familyOf);
  if (families.length === 2 && families[0] === families[1])
    mistake(['substrate', 'addresses', 1], `a second IPv${families[1]} address, expected one per family at most`);
  const gni6Prefix = rest.gni6 && parsePrefix(rest.gni6.prefix);
  if (rest.gni6 !== undefined && (gni6Prefix?.length !== 64 || familyOf(gni6Prefix.address) !== 6))
    mistake(
      ['gni6', 'prefix'],
      `'${rest.gni6.prefix}' is no IPv6 prefix of length 64, expected one such as fd06:0:0:1::/64`,
    );
  if (rest.gni6 !== undefined && !families.includes(6))
    mistake(['gni6'], 'gni6 needs an IPv6 substrate address, expected one among substrate.addresses');
  const name = host ?? machineName.toLowerCase().split('.')[0] ?? '';
  if (!new RegExp(namePattern).test(name))
    mistake(
      [],
      `the machine's name '${machineName}' cannot be the host's, expected key 'host' with a name of a-z, 0-9 and -`,
    );

  if (errors.length > 0) throw new ConfigError(errors);
  return {
    ...rest,
    ...(gni6Prefix === undefined ? {} : { gni6: { prefix: formatPrefix(gni6Prefix) } }),
    host: name,
    controllers,
    substrateAddresses,
    keys: { rotateMs: keys.rotateMs, directory: keysDirectory(keys.directory, rest.statusSocket, name) },
    formats: formats as FormatName[] | undefined,
    features: features as OfferedFeature[] | undefined,
  };
}

/** Beside the status socket, which is on a tmpfs on most machines. */
function keysDirectory(written: string | undefined, statusSocket: string, host: string): string | undefined {
  return written === 'none' ? undefined : (written ?? join(dirname(statusSocket), `keys-${host}`));
}

function controllerUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== 'wss:' || url.hostname === '' || url.username !== '' || url.search !== '' || url.hash !== '')
    return undefined;
  if (url.port === '') url.port = String(ports.control);
  if (url.pathname === '/') url.pathname = controlPath;
  return url.href;
}
