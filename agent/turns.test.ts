import { describe, expect, it } from 'vitest';
import { Turns } from './turns.ts';

describe('turns', () => {
  it('of one name never overlap, and no more than allowed run together', async () => {
    const turns = new Turns(2);
    let running = 0;
    let most = 0;
    const order: string[] = [];
    const task = (word: string) => async () => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      order.push(word);
      running--;
      if (word === 'a1') throw new Error('a1');
      return word;
    };
    const results = await Promise.allSettled([
      turns.take('a', task('a1')),
      turns.take('a', task('a2')),
      turns.take('b', task('b1')),
      turns.take('c', task('c1')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
    expect(order.indexOf('a1')).toBeLessThan(order.indexOf('a2'));
    expect(most).toBe(2);
    await turns.settled();
  });
});
