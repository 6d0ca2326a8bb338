import { expect, test } from 'vitest';
import { deliveredRate, highestFreeRate, isFree, nextRate, type Trial } from './search.ts';

const seconds = 0.2;
const senderMost = 600_000;

/** A path that carries so many packets per second and drops the rest. */
function pathOf(capacity: number): (rate: number) => Trial {
  return (rate) => {
    const sent = seconds * (rate === 0 ? senderMost : Math.min(rate, senderMost));
    const received = Math.min(sent, seconds * capacity);
    return { rate, sent, received, sendSeconds: seconds, arriveSeconds: seconds };
  };
}

function search(tryRate: (rate: number, trials: readonly Trial[]) => Trial): readonly Trial[] {
  const trials: Trial[] = [];
  for (let rate = nextRate(trials); rate !== undefined; rate = nextRate(trials)) trials.push(tryRate(rate, trials));
  return trials;
}

test.each([3000, 40_000, 190_000, 333_333, 590_000])(
  'a path of %i packets/s is found to within a tenth',
  (capacity) => {
    const trials = search(pathOf(capacity));
    expect(highestFreeRate(trials)).toBeGreaterThan(0.9 * capacity);
    expect(highestFreeRate(trials)).toBeLessThanOrEqual(1.001 * capacity);
    expect(trials.length).toBeLessThanOrEqual(10);
  },
);

test('a path that is faster than the sender is tried once', () => {
  const trials = search(pathOf(2 * senderMost));
  expect(trials.map(({ rate }) => rate)).toEqual([0]);
  expect(highestFreeRate(trials)).toBe(senderMost);
});

test('a path that delivers less the more it is overloaded is found all the same', () => {
  const trials = search((rate) => {
    const made = pathOf(200_000)(rate);
    return { ...made, received: made.received < made.sent ? made.received / 2 : made.received };
  });
  expect(highestFreeRate(trials)).toBeGreaterThan(160_000);
  expect(highestFreeRate(trials)).toBeLessThanOrEqual(200_000);
});

test('what lost a little is tried again before it counts as too fast', () => {
  const once = { rate: 100_000, sent: 20_000, received: 19_900, sendSeconds: seconds, arriveSeconds: seconds };
  const overloaded = pathOf(105_000)(0);
  expect(nextRate([overloaded, once])).toBe(100_000);
  expect(nextRate([overloaded, once, once])).toBe(100_000);
  expect(nextRate([overloaded, once, once, once])).toBeLessThan(100_000);
});

test('packets that arrive long after they were sent were kept in queues: the rate is not free', () => {
  const late = { rate: 0, sent: 100_000, received: 100_000, sendSeconds: 0.2, arriveSeconds: 0.4 };
  expect(isFree(late)).toBe(false);
  expect(deliveredRate(late)).toBe(250_000);
  expect(nextRate([late])).toBe(Math.round(0.95 * 250_000));
});

test('a path that always loses has no free rate, and the search ends', () => {
  const trials = search((rate) => {
    const made = pathOf(senderMost)(rate);
    return { ...made, received: made.sent * 0.9 };
  });
  expect(highestFreeRate(trials)).toBe(0);
});
