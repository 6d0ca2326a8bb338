/** The mapping server as guests feel it: first packets, moves, addresses that are nobody's. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lab } from '../../lab/index.ts';
import { drops, echoReady, guestRequest, leftovers, outputOf, probe, region, transfer, upRegion } from './region.ts';

const name = 'weft-m1';
let lab: Lab;

beforeAll(async () => {
  lab = await upRegion(region(name));
});
afterAll(async () => {
  await lab?.down();
  expect(leftovers(name)).toEqual([]);
});

test('the first packet of a new flow is delivered, not lost', async () => {
  const before = await lab.agentStatus('left');
  expect(before.mappings.filter(({ address }) => address === '10.0.0.6')).toEqual([]);
  const result = await probe(lab, 'red-left', '10.0.0.6', 100, 1);
  expect(result).toMatchObject({ sent: 100, received: 100, lost: 0, duplicated: 0 });
  expect(result.firstAnswerMs).toBeLessThan(250);
});

test('the status names the mapping, the peer and what is sent to it', async () => {
  const status = await lab.agentStatus('left');
  expect(status.session.state).toBe('connected');
  expect(status.mappings).toContainEqual(expect.objectContaining({ address: '10.0.0.6', host: 'right' }));
  // Both hosts can encrypt, so they do, with the key of either end.
  const sealed = expect.stringMatching(/^gni 3\.0 \+aes-256-gcm #\d+\.\d+$/);
  expect(status.peers).toContainEqual(
    expect.objectContaining({ host: 'right', address: '198.18.0.2', send: sealed, accept: [sealed] }),
  );
  const red = status.guests.find((guest) => guest.name === 'red-left');
  expect(red?.out.packets).toBeGreaterThanOrEqual(100);
  expect(red?.in.packets).toBeGreaterThanOrEqual(100);
});

test('the prober has measured path MTU and round trip to the peer', async () => {
  await lab.waitUntil(
    'a measured path',
    async () => {
      const status = await lab.agentStatus('left');
      return status.peers.some(({ host, roundTripUs }) => host === 'right' && roundTripUs !== undefined);
    },
    20_000,
  );
  const { paths } = await lab.api.host('left');
  expect(paths.find(({ peer }) => peer === 'right')).toMatchObject({ pathMtu: 1500, lostPercent: 0 });
});

test('an address that nobody has drops as no-mapping, one outside the cloud as no-route', async () => {
  const { stdout } = await lab.exec('red-left', ['ping', '-c', '3', '-i', '0.05', '-W', '1', '10.0.0.99']);
  expect(stdout).toContain('0 received');
  expect(await drops(lab, 'left', 'no-mapping')).toBe(3);
  await lab.exec('red-left', ['ip', 'route', 'add', '192.0.2.0/24', 'dev', 'weft0']);
  await lab.exec('red-left', ['ping', '-c', '2', '-i', '0.05', '-W', '1', '192.0.2.1']);
  expect(await drops(lab, 'left', 'no-route')).toBe(2);
});

test('a guest cannot use a source address that is not its own', async () => {
  await lab.exec('red-left', ['ip', 'address', 'add', '10.0.0.77/32', 'dev', 'lo']);
  const before = await drops(lab, 'left', 'guest-spoofed-source');
  const { stdout } = await lab.exec('red-left', [
    'ping',
    '-c',
    '3',
    '-i',
    '0.05',
    '-W',
    '1',
    '-I',
    '10.0.0.77',
    '10.0.0.6',
  ]);
  expect(stdout).toContain('0 received');
  expect(await drops(lab, 'left', 'guest-spoofed-source')).toBe(before + 3);
});

test('a guest that appears at an address somebody waits for is reached without delay', async () => {
  const pinging = lab.spawn('red-left', ['ping', '-D', '-O', '-i', '0.01', '-w', '4', '10.0.0.50'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const output = outputOf(pinging);
  await pause(300);
  const asked = Date.now();
  await lab.api.createGuest({ name: 'red-late', vpc: 'red', host: 'spare', addresses: ['10.0.0.50'] });
  const first = answers(await output)[0] ?? Number.POSITIVE_INFINITY;
  expect(first - asked).toBeLessThan(250);
  await lab.api.deleteGuest('red-late');
});

test('a guest moved to another host by delete and create is reached again within 250 ms', async () => {
  const gaps: number[] = [];
  for (const [from, to] of [
    ['right', 'spare'],
    ['spare', 'right'],
    ['right', 'left'],
    ['left', 'right'],
  ] as const) {
    const pinging = lab.spawn('red-near', ['ping', '-D', '-O', '-i', '0.01', '-w', '3', '10.0.0.6'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const output = outputOf(pinging);
    await pause(500);
    expect((await lab.api.guest('red-right')).host).toBe(from);
    const asked = Date.now();
    await lab.api.deleteGuest('red-right');
    await lab.api.createGuest(guestRequest('red-right', 'red', to, 6));
    const times = answers(await output);
    const silence = longestSilence(times, asked);
    expect(times.some((time) => time > silence.until)).toBe(true);
    gaps.push(silence.until - asked);
  }
  console.log(`moved guest answers again after ${gaps.map((gap) => `${gap.toFixed(0)} ms`).join(', ')}`);
  expect(Math.max(...gaps)).toBeLessThan(250);
  await echoReady(lab, 'red-right');
  expect(await transfer(lab, 'red-left', '10.0.0.6', [100_000])).toMatchObject({ greeting: 'red-right', failures: [] });
});

test('two guests with one address in one cloud are refused, in another cloud not', async () => {
  await expect(lab.api.createGuest({ name: 'red-double', vpc: 'red', addresses: ['10.0.0.5'] })).rejects.toThrow(
    /10\.0\.0\.5.*red-left/,
  );
  const names = (await lab.api.guests()).map((guest) => guest.name);
  expect(names).not.toContain('red-double');
  expect(names).toEqual(expect.arrayContaining(['red-left', 'blue-left']));
});

/** Unix ms at which each answer of `ping -D` came. */
function answers(output: string): number[] {
  return [...output.matchAll(/^\[(\d+\.\d+)\] \d+ bytes from/gm)].map((match) => Number(match[1]) * 1000);
}

/** The longest time without an answer among those that end after `since`. */
function longestSilence(times: readonly number[], since: number): { readonly from: number; readonly until: number } {
  const gaps = times.slice(1).map((until, at) => ({ from: times[at] ?? 0, until }));
  return gaps
    .filter(({ until }) => until >= since)
    .reduce((longest, gap) => (gap.until - gap.from > longest.until - longest.from ? gap : longest), {
      from: 0,
      until: 0,
    });
}
