/** Words of two folders that may not import each other. */
import { expect, it } from 'vitest';
import { handovers } from '../native/index.ts';
import { handoverMeanings } from '../wire/trace.ts';

it('every word with which the fast path leaves a packet to the engine has a meaning for people', () => {
  expect(Object.keys(handoverMeanings)).toEqual([...handovers]);
});
