import { expect, test } from 'vitest';
import { differences, type Member } from './compare.ts';

const one: Member = { path: 'data/a', attributes: '-rw-r--r-- 0/0 2026-12-01 11:05:24', content: '11' };
const two: Member = { path: 'data/b', attributes: '-rwxr-xr-x 0/0 2026-12-01 11:05:24', content: '22' };

test('the same members in the same order differ in nothing', () => {
  expect(differences([one, two], [one, two])).toEqual([]);
});

test.each<[string, Member[], string[]]>([
  ['content', [one, { ...two, content: '23' }], ['data/b: other content']],
  [
    'mode',
    [{ ...one, attributes: '-rw------- 0/0' }, two],
    ['data/a: -rw-r--r-- 0/0 2026-12-01 11:05:24 | -rw------- 0/0'],
  ],
  ['one less', [one], ['data/b: only in the first']],
  ['one more', [one, two, { ...two, path: 'data/c' }], ['data/c: only in the second']],
  ['the order', [two, one], ['members are in another order']],
])('a difference in %s is told', (_, other, expected) => {
  expect(differences([one, two], other)).toEqual(expected);
});
