/** Time as a parameter: what reads the clock or sets timers takes one of these, so that tests own time. */
export interface Clock {
  /** Unix ms. */
  now(): number;
  /** Runs `task` once after `ms`; the answer cancels it. */
  after(ms: number, task: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
};

/** Runs `task` every `ms()` until cancelled; the pause is asked for anew each time (jitter). */
export function every(clock: Clock, ms: () => number, task: () => void): () => void {
  let cancel: () => void;
  const arm = () => {
    cancel = clock.after(ms(), () => {
      arm();
      task();
    });
  };
  arm();
  return () => cancel();
}
