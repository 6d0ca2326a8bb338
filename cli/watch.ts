/**
 * `--watch`: asks again and again, and shows what changed. Whoever answers may go away and come back meanwhile.
 *
 * Asking is simple and survives everything that a stream would have to be taught to; a list is asked for once a second.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { UnreachableProblem } from './client.ts';
import type { Context } from './context.ts';
import { isForPeople } from './output.ts';

export const watchIntervalMs = 1000;

export interface Change<T> {
  readonly change: 'added' | 'changed' | 'removed';
  readonly item: T;
}

export interface Watched<T> {
  readonly read: () => Promise<readonly T[]>;
  readonly key: (item: T) => string;
  /** What counts as a change: without what goes on by itself, such as when a host was heard. */
  readonly steady: (item: T) => unknown;
  /** All of it for people, drawn anew on a terminal. */
  readonly draw: (items: readonly T[]) => void;
  /** One changed row for people, where nothing can be drawn over. */
  readonly drawChange: (change: Change<T>) => void;
}

/** Until the signal. `wait` is between two questions. */
export async function watch<T>(
  { output, signal }: Context,
  { read, key, steady, draw, drawChange }: Watched<T>,
  wait: () => Promise<void> = () => pause(watchIntervalMs, undefined, { signal }),
): Promise<void> {
  const isDrawn = isForPeople(output.format) && output.streams.out.isTTY === true;
  let shown: readonly T[] | undefined;
  let isLost = false;
  for (;;) {
    const items = await read().catch((error: unknown) => {
      // At the start it is a mistake, later the controller may be restarting.
      if (shown === undefined || !(error instanceof UnreachableProblem)) throw error;
      if (!isLost) output.note(`${error.message}; waiting for it`);
      isLost = true;
      return undefined;
    });
    if (items !== undefined) {
      if (isLost) output.note('it answers again');
      isLost = false;
      const changes = changesBetween(shown ?? [], items, { key, steady });
      if (shown === undefined && isForPeople(output.format)) draw(items);
      else if (isDrawn && changes.length > 0) {
        // Home, and nothing of what stood there.
        output.streams.out.write('\u001b[H\u001b[2J');
        draw(items);
      } else for (const change of changes) output.showNext(change, () => drawChange(change));
      shown = items;
    }
    await wait();
    signal.throwIfAborted();
  }
}

/** In the order of the new list, then what is gone. */
export function changesBetween<T>(
  before: readonly T[],
  after: readonly T[],
  { key, steady }: Pick<Watched<T>, 'key' | 'steady'>,
): readonly Change<T>[] {
  const known = new Map(before.map((item) => [key(item), JSON.stringify(steady(item))]));
  const there = new Set(after.map(key));
  return [
    ...after.flatMap((item): Change<T>[] => {
      const was = known.get(key(item));
      if (was === undefined) return [{ change: 'added', item }];
      return was === JSON.stringify(steady(item)) ? [] : [{ change: 'changed', item }];
    }),
    ...before.filter((item) => !there.has(key(item))).map((item): Change<T> => ({ change: 'removed', item })),
  ];
}
