/**
 * What a controller asks of its store: ordered keys, one revision for everything, transactions that compare,
 * watches that resume, leases that run out. The shape is etcd's, so that etcd can stand behind it as well.
 *
 * Every transaction that changes something raises the revision by one; entries remember the revision that
 * created and the one that last changed them. `conformance.ts` says the same as tests.
 */

export interface Entry {
  readonly key: string;
  readonly value: string;
  readonly createRevision: number;
  readonly modRevision: number;
}

/** Must hold for the transaction to happen. Revision 0: the key does not exist. */
export type Compare =
  | { readonly key: string; readonly modRevision: number }
  | { readonly key: string; readonly createRevision: number }
  | { readonly key: string; readonly value: string };

export type Operation =
  | { readonly kind: 'put'; readonly key: string; readonly value: string; readonly lease?: string }
  | { readonly kind: 'delete'; readonly key: string };

export interface Transaction {
  readonly compare: readonly Compare[];
  /** At most one operation per key. */
  readonly operations: readonly Operation[];
}

/** `revision`: the store's after the transaction, also when it did not happen. */
export interface Outcome {
  readonly committed: boolean;
  readonly revision: number;
}

export type Change =
  | { readonly kind: 'put'; readonly entry: Entry }
  | { readonly kind: 'delete'; readonly key: string };

/** All changes that one transaction made under the watched prefix. */
export interface Batch {
  readonly revision: number;
  readonly changes: readonly Change[];
}

export interface Page {
  /** The store's revision at which the entries were read. */
  readonly revision: number;
  /** In the order of their keys. */
  readonly entries: readonly Entry[];
  readonly more: boolean;
}

export interface Lease {
  readonly id: string;
  readonly ttlMs: number;
  /** Starts the time anew. False: it has run out, its keys are gone. */
  readonly renew: () => Promise<boolean>;
  readonly revoke: () => Promise<void>;
}

/** Methods reject with StoreError when the store cannot be reached or written. */
export interface Store {
  get(key: string): Promise<Entry | undefined>;
  range(prefix: string, page?: { readonly after?: string; readonly limit?: number }): Promise<Page>;
  /** Acknowledged means durable: it survives the death of process and machine. */
  transact(transaction: Transaction): Promise<Outcome>;
  /** Changes after revision `after`, in order, without end until `signal`. Rejects with code `compacted` when those are gone. */
  watch(prefix: string, after: number, signal: AbortSignal): AsyncIterable<Batch>;
  grant(ttlMs: number): Promise<Lease>;
  /** Writes all of it, as it was at one moment, to a file that is not there yet; others go on reading and writing. */
  backup(file: string): Promise<void>;
  close(): Promise<void>;
}

export type StoreErrorCode = 'locked' | 'damaged' | 'unavailable' | 'newer' | 'compacted' | 'closed';

export class StoreError extends Error {
  readonly code: StoreErrorCode;

  /** `message` is a sentence for people: what, where, what to do. */
  constructor(code: StoreErrorCode, message: string) {
    super(message);
    this.name = 'StoreError';
    this.code = code;
  }
}

/** Bounds that every implementation keeps; etcd's defaults are a little above. */
export const storeLimits = {
  /** Operations and compares of one transaction. */
  perTransaction: 100,
  keyBytes: 512,
  valueBytes: 1 << 20,
  pageEntries: 1000,
} as const;

/** Throws on a transaction that no implementation would take: a mistake of the caller. */
export function checkTransaction({ compare, operations }: Transaction): void {
  if (compare.length > storeLimits.perTransaction || operations.length > storeLimits.perTransaction) {
    throw new Error(`a transaction of ${compare.length} compares and ${operations.length} operations`);
  }
  if (new Set(operations.map(({ key }) => key)).size !== operations.length) {
    throw new Error('a transaction with two operations on one key');
  }
  for (const operation of operations) {
    // Visible ASCII, so that every implementation orders keys alike.
    if (!/^[!-~]+$/.test(operation.key) || operation.key.length > storeLimits.keyBytes) {
      throw new Error(`not a key: ${operation.key}`);
    }
    if (operation.kind === 'put' && Buffer.byteLength(operation.value) > storeLimits.valueBytes) {
      throw new Error(`the value of ${operation.key} is over ${storeLimits.valueBytes} bytes`);
    }
  }
}
