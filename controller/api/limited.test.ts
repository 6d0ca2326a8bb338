import { describe, expect, it } from 'vitest';
import type { ExplainedDirection, Explanation } from '../../wire/resources.ts';
import type { Trace } from '../../wire/trace.ts';
import type { Sight } from '../access/tenancy.ts';
import { limitExplanation, limitTrace } from './limited.ts';

/** Marks what a customer must not see: `SECRET`, or 666. */
const trace: Trace = {
  vpc: 'red',
  gni: 1,
  from: { address: '10.0.0.2', guest: 'a1', host: 'a', followed: true },
  to: { address: '10.0.0.3', guest: 'b1', host: 'b', followed: true },
  mode: 'dry-run',
  steps: [
    {
      ...{ way: 'there', host: 'a', executor: 'engine', program: 'send', side: 'out', verdict: 'dropped' },
      ...{ reason: 'no-session', meaning: 'no session', guest: 'a1', length: 84, afterUs: 3 },
      ...{
        device: 'SECRET',
        leftBy: 'SECRET',
        peer: 'SECRET',
        encapsulation: 'SECRET',
        mapping: 'SECRET',
        outer: 'SECRET',
      },
      generation: 666,
    },
  ],
  notes: ['SECRET'],
  differences: ['SECRET'],
  outcome: 'dropped',
  conclusion: 'SECRET',
};

const direction: ExplainedDirection = {
  source: 'a',
  destination: 'b',
  selected: 'gni 1.1',
  reasons: ['SECRET'],
  decidedBy: ['SECRET', 'mine'],
  generation: 666,
  fromMs: 5,
  candidates: [{ format: 'SECRET', possible: false, why: 'SECRET' }],
  standing: 'in-force',
  problems: ['SECRET'],
  accepted: ['SECRET'],
  sending: 'SECRET',
  ownTerms: true,
  carriers: { source: { executor: 'engine', why: 'SECRET' } },
  path: { pathMtu: 666, roundTripUs: 666, lostPercent: 0 },
  traffic: { packetsOut: 666, bytesOut: 666, packetsIn: 666, bytesIn: 666, drops: 666 },
  selfTest: { testedMs: 666, findings: ['SECRET'] },
  rollout: { name: 'SECRET', counts: true },
  history: [{ selected: 'SECRET', decidedBy: ['SECRET'], generation: 666, fromMs: 1, untilMs: 2 }],
  mappings: [{ address: '10.0.0.3', host: 'b', version: 1, asked: true }],
};

const end = (name: string, host: string): Explanation['from'] => ({
  ...{ kind: 'guest', name, host, connected: true, vpc: 'red', addresses: ['10.0.0.2/24'] },
  ...{ labels: { SECRET: 'SECRET' }, formats: ['SECRET'], features: ['SECRET'], key: { epoch: 666, madeMs: 666 } },
});

const sight = {
  customer: 'amber',
  policy: (name: string) => (name === 'mine' ? { author: 'customer amber' } : undefined),
} as unknown as Sight;

describe('a customer', () => {
  it('is told where its packet ended, and nothing of devices, outer addresses and tables', () => {
    const told = limitTrace(trace);
    expect(JSON.stringify(told)).not.toMatch(/SECRET|666/);
    expect(told).toMatchObject({ outcome: 'dropped', conclusion: 'it was dropped: the last step says why' });
    expect(told.steps).toEqual([
      {
        ...{
          way: 'there',
          host: 'a',
          executor: 'engine',
          program: 'send',
          side: 'out',
          verdict: 'dropped',
          generation: 0,
        },
        ...{ reason: 'no-session', meaning: 'no session', guest: 'a1', length: 84, afterUs: 3 },
      },
    ]);
  });

  it('is told what is selected for its guests, by which of its policies, and nothing of hosts', () => {
    const told = limitExplanation({ from: end('a1', 'a'), to: end('b1', 'b'), directions: [direction] }, sight);
    expect(JSON.stringify(told)).not.toMatch(/SECRET|666/);
    expect(told.directions).toEqual([
      {
        ...{ source: 'a', destination: 'b', selected: 'gni 1.1', reasons: [], decidedBy: ['mine'], fromMs: 5 },
        ...{ standing: 'in-force', problems: [], ownTerms: true, mappings: direction.mappings },
      },
    ]);
  });

  it('is told of two guests on one host only that they are', () => {
    const note = 'both are on host a, carried by SECRET';
    const told = limitExplanation({ from: end('a1', 'a'), to: end('a2', 'a'), note, directions: [] }, sight);
    expect(told.note).toBe("both are on host 'a': packets between them do not leave it");
  });
});
