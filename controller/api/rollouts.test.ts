/** Rollouts over REST, with agents that only pretend and a clock that a test moves. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Rollout } from '../../wire/rollout.ts';
import type { FakeAgent } from '../channel/fake-agent.ts';
import { FakeClock } from '../clock.ts';
import { TestController } from '../test-controller.ts';

const calm = { name: 'calm', effect: 'forbid', capabilities: ['gni 1.1'] };
const quick = { name: 'quick', policies: [calm], batchHosts: 2, pauseMs: 3000 };

let controller: TestController;
let agents: FakeAgent[];
let clock: FakeClock;
beforeEach(async () => {
  clock = new FakeClock(Date.now());
  controller = await TestController.start('', clock);
  agents = [];
  const gni = await controller.vpc('blue');
  for (const [i, host] of ['a', 'b', 'c', 'd'].entries()) {
    agents.push(await controller.agent(host));
    await controller.guest(`${host}1`, host, { addresses: [`10.0.0.${i + 2}`] });
  }
  for (const agent of agents) {
    await agent.until(() => agent.get('guest', `${agent.host}1`) !== undefined);
    agent.subscribe(...[2, 3, 4, 5].map((last) => ({ gni, address: `10.0.0.${last}` })));
  }
  await allSend('gni 1.1');
});
afterEach(() => controller.remove());

const sends = (from: FakeAgent, to: string, format: string | undefined) =>
  from.until(() => from.get('session', to) !== undefined && from.get('session', to)?.send === format);
const allSend = async (format: string) => {
  for (const from of agents) for (const to of agents) if (from !== to) await sends(from, to.host, format);
};
const rollout = async (name = 'quick') => (await controller.get(`/v1/rollouts/${name}`)).body as unknown as Rollout;
/** Time passes, look by look; agents are heard of in between. */
async function until(condition: (now: Rollout) => boolean): Promise<Rollout> {
  for (;;) {
    clock.advance(1000);
    for (const agent of agents) await agent.flush();
    const now = await rollout();
    if (condition(now)) return now;
  }
}

describe('rollouts', () => {
  it('bring policies to the hosts, are shown meanwhile, and end', async () => {
    const started = await controller.post('/v1/rollouts', quick);
    expect(started).toMatchObject({ status: 201, body: { name: 'quick', phase: 'running', batchHosts: 2 } });
    expect(await controller.post('/v1/rollouts', { ...quick, name: 'other' })).toMatchObject({
      status: 409,
      body: { code: 'in-use', message: "rollout 'quick' is running: wait for its end, or abort it first" },
    });
    expect(await controller.put('/v1/policies/calm', calm)).toMatchObject({ status: 409, body: { code: 'in-use' } });
    const half = await until(({ batches, watched }) => batches === 1 && watched?.sessions === 2);
    expect(half).toMatchObject({ hosts: { in: 2, known: 4 }, batch: ['a', 'b'], away: [], why: 'batch 1 is in' });
    await until(({ phase }) => phase === 'done');
    await allSend('gni 1.0');
    expect((await controller.get('/v1/policies/calm')).body).toMatchObject({ capabilities: ['gni 1.1'] });
    const done = await rollout();
    expect(done).toMatchObject({ phase: 'done', hosts: { in: 4, known: 4 } });
    expect(done.watched).toBeUndefined();
    expect(await controller.eventCodes()).toContain('undefined rollout-done');
  });

  it('are paused, resumed and aborted, also by another controller than began them', async () => {
    await controller.post('/v1/rollouts', { ...quick, pauseMs: 60_000 });
    await until(({ batches }) => batches === 1);
    await sends(agents[0] as FakeAgent, 'b', 'gni 1.0');
    expect(await controller.post('/v1/rollouts/quick/resume', {})).toMatchObject({
      status: 409,
      body: { message: "rollout 'quick': it is running already" },
    });
    expect(await controller.post('/v1/rollouts/quick/pause', {})).toMatchObject({
      status: 200,
      body: { phase: 'paused', why: 'an operator has paused it' },
    });
    const limits = { dropsPercent: 5 };
    expect(await controller.post('/v1/rollouts/quick/resume', { limits })).toMatchObject({
      status: 200,
      body: { phase: 'running', limits: { dropsPercent: 5, settleMs: 30_000 } },
    });
    expect(await controller.post('/v1/rollouts/quick/abort', {})).toMatchObject({ status: 200 });
    await until(({ phase }) => phase === 'aborted');
    await allSend('gni 1.1');
    expect((await controller.get('/v1/policies')).body.items).toEqual([]);
    const { items } = (await controller.get('/v1/rollouts')).body;
    expect(items).toMatchObject([{ name: 'quick', phase: 'aborted', hosts: { in: 0 } }]);
  });

  it('are refused with a sentence', async () => {
    const refused: [object, number, string][] = [
      [{ name: 'quick' }, 400, 'would change nothing'],
      [{ ...quick, batchHosts: 0 }, 400, "'batchHosts'"],
      [{ ...quick, speed: 1 }, 400, "unknown key 'speed'"],
      [{ ...quick, limits: { drops: 1 } }, 400, "'limits' has an unknown key 'drops'"],
      [{ ...quick, remove: ['x'] }, 404, "policy 'x', which shall go, does not exist"],
    ];
    for (const [body, status, message] of refused) {
      const answer = await controller.post('/v1/rollouts', body);
      expect(answer).toMatchObject({ status, body: { message: expect.stringContaining(message) } });
    }
    expect(await controller.post('/v1/rollouts/none/pause', {})).toMatchObject({ status: 404 });
    expect((await controller.get('/v1/rollouts')).body.items).toEqual([]);
  });
});
