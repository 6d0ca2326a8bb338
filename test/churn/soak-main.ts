/**
 * `make soak`: guests come and go for as long as asked, nothing is killed; what controller and agents hold meanwhile.
 * Descriptors have to be as many at the end as at first, the heap may grow by a little for every thousand
 * guests. Writes bench/results/soak.md.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Lab, upLab } from '../../lab/index.ts';
import { inside } from '../../lab/netns.ts';
import { Choice } from '../fuzz/choice.ts';
import { Guests, settled } from './churn.ts';
import { churnLab } from './region.ts';
import { slope } from './slope.ts';

interface Sample {
  readonly guests: number;
  readonly process: string;
  readonly descriptors: number;
  readonly heapMiB: number;
  readonly residentMiB: number;
}

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '180' }, seed: { type: 'string', default: '1' } },
});
const processes = ['controller', 'left', 'right'] as const;
const perRound = 40;
/** Of the heap after a collection, for every 1,000 guests made and deleted. */
const heapMostKiB = 512;

await using lab = await upLab(churnLab('weft-soak'));
const samples = await soak(lab, Number(values.seconds));
const { text, faults } = report(samples);
console.log(text);
writeFileSync(join(import.meta.dirname, '../../bench/results/soak.md'), text);
for (const fault of faults) console.error(`soak: ${fault}`);
if (faults.length > 0) process.exitCode = 1;

async function soak(region: Lab, seconds: number): Promise<Sample[]> {
  const guests = new Guests(region, new Choice(Number(values.seed)));
  const found: Sample[] = [];
  const endMs = performance.now() + 1000 * seconds;
  // What is loaded and kept at first use is there from then on.
  for (let warm = 0; warm < 3; warm++) await round(region, guests);
  while (performance.now() < endMs) {
    found.push(...processes.map((name) => sample(region, name, guests.made)));
    await round(region, guests);
  }
  found.push(...processes.map((name) => sample(region, name, guests.made)));
  return found;
}

/** Ends with no guest at all. */
async function round(region: Lab, guests: Guests): Promise<void> {
  await guests.makeAndDelete(2 * perRound);
  await guests.deleteAll();
  await settled(region, guests);
}

function sample(region: Lab, name: (typeof processes)[number], guests: number): Sample {
  const pid = region.process(name)?.pid ?? 0;
  const argv = inside(region.namespaceOf(name), [process.execPath, join(import.meta.dirname, 'heap.ts'), String(pid)]);
  const [program = '', ...args] = argv;
  const { heap, rss } = JSON.parse(execFileSync(program, args, { encoding: 'utf8' })) as { heap: number; rss: number };
  const descriptors = readdirSync(`/proc/${pid}/fd`).length;
  return { guests, process: name, descriptors, heapMiB: heap / 2 ** 20, residentMiB: rss / 2 ** 20 };
}

function report(all: readonly Sample[]): { readonly text: string; readonly faults: readonly string[] } {
  const faults: string[] = [];
  const rows = processes.map((name) => {
    const own = all.filter(({ process }) => process === name);
    const [first, last] = [own[0], own.at(-1)];
    // What is learnt about code that is new to the process comes in the first half.
    const late = own.slice(Math.floor(own.length / 2));
    const perThousand = (of: (one: Sample) => number) =>
      1000 * 1024 * slope(late.map((one) => ({ x: one.guests, y: of(one) })));
    const heap = perThousand(({ heapMiB }) => heapMiB);
    const resident = perThousand(({ residentMiB }) => residentMiB);
    // A file that is being written at the moment of a look is no leak: the fewest of the last looks count.
    const least = Math.min(...own.slice(-5).map(({ descriptors }) => descriptors));
    const most = Math.max(...own.slice(0, 5).map(({ descriptors }) => descriptors));
    if (least > most) faults.push(`${name} has ${least} descriptors and more, ${most} at most at first`);
    if (heap > heapMostKiB) faults.push(`the heap of ${name} grows by ${heap.toFixed(0)} KiB for every 1,000 guests`);
    return `| ${name} | ${first?.descriptors} → ${last?.descriptors} | ${first?.heapMiB.toFixed(1)} → ${last?.heapMiB.toFixed(1)} MiB | ${heap.toFixed(0)} KiB | ${first?.residentMiB.toFixed(1)} → ${last?.residentMiB.toFixed(1)} MiB | ${resident.toFixed(0)} KiB |`;
  });
  const made = (all.at(-1)?.guests ?? 0) - (all[0]?.guests ?? 0);
  const text = [
    '# Soak',
    '',
    `${made} guests made and deleted on two hosts within ${values.seconds} s; ${all.length / processes.length} looks, each after a collection of garbage.`,
    'Growth is the slope of a line by least squares through the second half of the looks, for every 1,000 guests.',
    '',
    '| process | descriptors | heap | growth | resident | growth |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
  return { text, faults };
}
