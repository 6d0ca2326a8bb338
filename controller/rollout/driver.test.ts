/** Rollouts on a pretended region: what hosts send meanwhile, and controllers that die at every write (from a seed). */
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { untested } from '../../wire/control.ts';
import { FakeClock } from '../clock.ts';
import { Region } from '../derive/fake-region.ts';
import { seededRandom } from '../seeded-random.ts';
import type { Rollout } from '../state/records.ts';
import { Rollouts, type RolloutsOptions } from './driver.ts';
import { isIn } from './effective.ts';

const hosts = ['a', 'b', 'c', 'd', 'e'];
const calm = { name: 'calm', effect: 'forbid', capabilities: ['gni 1.1'] } as const;
const request = { name: 'r', policies: [{ ...calm, capabilities: ['gni 1.1'] }], batchHosts: 2, pauseMs: 0 };

let region: Region;
let clock: FakeClock;
let rollouts: Rollouts;
let reports: string[];
afterEach(() => region.close());

type Commands = RolloutsOptions['commands'];

function drive(commands: Commands = region.controller.commands): void {
  const { state, derivation } = region.controller;
  const report = (code: string, detail: string) => reports.push(`${code} ${detail}`);
  rollouts = new Rollouts({ state, derivation, commands, clock, log: pino({ level: 'silent' }), report });
}

/** Every host has a guest and talks to every other. */
async function create(): Promise<void> {
  clock = new FakeClock();
  reports = [];
  region = await Region.create(hosts);
  const { commands } = region.controller;
  const vpc = await commands.createVpc({ name: 'blue', prefixes: ['10.0.0.0/24'] });
  const gni = vpc.ok ? vpc.value.gni : 0;
  const addresses = hosts.map((_, i) => `10.0.0.${i + 2}`);
  for (const [i, host] of hosts.entries()) {
    await commands.createGuest({ name: `g${host}`, host, vpc: 'blue', addresses: [addresses[i] ?? ''] });
  }
  await region.settle();
  for (const [i, host] of hosts.entries()) {
    const others = addresses.filter((_, other) => other !== i);
    region.subscribe(host, ...others.map((address) => ({ gni, address })));
  }
  await region.settle();
  drive();
}

const rollout = (): Rollout => {
  const found = region.controller.state.rollouts.get('r');
  if (found === undefined) throw new Error('there is no rollout');
  return found;
};
const isOver = () => ['done', 'aborted', 'paused'].includes(rollout().phase);
/** What each host sends to each other one, once. */
const sent = () => [
  ...new Set(hosts.flatMap((a) => hosts.filter((b) => a !== b).map((b) => region.host(a).session(b)?.send ?? 'none'))),
];

async function play(): Promise<void> {
  for (let i = 0; i < 40 && !isOver(); i++) {
    await rollouts.look();
    await region.settle();
  }
}

describe('a rollout', () => {
  it('brings every pair of hosts under the new policies, and then nothing changes any more', async () => {
    await create();
    expect((await rollouts.start(request)).ok).toBe(true);
    const steps: string[] = [];
    for (let i = 0; i < 20 && !isOver(); i++) {
      await rollouts.look();
      await region.settle();
      const changed = [...region.controller.state.selections.values()].filter(({ selected }) => selected === 'gni 1.0');
      steps.push(`${rollout().batches.flat().join('')} ${changed.length}`);
    }
    expect(steps).toEqual(['ab 2', 'abcd 12', 'abcde 20', 'abcde 20']);
    expect(rollout()).toMatchObject({ phase: 'done', why: 'every host is in' });
    expect(region.controller.state.policies.get('calm')).toMatchObject({ capabilities: ['gni 1.1'] });
    expect(sent()).toEqual(['gni 1.0']);
    expect(reports.at(-1)).toBe('rollout-done r: every host is in');
  });

  it('puts more policies than a transaction holds, and no selection changes with them', async () => {
    await create();
    const more = Array.from({ length: 150 }, (_, i) => ({
      name: `more-${i}`,
      effect: 'forbid' as const,
      capabilities: ['gni 1.1'],
    }));
    await rollouts.start({ ...request, policies: [...request.policies, ...more] });
    const chosen = () => [...region.controller.state.selections.values()].map(({ revision }) => revision);
    for (let i = 0; i < 3; i++) {
      await rollouts.look();
      await region.settle();
    }
    expect(rollout()).toMatchObject({ phase: 'running', batches: [['a', 'b'], ['c', 'd'], ['e']] });
    const before = chosen();
    await play();
    expect(rollout().phase).toBe('done');
    expect(region.controller.state.policies.size).toBe(151);
    expect(chosen()).toEqual(before);
  });

  it('that is aborted leaves everything as it was', async () => {
    await create();
    await rollouts.start(request);
    for (let i = 0; i < 2; i++) {
      await rollouts.look();
      await region.settle();
    }
    expect(sent().sort()).toEqual(['gni 1.0', 'gni 1.1']);
    expect((await rollouts.abort('r')).ok).toBe(true);
    await play();
    expect(rollout()).toMatchObject({ phase: 'aborted', batches: [] });
    expect(sent()).toEqual(['gni 1.1']);
    expect(region.controller.state.policies.size).toBe(0);
  });

  it('that would cut hosts off from each other is refused, unless so many may be', async () => {
    await create();
    const { commands } = region.controller;
    await commands.putPolicy({ name: 'safe', effect: 'require', capabilities: ['integrity'] });
    await region.settle();
    const refused = await rollouts.start(request);
    expect(refused).toMatchObject({ ok: false, code: 'in-use' });
    expect(refused).toMatchObject({
      message: expect.stringContaining('20 directions that are in use with no selection'),
    });
    expect(refused).toMatchObject({ message: expect.stringContaining('a → b (none, because') });
    expect((await rollouts.start({ ...request, limits: { cut: 20 } })).ok).toBe(true);
  });

  it('that would cut single guests off is refused too', async () => {
    await create();
    const match = { guest: 'ga' };
    await region.controller.commands.putPolicy({ name: 'safe', effect: 'require', capabilities: ['integrity'], match });
    await region.settle();
    const refused = await rollouts.start({ ...request, policies: [{ ...calm, capabilities: ['gni 1.1'], match }] });
    expect(refused).toMatchObject({ ok: false, message: expect.stringContaining('8 directions that are in use') });
    expect(refused).toMatchObject({ message: expect.stringContaining('ga → gb (none, because') });
  });

  it('pauses before a batch that would cut hosts off by what was changed meanwhile, which nobody notices', async () => {
    await create();
    await rollouts.start(request);
    await rollouts.look();
    await region.settle();
    const { commands } = region.controller;
    const safe = { name: 'safe', effect: 'require' as const, capabilities: ['integrity'] };
    await commands.putPolicy({ ...safe, match: { host: 'e' } });
    await region.settle();
    await play();
    expect(rollout()).toMatchObject({ phase: 'paused' });
    expect(rollout().batches.flat()).toEqual(['a', 'b', 'c', 'd']);
    expect(rollout().why).toContain('the next batch would leave 8 directions with no selection: e → a (none, because');
    expect(sent()).not.toContain('none');
  });

  it('pauses when a host refuses its new session', async () => {
    await create();
    region.host('b').refuses.add('session/a');
    await rollouts.start({ ...request, limits: { settleMs: 5000 } });
    await rollouts.look();
    await region.settle();
    clock.advance(4999);
    await rollouts.look();
    expect(rollout().phase).toBe('running');
    clock.advance(1);
    await rollouts.look();
    expect(rollout().phase).toBe('paused');
    expect(rollout().why).toContain('2 of 2 changed sessions are not in force after 5000 ms: a → b, b → a');
  });

  it('pauses when packets of changed sessions are dropped, also after an agent has started anew', async () => {
    await create();
    const measured = (host: string, peer: string, packetsIn: number, drops: number) => {
      const facts = region.controller.derivation.facts(host);
      const path = { peer, address: '198.18.0.1', pathMtu: 0, roundTripUs: 0, lostPercent: 0, ...untested };
      if (facts !== undefined) facts.paths = [{ ...path, packetsIn, drops }];
    };
    measured('a', 'b', 99_000, 1000);
    await rollouts.start({ ...request, pauseMs: 60_000 });
    expect(rollout().dropsPercentBefore).toBe(1);
    await rollouts.look();
    await region.settle();
    // Drops between hosts that are not in say nothing of the new policies.
    measured('c', 'd', 0, 50_000);
    measured('a', 'b', 100_000, 1010);
    await rollouts.look();
    expect(rollouts.seen).toMatchObject({ packets: 1010, drops: 10 });
    expect(rollout().phase).toBe('running');
    measured('a', 'b', 980, 30);
    await rollouts.look();
    expect(rollouts.seen).toMatchObject({ packets: 2020, drops: 40 });
    expect(rollout().phase).toBe('running');
    measured('a', 'b', 980, 60);
    await rollouts.look();
    expect(rollout().why).toBe('3.4 % of the packets of the changed sessions are dropped, before it were 1.0 %');
  });

  it('is the only one, and the policies that it changes are its own', async () => {
    await create();
    const { commands } = region.controller;
    await commands.putPolicy({ name: 'old', effect: 'prefer', capabilities: ['gni 1.0'] });
    await rollouts.start({ ...request, remove: ['old'] });
    const message = async (outcome: Promise<{ ok: boolean; message?: string }>) => (await outcome).message;
    const advice = "is being changed by rollout 'r': wait for its end, or abort it (weft rollout abort r)";
    expect(await message(commands.putPolicy({ ...calm, capabilities: ['gni *'] }))).toBe(`policy 'calm' ${advice}`);
    expect(await message(commands.deletePolicy('old'))).toBe(`policy 'old' ${advice}`);
    expect(await message(rollouts.start({ ...request, name: 's' }))).toBe(
      "rollout 'r' is running: wait for its end, or abort it first",
    );
    expect((await commands.putPolicy({ name: 'other', effect: 'prefer', capabilities: ['gni 1.0'] })).ok).toBe(true);
    await play();
    expect(rollout().phase).toBe('done');
    expect([...region.controller.state.policies.keys()].sort()).toEqual(['calm', 'other']);
    expect((await commands.deletePolicy('calm')).ok).toBe(true);
  });

  const refused: readonly [object, string][] = [
    [{ policies: [] }, 'would change nothing'],
    [{ remove: ['calm'] }, "names policy 'calm' twice"],
    [{ policies: [], remove: ['x'] }, "policy 'x', which shall go, does not exist"],
    [{ batchPercent: 5 }, 'has batchHosts and batchPercent: give one of them'],
    [{ policies: [{ ...calm, capabilities: ['gnu 1.1'] }] }, "'gnu 1.1' is neither a framework nor a feature"],
    [{ policies: [{ ...calm, effect: 'pin', capabilities: ['gni *'] }] }, 'a pin is of one format'],
  ];
  it.each(refused)('is refused with a sentence: %j', async (change, sentence) => {
    await create();
    const outcome = await rollouts.start({ ...request, ...change });
    expect(outcome).toMatchObject({ ok: false, message: expect.stringContaining(sentence) });
    expect(region.controller.state.rollouts.size).toBe(0);
  });

  it('keeps a bounded number of past ones', async () => {
    await create();
    for (let i = 0; i < 20; i++) {
      clock.advance(1000);
      await rollouts.start({ ...request, name: `r${i}` });
      await rollouts.abort(`r${i}`);
      await rollouts.look();
    }
    const names = [...region.controller.state.rollouts.keys()];
    expect(names).toHaveLength(16);
    expect(names).toContain('r19');
    expect(names).not.toContain('r0');
  });
});

type Moment = 'before' | 'after';

/** Commands of a controller that dies at its n-th write of the rollout. */
function mortal(nth: number, moment: Moment): Commands & { dead: boolean } {
  const { commands } = region.controller;
  let writes = 0;
  const fate = {
    dead: false,
    as: () => fate,
    changeRollout: async (...parameters: Parameters<Commands['changeRollout']>) => {
      const revision = region.controller.state.revision;
      const isLast = writes === nth;
      if (fate.dead || (isLast && moment === 'before')) {
        fate.dead = true;
        throw new Error('died before it was written');
      }
      const outcome = await commands.changeRollout(...parameters);
      if (region.controller.state.revision > revision) writes += 1;
      if (!isLast || writes === nth) return outcome;
      fate.dead = true;
      throw new Error('died when it was written');
    },
  };
  return fate;
}

/** Turns in any order; who dies is followed by one that lives. Returns the number of deaths. */
async function survive(nth: number, moment: Moment, random: () => number, abort: boolean): Promise<number> {
  const fate = mortal(nth, moment);
  drive(fate);
  let deaths = 0;
  if (abort) await rollouts.abort('r').catch(() => undefined);
  const diesNow = () => fate.dead && deaths === 0;
  for (let i = 0; i < 400 && (!isOver() || diesNow()); i++) {
    if (diesNow()) {
      deaths += 1;
      await rollouts.stop();
      await region.restartController();
      for (const host of hosts) await region.connect(host);
      drive();
      rollouts.begin();
      // What an operator was not answered he says again.
      if (abort && rollout().phase === 'running') await rollouts.abort('r');
    }
    await turn(random);
  }
  await play();
  await region.settle();
  return deaths;
}

const moments = ['before', 'after'] as const;
const cases = (writes: number) =>
  Array.from({ length: writes }, (_, nth) =>
    moments.flatMap((moment) => [1, 2, 3].map((seed) => ({ nth, moment, seed }))),
  ).flat();

describe('a controller that dies', () => {
  it.each(cases(5))('$moment write $nth is followed by one that ends the rollout (seed $seed)', async (each) => {
    await create();
    await rollouts.start(request);
    expect(await survive(each.nth, each.moment, seededRandom(each.seed), false)).toBe(1);
    expect(rollout().phase).toBe('done');
    expect(sent()).toEqual(['gni 1.0']);
    expect([...region.controller.state.policies.keys()]).toEqual(['calm']);
  });

  it.each(cases(3))(
    '$moment write $nth on the way back is followed by one that goes back (seed $seed)',
    async (each) => {
      await create();
      await rollouts.start(request);
      for (let i = 0; i < 2; i++) {
        await rollouts.look();
        await region.settle();
      }
      expect(rollout().batches).toHaveLength(2);
      expect(await survive(each.nth, each.moment, seededRandom(each.seed), true)).toBe(1);
      expect(rollout()).toMatchObject({ phase: 'aborted', batches: [] });
      expect(sent()).toEqual(['gni 1.1']);
      expect(region.controller.state.policies.size).toBe(0);
    },
  );
});

async function turn(random: () => number): Promise<void> {
  const draw = random();
  const host = hosts[Math.floor(random() * hosts.length)] ?? 'a';
  if (draw < 0.15) await rollouts.look();
  else if (draw < 0.2) region.pass(1000);
  else if (draw < 0.4) await region.flush();
  else if (draw < 0.7) region.deliver(host);
  else region.acknowledge(host);
  region.check();
  expectOnlyHostsThatAreIn();
}

/** The new policies have decided for nobody whom the rollout has not reached. */
function expectOnlyHostsThatAreIn(): void {
  const record = rollout();
  if (record.phase === 'done' || record.phase === 'aborting' || record.phase === 'aborted') return;
  const early = [...region.controller.state.selections.values()].filter(
    ({ source, destination, selected }) =>
      selected === 'gni 1.0' && !(isIn(record, source) && isIn(record, destination)),
  );
  expect(early).toEqual([]);
}
