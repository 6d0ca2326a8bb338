/**
 * Agents and controllers that die while packets of veth guests stay in the kernel: not one packet is lost, because the
 * programs go on by the tables that they have until another process has put its own in their place. Left receives at tc,
 * right by XDP.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../../controller/seeded-random.ts';
import type { Lab } from '../../lab/index.ts';
import { chooseFormat, introduce } from './executors.ts';
import { leftovers, probe, region, stream, upRegion } from './region.ts';

const name = 'weft-ff';
const seed = 4;
let lab: Lab;

beforeAll(async () => {
  const file = region(name);
  lab = await upRegion({
    ...file,
    hosts: [
      { name: 'left', fastPath: 'tc' },
      { name: 'right', fastPath: 'xdp' },
    ],
  });
  await introduce(lab, [
    ['red-left', '10.0.0.6,fd00:10::6,10.0.0.7'],
    ['blue-left', '10.0.0.6'],
  ]);
  await chooseFormat(lab, 'gni 1.0');
});
afterAll(async () => {
  await lab?.down();
  expect(leftovers(name)).toEqual([]);
});

/** What a guest has that has to be the same after a restart: namespace, both ends of its port, its program. */
async function identity(host: string, guest: string): Promise<unknown> {
  const found = (await lab.agentStatus(host)).guests.find((each) => each.name === guest);
  const { device = '', engineDevice = '', command } = found ?? {};
  const ends = [
    [guest, 'weft0'],
    [host, device],
    [host, engineDevice],
  ] as const;
  const links = await Promise.all(
    ends.map(async ([where, end]) => {
      const { stdout } = await lab.exec(where, ['ip', '-j', 'link', 'show', 'dev', end]);
      const [link] = JSON.parse(stdout) as { ifindex: number; address?: string }[];
      return [link?.ifindex, link?.address];
    }),
  );
  return { inode: statSync(`/run/netns/${lab.namespaceOf(guest)}`).ino, links, pid: command?.pid };
}

async function connected(host: string): Promise<void> {
  await lab.waitUntil(
    `${host} is connected`,
    async () => (await lab.agentStatus(host)).session.state === 'connected',
    20_000,
  );
}

const untouched = (sent: number) => ({ sent, received: sent, lost: 0, duplicated: 0, corrupted: 0, lostNumbers: [] });

test('two kill -9 and an orderly restart of both agents: 0 of 100,000 datagrams are lost, no TCP stream is reset', async () => {
  const seconds = 20;
  const rate = 2500;
  const before = [await identity('left', 'red-left'), await identity('right', 'red-right')];
  const datagrams = [
    probe(lab, 'red-left', '10.0.0.6', rate, seconds),
    probe(lab, 'red-right', 'fd00:10::5', rate, seconds),
  ];
  const streams = [stream(lab, 'blue-left', '10.0.0.6', seconds), stream(lab, 'red-left', '10.0.0.7', seconds)];
  await pause(1500);
  const restarts = [
    ['left', 'SIGKILL'],
    ['right', 'SIGKILL'],
    ['right', 'SIGTERM'],
    ['left', 'SIGTERM'],
    ['left', 'SIGKILL'],
  ] as const;
  for (const [host, signal] of restarts) {
    await lab.restartAgent(host, signal);
    await connected(host);
    await pause(1500);
  }
  const found = await Promise.all(datagrams);
  const bytes = await Promise.all(streams);
  console.log(
    `${restarts.length} restarts under ${found.map(({ sent }) => sent).join(' + ')} datagrams there and back: ` +
      `longest gaps ${found.map(({ longestGapMs }) => longestGapMs.toFixed(1)).join(' and ')} ms; ` +
      `${bytes.map(({ sentBytes }) => sentBytes >> 20).join(' + ')} MiB of TCP`,
  );
  expect(found).toMatchObject([untouched(rate * seconds), untouched(rate * seconds)]);
  expect(bytes).toMatchObject(bytes.map(({ sentBytes }) => ({ same: true, receivedBytes: sentBytes })));
  expect([await identity('left', 'red-left'), await identity('right', 'red-right')]).toEqual(before);
});

test('while agents and controller are dead for seconds, plain sessions go on', async () => {
  const datagrams = [probe(lab, 'red-left', 'fd00:10::6', 1000, 5), probe(lab, 'red-right', '10.0.0.5', 1000, 5)];
  const streaming = stream(lab, 'red-left', '10.0.0.6', 5);
  await Promise.all(['controller', 'left', 'right'].map((process) => lab.kill(process, 'SIGKILL')));
  const [bytes, ...found] = await Promise.all([streaming, ...datagrams]);
  expect(found).toMatchObject([untouched(5000), untouched(5000)]);
  expect(bytes).toMatchObject({ same: true, receivedBytes: bytes.sentBytes });
  // The next agents find what they need on their disks: nobody tells them anything.
  const datagramsOn = probe(lab, 'red-left', '10.0.0.6', 1000, 3);
  await lab.startAgent('left');
  await lab.startAgent('right');
  expect((await lab.agentStatus('left')).session.state).not.toBe('connected');
  expect(await datagramsOn).toMatchObject(untouched(3000));
  await lab.startController();
  await Promise.all(['left', 'right'].map(connected));
});

test('kill -9 in the middle of starting, again and again, costs nothing, and the next start is whole', async () => {
  const seconds = 6;
  const datagrams = [
    probe(lab, 'red-left', '10.0.0.6', 1000, seconds),
    probe(lab, 'red-near', '10.0.0.5', 1000, seconds),
  ];
  const random = seededRandom(seed);
  const end = performance.now() + (seconds - 1) * 1000;
  const killedAfterMs: number[] = [];
  await lab.kill('left', 'SIGKILL');
  while (performance.now() < end) {
    const ms = Math.round(100 + random() * 900);
    killedAfterMs.push(ms);
    // Waits for an answer of this very process, and gives up.
    lab.startAgent('left').catch(() => undefined);
    await pause(ms);
    await lab.kill('left', 'SIGKILL');
  }
  await lab.startAgent('left');
  console.log(`seed ${seed}: killed ${killedAfterMs.join(', ')} ms after its start`);
  expect(await Promise.all(datagrams)).toMatchObject([untouched(1000 * seconds), untouched(1000 * seconds)]);
  await connected('left');
  const { errors, fastPath } = await lab.agentStatus('left');
  expect([errors, fastPath?.mode]).toEqual([[], 'tc']);
});

test('a substrate device whose MTU is lowered sends nothing longer, also behind short packets of the same flow', async () => {
  const ip = (mtu: number) => lab.exec('left', ['ip', 'link', 'set', 'eth0', 'mtu', String(mtu)]);
  const count = async () => {
    const [left, right] = await Promise.all(['left', 'right'].map((host) => lab.agentStatus(host)));
    const received = right?.guests.find((guest) => guest.name === 'red-right')?.in.packets ?? 0;
    return { refused: left?.drops['too-big'] ?? 0, received };
  };
  const before = await count();
  expect(await ip(1300)).toMatchObject({ code: 0 });
  try {
    // 1,270 bytes and 28 of headers fit the device, but not behind the outer ones.
    const send = ['python3', join(import.meta.dirname, 'guest/lengths.py'), '10.0.0.6', 200, 100, 1390, 1270, 1100];
    expect(await lab.exec('red-left', send.map(String))).toMatchObject({ code: 0, stderr: '' });
    await lab.waitUntil('all are counted', async () => (await count()).refused - before.refused >= 400);
    const after = await count();
    const fresh = { refused: after.refused - before.refused, received: after.received - before.received };
    expect(fresh).toEqual({ refused: 400, received: 400 });
  } finally {
    await ip(1500);
  }
});
