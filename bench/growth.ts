/**
 * What grows alone: the part of `make bench` that takes a few minutes by itself. Puts its curves into the results of
 * the last run, which are drawn anew. Needs root.
 *
 *   node bench/growth.ts [--repeats 3] [--out FILE]
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureGrowth } from './growth/index.ts';
import { machine } from './machine.ts';
import { buildProbe } from './probe.ts';
import { type Results, toMarkdown } from './report.ts';
import { writeResults } from './results.ts';
import { stoppedBySignals } from './stop.ts';

const { values: options } = parseArgs({
  options: {
    repeats: { type: 'string', default: '3' },
    out: { type: 'string', default: join(import.meta.dirname, 'results/latest.json') },
  },
});

buildProbe();
const startedAt = new Date().toISOString();
const { failed, ...growth } = await stoppedBySignals((signal) =>
  measureGrowth({
    repeats: Number(options.repeats),
    seconds: 1,
    signal,
    onProgress: (line) => process.stderr.write(`${line}\n`),
  }),
);
const none: Results = {
  machine: machine(),
  run: { rounds: 0, seconds: 1, startedAt },
  versions: {},
  samples: [],
  skipped: [],
};
const last = existsSync(options.out) ? (JSON.parse(readFileSync(options.out, 'utf8')) as Results) : none;
writeResults({ ...last, growth }, options.out);
console.log(toMarkdown({ ...none, growth }));
process.exitCode = failed ? 1 : 0;
