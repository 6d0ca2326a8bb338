/** The agent channel over real WebSockets on loopback, with agents that only pretend. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { untested } from '../../wire/control.ts';
import { closeCodes, controlPath, limits } from '../../wire/limits.ts';
import { TestController } from '../test-controller.ts';
import { FakeAgent } from './fake-agent.ts';

let controller: TestController;
beforeEach(async () => {
  controller = await TestController.start();
});
afterEach(() => controller.remove());

/** Two hosts with a guest each in cloud blue: 10.0.0.2 on a, 10.0.0.3 on b. */
async function twoHosts(
  options: { a?: Parameters<TestController['agent']>[1]; b?: Parameters<TestController['agent']>[1] } = {},
) {
  const a = await controller.agent('a', options.a);
  const b = await controller.agent('b', options.b);
  const gni = await controller.vpc('blue');
  await controller.guest('g1', 'a');
  await controller.guest('g2', 'b');
  await a.until(() => a.get('guest', 'g1') !== undefined);
  await b.until(() => b.get('guest', 'g2') !== undefined);
  return { a, b, gni };
}

describe('a host that connects', () => {
  it('is welcomed with the controller’s name, epoch and times', async () => {
    const agent = await controller.agent('a');
    expect(agent.messages).toEqual([
      {
        kind: 'welcome',
        controller: 'controller',
        controllerVersion: expect.stringMatching(/^\d+\.\d+\.\d+/),
        heartbeatMs: 1000,
        deadlineMs: 3500,
        store: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    ]);
    expect(agent.epoch).toBe(1);
  });

  it('is shown with what it said of itself', async () => {
    await controller.agent('a');
    const { body } = await controller.get('/v1/hosts/a');
    expect(body).toMatchObject({
      name: 'a',
      connected: true,
      lastHeardMs: expect.any(Number),
      substrateAddresses: ['198.18.0.97'],
      labels: { rack: 'r1' },
      assets: { cpus: 4, kernel: 'Linux 6.18' },
      capabilities: { formats: ['gni 1.0', 'gni 1.1'] },
      guests: 0,
    });
  });

  it('is told its guests, and their networks with them', async () => {
    const { a, gni } = await twoHosts();
    expect(a.get('network', String(gni))).toEqual({ type: 'network', gni, name: 'blue', prefixes: ['10.0.0.0/24'] });
    expect(a.get('guest', 'g1')).toEqual({
      type: 'guest',
      name: 'g1',
      gni,
      addresses: ['10.0.0.2/24'],
      command: [],
      incarnation: expect.any(Number),
    });
    expect(a.get('guest', 'g2')).toBeUndefined();
    await controller.delete('/v1/guests/g1');
    await a.until(() => a.held.size === 0);
  });

  it('is shown as gone when it has gone', async () => {
    const agent = await controller.agent('a');
    await agent.close();
    expect((await controller.get('/v1/hosts/a')).body).toMatchObject({ connected: false, name: 'a' });
    expect(await controller.eventCodes()).toEqual(['a host-connected', 'a host-disconnected']);
  });

  it('tells how its guests are', async () => {
    const { a, b } = await twoHosts();
    expect((await controller.get('/v1/guests/g1')).body.phase).toBe('pending');
    const exited = { phase: 'exited', pid: 7, exitCode: 3, signal: '' } as const;
    a.send({
      kind: 'guestStates',
      guests: [{ guest: 'g1', phase: 'running', detail: '', mtu: 1440, command: exited }],
    });
    // Not its guest: of no effect.
    b.send({ kind: 'guestStates', guests: [{ guest: 'g1', phase: 'failed', detail: 'mine', mtu: 0 }] });
    await a.flush();
    await b.flush();
    const { body } = await controller.get('/v1/guests/g1');
    expect(body).toMatchObject({ phase: 'running', mtu: 1440, detail: 'command ended with exit code 3' });
  });

  it('has its events and measurements shown', async () => {
    const { a } = await twoHosts();
    a.send({ kind: 'events', events: [{ timeMs: 5, code: 'offload-off', detail: 'uso' }] });
    a.send({
      kind: 'measurements',
      paths: [{ peer: 'b', address: '198.18.0.98', pathMtu: 1500, roundTripUs: 80, lostPercent: 0, ...untested }],
    });
    await a.flush();
    expect((await controller.get('/v1/status')).body.events).toContainEqual({
      timeMs: 5,
      host: 'a',
      code: 'offload-off',
      detail: 'uso',
    });
    const { paths } = (await controller.get('/v1/hosts/a')).body;
    expect(paths).toEqual([{ peer: 'b', pathMtu: 1500, roundTripUs: 80, lostPercent: 0 }]);
  });
});

describe('a mapping', () => {
  it('comes with or after a session that may send, never before', async () => {
    const { a, b, gni } = await twoHosts();
    a.subscribe({ gni, address: '10.0.0.3' });
    await a.until(() => a.get('mapping', `${gni}/10.0.0.3`) !== undefined);
    expect(a.get('mapping', `${gni}/10.0.0.3`)).toMatchObject({ host: 'b', guest: 'g2' });
    expect(a.get('session', 'b')).toMatchObject({
      peer: 'b',
      address: '198.18.0.98',
      udpPort: 6741,
      send: 'gni 1.1',
      accept: ['gni 1.1'],
      reasons: ['gni 1.1: both hosts have it, highest common version', 'gni 1.0: not chosen, 1.1 is higher'],
    });
    expect(b.get('session', 'a')?.accept).toEqual(['gni 1.1']);
    const indexOf = (type: string, test: (text: string) => boolean) =>
      a.updates.findIndex(({ set }) => set.some(({ name, body }) => name.type === type && test(JSON.stringify(body))));
    const sessionAt = indexOf('session', (text) => text.includes('"send":"gni 1.1"'));
    expect(sessionAt).toBeGreaterThanOrEqual(0);
    expect(indexOf('mapping', () => true)).toBeGreaterThanOrEqual(sessionAt);
    const { body } = await controller.get('/v1/mappings?host=b');
    expect(body.items).toMatchObject([
      { gni, address: '10.0.0.3', host: 'b', guest: 'g2', vpc: 'blue', subscribers: 1 },
    ]);
  });

  it('is held back until the other host accepts', async () => {
    const { a, b, gni } = await twoHosts({ b: { acknowledges: false } });
    // b has not acknowledged its guest either; that does not matter to a.
    a.subscribe({ gni, address: '10.0.0.3' });
    await b.until(() => b.get('session', 'a') !== undefined);
    await a.until(() => a.get('session', 'b') !== undefined);
    await a.flush();
    expect(a.get('session', 'b')?.send).toBeUndefined();
    expect(a.get('mapping', `${gni}/10.0.0.3`)).toBeUndefined();
    for (const { number } of b.updates) b.send({ kind: 'acknowledge', update: number, refused: [] });
    await a.until(() => a.get('mapping', `${gni}/10.0.0.3`) !== undefined);
    expect(a.get('session', 'b')?.send).toBe('gni 1.1');
  });

  it('to nowhere says so, and is told when a guest comes there, moves and goes', async () => {
    const { a, b, gni } = await twoHosts();
    const key = `${gni}/10.0.0.9`;
    a.subscribe({ gni, address: '10.0.0.9' });
    await a.until(() => a.get('mapping', key) !== undefined);
    expect(a.get('mapping', key)).toEqual({
      type: 'mapping',
      gni,
      address: '10.0.0.9',
      host: undefined,
      guest: undefined,
      version: 0,
    });
    await controller.guest('g3', 'b', { addresses: ['10.0.0.9'] });
    await a.until(() => a.get('mapping', key)?.host === 'b');
    const first = a.get('mapping', key)?.version ?? 0;
    await controller.delete('/v1/guests/g3');
    await a.until(() => a.get('mapping', key)?.host === undefined);
    await controller.guest('g3', 'a', { addresses: ['10.0.0.9'] });
    await a.until(() => a.get('mapping', key)?.host === 'a');
    expect(a.get('mapping', key)?.version).toBeGreaterThan(first);
    await b.flush();
    expect(b.get('guest', 'g3')).toBeUndefined();
  });

  it('is asked for again and answered again', async () => {
    const { a, gni } = await twoHosts();
    const name = { gni, address: '10.0.0.3' };
    a.subscribe(name);
    await a.until(() => a.get('mapping', `${gni}/10.0.0.3`) !== undefined);
    a.held.delete(`mapping/${gni}/10.0.0.3`);
    a.subscribe(name);
    await a.until(() => a.get('mapping', `${gni}/10.0.0.3`) !== undefined);
    a.unsubscribe(name);
    a.subscribe(name);
    await a.until(() => a.get('mapping', `${gni}/10.0.0.3`) !== undefined);
    expect((await controller.get('/v1/status')).body.subscriptions).toBe(1);
  });

  it('is told no more to who has let go of it', async () => {
    const { a, gni } = await twoHosts();
    a.subscribe({ gni, address: '10.0.0.9' });
    await a.until(() => a.get('mapping', `${gni}/10.0.0.9`) !== undefined);
    a.unsubscribe({ gni, address: '10.0.0.9' });
    await a.flush();
    await controller.guest('g3', 'b', { addresses: ['10.0.0.9'] });
    await a.flush();
    expect(a.get('mapping', `${gni}/10.0.0.9`)).toBeUndefined();
    expect((await controller.get('/v1/status')).body.subscriptions).toBe(0);
  });

  it('of another tenant is not told, and that is noted', async () => {
    const { a, b } = await twoHosts();
    const red = await controller.vpc('red');
    await controller.guest('r1', 'b', { vpc: 'red' });
    await b.until(() => b.get('guest', 'r1') !== undefined);
    a.subscribe({ gni: red, address: '10.0.0.2' });
    await a.flush();
    expect([...a.held.keys()].filter((key) => key.startsWith('mapping'))).toEqual([]);
    expect(await controller.eventCodes()).toContain('a subscription-ignored');
  });

  it('is withdrawn from a host that has no guest of the tenant any more', async () => {
    const { a, gni } = await twoHosts();
    a.subscribe({ gni, address: '10.0.0.3' });
    await a.until(() => a.get('mapping', `${gni}/10.0.0.3`) !== undefined);
    await controller.delete('/v1/guests/g1');
    await a.until(() => ![...a.held.keys()].some((key) => /^(mapping|network|guest)/.test(key)));
    expect((await controller.get('/v1/status')).body.subscriptions).toBe(0);
  });

  it('between hosts with nothing in common comes with the reason', async () => {
    const { a, gni } = await twoHosts({ a: { formats: ['gni 1.0'] }, b: { formats: ['gni 1.1'] } });
    a.subscribe({ gni, address: '10.0.0.3' });
    await a.until(() => a.get('mapping', `${gni}/10.0.0.3`) !== undefined);
    expect(a.get('session', 'b')).toMatchObject({
      send: undefined,
      accept: [],
      reasons: ['none, because a has gni 1.0, b has gni 1.1'],
    });
    const { body } = await controller.get('/v1/selections');
    expect(body.items).toHaveLength(2);
    expect(body.items[0]).toMatchObject({ source: 'a', destination: 'b', accepted: [] });
    expect(body.items[0]).not.toHaveProperty('selected');
  });
});

describe('a selection', () => {
  it('follows the capabilities: accepted by both before any sends it', async () => {
    const { a, b, gni } = await twoHosts({ b: { formats: ['gni 1.0'] } });
    a.subscribe({ gni, address: '10.0.0.3' });
    await a.until(() => a.get('mapping', `${gni}/10.0.0.3`) !== undefined);
    await b.until(() => b.get('session', 'a')?.send === 'gni 1.0');
    const before = (await controller.get('/v1/selections')).body.items[0]?.generation ?? 0;
    b.send({ kind: 'capabilities', ...b.capabilities(['gni 1.0', 'gni 1.1']) });
    await a.until(() => a.get('session', 'b')?.send === 'gni 1.1');
    // What was sent before is accepted for a while after, for packets still on their way.
    expect(b.get('session', 'a')?.accept).toEqual(['gni 1.0', 'gni 1.1']);
    await a.until(() => a.get('session', 'b')?.accept.length === 1);
    await b.until(() => b.get('session', 'a')?.accept.length === 1);
    const { items } = (await controller.get('/v1/selections')).body;
    expect(items[0]).toMatchObject({ selected: 'gni 1.1', accepted: ['gni 1.1'], sending: 'gni 1.1' });
    expect(items[0]?.generation).toBeGreaterThan(before);
  });

  it('that the receiver refuses is not sent, and the refusal is shown', async () => {
    const { a, b, gni } = await twoHosts({
      b: { refuse: ({ body }) => (body.type === 'session' ? 'unknown format' : undefined) },
    });
    a.subscribe({ gni, address: '10.0.0.3' });
    await a.until(() => a.get('session', 'b') !== undefined);
    await b.flush();
    await a.flush();
    expect(a.get('session', 'b')?.send).toBeUndefined();
    expect(await controller.eventCodes()).toContain('b resource-refused');
    // Told to accept, told to send when a accepted, and not over and over.
    const sessions = b.updates.flatMap(({ set }) => set).filter(({ name }) => name.type === 'session');
    expect(sessions.map(({ body }) => body.type === 'session' && body.send)).toEqual([undefined, 'gni 1.1']);
  });
});

describe('a resource that an agent refuses', () => {
  it('makes the guest failed, with the reason', async () => {
    const a = await controller.agent('a', {
      refuse: ({ name }) => (name.type === 'guest' ? 'no /dev/net/tun' : undefined),
    });
    await controller.vpc('blue');
    await controller.guest('g1', 'a');
    await a.until(() => a.updates.length > 0);
    await a.flush();
    expect((await controller.get('/v1/guests/g1')).body).toMatchObject({ phase: 'failed', detail: 'no /dev/net/tun' });
    expect((await controller.get('/v1/status')).body.events).toContainEqual(
      expect.objectContaining({ host: 'a', code: 'resource-refused', detail: 'guest g1: no /dev/net/tun' }),
    );
  });
});

describe('a bad session', () => {
  const bad: [title: string, act: (agent: FakeAgent) => void, code: number, reason: RegExp][] = [
    ['bytes that are no message', (agent) => agent.sendRaw(Buffer.from([0xff, 0xff])), 4000, /not a control message/],
    ['text', (agent) => agent.sendRaw('hello'), 4000, /text message/],
    [
      'a message over the limit',
      (agent) => agent.sendRaw(new Uint8Array(limits.controlMessageBytes + 1)),
      4002,
      /the limit is 1048576/,
    ],
    ['a monster', (agent) => agent.sendRaw(new Uint8Array(4 << 20)), 1009, /^/],
    [
      'a gap in the numbers',
      (agent) => agent.send({ kind: 'events', events: [] }, 3),
      4001,
      /message 3 came after message 1/,
    ],
    ['a repetition', (agent) => agent.send({ kind: 'events', events: [] }, 1), 4001, /message 1 came after message 1/],
    ['a second hello', (agent) => agent.send(agent.hello()), 4000, /second hello/],
    [
      'an acknowledgement of nothing',
      (agent) => agent.send({ kind: 'acknowledge', update: 7, refused: [] }),
      4000,
      /update 7/,
    ],
  ];
  it.each(bad)('with %s is closed with code and reason, while another lives on', async (_title, act, code, reason) => {
    const good = await controller.agent('good');
    const agent = await controller.agent('bad');
    act(agent);
    const closed = await agent.untilClosed();
    expect(closed.code).toBe(code);
    expect(closed.reason).toMatch(reason);
    await good.flush();
    expect(good.closed).toBeUndefined();
    expect(await controller.eventCodes()).toContain('bad host-disconnected');
  });

  it('that does not begin with hello is closed', async () => {
    const agent = await FakeAgent.open(await controller.agentOptions('a'));
    agent.send({ kind: 'events', events: [] });
    expect(await agent.untilClosed()).toMatchObject({
      code: closeCodes.malformed.code,
      reason: expect.stringMatching(/not hello/),
    });
  });

  it.each([
    ['another path', '/other', 'weft.control.v1', 404],
    ['another protocol', controlPath, 'weft.control.v0', 400],
  ])('to %s is refused at once', async (_title, path, protocol, status) => {
    const url = `wss://127.0.0.1:${controller.port}${path}`;
    const socket = new WebSocket(url, protocol, { ...(await controller.credentials('a')) });
    const error = await new Promise<Error>((resolve) => socket.once('error', resolve));
    expect(error.message).toContain(String(status));
  });
});

describe('a host name', () => {
  it('that another agent has is refused with an explanation, and the first one stays', async () => {
    const first = await controller.agent('a', { instance: 'one' });
    const second = await controller.agent('a', { instance: 'two' });
    const { code, reason } = await second.untilClosed();
    expect(code).toBe(closeCodes.nameInUse.code);
    expect(reason).toMatch(/^host name 'a' is in use .*127\.0\.0\.1:\d+ since .*; stop it or choose another name$/);
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(120);
    await first.flush();
    expect(await controller.eventCodes()).toContain('a host-name-conflict');
  });

  it('goes to the same agent when it connects again, and its old session ends', async () => {
    const first = await controller.agent('a', { instance: 'one' });
    const second = await controller.agent('a', { instance: 'one' });
    expect((await first.untilClosed()).code).toBe(closeCodes.replaced.code);
    await second.flush();
    expect((await controller.get('/v1/hosts/a')).body.connected).toBe(true);
  });

  it('is free again when its agent has gone, and the change of agent is noted', async () => {
    const first = await controller.agent('a', { instance: 'one' });
    await first.close();
    const second = await controller.agent('a', { instance: 'two' });
    await second.flush();
    expect(await controller.eventCodes()).toContain('a host-other-instance');
  });

  it('that an operator removes ends the session', async () => {
    const agent = await controller.agent('a');
    expect((await controller.delete('/v1/hosts/a')).status).toBe(204);
    expect(await agent.untilClosed()).toMatchObject({ code: closeCodes.removed.code });
  });
});

describe('the epoch', () => {
  it('rises with every start', async () => {
    const first = (await controller.agent('a')).epoch;
    await controller.restart();
    expect((await controller.agent('a')).epoch).toBe(first + 1);
  });

  it('of a controller that is behind what an agent has obeyed ends the session', async () => {
    const agent = await controller.agent('a', { epoch: 99 });
    const { code, reason } = await agent.untilClosed();
    expect(code).toBe(closeCodes.oldEpoch.code);
    expect(reason).toMatch(/epoch 1.*epoch 99/);
  });
});

describe('a restart of the controller', () => {
  it('tells agents that it stops, and sends nothing to those that return with all they held', async () => {
    const { a, b, gni } = await twoHosts();
    a.subscribe({ gni, address: '10.0.0.3' }, { gni, address: '10.0.0.77' });
    b.subscribe({ gni, address: '10.0.0.2' });
    await a.until(() => a.get('mapping', `${gni}/10.0.0.3`) !== undefined);
    await b.until(() => b.get('mapping', `${gni}/10.0.0.2`) !== undefined);
    await a.flush();
    await b.flush();
    await controller.restart();
    expect((await a.untilClosed()).code).toBe(closeCodes.shuttingDown.code);
    await b.untilClosed();

    // One after the other: the first must lose nothing because the second is not there yet.
    const again = await controller.agent('a', { held: a.held });
    await again.flush();
    await again.flush();
    const other = await controller.agent('b', { held: b.held });
    await other.flush();
    await again.flush();
    await other.flush();
    expect([again.updates, other.updates]).toEqual([[], []]);
    expect((await controller.get('/v1/status')).body).toMatchObject({ subscriptions: 3, guests: 2, vpcs: 1 });

    // And the subscriptions are alive.
    await controller.guest('g3', 'b', { addresses: ['10.0.0.77'] });
    await again.until(() => again.get('mapping', `${gni}/10.0.0.77`)?.host === 'b');
  });

  it('brings what changed meanwhile, and takes away what should not be there', async () => {
    const { a, gni } = await twoHosts();
    a.subscribe({ gni, address: '10.0.0.3' });
    await a.until(() => a.get('mapping', `${gni}/10.0.0.3`) !== undefined);
    a.kill();
    await a.untilClosed();
    await controller.delete('/v1/guests/g1');
    await controller.delete('/v1/guests/g2');
    await controller.guest('g4', 'a', { addresses: ['10.0.0.4'] });
    const again = await controller.agent('a', { held: a.held });
    await again.until(() => again.get('guest', 'g4') !== undefined && again.get('guest', 'g1') === undefined);
    expect(again.get('mapping', `${gni}/10.0.0.3`)?.host).toBeUndefined();
  });
});
