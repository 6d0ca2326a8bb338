/** Points of what is measured as something grows, put together to curves. */
import type { Topology } from '../contender.ts';
import { datagrams } from '../measures/datagrams.ts';
import { tcp } from '../measures/iperf.ts';
import { roundTrip } from '../measures/round-trip.ts';
import type { Curve } from '../report.ts';

export type Point = Pick<Curve, 'path' | 'grows'> & { readonly count: number };

export interface GrowthOptions {
  /** How often each point is measured. */
  readonly repeats: number;
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

type GrowingCurve = Omit<Curve, 'points'> & {
  readonly points: { readonly count: number; readonly values: number[] }[];
};

const measures = [tcp('tcp1', { streams: 1 }), datagrams(64), roundTrip('rtt', { idle: true })];

export class Curves {
  readonly #curves = new Map<string, GrowingCurve>();

  add(
    { path, grows, count }: Point,
    { name, unit }: { readonly name: string; readonly unit: string },
    value: number,
  ): void {
    const key = `${path} ${grows} ${name}`;
    const curve: GrowingCurve = this.#curves.get(key) ?? { path, grows, metric: name, unit, points: [] };
    const point = curve.points.find((each) => each.count === count);
    if (point === undefined) curve.points.push({ count, values: [value] });
    else point.values.push(value);
    this.#curves.set(key, curve);
  }

  /** Throughput, packets per second and round trip, `repeats` times in turns. */
  async measure(point: Point, topology: Topology, options: GrowthOptions): Promise<void> {
    const { repeats, seconds, signal, onProgress } = options;
    for (let turn = 0; turn < repeats; turn++) {
      onProgress(`${point.path} with ${point.count} ${point.grows}: ${turn + 1} of ${repeats}`);
      for (const { metrics, run } of measures) {
        signal.throwIfAborted();
        const found = await run(topology, seconds, 'offload');
        for (const [at, metric] of metrics.entries()) this.add(point, metric, found[at] ?? Number.NaN);
      }
    }
  }

  all(): readonly Curve[] {
    return [...this.#curves.values()];
  }
}
