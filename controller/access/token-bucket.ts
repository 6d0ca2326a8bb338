/**
 * How often somebody may: a bucket of `burst` tokens that fills again at `perSecond`. Pure.
 *
 * `Buckets` keeps one for each key. What is full again is forgotten; when there are too many keys all newcomers share
 * one, so that an attacker with many addresses cannot have the memory of all.
 */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

/** `waitMs`: 0 when one was taken, else when to try again. */
export function take(
  bucket: Bucket | undefined,
  nowMs: number,
  { perSecond, burst }: Rate,
): { readonly bucket: Bucket; readonly waitMs: number } {
  const elapsedMs = bucket === undefined ? 0 : Math.max(0, nowMs - bucket.atMs);
  const tokens = Math.min(burst, (bucket?.tokens ?? burst) + (elapsedMs / 1000) * perSecond);
  if (tokens >= 1) return { bucket: { tokens: tokens - 1, atMs: nowMs }, waitMs: 0 };
  return { bucket: { tokens, atMs: nowMs }, waitMs: Math.ceil(((1 - tokens) / perSecond) * 1000) };
}

const everybodyElse = Symbol('everybody else');

export class Buckets {
  readonly #rate: Rate;
  readonly #most: number;
  readonly #buckets = new Map<string | symbol, Bucket>();

  constructor(rate: Rate, most = 10_000) {
    this.#rate = rate;
    this.#most = most;
  }

  get size(): number {
    return this.#buckets.size;
  }

  take(key: string, nowMs: number): number {
    if (!this.#buckets.has(key) && this.#buckets.size >= this.#most) this.#forgetFull(nowMs);
    const kept = this.#buckets.has(key) || this.#buckets.size < this.#most ? key : everybodyElse;
    const { bucket, waitMs } = take(this.#buckets.get(kept), nowMs, this.#rate);
    this.#buckets.set(kept, bucket);
    return waitMs;
  }

  #forgetFull(nowMs: number): void {
    const { perSecond, burst } = this.#rate;
    for (const [key, { tokens, atMs }] of this.#buckets) {
      if (tokens + ((nowMs - atMs) / 1000) * perSecond >= burst) this.#buckets.delete(key);
    }
  }
}
