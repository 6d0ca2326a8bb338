/** Reports that strangers can cause, in measure: they must not wash everything else out of what operators see. */
import type { Clock } from '../clock.ts';
import type { JoinReport } from './join.ts';

const most = 20;
const everyMs = 60_000;

/** At most `most` reports within a minute; the first one after that says how many there were. */
export function inMeasure(report: JoinReport, clock: Pick<Clock, 'nowMs'>): JoinReport {
  let sinceMs = Number.NEGATIVE_INFINITY;
  let count = 0;
  return (host, code, detail) => {
    const nowMs = clock.nowMs();
    if (nowMs - sinceMs >= everyMs) {
      const left = count - most;
      sinceMs = nowMs;
      count = 0;
      if (left > 0) report(undefined, 'reports-left-out', `${left} more connections were refused: see the log`);
    }
    count += 1;
    if (count <= most) report(host, code, detail);
  };
}
