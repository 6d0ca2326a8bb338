/**
 * What a process of ours measures of itself: how late its event loop is, its memory and its processor time.
 *
 * The loop is asked by a timer of half a second how late it came: a loop that stood still for long is seen by the next
 * question, so nothing is missed and an idle process stays idle.
 */
import { Histogram } from './histogram.ts';
import { delayBuckets } from './metric.ts';

/** Ms that never go back, and a task after some of them; the answer cancels it. */
export interface Timing {
  readonly steadyMs: () => number;
  readonly after: (ms: number, task: () => void) => () => void;
}

const askEveryMs = 500;

export class ProcessMeasures {
  /** Seconds that the event loop came late. */
  readonly loopDelay = new Histogram(delayBuckets);
  readonly #timing: Timing;
  #cancel: () => void = () => undefined;

  constructor(timing: Timing) {
    this.#timing = timing;
    this.#ask();
  }

  residentBytes(): number {
    return process.memoryUsage.rss();
  }

  cpuSeconds(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  }

  close(): void {
    this.#cancel();
  }

  #ask(): void {
    const dueMs = this.#timing.steadyMs() + askEveryMs;
    this.#cancel = this.#timing.after(askEveryMs, () => {
      this.loopDelay.observe(Math.max(0, this.#timing.steadyMs() - dueMs) / 1000);
      this.#ask();
    });
  }
}
