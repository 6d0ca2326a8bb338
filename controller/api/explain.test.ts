/** Explanations over REST of what differs for single guests and for hosts that are away. */
import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Keys } from '../../wire/control.ts';
import { publicText, signKey } from '../../wire/keys.ts';
import type { ExplainedDirection } from '../../wire/resources.ts';
import type { FakeAgent } from '../channel/fake-agent.ts';
import { TestController } from '../test-controller.ts';

let controller: TestController;
let a: FakeAgent;
let b: FakeAgent;
beforeEach(async () => {
  controller = await TestController.start();
  a = await controller.agent('a');
  b = await controller.agent('b');
  const gni = await controller.vpc('blue');
  for (const [i, name] of ['a1', 'a2', 'b1'].entries()) {
    await controller.guest(name, name.charAt(0), { addresses: [`10.0.0.${i + 2}`] });
  }
  await a.until(() => a.get('guest', 'a2') !== undefined);
  a.subscribe({ gni, address: '10.0.0.4' });
  await sends(a, 'b', 'gni 1.1');
  await sends(b, 'a', 'gni 1.1');
});
afterEach(() => controller.remove());

const sends = (from: FakeAgent, to: string, format: string) =>
  from.until(() => from.get('session', to)?.send === format);
const explained = async (from: string, to: string): Promise<readonly ExplainedDirection[]> =>
  (await controller.get(`/v1/explain?from=${from}&to=${to}`)).body.directions;

describe('an explanation', () => {
  it('tells the terms of two guests where they are their own', async () => {
    const calm = { name: 'calm', effect: 'forbid', capabilities: ['gni 1.1'], match: { guest: 'a2' } };
    await controller.put('/v1/policies/calm', calm);
    const own = (agent: FakeAgent, peer: string) => agent.get('session', peer)?.pairs[0];
    await Promise.all([a.until(() => own(a, 'b')?.send === 'gni 1.0'), b.until(() => own(b, 'a')?.send === 'gni 1.0')]);
    await Promise.all([a.flush(), b.flush()]);
    expect(await explained('a2', 'b1')).toMatchObject([
      { selected: 'gni 1.0', ownTerms: true, sending: 'gni 1.0', standing: 'in-force', decidedBy: ['calm'] },
      { selected: 'gni 1.0', ownTerms: true, sending: 'gni 1.0', standing: 'in-force' },
    ]);
    const [rest] = await explained('a1', 'b1');
    expect(rest).toMatchObject({ selected: 'gni 1.1', sending: 'gni 1.1', standing: 'in-force', problems: [] });
    expect(rest).not.toHaveProperty('ownTerms');
    expect((await explained('a', 'b'))[0]).toMatchObject({ selected: 'gni 1.1', sending: 'gni 1.1' });
  });

  it('tells what is in force, what was before, and that an end is away', async () => {
    await controller.put('/v1/policies/calm', { name: 'calm', effect: 'forbid', capabilities: ['gni 1.1'] });
    await Promise.all([sends(a, 'b', 'gni 1.0'), sends(b, 'a', 'gni 1.0')]);
    await Promise.all([a.flush(), b.flush()]);
    expect((await explained('a', 'b'))[0]).toMatchObject({
      standing: 'in-force',
      problems: [],
      carriers: {
        source: { executor: 'engine', why: 'host a has no fast path' },
        destination: { executor: 'engine', why: 'host b has no fast path' },
      },
      history: [{ selected: 'gni 1.1', decidedBy: [] }],
    });
    await b.close();
    const away = 'host b is away: what is said of it was so when it was last heard of';
    expect((await explained('a', 'b'))[0]).toMatchObject({ standing: 'away', problems: [away] });
  });

  it('tells what carries packets where, and why it is the engine', async () => {
    const fast = { formats: ['gni 1.0'], executors: ['engine', 'tc'], ports: ['tun', 'veth', 'tap'] };
    const c = await controller.agent('c', fast);
    const d = await controller.agent('d', fast);
    await controller.guest('c1', 'c', { addresses: ['10.0.0.8'] });
    await controller.guest('c2', 'c', { addresses: ['10.0.0.9'], port: 'tun' });
    await controller.guest('d1', 'd', { addresses: ['10.0.0.10'], port: 'tap' });
    c.send({ kind: 'guestStates', guests: [{ guest: 'c1', phase: 'running', detail: '', mtu: 1400, port: 'veth' }] });
    await Promise.all([c.flush(), d.flush()]);
    const carriers = async (from: string, to: string) => (await explained(from, to)).map((one) => one.carriers);
    const tc = { executor: 'tc' };
    expect(await carriers('c1', 'd1')).toEqual([
      { source: tc, destination: tc },
      { source: tc, destination: tc },
    ]);
    const tun = { executor: 'engine', why: 'guest c2 has a tun port' };
    expect(await carriers('c2', 'd1')).toEqual([
      { source: tun, destination: { executor: 'engine', why: expect.stringContaining('host c sends by its engine') } },
      { source: tc, destination: tun },
    ]);
    const { note } = (await controller.get('/v1/explain?from=c1&to=c2')).body;
    expect(note).toMatch(/do not leave it; carried by its engine \(guest c2 has a tun port\)$/);
    await controller.delete('/v1/guests/c2');
    await controller.put('/v1/policies/none', { name: 'none', effect: 'forbid', capabilities: ['gni *'] });
    expect(await carriers('c1', 'd1')).toEqual([undefined, undefined]);
  });

  it('tells which keys are used and how old the newest ones are', async () => {
    const encrypting = { formats: ['gni 3.0'], features: ['aes-256-gcm'] };
    const c = await controller.agent('c', { ...encrypting, keys: keysOf('c', 1000) });
    const d = await controller.agent('d', encrypting);
    await controller.guest('c1', 'c', { addresses: ['10.0.0.8'] });
    await controller.guest('d1', 'd', { addresses: ['10.0.0.9'] });
    await c.until(() => c.get('guest', 'c1') !== undefined);
    c.subscribe({ gni: c.get('guest', 'c1')?.gni ?? 0, address: '10.0.0.9' });
    await c.until(() => c.updates.length > 0);
    await Promise.all([c.flush(), d.flush()]);
    expect((await explained('c', 'd'))[0]).toMatchObject({
      standing: 'changing',
      problems: ['host d has told no key, which gni 3.0 +aes-256-gcm needs'],
    });
    d.send({ kind: 'keys', ...keysOf('d', 2000) });
    const text = 'gni 3.0 +aes-256-gcm #1000.2000';
    await sends(c, 'd', text);
    await c.flush();
    const { body } = await controller.get('/v1/explain?from=c&to=d');
    expect(body.from).toMatchObject({ key: { epoch: 1000, madeMs: 1_000_000 } });
    expect(body.directions[0]).toMatchObject({
      selected: 'gni 3.0 +aes-256-gcm',
      sending: text,
      accepted: [text],
      standing: 'in-force',
    });
  });

  it('tells of a host without an agent what both can only do', async () => {
    const e = await controller.agent('e', { formats: ['gni 1.0', 'vxlan'] });
    const foreign = { name: 'switch', address: '198.18.9.9', framework: 'vxlan' };
    expect(await controller.post('/v1/hosts', foreign)).toMatchObject({ status: 201 });
    await controller.guest('e1', 'e', { addresses: ['10.0.0.8'] });
    await controller.guest('s1', 'switch', { addresses: ['10.0.0.9'], mac: '02:00:00:00:00:09' });
    await sends(e, 'switch', 'vxlan');
    await e.flush();
    const { body } = await controller.get('/v1/explain?from=e1&to=s1');
    expect(body.to).toMatchObject({ framework: 'vxlan', connected: false });
    expect(body.directions).toMatchObject([
      { selected: 'vxlan', sending: 'vxlan', accepted: ['vxlan'], standing: 'in-force', problems: [] },
      { selected: 'vxlan', sending: 'vxlan', accepted: ['vxlan'], standing: 'in-force', problems: [] },
    ]);
  });
});

function keysOf(host: string, epoch: number): Keys {
  const identity = generateKeyPairSync('ed25519');
  const publicKey = publicText(generateKeyPairSync('x25519').publicKey);
  const signature = signKey(identity.privateKey, { host, epoch, publicKey });
  return { identity: publicText(identity.publicKey), epochs: [{ epoch, publicKey, signature }] };
}
