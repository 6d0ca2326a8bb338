/**
 * `make test`: every stage in order, each with its time, and one closing line with the counts.
 *
 * A failed stage does not stop the next, so that one run shows all that is wrong; the exit code does.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Stage {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  /** File that vitest writes its counts to; a stage without one counts as one test. */
  readonly report?: string;
}

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const fuzzSeconds = 4;
const fuzzInputs = 2000;
const folder = mkdtempSync(join(tmpdir(), 'weft-test-'));

function vitest(project: string): Stage {
  const report = join(folder, `${project}.json`);
  return {
    name: `${project} tests`,
    argv: [
      'vitest',
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    report,
  };
}

const stages: readonly Stage[] = [
  { name: 'formatting and lint', argv: ['biome', 'check', '.'] },
  { name: 'types', argv: ['tsc', '--noEmit'] },
  { name: 'native tests', argv: ['make', '--no-print-directory', '-s', '-C', 'native', 'test'] },
  {
    name: 'the kernel’s programs, and beside the engine',
    argv: ['make', '--no-print-directory', '-s', '-C', 'native', 'bpf-test', 'fuzz-bpf', 'PACKETS=300000'],
  },
  vitest('unit'),
  vitest('netns'),
  {
    name: `control messages and REST requests at random, ${fuzzInputs} each`,
    argv: ['node', 'test/fuzz/main.ts', '--count', String(fuzzInputs)],
  },
  {
    name: `fuzzing for ${fuzzSeconds} s`,
    argv: ['make', '--no-print-directory', '-s', '-C', 'native', 'fuzz', `SECONDS=${fuzzSeconds}`],
  },
];

async function run(stage: Stage): Promise<Counts> {
  console.log(`\n=== ${stage.name}`);
  const start = performance.now();
  const [command, ...args] = stage.argv;
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const ok = await new Promise<boolean>((done) => {
    child.on('error', (error) => {
      console.error(`${command}: ${error.message}`);
      done(false);
    });
    child.on('exit', (code) => done(code === 0));
  });
  console.log(`=== ${stage.name}: ${ok ? 'ok' : 'FAILED'} in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return stage.report === undefined ? single(ok) : counted(stage.report, ok);
}

function single(ok: boolean): Counts {
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
}

/** A stage that failed without a failed test (a file that does not load, say) counts as one failure. */
function counted(file: string, ok: boolean): Counts {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as {
      numPassedTests: number;
      numFailedTests: number;
      numPendingTests: number;
    };
    const failed = ok ? report.numFailedTests : Math.max(1, report.numFailedTests);
    return { passed: report.numPassedTests, failed, skipped: report.numPendingTests };
  } catch {
    return single(false);
  }
}

const results: Counts[] = [];
for (const stage of stages) results.push(await run(stage));
rmSync(folder, { recursive: true });
const sum = (key: keyof Counts): number => results.reduce((total, counts) => total + counts[key], 0);
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = sum('failed') === 0 ? 0 : 1;
