/**
 * The audit log: who changed what, in the store, in the transaction of the change itself. So no change is without its
 * entry, and no entry tells of a change that was not made.
 *
 * Bounded in number and bytes; the oldest go first. Refusals are bounded on their own, and of each person only so many
 * a minute are kept: whoever is refused over and over does not push out what was done.
 */
import { createHash } from 'node:crypto';
import type { AuditEntry, AuditPage } from '../../wire/access.ts';
import { type Operation, type Store, StoreError, storeLimits } from '../store/store.ts';
import { Buckets } from './token-bucket.ts';

export interface TrailLimits {
  readonly entries: number;
  readonly bytes: number;
  /** Of the entries, at most so many are refusals. */
  readonly refusals: number;
}

export const trailLimits: TrailLimits = { entries: 10_000, bytes: 16 << 20, refusals: 2000 };

/** Room that an entry needs in a transaction, with an old one that it pushes out. */
export const trailOperations = 2;

/** Of `before` and of `after`. */
const valueBytesMost = 16 << 10;
/** Entries that are looked at for one page, so that a filter keeps nobody waiting. */
const lookedAtMost = 1000;
const pageBytesMost = 1 << 20;

interface Kept {
  readonly number: number;
  readonly bytes: number;
}

export type Unnumbered = Omit<AuditEntry, 'number'>;

export interface Planned {
  readonly operations: readonly Operation[];
  /** When the transaction was made. */
  readonly written: () => void;
}

export interface AuditQuery {
  readonly after: number | undefined;
  readonly limit: number;
  readonly sinceMs: number | undefined;
  readonly who: string | undefined;
  readonly resource: string | undefined;
}

export class Trail {
  readonly #store: Store;
  readonly #limits: TrailLimits;
  readonly #refusalRate = new Buckets({ perSecond: 0.2, burst: 20 });
  /** Oldest first; what is gone is skipped by `#first`. */
  readonly #kept = { done: new Queue<Kept>(), refused: new Queue<Kept>() };
  #bytes = 0;
  #last = 0;

  private constructor(store: Store, limits: TrailLimits) {
    this.#store = store;
    this.#limits = limits;
  }

  static async open(store: Store, limits: TrailLimits = trailLimits): Promise<Trail> {
    const trail = new Trail(store, limits);
    for (let after = ''; ; ) {
      const page = await store.range(prefix, { after, limit: storeLimits.pageEntries });
      for (const { key, value } of page.entries) {
        const { outcome } = JSON.parse(value) as Unnumbered;
        trail.#keep({ number: numberOf(key), bytes: value.length }, outcome === 'refused');
      }
      after = page.entries.at(-1)?.key ?? after;
      if (!page.more) return trail;
    }
  }

  /** Of the newest entry. */
  get last(): number {
    return this.#last;
  }

  /**
   * At most `room` operations that add entries and drop what is too much then, as far as the room goes.
   * The rest makes it `isTooLong`. One is planned after the other is written.
   */
  plan(entries: readonly Unnumbered[], room: number): Planned {
    const added = entries.map((entry, i) => {
      const value = JSON.stringify(bounded(entry));
      const kept = { number: this.#last + 1 + i, bytes: value.length };
      return { kept, value, isRefused: entry.outcome === 'refused' };
    });
    const drops = this.#surplus(added, room - added.length);
    return {
      operations: [
        ...added.map(({ kept, value }): Operation => ({ kind: 'put', key: keyOf(kept.number), value })),
        ...drops.map((kept): Operation => ({ kind: 'delete', key: keyOf(kept.number) })),
      ],
      written: () => {
        for (const kept of drops) this.#forget(kept);
        for (const { kept, isRefused } of added) this.#keep(kept, isRefused);
      },
    };
  }

  /** More is kept than shall be: a plan without entries drops it. */
  get isTooLong(): boolean {
    return this.#surplus([], 1).length > 0;
  }

  /** Whether a refusal of this person is written down now. */
  tellsRefusal(who: string, nowMs: number): boolean {
    return this.#refusalRate.take(who, nowMs) === 0;
  }

  async read({ after, limit, ...filter }: AuditQuery): Promise<AuditPage> {
    const isFiltered = Object.values(filter).some((each) => each !== undefined);
    // Without a place to begin: the newest ones, or all that there are when they are looked through.
    const first = after ?? (isFiltered ? 0 : this.#nth(limit));
    const page = await this.#store.range(prefix, { after: keyOf(first), limit: lookedAtMost });
    const items: AuditEntry[] = [];
    let next = first;
    let bytes = 0;
    for (const { key, value } of page.entries) {
      const entry = { number: numberOf(key), ...(JSON.parse(value) as Unnumbered) };
      if (fits(entry, filter)) {
        if (items.length === limit || (items.length > 0 && bytes + value.length > pageBytesMost)) break;
        items.push(entry);
        bytes += value.length;
      }
      next = entry.number;
    }
    return { items, next, more: next < this.#last };
  }

  /** The number before the newest `count` entries. */
  #nth(count: number): number {
    const numbers = [...this.#kept.done.last(count), ...this.#kept.refused.last(count)]
      .map(({ number }) => number)
      .sort((a, b) => b - a);
    return (numbers[count - 1] ?? 1) - 1;
  }

  #surplus(added: readonly { readonly kept: Kept; readonly isRefused: boolean }[], most: number): Kept[] {
    const { done, refused } = this.#kept;
    const drops: Kept[] = [];
    let count = done.length + refused.length + added.length;
    let bytes = added.reduce((sum, { kept }) => sum + kept.bytes, this.#bytes);
    let refusals = refused.length + added.filter(({ isRefused }) => isRefused).length;
    let [doneAt, refusedAt] = [0, 0];
    const drop = (kept: Kept) => {
      drops.push(kept);
      count -= 1;
      bytes -= kept.bytes;
    };
    for (; refusals > this.#limits.refusals && drops.length < most; refusals--) {
      const kept = refused.at(refusedAt);
      if (kept === undefined) break;
      refusedAt += 1;
      drop(kept);
    }
    while ((count > this.#limits.entries || bytes > this.#limits.bytes) && drops.length < most) {
      const [a, b] = [done.at(doneAt), refused.at(refusedAt)];
      const isDone = a !== undefined && (b === undefined || a.number < b.number);
      const oldest = isDone ? a : b;
      if (oldest === undefined) break;
      if (isDone) doneAt += 1;
      else refusedAt += 1;
      drop(oldest);
    }
    return drops;
  }

  #keep(kept: Kept, isRefused: boolean): void {
    (isRefused ? this.#kept.refused : this.#kept.done).push(kept);
    this.#bytes += kept.bytes;
    this.#last = Math.max(this.#last, kept.number);
  }

  #forget(kept: Kept): void {
    const { done, refused } = this.#kept;
    if (done.at(0) === kept) done.shift();
    else refused.shift();
    this.#bytes -= kept.bytes;
  }
}

const prefix = 'audit/';

/** Numbers are ordered as their keys are. */
function keyOf(number: number): string {
  return `${prefix}${String(number).padStart(15, '0')}`;
}

function numberOf(key: string): number {
  const number = Number(key.slice(prefix.length));
  if (Number.isSafeInteger(number)) return number;
  throw new StoreError('damaged', `the store holds an audit entry under ${key}, which is no number`);
}

function fits({ who, resource, timeMs }: AuditEntry, wanted: Partial<AuditQuery>): boolean {
  return (
    (wanted.sinceMs === undefined || timeMs >= wanted.sinceMs) &&
    (wanted.who === undefined || who === wanted.who || who === `token ${wanted.who}`) &&
    // `guest` means all guests, `guest web1` that one, `web1` whatever has that name.
    (wanted.resource === undefined ||
      resource === wanted.resource ||
      resource.startsWith(`${wanted.resource} `) ||
      resource.endsWith(` ${wanted.resource}`))
  );
}

/** What is too long is told by its length and its hash. */
function bounded({ before, after, why, ...rest }: Unnumbered): Unnumbered {
  return {
    ...rest,
    ...(why === undefined ? {} : { why: why.slice(0, 500) }),
    ...(before === undefined ? {} : { before: boundedValue(before) }),
    ...(after === undefined ? {} : { after: boundedValue(after) }),
  };
}

function boundedValue(value: unknown): unknown {
  const text = JSON.stringify(value);
  if (text.length <= valueBytesMost) return value;
  return { tooLong: { characters: text.length, sha256: createHash('sha256').update(text).digest('hex') } };
}

/** First in, first out, without moving what stays. */
class Queue<T> {
  #items: T[] = [];
  #first = 0;

  get length(): number {
    return this.#items.length - this.#first;
  }

  at(index: number): T | undefined {
    return this.#items[this.#first + index];
  }

  last(count: number): T[] {
    return this.#items.slice(Math.max(this.#first, this.#items.length - count));
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): void {
    this.#first += 1;
    if (this.#first < 1000) return;
    this.#items = this.#items.slice(this.#first);
    this.#first = 0;
  }
}
