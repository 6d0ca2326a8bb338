/** Dry runs, and whole files applied, over REST. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestController } from '../test-controller.ts';

let controller: TestController;
beforeEach(async () => {
  controller = await TestController.start();
});
afterEach(() => controller.remove());

const revision = async () => (await controller.get('/v1/status')).body.revision;
const calm = { name: 'calm', effect: 'forbid', capabilities: ['gni 1.1'] };
const red = { name: 'red', prefixes: ['10.0.0.0/24'], gni: 7 };
const old = { name: 'old', address: '192.0.2.50', framework: 'vxlan' };
const db = { name: 'db', vpc: 'red', host: 'old', addresses: ['10.0.0.50'], mac: '52:54:00:00:00:50' };
const region = { guests: [db], policies: [calm], vpcs: [red], hosts: [old] };

describe('a dry run', () => {
  it('answers what a write would answer, and writes nothing', async () => {
    await controller.agent('a');
    await controller.vpc('blue');
    const before = await revision();
    const create = await controller.post('/v1/vpcs?dryRun=true', { name: 'green', prefixes: ['10.0.0.0/24'] });
    expect(create).toMatchObject({ status: 201, body: { name: 'green', gni: 2 } });
    const guest = await controller.post('/v1/guests?dryRun=true', { name: 'g', vpc: 'blue' });
    expect(guest).toMatchObject({ status: 201, body: { host: 'a', addresses: ['10.0.0.2/24'], phase: 'pending' } });
    expect(await controller.put('/v1/policies/calm?dryRun=true', calm)).toMatchObject({ status: 201 });
    expect(await controller.post('/v1/policies?dryRun=true', calm)).toMatchObject({ status: 201 });
    expect(await controller.post('/v1/hosts?dryRun=true', old)).toMatchObject({ status: 201 });
    expect(await controller.delete('/v1/vpcs/blue?dryRun=true')).toEqual({ status: 204, body: undefined });
    expect(await controller.delete('/v1/hosts/a?dryRun=true')).toEqual({ status: 204, body: undefined });
    expect(await revision()).toBe(before);
    expect((await controller.get('/v1/vpcs')).body.items.map(({ name }) => name)).toEqual(['blue']);
  });

  it('is refused for the same reasons', async () => {
    await controller.agent('a');
    await controller.vpc('blue');
    await controller.guest('g', 'a');
    const refused = [
      await controller.post('/v1/vpcs?dryRun=true', { name: 'blue', prefixes: ['10.0.0.0/24'] }),
      await controller.delete('/v1/vpcs/blue?dryRun=true'),
      await controller.delete('/v1/guests/nobody?dryRun=true'),
      await controller.post('/v1/guests?dryRun=true', { name: 'h', vpc: 'blue', require: ['encryption'] }),
    ];
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual([
      [409, 'exists'],
      [409, 'in-use'],
      [404, 'unknown'],
      [503, 'no-host'],
    ]);
  });

  it('leaves every index as it was: the next guest gets the address that was shown', async () => {
    await controller.agent('a');
    await controller.vpc('blue');
    await controller.post('/v1/guests?dryRun=true', { name: 'g1', vpc: 'blue' });
    await controller.delete('/v1/vpcs/blue?dryRun=true');
    const real = await controller.post('/v1/guests', { name: 'g2', vpc: 'blue' });
    expect(real.body.addresses).toEqual(['10.0.0.2/24']);
  });

  it.each([
    ['/v1/vpcs?dryrun=true', /unknown query 'dryrun': it takes dryRun/],
    ['/v1/vpcs?dryRun=yes', /'dryRun' must be one of true, false/],
    ['/v1/rollouts?dryRun=true', /unknown query 'dryRun': it takes none/],
  ])('is never taken for a real one: POST %s is refused', async (path, message) => {
    const answer = await controller.post(path, red);
    expect(answer).toEqual({ status: 400, body: { code: 'invalid', message: expect.stringMatching(message) } });
    expect((await controller.get('/v1/vpcs')).body.items).toEqual([]);
  });
});

describe('a file that is applied', () => {
  it('creates everything in an order that works, and nothing the second time', async () => {
    const first = await controller.post('/v1/apply', region);
    const done = [
      { kind: 'host', name: 'old', done: 'created', after: old },
      { kind: 'vpc', name: 'red', done: 'created', after: red },
      { kind: 'policy', name: 'calm', done: 'created', after: { ...calm, author: 'administrator' } },
      { kind: 'guest', name: 'db', done: 'created', after: db },
    ];
    expect(first).toEqual({ status: 200, body: { items: done } });
    expect((await controller.get('/v1/guests/db')).body).toMatchObject({ host: 'old', addresses: ['10.0.0.50/24'] });
    const before = await revision();
    const again = await controller.post('/v1/apply', region);
    expect(again.body.items).toEqual(
      done.map(({ after, ...rest }) => ({ ...rest, done: 'unchanged', before: after, after })),
    );
    expect(await revision()).toBe(before);
  });

  it('changes policies and shows what they were', async () => {
    await controller.post('/v1/apply', region);
    const changed = { ...calm, effect: 'allow' };
    const { body } = await controller.post('/v1/apply', { policies: [changed] });
    const stored = { ...calm, author: 'administrator' };
    expect(body.items).toEqual([
      { kind: 'policy', name: 'calm', done: 'changed', before: stored, after: { ...stored, effect: 'allow' } },
    ]);
    expect((await controller.get('/v1/policies/calm')).body).toMatchObject({ effect: 'allow' });
  });

  it('is tried on one copy: a guest finds the cloud of the same file, and nothing is written', async () => {
    const before = await revision();
    const { status, body } = await controller.post('/v1/apply?dryRun=true', region);
    expect(status).toBe(200);
    expect(body.items).toMatchObject([{ name: 'old' }, { name: 'red' }, { name: 'calm' }, { name: 'db' }]);
    expect(await revision()).toBe(before);
  });

  it('is refused whole, with the reason of the first that is refused', async () => {
    const before = await revision();
    const lost = { ...db, name: 'lost', vpc: 'blue' };
    expect(await controller.post('/v1/apply', { ...region, guests: [db, lost] })).toEqual({
      status: 404,
      body: { code: 'unknown', message: "guest 'lost': vpc 'blue' does not exist: create it first" },
    });
    expect(await revision()).toBe(before);
  });

  const other: readonly [what: string, wanted: object, message: RegExp][] = [
    [
      'another prefix',
      { vpcs: [{ ...red, prefixes: ['10.1.0.0/24'] }] },
      /^vpc 'red' .*prefixes is \["10\.0\.0\.0\/24"\]/,
    ],
    ['another address', { guests: [{ ...db, addresses: ['10.0.0.51'] }] }, /^guest 'db' .*delete it first/],
    ['another address of a host', { hosts: [{ ...old, address: '192.0.2.51' }] }, /^host 'old' .*"192\.0\.2\.51"/],
    ['the same twice', { policies: [calm, calm] }, /^policy 'calm' is there twice/],
  ];
  it.each(other)('is refused for %s of something that is there', async (_, wanted, message) => {
    await controller.post('/v1/apply', region);
    const answer = await controller.post('/v1/apply', wanted);
    expect(answer.body.message).toMatch(message);
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });

  it('does not mind another spelling or order of the same', async () => {
    const vpc = { name: 'six', prefixes: ['fd00:10::/64', '10.0.0.0/24'] };
    await controller.post('/v1/apply', { vpcs: [vpc] });
    const spelt = { name: 'six', prefixes: ['10.0.0.0/24', 'fd00:0010::/64'] };
    expect((await controller.post('/v1/apply', { vpcs: [spelt] })).body.items).toMatchObject([{ done: 'unchanged' }]);
  });

  it('leaves hosts with an agent alone', async () => {
    await controller.agent('old');
    expect(await controller.post('/v1/apply', region)).toMatchObject({ status: 409, body: { code: 'exists' } });
  });

  it('is written also when it is more than one transaction holds', async () => {
    const vpcs = Array.from({ length: 250 }, (_, i) => ({ name: `v${i}`, prefixes: ['10.0.0.0/24'] }));
    expect((await controller.post('/v1/apply', { vpcs })).status).toBe(200);
    expect((await controller.get('/v1/status')).body.vpcs).toBe(250);
  });
});
