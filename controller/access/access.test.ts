/** Who may do what over TCP: every route, every role, on what is theirs and on what is another's. */
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roles as everyRole, type Role } from '../../wire/access.ts';
import type { Keys } from '../../wire/control.ts';
import { publicText, signKey } from '../../wire/keys.ts';
import { createApi } from '../api/api.ts';
import { routesOf } from '../api/guard.ts';
import { type Answer, sendAs, TestController } from '../test-controller.ts';
import { permissions, routes, scopeOf } from './permissions.ts';

const unhurried = '{ perSecond: 1e5, burst: 100000 }';
let controller: TestController;
const tokens = new Map<string, string>();

const asked = (who: string, method: string, path: string, body?: unknown): Promise<Answer> =>
  sendAs({ port: controller.controller.apiPort ?? 0, token: tokens.get(who) }, method, path, body);

async function makeToken(name: string, role: Role, customer?: string): Promise<void> {
  const { status, body } = await controller.post('/v1/access-tokens', { name, role, customer });
  if (status !== 201) throw new Error(JSON.stringify(body));
  tokens.set(name, (body as unknown as { token: string }).token);
}

const roles = { administrator: 'admin', operator: 'op', customer: 'amber', 'read-only': 'reader' } as const;

beforeAll(async () => {
  controller = await TestController.start(
    '',
    undefined,
    `, tcp: { port: 0 }, rates: { perSource: ${unhurried}, perToken: ${unhurried} }`,
  );
  const a = await controller.agent('a', {
    features: ['aes-256-gcm'],
    formats: ['gni 1.1', 'gni 3.0'],
    keys: keysOf('a'),
  });
  await controller.agent('b');
  for (const customer of ['amber', 'bolt']) {
    const vpc = `${customer}-net`;
    await controller.post('/v1/vpcs', { name: vpc, prefixes: ['10.0.0.0/24'], customer });
    for (const [i, host] of ['a', 'b'].entries()) await controller.guest(`${customer}${i + 1}`, host, { vpc });
    const policy = {
      name: `${customer}-calm`,
      author: `customer ${customer}`,
      effect: 'forbid',
      capabilities: ['gni 1.0'],
    };
    await controller.post('/v1/policies', policy);
  }
  await controller.vpc('staff-net');
  await controller.post('/v1/policies', { name: 'admins', effect: 'forbid', capabilities: ['gni 1.0'] });
  for (const [role, name] of Object.entries(roles)) {
    await makeToken(name, role as Role, role === 'customer' ? 'amber' : undefined);
  }
  await makeToken('bolt', 'customer', 'bolt');
  await a.until(() => a.get('guest', 'amber1') !== undefined);
});
afterAll(() => controller.remove());

function keysOf(host: string): Keys {
  const identity = generateKeyPairSync('ed25519');
  const publicKey = publicText(generateKeyPairSync('x25519').publicKey);
  const signature = signKey(identity.privateKey, { host, epoch: 5, publicKey });
  return { identity: publicText(identity.publicKey), epochs: [{ epoch: 5, publicKey, signature }] };
}

type Whose = 'own' | 'foreign' | 'missing';
const owner = { own: 'amber', foreign: 'bolt', missing: 'none' } as const;
let count = 0;
const fresh = () => `new${count++}`;

/** What is asked of every route, by whose things it is about. */
const samples: Readonly<Record<string, (whose: Whose) => readonly [path: string, body?: unknown]>> = {
  'GET /v1/openapi.json': () => ['/v1/openapi.json'],
  'GET /v1/status': () => ['/v1/status'],
  'GET /v1/vpcs': () => ['/v1/vpcs'],
  'POST /v1/vpcs': (w) => ['/v1/vpcs', { name: fresh(), prefixes: ['10.9.0.0/24'], customer: owner[w] }],
  'GET /v1/vpcs/:name': (w) => [`/v1/vpcs/${owner[w]}-net`],
  'DELETE /v1/vpcs/:name': (w) => [`/v1/vpcs/${owner[w]}-net`],
  'GET /v1/guests': (w) => [`/v1/guests?vpc=${owner[w]}-net`],
  'POST /v1/guests': (w) => ['/v1/guests', { name: fresh(), vpc: `${owner[w]}-net` }],
  'GET /v1/guests/:name': (w) => [`/v1/guests/${owner[w]}1`],
  'DELETE /v1/guests/:name': (w) => [`/v1/guests/${w === 'own' ? 'amber2' : `${owner[w]}1`}`],
  'GET /v1/hosts': () => ['/v1/hosts'],
  'POST /v1/hosts': () => ['/v1/hosts', { name: fresh(), address: `198.18.9.${count}`, framework: 'vxlan' }],
  'GET /v1/hosts/:name': () => ['/v1/hosts/a'],
  'DELETE /v1/hosts/:name': () => ['/v1/hosts/a'],
  'POST /v1/hosts/:name/rotate-keys': () => ['/v1/hosts/a/rotate-keys', {}],
  'POST /v1/hosts/:name/revoke': () => ['/v1/hosts/none/revoke', {}],
  'GET /v1/join-tokens': () => ['/v1/join-tokens'],
  'POST /v1/join-tokens': () => ['/v1/join-tokens', { host: fresh() }],
  'DELETE /v1/join-tokens/:id': () => ['/v1/join-tokens/none'],
  'GET /v1/policies': () => ['/v1/policies'],
  'POST /v1/policies': (w) => ['/v1/policies', policy(fresh(), `customer ${owner[w]}`)],
  'GET /v1/policies/:name': (w) => [`/v1/policies/${owner[w]}-calm`],
  'PUT /v1/policies/:name': () => {
    const name = fresh();
    return [`/v1/policies/${name}`, policy(name, 'customer amber')];
  },
  'DELETE /v1/policies/:name': (w) => [`/v1/policies/${owner[w]}-calm`],
  'POST /v1/apply': (w) => ['/v1/apply', { guests: [{ name: fresh(), vpc: `${owner[w]}-net` }] }],
  'GET /v1/mappings': (w) => [`/v1/mappings?vpc=${owner[w]}-net`],
  'GET /v1/selections': () => ['/v1/selections'],
  'GET /v1/rollouts': () => ['/v1/rollouts'],
  'POST /v1/rollouts': () => ['/v1/rollouts', { name: 'wrong', batchHosts: 1, batchPercent: 1 }],
  'GET /v1/rollouts/:name': () => ['/v1/rollouts/none'],
  'GET /v1/store': () => ['/v1/store'],
  'POST /v1/store/backup': () => ['/v1/store/backup'],
  'POST /v1/store/settle': () => ['/v1/store/settle'],
  'POST /v1/rollouts/:name/pause': () => ['/v1/rollouts/none/pause', {}],
  'POST /v1/rollouts/:name/resume': () => ['/v1/rollouts/none/resume', {}],
  'POST /v1/rollouts/:name/abort': () => ['/v1/rollouts/none/abort', {}],
  'GET /v1/explain': (w) => [`/v1/explain?from=${owner[w]}1&to=amber2`],
  'POST /v1/traces': (w) => ['/v1/traces', { guest: 'amber1', to: `${owner[w]}2`, dryRun: true }],
  'GET /v1/access-tokens': () => ['/v1/access-tokens'],
  'POST /v1/access-tokens': () => ['/v1/access-tokens', { name: fresh(), role: 'read-only' }],
  'DELETE /v1/access-tokens/:name': () => ['/v1/access-tokens/none'],
  'GET /v1/audit': () => ['/v1/audit'],
  'GET /v1/events': () => ['/v1/events'],
  'GET /metrics': () => ['/metrics'],
  'GET /healthz': () => ['/healthz'],
  'GET /readyz': () => ['/readyz'],
};

function policy(name: string, author: string) {
  return { name, author, effect: 'forbid', capabilities: ['gni 1.0'] };
}

const methodOf = (route: string) => route.split(' ', 1)[0] ?? '';
const ask = (who: string, route: string, whose: Whose) => {
  const [path, body] = samples[route]?.(whose) ?? [''];
  return asked(who, methodOf(route), path, body);
};
/** Answers to another's name and to none differ in the name only. */
const nameless = ({ status, body }: Answer) => ({
  status,
  body: JSON.stringify(body).replaceAll(/bolt|none|new\d+|"revision":\d+,?/g, 'NAME'),
});

describe('the table of permissions', () => {
  it('has a row for every route of the API, and no other', async () => {
    const app = await createApi({
      sources: { state: {}, hub: { onTraced: () => undefined } },
      log: pino({ level: 'silent' }),
    } as unknown as Parameters<typeof createApi>[0]);
    const registered = routesOf(app).map((route) => route.replace(/^HEAD /, 'GET '));
    expect([...new Set(registered)].sort()).toEqual(Object.keys(routes).sort());
    await app.close();
  });

  it('has an example for every route here', () => {
    expect(Object.keys(samples).sort()).toEqual(Object.keys(routes).sort());
  });

  it('is the one that people read', () => {
    const text = readFileSync(join(import.meta.dirname, '../../docs/access.md'), 'utf8');
    const written = [...text.matchAll(/^\| `([a-z]+:[a-z]+)` \| (.*) \|$/gm)].map(
      ([, name, cells]) => `${name}: ${cells}`,
    );
    const known = Object.entries(permissions).map(([name, row]) => {
      const cells = everyRole.map((role) => (row as Partial<Record<Role, string>>)[role] ?? '–');
      return `${name}: ${cells.join(' | ')}`;
    });
    expect(written).toEqual(known);
  });

  it('gives administrators everything, and read-only nothing that writes', () => {
    for (const [permission, row] of Object.entries(permissions)) {
      expect(row.administrator).toBe('all');
      expect(permission.endsWith(':read') || !('read-only' in row)).toBe(true);
    }
  });
});

describe.each(Object.entries(roles))('the role %s', (role, who) => {
  it.each(Object.entries(routes))('at %s, which needs %s', async (route, permission) => {
    const scope = scopeOf(role as Role, permission);
    // What others ask about must not be gone by then.
    const deletes = methodOf(route) === 'DELETE' && scope !== 'own';
    const [foreign, missing] = [
      await ask(who, route, deletes ? 'missing' : 'foreign'),
      await ask(who, route, 'missing'),
    ];
    if (scope === undefined) {
      const { body, status } = await ask(who, route, 'own');
      expect({ status, body }).toEqual({
        status: 403,
        body: {
          code: 'forbidden',
          message: `this needs the permission ${permission}, which the role ${role} does not have`,
        },
      });
      expect([foreign.status, missing.status]).toEqual([403, 403]);
    } else if (scope === 'own') {
      expect(nameless(foreign)).toEqual(nameless(missing));
      expect(nameless(foreign).body).not.toMatch(/staff-net|198\.18\.|admins|gni 3/);
    }
    if (scope !== undefined && methodOf(route) !== 'DELETE') {
      const { status } = await ask(who, route, 'own');
      expect(status < 500 && ![401, 403, 429].includes(status)).toBe(true);
      expect(status === 404 && scope === 'own').toBe(false);
    }
  });
});

describe('a customer', () => {
  const amber = (method: string, path: string, body?: unknown) => asked('amber', method, path, body);

  it('sees its own clouds, guests, mappings and policies, and nothing of others', async () => {
    const [vpcs, guests, mappings, policies, status] = await Promise.all(
      ['vpcs', 'guests', 'mappings', 'policies', 'status'].map((kind) => amber('GET', `/v1/${kind}`)),
    );
    const all = JSON.stringify([vpcs, guests, mappings, policies, status]);
    expect(vpcs?.body.items.map(({ customer }) => customer)).toEqual(expect.arrayContaining(['amber']));
    expect(new Set(vpcs?.body.items.map(({ customer }) => customer))).toEqual(new Set(['amber']));
    expect(guests?.body.items.map(({ name }) => name)).toEqual(expect.arrayContaining(['amber1']));
    expect(mappings?.body.items.length).toBeGreaterThan(0);
    expect(policies?.body.items.map(({ name }) => name)).toContain('amber-calm');
    expect(all).not.toMatch(/bolt|staff|admins|198\.18/);
    expect(status?.body).toMatchObject({ events: [], subscriptions: 0, guests: guests?.body.items.length });
  });

  it('is refused hosts, addresses of machines and programs on them', async () => {
    const refused: [object, string][] = [
      [{ host: 'a' }, "customers do not choose hosts: leave 'host' and 'mac' out"],
      [{ mac: '52:54:00:00:00:01' }, "customers do not choose hosts: leave 'host' and 'mac' out"],
      [{ command: ['sleep', '1'] }, "customers have no programs run by hosts: leave 'command' out"],
    ];
    for (const [more, message] of refused) {
      expect(await amber('POST', '/v1/guests', { name: fresh(), vpc: 'amber-net', ...more })).toEqual({
        status: 403,
        body: { code: 'forbidden', message },
      });
    }
    expect(await amber('POST', '/v1/vpcs', { name: fresh(), prefixes: ['10.1.0.0/24'], gni: 77 })).toMatchObject({
      status: 403,
    });
  });

  it('makes clouds of its own without saying whose', async () => {
    const name = fresh();
    expect(await amber('POST', '/v1/vpcs', { name, prefixes: ['10.1.0.0/24'] })).toMatchObject({
      body: { customer: 'amber' },
    });
    expect(await amber('DELETE', `/v1/vpcs/${name}`)).toMatchObject({ status: 204 });
  });

  it('learns of a name that is taken only that it is', async () => {
    const taken = (noun: string, name: string) => ({
      status: 409,
      body: { code: 'exists', message: `the name '${name}' of a ${noun} is taken: choose another one` },
    });
    expect(await amber('POST', '/v1/vpcs', { name: 'bolt-net', prefixes: ['10.1.0.0/24'] })).toEqual(
      taken('vpc', 'bolt-net'),
    );
    expect(await amber('POST', '/v1/guests', { name: 'bolt2', vpc: 'amber-net' })).toEqual(taken('guest', 'bolt2'));
    for (const name of ['admins', 'bolt-calm']) {
      expect(await amber('POST', '/v1/policies', policy(name, 'customer amber'))).toEqual(taken('policy', name));
      expect(await amber('PUT', `/v1/policies/${name}`, policy(name, 'customer amber'))).toEqual(taken('policy', name));
    }
    expect((await controller.get('/v1/policies/admins')).body.author).toBe('administrator');
  });

  it('gets no more by a file, or by trying, than by single requests', async () => {
    const prefixes = ['10.1.0.0/24'];
    const files: [object, number, string][] = [
      [{ hosts: [{ name: 'a', address: '198.18.0.9', framework: 'vxlan' }] }, 403, "hosts are not a customer's"],
      [{ vpcs: [{ name: 'bolt-net', prefixes }] }, 409, "the name 'bolt-net' of a vpc is taken"],
      [{ guests: [{ name: 'bolt1', vpc: 'amber-net' }] }, 409, "the name 'bolt1' of a guest is taken"],
      [{ guests: [{ name: 'x', vpc: 'bolt-net' }] }, 404, "vpc 'bolt-net' does not exist"],
      [{ guests: [{ name: 'x', vpc: 'amber-net', host: 'b' }] }, 403, 'customers do not choose hosts'],
      [{ policies: [policy('admins', 'customer amber')] }, 409, "the name 'admins' of a policy is taken"],
      [{ policies: [policy('x', 'customer bolt')] }, 403, "this token is customer 'amber''s"],
    ];
    for (const [file, status, message] of files) {
      for (const query of ['', '?dryRun=true']) {
        const answer = await amber('POST', `/v1/apply${query}`, file);
        expect(answer).toMatchObject({ status, body: { message: expect.stringContaining(message) } });
        expect(answer.body.message).not.toMatch(/10\.0\.0|gni|administrator/);
      }
    }
    const mine = {
      vpcs: [{ name: 'amber-file', prefixes }],
      policies: [{ ...policy('amber-file', ''), author: undefined }],
    };
    const tried = await amber('POST', '/v1/apply?dryRun=true', mine);
    expect(tried).toMatchObject({
      status: 200,
      body: { items: [{ after: { customer: 'amber' } }, { done: 'created' }] },
    });
    expect(await amber('GET', '/v1/vpcs/amber-file')).toMatchObject({ status: 404 });
    expect(await amber('DELETE', '/v1/vpcs/bolt-net?dryRun=true')).toMatchObject({ status: 404 });
  });

  it('has no policy about what is another’s or nobody’s, nor in another’s name', async () => {
    const { author: _author, ...unsigned } = policy('mine', '');
    const about = (match: object) => amber('POST', '/v1/policies', { ...unsigned, match });
    for (const name of ['bolt', 'none']) {
      const said = (noun: string, what: string) => ({
        status: 404,
        body: { code: 'unknown', message: `${noun} '${what}' does not exist` },
      });
      expect(await about({ cloud: `${name}-net` })).toEqual(said('vpc', `${name}-net`));
      expect(await about({ guest: `${name}2` })).toEqual(said('guest', `${name}2`));
    }
    for (const author of ['administrator', 'customer bolt']) {
      expect(await amber('POST', '/v1/policies', { ...unsigned, author })).toMatchObject({ status: 403 });
    }
    expect(await about({ cloud: 'amber-net' })).toMatchObject({ status: 201, body: { author: 'customer amber' } });
    expect(await amber('DELETE', '/v1/policies/mine')).toMatchObject({ status: 204 });
  });

  it('is told of the way between its guests what concerns it, and no host’s features, labels, paths or counters', async () => {
    for (const query of ['from=amber1&to=amber2', 'from=amber1&to=amber2&at=2026-01-01']) {
      const all = await controller.get(`/v1/explain?${query}`);
      const own = await amber('GET', `/v1/explain?${query}`);
      if (!query.includes('&at')) expect(JSON.stringify(all.body)).toMatch(/gni 1.1/);
      expect(own.status).toBe(200);
      expect(own.body.from).toMatchObject({ name: 'amber1', labels: {}, formats: [], features: [] });
      const told = new Set(own.body.directions.flatMap((direction) => Object.keys(direction)));
      for (const key of ['candidates', 'traffic', 'path', 'accepted', 'sending', 'history', 'carriers', 'generation']) {
        expect(told).not.toContain(key);
      }
      expect(own.body.directions.every(({ reasons }) => reasons.length === 0)).toBe(true);
    }
  });

  it('finds neither hosts nor another’s guests by explaining or tracing', async () => {
    for (const [existing, none] of [
      ['bolt2', 'none2'],
      ['a', 'z'],
    ]) {
      const pairs = [existing, none].map(async (name) => [
        await amber('GET', `/v1/explain?from=amber1&to=${name}`),
        await amber('GET', `/v1/explain?from=${name}&to=amber1`),
        await amber('POST', '/v1/traces', { guest: 'amber1', to: name, dryRun: true }),
        await amber('POST', '/v1/traces', { guest: name, to: 'amber1', dryRun: true }),
      ]);
      const [told, untold] = (await Promise.all(pairs)).map((answers) => JSON.stringify(answers));
      expect(told?.replaceAll(`'${existing}'`, "''")).toBe(untold?.replaceAll(`'${none}'`, "''"));
    }
  });
});

describe('an operator', () => {
  it('writes customers’ policies and no administrator’s, alone or by rollout', async () => {
    const op = (method: string, path: string, body?: unknown) => asked('op', method, path, body);
    const message = "policies of administrators are not an operator's to write: ask one of them";
    const refused = { status: 403, body: { code: 'forbidden', message } };
    expect(await op('POST', '/v1/policies', policy('p', 'administrator'))).toEqual(refused);
    expect(await op('PUT', '/v1/policies/admins', policy('admins', 'customer amber'))).toEqual(refused);
    expect(await op('DELETE', '/v1/policies/admins')).toEqual(refused);
    const { author: _author, ...unsigned } = policy('p', '');
    expect(await op('POST', '/v1/rollouts', { name: 'r', policies: [unsigned] })).toEqual(refused);
    expect(await op('POST', '/v1/rollouts', { name: 'r', policies: [policy('admins', 'customer amber')] })).toEqual(
      refused,
    );
    expect(await op('POST', '/v1/rollouts', { name: 'r', remove: ['admins'] })).toEqual(refused);
    expect((await controller.get('/v1/rollouts')).body.items).toEqual([]);
  });
});

describe('bad tokens', () => {
  const everywhere = ['/v1/status', '/v1/openapi.json', '/nowhere', '/v1/guests/%zz', '/'];

  it('do not matter to whoever has a good one: what is not there, is not there', async () => {
    const answers = everywhere.map(async (path) => [path, (await asked('reader', 'GET', path)).status]);
    expect(await Promise.all(answers)).toEqual([
      ['/v1/status', 200],
      ['/v1/openapi.json', 200],
      ['/nowhere', 404],
      ['/v1/guests/%zz', 400],
      ['/', 404],
    ]);
    expect(await asked('amber', 'HEAD', '/v1/hosts')).toMatchObject({ status: 403 });
  });

  it.each(everywhere)('get nothing of %s, and no token gets no more', async (path) => {
    expect((await asked('nobody', 'GET', path)).status).toBe(401);
    tokens.set('forged', `weft.admin.${'A'.repeat(43)}`);
    expect((await asked('forged', 'GET', path)).status).toBe(401);
  });
});
