/**
 * What the service manager hears while the controller runs: that this loop turns, and one sentence. The manager starts a
 * controller anew that has not been heard for a whole interval of its watchdog; agents go on meanwhile.
 */
import type { Clock } from './clock.ts';

export interface Watching {
  readonly clock: Clock;
  readonly manager: {
    readonly watchdogMs: number | undefined;
    alive(): void;
    status(sentence: string): void;
  };
  readonly sentence: () => string;
}

/** Tells in an interval of the watchdog: one that is missed is no harm. */
const times = 4;
const usualMs = 5000;

/** Until the answer is called. */
export function beWatched({ clock, manager, sentence }: Watching): () => void {
  const everyMs = manager.watchdogMs === undefined ? usualMs : manager.watchdogMs / times;
  let cancel: () => void;
  const tell = () => {
    cancel = clock.after(everyMs, tell);
    manager.alive();
    manager.status(sentence());
  };
  cancel = clock.after(everyMs, tell);
  return () => cancel();
}

export function sentenceOf(hosts: { readonly all: number; readonly connected: number }): string {
  return `${hosts.connected} of ${hosts.all} ${hosts.all === 1 ? 'host' : 'hosts'} connected`;
}
