/** The derivation, counted: updates sent, acknowledged, refused, and the time that they took to derive. */
import type { Refusal, Update } from '../../wire/control.ts';
import { Histogram } from '../../wire/metrics/histogram.ts';
import { workBuckets } from '../../wire/metrics/metric.ts';
import type { Clock } from '../clock.ts';
import { Derivation, type Report } from '../derive/derive.ts';
import type { State } from '../state/state.ts';

export class CountedDerivation extends Derivation {
  readonly updates = { sent: 0, acknowledged: 0, refused: 0 };
  readonly resources = { set: 0, removed: 0 };
  /** Seconds, of one host. */
  readonly deriving = new Histogram(workBuckets);
  readonly #clock: Clock;

  constructor(state: State, report: Report, clock: Clock) {
    super(state, report);
    this.#clock = clock;
  }

  override takeUpdates(host: string): Update[] {
    const startMs = this.#clock.nowMs();
    const updates = super.takeUpdates(host);
    this.deriving.observe((this.#clock.nowMs() - startMs) / 1000);
    this.updates.sent += updates.length;
    for (const { set, removed } of updates) {
      this.resources.set += set.length;
      this.resources.removed += removed.length;
    }
    return updates;
  }

  override acknowledge(host: string, update: number, refused: readonly Refusal[], nowMs: number): boolean {
    const isUnderWay = super.acknowledge(host, update, refused, nowMs);
    if (isUnderWay) this.updates.acknowledged++;
    if (isUnderWay && refused.length > 0) this.updates.refused++;
    return isUnderWay;
  }
}
