/**
 * What a metric is. The tables `agent.ts` and `controller.ts` list all that there are: what is served, documented
 * (docs/gen/metrics.md) and drawn (docs/grafana/) is checked against them.
 */

export interface Metric {
  /** With its unit, and `_total` for a counter (prometheus.io, "Metric and label naming"). */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Each with few values: guests, peers, and words of closed lists. Never a mapping, an address or a flow. */
  readonly labels: readonly string[];
  /** Upper bounds, ascending: of a histogram, and only of one. */
  readonly buckets?: readonly number[];
}

/** In place of a guest or peer beyond the bound: no name has an underscore. */
export const otherLabel = '_other';

/** Guests, and peers, that a process names in its metrics; the rest is added up under `otherLabel`. */
export const namedMost = 2000;

/** Seconds, of work within the process. */
export const workBuckets = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1] as const;

/** Seconds, of requests. */
export const requestBuckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5] as const;

/** Seconds: from a fast turn of an event loop to one that makes peers think that the process is gone. */
export const delayBuckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] as const;
