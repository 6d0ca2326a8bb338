/**
 * Formats change under running traffic: nothing is lost, doubled or damaged, and everything ends as selected. By engines
 * alone; what changes between them and the kernel is in `fastpath-change.test.ts`.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { seededRandom } from '../../controller/seeded-random.ts';
import type { Lab } from '../../lab/index.ts';
import { withKeys } from '../../wire/encapsulation.ts';
import type { PolicyRequest } from '../../wire/policy.ts';
import {
  type Captured,
  capture,
  leftovers,
  probe,
  region,
  stream,
  transfer,
  upRegion,
  withoutFastPath,
} from './region.ts';

const name = 'weft-c1';
let lab: Lab;

/** What left sends to right, and right to left. */
type Pair = readonly [there: string, back: string];
const newest: Pair = ['gni 1.1', 'gni 1.1'];
const oldest: Pair = ['gni 1.0', 'gni 1.0'];
const mixed: Pair = ['gni 1.0', 'gni 1.1'];

beforeAll(async () => {
  lab = await upRegion(region(name, { hosts: withoutFastPath }));
  expect(await transfer(lab, 'red-left', '10.0.0.6', [1000])).toMatchObject({ failures: [] });
});
afterAll(async () => {
  await lab?.down();
  expect(leftovers(name)).toEqual([]);
});

function direction(host: string, text: string): PolicyRequest {
  return { name: host, match: { host, direction: 'from' }, effect: 'require', capabilities: text.split(' +') };
}

/** Asks for formats and does not wait. */
async function ask([there, back]: Pair): Promise<void> {
  await lab.api.putPolicy(direction('left', there));
  await lab.api.putPolicy(direction('right', back));
}

/** Without keys. */
async function sending(): Promise<Pair> {
  const [left, right] = await Promise.all(['left', 'right'].map((host) => lab.agentStatus(host)));
  const to = (status: typeof left, peer: string) =>
    withKeys(status?.peers.find(({ host }) => host === peer)?.send ?? 'nothing', undefined);
  return [to(left, 'right'), to(right, 'left')];
}

/** Both hosts send what is selected, and accept nothing else any more. */
async function settled([there, back]: Pair): Promise<void> {
  await lab.waitUntil(
    `${there} there and ${back} back`,
    async () => {
      const selections = await lab.api.selections();
      const done = selections.filter(
        ({ source, selected, sending: sends = '', accepted }) =>
          selected === (source === 'left' ? there : back) &&
          [sends, ...accepted].map((text) => withKeys(text, undefined)).join() === [selected, selected].join(),
      );
      return done.length === 2 && (await sending()).join() === [there, back].join();
    },
    20_000,
  );
}

/** The host's agent hears nothing of the controller any more, for less time than both take for silence. */
async function deafen(host: string): Promise<void> {
  const rules = 'table ip deaf { chain in { type filter hook input priority 0; ip saddr 198.18.255.1 drop; }; }';
  const { code, stderr } = await lab.exec(host, ['nft', rules]);
  if (code !== 0) throw new Error(stderr);
}

/** What the host dropped, by reason. */
async function dropsOf(host: string): Promise<Readonly<Record<string, number>>> {
  const { drops } = await lab.agentStatus(host);
  // A grant for packets with flow control that comes when they have none any more is not accepted, and is no loss.
  const { 'feature-not-accepted': _lateGrants, ...others } = drops;
  return Object.fromEntries(Object.entries(others).filter(([, dropped]) => dropped !== 0));
}

async function inForce(pair: Pair): Promise<void> {
  await lab.waitUntil(`${pair.join(' and ')} are sent`, async () => (await sending()).join() === pair.join());
}

/** Formats of the probe's packets from a host in the order of the wire, repetitions left out. */
function formatsFrom(captured: Captured, source: string): string[] {
  const rows = captured.fields(['gni.format'], `ip.src == ${source} && gni && udp.port == 7007`);
  return rows.map(([format = '']) => format).filter((format, i, all) => format !== all[i - 1]);
}

beforeEach(async () => {
  await ask(newest);
  await settled(newest);
});

describe('a change of policy', () => {
  test('is seen on the wire in each direction, and costs a stream of datagrams nothing', async () => {
    const steps: readonly Pair[] = [oldest, newest, mixed, newest];
    const during = async () => {
      const probing = probe(lab, 'red-left', '10.0.0.6', 500, 4);
      await pause(500);
      for (const step of steps) {
        await ask(step);
        await inForce(step);
        await pause(400);
      }
      expect(await probing).toMatchObject({ sent: 2000, received: 2000, lost: 0, duplicated: 0, corrupted: 0 });
    };
    await capture(lab, { name: 'left', interface: 'eth0', filter: 'udp port 6741' }, during, (captured) => {
      const [new_, old] = ['gni 1.1', 'gni 1.0'];
      expect(formatsFrom(captured, '198.18.0.1')).toEqual([new_, old, new_, old, new_]);
      expect(formatsFrom(captured, '198.18.0.2')).toEqual([new_, old, new_]);
    });
  });

  test.each([
    ['receiver', 'right'],
    ['sender', 'left'],
  ])('of which the %s hears late costs nothing: the sender goes on as before until both know', async (_end, late) => {
    const probing = probe(lab, 'red-left', '10.0.0.6', 500, 4);
    await pause(300);
    await deafen(late);
    try {
      await lab.api.putPolicy(direction('left', 'gni 1.0'));
      await pause(1500);
      expect(await sending()).toEqual(newest);
      const forth = (await lab.api.selections()).find(({ source }) => source === 'left');
      const accepted = late === 'right' ? ['gni 1.1'] : ['gni 1.0', 'gni 1.1'];
      expect(forth).toMatchObject({ selected: 'gni 1.0', sending: 'gni 1.1', accepted });
    } finally {
      await lab.exec(late, ['nft', 'delete', 'table', 'ip', 'deaf']);
    }
    await settled(mixed);
    expect(await probing).toMatchObject({ sent: 2000, lost: 0, duplicated: 0, corrupted: 0 });
  });

  test('by the thousand, of formats, features, ciphers and keys in random order, costs nothing', async () => {
    const seed = 3;
    const random = seededRandom(seed);
    const seconds = 45;
    const datagrams = probe(lab, 'red-left', '10.0.0.6', 300, seconds);
    const back = probe(lab, 'red-right', 'fd00:10::5', 300, seconds);
    const bytes = stream(lab, 'red-left', 'fd00:10::6', seconds);
    const before = (await lab.api.status()).revision;
    const count = { asked: 0, inForce: 0, keys: 0 };
    let last = newest;
    // The traffic starts a moment later and ends a moment later; changes go on through all of it.
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      const next: Pair = [pick(random), pick(random)];
      count.asked += Number(next[0] !== last[0]) + Number(next[1] !== last[1]);
      last = next;
      await ask(next);
      // A host holds eight keys, each for a minute at least.
      if (seconds * 1000 - (end - performance.now()) > count.keys * 4000) {
        await lab.api.rotateKeys(count.keys % 2 === 0 ? 'left' : 'right');
        count.keys += 1;
      }
      // Now and then long enough for what was sent before to be accepted no more.
      if (random() < 0.01) await pause(1200);
      // Most are let to come into force, some are overtaken by the next in whatever step they are.
      if (random() < 0.6) {
        await inForce(next);
        count.inForce += 1;
      } else await pause(random() * 40);
    }
    const [forth, other, streamed] = await Promise.all([datagrams, back, bytes]);
    const revisions = (await lab.api.status()).revision - before;
    console.log(
      `seed ${seed}: ${count.asked} changes of direction and ${count.keys} of keys asked for in ${seconds} s, ` +
        `${count.inForce} times waited for both directions, ${revisions} revisions, ${streamed.sentBytes >> 20} MiB of TCP`,
    );
    const whole = { sent: 300 * seconds, lost: 0, duplicated: 0, corrupted: 0, lostNumbers: [] };
    // What was counted says where a datagram that is missing went.
    const counted = await Promise.all(['left', 'right'].map((host) => dropsOf(host)));
    expect([forth, other, counted]).toEqual([expect.objectContaining(whole), expect.objectContaining(whole), [{}, {}]]);
    expect(streamed).toMatchObject({ same: true, receivedBytes: streamed.sentBytes });
    expect(count.asked + count.keys).toBeGreaterThan(1000);
    expect(count.keys).toBeGreaterThan(8);
    await settled(last);
    for (const host of ['left', 'right']) {
      const { errors } = await lab.agentStatus(host);
      expect(await dropsOf(host)).toEqual({});
      expect(errors.filter(({ where }) => where === 'keys')).toEqual([]);
    }
  }, 170_000);
});

/** What policies can select between two hosts that can do everything. */
const encapsulations = [
  'gni 1.0',
  'gni 1.1',
  ...['gni 2.0', 'gni 3.0 +aes-256-gcm', 'gni 3.0 +chacha20-poly1305'].flatMap((base) =>
    ['', ' +lz4', ' +zstd'].flatMap((packing) => [base + packing, `${base}${packing} +ip-elision`]),
  ),
  'gni 3.0 +aes-256-gcm +flow-control',
  'gni 3.0 +chacha20-poly1305 +zstd +ip-elision +flow-control',
];

function pick(random: () => number): string {
  return encapsulations[Math.floor(random() * encapsulations.length)] ?? '';
}

describe('a change in whose middle something dies', () => {
  test.each([0, 5, 20])(
    'kill -9 of the controller %i ms after it was asked for: it is completed, nothing is lost',
    async (ms) => {
      const probing = probe(lab, 'red-left', '10.0.0.6', 500, 4);
      await pause(300);
      await ask(oldest);
      await pause(ms);
      await lab.kill('controller', 'SIGKILL');
      await lab.startController();
      await settled(oldest);
      expect(await probing).toMatchObject({ sent: 2000, lost: 0, duplicated: 0, corrupted: 0 });
    },
  );

  test.each([
    ['left', 0],
    ['right', 8],
  ])(
    'kill -9 of the agent on %s %i ms after it was asked for: it is completed, a TCP stream lives on',
    async (host, ms) => {
      const streaming = stream(lab, 'red-left', '10.0.0.6', 5);
      await pause(700);
      await ask(oldest);
      await pause(ms);
      await lab.restartAgent(host, 'SIGKILL');
      await settled(oldest);
      const bytes = await streaming;
      expect(bytes).toMatchObject({ same: true });
      expect(bytes.receivedBytes).toBe(bytes.sentBytes);
    },
  );

  test('while one agent is away, the other goes on sending what was accepted; then it is completed', async () => {
    await lab.kill('right', 'SIGKILL');
    await ask(oldest);
    await pause(300);
    const left = await lab.agentStatus('left');
    expect(left.peers.find(({ host }) => host === 'right')?.send).toBe('gni 1.1');
    await lab.startAgent('right');
    await settled(oldest);
    expect(await probe(lab, 'red-left', '10.0.0.6', 200, 1)).toMatchObject({ sent: 200, lost: 0 });
  });
});

test('policies that contradict each other stop the traffic at once as no-selection, and it flows again when one goes', async () => {
  await lab.api.putPolicy({ name: 'left', effect: 'pin', capabilities: ['gni 1.0'] });
  await lab.api.putPolicy({ name: 'right', effect: 'pin', capabilities: ['gni 1.1'] });
  await inForce(['nothing', 'nothing']);
  const before = (await lab.agentStatus('left')).drops;
  expect(await probe(lab, 'red-left', '10.0.0.6', 100, 1)).toMatchObject({ sent: 100, received: 0 });
  // It is decided that there is none, so nothing waits for one.
  await lab.waitUntil('all packets are dropped', async () => {
    const { drops } = await lab.agentStatus('left');
    return drops['no-selection'] - before['no-selection'] === 100;
  });
  const { directions } = await lab.api.explain('red-left', 'red-right');
  expect(directions.map(({ reasons }) => reasons[0])).toEqual(
    Array(2).fill("none, because policy 'left' pins gni 1.0 and policy 'right' pins gni 1.1"),
  );
  await lab.api.deletePolicy('left');
  await inForce(newest);
  expect(await probe(lab, 'red-left', '10.0.0.6', 100, 1)).toMatchObject({ sent: 100, lost: 0 });
});
