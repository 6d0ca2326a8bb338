/**
 * What the service manager hears while the agent runs: that it is alive, and one sentence about it.
 *
 * Alive is: this very loop turns, and every worker of the engine has had a turn since it was last asked. The manager
 * starts an agent anew that has not been alive for a whole interval of its watchdog; packets wait meanwhile.
 */
import { type Clock, every } from '../clock.ts';

export interface Manager {
  readonly watchdogMs: number | undefined;
  alive(): void;
  status(sentence: string): void;
}

export interface WatchedOptions {
  readonly clock: Clock;
  readonly manager: Manager;
  /** For how long each worker has owed a turn; asks for the next one. */
  readonly workerAgesMs: () => readonly number[];
  readonly sentence: () => string;
  /** Told once when a worker is stuck. */
  readonly stuck: (message: string) => void;
}

/** Looks in an interval of the watchdog: one that is missed is no harm. */
const looks = 4;
const usualLookMs = 5000;

/** Until the answer is called. */
export function beWatched({ clock, manager, workerAgesMs, sentence, stuck }: WatchedOptions): () => void {
  const lookMs = manager.watchdogMs === undefined ? usualLookMs : manager.watchdogMs / looks;
  let wasStuck = false;
  // The first question; the answer counts at the next look.
  workerAgesMs();
  return every(
    clock,
    () => lookMs,
    () => {
      // Others ask too: who was asked a moment ago owes nothing yet.
      const owing = workerAgesMs().flatMap((ms, worker) => (ms >= lookMs / 2 ? [{ ms, worker }] : []));
      if (owing.length === 0) manager.alive();
      else if (!wasStuck)
        stuck(owing.map(({ ms, worker }) => `worker ${worker} has had no turn for ${ms} ms`).join(', '));
      wasStuck = owing.length > 0;
      manager.status(sentence());
    },
  );
}
