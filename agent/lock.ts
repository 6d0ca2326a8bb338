/**
 * One agent per state directory: a file that names the process which holds it. A process that is gone, or
 * whose number another process has got since, holds nothing.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify, isAlive, type ProcessId } from './processes.ts';

export type Lock =
  | { readonly ok: true; readonly release: () => void }
  /** One sentence. */
  | { readonly ok: false; readonly why: string };

export function takeLock(stateDirectory: string): Lock {
  mkdirSync(stateDirectory, { recursive: true, mode: 0o700 });
  const path = join(stateDirectory, 'agent.lock');
  const own = identify(process.pid);
  if (own === undefined) return { ok: false, why: '/proc is not mounted; the agent needs it' };
  const mine = `${path}.${process.pid}`;
  const text = JSON.stringify(own);
  try {
    writeFileSync(mine, text, { mode: 0o600 });
    // Two agents that find the same stale lock: only the link of one succeeds.
    for (let attempt = 0; attempt < 3; attempt++) {
      if (tryLink(mine, path)) return { ok: true, release: () => releaseLock(path, text) };
      const held = readLock(path);
      if (held !== undefined && isAlive(held.process)) {
        const why = `process ${held.process.pid} is an agent that uses ${stateDirectory} already; stop it, or set another stateDirectory`;
        return { ok: false, why };
      }
      removeStale(path, held?.text);
    }
    return { ok: false, why: `${path} cannot be taken; another agent is starting` };
  } finally {
    rmSync(mine, { force: true });
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readLock(path: string): { readonly text: string; readonly process: ProcessId } | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    return { text, process: JSON.parse(text) as ProcessId };
  } catch {
    return undefined;
  }
}

/** Moves the stale lock aside; if it was not the one that was seen, it is put back. */
function removeStale(path: string, seen: string | undefined): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (readLock(aside)?.text !== seen) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function releaseLock(path: string, text: string): void {
  if (readLock(path)?.text === text) rmSync(path, { force: true });
}
