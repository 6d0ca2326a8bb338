/**
 * The highest rate at which (nearly) nothing is lost: which rate to try next, after what was tried so far. Pure.
 *
 * The first trial is as fast as the sender can. When it loses something, what arrived of it is a first guess; from
 * then on the gap between the fastest rate that lost nothing and the slowest that did is halved.
 */

export interface Trial {
  /** What was asked for, packets per second; 0: as fast as the sender can. */
  readonly rate: number;
  readonly sent: number;
  readonly received: number;
  readonly sendSeconds: number;
  /** From the first arrival to the last: longer than sending took when queues on the way filled. */
  readonly arriveSeconds: number;
}

const mostLost = 0.001;
/** A trial that lost little is made again: a processor that was taken away for a moment is no property of the path. */
const littleLost = 0.02;
const attempts = 3;
const latestFactor = 1.05;
const mostTrials = 10;
const closeEnough = 1.04;

/** Packets per second that arrived, over all the time that they took. */
export function deliveredRate({ received, sendSeconds, arriveSeconds }: Trial): number {
  return received / Math.max(sendSeconds, arriveSeconds);
}

export function isFree(trial: Trial): boolean {
  return lostPart(trial) <= mostLost && trial.arriveSeconds <= trial.sendSeconds * latestFactor;
}

/** Undefined: enough was tried. */
export function nextRate(trials: readonly Trial[]): number | undefined {
  const last = trials.at(-1);
  if (last === undefined) return 0;
  if (trials.length >= mostTrials) return undefined;
  const made = trials.filter(({ rate }) => rate === last.rate).length;
  if (last.rate !== 0 && !isFree(last) && lostPart(last) <= littleLost && made < attempts) return last.rate;
  const free = Math.max(0, ...trials.filter(isFree).map(offered));
  const lossy = Math.min(...trials.filter((trial) => !isFree(trial) && offered(trial) > free).map(offered));
  if (lossy === Number.POSITIVE_INFINITY || lossy < free * closeEnough) return undefined;
  if (trials.every(({ rate }) => rate === 0)) return Math.round(0.95 * deliveredRate(last));
  return Math.round(free === 0 ? lossy * 0.6 : (free + lossy) / 2);
}

/** 0 when every trial lost something. */
export function highestFreeRate(trials: readonly Trial[]): number {
  return Math.max(0, ...trials.filter(isFree).map(deliveredRate));
}

function lostPart({ sent, received }: Trial): number {
  return sent === 0 ? 1 : 1 - received / sent;
}

/** What was really sent: a sender may be slower than it was asked to be. */
function offered({ sent, sendSeconds }: Trial): number {
  return sent / sendSeconds;
}
