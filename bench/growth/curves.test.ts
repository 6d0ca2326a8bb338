import { expect, test } from 'vitest';
import type { Topology } from '../contender.ts';
import { Curves } from './curves.ts';

const gigabits = { name: 'tcp1', unit: 'Gbit/s' } as const;
const point = { path: 'engine-plain', grows: 'guests', count: 1 } as const;

test('values of one count are one point, and each path, metric and thing that grows has a curve', () => {
  const curves = new Curves();
  curves.add(point, gigabits, 20);
  curves.add(point, gigabits, 22);
  curves.add({ ...point, count: 10 }, gigabits, 19);
  curves.add({ ...point, path: 'fastpath-tc' }, gigabits, 40);
  curves.add({ ...point, grows: 'mappings', count: 0 }, gigabits, 21);
  expect(curves.all().map(({ path, grows, points }) => [path, grows, points])).toEqual([
    [
      'engine-plain',
      'guests',
      [
        { count: 1, values: [20, 22] },
        { count: 10, values: [19] },
      ],
    ],
    ['fastpath-tc', 'guests', [{ count: 1, values: [40] }]],
    ['engine-plain', 'mappings', [{ count: 0, values: [21] }]],
  ]);
});

test('a run that is to stop measures nothing more', async () => {
  const abort = new AbortController();
  abort.abort(new Error('stopped'));
  const curves = new Curves();
  const options = { repeats: 1, seconds: 1, signal: abort.signal, onProgress: () => {} };
  await expect(curves.measure(point, {} as Topology, options)).rejects.toThrow('stopped');
  expect(curves.all()).toEqual([]);
});
