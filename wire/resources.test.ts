import { Check } from 'typebox/value';
import { expect, it } from 'vitest';
import { GuestRequest } from './resources.ts';

it.each([
  ['a zero byte, which no program can be given', 'a\0b', false],
  ['nothing in it', '', false],
  ['too many characters', 'x'.repeat(4097), false],
  ['lines and other control characters', 'a\nb\t\x01', true],
])('an argument of a command with %s', (_, argument, fits) => {
  expect(Check(GuestRequest, { name: 'g', vpc: 'red', command: ['echo', argument] })).toBe(fits);
});
