/** Processes that die while packets flow: the data plane stays, what was there is found again, nothing leaks. */
import { statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lab } from '../../lab/index.ts';
import { leftovers, probe, region, stream, transfer, upRegion, withoutFastPath } from './region.ts';

const name = 'weft-f1';
let lab: Lab;

// Without encryption: what it takes to open packets is in memory only (`keys.test.ts`). By engines alone, whose TUN
// devices have to be found again: fastpath-faults.test.ts is about what the kernel carries.
beforeAll(async () => {
  lab = await upRegion(region(name, { hosts: withoutFastPath, formats: { left: ['gni 1.0', 'gni 1.1'] } }));
  expect(await transfer(lab, 'red-left', '10.0.0.6', [1000])).toMatchObject({ failures: [] });
});
afterAll(async () => {
  await lab?.down();
  expect(leftovers(name)).toEqual([]);
});

/** Inode of a guest's namespace and the program that runs in it: the same before and after, or it was rebuilt. */
async function identity(guest: string): Promise<unknown> {
  const { stdout } = await lab.exec(guest, ['ip', '-j', 'link', 'show', 'dev', 'weft0']);
  const [link] = JSON.parse(stdout) as { ifindex: number }[];
  const { command } =
    (await lab.agentStatus(guest.endsWith('right') ? 'right' : 'left')).guests.find((one) => one.name === guest) ?? {};
  return { inode: statSync(`/run/netns/${lab.namespaceOf(guest)}`).ino, ifindex: link?.ifindex, pid: command?.pid };
}

async function connected(host: string): Promise<void> {
  await lab.waitUntil(
    `${host} is connected`,
    async () => (await lab.agentStatus(host)).session.state === 'connected',
    20_000,
  );
}

test('kill -9 of the controller costs existing flows nothing', async () => {
  const running = probe(lab, 'red-left', '10.0.0.6', 500, 5);
  const streaming = stream(lab, 'red-left', 'fd00:10::6', 5);
  await pause(1000);
  await lab.kill('controller', 'SIGKILL');
  const [datagrams, bytes] = await Promise.all([running, streaming]);
  expect(datagrams).toMatchObject({ sent: 2500, received: 2500, lost: 0, duplicated: 0, corrupted: 0 });
  expect(bytes).toMatchObject({ same: true });
  expect(bytes.receivedBytes).toBeGreaterThan(1_000_000);
});

test('a cached mapping keeps resolving while the controller is dead, and everything returns with it', async () => {
  expect((await lab.agentStatus('left')).session.state).not.toBe('connected');
  expect(await transfer(lab, 'red-left', '10.0.0.6', [50_000])).toMatchObject({ greeting: 'red-right', failures: [] });
  await lab.startController();
  await Promise.all(['left', 'right', 'spare'].map(connected));
  const guests = await lab.api.guests();
  expect(guests.map((guest) => guest.phase)).toEqual(Array(5).fill('running'));
  expect(await transfer(lab, 'blue-left', '10.0.0.6', [50_000])).toMatchObject({
    greeting: 'blue-right',
    failures: [],
  });
});

test('kill -9 of an agent: a restart finds the guests, a TCP stream lives on', async () => {
  const before = await identity('red-right');
  const streaming = stream(lab, 'red-left', '10.0.0.6', 8);
  await pause(1500);
  await lab.restartAgent('right', 'SIGKILL');
  const bytes = await streaming;
  expect(bytes).toMatchObject({ same: true });
  expect(bytes.receivedBytes).toBe(bytes.sentBytes);
  expect(await identity('red-right')).toEqual(before);
});

test('kill -9 of controller and agents: agents restore the data plane without a controller', async () => {
  await Promise.all(['controller', 'left', 'right'].map((process) => lab.kill(process, 'SIGKILL')));
  await lab.startAgent('left');
  await lab.startAgent('right');
  expect((await lab.agentStatus('left')).session.state).not.toBe('connected');
  expect(await transfer(lab, 'red-left', '10.0.0.6', [1, 65_507, 200_000])).toMatchObject({
    greeting: 'red-right',
    failures: [],
  });
  await lab.startController();
  await Promise.all(['left', 'right', 'spare'].map(connected));
  expect((await lab.api.guests()).every((guest) => guest.phase === 'running')).toBe(true);
});

test('an agent stopped in order keeps its guests as well', async () => {
  const before = await identity('red-left');
  await lab.restartAgent('left', 'SIGTERM');
  await connected('left');
  expect(await identity('red-left')).toEqual(before);
  expect(await transfer(lab, 'red-right', '10.0.0.5', [100_000])).toMatchObject({ greeting: 'red-left', failures: [] });
});

test('a guest deleted while its agent is dead is gone when the agent is back', async () => {
  await lab.api.createGuest({ name: 'red-brief', vpc: 'red', host: 'spare', addresses: ['10.0.0.60'] });
  await lab.waitUntil('red-brief runs', async () => (await lab.api.guest('red-brief')).phase === 'running');
  await lab.kill('spare', 'SIGKILL');
  await lab.api.deleteGuest('red-brief');
  await lab.startAgent('spare');
  await lab.waitUntil('the namespace is gone', async () => !leftovers(name).some((line) => line.includes('red-brief')));
});
