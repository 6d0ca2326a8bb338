/** Time as a parameter, so that tests own it. */

export interface Clock {
  /** Milliseconds that only grow: for deadlines. */
  readonly nowMs: () => number;
  /** Unix milliseconds: for people. */
  readonly unixMs: () => number;
  /** Runs `action` once, `delayMs` from now; the returned function cancels it. */
  readonly after: (delayMs: number, action: () => void) => () => void;
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  unixMs: () => Date.now(),
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};

/** A clock that moves only when told: timers run in the order of their times. */
export class FakeClock implements Clock {
  /** Added to Unix time, as when somebody sets the clock. */
  shiftMs = 0;
  readonly #startUnixMs: number;
  #now = 0;
  #timers: { readonly at: number; readonly action: () => void }[] = [];

  constructor(startUnixMs = 1_800_000_000_000) {
    this.#startUnixMs = startUnixMs;
  }

  readonly nowMs = () => this.#now;
  readonly unixMs = () => this.#startUnixMs + this.#now + this.shiftMs;

  readonly after = (delayMs: number, action: () => void) => {
    const timer = { at: this.#now + delayMs, action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== due);
      this.#now = Math.max(this.#now, due.at);
      due.action();
    }
    this.#now = end;
  }
}
