/**
 * Fuzzes control messages and REST requests: README.md beside this.
 *
 *   node test/fuzz/main.ts [--target to-controller|to-agent|rest] [--count 1000000] [--seed N]
 */
import { parseArgs } from 'node:util';
import { Choice } from './choice.ts';
import { openRest } from './rest.ts';
import type { OpenTarget, Turn } from './target.ts';
import { openToAgent } from './to-agent.ts';
import { openToController } from './to-controller.ts';

const targets: Readonly<Record<string, OpenTarget>> = {
  'to-controller': openToController,
  'to-agent': openToAgent,
  rest: openRest,
};
const perBatch = 2000;
const mostMs = 10;
/** Of a slow input alone; the best counts, since others use the machine too. */
const repeats = 7;

interface Tally {
  turns: number;
  refused: number;
  slowest: number;
}

const { values } = parseArgs({
  options: {
    target: { type: 'string' },
    count: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e9)) },
  },
});

let current = 'nothing yet';
for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
  process.on(event, (error: unknown) => fail(error));
}

for (const [name, open] of Object.entries(targets)) {
  if (values.target === undefined || values.target === name) await fuzz(name, open);
}
process.exit(0);

async function fuzz(name: string, open: OpenTarget): Promise<void> {
  const began = performance.now();
  const tally: Tally = { turns: 0, refused: 0, slowest: 0 };
  const batches = Math.ceil(Number(values.count) / perBatch);
  for (let batch = 0; batch < batches; batch++) {
    const seed = Number(values.seed) + batch;
    current = `--target ${name} --seed ${seed} --count 1`;
    const size = Math.min(perBatch, Math.max(Number(values.count), 1) === 1 ? perBatch : Number(values.count));
    await runBatch(open, new Choice(seed), size, tally).catch(fail);
  }
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `${name}: ${tally.turns} inputs from seed ${values.seed} on, ${tally.refused} of them refused, none failed, ` +
      `slowest alone ${tally.slowest.toFixed(1)} ms, ${seconds.toFixed(0)} s`,
  );
}

async function runBatch(open: OpenTarget, choice: Choice, size: number, tally: Tally): Promise<void> {
  const target = await open();
  for (let i = 0; i < size; i++) {
    const turn = await target.turn(choice);
    tally.turns += 1;
    if (turn.refused) tally.refused += 1;
    if (turn.tookMs > mostMs) tally.slowest = Math.max(tally.slowest, await alone(turn));
  }
  await target.settle();
  await target.close();
}

async function alone({ again, what }: Turn): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < repeats && best > mostMs / 2; i++) best = Math.min(best, await again());
  if (best > mostMs) throw new Error(`takes ${best.toFixed(1)} ms`, { cause: what });
  return best;
}

function fail(error: unknown): never {
  console.error(`fuzzing failed: node test/fuzz/main.ts ${current}`);
  console.error(error);
  process.exit(1);
}
