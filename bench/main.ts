/**
 * `make bench`: every path through every measure, interleaved round by round on this machine, so that noise
 * meets all alike. Writes `bench/results/latest.json` and prints the table.
 *
 *   node bench/main.ts [--rounds 5] [--seconds 3]
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measures } from './measures.ts';
import { type Results, type Sample, toMarkdown } from './report.ts';
import { type Topology, topologies } from './topologies.ts';

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '3' } },
});
const rounds = Number(options.rounds);
const seconds = Number(options.seconds);

async function bench(): Promise<readonly Sample[]> {
  await using stack = new AsyncDisposableStack();
  const built: Topology[] = [];
  for (const build of topologies) built.push(stack.use(await build()));
  const collected = new Map<string, { sample: Omit<Sample, 'values'>; values: number[] }>();
  for (let round = 1; round <= rounds; round++) {
    for (const measure of measures) {
      for (const topology of built) {
        process.stderr.write(`round ${round} of ${rounds}: ${measure.metrics[0]?.name} over ${topology.path}\n`);
        const found = await measure.run(topology, seconds);
        for (const [at, { name, unit }] of measure.metrics.entries()) {
          const key = `${name} ${topology.path}`;
          const sample = { path: topology.path, mode: 'offload', metric: name, unit } as const;
          const row = collected.get(key) ?? { sample, values: [] };
          row.values.push(found[at] ?? Number.NaN);
          collected.set(key, row);
        }
      }
    }
  }
  const footprints = await Promise.all(built.map(async (topology) => topology.footprint?.() ?? []));
  return [...[...collected.values()].map(({ sample, values }) => ({ ...sample, values })), ...footprints.flat()];
}

function machine(): Results['machine'] {
  return { cpu: cpus()[0]?.model ?? 'unknown', cpus: cpus().length, memoryBytes: totalmem(), kernel: release() };
}

function versions(): Results['versions'] {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
    version: string;
  };
  const iperf = execFileSync('iperf3', ['--version'], { encoding: 'utf8' }).split('\n')[0] ?? '';
  return { weft: version, node: process.version, iperf3: iperf };
}

const results: Results = { machine: machine(), versions: versions(), samples: await bench() };
const folder = join(import.meta.dirname, 'results');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'latest.json'), `${JSON.stringify(results, undefined, 2)}\n`);
console.log(toMarkdown(results));
