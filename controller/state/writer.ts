/**
 * How writes reach the store: one after the other, fenced by the controller's epoch, and when a person asked for
 * them, in one transaction with their entries in the audit log.
 */
import { setImmediate as others } from 'node:timers/promises';
import type { AuditEntry } from '../../wire/access.ts';
import type { Author } from '../access/author.ts';
import type { Deed } from '../access/deeds.ts';
import { type Trail, trailOperations, type Unnumbered } from '../access/trail.ts';
import { type Compare, type Operation, type Store, StoreError, storeLimits } from '../store/store.ts';
import { keys } from './records.ts';
import type { State } from './state.ts';

/** Another controller has raised the epoch. */
export class Fenced extends Error {}

export interface WriterOptions {
  readonly store: Pick<Store, 'get' | 'transact'>;
  readonly state: State;
  readonly epoch: number;
  readonly trail: Trail;
  readonly unixMs: () => number;
  readonly onFenced: (error: Fenced) => void;
  /** Told every entry that was written. */
  readonly onAudit?: (entry: Unnumbered) => void;
}

/** What one transaction did. */
export interface Written {
  readonly operations: readonly Operation[];
  readonly done: readonly Deed[];
}

interface Place {
  readonly author: Author | undefined;
  /** `end`: of the write before. One for all, whoever asks. */
  readonly turn: { end: Promise<unknown> };
  /** On a copy: what was written there, and the writer of what it is a copy of. */
  readonly draft?: { readonly above: Writer; readonly written: Written[] };
}

export class Writer {
  readonly #options: WriterOptions;
  readonly #place: Place;
  readonly #fence: Compare;

  constructor(options: WriterOptions, place: Place = { author: undefined, turn: { end: Promise.resolve() } }) {
    this.#options = options;
    this.#place = place;
    this.#fence = { key: keys.epoch, value: String(options.epoch) };
  }

  /** Undefined: the controller itself. */
  get author(): Author | undefined {
    return this.#place.author;
  }

  as(author: Author): Writer {
    return new Writer(this.#options, { ...this.#place, author });
  }

  /** For the same author, on a copy. */
  onCopy(copy: Pick<WriterOptions, 'store' | 'state'>, written: Written[]): Writer {
    const { author } = this.#place;
    const turn = { end: Promise.resolve() };
    return new Writer({ ...this.#options, ...copy }, { author, turn, draft: { above: this, written } });
  }

  inTurn<T>(write: () => Promise<T>): Promise<T> {
    const { turn } = this.#place;
    const result = turn.end.then(write);
    turn.end = result.catch(() => undefined);
    return result;
  }

  /** The deed is told with the last of them, which makes it done. */
  async commitAll(operations: readonly Operation[], done?: Deed): Promise<void> {
    const most = storeLimits.perTransaction - trailOperations;
    for (let from = 0; from < operations.length; from += most) {
      // Between two, agents and requests that only read get their turn.
      if (from > 0) await others();
      const isLast = from + most >= operations.length;
      await this.commit(operations.slice(from, from + most), isLast ? done : undefined);
    }
  }

  async commit(operations: readonly Operation[], done?: Deed): Promise<void> {
    await this.#write({ operations, done: done === undefined ? [] : [done] });
  }

  /** What was written on a copy: in as few transactions as hold it, each with the entries of what it does. */
  async commitWritten(written: readonly Written[]): Promise<void> {
    for (const [i, group] of [...grouped(written)].entries()) {
      if (i > 0) await others();
      await this.#write(group);
    }
  }

  /**
   * Writes down that something was refused, when the turn comes: nobody waits for it, so nobody learns from the time
   * that an answer takes whether there was something to refuse.
   */
  noteRefusal(resource: string, why: string): void {
    const { trail, unixMs } = this.#options;
    const { author, draft } = this.#place;
    if (author === undefined) return;
    if (draft !== undefined) {
      draft.above.noteRefusal(resource, why);
      return;
    }
    if (!trail.tellsRefusal(author.who, unixMs())) return;
    const refused = { ...this.#heading(author, { resource }), outcome: 'refused', why } as const;
    // A store that cannot take it has told whoever wrote before.
    this.inTurn(() => this.#transact([], [refused])).catch(() => undefined);
  }

  async #write({ operations, done }: Written): Promise<void> {
    const { author, draft } = this.#place;
    draft?.written.push({ operations, done });
    const isTold = author !== undefined && draft === undefined;
    const entries = isTold ? done.map((deed) => ({ ...this.#heading(author, deed), outcome: 'done' as const })) : [];
    const revision = draft === undefined ? await this.#transact(operations, entries) : await this.#fenced(operations);
    await this.#options.state.seen(revision);
  }

  /** The log's oldest go in the same transaction where it has room, else in their own. */
  async #transact(operations: readonly Operation[], entries: readonly Unnumbered[]): Promise<number> {
    const { trail } = this.#options;
    const planned = trail.plan(entries, storeLimits.perTransaction - operations.length);
    const revision = await this.#fenced([...operations, ...planned.operations]);
    planned.written();
    for (const entry of entries) this.#options.onAudit?.(entry);
    await this.#trim();
    return revision;
  }

  /** What was asked for is done already: a store that cannot forget the oldest entries now is asked again next time. */
  async #trim(): Promise<void> {
    const { trail } = this.#options;
    while (trail.isTooLong) {
      const planned = trail.plan([], storeLimits.perTransaction);
      try {
        await this.#fenced(planned.operations);
      } catch (error) {
        if (error instanceof StoreError) return;
        throw error;
      }
      planned.written();
    }
  }

  async #fenced(operations: readonly Operation[]): Promise<number> {
    const { store, onFenced } = this.#options;
    const { committed, revision } = await store.transact({ compare: [this.#fence], operations });
    if (committed) return revision;
    const fenced = new Fenced('another controller has taken over: it has raised the epoch in the store');
    onFenced(fenced);
    throw fenced;
  }

  #heading({ who, role, customer, from, what }: Author, done: Deed): Omit<AuditEntry, 'number' | 'outcome'> {
    const whose = customer === undefined ? {} : { customer };
    return { timeMs: this.#options.unixMs(), who, role, ...whose, from, what, ...done };
  }
}

function* grouped(written: readonly Written[]): Generator<Written> {
  let group: Written = { operations: [], done: [] };
  for (const { operations, done } of written) {
    const size = group.operations.length + operations.length + group.done.length + done.length;
    const isTwice = operations.some(({ key }) => group.operations.some((other) => other.key === key));
    if (size > storeLimits.perTransaction || isTwice) {
      yield group;
      group = { operations: [], done: [] };
    }
    group = { operations: [...group.operations, ...operations], done: [...group.done, ...done] };
  }
  if (group.operations.length > 0) yield group;
}
