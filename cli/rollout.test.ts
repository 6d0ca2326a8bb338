import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Rollout } from '../wire/rollout.ts';
import { type Answers, cli, FakeController } from './fake-controller.ts';

const folder = mkdtempSync(join(tmpdir(), 'weft-rollout-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'policies.yaml');
writeFileSync(file, 'policies:\n  - { name: calm, effect: forbid, capabilities: [gni 1.1] }\n');

async function withController(argv: readonly string[], answers: Answers) {
  await using controller = await FakeController.start(answers);
  const result = await cli(['rollout', ...argv, '--controller', controller.socket]);
  return { ...result, asked: controller.asked };
}

const calm = { name: 'calm', effect: 'forbid' as const, capabilities: ['gni 1.1'] };
const running: Rollout = {
  name: 'spring',
  phase: 'running',
  why: 'batch 2 is in',
  policies: [calm],
  remove: ['old'],
  batchHosts: 2,
  pauseMs: 120_000,
  limits: { settleMs: 30_000, unsettledPercent: 0, dropsPercent: 1, cut: 0 },
  order: [{ label: 'environment', value: 'test' }],
  hosts: { in: 4, known: 9 },
  batches: 2,
  batch: ['c', 'd'],
  away: ['d'],
  startedMs: 700_000,
  changedMs: 990_000,
  watched: {
    forMs: 10_000,
    sessions: 8,
    unsettled: 1,
    examples: ['a → c'],
    dropsPercent: 0.25,
    dropsPercentBefore: 0.2,
  },
  revision: 7,
};
const paused: Rollout = { ...running, phase: 'paused', why: 'an operator has paused it' };
const { watched: _watched, ...rest } = running;
const done: Rollout = { ...rest, phase: 'done', why: 'every host is in', hosts: { in: 9, known: 9 }, away: [] };

describe('weft rollout', () => {
  it('starts one with what the options say', async () => {
    const options =
      '--remove old --batch 20% --pause 2min --settle 500ms --max-drops 0.5 --max-unsettled 3 --max-cut 4';
    const argv = ['start', 'spring', '-f', file, ...options.split(' '), '--order', 'environment=test'];
    const { code, out, err, asked } = await withController(argv, {
      'POST /v1/rollouts': { status: 201, body: running },
    });
    expect({ code, out, err }).toEqual({
      code: 0,
      out: "rollout 'spring' has begun: 2 of 9 hosts at once, 2 min each\n",
      err: 'watch it with: weft rollout status spring --follow\n',
    });
    expect(asked[0]?.body).toEqual({
      name: 'spring',
      policies: [calm],
      remove: ['old'],
      batchPercent: 20,
      pauseMs: 120_000,
      limits: { settleMs: 500, unsettledPercent: 3, dropsPercent: 0.5, cut: 4 },
      order: [{ label: 'environment', value: 'test' }],
    });
  });

  it('takes the example', async () => {
    const example = join(import.meta.dirname, '../examples/rollout.yaml');
    const { code, asked } = await withController(['start', 'encrypt-all', '-f', example], {
      'POST /v1/rollouts': { status: 201, body: running },
    });
    expect(code).toBe(0);
    expect(asked[0]?.body).toMatchObject({
      policies: [
        { name: 'nothing-plain', effect: 'forbid' },
        { name: 'old-cipher-last', effect: 'order' },
      ],
    });
  });

  const mistakes: readonly [string, string][] = [
    ['start spring', 'a rollout needs policies: give --file, --remove or both'],
    ['start spring --remove x --batch 0', 'expected a number of hosts such as 5, or a share such as 20%'],
    ['start spring --remove x --batch 101%', 'expected a number of hosts such as 5, or a share such as 20%'],
    ['start spring --remove x --pause 5', 'expected a time of up to a day such as 500ms, 90s, 5min or 1h'],
    ['start spring --remove x --pause 25h', 'expected a time of up to a day'],
    ['start spring --remove x --max-drops 101', 'expected a number of percent, of 0 to 100'],
    ['start spring --remove x --order test', 'expected a label and its value such as environment=test'],
  ];
  it.each(mistakes)('refuses `%s` with exit code 2, and asks the controller nothing', async (line, sentence) => {
    const { code, err, asked } = await withController(line.split(' '), {});
    expect({ code, asked }).toEqual({ code: 2, asked: [] });
    expect(err).toContain(sentence);
  });

  it('shows how far one has come, what it waits for and when it would pause', async () => {
    const { out } = await withController(['status'], { 'GET /v1/rollouts': { body: { items: [running] } } });
    expect(out).toBe(`rollout spring: running, 4 of 9 hosts in
  batch 2 is in
  began 5 min ago, last change 10 s ago
  policies: calm; go: old
  pace: 2 hosts at once, 2 min each, first environment=test
  pauses when: more than 0 % of sessions not in force after 30 s, drops 1 points up, more than 0 directions cut
  batch 2: c, d; away: d
  watched for 10 s: 7 of 8 changed sessions in force, drops 0.25 % (before 0.20 %)
  not in force: a → c
`);
  });

  it('lists several', async () => {
    const items = [running, { ...done, name: 'winter' }];
    const { out } = await withController(['status'], { 'GET /v1/rollouts': { body: { items } } });
    expect(out).toBe(
      'ROLLOUT  PHASE    HOSTS IN  BEGAN  WHY\n' +
        'spring   running    4 of 9  5 min  batch 2 is in\n' +
        'winter   done       9 of 9  5 min  every host is in\n',
    );
  });

  it('ends a `--follow` with a code that tells how it ended', async () => {
    const ends: [Rollout, number][] = [
      [done, 0],
      [paused, 3],
      [{ ...done, phase: 'aborted' }, 4],
    ];
    for (const [body, expected] of ends) {
      const argv = ['status', 'spring', '--follow'];
      const { code, out } = await withController(argv, { 'GET /v1/rollouts/spring': { body } });
      expect(code).toBe(expected);
      expect(out).toContain(`rollout spring: ${body.phase}`);
    }
  });

  it('pauses, resumes under other limits and aborts the one that is under way', async () => {
    const answers: Answers = {
      'GET /v1/rollouts': { body: { items: [{ ...done, name: 'winter' }, running] } },
      'POST /v1/rollouts/spring/pause': { body: paused },
      'POST /v1/rollouts/spring/resume': { body: running },
      'POST /v1/rollouts/spring/abort': { body: { ...running, phase: 'aborting' } },
    };
    expect((await withController(['pause'], answers)).out).toBe("rollout 'spring' is paused: 4 of 9 hosts in\n");
    const resumed = await withController(['resume', '--max-drops', '5'], answers);
    expect(resumed.out).toBe("rollout 'spring' is running: 4 of 9 hosts in\n");
    expect(resumed.asked[1]?.body).toEqual({ limits: { dropsPercent: 5 } });
    expect((await withController(['abort'], answers)).out).toBe("rollout 'spring' is aborting: 4 of 9 hosts in\n");
  });

  it('says so when none is under way, and passes on why the controller refuses', async () => {
    const none = await withController(['abort'], { 'GET /v1/rollouts': { body: { items: [done] } } });
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining('no rollout is under way') });
    const refusal = { status: 409, body: { code: 'in-use', message: "rollout 'spring' is running: wait for its end" } };
    const refused = await withController(['start', 'x', '--remove', 'old'], { 'POST /v1/rollouts': refusal });
    expect(refused).toMatchObject({ code: 1, err: "weft: rollout 'spring' is running: wait for its end\n" });
  });
});
