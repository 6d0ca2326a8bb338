import { expect, test } from 'vitest';
import { dropName, dropReasons } from './drops.ts';

test('ids of drop reasons are their places and names are unique', () => {
  expect(dropReasons.map(({ id }) => id)).toEqual(dropReasons.map((_, place) => place));
  expect(new Set(dropReasons.map(({ name }) => name)).size).toBe(dropReasons.length);
  expect(dropName(0)).toBe('guest-malformed');
  expect(dropName(dropReasons.length)).toBeUndefined();
});
