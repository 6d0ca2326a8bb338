/** What is fuzzed, and what is kept of every turn. */
import type { Choice } from './choice.ts';

export interface Target {
  /** One input: made, and swallowed whole. Rejects with what must not happen; answers what the input was. */
  turn(choice: Choice): Promise<Turn>;
  /** After every batch: whatever goes on in the background has ended. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

export interface Turn {
  /** Time that the process was busy with this input alone. */
  readonly tookMs: number;
  /** For people. */
  readonly what: string;
  readonly refused: boolean;
  /** The same input once more, to something fresh: how long it takes by itself. */
  readonly again: () => Promise<number>;
}

/** A new target for every batch, so that a batch depends on its seed alone. */
export type OpenTarget = () => Promise<Target>;

/** Milliseconds of the call itself. */
export function timed(action: () => void): number {
  const began = performance.now();
  action();
  return performance.now() - began;
}
