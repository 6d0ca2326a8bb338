import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../fake-clock.ts';
import { FlowFile, gatheredBytesMost } from './file.ts';

describe('the file of flow records', () => {
  let directory: string;
  let path: string;
  let failures: string[];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'wagt-flows-'));
    path = join(directory, 'deeper', 'flows.jsonl');
    failures = [];
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const open = (rest: { maxBytes?: number; files?: number } = {}, clock = new FakeClock()) =>
    new FlowFile({
      ...{ path, maxBytes: 1 << 20, files: 3, clock, ...rest },
      onFailure: (error) => failures.push(error.message),
    });
  const read = (name = '') => readFileSync(`${path}${name}`, 'utf8');

  it('gets its lines a second later, all at once, and only its owner and group may read it', async () => {
    const clock = new FakeClock();
    const file = open({}, clock);
    file.add('{"a":1}');
    file.add('{"b":2}');
    clock.advance(1000);
    await file.flush();
    expect(read()).toBe('{"a":1}\n{"b":2}\n');
    expect(statSync(path).mode & 0o007).toBe(0);
    expect(file).toMatchObject({ written: 2, lost: 0 });
  });

  it('is turned before it grows beyond its bound, and no more files are kept than may be', async () => {
    const file = open({ maxBytes: 20, files: 3 });
    for (const line of ['first-line', 'second-line', 'third-line', 'fourth-line']) {
      file.add(line);
      await file.flush();
    }
    expect(readdirSync(join(directory, 'deeper')).sort()).toEqual(['flows.jsonl', 'flows.jsonl.1', 'flows.jsonl.2']);
    expect([read(), read('.1'), read('.2')]).toEqual(['fourth-line\n', 'third-line\n', 'second-line\n']);
  });

  it('begins anew where only one is kept', async () => {
    const file = open({ maxBytes: 20, files: 1 });
    for (const line of ['first-line', 'second-line']) {
      file.add(line);
      await file.flush();
    }
    expect(readdirSync(join(directory, 'deeper'))).toEqual(['flows.jsonl']);
    expect(read()).toBe('second-line\n');
  });

  it('that cannot be written is told once, and written again when it can be', async () => {
    writeFileSync(join(directory, 'deeper'), 'a file where the directory should be');
    const file = open();
    for (const line of ['a', 'b']) {
      file.add(line);
      await file.flush();
    }
    expect(failures).toEqual([expect.stringContaining(`${path} cannot be written: `)]);
    expect(file).toMatchObject({ written: 0, lost: 2 });
    rmSync(join(directory, 'deeper'));
    file.add('c');
    await file.close();
    expect(read()).toBe('c\n');
    expect(file).toMatchObject({ written: 1, lost: 2 });
  });

  it('on a full disk loses lines, and says so in words', async () => {
    path = '/dev/full';
    const file = open();
    file.add('a');
    await file.close();
    expect(failures).toEqual(['/dev/full cannot be written: no space is left on its file system; make room there']);
    expect(file.lost).toBe(1);
  });

  it('does not take more than it can gather: what comes faster is lost, and counted', async () => {
    const file = open();
    const line = 'x'.repeat(1023);
    for (let i = 0; i < gatheredBytesMost / 1024 + 5; i++) file.add(line);
    expect(file.lost).toBe(5);
    await file.close();
    expect(statSync(path).size).toBe(gatheredBytesMost);
  });
});
