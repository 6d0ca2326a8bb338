import { beforeEach, describe, expect, it } from 'vitest';
import type { Trace, Traced } from '../../wire/control.ts';
import type { TraceFilter } from '../datapath/datapath.ts';
import { FakeClock } from '../fake-clock.ts';
import type { Echo, EchoResult } from './echo.ts';
import type { Names } from './steps.ts';
import { Traces } from './traces.ts';

const names: Names = {
  guestAtPort: () => undefined,
  peerAt: () => 'b',
  encapsulation: () => 'gni 1.1',
  accepted: () => [],
  network: () => 'red',
  guestAt: (_, address) => (address === '10.0.0.5' ? 'web' : undefined),
  mapping: (gni, address) => ({ gni, address, host: 'b' }),
  executorOf: () => 'engine',
};
const there: Trace = {
  trace: 5,
  gni: 7,
  source: '10.0.0.5',
  destination: '10.0.0.6',
  waitMs: 5000,
  echo: 99,
  inject: 'web',
  dryRun: false,
};
const event = {
  kind: 'traced',
  trace: 5,
  executor: 'engine',
  program: 'send',
  verdict: 'sent',
  peer: 1,
  encapsulation: 0,
  length: 84,
  generation: 3,
  timeUs: 10,
} as const;

describe('traces', () => {
  let clock: FakeClock;
  let filters: (TraceFilter | undefined)[];
  let echoes: Echo[];
  let told: Traced[];
  let answer: () => Promise<EchoResult>;
  let lookUp: () => never;
  let traces: Traces;

  beforeEach(() => {
    clock = new FakeClock();
    filters = [];
    echoes = [];
    told = [];
    answer = async () => ({ ok: true, answeredUs: 84 });
    lookUp = () => {
      throw new Error('the engine has stopped');
    };
    traces = new Traces({
      clock,
      datapath: { trace: (filter) => void filters.push(filter), lookUp: () => lookUp() },
      names,
      report: (traced) => told.push(traced),
      namespaceOf: (guest) => (guest === 'web' ? '/run/netns/web' : undefined),
      tools: {
        findDevices: async () => new Map(),
        sendEcho: (echo) => {
          // What is followed is armed before the echo leaves.
          expect(filters.at(-1)?.echo).toBe(echo.id);
          echoes.push(echo);
          return answer();
        },
      },
    });
  });

  /** What was asked of the system has answered. */
  const settled = async () => {
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };

  it('arm the data plane, send the echo, tell what comes and its time, and disarm', async () => {
    traces.asked(there);
    await settled();
    expect(filters).toEqual([{ trace: 5, gni: 7, source: '10.0.0.5', destination: '10.0.0.6', echo: 99 }]);
    expect(echoes).toEqual([
      { netnsPath: '/run/netns/web', source: '10.0.0.5', destination: '10.0.0.6', id: 99, waitMs: 2000 },
    ]);
    traces.seen(event);
    clock.advance(200);
    expect(told).toMatchObject([
      { trace: 5, steps: [], last: false },
      { trace: 5, steps: [{ verdict: 'sent', encapsulation: 'gni 1.1', peer: 'b', guest: 'web' }], last: false },
      { trace: 5, steps: [], last: true, answeredUs: 84, problem: '' },
    ]);
    expect(filters.at(-1)).toBeUndefined();
  });

  it('send the echo from the guest also when it is the answer that is followed', async () => {
    traces.asked({ ...there, source: '10.0.0.6', destination: '10.0.0.5' });
    await settled();
    expect(echoes).toMatchObject([{ source: '10.0.0.5', destination: '10.0.0.6' }]);
  });

  it('disarm when their time is over, whatever the controller does', async () => {
    answer = () => new Promise(() => undefined);
    traces.asked(there);
    await settled();
    clock.advance(4999);
    expect(filters).toHaveLength(1);
    clock.advance(1);
    expect(filters.slice(1)).toEqual([undefined]);
    expect(told.at(-1)).toMatchObject({ last: true, answeredUs: 0 });
    traces.seen(event);
    expect(told.at(-1)?.steps).toEqual([]);
  });

  it.each([
    ['web', async () => ({ ok: false, why: 'no ping' }) as const, 'the echo could not be sent in guest web: no ping'],
    ['db', async () => ({ ok: true, answeredUs: 1 }) as const, 'guest db has no namespace here to send an echo from'],
  ])('say why there is no echo of %s', async (inject, result, problem) => {
    answer = result;
    traces.asked({ ...there, inject });
    await settled();
    expect(told.at(-1)).toEqual({ trace: 5, steps: [], last: true, problem, answeredUs: 0 });
    expect(filters.at(-1)).toBeUndefined();
  });

  it('answer a dry run at once, arming nothing', () => {
    traces.asked({ ...there, dryRun: true });
    expect(told).toEqual([
      {
        trace: 5,
        steps: [],
        last: true,
        problem: 'nothing can be looked up: the engine has stopped',
        answeredUs: 0,
      },
    ]);
    expect(filters).toEqual([]);
  });

  it('disarm when the agent ends', async () => {
    traces.asked(there);
    await settled();
    traces.close();
    expect(filters.at(-1)).toBeUndefined();
    clock.advance(10_000);
    expect(filters).toHaveLength(2);
  });
});
