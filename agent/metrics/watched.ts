/** What an agent tells those who watch it: metrics and readiness, for the status socket and the port of key `metrics`. */
import { atMostEvery, type Readiness, type Watched } from '../../wire/metrics/listener.ts';
import { ProcessMeasures } from '../../wire/metrics/process.ts';
import type { Agent } from '../agent.ts';
import type { Clock } from '../clock.ts';
import type { Counters } from '../datapath/counters.ts';
import { writeMetrics } from './metrics.ts';
import { readinessOf } from './readiness.ts';

export class AgentWatched implements Watched {
  readonly metrics: () => string;
  private readonly agent: Agent;
  private readonly steadyMs: () => number;
  private readonly measures: ProcessMeasures;

  constructor(agent: Agent, clock: Clock) {
    this.agent = agent;
    this.measures = new ProcessMeasures(clock);
    this.steadyMs = () => clock.steadyMs();
    this.metrics = atMostEvery(this.steadyMs, () => this.write());
  }

  readiness(): Readiness {
    return this.readinessBy(this.agent.datapath.counters());
  }

  close(): void {
    this.measures.close();
  }

  private write(): string {
    const counters = this.agent.datapath.counters();
    const { agent, measures } = this;
    return writeMetrics(agent, counters, {
      measures,
      readiness: this.readinessBy(counters),
      nowMs: this.steadyMs(),
    });
  }

  private readinessBy({ workerAgeMs }: Counters): Readiness {
    const { phase, tally } = this.agent;
    const aloneMs = tally.aloneSinceMs === undefined ? undefined : this.steadyMs() - tally.aloneSinceMs;
    return readinessOf({ phase, workerAgeMs, aloneMs });
  }
}
