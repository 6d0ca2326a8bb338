/** What a controller tells those who watch it: metrics and readiness, on its API and on the port of key `metrics`. */
import { atMostEvery, type Readiness, type Watched } from '../../wire/metrics/listener.ts';
import { ProcessMeasures } from '../../wire/metrics/process.ts';
import type { Clock } from '../clock.ts';
import { type ControllerMeasures, writeMetrics } from './metrics.ts';

export class ControllerWatched implements Watched {
  readonly metrics: () => string;
  readonly #measures: ControllerMeasures;

  constructor(measures: Omit<ControllerMeasures, 'process'>, clock: Clock) {
    const { nowMs, after } = clock;
    const process = new ProcessMeasures({ steadyMs: nowMs, after });
    this.#measures = { ...measures, process };
    this.metrics = atMostEvery(nowMs, () => writeMetrics(this.#measures));
  }

  /** Who can ask is listened to; what may be missing is a store that takes writes. */
  async readiness(): Promise<Readiness> {
    const { store, hub } = this.#measures;
    await store.tryToWrite();
    return store.unwritable === undefined
      ? { ready: true, detail: `ready, ${hub.connected} hosts are connected` }
      : { ready: false, detail: `not ready: ${store.unwritable}` };
  }

  close(): void {
    this.#measures.process.close();
  }
}
