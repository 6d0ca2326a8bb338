/** The dashboard (docs/grafana/weft.json) draws only what there is: metrics, their labels, and units of their types. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { agentMetrics } from '../wire/metrics/agent.ts';
import { controllerMetrics } from '../wire/metrics/controller.ts';
import type { Metric } from '../wire/metrics/metric.ts';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}
const file = join(import.meta.dirname, '../docs/grafana/weft.json');
const dashboard = JSON.parse(readFileSync(file, 'utf8')) as { readonly panels: readonly Panel[] };
const targets = dashboard.panels.flatMap(({ title, targets = [] }) => targets.map((each) => ({ title, ...each })));
const all: readonly Metric[] = [...agentMetrics, ...controllerMetrics];

/** The metric of a name in an expression; of a histogram its buckets, sum and count are names too. */
function metricOf(name: string): Metric | undefined {
  return (
    all.find((metric) => metric.name === name) ??
    all.find(({ type, name: base }) => type === 'histogram' && new RegExp(`^${base}_(bucket|sum|count)$`).test(name))
  );
}
const namesIn = (expression: string) => expression.match(/\bweft_[a-z_]+/g) ?? [];

describe('the dashboard', () => {
  test.each(targets)('$title: $expr', ({ expr, legendFormat }) => {
    const metrics = namesIn(expr).map((name) => [name, metricOf(name)] as const);
    expect(metrics.length).toBeGreaterThan(0);
    expect(metrics.filter(([, metric]) => metric === undefined)).toEqual([]);
    const labels = new Set(['instance', 'le', ...metrics.flatMap(([, metric]) => metric?.labels ?? [])]);
    const used = [
      ...[...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label),
      ...[...expr.matchAll(/[{,](\w+)=/g)].map(([, label = '']) => label),
      ...[...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(', ')),
    ];
    expect(used.filter((label) => !labels.has(label))).toEqual([]);
    for (const [name, metric] of metrics) {
      const isRated = new RegExp(`(rate|changes)\\(${name}`).test(expr);
      if (metric?.type !== 'gauge') expect(isRated, `${name} only ever grows`).toBe(true);
    }
  });

  test('has panels of their own numbers, for most of what there is', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const drawn = new Set(targets.flatMap(({ expr }) => namesIn(expr).map((name) => metricOf(name)?.name)));
    expect(drawn.size).toBeGreaterThan(all.length / 2);
  });
});
