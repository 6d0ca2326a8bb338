import { describe, expect, it } from 'vitest';
import type { ExplainedDirection, Explanation } from '../wire/resources.ts';
import { cli, FakeController } from './fake-controller.ts';

async function explain(body: Explanation, argv = ['explain', 'web1', 'web2'], query = 'from=web1&to=web2') {
  await using controller = await FakeController.start({ [`GET /v1/explain?${query}`]: { body } });
  const result = await cli([...argv, '--controller', controller.socket]);
  return { ...result, asked: controller.asked };
}

const end = { connected: true, formats: ['gni 1.0', 'gni 1.1'], features: ['integrity'], vpc: 'red', labels: {} };
const from = {
  ...end,
  kind: 'guest',
  name: 'web1',
  host: 'left',
  addresses: ['10.0.0.5/24'],
  labels: { rack: 'r1' },
  key: { epoch: 12, madeMs: 940_000 },
} as const;
const to = {
  ...end,
  kind: 'guest',
  name: 'web2',
  host: 'right',
  addresses: ['10.0.0.6/24'],
  key: { epoch: 8, madeMs: 100_000 },
} as const;
const there: ExplainedDirection = {
  source: 'left',
  destination: 'right',
  selected: 'gni 3.0 +aes-256-gcm',
  reasons: [
    'gni 3.0 +aes-256-gcm: highest',
    "+lz4: not used, policy 'calm' forbids lz4",
    "gni 1.1: not chosen, policy 'calm' forbids gni 1.1",
    "policy 'x' is left out",
  ],
  decidedBy: ['calm'],
  generation: 12,
  fromMs: 820_000,
  candidates: [
    { format: 'gni 3.0', features: ['aes-256-gcm'], possible: true, why: 'highest' },
    { format: 'gni 2.0', features: ['lz4'], possible: true, why: 'not chosen, 3.0 is higher' },
    { format: 'gni 1.1', possible: false, why: "not chosen, policy 'calm' forbids gni 1.1" },
  ],
  standing: 'in-force',
  problems: [],
  accepted: ['gni 3.0 +aes-256-gcm #12.7', 'gni 3.0 +aes-256-gcm #12.8'],
  sending: 'gni 3.0 +aes-256-gcm #12.7',
  carriers: { source: { executor: 'tc' }, destination: { executor: 'engine', why: 'guest web2 has a tun port' } },
  path: { pathMtu: 1500, roundTripUs: 90, lostPercent: 0 },
  traffic: { packetsOut: 1200, bytesOut: 4096, packetsIn: 1199, bytesIn: 4000, drops: 1 },
  selfTest: { testedMs: 880_000, findings: [] },
  mappings: [{ address: '10.0.0.6', host: 'right', version: 4, asked: true }],
  history: [{ selected: 'gni 1.1', decidedBy: ['old'], generation: 3, fromMs: 0, untilMs: 820_000 }],
};
const explanation: Explanation = {
  from: { ...from, addresses: [...from.addresses] },
  to: { ...to, addresses: [...to.addresses] },
  directions: [there],
};

describe('weft explain', () => {
  it('tells the whole story of a direction', async () => {
    const expected = `nothing is wrong that is known
web1: guest of red on host left, 10.0.0.5/24, gni 1.0, gni 1.1, integrity, key 12 made 60 s ago, rack r1
web2: guest of red on host right, 10.0.0.6/24, gni 1.0, gni 1.1, integrity, key 8 made 15 min ago

left → right: gni 3.0 +aes-256-gcm — in force at both ends
  since     1970-01-01T00:13:40Z, for 3 min, generation 12
  why       highest
  why       +lz4: not used, policy 'calm' forbids lz4
  why       policy 'x' is left out
  why       decided by policy calm
  sessions  left sends gni 3.0 +aes-256-gcm #12.7, right accepts gni 3.0 +aes-256-gcm #12.7, gni 3.0 +aes-256-gcm #12.8
  carried   by the fast path (tc) on left
  carried   by the engine on right: guest web2 has a tun port
  keys      12 of left, 7 of right (newest is 8)
  path      MTU 1500, round trip 90 µs, 0 % lost
  self-test 2 min ago: nothing found
  traffic   1200 packets (4.0 KiB) sent by left, 1199 (3.9 KiB) received by right, 1 dropped there
  mapping   10.0.0.6 is on right, version 4, known at left
  not       gni 2.0 +lz4  3.0 is higher
  not       gni 1.1       policy 'calm' forbids gni 1.1
  before    gni 1.1 for 14 min, until 1970-01-01T00:13:40Z, decided by policy old
`;
    expect((await explain(explanation)).out).toBe(expected);
    expect((await explain(explanation, ['policy', 'explain', 'web1', 'web2'])).out).toBe(expected);
  });

  it('begins with what is wrong, and says once what is wrong with a host', async () => {
    const away = 'host right is away: what is said of it was so when it was last heard of';
    const back: ExplainedDirection = {
      ...there,
      source: 'right',
      destination: 'left',
      standing: 'away',
      problems: [away],
    };
    const wrong = { ...there, standing: 'away' as const, problems: [away, '7 % of the probes are lost on the way'] };
    const { out } = await explain({
      ...explanation,
      to: { ...explanation.to, connected: false },
      directions: [wrong, back],
    });
    expect(out.split('\n').slice(0, 2)).toEqual([
      `WRONG ${away}`,
      'WRONG left → right: 7 % of the probes are lost on the way',
    ]);
    expect(out).toContain('left → right: gni 3.0 +aes-256-gcm — an end is away');
    expect(out).toContain('key 8 made 15 min ago, away\n');
  });

  it('says what a rollout has to do with it, and that guests have terms of their own', async () => {
    const rollout = { name: 'spring', counts: false };
    const { out } = await explain({ ...explanation, directions: [{ ...there, rollout, ownTerms: true }] });
    expect(out).toContain('why       rollout spring is under way: its policies do not count here yet\n');
    expect(out).toContain('; terms of these two guests alone\n');
  });

  it('tells what was selected at a past time', async () => {
    const past = { source: 'left', destination: 'right', reasons: ['none, because so'], decidedBy: [] };
    const directions = [{ ...past, generation: 3, fromMs: 0, untilMs: 5000 }];
    const body = { ...explanation, atMs: 1000, directions };
    const { out, asked } = await explain(
      body,
      ['explain', 'web1', 'web2', '--at', '1000'],
      'from=web1&to=web2&at=1000',
    );
    expect(asked).toHaveLength(1);
    expect(out.startsWith('at 1970-01-01T00:00:01.000Z\nweb1: ')).toBe(true);
    expect(out).toContain(`
left → right: none
  since     1970-01-01T00:00:00Z until 1970-01-01T00:00:05Z, generation 3
  why       none, because so
`);
  });

  it('prints JSON and nothing else', async () => {
    const { out } = await explain(explanation, ['explain', 'web1', 'web2', '--json']);
    expect(JSON.parse(out)).toEqual(explanation);
  });
});
