import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffLines } from './line-diff.ts';

const told = (before: string, after: string) =>
  diffLines([...before], [...after])
    .map(({ sign, text }) => `${sign}${text}`)
    .join(' ');

describe('the difference of two lists of lines', () => {
  it.each([
    ['', '', ''],
    ['abc', 'abc', ' a  b  c'],
    ['', 'ab', '+a +b'],
    ['ab', '', '-a -b'],
    ['abc', 'axc', ' a -b +x  c'],
    ['abcd', 'bd', '-a  b -c  d'],
    ['ab', 'ba', '-a  b +a'],
  ])('%s → %s is %s', (before, after, expected) => expect(told(before, after)).toBe(expected));

  it('gives back both lists, whatever they are', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 });
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const diff = diffLines(before, after);
        const without = (sign: string) => diff.filter((line) => line.sign !== sign).map(({ text }) => text);
        expect(without('+')).toEqual(before);
        expect(without('-')).toEqual(after);
      }),
    );
  });
});
