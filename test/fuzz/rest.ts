/** Requests made from the API's own OpenAPI document: every route, bodies that fit, that almost fit, that are nothing. */
import fc from 'fast-check';
import inject from 'light-my-request';
import { noKeys } from '../../wire/control.ts';
import { encodeAgentMessage } from '../../wire/control-encode.ts';
import { type Choice, damage } from './choice.ts';
import { certificateOf, FakeSocket, openParts, type Parts } from './parts.ts';
import type { OpenTarget } from './target.ts';

interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body: fc.Arbitrary<unknown> | undefined;
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

const names = ['a', 'b', 'blue', 'red', 'g1', 'g2', 'p1', 'r1', 'encrypt'];
const words = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...names) },
  {
    weight: 4,
    arbitrary: fc.constantFrom('10.0.0.0/24', '10.0.0.5', '10.0.0.300', 'fd00:10::5', 'fd00:10::/64', '198.18.0.7'),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'gni 1.0',
      'gni *',
      'vxlan',
      'integrity',
      'encryption',
      'lz4',
      'tun',
      'same-rack',
      'customer x',
      'area=north',
      '02:00:00:00:00:01',
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 40 }) },
  { weight: 1, arbitrary: fc.constantFrom('', '__proto__', 'A', 'x'.repeat(5000), '\u0000', '🦑', '../..', 'null') },
);
const wholeNumbers = fc.oneof(
  fc.integer({ min: 0, max: 9 }),
  fc.constantFrom(-1, 64, 0xff_ffff, 2 ** 31, 2 ** 53, 1e308),
);

/** Fits in nine of ten places. */
function fitting(schema: Schema): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 30, arbitrary: exact(schema) }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) });
}

function exact(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(fitting));
  switch (schema.type) {
    case 'string':
      return words;
    case 'integer':
      return wholeNumbers;
    case 'number':
      return fc.oneof(wholeNumbers, fc.double());
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(fitting(schema.items ?? {}), { maxLength: 5 });
    case 'object':
      return object(schema);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function object({ properties = {}, patternProperties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
  const [free] = Object.values(patternProperties);
  if (free !== undefined) return fc.dictionary(words, fitting(free), { maxKeys: 4 });
  const model = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, fitting(schema)]));
  const whole = fc.record(model, { requiredKeys: [...required] });
  const odd = fc
    .tuple(whole, words, fc.jsonValue({ maxDepth: 1 }))
    .map(([made, key, value]) => ({ ...made, [key]: value }));
  return fc.oneof({ weight: 30, arbitrary: whole }, { weight: 1, arbitrary: odd });
}

export const openRest: OpenTarget = async () => {
  const parts = await openParts({ api: true });
  await seed(parts);
  const routes = routesOf(parts.api?.swagger() as unknown as OpenApi);
  return {
    turn: async (choice) => {
      const route = choice.of(routes);
      const request = make(route, choice);
      const cpuBefore = process.cpuUsage();
      const status = await ask(parts, request);
      const { user, system } = process.cpuUsage(cpuBefore);
      if (choice.oneIn(50)) parts.clock.advance(choice.of([100, 2000, 40_000]));
      const what = `${request.method} ${request.url} ${request.payload?.toString('latin1').slice(0, 2000) ?? ''}`;
      if (status >= 500 && status !== 503) throw new Error(`answered ${status}`, { cause: what });
      return { tookMs: (user + system) / 1000, what, refused: status >= 400, again: () => alone(request) };
    },
    settle: async () => parts.clock.advance(1000),
    close: parts.close,
  };
};

function routesOf({ paths }: OpenApi): Route[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      // A backup is a file of the machine's, and following packets waits for agents.
      .filter(() => !/store\/backup|traces/.test(path))
      .map(([method, { requestBody }]) => {
        const schema = requestBody?.content['application/json']?.schema;
        return {
          method: method.toUpperCase() as Route['method'],
          path,
          body: schema === undefined ? undefined : fitting(schema),
        };
      }),
  );
}

interface Request {
  readonly method: Route['method'];
  readonly url: string;
  readonly payload: Buffer | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

function make({ method, path, body }: Route, choice: Choice): Request {
  const filled = path.replace(/\{\w+\}/g, () =>
    encodeURIComponent(choice.of([...names, '', 'A', '%', 'x'.repeat(300)])),
  );
  const query = choice.oneIn(4)
    ? `?${choice.of(['vpc', 'host', 'from', 'to', 'at', 'x'])}=${choice.of(names)}&from=a&to=${choice.of(names)}`
    : '';
  const url = choice.oneIn(100) ? damagedUrl(filled + query, choice) : filled + query;
  if (body === undefined) return { method, url, payload: undefined, headers: {} };
  const [value] = fc.sample(body, { seed: choice.below(2 ** 31), numRuns: 1 });
  const payload = damage(Buffer.from(JSON.stringify(value) ?? ''), choice);
  const type = choice.oneIn(100) ? choice.of(['text/plain', 'application/json; charset=x', '']) : 'application/json';
  return { method, url, payload, headers: { 'content-type': type } };
}

/** What no client and no server takes for a path is Node's to refuse, before there is a request. */
function damagedUrl(url: string, choice: Choice): string {
  const parsed = URL.parse(damage(Buffer.from(url), choice).toString('latin1'), 'http://localhost');
  const path = parsed === null ? url : parsed.pathname + parsed.search;
  return path.startsWith('//') ? url : path;
}

async function ask({ handler }: Parts, { method, url, payload, headers }: Request): Promise<number> {
  if (handler === undefined) return 0;
  const { statusCode } = await inject(handler, { method, url, headers, ...(payload === undefined ? {} : { payload }) });
  return statusCode;
}

async function alone(request: Request): Promise<number> {
  const parts = await openParts({ api: true });
  await seed(parts);
  try {
    // Once for what is made at first use.
    await ask(parts, {
      method: 'POST',
      url: '/v1/vpcs',
      payload: Buffer.from('{}'),
      headers: { 'content-type': 'application/json' },
    });
    const before = process.cpuUsage();
    await ask(parts, request);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  } finally {
    await parts.close();
  }
}

/** Two hosts that are connected, a cloud, and a guest on each. */
async function seed({ hub, commands }: Parts): Promise<void> {
  for (const [i, host] of ['a', 'b'].entries()) {
    const socket = new FakeSocket();
    hub.accept(socket.socket, '198.18.0.1', certificateOf(host));
    const hello = encodeAgentMessage(1, {
      kind: 'hello',
      ...{
        host,
        instance: host,
        agentVersion: '0',
        substrateAddresses: [`198.18.0.${i + 1}`],
        udpPort: 6741,
        epoch: 0,
        held: [],
      },
      capabilities: {
        formats: ['gni 1.0', 'gni 3.0'],
        features: ['aes-256-gcm'],
        offloads: [],
        executors: ['engine'],
        ports: ['tun'],
        problems: [],
      },
      keys: noKeys,
      assets: {
        kernel: '',
        operatingSystem: '',
        architecture: '',
        cpus: 2,
        cpuModel: '',
        memoryBytes: 1,
        nics: [],
        labels: { rack: 'r1' },
      },
    });
    socket.emit('message', Buffer.from(hello), true);
  }
  await commands.createVpc({ name: 'blue', prefixes: ['10.0.0.0/24'] });
  await commands.createGuest({ name: 'g1', vpc: 'blue', host: 'a' });
  await commands.createGuest({ name: 'g2', vpc: 'blue', host: 'b' });
}
