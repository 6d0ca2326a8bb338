/** A store that is timed: how long each call took, which failed, and whether the last write did. */
import { Histogram } from '../../wire/metrics/histogram.ts';
import { workBuckets } from '../../wire/metrics/metric.ts';
import type { Clock } from '../clock.ts';
import type { Batch, Entry, Lease, Outcome, Page, Store, Transaction } from '../store/store.ts';

export const storeCalls = ['get', 'range', 'transact', 'grant'] as const;
export type StoreCall = (typeof storeCalls)[number];

/** Long enough that asking costs nothing, short enough that who asks is not told of the past. */
const writableForMs = 2000;

export class MeasuredStore implements Store {
  /** Seconds. */
  readonly times: Readonly<Record<StoreCall, Histogram>>;
  readonly failures: Record<StoreCall, number> = { get: 0, range: 0, transact: 0, grant: 0 };
  /** Why the last write failed; undefined: it did not. */
  unwritable: string | undefined;
  readonly #store: Store;
  readonly #clock: Clock;
  #writtenMs: number;

  constructor(store: Store, clock: Clock) {
    const times = storeCalls.map((call) => [call, new Histogram(workBuckets)] as const);
    this.times = Object.fromEntries(times) as Record<StoreCall, Histogram>;
    this.#store = store;
    this.#clock = clock;
    this.#writtenMs = clock.nowMs() - writableForMs;
  }

  /** Writes something that changes nothing, a lease, unless a write succeeded a moment ago. */
  async tryToWrite(): Promise<void> {
    if (this.unwritable === undefined && this.#clock.nowMs() - this.#writtenMs < writableForMs) return;
    try {
      const lease = await this.grant(60_000);
      await lease.revoke();
    } catch {
      // What it says stands in `unwritable`.
    }
  }

  get(key: string): Promise<Entry | undefined> {
    return this.#timed('get', () => this.#store.get(key));
  }

  range(prefix: string, page?: { readonly after?: string; readonly limit?: number }): Promise<Page> {
    return this.#timed('range', () => this.#store.range(prefix, page));
  }

  transact(transaction: Transaction): Promise<Outcome> {
    return this.#write('transact', () => this.#store.transact(transaction));
  }

  watch(prefix: string, after: number, signal: AbortSignal): AsyncIterable<Batch> {
    return this.#store.watch(prefix, after, signal);
  }

  grant(ttlMs: number): Promise<Lease> {
    return this.#write('grant', () => this.#store.grant(ttlMs));
  }

  /** As long as the store is large: not timed beside the others. */
  backup(file: string): Promise<void> {
    return this.#store.backup(file);
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  async #write<T>(call: StoreCall, action: () => Promise<T>): Promise<T> {
    try {
      const done = await this.#timed(call, action);
      this.unwritable = undefined;
      this.#writtenMs = this.#clock.nowMs();
      return done;
    } catch (error) {
      this.unwritable = (error as Error).message;
      throw error;
    }
  }

  async #timed<T>(call: StoreCall, action: () => Promise<T>): Promise<T> {
    const startMs = this.#clock.nowMs();
    try {
      return await action();
    } catch (error) {
      this.failures[call]++;
      throw error;
    } finally {
      this.times[call].observe((this.#clock.nowMs() - startMs) / 1000);
    }
  }
}
