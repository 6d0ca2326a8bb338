/** A clock for tests: time moves only when told to. */
import type { Clock } from './clock.ts';

export class FakeClock implements Clock {
  /** Added to Unix time, as when somebody sets the clock. */
  shiftMs = 0;
  private timeMs: number;
  private readonly tasks = new Set<{ atMs: number; task: () => void }>();

  constructor(startMs = 1_000_000) {
    this.timeMs = startMs;
  }

  now(): number {
    return this.timeMs + this.shiftMs;
  }

  steadyMs(): number {
    return this.timeMs;
  }

  after(ms: number, task: () => void): () => void {
    const entry = { atMs: this.timeMs + ms, task };
    this.tasks.add(entry);
    return () => void this.tasks.delete(entry);
  }

  /** How many stand. */
  get timers(): number {
    return this.tasks.size;
  }

  /** Moves time forward, running what comes due in its order. */
  advance(ms: number): void {
    const endMs = this.timeMs + ms;
    for (;;) {
      const due = [...this.tasks].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.tasks.delete(due);
      this.timeMs = Math.max(this.timeMs, due.atMs);
      due.task();
    }
    this.timeMs = endMs;
  }
}
