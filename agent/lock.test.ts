import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { takeLock } from './lock.ts';
import { identify } from './processes.ts';

describe('the lock', () => {
  it('is one agent’s, until it lets go', () => {
    const directory = mkdtempSync(join(tmpdir(), 'wagt-lock-'));
    const first = takeLock(directory);
    expect(first.ok).toBe(true);
    expect(takeLock(directory)).toMatchObject({
      ok: false,
      why: expect.stringMatching(new RegExp(`^process ${process.pid} is an agent that uses ${directory} already`)),
    });
    if (first.ok) first.release();
    expect(readdirSync(directory)).toEqual([]);
    rmSync(directory, { recursive: true });
  });

  it('of a process that is gone, or whose number another has got, is replaced', () => {
    const directory = mkdtempSync(join(tmpdir(), 'wagt-lock-'));
    const own = identify(process.pid);
    for (const stale of [
      { ...own, pid: 4_194_304 },
      { ...own, startTicks: 1 },
      { ...own, boot: 'another' },
      'rubbish',
    ]) {
      writeFileSync(join(directory, 'agent.lock'), JSON.stringify(stale));
      expect(takeLock(directory)).toMatchObject({ ok: true });
      expect(readdirSync(directory)).toEqual(['agent.lock']);
    }
    rmSync(directory, { recursive: true });
  });
});
