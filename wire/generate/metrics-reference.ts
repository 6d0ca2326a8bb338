/** `docs/gen/metrics.md`: every metric of agent and controller. */
import { agentMetrics } from '../metrics/agent.ts';
import { controllerMetrics } from '../metrics/controller.ts';
import { type Metric, namedMost, otherLabel } from '../metrics/metric.ts';

export function metricsReference(): string {
  return `<!-- Generated from wire/metrics/ by \`make generate\`. Do not edit. -->
# Metrics

In Prometheus' text format at \`/metrics\`: of the agent on its status socket, of the controller on its API, of both on a
TCP port when key \`metrics\` says so. [docs/watching.md](../watching.md) says what to look at.

An agent names at most ${namedMost} guests and ${namedMost} peers, in the order of their names; the rest is added up as \`${otherLabel}\`, which may
therefore go back when guests come and go. No label is a mapping, an address or a flow.

## Agent

${rows(agentMetrics)}

## Controller

${rows(controllerMetrics)}
`;
}

function rows(metrics: readonly Metric[]): string {
  const lines = metrics.map(
    ({ name, type, labels, help }) => `| \`${name}\` | ${type} | ${labels.join(', ') || '–'} | ${help} |`,
  );
  return ['| metric | type | labels | meaning |', '| --- | --- | --- | --- |', ...lines].join('\n');
}
