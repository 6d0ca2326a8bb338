/**
 * Brings a backup back in the place of a store, while no controller runs on it.
 *
 *   check the backup ─► copy it beside the store ─► raise its numbers ─► put the store aside ─► copy in its place
 *
 * Killed at any point, there is the store of before or the restored one. What was there stays, under another name.
 *
 * Hosts have obeyed epochs, and hold guests and mappings with revisions, that the backup knows nothing of. Both go on
 * above whatever can have been given out since: at the milliseconds since 1970, which no controller outruns by being
 * started or by writing.
 */
import {
  chownSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { checkStoreFile } from './embedded.ts';
import { StoreError } from './store.ts';

export interface RestoreOptions {
  readonly backup: string;
  /** Of the store. */
  readonly file: string;
  readonly unixMs: number;
  /** Written into the restored store. */
  readonly entries: readonly { readonly key: string; readonly value: string }[];
  readonly epochKey: string;
}

export interface Restored {
  readonly epoch: number;
  readonly revision: number;
  /** Where the store of before is now; undefined: there was none. */
  readonly aside: string | undefined;
}

/** Throws StoreError, and has changed nothing then. */
export function restoreStore(options: RestoreOptions): Restored {
  const { backup, file, unixMs } = options;
  if (!existsSync(backup)) throw new StoreError('unavailable', `there is no file ${backup}`);
  checkStoreFile(backup);
  const before = existsSync(file) ? numbersOf(file, options.epochKey) : undefined;
  const copy = `${file}.restoring`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    for (const suffix of sideFiles) rmSync(copy + suffix, { force: true });
    copyFileSync(backup, copy, constants.COPYFILE_EXCL);
    giveToOwnerOf(dirname(file), copy);
    const numbers = raise(copy, before, options);
    const aside = moveAside(file, `${file}.before-${unixMs}`);
    renameSync(copy, file);
    sync(dirname(file));
    return { ...numbers, aside };
  } catch (error) {
    rmSync(copy, { force: true });
    if (error instanceof StoreError) throw error;
    throw new StoreError('unavailable', `${file} cannot be restored: ${(error as Error).message}`);
  }
}

/** The service has a user of its own, and it is root who restores. */
function giveToOwnerOf(directory: string, file: string): void {
  const { uid, gid } = statSync(directory);
  if (process.getuid?.() === 0 && uid !== 0) chownSync(file, uid, gid);
}

const sideFiles = ['', '-wal', '-shm', '-journal'] as const;

interface Numbers {
  readonly epoch: number;
  readonly revision: number;
}

/** Of the store that is there; none when it is damaged. Throws when a controller has it. */
function numbersOf(file: string, epochKey: string): Numbers | undefined {
  try {
    checkStoreFile(file);
    using database = new DatabaseSync(file);
    return readNumbers(database, epochKey);
  } catch (error) {
    if (error instanceof StoreError && error.code === 'locked') throw error;
    return undefined;
  }
}

function readNumbers(database: DatabaseSync, epochKey: string): Numbers {
  const epoch = database.prepare('SELECT value FROM entries WHERE key = ?').get(epochKey)?.value;
  const revision = database.prepare("SELECT value FROM meta WHERE name = 'revision'").get()?.value;
  return { epoch: Number(epoch ?? 0), revision: Number(revision) };
}

function raise(copy: string, before: Numbers | undefined, { unixMs, entries, epochKey }: RestoreOptions): Numbers {
  using database = new DatabaseSync(copy);
  database.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL');
  const own = readNumbers(database, epochKey);
  const above = (name: keyof Numbers) => Math.max(own[name], before?.[name] ?? 0, Math.floor(unixMs)) + 1;
  const [epoch, revision] = [above('epoch'), above('revision')];
  database.exec('BEGIN IMMEDIATE');
  const put = database.prepare(
    'INSERT INTO entries (key, value, created, modified) VALUES (?1, ?2, ?3, ?3) ON CONFLICT (key) DO UPDATE ' +
      'SET value = excluded.value, modified = excluded.modified',
  );
  for (const { key, value } of [...entries, { key: epochKey, value: String(epoch) }]) put.run(key, value, revision);
  // Nobody can have watched what comes between the two revisions.
  database.exec('DELETE FROM history');
  database.prepare("UPDATE meta SET value = ? WHERE name IN ('revision', 'compacted')").run(revision);
  database.exec('COMMIT');
  return { epoch, revision };
}

/**
 * With its log, which has nothing to do with what comes in its place. The file last: it was closed whole, so its log is
 * needed no more, and until then it is the store.
 */
function moveAside(file: string, aside: string): string | undefined {
  const found = sideFiles.toReversed().filter((suffix) => existsSync(file + suffix));
  for (const suffix of found) renameSync(file + suffix, aside + suffix);
  return found.length === 0 ? undefined : aside;
}

function sync(directory: string): void {
  const descriptor = openSync(directory, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}
