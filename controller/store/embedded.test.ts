import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../clock.ts';
import { describeStore } from './conformance.ts';
import { openEmbeddedStore } from './embedded.ts';

describeStore('the embedded store', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'weft-store-'));
  const clock = new FakeClock();
  return {
    open: () => openEmbeddedStore({ file: join(directory, 'sub', 'store.sqlite'), clock }),
    pass: async (ms) => clock.advance(ms),
    remove: () => rm(directory, { recursive: true }),
  };
});

describe('the embedded store as a file', () => {
  let directory: string;
  let file: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'weft-store-'));
    file = join(directory, 'store.sqlite');
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('refuses a second controller, with one sentence', async () => {
    const first = await openEmbeddedStore({ file });
    await expect(openEmbeddedStore({ file })).rejects.toMatchObject({
      code: 'locked',
      message: `the store ${file} is in use by another controller: stop that one first`,
    });
    await first.close();
    await (await openEmbeddedStore({ file })).close();
  });

  it('says so when the file is no store', async () => {
    await writeFile(file, 'something else entirely '.repeat(100));
    await expect(openEmbeddedStore({ file })).rejects.toMatchObject({
      code: 'damaged',
      message: `the store ${file} is damaged: bring a backup back with \`weft store restore BACKUP\` (docs/backup.md)`,
    });
  });

  it('says so when a part of the file is missing', async () => {
    const store = await openEmbeddedStore({ file });
    for (let i = 0; i < 50; i++) {
      const value = 'x'.repeat(2000);
      await store.transact({ compare: [], operations: [{ kind: 'put', key: `k/${i}`, value }] });
    }
    await store.close();
    await truncate(file, 64 * 1024);
    await expect(openEmbeddedStore({ file })).rejects.toMatchObject({ code: 'damaged' });
  });

  it('refuses a file of a later version', async () => {
    await (await openEmbeddedStore({ file })).close();
    const database = new DatabaseSync(file);
    database.exec("UPDATE meta SET value = 9 WHERE name = 'schema'");
    database.close();
    await expect(openEmbeddedStore({ file })).rejects.toMatchObject({ code: 'newer' });
  });

  it('says so when there is a file in the place of its directory', async () => {
    await writeFile(join(directory, 'a'), '');
    await expect(openEmbeddedStore({ file: join(directory, 'a', 'store.sqlite') })).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('forgets old changes and tells a watch that wants them', async () => {
    const store = await openEmbeddedStore({ file, historyLength: 20 });
    for (let i = 0; i < 60; i++) {
      await store.transact({ compare: [], operations: [{ kind: 'put', key: 'a', value: String(i) }] });
    }
    const signal = new AbortController().signal;
    const old = store.watch('', 1, signal)[Symbol.asyncIterator]();
    await expect(old.next()).rejects.toMatchObject({ code: 'compacted' });
    const recent = store.watch('', 45, signal)[Symbol.asyncIterator]();
    expect((await recent.next()).value).toMatchObject({ revision: 46 });
    await store.close();
  });

  it('has every acknowledged write after kill -9', async () => {
    // The child prints a number after the write of it was acknowledged, as fast as it can, until it is killed.
    const program = `
      import { writeSync } from 'node:fs';
      import { openEmbeddedStore } from ${JSON.stringify(new URL('./embedded.ts', import.meta.url).href)};
      const store = await openEmbeddedStore({ file: ${JSON.stringify(file)} });
      for (let i = 0; ; i++) {
        await store.transact({ compare: [], operations: [{ kind: 'put', key: 'k/' + i, value: 'v' + i }] });
        writeSync(1, i + '\\n');
      }`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = new Promise<NodeJS.Signals | null>((resolve) =>
      child.once('exit', (_code, signal) => resolve(signal)),
    );
    let output = '';
    for await (const chunk of child.stdout) {
      output += String(chunk);
      if (output.length > 2000) child.kill('SIGKILL');
    }
    expect(await exited).toBe('SIGKILL');
    const acknowledged = output.split('\n').slice(0, -1).length;
    expect(acknowledged).toBeGreaterThan(100);

    const store = await openEmbeddedStore({ file });
    for (let i = 0; i < acknowledged; i++) expect((await store.get(`k/${i}`))?.value).toBe(`v${i}`);
    await store.close();
    expect((await readFile(file)).length).toBeGreaterThan(0);
  });
});
