import { expect, test } from 'vitest';
import { daemonTable } from './aims.ts';

test('a daemon’s median is held against its bound', () => {
  const text = daemonTable([
    { what: 'agent, idle: resident', unit: 'MiB', values: [99, 101, 98] },
    { what: 'agent, start to ready', unit: 's', values: [1.6, 1.7, 0.9] },
    { what: 'controller, empty: resident', unit: 'MiB', values: [80] },
  ]);
  expect(text).toContain('| agent, idle: resident | 99.00 MiB | 98.00 to 101.00 | ≤ 100 MiB | reached |');
  expect(text).toContain('| agent, start to ready | 1.60 s | 0.90 to 1.70 | ≤ 1.5 s | **not reached** |');
  expect(text).toContain('| controller, empty: resident | 80.00 MiB |  |  |  |');
  expect(daemonTable([])).toBe('');
});
