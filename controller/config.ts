/** The controller's configuration file: its schema, its defaults, reading it. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { ConfigError, readYaml } from '../wire/config-file.ts';
import { namePattern, ports } from '../wire/limits.ts';
import { type Static, Type } from '../wire/schema.ts';
import { gateRates } from './access/gate.ts';
import { trailLimits } from './access/trail.ts';
import { agentListenLimits, apiListenLimits, type ListenLimits } from './listen-limits.ts';

const closed = { additionalProperties: false } as const;
const Address = Type.String({ description: 'an IP address' });
const Port = Type.Integer({ minimum: 0, maximum: 65_535, description: '0: any free one' });

function Connections(most: number, description: string) {
  return Type.Integer({ minimum: 1, maximum: 100_000, default: most, description: `connections ${description}` });
}

/** Requests a second, and how many at once after a pause. */
function Rate({ perSecond, burst }: { readonly perSecond: number; readonly burst: number }) {
  return Type.Object(
    {
      perSecond: Type.Number({ minimum: 0.01, maximum: 1_000_000, default: perSecond }),
      burst: Type.Integer({ minimum: 1, maximum: 1_000_000, default: burst }),
    },
    { ...closed, default: {} },
  );
}

export const ControllerConfigFile = Type.Object(
  {
    name: Type.String({
      pattern: namePattern,
      default: 'controller',
      description: 'a name of a-z, 0-9 and -, at most 63 characters',
    }),
    stateDirectory: Type.String({ minLength: 1, default: '/var/lib/weft/controller' }),
    /** For agents. */
    listen: Type.Object(
      {
        address: Type.Union([Address, Type.Array(Address, { minItems: 1, maxItems: 16 })], { default: '0.0.0.0' }),
        port: Type.Integer({ ...Port, default: ports.control }),
        connections: Connections(agentListenLimits.connections, 'open at a time'),
        connectionsPerSource: Connections(agentListenLimits.perSource, 'of one address, or IPv6 /64'),
        /** Under which it is reached too: in its certificate beside its addresses. */
        names: Type.Array(
          Type.String({ pattern: '^[A-Za-z0-9.:-]{1,253}$', description: 'a DNS name or an IP address' }),
          { maxItems: 32, default: [] },
        ),
      },
      { ...closed, default: {} },
    ),
    /** For people and programs. */
    api: Type.Object(
      {
        // The path of a Unix socket has 108 bytes with its end (unix(7)).
        socket: Type.String({ minLength: 1, maxLength: 107, default: '/run/weft/controller.sock' }),
        tcp: Type.Optional(
          Type.Object({ address: Type.String({ ...Address, default: '127.0.0.1' }), port: Port }, closed),
        ),
        connections: Connections(apiListenLimits.connections, 'open at a time'),
        connectionsPerSource: Connections(apiListenLimits.perSource, 'of one address, or IPv6 /64'),
        /** Over TCP. */
        rates: Type.Object(
          {
            perSource: Rate(gateRates.perSource),
            perToken: Rate(gateRates.perToken),
            failures: Rate(gateRates.failures),
          },
          { ...closed, default: {} },
        ),
      },
      { ...closed, default: {} },
    ),
    /** How much of the audit log is kept; the oldest entries go first. */
    audit: Type.Object(
      {
        entries: Type.Integer({ minimum: 10, maximum: 1_000_000, default: trailLimits.entries }),
        bytes: Type.Integer({ minimum: 1 << 20, maximum: 1 << 30, default: trailLimits.bytes }),
        /** At most so many of the entries are requests that were refused. */
        refusals: Type.Integer({ minimum: 1, maximum: 1_000_000, default: trailLimits.refusals }),
      },
      { ...closed, default: {} },
    ),
    /** Who is a host of this region. */
    trust: Type.Object(
      {
        /** Of the region's authority, in PEM; both or none: one is made in the state directory. */
        certificate: Type.Optional(Type.String({ pattern: '^/', description: 'an absolute path' })),
        key: Type.Optional(Type.String({ pattern: '^/', description: 'an absolute path' })),
        hostCertificateMs: Type.Integer({
          minimum: 1000,
          maximum: 366 * 86_400_000,
          default: 7 * 86_400_000,
          description: 'how long a host is trusted without being heard; it renews after two thirds of it',
        }),
      },
      { ...closed, default: {} },
    ),
    liveness: Type.Object(
      {
        heartbeatMs: Type.Integer({ minimum: 20, maximum: 60_000, default: 1000 }),
        deadlineMs: Type.Integer({ minimum: 50, maximum: 600_000, default: 3500 }),
      },
      { ...closed, default: {} },
    ),
    metrics: Type.Optional(
      Type.Object({ address: Type.String({ ...Address, default: '127.0.0.1' }), port: Port }, closed),
    ),
    log: Type.Object(
      {
        level: Type.Union(
          (['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const).map((level) => Type.Literal(level)),
          { default: 'info' },
        ),
      },
      { ...closed, default: {} },
    ),
  },
  closed,
);

export type ControllerConfig = Static<typeof ControllerConfigFile>;

/** Throws ConfigError with every mistake and its place. */
export function parseConfig(text: string, fileName: string): ControllerConfig {
  const file = readYaml(text, fileName, ControllerConfigFile);
  if (!file.ok) throw new ConfigError(file.errors);
  const { listen, api, trust, liveness } = file.value;
  const mistakes: string[] = [];
  for (const [i, address] of listenAddresses(file.value).entries()) {
    const path = Array.isArray(listen.address) ? ['listen', 'address', i] : ['listen', 'address'];
    if (isIP(address) === 0) mistakes.push(`${file.at(path)}: '${address}', expected an IP address`);
  }
  if (api.tcp !== undefined && isIP(api.tcp.address) === 0) {
    mistakes.push(`${file.at(['api', 'tcp', 'address'])}: '${api.tcp.address}', expected an IP address`);
  }
  const { metrics } = file.value;
  if (metrics !== undefined && isIP(metrics.address) === 0) {
    mistakes.push(`${file.at(['metrics', 'address'])}: '${metrics.address}', expected an IP address`);
  }
  if ((trust.certificate === undefined) !== (trust.key === undefined)) {
    const [has, lacks] = trust.key === undefined ? ['certificate', 'key'] : ['key', 'certificate'];
    mistakes.push(`${file.at(['trust', has])}: 'trust.${has}' is alone, expected 'trust.${lacks}' with it`);
  }
  if (liveness.deadlineMs < 2 * liveness.heartbeatMs) {
    mistakes.push(
      `${file.at(['liveness', 'deadlineMs'])}: 'liveness.deadlineMs' is ${liveness.deadlineMs}, ` +
        `expected at least twice heartbeatMs (${2 * liveness.heartbeatMs})`,
    );
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return file.value;
}

/** Throws ConfigError, also when there is no such file. */
export function readConfig(fileName: string): ControllerConfig {
  let text: string;
  try {
    text = readFileSync(fileName, 'utf8');
  } catch (error) {
    throw new ConfigError([`${fileName}:1:1: cannot be read (${(error as Error).message}), expected a YAML file`]);
  }
  return parseConfig(text, fileName);
}

export function agentLimits({ listen }: ControllerConfig): ListenLimits {
  return { ...agentListenLimits, connections: listen.connections, perSource: listen.connectionsPerSource };
}

export function apiLimits({ api }: ControllerConfig): ListenLimits {
  return { ...apiListenLimits, connections: api.connections, perSource: api.connectionsPerSource };
}

export function listenAddresses({ listen }: ControllerConfig): readonly string[] {
  return Array.isArray(listen.address) ? listen.address : [listen.address];
}
