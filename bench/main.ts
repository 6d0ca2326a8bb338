/**
 * `make bench`: every contender through every measure, interleaved round by round on this machine, so that noise
 * meets all alike. Writes `bench/results/latest.json` and prints the tables. Needs root.
 *
 *   node bench/main.ts [--short] [--rounds 5] [--seconds 2] [--only PATH,PATH] [--wireguard-go PROGRAM] [--out FILE]
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { contenders } from './contenders/index.ts';
import { measureField } from './field.ts';
import { measures } from './measures/index.ts';
import { buildProbe } from './probe.ts';
import { type Results, toMarkdown } from './report.ts';

const { values: options } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    only: { type: 'string' },
    'wireguard-go': { type: 'string' },
    out: { type: 'string', default: join(import.meta.dirname, 'results/latest.json') },
  },
});
const usual = options.short ? { rounds: 1, seconds: 1 } : { rounds: 5, seconds: 1 };
const rounds = Number(options.rounds ?? usual.rounds);
const seconds = Number(options.seconds ?? usual.seconds);

const startedAt = new Date().toISOString();

const abort = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => abort.abort(new Error(`stopped by ${name}, everything was taken down`)));
}

buildProbe();
const all = contenders({ wireguardGo: options['wireguard-go'] });
const wanted = options.only?.split(',');
const { samples, skipped, versions, failed } = await measureField({
  contenders: wanted === undefined ? all : all.filter(({ path }) => wanted.includes(path)),
  measures,
  rounds,
  seconds,
  signal: abort.signal,
  onProgress: (line) => process.stderr.write(`${line}\n`),
}).catch((error: unknown) => {
  if (!abort.signal.aborted) throw error;
  process.stderr.write(`${(abort.signal.reason as Error).message}\n`);
  return process.exit(1);
});
const results: Results = {
  machine: { cpu: cpus()[0]?.model ?? 'unknown', cpus: cpus().length, memoryBytes: totalmem(), kernel: release() },
  run: { rounds, seconds, startedAt },
  versions: { node: process.version, iperf3: firstLine(['iperf3', '--version']), ...versions },
  samples,
  skipped,
};
mkdirSync(dirname(options.out), { recursive: true });
writeFileSync(options.out, `${JSON.stringify(results, undefined, 2)}\n`);
console.log(toMarkdown(results));
process.exitCode = failed ? 1 : 0;

function firstLine([program = '', ...rest]: readonly string[]): string {
  return execFileSync(program, rest, { encoding: 'utf8' }).split('\n')[0] ?? '';
}
