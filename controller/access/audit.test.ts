/** Every change that a person makes has its entry, and nothing else has. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../wire/access.ts';
import type { Keys } from '../../wire/control.ts';
import { publicText, signKey } from '../../wire/keys.ts';
import { Commands, raiseEpoch } from '../state/commands.ts';
import { State } from '../state/state.ts';
import { openEmbeddedStore } from '../store/embedded.ts';
import { type Store, StoreError } from '../store/store.ts';
import { type Answer, sendAs, TestController } from '../test-controller.ts';
import { routes } from './permissions.ts';
import { Trail } from './trail.ts';

let controller: TestController;
const tokens = new Map<string, string>();
beforeEach(async () => {
  controller = await TestController.start('', undefined, ', tcp: { port: 0 }');
  tokens.clear();
});
afterEach(() => controller.remove());

const asked = (who: string, method: string, path: string, body?: unknown): Promise<Answer> =>
  sendAs({ port: controller.controller.apiPort ?? 0, token: tokens.get(who) }, method, path, body);

async function makeToken(name: string, role: string, customer?: string): Promise<void> {
  const { body } = await controller.post('/v1/access-tokens', { name, role, customer });
  tokens.set(name, (body as unknown as { token: string }).token);
}

async function audit(query = ''): Promise<AuditEntry[]> {
  return (await controller.get(`/v1/audit?limit=500${query}`)).body.items as unknown as AuditEntry[];
}
/** Entries after the last one that was seen. */
async function since(number: number): Promise<AuditEntry[]> {
  return audit(`&after=${number}`);
}

function keysOf(host: string): Keys {
  const identity = generateKeyPairSync('ed25519');
  const publicKey = publicText(generateKeyPairSync('x25519').publicKey);
  const signature = signKey(identity.privateKey, { host, epoch: 5, publicKey });
  return { identity: publicText(identity.publicKey), epochs: [{ epoch: 5, publicKey, signature }] };
}

/** Commands on a store that can be made to take nothing. */
async function failingRegion() {
  const directory = await mkdtemp(join(tmpdir(), 'weft-audit-'));
  const store = await openEmbeddedStore({ file: join(directory, 'store.sqlite') });
  const { epoch } = await raiseEpoch(store);
  const state = new State();
  await state.load(store);
  const watching = new AbortController();
  const following = state.follow(store, watching.signal);
  let isFull = false;
  const transact: Store['transact'] = async (transaction) => {
    if (isFull) throw new StoreError('unavailable', 'the disk is full');
    return store.transact(transaction);
  };
  const failing = new Proxy(store, {
    get: (target, key) => (key === 'transact' ? transact : Reflect.get(target, key).bind(target)),
  });
  const trail = await Trail.open(failing);
  const place = () => ({ ok: true, host: 'a', reason: '' }) as const;
  const commands = new Commands({
    store: failing,
    state,
    epoch,
    trail,
    place,
    unixMs: () => 0,
    onFenced: () => undefined,
  });
  const query = { after: 0, limit: 100, sinceMs: undefined, who: undefined, resource: undefined };
  return {
    commands,
    state,
    fail: (full: boolean) => {
      isFull = full;
    },
    told: async () => (await trail.read(query)).items.map(({ number, resource }) => [number, resource]),
    [Symbol.asyncDispose]: async () => {
      watching.abort();
      await following;
      await store.close();
      await rm(directory, { recursive: true });
    },
  };
}

const calm = { name: 'calm', effect: 'forbid', capabilities: ['gni 1.0'] };

/** Changes of every kind, in an order in which each can be made. */
const changes: readonly (readonly [route: string, path: string, body: unknown, resource: string])[] = [
  ['POST /v1/vpcs', '/v1/vpcs', { name: 'red', prefixes: ['10.0.0.0/24'] }, 'vpc red'],
  ['POST /v1/guests', '/v1/guests', { name: 'g', vpc: 'red', command: ['run', '--password', 'x1'] }, 'guest g'],
  ['DELETE /v1/guests/:name', '/v1/guests/g', undefined, 'guest g'],
  ['DELETE /v1/vpcs/:name', '/v1/vpcs/red', undefined, 'vpc red'],
  ['POST /v1/hosts', '/v1/hosts', { name: 'old', address: '198.18.0.7', framework: 'vxlan' }, 'host old'],
  ['DELETE /v1/hosts/:name', '/v1/hosts/old', undefined, 'host old'],
  ['POST /v1/hosts/:name/rotate-keys', '/v1/hosts/a/rotate-keys', {}, 'host a'],
  ['POST /v1/join-tokens', '/v1/join-tokens', { host: 'c' }, 'join-token ID'],
  ['DELETE /v1/join-tokens/:id', '/v1/join-tokens/ID', undefined, 'join-token ID'],
  ['POST /v1/policies', '/v1/policies', calm, 'policy calm'],
  ['PUT /v1/policies/:name', '/v1/policies/calm', { ...calm, effect: 'prefer' }, 'policy calm'],
  ['DELETE /v1/policies/:name', '/v1/policies/calm', undefined, 'policy calm'],
  ['POST /v1/rollouts', '/v1/rollouts', { name: 'r', policies: [calm], pauseMs: 60_000, batchHosts: 1 }, 'rollout r'],
  ['POST /v1/rollouts/:name/pause', '/v1/rollouts/r/pause', {}, 'rollout r'],
  ['POST /v1/rollouts/:name/resume', '/v1/rollouts/r/resume', {}, 'rollout r'],
  ['POST /v1/rollouts/:name/abort', '/v1/rollouts/r/abort', {}, 'rollout r'],
  ['POST /v1/apply', '/v1/apply', { vpcs: [{ name: 'filed', prefixes: ['10.0.0.0/24'] }] }, 'vpc filed'],
  ['POST /v1/access-tokens', '/v1/access-tokens', { name: 'bob', role: 'operator' }, 'access-token bob'],
  ['DELETE /v1/access-tokens/:name', '/v1/access-tokens/bob', undefined, 'access-token bob'],
  ['POST /v1/hosts/:name/revoke', '/v1/hosts/a/revoke', {}, 'host a'],
];

describe('a change', () => {
  it('of every kind is told with who, from where, how, what, before and after', async () => {
    await controller.agent('a', { features: ['aes-256-gcm'], formats: ['gni 3.0'], keys: keysOf('a') });
    await controller.agent('b');
    await makeToken('ann', 'administrator');
    const first = (await audit()).at(-1)?.number ?? 0;
    // A join token is known by a number of its own.
    let id = 'ID';
    for (const [route, path, body] of changes) {
      const { status, body: answer } = await asked('ann', route.split(' ')[0] ?? '', path.replace('ID', id), body);
      if (route === 'POST /v1/join-tokens') id = (answer as unknown as { readonly id: string }).id;
      expect([route, status < 300]).toEqual([route, true]);
    }
    const entries = await since(first);
    expect(entries.map(({ what, resource }) => [what, resource])).toEqual(
      changes.map(([what, , , it]) => [what, it.replace('ID', id)]),
    );
    for (const entry of entries) {
      expect(entry).toMatchObject({ who: 'token ann', role: 'administrator', from: '127.0.0.1', outcome: 'done' });
      const isDeletion = entry.what.startsWith('DELETE');
      expect([entry.what, isDeletion ? entry.before !== undefined && entry.after === undefined : true]).toEqual([
        entry.what,
        true,
      ]);
    }
    expect(JSON.stringify(entries)).not.toMatch(/password|x1|hash|secret/);
    expect(entries[1]?.after).toMatchObject({ vpc: 'red', program: 'run', arguments: 2 });
    expect(entries.find(({ what }) => what.startsWith('PUT'))).toMatchObject({
      before: { effect: 'forbid' },
      after: { effect: 'prefer' },
    });
    expect(entries.find(({ what }) => what.endsWith('pause'))).toMatchObject({ after: { phase: 'paused' } });
  });

  it('is of a kind that the test before knows, on every route that changes something', () => {
    // A backup is read; only a store that was restored can be settled (`controller/restored.test.ts`).
    const others = ['POST /v1/traces', 'POST /v1/store/backup', 'POST /v1/store/settle'];
    const changing = Object.keys(routes).filter((route) => !route.startsWith('GET ') && !others.includes(route));
    expect(changes.map(([route]) => route).sort()).toEqual(changing.sort());
  });

  it('by a file is told for each thing that it changes, however many these are', async () => {
    const vpcs = Array.from({ length: 130 }, (_, i) => ({ name: `v${i}`, prefixes: ['10.0.0.0/24'] }));
    await controller.vpc('v7');
    expect((await controller.post('/v1/apply', { vpcs })).status).toBe(200);
    const told = (await audit()).map(({ resource }) => resource);
    expect(told).toEqual(['vpc v7', ...vpcs.map(({ name }) => `vpc ${name}`).filter((name) => name !== 'vpc v7')]);
    expect((await controller.get('/v1/vpcs')).body.items).toHaveLength(130);
  });

  it('that is only tried, alone or by a file, is not told', async () => {
    const red = { name: 'red', prefixes: ['10.0.0.0/24'] };
    expect((await controller.post('/v1/vpcs?dryRun=true', red)).status).toBe(201);
    expect((await controller.post('/v1/apply?dryRun=true', { vpcs: [red] })).status).toBe(200);
    expect((await controller.post('/v1/apply', { vpcs: [red, { ...red, prefixes: [] }] })).status).toBe(400);
    expect((await controller.post('/v1/apply', { vpcs: [red, red] })).status).toBe(400);
    expect(await audit()).toEqual([]);
  });

  it('over the Unix socket is told as local', async () => {
    await controller.vpc('red');
    expect(await audit()).toMatchObject([
      {
        number: 1,
        who: 'local',
        role: 'administrator',
        from: 'socket',
        resource: 'vpc red',
        after: { gni: 1, prefixes: ['10.0.0.0/24'] },
      },
    ]);
  });

  it('that changes nothing, or that cannot be made, is not told', async () => {
    await controller.put('/v1/policies/calm', calm);
    await controller.put('/v1/policies/calm', calm);
    await controller.post('/v1/policies', calm);
    await controller.delete('/v1/vpcs/none');
    await controller.post('/v1/guests', { name: 'g', vpc: 'none' });
    expect((await audit()).map(({ what }) => what)).toEqual(['PUT /v1/policies/:name']);
  });

  it('that the system makes by itself is told by events, not here', async () => {
    const a = await controller.agent('a');
    await a.flush();
    expect(await controller.eventCodes()).toContain('a host-connected');
    expect(await audit()).toEqual([]);
  });

  it('that the store does not take has no entry, and the next one has its number', async () => {
    await using region = await failingRegion();
    const author = {
      who: 'token ann',
      role: 'administrator',
      customer: undefined,
      from: '192.0.2.1',
      what: 'test',
    } as const;
    const commands = region.commands.as(author);
    const vpc = (name: string) => commands.createVpc({ name, prefixes: ['10.0.0.0/24'] });
    await vpc('red');
    region.fail(true);
    commands.noteRefusal('vpc grey', 'no');
    await expect(vpc('blue')).rejects.toThrow('the disk is full');
    region.fail(false);
    await vpc('green');
    expect(await region.told()).toEqual([
      [1, 'vpc red'],
      [2, 'vpc green'],
    ]);
    expect([...region.state.vpcs.keys()]).toEqual(['red', 'green']);
  });

  it('and its entry outlive the controller together', async () => {
    await controller.vpc('red');
    const before = await audit();
    await controller.restart();
    expect(await audit()).toEqual(before);
    await controller.vpc('blue');
    expect((await audit()).map(({ number }) => number)).toEqual([1, 2]);
  });
});

describe('a refusal', () => {
  it('of permission is told with its reason, reads too', async () => {
    await makeToken('eve', 'customer', 'amber');
    const first = (await audit()).at(-1)?.number ?? 0;
    await controller.vpc('red');
    await asked('eve', 'GET', '/v1/hosts/a');
    await asked('eve', 'GET', '/v1/vpcs/red');
    await asked('eve', 'DELETE', '/v1/vpcs/red');
    await asked('eve', 'POST', '/v1/guests', { name: 'g', vpc: 'red' });
    await asked('eve', 'POST', '/v1/guests', { name: 'g', vpc: 'red', command: ['sh'] });
    await asked('eve', 'POST', '/v1/vpcs', { name: 'red', prefixes: ['10.1.0.0/24'] });
    await expect
      .poll(async () => (await since(first + 1)).map(({ what, resource, why }) => `${what} ${resource}: ${why}`))
      .toEqual([
        'GET /v1/hosts/:name host a: this needs the permission hosts:read, which the role customer does not have',
        'GET /v1/vpcs/:name vpc red: another customer’s',
        'DELETE /v1/vpcs/:name vpc red: another customer’s',
        'POST /v1/guests vpc red: another customer’s',
        "POST /v1/guests guest g: customers have no programs run by hosts: leave 'command' out",
        "POST /v1/vpcs vpc red: the name 'red' of a vpc is taken: choose another one",
      ]);
    expect((await since(first + 1))[0]).toMatchObject({
      who: 'token eve',
      role: 'customer',
      customer: 'amber',
      outcome: 'refused',
    });
  });

  it('of a name that does not exist is none', async () => {
    await makeToken('eve', 'customer', 'amber');
    await asked('eve', 'GET', '/v1/vpcs/none');
    await asked('eve', 'DELETE', '/v1/guests/none');
    await controller.vpc('red');
    expect((await audit()).map(({ outcome }) => outcome)).toEqual(['done', 'done']);
  });
});

describe('the log over the API', () => {
  it.each([
    ['?after=x', "'after' is 'x', expected a whole number of 0 to 9007199254740991"],
    ['?limit=0', "'limit' is '0', expected a whole number of 1 to 500"],
    ['?limit=501', "'limit' is '501', expected a whole number of 1 to 500"],
    ['?since=yesterday', /'yesterday' is no time/],
    ['?whom=ann', /unknown filter 'whom': filters are after, limit, since, who, resource/],
    ['?who=a&who=b', "filter 'who' is given more than once"],
  ])('refuses %s with a sentence', async (query, message) => {
    expect(await controller.get(`/v1/audit${query}`)).toMatchObject({
      status: 400,
      body: { message: typeof message === 'string' ? message : expect.stringMatching(message) },
    });
  });
});
