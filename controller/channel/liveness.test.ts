/** What the channel does as time passes, on a clock that the test owns; sockets are real. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock, systemClock } from '../clock.ts';
import { TestController } from '../test-controller.ts';
import { FakeAgent } from './fake-agent.ts';

let clock: FakeClock;
let controller: TestController;
beforeEach(async () => {
  clock = new FakeClock(Date.now());
  controller = await TestController.start('', clock);
});
afterEach(async () => {
  await controller.remove();
});

describe('silence', () => {
  it('ends a session after the deadline, and only that one', async () => {
    const silent = await controller.agent('a');
    const alive = await controller.agent('b');
    clock.advance(3000);
    await alive.flush();
    clock.advance(1000);
    expect(await silent.untilClosed()).toMatchObject({ code: 4003, reason: 'nothing heard for 3500 ms' });
    await alive.flush();
    expect(alive.closed).toBeUndefined();
    expect(await controller.eventCodes()).toContain('a session-silent');
  });

  it('ends a connection that says no hello', async () => {
    const agent = await FakeAgent.open(await controller.agentOptions('a'));
    // Its socket is known to the controller when another, later one is.
    await controller.agent('b');
    clock.advance(5500);
    expect(await agent.untilClosed()).toMatchObject({ code: 4003, reason: 'no hello within 5000 ms' });
  });

  it('lets another agent have the name of one that is not heard any more', async () => {
    await controller.agent('a', { instance: 'one' });
    // Past the deadline, but before the controller looks again.
    const second = controller.agent('a', { instance: 'two' });
    clock.advance(3501);
    await (await second).flush();
    expect((await controller.get('/v1/hosts/a')).body.connected).toBe(true);
  });
});

it.each([
  ['an hour ahead', 3_600_000],
  ['an hour back', -3_600_000],
  ['a day ahead', 86_400_000],
  ['a day back', -86_400_000],
])('a clock that is set %s ends no session, keeps no silent one, and loses no subscription', async (_, shiftMs) => {
  const alive = await controller.agent('a');
  const silent = await controller.agent('b');
  await controller.vpc('blue');
  await controller.guest('one', 'a', { addresses: ['10.0.0.5'] });
  await controller.guest('two', 'b', { addresses: ['10.0.0.6'] });
  await alive.until(() => alive.held.has('guest/one'));
  alive.subscribe({ gni: 1, address: '10.0.0.6' });
  await alive.until(() => alive.held.has('mapping/1/10.0.0.6'));
  clock.shiftMs = shiftMs;
  clock.advance(3000);
  await alive.flush();
  expect([alive.closed, silent.closed]).toEqual([undefined, undefined]);
  // It has acknowledged something meanwhile.
  clock.advance(3000);
  await alive.flush();
  clock.advance(1000);
  expect(await silent.untilClosed()).toMatchObject({ code: 4003 });
  await controller.delete('/v1/guests/two');
  await alive.until(() => alive.get('mapping', '1/10.0.0.6')?.host === undefined);
  expect(alive.closed).toBeUndefined();
});

it('updates that take too long for one turn go on in the next ones', async () => {
  // Every look at this clock costs a turn's time.
  let nowMs = 0;
  const slow = { ...systemClock, nowMs: () => (nowMs += 60) };
  const busy = await TestController.start('liveness: { deadlineMs: 600000 }\n', slow);
  try {
    const agents = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => busy.agent(name)));
    await busy.vpc('blue');
    await Promise.all(agents.map(({ host }) => busy.guest(`on-${host}`, host)));
    for (const agent of agents) await agent.until(() => agent.get('guest', `on-${agent.host}`) !== undefined);
  } finally {
    await busy.remove();
  }
});
