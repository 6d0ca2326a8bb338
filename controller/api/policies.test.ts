/** Policies and explanations over REST, with agents that only pretend. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { untested } from '../../wire/control.ts';
import type { FakeAgent } from '../channel/fake-agent.ts';
import { TestController } from '../test-controller.ts';

let controller: TestController;
beforeEach(async () => {
  controller = await TestController.start();
});
afterEach(() => controller.remove());

const calm = { name: 'calm', effect: 'forbid', capabilities: ['gni 1.1'] };

describe('policies', () => {
  it('are created, read, listed, replaced and deleted', async () => {
    const stored = { ...calm, author: 'administrator', revision: 2 };
    expect(await controller.post('/v1/policies', calm)).toEqual({ status: 201, body: stored });
    expect(await controller.post('/v1/policies', calm)).toMatchObject({ status: 409, body: { code: 'exists' } });
    expect(await controller.put('/v1/policies/calm', calm)).toEqual({ status: 200, body: stored });
    const changed = { ...calm, match: { environment: 'production' } };
    expect(await controller.put('/v1/policies/calm', changed)).toMatchObject({ status: 200, body: { revision: 3 } });
    expect(await controller.put('/v1/policies/new', { ...calm, name: 'new' })).toMatchObject({ status: 201 });
    expect((await controller.get('/v1/policies')).body.items.map(({ name }) => name)).toEqual(['calm', 'new']);
    expect((await controller.get('/v1/policies/calm')).body).toMatchObject(changed);
    expect(await controller.delete('/v1/policies/calm')).toMatchObject({ status: 204 });
    expect(await controller.get('/v1/policies/calm')).toMatchObject({ status: 404 });
    expect(await controller.delete('/v1/policies/calm')).toMatchObject({ status: 404 });
  });

  it('are refused with the reason', async () => {
    const refused: [object, string][] = [
      [{ ...calm, effect: 'hate' }, "'effect'"],
      [{ ...calm, capabilities: [] }, "'capabilities'"],
      [{ ...calm, capabilities: ['gni 1.1.1'] }, "'capabilities.0'"],
      [{ ...calm, match: { enviroment: 'x' } }, "'match' has an unknown key 'enviroment'"],
      [{ ...calm, name: 'other' }, "the path names policy 'calm', the body 'other'"],
      [{ ...calm, author: 'somebody' }, "'author'"],
      [
        { ...calm, effect: 'infer', author: 'customer amber' },
        "policy 'calm' is by customer amber: what hosts are told",
      ],
    ];
    for (const [body, message] of refused) {
      const answer = await controller.put('/v1/policies/calm', body);
      expect(answer).toMatchObject({
        status: 400,
        body: { code: 'invalid', message: expect.stringContaining(message) },
      });
    }
    expect((await controller.get('/v1/policies')).body.items).toEqual([]);
  });
});

describe('between two hosts', () => {
  let a: FakeAgent;
  let b: FakeAgent;
  beforeEach(async () => {
    a = await controller.agent('a');
    b = await controller.agent('b', { formats: ['gni 1.0', 'gni 1.1', 'gni 2.0'] });
    const gni = await controller.vpc('blue');
    await controller.guest('a1', 'a', { addresses: ['10.0.0.2'] });
    await controller.guest('b1', 'b', { addresses: ['10.0.0.3'] });
    await a.until(() => a.get('guest', 'a1') !== undefined);
    a.subscribe({ gni, address: '10.0.0.3' });
    await sends(a, 'b', 'gni 1.1');
    await sends(b, 'a', 'gni 1.1');
  });
  const sends = (from: FakeAgent, to: string, format: string | undefined) =>
    from.until(() => from.get('session', to) !== undefined && from.get('session', to)?.send === format);
  const explained = async (query: string) => (await controller.get(`/v1/explain?${query}`)).body;

  it('a policy changes what is sent at once, and its end changes it back', async () => {
    const before = (await controller.get('/v1/selections')).body.items[0];
    await controller.put('/v1/policies/calm', { ...calm, match: { host: 'a', direction: 'from' } });
    await sends(a, 'b', 'gni 1.0');
    const { items } = (await controller.get('/v1/selections')).body;
    expect(items).toMatchObject([
      { source: 'a', selected: 'gni 1.0', decidedBy: ['calm'] },
      { source: 'b', selected: 'gni 1.1', decidedBy: [] },
    ]);
    expect(items[0]?.generation).toBeGreaterThan(before?.generation ?? 0);
    await controller.put('/v1/policies/calm', calm);
    await sends(b, 'a', 'gni 1.0');
    await controller.delete('/v1/policies/calm');
    await Promise.all([sends(a, 'b', 'gni 1.1'), sends(b, 'a', 'gni 1.1')]);
  });

  it('that leave none stop the traffic, and operators see why', async () => {
    await controller.put('/v1/policies/calm', calm);
    await controller.put('/v1/policies/safe', { name: 'safe', effect: 'require', capabilities: ['integrity'] });
    await sends(a, 'b', undefined);
    const why = "none, because policy 'calm' forbids gni 1.1 and policy 'safe' requires integrity";
    const direction = (await explained('from=a&to=b')).directions[0];
    expect(direction).toMatchObject({ source: 'a', destination: 'b', decidedBy: ['calm', 'safe'] });
    expect(direction?.selected).toBeUndefined();
    expect(direction?.reasons[0]).toBe(why);
    expect((await controller.get('/v1/status')).body.events).toContainEqual(
      expect.objectContaining({ host: 'a', code: 'no-selection', detail: `to b: ${why}` }),
    );
    await controller.delete('/v1/policies/safe');
    await sends(a, 'b', 'gni 1.0');
  });

  it('of one cloud count for its guests, and for these only', async () => {
    const gni = await controller.vpc('red');
    await controller.put('/v1/policies/calm', { ...calm, match: { cloud: 'red' } });
    await controller.guest('r1', 'a', { vpc: 'red' });
    await controller.guest('r2', 'b', { vpc: 'red' });
    await a.until(() => a.get('guest', 'r1') !== undefined);
    const [own, theirs] = ['10.0.0.2', '10.0.0.3'];
    a.subscribe({ gni, address: theirs });
    await a.until(() => a.get('mapping', `${gni}/${theirs}`) !== undefined);
    expect(a.get('session', 'b')).toMatchObject({
      send: 'gni 1.1',
      pairs: [{ gni, own, theirs, send: 'gni 1.0', none: false }],
    });
    await controller.delete('/v1/guests/r2');
    await a.until(() => a.get('session', 'b')?.pairs.length === 0);
    expect(a.get('session', 'b')?.send).toBe('gni 1.1');
  });

  it('are explained: candidates, what decided, what is in force, where guests are', async () => {
    a.send({
      kind: 'measurements',
      paths: [{ peer: 'b', address: '198.18.0.98', pathMtu: 1500, roundTripUs: 90, lostPercent: 0, ...untested }],
    });
    await a.flush();
    const { from, to, directions } = await explained('from=a1&to=b1');
    expect(from).toMatchObject({ kind: 'guest', name: 'a1', host: 'a', vpc: 'blue', addresses: ['10.0.0.2/24'] });
    expect(to).toMatchObject({ kind: 'guest', name: 'b1', host: 'b', formats: ['gni 1.0', 'gni 1.1', 'gni 2.0'] });
    const { revision } = (await controller.get('/v1/guests/b1')).body;
    expect(directions).toMatchObject([
      {
        source: 'a',
        destination: 'b',
        selected: 'gni 1.1',
        decidedBy: [],
        candidates: [
          { format: 'gni 2.0', possible: false, why: 'not chosen, a does not have it' },
          { format: 'gni 1.1', possible: true, why: 'both hosts have it, highest common version' },
          { format: 'gni 1.0', possible: true, why: 'not chosen, 1.1 is higher' },
        ],
        accepted: ['gni 1.1'],
        sending: 'gni 1.1',
        path: { pathMtu: 1500, roundTripUs: 90, lostPercent: 0 },
        mappings: [{ address: '10.0.0.3', host: 'b', version: revision, asked: true }],
      },
      { source: 'b', destination: 'a', mappings: [{ address: '10.0.0.2', asked: false }] },
    ]);
    expect(directions[0]?.generation).toBeGreaterThan(0);
    expect((await explained('from=a&to=b')).directions[0]?.mappings).toBeUndefined();
  });

  it('are explained for a past time', async () => {
    const [first] = (await explained('from=a&to=b')).directions;
    await controller.put('/v1/policies/calm', calm);
    await sends(a, 'b', 'gni 1.0');
    const [second] = (await explained('from=a&to=b')).directions;
    expect(second).toMatchObject({ selected: 'gni 1.0', decidedBy: ['calm'] });
    const at = async (time: number | string) => (await explained(`from=a&to=b&at=${time}`)).directions[0];
    expect(await at(first?.fromMs ?? 0)).toMatchObject({
      selected: 'gni 1.1',
      generation: first?.generation,
      fromMs: first?.fromMs,
      untilMs: second?.fromMs,
    });
    expect(await at(new Date(second?.fromMs ?? 0).toISOString())).toMatchObject({ selected: 'gni 1.0' });
    const before = await at((first?.fromMs ?? 0) - 1);
    expect(before?.reasons[0]).toMatch(/^nothing is known of that time: what is known begins at 20/);
    await controller.restart();
    expect(await at(first?.fromMs ?? 0)).toMatchObject({ selected: 'gni 1.1' });
  });

  it('nothing is explained that has no sense', async () => {
    await controller.guest('a2', 'a');
    await controller.vpc('red');
    await controller.guest('r1', 'b', { vpc: 'red' });
    const status = async (query: string) => {
      const { status: code, body } = await controller.get(`/v1/explain?${query}`);
      return `${code} ${body.message ?? body.note}`;
    };
    expect(
      await Promise.all(['from=a', 'from=a&to=a', 'from=a&to=x', 'from=a&to=b1', 'from=a&to=b&at=noon'].map(status)),
    ).toEqual([
      '400 explain needs from= and to=: two hosts or two guests',
      "400 'a' is both ends: name two",
      "404 'x' is neither a guest nor a host that is known",
      "400 'a' and 'b1' are a host and a guest: name two hosts or two guests",
      "400 'noon' is no time: expected one such as 2026-11-21T03:00:00Z, or Unix ms",
    ]);
    expect(await Promise.all(['from=a1&to=a2', 'from=a1&to=r1'].map(status))).toEqual([
      "200 both are on host 'a': packets between them do not leave it; carried by its engine (host a has no fast path)",
      "200 guest 'a1' is in vpc 'blue', guest 'r1' in vpc 'red': no packet passes between them",
    ]);
  });

  it('that no packet has needed are explained too', async () => {
    await controller.agent('c');
    const [direction] = (await explained('from=a&to=c')).directions;
    expect(direction).toMatchObject({ selected: 'gni 1.1', accepted: [] });
    expect(direction).not.toHaveProperty('generation');
  });
});
