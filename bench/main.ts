/**
 * `make bench`: every contender through every measure, interleaved round by round on this machine, so that noise
 * meets all alike; then what grows. Writes `bench/results/` (with --only its folder `scratch`) and prints the tables.
 * Needs root.
 *
 *   node bench/main.ts [--short] [--rounds 5] [--seconds 1] [--only PATH,PATH] [--no-growth] [--wireguard-go PROGRAM]
 *     [--out FILE]
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { contenders } from './contenders/index.ts';
import { measureDaemons } from './daemons/index.ts';
import { measureField } from './field.ts';
import { measureGrowth } from './growth/index.ts';
import { machine } from './machine.ts';
import { measures } from './measures/index.ts';
import { buildProbe } from './probe.ts';
import { type Results, toMarkdown } from './report.ts';
import { writeResults } from './results.ts';
import { stoppedBySignals } from './stop.ts';

const { values: options } = parseArgs({
  allowNegative: true,
  options: {
    short: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string', default: '1' },
    only: { type: 'string' },
    growth: { type: 'boolean' },
    'wireguard-go': { type: 'string' },
    out: { type: 'string' },
  },
});
const rounds = Number(options.rounds ?? (options.short ? 1 : 5));
const seconds = Number(options.seconds);
const wanted = options.only?.split(',');
// A part of the contenders is no result to keep in place of all of them.
const out =
  options.out ?? join(import.meta.dirname, 'results', ...(wanted === undefined ? [] : ['scratch']), 'latest.json');
const withGrowth = options.growth ?? !(options.short || wanted !== undefined);
const startedAt = new Date().toISOString();
const onProgress = (line: string) => process.stderr.write(`${line}\n`);

buildProbe();
const all = contenders({ wireguardGo: options['wireguard-go'] });
const { field, growth, daemons } = await stoppedBySignals(async (signal) => ({
  field: await measureField({
    contenders: wanted === undefined ? all : all.filter(({ path }) => wanted.includes(path)),
    // What is seldom taken is left out of a short run.
    measures: options.short ? measures.filter(({ when }) => when !== 'every-other') : measures,
    ...{ rounds, seconds, signal, onProgress },
  }),
  daemons: withGrowth ? await measureDaemons({ signal, onProgress }) : undefined,
  growth: withGrowth ? await measureGrowth({ repeats: 3, seconds, signal, onProgress }) : undefined,
}));
const results: Results = {
  machine: machine(),
  run: { rounds, seconds, startedAt },
  versions: { node: process.version, iperf3: firstLine(['iperf3', '--version']), ...field.versions },
  samples: field.samples,
  skipped: field.skipped,
  ...(daemons === undefined ? {} : { daemons }),
  ...(growth === undefined ? {} : { growth: { curves: growth.curves, notes: growth.notes } }),
};
writeResults(results, out);
console.log(toMarkdown(results));
process.exitCode = field.failed || growth?.failed === true ? 1 : 0;

function firstLine([program = '', ...rest]: readonly string[]): string {
  return execFileSync(program, rest, { encoding: 'utf8' }).split('\n')[0] ?? '';
}
