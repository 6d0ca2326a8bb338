/** Explanations over REST of what differs for single guests and for hosts that are away. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
      executor: 'engine',
      history: [{ selected: 'gni 1.1', decidedBy: [] }],
    });
    await b.close();
    const away = 'host b is away: what is said of it was so when it was last heard of';
    expect((await explained('a', 'b'))[0]).toMatchObject({ standing: 'away', problems: [away] });
  });
});
