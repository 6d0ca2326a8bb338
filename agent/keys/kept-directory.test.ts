import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closeKeptDirectory, openKeptDirectory } from './kept-directory.ts';

describe('the directory where keys outlive the agent', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    // A tmpfs on every Linux.
    folder = mkdtempSync('/dev/shm/wagt-keys-');
    path = join(folder, 'deep', 'keys');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is made for its owner alone, and found again', () => {
    expect(openKeptDirectory(path)).toEqual({ ok: true, path });
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(openKeptDirectory(path)).toEqual({ ok: true, path });
    closeKeptDirectory(path);
    expect(existsSync(path)).toBe(false);
    closeKeptDirectory(path);
  });

  it('is refused where others may look into it, or have put something else there', () => {
    openKeptDirectory(path);
    chmodSync(path, 0o750);
    const why = `${path} is no directory of this user's alone; remove it`;
    expect(openKeptDirectory(path)).toEqual({ ok: false, why });
    rmSync(path, { recursive: true });
    symlinkSync(folder, path);
    expect(openKeptDirectory(path)).toEqual({ ok: false, why });
  });

  it('is refused, and not made, on a file system that is not memory', () => {
    const onDisk = mkdtempSync(join(import.meta.dirname, '.wagt-'));
    const there = join(onDisk, 'keys');
    expect(openKeptDirectory(there)).toMatchObject({ ok: false, why: expect.stringContaining('is not on a tmpfs') });
    expect(existsSync(there)).toBe(false);
    rmSync(onDisk, { recursive: true });
  });

  it('is refused with the reason where it cannot be made', () => {
    expect(openKeptDirectory('/proc/self/keys')).toMatchObject({ ok: false });
    expect(openKeptDirectory(join(folder, 'x'.repeat(300)))).toMatchObject({
      ok: false,
      why: expect.stringContaining('cannot be had: ENAMETOOLONG'),
    });
  });
});
