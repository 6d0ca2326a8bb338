/**
 * The embedded store: one SQLite file, one controller, the default.
 *
 * Write-ahead log with synchronous=FULL: a transaction is acknowledged after its log is on disk. The file is
 * locked for as long as it is open, so a second controller on it is refused. Changes are also kept in a
 * bounded history, from which watches read: nothing is buffered for a slow watcher.
 */
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { backup, DatabaseSync, type StatementSync } from 'node:sqlite';
import { type Clock, systemClock } from '../clock.ts';
import {
  type Batch,
  type Change,
  type Compare,
  checkTransaction,
  type Entry,
  type Lease,
  type Operation,
  type Outcome,
  type Page,
  type Store,
  StoreError,
  storeLimits,
  type Transaction,
} from './store.ts';

export interface EmbeddedOptions {
  readonly file: string;
  readonly clock?: Clock;
  /** Revisions that a watch can go back. */
  readonly historyLength?: number;
}

export function storeFile(directory: string): string {
  return join(directory, 'store.sqlite');
}

/** Rejects with StoreError: `locked`, `damaged`, `newer` (written by a later Weft) or `unavailable`. */
export async function openEmbeddedStore(options: EmbeddedOptions): Promise<Store> {
  const { file } = options;
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    checkPlace(file);
    database = new DatabaseSync(file, { timeout: 500 });
    prepareFile(database, file);
    return new EmbeddedStore(database, options);
  } catch (error) {
    database?.close();
    throw storeError(error, file);
  }
}

/** A store that has gone is not made anew: its log would be lost with it, and hosts would be led by another store. */
function checkPlace(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isDirectory()) {
    throw new StoreError('damaged', `${file} is a directory: move it away, and ${restoreAdvice}`);
  }
  const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
  if (found === undefined && log !== undefined && log.size > 0) {
    throw new StoreError(
      'damaged',
      `the store ${file} is gone and only its log is left: move ${file}-wal away, and ${restoreAdvice}`,
    );
  }
}

const schemaVersion = 1;
const storeTables = ['meta', 'entries', 'history', 'leases'];

const schema = `
  CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS entries (
    key TEXT PRIMARY KEY, value TEXT NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL, lease INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS leased ON entries (lease) WHERE lease IS NOT NULL;
  -- value is NULL for a deletion
  CREATE TABLE IF NOT EXISTS history (
    revision INTEGER NOT NULL, position INTEGER NOT NULL, key TEXT NOT NULL, value TEXT, created INTEGER NOT NULL,
    PRIMARY KEY (revision, position)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS leases (id INTEGER PRIMARY KEY, ttl_ms INTEGER NOT NULL) STRICT;
  INSERT OR IGNORE INTO meta VALUES ('schema', ${schemaVersion}), ('revision', 0), ('compacted', 0);
`;

function prepareFile(database: DatabaseSync, file: string): void {
  // EXCLUSIVE before the first access: the lock is held until close, and no shared-memory file is needed.
  database.exec('PRAGMA locking_mode = EXCLUSIVE');
  if (!isWhole(database, 'quick_check')) throw damaged(file);
  // Before anything is written into it.
  if (tablesOf(database).length > 0) checkLayout(database, file);
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = FULL');
  database.exec(`BEGIN IMMEDIATE; ${schema} COMMIT`);
}

/** Everything that can be known of the file without writing to it. Throws StoreError. */
export function checkStoreFile(file: string): void {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: 500 });
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    if (!isWhole(database, 'integrity_check')) throw damaged(file);
    checkLayout(database, file);
  } catch (error) {
    throw storeError(error, file);
  } finally {
    database?.close();
  }
}

/** Everything that a store holds which nobody has open. */
export function readStoreFile(file: string): Entry[] {
  try {
    using database = new DatabaseSync(file, { readOnly: true });
    return database.prepare('SELECT key, value, created, modified FROM entries ORDER BY key').all().map(toEntry);
  } catch (error) {
    throw storeError(error, file);
  }
}

function isWhole(database: DatabaseSync, check: 'quick_check' | 'integrity_check'): boolean {
  const found = database.prepare(`PRAGMA ${check}(1)`).all();
  return found.length === 1 && found[0]?.[check] === 'ok';
}

function tablesOf(database: DatabaseSync): string[] {
  return database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .all()
    .map(({ name }) => String(name));
}

function checkLayout(database: DatabaseSync, file: string): void {
  const tables = tablesOf(database);
  if (!storeTables.every((table) => tables.includes(table))) throw notAStore(file);
  const meta = new Map(
    database
      .prepare('SELECT name, value FROM meta')
      .all()
      .map(({ name, value }) => [name, value]),
  );
  const layout = meta.get('schema');
  if (typeof layout === 'number' && layout > schemaVersion) {
    throw new StoreError(
      'newer',
      `the store ${file} has layout ${layout}, this version of Weft knows ${schemaVersion}: run the newer Weft`,
    );
  }
  const numbers = [layout, meta.get('revision'), meta.get('compacted')];
  if (layout !== schemaVersion || !numbers.every((each) => Number.isSafeInteger(each))) throw damaged(file);
}

class EmbeddedStore implements Store {
  readonly #database: DatabaseSync;
  readonly #file: string;
  readonly #clock: Clock;
  readonly #historyLength: number;
  readonly #statements: Statements;
  readonly #watchers = new Set<() => void>();
  readonly #leaseTimers = new Map<number, () => void>();
  #revision: number;
  #closed = false;

  constructor(database: DatabaseSync, { file, clock = systemClock, historyLength = 10_000 }: EmbeddedOptions) {
    this.#database = database;
    this.#file = file;
    this.#clock = clock;
    this.#historyLength = historyLength;
    this.#statements = prepareStatements(database);
    this.#revision = Number(this.#statements.readMeta.get('revision')?.value);
    // The time that passed while nobody looked does not count: every lease starts anew, as after etcd's change of leader.
    for (const row of database.prepare('SELECT id, ttl_ms FROM leases').all()) {
      this.#armLease(Number(row.id), Number(row.ttl_ms));
    }
  }

  async get(key: string): Promise<Entry | undefined> {
    return this.#guard(() => this.#entry(key));
  }

  async range(prefix: string, page: { after?: string; limit?: number } = {}): Promise<Page> {
    return this.#guard(() => {
      const limit = Math.min(page.limit ?? storeLimits.pageEntries, storeLimits.pageEntries);
      const rows = this.#statements.range.all(prefix, prefixEnd(prefix), page.after ?? '', limit + 1);
      const entries = rows.slice(0, limit).map(toEntry);
      return { revision: this.#revision, entries, more: rows.length > limit };
    });
  }

  async transact(transaction: Transaction): Promise<Outcome> {
    checkTransaction(transaction);
    return this.#guard(() => this.#commit(transaction));
  }

  async *watch(prefix: string, after: number, signal: AbortSignal): AsyncGenerator<Batch, void, void> {
    let seen = after;
    while (!signal.aborted && !this.#closed) {
      const { batches, upTo } = this.#guard(() => this.#readHistory(prefix, seen));
      seen = upTo;
      yield* batches;
      if (upTo === this.#revision && !signal.aborted && !this.#closed) await this.#changeOrAbort(signal);
    }
  }

  async grant(ttlMs: number): Promise<Lease> {
    const id = this.#guard(() => {
      const { lastInsertRowid } = this.#statements.addLease.run(ttlMs);
      return Number(lastInsertRowid);
    });
    this.#armLease(id, ttlMs);
    return {
      id: String(id),
      ttlMs,
      renew: async () => {
        if (this.#closed || !this.#leaseTimers.has(id)) return false;
        this.#armLease(id, ttlMs);
        return true;
      },
      revoke: async () => this.#guard(() => this.#endLease(id)),
    };
  }

  async backup(file: string): Promise<void> {
    try {
      await backup(this.#database, file);
      // One file, wherever it is put: without a log beside it.
      using copy = new DatabaseSync(file);
      copy.exec('PRAGMA journal_mode = DELETE');
    } catch (error) {
      throw storeError(error, file);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const cancel of this.#leaseTimers.values()) cancel();
    for (const wake of [...this.#watchers]) wake();
    this.#database.close();
  }

  #guard<T>(action: () => T): T {
    if (this.#closed) throw new StoreError('closed', `the store ${this.#file} is closed`);
    try {
      return action();
    } catch (error) {
      throw storeError(error, this.#file);
    }
  }

  #entry(key: string): Entry | undefined {
    const row = this.#statements.get.get(key);
    return row === undefined ? undefined : toEntry(row);
  }

  #commit({ compare, operations }: Transaction): Outcome {
    if (!compare.every((wanted) => this.#holds(wanted))) return { committed: false, revision: this.#revision };
    const effective = operations.filter(({ kind, key }) => kind === 'put' || this.#entry(key) !== undefined);
    if (effective.length === 0) return { committed: true, revision: this.#revision };
    const revision = this.#revision + 1;
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      for (const [position, operation] of effective.entries()) this.#apply(operation, revision, position);
      this.#statements.writeMeta.run(revision, 'revision');
      if (revision % Math.ceil(this.#historyLength / 10) === 0) this.#compact(revision - this.#historyLength);
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
    this.#revision = revision;
    for (const wake of [...this.#watchers]) wake();
    return { committed: true, revision };
  }

  #holds(compare: Compare): boolean {
    const entry = this.#entry(compare.key);
    if ('value' in compare) return entry?.value === compare.value;
    if ('modRevision' in compare) return (entry?.modRevision ?? 0) === compare.modRevision;
    return (entry?.createRevision ?? 0) === compare.createRevision;
  }

  #apply(operation: Operation, revision: number, position: number): void {
    const { key } = operation;
    if (operation.kind === 'delete') {
      this.#statements.delete.run(key);
      this.#statements.remember.run(revision, position, key, null, 0);
      return;
    }
    const lease = operation.lease === undefined ? null : Number(operation.lease);
    if (lease !== null && !this.#leaseTimers.has(lease)) {
      throw new StoreError('unavailable', `lease ${operation.lease} has run out`);
    }
    const created = this.#entry(key)?.createRevision ?? revision;
    this.#statements.put.run(key, operation.value, created, revision, lease);
    this.#statements.remember.run(revision, position, key, operation.value, created);
  }

  #compact(upTo: number): void {
    if (upTo <= 0) return;
    this.#statements.forget.run(upTo);
    this.#statements.writeMeta.run(upTo, 'compacted');
  }

  /** Whole transactions after `seen`, as many as fit a page. */
  #readHistory(prefix: string, seen: number): { readonly batches: Batch[]; readonly upTo: number } {
    const compacted = Number(this.#statements.readMeta.get('compacted')?.value);
    if (seen < compacted) {
      throw new StoreError(
        'compacted',
        `changes before revision ${compacted} are no longer kept: read everything anew`,
      );
    }
    // 100 revisions of at most 100 operations.
    const upTo = Math.min(this.#revision, seen + 100);
    const byRevision = new Map<number, Change[]>();
    for (const row of this.#statements.history.all(seen, upTo, prefix, prefixEnd(prefix))) {
      const revision = Number(row.revision);
      const changes = byRevision.get(revision) ?? [];
      byRevision.set(revision, changes);
      changes.push(toChange(row, revision));
    }
    return { batches: [...byRevision].map(([revision, changes]) => ({ revision, changes })), upTo };
  }

  #changeOrAbort(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#watchers.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#watchers.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  #armLease(id: number, ttlMs: number): void {
    this.#leaseTimers.get(id)?.();
    this.#leaseTimers.set(
      id,
      this.#clock.after(ttlMs, () => this.#expire(id)),
    );
  }

  /** A lease that cannot be ended now, the disk being full, is ended later: its keys stay until then. */
  #expire(id: number): void {
    try {
      this.#endLease(id);
    } catch {
      this.#leaseTimers.set(
        id,
        this.#clock.after(1000, () => this.#expire(id)),
      );
    }
  }

  /** Idempotent: the keys go with the lease, in transactions of their own. */
  #endLease(id: number): void {
    this.#leaseTimers.get(id)?.();
    this.#leaseTimers.delete(id);
    for (;;) {
      const keys = this.#statements.leased.all(id, storeLimits.perTransaction).map((row) => String(row.key));
      if (keys.length === 0) break;
      this.#commit({ compare: [], operations: keys.map((key) => ({ kind: 'delete', key })) });
    }
    this.#statements.dropLease.run(id);
  }
}

type Row = Record<string, unknown>;

function toEntry(row: Row): Entry {
  return {
    key: String(row.key),
    value: String(row.value),
    createRevision: Number(row.created),
    modRevision: Number(row.modified),
  };
}

function toChange(row: Row, revision: number): Change {
  return row.value === null
    ? { kind: 'delete', key: String(row.key) }
    : { kind: 'put', entry: toEntry({ ...row, modified: revision }) };
}

/** Keys are visible ASCII, so every key with the prefix is below this. */
function prefixEnd(prefix: string): string {
  return `${prefix}\x7f`;
}

type Statements = ReturnType<typeof prepareStatements>;

function prepareStatements(database: DatabaseSync) {
  const prepare = (sql: string): StatementSync => database.prepare(sql);
  return {
    get: prepare('SELECT key, value, created, modified FROM entries WHERE key = ?'),
    range: prepare(
      'SELECT key, value, created, modified FROM entries WHERE key >= ? AND key < ? AND key > ? ORDER BY key LIMIT ?',
    ),
    put: prepare(
      'INSERT INTO entries (key, value, created, modified, lease) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE ' +
        'SET value = excluded.value, modified = excluded.modified, lease = excluded.lease',
    ),
    delete: prepare('DELETE FROM entries WHERE key = ?'),
    remember: prepare('INSERT INTO history (revision, position, key, value, created) VALUES (?, ?, ?, ?, ?)'),
    history: prepare(
      'SELECT revision, key, value, created FROM history WHERE revision > ? AND revision <= ? AND key >= ? AND key < ? ' +
        'ORDER BY revision, position',
    ),
    forget: prepare('DELETE FROM history WHERE revision <= ?'),
    readMeta: prepare('SELECT value FROM meta WHERE name = ?'),
    writeMeta: prepare('UPDATE meta SET value = ? WHERE name = ?'),
    addLease: prepare('INSERT INTO leases (ttl_ms) VALUES (?)'),
    dropLease: prepare('DELETE FROM leases WHERE id = ?'),
    leased: prepare('SELECT key FROM entries WHERE lease = ? LIMIT ?'),
  };
}

function damaged(file: string): StoreError {
  return new StoreError('damaged', `the store ${file} is damaged: ${restoreAdvice}`);
}

function notAStore(file: string): StoreError {
  return new StoreError('damaged', `${file} is a database, but no store of Weft's: ${restoreAdvice}`);
}

function readOnly(file: string): StoreError {
  const what = `the store ${file} cannot be written, it is on a read-only disk`;
  return new StoreError('unavailable', `${what}: nothing can be changed until that is mended`);
}

function isReadOnly(file: string): boolean {
  try {
    accessSync(dirname(file), constants.W_OK);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EROFS';
  }
}

const restoreAdvice = 'bring a backup back with `weft store restore BACKUP` (docs/backup.md)';

/** SQLite's primary result codes (sqlite.org/rescode.html). */
const sqlite = { busy: 5, readonly: 8, ioerr: 10, corrupt: 11, full: 13, cantopen: 14, notadb: 26 } as const;

function storeError(error: unknown, file: string): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  const { errcode, code } = error as Error & { errcode?: number; code?: string };
  const primary = errcode === undefined ? undefined : errcode & 0xff;
  switch (primary) {
    case sqlite.busy:
      return new StoreError('locked', `the store ${file} is in use by another controller: stop that one first`);
    case sqlite.corrupt:
    case sqlite.notadb:
      return damaged(file);
    case sqlite.full:
      return new StoreError(
        'unavailable',
        `the store ${file} cannot grow, the disk is full: nothing can be changed until there is room again`,
      );
    case sqlite.readonly:
    case sqlite.ioerr:
    case sqlite.cantopen:
      if (isReadOnly(file)) return readOnly(file);
      return new StoreError('unavailable', `the store ${file} cannot be read and written: ${error.message}`);
    default:
      // From mkdir: a file where the directory should be, or no permission.
      return code?.startsWith('E') && code !== 'ERR_SQLITE_ERROR' && !code.startsWith('ERR_')
        ? new StoreError('unavailable', `the directory of the store ${file} cannot be made: ${error.message}`)
        : error;
  }
}
