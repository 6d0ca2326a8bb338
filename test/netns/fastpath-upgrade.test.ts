/**
 * Agents are replaced by those of a build whose tables have another layout, and back, while packets flow: killed or
 * stopped, the programs that are there forward by their tables until those of the next process take over.
 *
 *   left ── switch ── right      red-left 10.0.0.5   red-right 10.0.0.6; plain, so that the kernel carries all of it;
 *                                left receives at tc, right by XDP
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLabProcess } from '../../lab/build.ts';
import type { Lab } from '../../lab/index.ts';
import { buildOtherLayout, otherLayout, ownLayout } from './other-layout.ts';
import { Pinging } from './pinging.ts';
import { leftovers, region, transfer, upRegion } from './region.ts';

const name = 'weft-fu';
const folder = mkdtempSync(join(tmpdir(), 'weft-layout-'));
let lab: Lab;

beforeAll(async () => {
  // One after the other: a machine that compiles is slow to put a region up.
  await buildOtherLayout(folder);
  lab = await upRegion(region(name, { formats: { left: ['gni 1.0'] }, hosts: { right: { fastPath: 'xdp' } } }));
  expect(await transfer(lab, 'red-left', '10.0.0.6,fd00:10::6', [1000])).toMatchObject({ failures: [] });
}, 240_000);
afterAll(async () => {
  await lab?.down();
  rmSync(folder, { recursive: true });
  expect(leftovers(name)).toEqual([]);
});

type HostName = 'left' | 'right';
interface Build {
  readonly layout: number;
  readonly checkout?: string;
}
const own: Build = { layout: ownLayout };
const other: Build = { layout: otherLayout, checkout: folder };

/** Layouts whose tables are pinned. */
function pinned(host: HostName): string[] {
  const config = lab.record.layout.processes.find((process) => process.name === host)?.config ?? '';
  return readdirSync(join(dirname(config), 'bpf')).filter((entry) => !entry.includes('.'));
}

/** Waits until packets go by the tables of the new process alone. */
async function replaceBy(build: Build, host: HostName, signal: 'SIGKILL' | 'SIGTERM'): Promise<string | undefined> {
  await lab.stopAgent(host, signal);
  await lab.startAgent(host, build.checkout);
  await lab.waitUntil(`${host} goes by tables of layout ${build.layout}`, async () =>
    pinned(host).every((layout) => layout === String(build.layout)),
  );
  await lab.waitUntil(`${host} is connected`, async () => (await lab.agentStatus(host)).session.state === 'connected');
  return (await lab.agentStatus(host)).fastPath?.former;
}

const steps: readonly (readonly [to: Build, from: Build, host: HostName, signal: 'SIGKILL' | 'SIGTERM'])[] = [
  [other, own, 'left', 'SIGKILL'],
  [other, own, 'right', 'SIGTERM'],
  [own, other, 'left', 'SIGTERM'],
  [own, other, 'right', 'SIGKILL'],
];

test('another layout of tables takes over, and gives back, without a lost packet', async () => {
  const pings = [Pinging.start(lab, 'red-left', '10.0.0.6'), Pinging.start(lab, 'red-right', 'fd00:10::5')];
  for (const [to, from, host, signal] of steps) {
    const of = `tables of layout ${from.layout}, which this build \\(layout ${to.layout}\\) does not read`;
    expect(await replaceBy(to, host, signal)).toMatch(new RegExp(of));
  }
  for (const pinging of pings) {
    const { answered, missing, doubled } = await pinging.end();
    console.log(`${answered} answered, ${missing.length} lost, ${doubled} doubled`);
    expect({ missing, doubled }).toEqual({ missing: [], doubled: 0 });
    expect(answered).toBeGreaterThan(500);
  }
});

test('whenever a process of another layout is killed as it starts, no packet is lost', async () => {
  const pinging = Pinging.start(lab, 'red-left', '10.0.0.6');
  const reached: string[] = [];
  for (const host of ['left', 'right'] as const) {
    for (const ms of [0, 300, 600, 700, 800, 1000, 1300]) {
      await lab.stopAgent(host, 'SIGKILL');
      startLabProcess(lab.record, host, folder);
      await pause(ms);
      reached.push(`${host} after ${ms} ms: ${pinned(host).join(' and ')}`);
    }
    await replaceBy(own, host, 'SIGKILL');
  }
  const { answered, missing, doubled } = await pinging.end();
  console.log(reached.join('\n'), `\n${answered} answered`);
  expect({ missing, doubled }).toEqual({ missing: [], doubled: 0 });
});
