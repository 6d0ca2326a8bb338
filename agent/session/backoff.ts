/** How long to wait before the next attempt to reach a controller: pure, capped, jittered. */

/** Twice a second for about ten seconds, in which a controller that died is back; less and less often after that. */
const soon = { firstMs: 200, steadyMs: 500, steadyRounds: 25, mostMs: 10_000 } as const;
/** For closes that will not pass by themselves, such as a host name in use. */
const later = { firstMs: 5000, steadyMs: 0, steadyRounds: 0, mostMs: 60_000 } as const;

/**
 * `round`: attempts that failed since the last good session, 0 for the first. `random`: 0 … 1.
 * The wait doubles with every round, but for the steady ones; the lower half is certain and the upper half random, so that
 * a thousand agents whose controller restarted do not come back in step.
 */
export function backoffMs(round: number, random: number, retry: 'soon' | 'later'): number {
  const { firstMs, steadyMs, steadyRounds, mostMs } = retry === 'soon' ? soon : later;
  const isSteady = round < steadyRounds;
  const doubled = (fromMs: number, rounds: number) => fromMs * 2 ** Math.min(Math.max(rounds, 0), 20);
  const grown = isSteady ? doubled(firstMs, round) : doubled(Math.max(firstMs, steadyMs), round - steadyRounds);
  const fullMs = Math.min(isSteady ? steadyMs : mostMs, grown);
  return Math.round(fullMs / 2 + (fullMs / 2) * Math.min(Math.max(random, 0), 1));
}
