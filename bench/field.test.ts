import { expect, test } from 'vitest';
import type { Contender, Topology } from './contender.ts';
import { type FieldOptions, measureField, turned } from './field.ts';
import type { Measure } from './measures.ts';

const { signal } = new AbortController();
const quiet: Pick<FieldOptions, 'seconds' | 'signal' | 'onProgress'> = { seconds: 1, signal, onProgress: () => {} };

function fake(path: string, down: string[] = []): Contender {
  const topology = {
    path,
    serverAddress: '10.0.0.1',
    [Symbol.asyncDispose]: async () => void down.push(path),
  } as Partial<Topology> as Topology;
  return { path, packages: [], version: async () => `${path} 1.0`, build: async () => topology };
}

/** Counts up, so that values tell the order in which they were taken. */
function counting(): Measure {
  let taken = 0;
  return { metrics: [{ name: 'order', unit: 'th' }], run: async () => [++taken] };
}

test('contenders are measured in turns, each round beginning with the next one', async () => {
  const { samples, versions, failed } = await measureField({
    ...quiet,
    contenders: [fake('a'), fake('b')],
    measures: [counting()],
    rounds: 3,
  });
  expect(samples.map(({ path, values }) => [path, values])).toEqual([
    ['a', [1, 4, 5]],
    ['b', [2, 3, 6]],
  ]);
  expect(versions).toEqual({ a: 'a 1.0', b: 'b 1.0' });
  expect(failed).toBe(false);
});

test('a contender that this build does not have is named and is no failure', async () => {
  const missing: Contender = { ...fake('b'), build: async () => ({ skipped: 'not offered by this build: gni 9.0' }) };
  const found = await measureField({ ...quiet, contenders: [fake('a'), missing], measures: [counting()], rounds: 1 });
  expect(found.samples.map(({ path }) => path)).toEqual(['a']);
  expect(found.skipped).toEqual([{ path: 'b', why: 'not offered by this build: gni 9.0' }]);
  expect(found.failed).toBe(false);
});

test('a contender that fails in a later round leaves no numbers, and the others go on', async () => {
  let runs = 0;
  const measure: Measure = {
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
  expect(found.samples.map(({ path, values }) => [path, values])).toEqual([['a', [7, 7, 7]]]);
  expect(found.skipped).toEqual([{ path: 'b', why: 'failed: no answer' }]);
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
