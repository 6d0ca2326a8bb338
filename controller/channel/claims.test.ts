/** A host reports for itself: what it says of others' is refused and shown, and others are none the worse. */
import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { untested } from '../../wire/control.ts';
import { publicText } from '../../wire/keys.ts';
import { closeCodes } from '../../wire/limits.ts';
import { TestController } from '../test-controller.ts';
import type { FakeAgent } from './fake-agent.ts';

let controller: TestController;
let a: FakeAgent;
let b: FakeAgent;
beforeEach(async () => {
  controller = await TestController.start();
  await controller.vpc('blue');
  a = await controller.agent('a');
  b = await controller.agent('b');
  await controller.guest('on-a', 'a');
  await controller.guest('on-b', 'b');
  await a.until(() => a.get('guest', 'on-a') !== undefined);
  await b.until(() => b.get('guest', 'on-b') !== undefined);
});
afterEach(() => controller.remove());

const problems = async (host: string) => (await controller.get(`/v1/hosts/${host}`)).body.capabilities.problems;
const claims = async () => (await controller.eventCodes()).filter((code) => code.endsWith('claim-refused'));
const running = (guest: string) => ({ guest, phase: 'running', detail: 'a says so', mtu: 1400 }) as const;

describe('a host that speaks for another', () => {
  it('of its guest is refused, once told, and shown with how often', async () => {
    for (let i = 0; i < 3; i++) a.send({ kind: 'guestStates', guests: [running('on-b')] });
    a.send({ kind: 'guestStates', guests: [running('on-a')] });
    await a.flush();
    expect((await controller.get('/v1/guests/on-b')).body).toMatchObject({ phase: 'pending' });
    expect((await controller.get('/v1/guests/on-a')).body).toMatchObject({ phase: 'running' });
    expect(await problems('a')).toEqual([
      expect.stringMatching(/^claimed the state of guest 'on-b', which is on host 'b', 3 times, last at .*Z; refused$/),
    ]);
    expect(await claims()).toEqual(['a claim-refused']);
    expect(await problems('b')).toEqual([]);
  });

  it('may still say how a guest was that has just gone to the other', async () => {
    await controller.delete('/v1/guests/on-a');
    await controller.guest('on-a', 'b');
    a.send({ kind: 'guestStates', guests: [running('on-a')] });
    await a.flush();
    expect(await claims()).toEqual([]);
    expect((await controller.get('/v1/guests/on-a')).body.phase).toBe('pending');
  });

  it('of a trace that it was not asked for is refused', async () => {
    a.send({ kind: 'traced', trace: 1, steps: [], last: true, problem: '', answeredUs: 0 });
    await a.flush();
    expect(await problems('a')).toEqual([
      expect.stringMatching(/^claimed to have followed packets that it was not asked/),
    ]);
  });

  it('in an event of the controller’s own is refused', async () => {
    a.send({ kind: 'events', events: [{ timeMs: 1, code: 'host-removed', detail: 'by an operator' }] });
    await a.flush();
    expect(await controller.eventCodes()).not.toContain('a host-removed');
    expect(await problems('a')).toEqual([expect.stringMatching(/^claimed event 'host-removed'/)]);
  });

  it('of paths to hosts that do not exist is not believed', async () => {
    const path = { address: '198.18.0.9', pathMtu: 1500, roundTripUs: 1, lostPercent: 0, ...untested };
    a.send({
      kind: 'measurements',
      paths: [
        { peer: 'nobody', ...path },
        { peer: 'b', ...path },
      ],
    });
    await a.flush();
    expect((await controller.get('/v1/hosts/a')).body.paths.map(({ peer }) => peer)).toEqual(['b']);
  });

  it('of mappings of a network that it has no guest of is told none', async () => {
    const gni = await controller.vpc('red');
    a.subscribe({ gni, address: '10.0.0.2' });
    await a.flush();
    expect(await controller.eventCodes()).toContain('a subscription-ignored');
    expect(a.get('mapping', `${gni}/10.0.0.2`)).toBeUndefined();
  });
});

describe('a host that connects as another', () => {
  it('with its address, while it is there, is closed; the other stays', async () => {
    const liar = await controller.agent('c', { substrateAddresses: ['198.18.0.98'] });
    expect(await liar.untilClosed()).toEqual({
      code: closeCodes.notYours.code,
      reason: "host 'c' claimed address 198.18.0.98, which is that of host 'b'",
    });
    await b.flush();
    expect(await claims()).toEqual(['c claim-refused']);
  });

  it('may have the address of one that is away: machines are given others', async () => {
    await b.close();
    const heir = await controller.agent('c', { substrateAddresses: ['198.18.0.98'] });
    await heir.flush();
    expect(heir.closed).toBeUndefined();
  });

  it('with the address of a host without an agent is closed', async () => {
    await controller.post('/v1/hosts', { name: 'old', address: '198.18.0.50', framework: 'vxlan' });
    const liar = await controller.agent('c', { substrateAddresses: ['198.18.0.50'] });
    expect((await liar.untilClosed()).reason).toBe("host 'c' claimed address 198.18.0.50, which is that of host 'old'");
  });

  it('with its identity key, as a copied machine does, is closed and told what to do', async () => {
    const keys = { identity: publicText(generateKeyPairSync('ed25519').publicKey), epochs: [] };
    await (await controller.agent('d', { keys })).flush();
    const copy = await controller.agent('e', { keys });
    expect((await copy.untilClosed()).reason).toBe(
      "host 'e' claimed the identity key of host 'd' (is its state directory a copy? purge it there)",
    );
  });
});
