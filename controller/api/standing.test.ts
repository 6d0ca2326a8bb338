import { describe, expect, it } from 'vitest';
import { describeStanding, type StandingFacts } from './standing.ts';

const well: StandingFacts = {
  source: 'a',
  destination: 'b',
  away: [],
  selected: 'gni 1.1',
  reason: 'gni 1.1: highest common version',
  inForce: true,
  sending: 'gni 1.1',
  accepted: ['gni 1.1'],
  sinceMs: 0,
  nowMs: 60_000,
  path: { pathMtu: 1500, roundTripUs: 90, lostPercent: 0 },
  traffic: { packetsOut: 200, bytesOut: 1, packetsIn: 200, bytesIn: 1, drops: 1 },
  selfTest: { testedMs: 1, findings: [] },
  keyless: [],
  refusals: [],
  paused: undefined,
};

const cases: readonly [title: string, change: Partial<StandingFacts>, standing: string, problems: readonly string[]][] =
  [
    ['all is well', {}, 'in-force', []],
    [
      'nothing is selected',
      { selected: undefined, inForce: true, reason: 'none, because so' },
      'none',
      ['nothing can be sent: none, because so'],
    ],
    ['no packet needs it', { inForce: undefined }, 'idle', []],
    [
      'an end is away',
      { inForce: undefined, away: ['b'] },
      'away',
      ['host b is away: what is said of it was so when it was last heard of'],
    ],
    ['it has just changed', { inForce: false, sending: 'gni 1.0', sinceMs: 50_001 }, 'changing', []],
    [
      'the destination does not acknowledge',
      { inForce: false, sending: 'gni 1.0', accepted: ['gni 1.0'] },
      'changing',
      ['b has not acknowledged that it accepts gni 1.1'],
    ],
    [
      'the source does not acknowledge',
      { inForce: false, sending: 'gni 1.0', accepted: ['gni 1.1 #3.4'] },
      'changing',
      ['a has not acknowledged that it sends gni 1.1; it sends gni 1.0'],
    ],
    [
      'a host refuses',
      { inForce: false, refusals: ['b session a: one', 'b session a: no such key'] },
      'changing',
      ['the session was refused: b session a: no such key'],
    ],
    [
      'the path is bad',
      { path: { pathMtu: 0, roundTripUs: 90, lostPercent: 7 } },
      'in-force',
      ['7 % of the probes are lost on the way'],
    ],
    [
      'the path is dead',
      { path: { pathMtu: 0, roundTripUs: 0, lostPercent: 100 } },
      'in-force',
      ['host b does not answer probes'],
    ],
    [
      'the self-test found something',
      { selfTest: { testedMs: 1, findings: ['a packet of 1500 bytes does not arrive'] } },
      'in-force',
      ['self-test: a packet of 1500 bytes does not arrive'],
    ],
    [
      'packets are dropped',
      { traffic: { packetsOut: 100, bytesOut: 1, packetsIn: 97, bytesIn: 1, drops: 3 } },
      'in-force',
      ['3.0 % of the packets were dropped at b: see weft status there'],
    ],
    [
      'a handful is dropped',
      { traffic: { packetsOut: 10, bytesOut: 1, packetsIn: 1, bytesIn: 1, drops: 9 } },
      'in-force',
      [],
    ],
    ['a rollout is paused', { paused: "rollout 'r' is paused: so" }, 'in-force', ["rollout 'r' is paused: so"]],
  ];

describe('the standing of a direction', () => {
  it.each(cases)('when %s', (_title, change, standing, problems) => {
    expect(describeStanding({ ...well, ...change })).toEqual({ standing, problems });
  });
});
