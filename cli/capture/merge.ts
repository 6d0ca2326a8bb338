/** Several captures as one stream, in the order in which they are heard of; a turn of the clock when nothing comes. */
export type Merged<T> = { readonly kind: 'item'; readonly value: T } | { readonly kind: 'tick' };

interface Offered<T> {
  readonly value: T;
  /** Its source goes on when it was taken: nothing piles up here. */
  readonly taken: () => void;
}

/**
 * Ends when all have ended; the first failure is thrown. Whoever stops reading, or is thrown at, ends the sources: they
 * wait for packets that may never come.
 */
export async function* merge<T>(sources: readonly AsyncIterable<T>[], tickMs: number): AsyncGenerator<Merged<T>> {
  const offered: Offered<T>[] = [];
  const failures: unknown[] = [];
  let running = sources.length;
  let isTick = false;
  let wake = Promise.withResolvers<void>();
  const clock = setInterval(() => {
    isTick = true;
    wake.resolve();
  }, tickMs);
  const pump = async (source: AsyncIterable<T>) => {
    try {
      for await (const value of source) {
        const { promise, resolve } = Promise.withResolvers<void>();
        offered.push({ value, taken: resolve });
        wake.resolve();
        await promise;
      }
    } catch (error) {
      failures.push(error);
    }
    running--;
    wake.resolve();
  };
  for (const source of sources) void pump(source);
  try {
    while (running > 0 || offered.length > 0) {
      for (let next = offered.shift(); next !== undefined; next = offered.shift()) {
        yield { kind: 'item', value: next.value };
        next.taken();
      }
      if (failures.length > 0) throw failures[0];
      if (isTick) {
        isTick = false;
        yield { kind: 'tick' };
      }
      if (offered.length > 0 || running === 0) continue;
      await wake.promise;
      wake = Promise.withResolvers();
    }
    if (failures.length > 0) throw failures[0];
  } finally {
    clearInterval(clock);
  }
}
