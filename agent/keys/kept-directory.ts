/**
 * Where private keys may outlive the process: a directory of root's alone on a file system that is nothing but
 * memory, so that they are gone with the machine's power and are on no disk. (Memory may be swapped out: keys
 * are as safe as the swap space is.)
 */
import { lstatSync, mkdirSync, rmdirSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/** statfs(2): f_type */
const memoryFileSystems = { tmpfs: 0x01021994, ramfs: 0x858458f6 } as const;

export type KeptDirectory = { readonly ok: true; readonly path: string } | { readonly ok: false; readonly why: string };

/** Makes it when it is not there. One sentence when keys must not be put there. */
export function openKeptDirectory(path: string): KeptDirectory {
  try {
    if (!isMemory(nearest(path))) {
      return {
        ok: false,
        why: `${path} is not on a tmpfs, and keys must be on no disk; set keys.directory to one that is`,
      };
    }
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const facts = lstatSync(path);
    if (!facts.isDirectory() || facts.uid !== process.geteuid?.() || (facts.mode & 0o077) !== 0) {
      return { ok: false, why: `${path} is no directory of this user's alone; remove it` };
    }
    return { ok: true, path };
  } catch (error) {
    return { ok: false, why: `${path} cannot be had: ${(error as Error).message}` };
  }
}

/** Of an uninstall: the directory goes when nothing of others is in it. */
export function closeKeptDirectory(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Not there, or somebody's.
  }
}

function isMemory(path: string): boolean {
  const { type } = statfsSync(path);
  return Object.values(memoryFileSystems).some((known) => known === type);
}

/** The path, or what is there above it. */
function nearest(path: string): string {
  return lstatSync(path, { throwIfNoEntry: false }) === undefined ? nearest(dirname(path)) : path;
}
