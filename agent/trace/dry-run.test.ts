import { describe, expect, it } from 'vitest';
import type { LookedUp } from '../datapath/datapath.ts';
import { dryRun } from './dry-run.ts';
import type { Names } from './steps.ts';
import { ends, left, right } from './test-names.ts';

const remote: LookedUp = { location: 'remote', peer: 1, send: 0, sourceIsRight: true, generation: 4 };
const local: LookedUp = { location: 'local', sourceIsRight: true, generation: 4 };

describe('a dry run', () => {
  const out: readonly [string, LookedUp, string][] = [
    ['sends', remote, 'sent gni 1.0'],
    ['waits for a decision', { ...remote, send: undefined }, 'waiting nothing is agreed with b yet'],
    ['drops what policies leave nothing for', { ...remote, send: 'none' }, 'dropped no-selection'],
    ['drops without a session', { location: 'remote', sourceIsRight: true, generation: 4 }, 'dropped no-session'],
    ['drops a source that is not the guest’s', { ...remote, sourceIsRight: false }, 'dropped guest-spoofed-source'],
    ['drops what is in no prefix', { ...local, location: 'no-route' }, 'dropped no-route'],
    ['drops what is nowhere', { ...local, location: 'nowhere' }, 'dropped no-mapping'],
    ['asks for what is not known', { ...local, location: 'unknown' }, 'waiting the mapping server is asked'],
    ['delivers on the same host', local, 'delivered'],
  ];
  it.each(out)('of the engine alone: %s', (_, engine, expected) => {
    const [step, ...more] = dryRun(ends, { engine }, left);
    expect(more).toEqual([]);
    expect(step).toMatchObject({ executor: 'engine', program: 'send', side: 'out', generation: 4 });
    expect([step?.verdict, step?.reason, step?.encapsulation].filter(Boolean).join(' ')).toBe(expected);
  });

  const both: readonly [string, LookedUp, readonly string[]][] = [
    ['sends', remote, ['tc guest sent ']],
    ['leaves sealing to the engine', { ...remote, send: 1 }, ['tc guest handed-over by-engine', 'engine send sent ']],
    [
      'leaves what it does not know to the engine',
      { ...local, location: 'unknown' },
      ['tc guest handed-over unknown-location', 'engine send sent '],
    ],
    [
      'drops a source that is not the guest’s',
      { ...remote, sourceIsRight: false },
      ['tc guest dropped guest-spoofed-source'],
    ],
  ];
  it.each(both)('of the fast path: %s', (_, fastPath, expected) => {
    const steps = dryRun(ends, { engine: remote, fastPath }, left);
    expect(steps.map((step) => `${step.executor} ${step.program} ${step.verdict} ${step.reason}`)).toEqual(expected);
  });

  it('of a tun guest asks the engine alone', () => {
    const steps = dryRun(ends, { engine: remote, fastPath: remote }, { ...left, executorOf: () => 'engine' });
    expect(steps.map(({ executor }) => executor)).toEqual(['engine']);
  });

  it('of the receiver says what it accepts', () => {
    const steps = dryRun(ends, { engine: local }, right);
    expect(steps).toMatchObject([
      {
        program: 'receive',
        side: 'in',
        verdict: 'delivered',
        guest: 'db',
        peer: 'a',
        encapsulation: 'gni 1.0, gni 3.0 +aes-256-gcm #1.2',
        mapping: 'red/10.0.0.5 → a, red/10.0.0.6 → guest db',
      },
    ]);
  });

  const incoming: readonly [string, LookedUp, Partial<Names>, string][] = [
    ['of another host', { ...local, sourceIsRight: false }, {}, 'dropped spoofed-inner-source'],
    [
      'not known yet',
      { ...local, sourceIsRight: false },
      { mapping: () => undefined },
      'waiting the mapping server is asked where the source is',
    ],
    ['to nobody', { ...local, location: 'remote' }, {}, 'dropped no-guest'],
    ['of an unknown network', local, { network: () => undefined }, 'dropped unknown-gni'],
  ];
  it.each(incoming)('of the receiver, a packet %s', (_, engine, names, expected) => {
    const [step] = dryRun(ends, { engine }, { ...right, ...names });
    expect(`${step?.verdict} ${step?.reason}`).toBe(expected);
  });

  const byFastPath: readonly [string, Partial<Names>, Partial<LookedUp>, readonly string[]][] = [
    ['plain', {}, {}, ['tc delivered ']],
    ['plain, by XDP', { executorOf: () => 'xdp' }, {}, ['xdp delivered ']],
    [
      'sealed',
      { accepted: () => ['gni 3.0 +aes-256-gcm #1.2'] },
      {},
      ['tc handed-over not-accepted', 'engine delivered '],
    ],
    [
      'that may be compressed',
      { accepted: () => ['gni 2.0 +lz4'] },
      {},
      ['tc delivered where it is neither compressed nor shortened, else the engine’s'],
    ],
    ['for a tun guest', { executorOf: () => 'engine' }, {}, ['tc handed-over engine-port', 'engine delivered ']],
    ['of nobody that is known', {}, { sourceIsRight: false }, ['tc handed-over unknown-location', 'engine delivered ']],
  ];
  it.each(byFastPath)('of the receiver’s fast path, a packet %s', (_, names, fastPath, expected) => {
    const steps = dryRun(ends, { engine: local, fastPath: { ...local, ...fastPath } }, { ...right, ...names });
    expect(steps.map(({ executor, verdict, reason }) => `${executor} ${verdict} ${reason}`)).toEqual(expected);
  });
});
