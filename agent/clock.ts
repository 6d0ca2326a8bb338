/** Time as a parameter: what reads the clock or sets timers takes one of these, so that tests own time. */
export interface Clock {
  /** Unix ms: to be shown to people, and for nothing else, since it is set forth and back. */
  now(): number;
  /** Ms since some moment; never goes back: for deadlines and how long something takes. */
  steadyMs(): number;
  /** Runs `task` once after `ms`; the answer cancels it. */
  after(ms: number, task: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  steadyMs: () => Math.round(performance.now()),
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
