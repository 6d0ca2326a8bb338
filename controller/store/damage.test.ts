/** Store files as they are found after accidents: refused before anything is written, with the way back. */
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedStore, storeFile } from './embedded.ts';
import { restoreStore } from './restore.ts';

let directory: string;
let file: string;
let backup: string;
const epochKey = 'controller/epoch';

/** Left as by kill -9: with its log beside it. */
async function makeStore(place: string, count: number): Promise<void> {
  const store = await openEmbeddedStore({ file: place });
  const put = (key: string, value: string) =>
    store.transact({ compare: [], operations: [{ kind: 'put', key, value }] });
  await put(epochKey, '7');
  for (let i = 0; i < count; i++) await put(`k/${i}`, 'x'.repeat(500));
  const left = join(directory, 'left');
  await mkdir(left);
  for (const name of ['store.sqlite', 'store.sqlite-wal']) await cp(join(place, '..', name), join(left, name));
  await store.close();
  await cp(left, join(place, '..'), { recursive: true });
  await rm(left, { recursive: true });
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'weft-damage-'));
  file = storeFile(directory);
  backup = join(directory, 'backup');
  const store = await openEmbeddedStore({ file: join(directory, 'other', 'store.sqlite') });
  await store.transact({ compare: [], operations: [{ kind: 'put', key: epochKey, value: '3' }] });
  await store.backup(backup);
  await store.close();
});
afterEach(() => rm(directory, { recursive: true }));

async function overwrite(place: string, offset: number, bytes: Uint8Array): Promise<void> {
  const content = await readFile(place);
  content.set(bytes, offset);
  await writeFile(place, content);
}

/** A closed store: all of it is in the one file. */
async function makeClosed(count = 200): Promise<void> {
  const store = await openEmbeddedStore({ file });
  for (let i = 0; i < count; i++) {
    await store.transact({ compare: [], operations: [{ kind: 'put', key: `k/${i}`, value: 'x'.repeat(500) }] });
  }
  await store.close();
}

const garbage = Buffer.alloc(3000, 0xa5);
const damages: Readonly<Record<string, { readonly by: () => Promise<void>; readonly says: RegExp }>> = {
  'whose header is overwritten': {
    by: () => makeClosed().then(() => overwrite(file, 0, garbage.subarray(0, 90))),
    says: /store\.sqlite is damaged: bring a backup back with `weft store restore BACKUP`/,
  },
  'with a page of garbage': {
    by: () => makeClosed().then(() => overwrite(file, 4096 * 20 + 8, garbage)),
    says: /is damaged/,
  },
  'cut in the middle of a page': {
    by: () => makeClosed().then(() => truncate(file, 4096 * 9 + 100)),
    says: /is damaged/,
  },
  'cut to nothing but its header': { by: () => makeClosed().then(() => truncate(file, 100)), says: /is damaged/ },
  'that is a directory': { by: async () => void (await mkdir(file)), says: /is a directory: move it away, and bring/ },
  'that has gone while its log is there': {
    by: () => makeStore(file, 20).then(() => rm(file)),
    says: /is gone and only its log is left: move .*store\.sqlite-wal away, and bring/,
  },
  'that is another program’s database': {
    by: async () => {
      using database = new DatabaseSync(file);
      database.exec('CREATE TABLE things (a); INSERT INTO things VALUES (1)');
    },
    says: /is a database, but no store of Weft's: bring/,
  },
  'without a readable layout number': {
    by: async () => {
      await makeClosed(1);
      using database = new DatabaseSync(file);
      database.exec("DELETE FROM meta WHERE name = 'schema'");
    },
    says: /is damaged/,
  },
  'of a later version': {
    by: async () => {
      await makeClosed(1);
      using database = new DatabaseSync(file);
      database.exec("UPDATE meta SET value = 9 WHERE name = 'schema'");
    },
    says: /has layout 9, this version of Weft knows 1: run the newer Weft/,
  },
};

describe('a store', () => {
  it.each(Object.keys(damages))('%s is refused with the way back, and left as it is', async (name) => {
    const damage = damages[name];
    await damage?.by();
    const before = await snapshot();
    await expect(openEmbeddedStore({ file })).rejects.toThrow(damage?.says);
    expect(await snapshot()).toEqual(before);
  });

  it.each(Object.keys(damages).filter((name) => !/directory/.test(name)))(
    '%s is put aside by a restore, which goes on above all numbers',
    async (name) => {
      await damages[name]?.by();
      const unixMs = 1_800_000_000_000;
      const restored = restoreStore({ backup, file, unixMs, entries: [{ key: 'a', value: 'b' }], epochKey });
      expect(restored).toMatchObject({ epoch: unixMs + 1, revision: unixMs + 1, aside: `${file}.before-${unixMs}` });
      const store = await openEmbeddedStore({ file });
      expect((await store.get(epochKey))?.value).toBe(String(unixMs + 1));
      expect(await store.get('a')).toMatchObject({ value: 'b', modRevision: unixMs + 1 });
      expect((await store.transact({ compare: [], operations: [{ kind: 'put', key: 'c', value: '' }] })).revision).toBe(
        unixMs + 2,
      );
      await store.close();
    },
  );

  it('with a log that was cut anywhere has every transaction before the cut', async () => {
    await makeStore(file, 20);
    const log = await readFile(`${file}-wal`);
    for (const share of [0, 0.3, 0.7, 0.999]) {
      await writeFile(`${file}-wal`, log.subarray(0, Math.floor(log.length * share)));
      const copy = join(directory, `cut-${share}`);
      await mkdir(copy);
      for (const each of ['store.sqlite', 'store.sqlite-wal']) await cp(join(directory, each), join(copy, each));
      const store = await openEmbeddedStore({ file: storeFile(copy) });
      const { entries } = await store.range('k/');
      const order = entries.map(({ createRevision }) => createRevision).sort((a, b) => a - b);
      expect(order).toEqual(order.map((_, i) => i + 2));
      await store.close();
    }
  });

  it('with the log of another store is refused, or has nothing of it', async () => {
    await makeClosed(50);
    const other = join(directory, 'foreign', 'store.sqlite');
    await makeStore(other, 400);
    await cp(`${other}-wal`, `${file}-wal`);
    const opened = await openEmbeddedStore({ file }).catch((error: Error) => error);
    if (opened instanceof Error) {
      expect(opened.message).toMatch(/is damaged/);
      return;
    }
    const found = await opened.range('k/');
    await opened.close();
    expect(found.entries.map(({ value }) => value.length)).toEqual(Array(50).fill(500));
  });
});

describe('a restore', () => {
  const options = () => ({ backup, file, unixMs: 1000, entries: [], epochKey });

  it('goes above the numbers of the store that is there, whatever the clock says', async () => {
    await makeClosed(2000);
    const restored = restoreStore(options());
    expect(restored.revision).toBe(2001);
    const again = restoreStore({ ...options(), unixMs: 1001 });
    expect(again.epoch).toBeGreaterThan(restored.epoch);
    expect(again.revision).toBeGreaterThan(restored.revision);
  });

  it('refuses while a controller has the store', async () => {
    const store = await openEmbeddedStore({ file });
    expect(() => restoreStore(options())).toThrow(/is in use by another controller: stop that one first/);
    await store.close();
  });

  it('refuses a backup that is damaged, is none, or is not there, and changes nothing', async () => {
    await makeClosed(3);
    const before = await snapshot();
    await truncate(backup, 5000);
    expect(() => restoreStore(options())).toThrow(/backup is damaged/);
    await writeFile(backup, '');
    expect(() => restoreStore(options())).toThrow(/no store of Weft/);
    await rm(backup);
    expect(() => restoreStore(options())).toThrow(`there is no file ${backup}`);
    expect(await snapshot()).toEqual(before);
  });
});

describe('a backup', () => {
  it('is one file that is consistent while others write, and every acknowledged write before it is in it', async () => {
    const store = await openEmbeddedStore({ file });
    const put = (i: number) =>
      store.transact({
        compare: [],
        operations: [
          { kind: 'put', key: 'left', value: `${i} ${'x'.repeat(9000)}` },
          { kind: 'put', key: 'right', value: `${i} ${'y'.repeat(9000)}` },
        ],
      });
    for (let i = 0; i < 50; i++) await put(i);
    const target = join(directory, 'online');
    let isDone = false;
    const made = store.backup(target).finally(() => {
      isDone = true;
    });
    let writes = 50;
    while (!isDone) {
      await put(writes++);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await made;
    await store.close();
    expect((await readdir(directory)).filter((name) => name.startsWith('online'))).toEqual(['online']);
    const copy = await openEmbeddedStore({ file: target });
    const [left, right] = [await copy.get('left'), await copy.get('right')];
    expect(Number(left?.value.split(' ')[0])).toBeGreaterThanOrEqual(49);
    expect(right?.value.split(' ')[0]).toBe(left?.value.split(' ')[0]);
    await copy.close();
  });
});

/** What the store's file holds. */
async function snapshot(): Promise<Record<string, string>> {
  const names = (await readdir(directory)).filter((name) => name === 'store.sqlite');
  const contents = names.map(async (name) => [
    name,
    await readFile(join(directory, name)).then(
      (content) => createHash('sha256').update(content).digest('hex'),
      (error: NodeJS.ErrnoException) => error.code ?? '',
    ),
  ]);
  return Object.fromEntries(await Promise.all(contents)) as Record<string, string>;
}
