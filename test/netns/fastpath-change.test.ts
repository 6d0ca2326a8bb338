/**
 * What carries packets changes under them, between the fast path and the engine and back, in each direction on its own:
 * nothing is lost, doubled or damaged. Only the order may change, where one packet overtakes another. Left receives
 * at tc, right by XDP.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { seededRandom } from '../../controller/seeded-random.ts';
import type { Lab } from '../../lab/index.ts';
import { withKeys } from '../../wire/encapsulation.ts';
import { handedOver, introduce, withoutAgents } from './executors.ts';
import { capture, leftovers, probe, program, region, stream, upRegion } from './region.ts';

const name = 'weft-fc';
const seed = 5;
let lab: Lab;

beforeAll(async () => {
  const file = region(name);
  const foreign = { vxlan: 'on', geneve: 'on' } as const;
  lab = await upRegion({
    ...file,
    hosts: [
      { name: 'left', fastPath: 'tc', foreign },
      { name: 'right', fastPath: 'xdp', foreign },
    ],
  });
  await introduce(lab, [
    ['red-left', '10.0.0.6,fd00:10::6'],
    ['red-right', '10.0.0.5,fd00:10::5'],
    ['blue-left', '10.0.0.6'],
  ]);
});
afterAll(async () => {
  await lab?.down();
  expect(leftovers(name)).toEqual([]);
});

beforeEach(async () => {
  for (const policy of await lab.api.policies()) await lab.api.deletePolicy(policy.name);
});

/** By the fast path, and by the engine. */
const byKernel = ['gni 1.0', 'gni 2.0', 'vxlan', 'geneve'];
const byEngine = ['gni 1.1', 'gni 2.0 +lz4 +ip-elision', 'gni 3.0 +aes-256-gcm', 'gni 3.0 +chacha20-poly1305 +zstd'];

/** What left sends to right, and right to left. */
type Pair = readonly [there: string, back: string];

async function ask([there, back]: Pair): Promise<void> {
  for (const [host, text] of [
    ['left', there],
    ['right', back],
  ] as const) {
    await lab.api.putPolicy({
      name: host,
      match: { host, direction: 'from' },
      effect: 'require',
      capabilities: text.split(' +'),
    });
  }
}

async function inForce(pair: Pair): Promise<void> {
  await lab.waitUntil(`${pair.join(' and ')} are sent`, async () => {
    const states = await Promise.all(['left', 'right'].map((host) => lab.agentStatus(host)));
    const sends = states.map(({ peers }) => withKeys(peers[0]?.send ?? 'nothing', undefined));
    return sends.join() === pair.join();
  });
}

const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((total, one) => total + one, 0);
const untouched = (sent: number) => ({ sent, received: sent, lost: 0, duplicated: 0, corrupted: 0, lostNumbers: [] });

test('by the hundred in random order, between fast path and engine: 0 lost, 0 doubled, 0 damaged', async () => {
  const random = seededRandom(seed);
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)] ?? '';
  const seconds = 12;
  const rate = 1000;
  const datagrams = [
    probe(lab, 'red-left', '10.0.0.6', rate, seconds),
    probe(lab, 'red-right', 'fd00:10::5', rate, seconds),
  ];
  const streams = [stream(lab, 'red-left', 'fd00:10::6', seconds), stream(lab, 'blue-left', '10.0.0.6', seconds)];
  const count = { changes: 0, ofExecutor: 0, waited: 0 };
  let last: Pair = ['', ''];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const next: Pair = [pick(random() < 0.5 ? byKernel : byEngine), pick(random() < 0.5 ? byKernel : byEngine)];
    count.changes += next.filter((text, at) => text !== last[at]).length;
    count.ofExecutor += next.filter((text, at) => byKernel.includes(text) !== byKernel.includes(last[at] ?? '')).length;
    last = next;
    await ask(next);
    // Some are overtaken by the next in whatever step they are, and some last until what was before is retired.
    if (random() < 0.02) await pause(1200);
    if (random() < 0.7) {
      await inForce(next);
      count.waited += 1;
    } else await pause(random() * 30);
  }
  const [forth, back] = await Promise.all(datagrams);
  const bytes = await Promise.all(streams);
  const handed = await Promise.all(['left', 'right'].map((host) => handedOver(lab, host)));
  console.log(
    `seed ${seed}: ${count.changes} changes of direction asked for in ${seconds} s, ${count.ofExecutor} of the ` +
      `executor, ${count.waited} times waited for both; left to the engines ${JSON.stringify(handed)}; ` +
      `${bytes.map(({ sentBytes }) => sentBytes >> 20).join(' + ')} MiB of TCP`,
  );
  expect([forth, back]).toMatchObject([untouched(rate * seconds), untouched(rate * seconds)]);
  expect(bytes).toMatchObject(bytes.map(({ sentBytes }) => ({ same: true, receivedBytes: sentBytes })));
  expect(count.changes).toBeGreaterThan(200);
  expect(count.ofExecutor).toBeGreaterThan(80);
  for (const host of ['left', 'right']) {
    const { drops, errors, portOverflows, receiveOverflows } = await lab.agentStatus(host);
    const counts = Object.entries(drops).filter(([, dropped]) => dropped !== 0);
    expect([counts, errors, portOverflows, receiveOverflows]).toEqual([[], [], undefined, undefined]);
  }
});

test('a guest that takes the place of another gets nothing of what is sent to that one', async () => {
  await ask(['gni 1.0', 'gni 1.0']);
  await inForce(['gni 1.0', 'gni 1.0']);
  const folder = mkdtempSync(join(tmpdir(), 'weft-places-'));
  const addresses = ['10.0.0.60', '10.0.0.61'] as const;
  const shouting = (['red', 'blue'] as const).flatMap((cloud) =>
    ['left', 'right'].map((host) =>
      lab.spawn(`${cloud}-${host}`, program('shout', 9000, ...addresses.map((to) => `${cloud} ${to}`)), {
        stdio: 'ignore',
      }),
    ),
  );
  try {
    const counts = { places: 0, heard: 0 };
    const end = performance.now() + 6000;
    while (performance.now() < end) {
      // One after the other each has the slots that the one before has left, in the other cloud or at another address.
      const vpc = counts.places % 2 === 0 ? 'red' : 'blue';
      const address = addresses[(counts.places >> 1) % 2] ?? addresses[0];
      const file = join(folder, `${counts.places}`);
      const guest = { name: `${vpc}-brief`, vpc, host: 'left', addresses: [address] };
      await lab.api.createGuest({ ...guest, command: program('listen', 9000, file) });
      const heard = () => readLines(file);
      await lab.waitUntil(`${guest.name} hears`, async () => heard().length > 20);
      await lab.api.deleteGuest(guest.name);
      await lab.waitUntil(
        `${guest.name} is gone`,
        async () => !(await lab.api.guests()).some(({ name: one }) => one === guest.name),
      );
      expect(new Set(heard())).toEqual(new Set([`${vpc} ${address}`]));
      counts.places += 1;
      counts.heard += heard().length;
    }
    console.log(`${counts.places} guests in one another's places heard ${counts.heard} datagrams, each its own`);
    expect(counts.places).toBeGreaterThan(8);
  } finally {
    for (const child of shouting) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
});

function readLines(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}

test('a cloud that has to be sealed is never sent plain, while the format of its hosts changes and their agents are killed', async () => {
  await lab.api.putPolicy({ name: 'sealed', match: { cloud: 'red' }, effect: 'require', capabilities: ['encryption'] });
  const prefer = async (format: string) => {
    await lab.api.putPolicy({ name: 'hosts', effect: 'prefer', capabilities: [format] });
    await inForce([format, format]);
  };
  await prefer('gni 1.0');
  const [red, blue] = await Promise.all(['red', 'blue'].map(async (cloud) => String((await lab.api.vpc(cloud)).gni)));
  const seconds = 7;
  const during = async () => {
    const probes = [
      probe(lab, 'red-left', '10.0.0.6', 300, seconds),
      probe(lab, 'red-right', 'fd00:10::5', 300, seconds),
      probe(lab, 'blue-left', '10.0.0.6', 300, seconds),
    ];
    for (const host of ['left', 'right', undefined]) {
      for (const format of ['gni 2.0', 'gni 1.0', 'gni 1.1', 'gni 1.0']) await prefer(format);
      if (host !== undefined) await lab.restartAgent(host, 'SIGKILL');
    }
    const [sealed, back, plain] = await Promise.all(probes);
    // What is sealed needs its engine; what is not does not, but for the moments when its format is the engine's.
    expect([sealed, back, plain].map((one) => (one?.received ?? 0) > 300 * seconds * 0.5)).toEqual([true, true, true]);
    expect([sealed, back, plain].map((one) => one?.corrupted)).toEqual([0, 0, 0]);
  };
  await capture(lab, { name: 'right', interface: 'eth0', filter: 'udp port 6741' }, during, (captured) => {
    const rows = captured.fields(['gni.source_gni', 'gni.format'], 'gni');
    const formatsOf = (gni: string | undefined) =>
      [...new Set(rows.filter(([found]) => found === gni).map(([, format]) => format))].toSorted();
    expect(formatsOf(red)).toEqual(['gni 3.0']);
    expect(formatsOf(blue)).toEqual(['gni 1.0', 'gni 1.1', 'gni 2.0']);
  });
});

test('policies that leave no format stop it at once in the kernel, and it goes on when they are gone', async () => {
  await ask(['gni 1.0', 'gni 1.0']);
  await inForce(['gni 1.0', 'gni 1.0']);
  await lab.api.putPolicy({ name: 'none', effect: 'forbid', capabilities: ['gni *', 'vxlan *', 'geneve *'] });
  await inForce(['nothing', 'nothing']);
  const before = await lab.agentStatus('left');
  // No agent is needed to stop them.
  const stopped = await withoutAgents(lab, ['left', 'right'], () => probe(lab, 'red-left', '10.0.0.6', 200, 1));
  expect(stopped).toMatchObject({ sent: 200, received: 0 });
  const after = await lab.agentStatus('left');
  expect(after.drops['no-selection'] - before.drops['no-selection']).toBe(200);
  expect(sum(after.fastPath?.handedOver ?? {})).toBe(sum(before.fastPath?.handedOver ?? {}));
  await lab.api.deletePolicy('none');
  await inForce(['gni 1.0', 'gni 1.0']);
  const again = await withoutAgents(lab, ['left', 'right'], () => probe(lab, 'red-left', '10.0.0.6', 200, 1));
  expect(again).toMatchObject(untouched(200));
});
