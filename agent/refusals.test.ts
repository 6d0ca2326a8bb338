import { describe, expect, it } from 'vitest';
import { findRefusals } from './refusals.ts';

const none = new Map();

describe('refused packets', () => {
  it('are one event per peer, with what came since', () => {
    const first = findRefusals(none, new Map([['b', { 'bad-tag': 3, replayed: 1 }]]));
    expect(first.events).toEqual([{ peer: 'b', detail: 'from b: 3 bad-tag, 1 replayed' }]);
    const second = findRefusals(first.counted, new Map([['b', { 'bad-tag': 5, replayed: 1 }]]));
    expect(second.events.map(({ detail }) => detail)).toEqual(['from b: 2 bad-tag']);
    expect(findRefusals(second.counted, second.counted).events).toEqual([]);
  });

  it('are no event when a guest has just left or a queue is full', () => {
    const counts = new Map([['b', { 'no-guest': 9, 'port-failed': 1, 'resolve-queue-full': 4 }]]);
    expect(findRefusals(none, counts).events).toEqual([]);
  });

  it('count from 0 again for a peer that went and came back', () => {
    const before = new Map([['b', { 'bad-tag': 10 }]]);
    expect(findRefusals(before, new Map([['b', { 'bad-tag': 4 }]])).events[0]?.detail).toBe('from b: 4 bad-tag');
  });

  it('of more peers than anybody reads are counted together', () => {
    const many = new Map(Array.from({ length: 40 }, (_, i) => [`h${i}`, { 'unknown-key': 1 }] as const));
    const { events } = findRefusals(none, many);
    expect(events).toHaveLength(17);
    expect(events.at(-1)?.detail).toBe('and from 24 more hosts');
  });

  it('of peers that are gone are forgotten', () => {
    expect(findRefusals(new Map([['b', { 'bad-tag': 1 }]]), none).counted.size).toBe(0);
  });
});
