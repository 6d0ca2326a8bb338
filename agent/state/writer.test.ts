import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../fake-clock.ts';
import { diskError } from './disk.ts';
import { Writer } from './writer.ts';

describe('a writer', () => {
  let directory: string;
  let blocked: string;
  let path: string;
  let clock: FakeClock;
  let failures: string[];
  let value: number;
  let writer: Writer;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'wagt-writer-'));
    blocked = join(directory, 'in');
    path = join(blocked, 'state.json');
    clock = new FakeClock();
    failures = [];
    value = 1;
    const onFailure = (error: Error) => failures.push(error.message);
    writer = new Writer({ path, content: () => ({ value }), clock, onFailure });
    // A file where the folder should be: nothing can be written there.
    writeFileSync(blocked, '');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('tries again until the disk takes it, with the newest value, and complains once', async () => {
    let ended = 0;
    const kept = [writer.keep(), writer.keep()].map((each) => each.then(() => ended++));
    await expect.poll(() => failures.length).toBe(1);
    clock.advance(250);
    await writer.write().catch(() => undefined);
    expect(ended).toBe(0);
    rmSync(blocked);
    value = 2;
    await expect
      .poll(() => {
        clock.advance(10_000);
        return ended;
      })
      .toBe(2);
    await Promise.all(kept);
    expect(readFileSync(path, 'utf8')).toContain('{"value":2}');
    expect(failures).toEqual([expect.stringMatching(/in\/state\.json cannot be written: /)]);
    await writer.kept();
  });

  it('lets nobody wait after it is closed', async () => {
    const kept = writer.keep();
    await expect.poll(() => failures.length).toBe(1);
    await writer.close();
    await expect(kept).rejects.toThrow('before the agent stopped');
  });
});

describe('what is said of a file that cannot be written', () => {
  it.each([
    ['ENOSPC', '/s/x cannot be written: no space is left on its file system; make room there'],
    ['EROFS', /^\/s\/x cannot be written: its file system is mounted read-only; mount it writable/],
    ['EWHAT', '/s/x cannot be written: odd'],
  ])('%s', (code, text) => {
    expect(diskError('/s/x', Object.assign(new Error('odd'), { code })).message).toMatch(text);
  });
});
