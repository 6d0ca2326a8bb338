/** The REST API over a real Unix socket, with a whole controller behind it. */
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { derivedMac } from '../../wire/ethernet.ts';
import { parseConfig } from '../config.ts';
import { startController } from '../start.ts';
import { type Answer, send, TestController } from '../test-controller.ts';

let controller: TestController;
beforeEach(async () => {
  controller = await TestController.start();
});
afterEach(() => controller.remove());

const raw = (method: string, path: string, body?: string) => send(controller.controller.apiSocket, method, path, body);
const error = (status: number, code: string, message: string | RegExp): unknown => ({
  status,
  body: { code, message: typeof message === 'string' ? message : expect.stringMatching(message) },
});

describe('virtual clouds', () => {
  it('are created, read, listed and deleted', async () => {
    const created = await controller.post('/v1/vpcs', { name: 'blue', prefixes: ['10.0.0.0/24'], customer: 'amber' });
    const blue = { name: 'blue', gni: 1, prefixes: ['10.0.0.0/24'], customer: 'amber', guests: 0, revision: 2 };
    expect(created).toEqual({ status: 201, body: blue });
    expect(await controller.get('/v1/vpcs/blue')).toEqual({ status: 200, body: blue });
    await controller.vpc('amber');
    expect((await controller.get('/v1/vpcs')).body.items.map(({ name }) => name)).toEqual(['amber', 'blue']);
    expect(await controller.delete('/v1/vpcs/blue')).toEqual({ status: 204, body: undefined });
    expect(await controller.get('/v1/vpcs/blue')).toEqual(error(404, 'unknown', "vpc 'blue' does not exist"));
  });

  it('may have the same addresses, never the same GNI', async () => {
    await controller.vpc('blue');
    await controller.vpc('red');
    const { body } = await controller.get('/v1/vpcs');
    expect(body.items.map(({ gni }) => gni)).toEqual([1, 2]);
    expect(await controller.post('/v1/vpcs', { name: 'green', prefixes: ['10.0.0.0/24'], gni: 2 })).toEqual(
      error(409, 'taken', "GNI 2 is taken by vpc 'red': choose another one or leave it out"),
    );
    await controller.delete('/v1/vpcs/blue');
    expect(await controller.vpc('green')).toBe(1);
  });

  it('are not deleted while they have guests', async () => {
    await controller.agent('a');
    await controller.vpc('blue');
    await controller.guest('a1', 'a');
    await controller.guest('a2', 'a');
    expect(await controller.delete('/v1/vpcs/blue')).toEqual(
      error(409, 'in-use', "vpc 'blue' has 2 guests (a1, a2): delete them first"),
    );
    expect(await controller.delete('/v1/hosts/a')).toEqual(
      error(409, 'in-use', "host 'a' has 2 guests (a1, a2): delete them first"),
    );
  });
});

describe('guests', () => {
  beforeEach(async () => {
    await controller.vpc('blue', ['10.0.0.0/24', 'fd00::/64']);
  });

  it('get the next free addresses and the least loaded host', async () => {
    await controller.agent('a');
    await controller.agent('b');
    const answers: Answer[] = [];
    for (const name of ['g1', 'g2', 'g3']) answers.push(await controller.post('/v1/guests', { name, vpc: 'blue' }));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(answers.map(({ body }) => [body.host, ...body.addresses])).toEqual([
      ['a', '10.0.0.2/24', 'fd00::2/64'],
      ['b', '10.0.0.3/24', 'fd00::3/64'],
      ['a', '10.0.0.4/24', 'fd00::4/64'],
    ]);
    expect(answers[0]?.body).toMatchObject({ vpc: 'blue', gni: 1, phase: 'pending' });
  });

  it('go where what they require and desire is, or nowhere', async () => {
    await controller.agent('a', { formats: ['gni 1.0'] });
    await controller.agent('b', { formats: ['gni 1.0', 'gni 1.1'] });
    const create = (name: string, wanted: object) => controller.post('/v1/guests', { name, vpc: 'blue', ...wanted });
    expect((await create('g1', { require: ['gni 1.1'] })).body.host).toBe('b');
    expect((await create('g2', { require: ['gni 1.0'], desire: ['gni 1.1'] })).body.host).toBe('b');
    expect((await create('g3', { require: ['gni 1.0'], desire: ['encryption'] })).body.host).toBe('a');
    expect(await create('g4', { require: ['encryption', 'gni 1.0'] })).toEqual(
      error(503, 'no-host', "no host for guest 'g4': a does not have encryption; b does not have encryption"),
    );
    expect(await create('g4', { host: 'a', require: ['gni 1.1'] })).toEqual(
      error(503, 'no-host', "host 'a' cannot take guest 'g4': does not have gni 1.1"),
    );
    expect(await create('g4', { require: ['GNI'] })).toMatchObject({ status: 400 });
  });

  it('go where the port that they ask for can be had, and keep it', async () => {
    await controller.agent('a');
    const b = await controller.agent('b', { executors: ['engine', 'tc'], ports: ['tun', 'veth', 'tap'] });
    const create = (name: string, wanted: object) => controller.post('/v1/guests', { name, vpc: 'blue', ...wanted });
    expect(await create('g1', { port: 'veth' })).toMatchObject({ status: 201, body: { host: 'b', port: 'veth' } });
    await b.until(() => b.get('guest', 'g1')?.port === 'veth');
    expect((await create('g2', { host: 'a' })).body).not.toHaveProperty('port');
    expect(await create('g3', { host: 'a', port: 'tap' })).toEqual(
      error(503, 'no-host', "host 'a' cannot take guest 'g3': has no tap ports"),
    );
    expect(await create('g1', { port: 'tun' })).toEqual(
      error(409, 'exists', /^guest 'g1' exists already, in vpc 'blue': a guest keeps its port, so delete it/),
    );
    expect(await create('g1', { port: 'veth' })).toEqual(
      error(409, 'exists', "guest 'g1' exists already, in vpc 'blue'"),
    );
    expect(await create('g4', { port: 'tap', command: ['sleep', '9'] })).toEqual(
      error(400, 'invalid', /^guest 'g4' with a tap port is a virtual machine, where no command can be run/),
    );
    expect(await create('g4', { port: 'macvlan' })).toEqual(
      error(400, 'invalid', "'port' must be one of tun, veth, tap"),
    );
  });

  it('have the port that their host says it made', async () => {
    const a = await controller.agent('a', { ports: ['tun', 'veth'] });
    await controller.guest('g1', 'a');
    a.send({ kind: 'guestStates', guests: [{ guest: 'g1', phase: 'running', detail: '', mtu: 1400, port: 'veth' }] });
    await a.flush();
    const { body } = await controller.get('/v1/guests/g1');
    expect(body).toMatchObject({ phase: 'running', port: 'veth' });
    expect(body).not.toHaveProperty('mac');
  });

  it('that are virtual machines are told the Ethernet address that all hosts derive', async () => {
    await controller.agent('a', { ports: ['tun', 'veth', 'tap'] });
    const vm = { name: 'vm', vpc: 'blue', port: 'tap', addresses: ['10.0.0.9'] };
    expect((await controller.post('/v1/guests', vm)).body).toMatchObject({ mac: derivedMac('10.0.0.9'), port: 'tap' });
    expect((await controller.get('/v1/guests/vm')).body.phase).toBe('pending');
  });

  it('that are created all at once are spread, and no address is given twice', async () => {
    await controller.agent('a');
    await controller.agent('b');
    const names = Array.from({ length: 20 }, (_, i) => `g${i}`);
    const answers = await Promise.all(names.map((name) => controller.post('/v1/guests', { name, vpc: 'blue' })));
    expect(new Set(answers.flatMap(({ body }) => body.addresses)).size).toBe(40);
    const { items } = (await controller.get('/v1/hosts')).body;
    expect(items.map(({ guests }) => guests)).toEqual([10, 10]);
  });

  it('are filtered by cloud and host', async () => {
    await controller.agent('a');
    await controller.agent('b');
    await controller.vpc('red');
    await controller.guest('g1', 'a');
    await controller.guest('g2', 'b');
    await controller.guest('g3', 'b', { vpc: 'red' });
    const names = async (query: string) =>
      (await controller.get(`/v1/guests${query}`)).body.items.map(({ name }) => name);
    expect(await names('')).toEqual(['g1', 'g2', 'g3']);
    expect(await names('?vpc=blue')).toEqual(['g1', 'g2']);
    expect(await names('?host=b')).toEqual(['g2', 'g3']);
    expect(await names('?vpc=blue&host=b')).toEqual(['g2']);
    expect(await names('?vpc=none')).toEqual([]);
    const { items } = (await controller.get('/v1/mappings?vpc=red')).body;
    expect(items).toMatchObject([{ gni: 2, vpc: 'red', address: '10.0.0.2', host: 'b', guest: 'g3', subscribers: 0 }]);
  });

  it('are refused with the reason and what to do', async () => {
    await controller.agent('a');
    await controller.guest('a1', 'a', { addresses: ['10.0.0.5'], command: ['sleep', '1'] });
    expect((await controller.get('/v1/guests/a1')).body.command).toEqual(['sleep', '1']);
    const refused: [unknown, unknown][] = [
      [{ name: 'a1', vpc: 'blue' }, error(409, 'exists', "guest 'a1' exists already, in vpc 'blue'")],
      [
        { name: 'a2', vpc: 'blue', addresses: ['10.0.0.5'] },
        error(409, 'taken', "address 10.0.0.5 is taken in vpc 'blue' by guest 'a1'"),
      ],
      [{ name: 'a2', vpc: 'none' }, error(404, 'unknown', "vpc 'none' does not exist: create it first")],
      [
        { name: 'a2', vpc: 'blue', host: 'x' },
        error(404, 'unknown', "host 'x' is not known (known are a): start its agent first"),
      ],
      [
        { name: 'a2', vpc: 'blue', command: Array.from({ length: 64 }, () => 'x'.repeat(4096)) },
        error(400, 'invalid', 'the command has 262144 bytes; the limit is 131072'),
      ],
    ];
    for (const [request, answer] of refused) expect(await controller.post('/v1/guests', request)).toEqual(answer);
    expect(await controller.delete('/v1/guests/a9')).toEqual(error(404, 'unknown', "guest 'a9' does not exist"));
    expect((await controller.get('/v1/guests')).body.items).toHaveLength(1);
  });

  it('are refused while no host is there', async () => {
    expect(await controller.post('/v1/guests', { name: 'g', vpc: 'blue' })).toEqual(
      error(503, 'no-host', "no host for guest 'g': none has ever connected, start an agent"),
    );
  });
});

describe('bad requests', () => {
  const vpc = { name: 'blue', prefixes: ['10.0.0.0/24'] };
  const bad: [title: string, body: string, message: string | RegExp][] = [
    ['JSON that is none', '{', /JSON/],
    ['nothing', '', /.+/],
    ['another type', '[]', 'the body must be object'],
    ['a missing key', '{"name":"blue"}', "the body lacks the key 'prefixes'"],
    ['an unknown key', JSON.stringify({ ...vpc, colour: 'red' }), "the body has an unknown key 'colour'"],
    ['a number for text', JSON.stringify({ ...vpc, name: 5 }), "'name' must be string"],
    ['text for a number', JSON.stringify({ ...vpc, gni: '5' }), "'gni' must be integer"],
    ['a GNI out of bounds', JSON.stringify({ ...vpc, gni: 0 }), "'gni' must be >= 1"],
    [
      'a name that is none',
      JSON.stringify({ ...vpc, name: 'Blue' }),
      "'name' is not a name: use a-z, 0-9 and -, at most 63 characters",
    ],
    ['a prefix that is none', JSON.stringify({ ...vpc, prefixes: ['x'] }), /'x' is not a prefix/],
    ['no prefixes', JSON.stringify({ ...vpc, prefixes: [] }), /'prefixes' must NOT have fewer than 1 items/],
  ];
  it.each(bad)('with %s are refused and change nothing', async (_title, body, message) => {
    expect(await raw('POST', '/v1/vpcs', body)).toEqual(error(400, 'invalid', message));
    expect((await controller.get('/v1/vpcs')).body.items).toEqual([]);
  });

  it('that are too large are refused', async () => {
    const body = JSON.stringify({ ...vpc, customer: 'x'.repeat(2 << 20) });
    expect(await raw('POST', '/v1/vpcs', body)).toMatchObject({ status: 413, body: { code: 'invalid' } });
  });

  it('to what is not there say where to look', async () => {
    expect(await controller.get('/v1/nothing')).toEqual(
      error(404, 'unknown', 'GET /v1/nothing is not part of the API: see /v1/openapi.json'),
    );
    expect(await raw('PUT', '/v1/vpcs', '{}')).toMatchObject({ status: 404 });
  });

  it('with a path that is no path are refused in the same shape', async () => {
    const long = await controller.get(`/v1/guests/${'x'.repeat(400)}`);
    const broken = await controller.get('/v1/guests/%E0%A4%A');
    for (const { status, body } of [long, broken]) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(body).toEqual({ code: 'invalid', message: expect.any(String) });
    }
  });

  it('to routes that do not exist are told so, whatever their query', async () => {
    for (const [method, path] of [
      ['POST', '/v1/nonsense?dryRun=true'],
      ['DELETE', '/v1/vpcs?x=1'],
      ['OPTIONS', '/v1/vpcs?x=1'],
    ] as const) {
      expect(await raw(method, path)).toMatchObject({ status: 404, body: { code: 'unknown' } });
    }
  });

  it('with filters that are not known, or twice, are refused', async () => {
    expect(await controller.get('/v1/guests?vcp=x')).toEqual(
      error(400, 'invalid', "unknown filter 'vcp': filters are vpc, host, phase"),
    );
    expect(await controller.get('/v1/guests?vpc=x&vpc=y')).toEqual(
      error(400, 'invalid', "filter 'vpc' is given more than once"),
    );
    expect(await controller.get('/v1/selections?x=1')).toEqual(
      error(400, 'invalid', "unknown filter 'x': this list has no filters"),
    );
  });
});

describe('the API', () => {
  it('shows the status', async () => {
    await controller.agent('a');
    expect(await controller.get('/v1/status')).toEqual({
      status: 200,
      body: {
        name: 'controller',
        version: expect.any(String),
        epoch: 1,
        startedMs: expect.any(Number),
        revision: expect.any(Number),
        hosts: { known: 1, connected: 1 },
        vpcs: 0,
        guests: 0,
        mappings: 0,
        subscriptions: 0,
        events: [{ timeMs: expect.any(Number), host: 'a', code: 'host-connected', detail: expect.any(String) }],
      },
    });
  });

  it('publishes itself as OpenAPI', async () => {
    const { body } = await controller.get('/v1/openapi.json');
    expect(body.openapi).toMatch(/^3\./);
    expect(Object.keys(body.paths).sort()).toEqual([
      '/v1/access-tokens',
      '/v1/access-tokens/{name}',
      '/v1/apply',
      '/v1/audit',
      '/v1/events',
      '/v1/explain',
      '/v1/guests',
      '/v1/guests/{name}',
      '/v1/hosts',
      '/v1/hosts/{name}',
      '/v1/hosts/{name}/revoke',
      '/v1/hosts/{name}/rotate-keys',
      '/v1/join-tokens',
      '/v1/join-tokens/{id}',
      '/v1/mappings',
      '/v1/policies',
      '/v1/policies/{name}',
      '/v1/rollouts',
      '/v1/rollouts/{name}',
      '/v1/rollouts/{name}/abort',
      '/v1/rollouts/{name}/pause',
      '/v1/rollouts/{name}/resume',
      '/v1/selections',
      '/v1/status',
      '/v1/store',
      '/v1/store/backup',
      '/v1/store/settle',
      '/v1/traces',
      '/v1/vpcs',
      '/v1/vpcs/{name}',
    ]);
    const post = body.paths['/v1/vpcs']?.post;
    expect(post?.requestBody.content['application/json']?.schema).toEqual({ $ref: '#/components/schemas/VpcRequest' });
    expect(Object.keys(post?.responses ?? {})).toEqual([
      '201',
      '400',
      '401',
      '403',
      '404',
      '409',
      '429',
      '503',
      'default',
    ]);
  });

  it('keeps what it acknowledged across a restart', async () => {
    await controller.agent('a');
    await controller.vpc('blue');
    await controller.guest('g1', 'a');
    const before = await Promise.all([controller.get('/v1/vpcs'), controller.get('/v1/guests')]);
    await controller.restart();
    expect(await Promise.all([controller.get('/v1/vpcs'), controller.get('/v1/guests')])).toEqual(before);
  });
});

describe('the socket', () => {
  it('is its owner’s alone', () => {
    expect(statSync(controller.controller.apiSocket).mode & 0o777).toBe(0o600);
  });

  const start = (socket: string, settings = '') =>
    startController(
      parseConfig(
        `{stateDirectory: ${controller.directory}/other, listen: {address: 127.0.0.1, port: 0}, log: {level: silent}, ` +
          `api: {socket: ${socket}${settings}}}`,
        'c.yaml',
      ),
    );

  it('of a living controller is not taken over', async () => {
    await expect(start(controller.controller.apiSocket)).rejects.toThrow(
      /another controller is running: it answers on/,
    );
    expect((await controller.get('/v1/status')).status).toBe(200);
  });

  it('of a dead one is replaced', async () => {
    const path = join(controller.directory, 'stale.sock');
    // A socket file that nobody listens on stays behind when a process is killed.
    const program = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', program]);
    expect(statSync(path).isSocket()).toBe(true);
    const other = await start(path);
    expect((await send(path, 'GET', '/v1/status')).status).toBe(200);
    await other.close();
  });

  it('does not replace another file', async () => {
    const path = join(controller.directory, 'file');
    writeFileSync(path, 'mine');
    await expect(start(path)).rejects.toThrow(/another file is there; move it away/);
  });

  it('may have a TCP port beside it, which says so when it is taken', async () => {
    const other = await start(join(controller.directory, 'o.sock'), ', tcp: {port: 0}');
    const port = other.apiPort ?? 0;
    const ca = readFileSync(join(controller.directory, 'other/region-ca.crt'));
    const status = await new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, path: '/v1/status', ca, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .once('error', reject)
        .end();
    });
    // Who asks is not known there, unlike behind the socket.
    expect(status).toBe(401);
    await other.close();

    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', resolve));
    await expect(start(join(controller.directory, 'p.sock'), `, tcp: {port: ${port}}`)).rejects.toThrow(
      `cannot listen on 127.0.0.1:${port}: another program does; stop it or set another port`,
    );
    await new Promise((resolve) => taken.close(resolve));
  });
});
