/**
 * A store to try writes on: what is written changes a copy of the state (`State.fork`) and is remembered; the real
 * store is only read.
 */
import type { Batch, Change, Entry, Operation, Outcome, Store, Transaction } from '../store/store.ts';

export class DraftStore implements Pick<Store, 'get' | 'transact'> {
  readonly #below: Pick<Store, 'get'>;
  readonly #change: (batch: Batch) => void;
  /** The last one of each key. */
  readonly #operations = new Map<string, Operation>();
  #revision: number;

  constructor(below: Pick<Store, 'get'>, revision: number, change: (batch: Batch) => void) {
    this.#below = below;
    this.#revision = revision;
    this.#change = change;
  }

  async get(key: string): Promise<Entry | undefined> {
    const written = this.#operations.get(key);
    if (written === undefined) return await this.#below.get(key);
    return written.kind === 'put' ? this.#entry(written) : undefined;
  }

  /** Compares nothing: whoever writes the operations in the end compares. */
  async transact({ operations }: Transaction): Promise<Outcome> {
    this.#revision++;
    for (const operation of operations) this.#operations.set(operation.key, operation);
    const changes = operations.map(
      (operation): Change => (operation.kind === 'put' ? { kind: 'put', entry: this.#entry(operation) } : operation),
    );
    this.#change({ revision: this.#revision, changes });
    return { committed: true, revision: this.#revision };
  }

  #entry({ key, value }: Operation & { readonly kind: 'put' }): Entry {
    return { key, value, createRevision: this.#revision, modRevision: this.#revision };
  }
}
