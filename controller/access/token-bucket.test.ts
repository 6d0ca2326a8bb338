import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bucket, Buckets, take } from './token-bucket.ts';

const rate = { perSecond: 2, burst: 3 };

describe('a bucket', () => {
  it('lets a burst through, then as many as its rate', () => {
    let bucket: Bucket | undefined;
    const waits = [0, 0, 0, 0, 250, 500].map((nowMs) => {
      const taken = take(bucket, nowMs, rate);
      bucket = taken.bucket;
      return taken.waitMs;
    });
    expect(waits).toEqual([0, 0, 0, 500, 250, 0]);
  });

  it('says exactly how long to wait', () => {
    const { bucket } = take({ tokens: 0, atMs: 1000 }, 1100, rate);
    const { waitMs } = take(bucket, 1100, rate);
    expect(take(bucket, 1100 + waitMs - 1, rate).waitMs).toBeGreaterThan(0);
    expect(take(bucket, 1100 + waitMs, rate).waitMs).toBe(0);
  });

  it('holds no more than its burst, however long nobody came', () => {
    let bucket: Bucket | undefined = { tokens: 0, atMs: 0 };
    let through = 0;
    for (let i = 0; i < 10; i++) {
      const taken = take(bucket, 1e12, rate);
      bucket = taken.bucket;
      if (taken.waitMs === 0) through += 1;
    }
    expect(through).toBe(3);
  });

  it('never lets more through than burst and rate, whatever the times', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 }), (gaps) => {
        let bucket: Bucket | undefined;
        let [nowMs, through] = [0, 0];
        for (const gap of gaps) {
          nowMs += gap;
          const taken = take(bucket, nowMs, rate);
          bucket = taken.bucket;
          if (taken.waitMs === 0) through += 1;
        }
        expect(through).toBeLessThanOrEqual(rate.burst + (nowMs / 1000) * rate.perSecond + 1e-6);
      }),
    );
  });

  it('does not go backwards with a clock that does', () => {
    expect(take({ tokens: 0, atMs: 5000 }, 1000, rate).waitMs).toBe(500);
  });
});

describe('buckets', () => {
  it('keep keys apart', () => {
    const buckets = new Buckets({ perSecond: 1, burst: 1 });
    expect([buckets.take('a', 0), buckets.take('a', 0), buckets.take('b', 0)]).toEqual([0, 1000, 0]);
  });

  it('have newcomers share one when there are too many keys, and forget those that are full', () => {
    const buckets = new Buckets({ perSecond: 1, burst: 1 }, 2);
    for (const key of ['a', 'b', 'c']) buckets.take(key, 0);
    expect(buckets.take('d', 0)).toBeGreaterThan(0);
    expect(buckets.size).toBe(3);
    expect(buckets.take('e', 2000)).toBe(0);
    expect(buckets.take('f', 2000)).toBe(0);
  });
});
