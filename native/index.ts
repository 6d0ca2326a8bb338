/**
 * The one typed door to the native addon: TUN ports, the engine, the fast path, and what this kernel can do.
 *
 * Everything here is called from the main thread. Calls that touch the kernel slowly (opening a port) are
 * synchronous and short (under a few ms); packets never cross this boundary.
 */
import { createRequire } from 'node:module';
import type { DataPlaneProbe, Engine, EngineEvent, EngineOptions } from './engine.ts';
import type { FastPath, FastPathEvent, FastPathOptions, FastPathProbe } from './fast-path.ts';

export type * from './engine.ts';
export * from './fast-path.ts';

export interface NativeAddon {
  probe(): DataPlaneProbe;
  /**
   * Throws an Error with one clear sentence when a socket cannot be bound, also when another engine has the port.
   * What `onEvent` throws is an uncaught exception.
   */
  createEngine(options: EngineOptions, onEvent: (event: EngineEvent) => void): Engine;
  /** Loads the programs once to see whether this kernel takes them. */
  probeFastPath(): FastPathProbe;
  /** Throws an Error with one clear sentence when the programs or tables cannot be had. */
  createFastPath(options: FastPathOptions, onEvent: (event: FastPathEvent) => void): FastPath;
  /**
   * Takes programs off all devices of this namespace and unpins what is below the directory. Throws one clear sentence
   * when it cannot tell what is there.
   */
  removeFastPath(directory: string): void;
}

/** Loads the addon built by `make setup`. Throws with advice when it is missing. */
export function loadNative(): NativeAddon {
  const require = createRequire(import.meta.url);
  try {
    return require('../build/native/weft.node') as NativeAddon;
  } catch (cause) {
    throw new Error('the native addon is not built or does not fit this Node: run `make setup`', { cause });
  }
}
