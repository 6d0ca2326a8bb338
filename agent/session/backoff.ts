/** How long to wait before the next attempt to reach a controller: pure, capped, jittered. */

const soon = { firstMs: 200, mostMs: 10_000 } as const;
/** For closes that will not pass by themselves, such as a host name in use. */
const later = { firstMs: 5000, mostMs: 60_000 } as const;

/**
 * `round`: attempts that failed since the last good session, 0 for the first. `random`: 0 … 1.
 * The wait doubles with every round; the lower half is certain and the upper half random, so that
 * a thousand agents whose controller restarted do not come back in step.
 */
export function backoffMs(round: number, random: number, retry: 'soon' | 'later'): number {
  const { firstMs, mostMs } = retry === 'soon' ? soon : later;
  const fullMs = Math.min(mostMs, firstMs * 2 ** Math.min(Math.max(round, 0), 20));
  return Math.round(fullMs / 2 + (fullMs / 2) * Math.min(Math.max(random, 0), 1));
}
