import { expect, it } from 'vitest';
import { Refusals } from './refusals.ts';

const session = { type: 'session', key: 'b' } as const;
const mapping = { type: 'mapping', key: '1/10.0.0.5' } as const;

it('what was refused is due after a second, then ever more seldom, at most once a minute', () => {
  const refusals = new Refusals();
  let nowMs = 0;
  const waits: number[] = [];
  for (let round = 0; round < 9; round++) {
    refusals.answered('a', [session, mapping], [session], nowMs);
    const refusedMs = nowMs;
    while (refusals.due(nowMs).length === 0) nowMs += 500;
    waits.push(nowMs - refusedMs);
    expect(refusals.due(nowMs + 1_000_000)).toEqual([]);
  }
  expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
});

it('what is accepted at last is not told again, and a later refusal begins anew', () => {
  const refusals = new Refusals();
  refusals.answered('a', [session], [session], 0);
  refusals.answered('a', [session], [], 10);
  expect(refusals.due(1_000_000)).toEqual([]);
  refusals.answered('a', [session], [session], 20);
  expect(refusals.due(1020)).toEqual([{ host: 'a', ...session }]);
});

it('guests are left to their agents, and a host that begins anew is told everything anyway', () => {
  const refusals = new Refusals();
  refusals.answered('a', [{ type: 'guest', key: 'g' }], [{ type: 'guest', key: 'g' }], 0);
  refusals.answered('b', [session], [session], 0);
  refusals.forget('b');
  expect(refusals.due(1_000_000)).toEqual([]);
});
