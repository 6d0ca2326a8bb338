import { expect, test } from 'vitest';
import type { Contender, Topology } from './contender.ts';
import { type FieldOptions, measureField, turned } from './field.ts';
import type { Measure } from './measures/measure.ts';
import { Damaged } from './probe.ts';
import type { Sample } from './samples.ts';

const { signal } = new AbortController();
const quiet: Pick<FieldOptions, 'seconds' | 'signal' | 'onProgress' | 'setMode'> = {
  seconds: 1,
  signal,
  onProgress: () => {},
  setMode: async () => undefined,
};
const always = { title: 'any', modes: ['offload'], when: 'every' } as const;

function fake(path: string, down: string[] = []): Contender {
  const topology = {
    path,
    serverAddress: '10.0.0.1',
    [Symbol.asyncDispose]: async () => void down.push(path),
  } as Partial<Topology> as Topology;
  return {
    path,
    modes: ['offload', 'wire'],
    packages: [],
    version: async () => `${path} 1.0`,
    build: async () => topology,
  };
}

/** Counts up, so that values tell the order in which they were taken. */
function counting(): Measure {
  let taken = 0;
  return { ...always, metrics: [{ name: 'order', unit: 'th' }], run: async () => [++taken] };
}

/** Without the time that building took. */
function measured(samples: readonly Sample[]) {
  return samples.filter(({ metric }) => metric !== 'ready').map(({ path, values }) => [path, values]);
}

test('contenders are measured in turns, each round beginning with the next one', async () => {
  const { samples, versions, failed } = await measureField({
    ...quiet,
    contenders: [fake('a'), fake('b')],
    measures: [counting()],
    rounds: 3,
  });
  expect(measured(samples)).toEqual([
    ['a', [1, 4, 5]],
    ['b', [2, 3, 6]],
  ]);
  expect(versions).toEqual({ a: 'a 1.0', b: 'b 1.0' });
  expect(failed).toBe(false);
});

test('a contender that this build does not have is named and is no failure', async () => {
  const missing: Contender = { ...fake('b'), build: async () => ({ skipped: 'not offered by this build: gni 9.0' }) };
  const found = await measureField({ ...quiet, contenders: [fake('a'), missing], measures: [counting()], rounds: 1 });
  expect(measured(found.samples)).toEqual([['a', [1]]]);
  expect(found.skipped).toEqual([{ path: 'b', why: 'not offered by this build: gni 9.0' }]);
  expect(found.failed).toBe(false);
});

test('a contender that fails in a later round leaves no numbers, and the others go on', async () => {
  let runs = 0;
  const measure: Measure = {
    ...always,
    metrics: [{ name: 'm', unit: 'u' }],
    run: async ({ path }) => {
      runs++;
      if (path === 'b' && runs > 2) throw new Error('no answer');
      return [7];
    },
  };
  const down: string[] = [];
  const contenders = [fake('a', down), fake('b', down)];
  const found = await measureField({ ...quiet, contenders, measures: [measure], rounds: 3 });
  expect(measured(found.samples)).toEqual([['a', [7, 7, 7]]]);
  expect(found.samples.map(({ path }) => path)).not.toContain('b');
  expect(found.skipped).toEqual([{ path: 'b', why: 'failed in mode offload, any: no answer' }]);
  expect(found.failed).toBe(true);
  expect(down).toEqual(['b', 'a']);
});

test('a contender that cannot be made is a failure, and those made before it are taken down', async () => {
  const down: string[] = [];
  const broken: Contender = { ...fake('b'), build: () => Promise.reject(new Error('no namespace')) };
  const found = await measureField({ ...quiet, contenders: [fake('a', down), broken], measures: [], rounds: 1 });
  expect(found.skipped).toEqual([{ path: 'b', why: 'failed: no namespace' }]);
  expect(found.failed).toBe(true);
  expect(down).toEqual(['a']);
});

test('an abort in the middle of a measurement takes everything down and is no result', async () => {
  const abort = new AbortController();
  const down: string[] = [];
  const stops: Measure = {
    ...always,
    metrics: [{ name: 'm', unit: 'u' }],
    run: async () => {
      abort.abort(new Error('stopped'));
      throw new Error('iperf3 was ended');
    },
  };
  const run = measureField({
    ...quiet,
    contenders: [fake('a', down), fake('b', down)],
    measures: [stops],
    rounds: 1,
    signal: abort.signal,
  });
  await expect(run).rejects.toThrow('stopped');
  expect(down).toEqual(['b', 'a']);
});

test('turning by more places than there are goes round', () => {
  expect(turned(['a', 'b', 'c'], 4)).toEqual(['b', 'c', 'a']);
  expect(turned([], 2)).toEqual([]);
});

test('what fails once is measured once more, but not what came damaged', async () => {
  const failing = (first: Error): Measure => {
    let runs = 0;
    return {
      ...{ ...always, metrics: [{ name: 'm', unit: 'u' }] },
      run: async () => {
        runs++;
        if (runs === 1) throw first;
        return [runs];
      },
    };
  };
  const take = (first: Error) =>
    measureField({ ...quiet, contenders: [fake('a')], measures: [failing(first)], rounds: 1 });
  expect(measured((await take(new Error('too slow'))).samples)).toEqual([['a', [2]]]);
  const damaged = await take(new Damaged('one bit'));
  expect(damaged.samples).toEqual([]);
  expect(damaged.skipped).toEqual([{ path: 'a', why: 'failed in mode offload, any: one bit' }]);
});

test('a contender whose packets took another way has no numbers', async () => {
  const { build } = fake('b');
  const elsewhere: Contender = {
    ...fake('b'),
    build: async () => ({
      ...((await build()) as Topology),
      verify: () => Promise.reject(new Error('half of the packets were handed over')),
    }),
  };
  const contenders = [fake('a'), elsewhere];
  const found = await measureField({ ...quiet, contenders, measures: [counting()], rounds: 1 });
  expect(measured(found.samples)).toEqual([['a', [1]]]);
  expect(found.skipped).toEqual([{ path: 'b', why: 'failed: half of the packets were handed over' }]);
  expect(found.failed).toBe(true);
});

test('each mode is set on all before anything is measured in it', async () => {
  const told: string[] = [];
  const measure: Measure = {
    ...{ title: 'any', modes: ['offload', 'wire'], when: 'every', metrics: [{ name: 'm', unit: 'u' }] },
    run: async ({ path }, _seconds, mode) => {
      told.push(`${mode} over ${path}`);
      return [1];
    },
  };
  await measureField({
    ...quiet,
    contenders: [fake('a'), { ...fake('b'), modes: ['offload'] }],
    measures: [measure],
    rounds: 1,
    setMode: async ({ path }, mode) => {
      told.push(`${path} to ${mode}`);
      return undefined;
    },
  });
  expect(told).toEqual([
    'a to offload',
    'b to offload',
    'offload over a',
    'offload over b',
    'a to wire',
    'wire over a',
  ]);
});

test('a mode that a topology cannot be in is left out, and the other is measured', async () => {
  const found = await measureField({
    ...quiet,
    contenders: [fake('a')],
    measures: [{ ...counting(), modes: ['offload', 'wire'] }],
    rounds: 2,
    setMode: async (_topology, mode) => (mode === 'offload' ? 'super-packets cannot cross' : undefined),
  });
  expect(found.samples.filter(({ metric }) => metric === 'order').map(({ mode, values }) => [mode, values])).toEqual([
    ['wire', [1, 2]],
  ]);
  expect(found.skipped).toEqual([{ path: 'a', mode: 'offload', why: 'super-packets cannot cross' }]);
  expect(found.failed).toBe(false);
});

test('what is taken every other round, or once, has fewer values', async () => {
  const taken = async (when: Measure['when']) => {
    const measures = [{ ...counting(), when }];
    const { samples } = await measureField({ ...quiet, contenders: [fake('a')], measures, rounds: 3 });
    return measured(samples);
  };
  expect(await taken('every-other')).toEqual([['a', [1, 2]]]);
  expect(await taken('first')).toEqual([['a', [1]]]);
});
