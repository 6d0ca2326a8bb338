/**
 * Guests' ports side by side, and what carries packets between them: told by `weft explain`, and shown by agents that
 * stand still while the kernel goes on.
 *
 *   left ─── switch ─── right      veth-left 10.0.0.5   veth-right 10.0.0.6   tun-left .7   tun-right .8   any-left .9
 *     ├ off (no fast path)         veth-far .11, on a host that receives by XDP
 *     └ far                        machine .10: the device of a tap guest of left, opened by socat for a namespace
 *                                  that plays a virtual machine; all also fd00:10::N
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, upLab } from '../../lab/index.ts';
import { withoutAgents } from './executors.ts';
import { startMachine } from './machine.ts';
import { echoReady, guest, leftovers, transfer } from './region.ts';

const name = 'weft-po';
const sizes = [1, 1400, 60_000, 3_000_000];
const addresses = {
  'veth-left': '10.0.0.5',
  'veth-right': '10.0.0.6',
  'tun-left': '10.0.0.7',
  'tun-right': '10.0.0.8',
  'any-left': '10.0.0.9',
  machine: '10.0.0.10',
  'veth-far': '10.0.0.11',
} as const;
type Name = keyof typeof addresses;
let lab: Lab;

beforeAll(async () => {
  const on = (host: string, port: 'veth' | 'tun', number: number) => ({
    ...guest(`${port}-${host}`, 'red', host, number),
    port,
  });
  lab = await upLab({
    name,
    hosts: [{ name: 'left' }, { name: 'right' }, { name: 'off', fastPath: 'off' }, { name: 'far', fastPath: 'xdp' }],
    clouds: [{ name: 'red', prefixes: ['10.0.0.0/24', 'fd00:10::/64'] }],
    guests: [
      on('left', 'veth', 5),
      on('right', 'veth', 6),
      on('left', 'tun', 7),
      on('right', 'tun', 8),
      on('far', 'veth', 11),
      guest('any-left', 'red', 'left', 9),
      { name: 'machine', cloud: 'red', host: 'left', port: 'tap', addresses: ['10.0.0.10', 'fd00:10::10'] },
    ],
  });
  await startMachine(lab, 'left', 'machine');
  await choose('gni 1.0');
  await Promise.all(Object.keys(addresses).map((each) => echoReady(lab, each)));
});
afterAll(async () => {
  await lab?.down();
  expect(leftovers(name)).toEqual([]);
});

async function choose(format: string): Promise<void> {
  await lab.api.putPolicy({ name: 'format', effect: 'pin', capabilities: [format] });
  expect(await transfer(lab, 'veth-left', addresses['veth-right'], [1])).toMatchObject({ failures: [] });
  await lab.waitUntil(`${format} is sent`, async () => {
    const { directions } = await lab.api.explain('left', 'right');
    return directions.every(({ sending, standing }) => sending?.startsWith(format) && standing === 'in-force');
  });
}

/** What is told of a direction between two hosts, and of two guests of one host. */
async function told(from: Name, to: Name): Promise<string> {
  const { note, directions } = await lab.api.explain(from, to);
  const [there] = directions;
  return note ?? `${there?.carriers?.source?.executor} ${there?.carriers?.destination?.executor}`;
}

/** How many of five packets and their answers get through while no agent runs. */
async function answered(from: Name, to: Name): Promise<number> {
  await lab.exec(from, ['ping', '-c', '1', '-W', '2', addresses[to]]);
  const { stdout } = await withoutAgents(lab, ['left', 'right', 'far'], () =>
    lab.exec(from, ['ping', '-c', '5', '-i', '0.02', '-W', '1', addresses[to]]),
  );
  return Number(/(\d+) received/.exec(stdout)?.[1]);
}

test('guests have the ports that they ask for, and a veth when they ask for none', async () => {
  const found = (await lab.api.guests()).map((each) => [each.name, each.port]);
  expect(Object.fromEntries(found)).toEqual({
    'veth-left': 'veth',
    'veth-right': 'veth',
    'tun-left': 'tun',
    'tun-right': 'tun',
    'any-left': 'veth',
    machine: 'tap',
    'veth-far': 'veth',
  });
});

test('a port that a host cannot give is refused with the reason', async () => {
  const wanted = { name: 'late', vpc: 'red', host: 'off', port: 'veth' } as const;
  await expect(lab.api.createGuest(wanted)).rejects.toThrow("host 'off' cannot take guest 'late': has no veth ports");
  expect(await lab.api.createGuest({ name: 'late', vpc: 'red', port: 'veth' })).toMatchObject({ port: 'veth' });
  await lab.api.deleteGuest('late');
});

describe('every guest reaches every other one', () => {
  const names = Object.keys(addresses) as Name[];
  test.each(names)('from %s', async (from) => {
    for (const to of names.filter((each) => each !== from)) {
      const six = addresses[to].replace('10.0.0.', 'fd00:10::');
      const { greeting, failures } = await transfer(lab, from, `${addresses[to]},${six}`, sizes);
      expect([to, greeting, failures]).toEqual([to, to, []]);
    }
  });
});

describe('what is told of who carries packets', () => {
  const table: readonly [from: Name, to: Name, words: string, withoutAgents: number][] = [
    ['veth-left', 'veth-right', 'tc tc', 5],
    ['machine', 'veth-right', 'tc tc', 5],
    ['veth-left', 'veth-far', 'tc xdp', 5],
    ['veth-far', 'machine', 'tc tc', 5],
    ['veth-left', 'tun-right', 'tc engine', 0],
    ['tun-left', 'tun-right', 'engine engine', 0],
    ['tun-left', 'veth-right', 'engine engine', 0],
    ['veth-left', 'machine', 'carried by its tc', 5],
    ['veth-left', 'any-left', 'carried by its tc', 5],
    ['veth-left', 'tun-left', 'carried by its engine (guest tun-left has a tun port)', 0],
  ];
  test.each(table)('is so: %s to %s', async (from, to, words, received) => {
    expect(await told(from, to)).toContain(words);
    expect(await answered(from, to)).toBe(received);
  });

  test.each([
    ['gni 2.0', 'tc tc', 5],
    ['gni 3.0', 'engine engine', 0],
    ['gni 1.1', 'engine engine', 0],
  ] as const)('is so by %s too', async (format, words, received) => {
    await choose(format);
    expect(await told('veth-left', 'veth-right')).toBe(words);
    expect(await answered('veth-left', 'veth-right')).toBe(received);
    expect(await transfer(lab, 'machine', addresses['veth-right'], sizes)).toMatchObject({ failures: [] });
  });
});
