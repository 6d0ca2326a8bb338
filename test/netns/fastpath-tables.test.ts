/**
 * Tables that take fewer mappings than there are guests: the engine carries what is not in them, nothing goes astray,
 * and places that become free are used again.
 *
 *   left ── switch ── right      near 10.0.0.5 on left; far-1 10.0.1.1 … far-24 10.0.1.24 on right; each also fd00:10::,
 *                                all veth and plain, on hosts whose tables take 16 mappings
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { type Lab, upLab } from '../../lab/index.ts';
import type { GuestRequest } from '../../wire/resources.ts';
import { leftovers } from './region.ts';

const name = 'weft-ft';
const most = 16;
let lab: Lab;

/** Who runs now, by number. */
let numbers = Array.from({ length: 24 }, (_, at) => at + 1);

function far(number: number): GuestRequest {
  const greets = ['TCP6-LISTEN:7007,ipv6only=0,fork,reuseaddr', `SYSTEM:echo far-${number}`];
  const addresses = addressesOf(number);
  return { name: `far-${number}`, vpc: 'red', host: 'right', addresses, command: ['/usr/bin/socat', ...greets] };
}

function addressesOf(number: number): string[] {
  return [`10.0.1.${number}`, `fd00:10::1:${number}`];
}

beforeAll(async () => {
  lab = await upLab({
    name,
    hosts: [{ name: 'left', formats: ['gni 1.0'] }, { name: 'right' }],
    clouds: [{ name: 'red', prefixes: ['10.0.0.0/16', 'fd00:10::/64'] }],
    guests: [{ name: 'near', cloud: 'red', host: 'left', addresses: ['10.0.0.5', 'fd00:10::5'] }],
  });
  for (const host of ['left', 'right']) await makeSmall(host);
  for (const number of numbers) await lab.api.createGuest(far(number));
  await running();
});
afterAll(async () => {
  await lab?.down();
  expect(leftovers(name)).toEqual([]);
});

async function makeSmall(host: string): Promise<void> {
  const file = lab.record.layout.processes.find((process) => process.name === host)?.config ?? '';
  const { fastPath, ...rest } = parse(readFileSync(file, 'utf8')) as { readonly fastPath: object };
  writeFileSync(file, stringify({ ...rest, fastPath: { ...fastPath, sizes: { locations: most } } }));
  await lab.restartAgent(host);
  await lab.waitUntil(`${host} is connected`, async () => (await lab.agentStatus(host)).session.state === 'connected');
}

async function running(): Promise<void> {
  await lab.waitUntil('every guest greets', async () => {
    const { guests } = await lab.agentStatus('right');
    const ready = guests.filter(({ command }) => command?.state === 'running');
    return ready.length === numbers.length;
  });
}

/** What everybody answers whom near asks, by address; what it shall be, too. */
async function greetings(): Promise<{ readonly heard: readonly string[]; readonly expected: readonly string[] }> {
  const expected = numbers.flatMap((number) => addressesOf(number).map((address) => `${address} far-${number}`));
  const ask = 'for at; do echo "$at $(socat -T5 - TCP:$at:7007,connect-timeout=5 </dev/null)"; done';
  const named = numbers
    .flatMap((number) => addressesOf(number))
    .map((each) => (each.includes(':') ? `[${each}]` : each));
  const { stdout } = await lab.exec('near', ['sh', '-c', ask, 'sh', ...named], { timeoutMs: 60_000 });
  return { heard: stdout.replaceAll(/[[\]]/g, '').trim().split('\n'), expected };
}

/** Addresses that answer while no agent runs: those that the kernel finds in its tables. */
async function carriedByKernel(): Promise<string[]> {
  const addresses = numbers.flatMap((number) => addressesOf(number));
  const ask = 'for at; do (ping -n -q -c 1 -W 1 $at >/dev/null && echo $at) & done; wait';
  for (const host of ['left', 'right']) await lab.kill(host, 'SIGSTOP');
  try {
    const { stdout } = await lab.exec('near', ['sh', '-c', ask, 'sh', ...addresses]);
    return stdout.split('\n').filter((line) => line !== '');
  } finally {
    for (const host of ['left', 'right']) await lab.kill(host, 'SIGCONT');
  }
}

async function mappings(): Promise<number | undefined> {
  const { fastPath } = await lab.agentStatus('left');
  return fastPath?.tables.find(({ table }) => table === 'locations')?.entries;
}

/** What is said of the tables that fill, one word each. */
async function toldOf(host: string): Promise<(string | undefined)[]> {
  const { errors } = await lab.agentStatus(host);
  return errors.map(
    ({ message }) => /table 'locations' (is nearly full, \d+ of \d+|is full.*, \d+ of \d+)/.exec(message)?.[1],
  );
}

async function remove(gone: (number: number) => boolean): Promise<void> {
  for (const number of numbers.filter(gone)) await lab.api.deleteGuest(`far-${number}`);
  numbers = numbers.filter((number) => !gone(number));
  await lab.waitUntil('left has forgotten them', async () => {
    const { mappings: held } = await lab.agentStatus('left');
    return held.every(
      ({ address, host }) => host === undefined || numbers.some((each) => addressesOf(each).includes(address)),
    );
  });
}

test('guests that the table has no place for are reached by the engine, and every one is the right one', async () => {
  const { heard, expected } = await greetings();
  expect(heard).toEqual(expected);
  expect(await mappings()).toBe(most);
  expect(await carriedByKernel()).toHaveLength(most);
});

test('it is told once that the table is nearly full, and once that it is full', async () => {
  expect(await toldOf('left')).toEqual([
    `is nearly full, 13 of ${most}`,
    `is full: the engine carries what is not in it, ${most} of ${most}`,
  ]);
  // It has 24 guests of its own, which take no place of a mapping's, and talks to one.
  expect(await toldOf('right')).toEqual([]);
});

test('an agent that starts again comes to the same', async () => {
  await lab.restartAgent('left', 'SIGKILL');
  const { heard, expected } = await greetings();
  expect(heard).toEqual(expected);
  expect(await carriedByKernel()).toHaveLength(most);
});

test('places that become free are taken by those who had none', async () => {
  const inTable = await carriedByKernel();
  const leaving = numbers
    .filter((number) => addressesOf(number).some((address) => inTable.includes(address)))
    .slice(0, 4);
  await remove((number) => leaving.includes(number));
  expect(await mappings()).toBe(most);
  const now = await carriedByKernel();
  expect(now).toHaveLength(most);
  expect(now.filter((address) => !inTable.includes(address)).length).toBeGreaterThan(0);
  const { heard, expected } = await greetings();
  expect(heard).toEqual(expected);
});

test('a table with room carries everybody, also who comes later, and says so again when it fills again', async () => {
  await remove((number) => number > 18);
  await remove((number) => numbers.indexOf(number) >= 5);
  expect((await carriedByKernel()).toSorted()).toEqual(numbers.flatMap((number) => addressesOf(number)).toSorted());
  const { length } = await toldOf('left');
  for (const number of [51, 52, 53, 54]) await lab.api.createGuest(far(number));
  numbers = [...numbers, 51, 52, 53, 54];
  await running();
  const { heard, expected } = await greetings();
  expect(heard).toEqual(expected);
  expect(await carriedByKernel()).toHaveLength(most);
  expect(await toldOf('left')).toHaveLength(length + 2);
});

test('nobody has dropped anything', async () => {
  for (const host of ['left', 'right']) {
    const { drops } = await lab.agentStatus(host);
    expect(Object.entries(drops).filter(([, count]) => count !== 0)).toEqual([]);
  }
});
