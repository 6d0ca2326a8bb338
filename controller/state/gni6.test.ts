import { expect, test } from 'vitest';
import { withoutTakenPrefix } from './gni6.ts';
import type { Host } from './records.ts';

const plain = { features: [], offloads: [], executors: ['engine'], ports: ['tun'], problems: [] };
const offering = (gni6Prefix: string) => ({ ...plain, formats: ['gni 1.0', 'gni6'], gni6Prefix });
const owner = (gni6Prefix: string) => ({ name: 'left', capabilities: offering(gni6Prefix) }) as unknown as Host;

test('a host whose prefix nobody else has offers gni6', () => {
  const capabilities = offering('fd06:0:0:2::/64');
  expect(withoutTakenPrefix(capabilities, [owner('fd06:0:0:1::/64')])).toBe(capabilities);
});

test('the second host of a prefix does not offer gni6, and its problems say who has the prefix', () => {
  expect(withoutTakenPrefix(offering('fd06:0:0:1::/64'), [owner('fd06:0:0:1::/64')])).toEqual({
    ...plain,
    formats: ['gni 1.0'],
    problems: ['gni6 is not used: host left has the prefix fd06:0:0:1::/64 already'],
  });
});
