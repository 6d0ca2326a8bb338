/**
 * Hosts of three generations in one region: every pair talks by the best that both have, and hosts go from one
 * generation to another, up and down, while packets flow.
 *
 *   left, right, spare, each with a guest: red-left 10.0.0.5, red-right 10.0.0.6, red-spare 10.0.0.8
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Lab } from '../../lab/index.ts';
import { withKeys } from '../../wire/encapsulation.ts';
import { guest, type HostName, leftovers, probe, region, transfer, upRegion } from './region.ts';

const name = 'weft-g1';
const hosts = ['left', 'right', 'spare'] as const satisfies HostName[];
const addressOf = { left: '10.0.0.5', right: '10.0.0.6', spare: '10.0.0.8' } as const;

/** Oldest first: what an operator lets such a host offer, and what two of them choose. */
const generations = [
  { mask: { formats: ['gni 1.0'], features: [] }, best: 'gni 1.0' },
  { mask: { formats: ['gni 1.0', 'gni 1.1', 'gni 2.0'] }, best: 'gni 2.0' },
  { mask: {}, best: 'gni 3.0 +aes-256-gcm' },
] as const;
type Generation = 0 | 1 | 2;
type Fleet = Readonly<Record<HostName, Generation>>;

const oldest = { formats: [...generations[0].mask.formats], features: [] };
let lab: Lab;
let fleet: Fleet = { left: 0, right: 0, spare: 0 };

const orderedPairs = hosts.flatMap((from) => hosts.filter((to) => to !== from).map((to) => [from, to] as const));

beforeAll(async () => {
  const plain = region(name, { hosts: { left: oldest, right: oldest, spare: oldest } });
  lab = await upRegion({ ...plain, guests: [...(plain.guests ?? []), guest('red-spare', 'red', 'spare', 8)] });
});
afterAll(async () => {
  await lab?.down();
  expect(leftovers(name)).toEqual([]);
});

/** The file changes and the agent reads it again. */
async function configure(host: HostName, changes: Readonly<Record<string, unknown>>): Promise<void> {
  const file = lab.record.layout.processes.find((process) => process.name === host)?.config ?? '';
  const {
    formats: _formats,
    features: _features,
    ...rest
  } = parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  writeFileSync(file, stringify({ ...rest, ...changes }));
  await lab.kill(host, 'SIGHUP');
}

async function become(host: HostName, generation: Generation): Promise<void> {
  fleet = { ...fleet, [host]: generation };
  await configure(host, generations[generation].mask);
}

function bestOf(from: HostName, to: HostName): string {
  return generations[Math.min(fleet[from], fleet[to]) as Generation].best;
}

/** Every host sends every other one the best that both have, and accepts nothing else any more. */
async function settled(): Promise<void> {
  await lab.waitUntil(`the best of ${JSON.stringify(fleet)} everywhere`, async () => {
    const found = await Promise.all(
      orderedPairs.map(async ([from, to]) => {
        const peer = (await lab.agentStatus(from)).peers.find(({ host }) => host === to);
        const texts = [peer?.send ?? 'nothing', ...(peer?.accept ?? [])];
        return texts.length > 1 && texts.every((text) => withKeys(text, undefined) === bestOf(from, to));
      }),
    );
    return found.every((isBest) => isBest);
  });
}

async function expectAllTalk(): Promise<void> {
  for (const [from, to] of orderedPairs) {
    const done = await transfer(lab, `red-${from}`, addressOf[to], [1, 1400, '9000t', 100_000]);
    expect(done).toMatchObject({ greeting: `red-${to}`, failures: [] });
  }
}

async function expectNoDrops(): Promise<void> {
  for (const host of hosts) {
    const { drops } = await lab.agentStatus(host);
    expect(Object.entries(drops).filter(([, count]) => count !== 0)).toEqual([]);
  }
}

test('hosts are upgraded one by one, twice, and taken back, and no packet is lost', async () => {
  await expectAllTalk();
  await settled();
  const seconds = 25;
  const started = performance.now();
  const rate = 300;
  const probes = [
    probe(lab, 'red-left', addressOf.right, rate, seconds),
    probe(lab, 'red-right', addressOf.spare, rate, seconds),
    probe(lab, 'red-spare', addressOf.left, rate, seconds),
  ];
  const steps: readonly (readonly [HostName, Generation])[] = [
    ...hosts.map((host) => [host, 1] as const),
    ...hosts.map((host) => [host, 2] as const),
    ['left', 0],
    ['left', 2],
    ['right', 1],
  ];
  for (const [host, generation] of steps) {
    await become(host, generation);
    await settled();
  }
  const tookMs = performance.now() - started;
  console.log(`${steps.length} hosts changed in ${Math.round(tookMs)} ms`);
  expect(tookMs).toBeLessThan(seconds * 1000);
  const sent = rate * seconds;
  for (const result of await Promise.all(probes)) {
    expect(result).toMatchObject({ sent, received: sent, lost: 0, duplicated: 0, corrupted: 0, lostNumbers: [] });
  }
  await expectNoDrops();
});

test('every pair of three generations talks by the best that both have, in both directions', async () => {
  for (const [left, right, spare] of [
    [0, 1, 2],
    [1, 1, 2],
    [0, 2, 2],
  ] as const) {
    await become('left', left);
    await become('right', right);
    await become('spare', spare);
    await settled();
    await expectAllTalk();
    const selections = await lab.api.selections();
    expect(selections.map(({ source, destination, selected }) => [source, destination, selected]).toSorted()).toEqual(
      orderedPairs.map(([from, to]) => [from, to, bestOf(from, to)]).toSorted(),
    );
  }
  await expectNoDrops();
});

test('a file with a mistake is refused with its place, and changes nothing', async () => {
  const before = (await lab.agentStatus('right')).capabilities;
  const probing = probe(lab, 'red-left', addressOf.right, 200, 1);
  await configure('right', { formats: ['gni 9.9'] });
  await lab.waitUntil('the refusal', async () =>
    (await lab.agentStatus('right')).errors.some(({ message }) => /agent\.yaml:\d+:\d+: .*gni 9\.9/.test(message)),
  );
  expect((await lab.agentStatus('right')).capabilities).toEqual(before);
  expect(await probing).toMatchObject({ sent: 200, lost: 0, duplicated: 0 });
});
