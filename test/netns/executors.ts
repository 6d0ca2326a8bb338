/**
 * Who carried packets, shown without asking anybody who forwards them: an agent that stands still carries nothing by
 * its engine, and the kernel counts every packet that it leaves to it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Lab } from '../../lab/index.ts';
import { withKeys } from '../../wire/encapsulation.ts';
import { transfer } from './region.ts';

export type HandedOver = Readonly<Record<string, number>>;

export async function handedOver(lab: Lab, host: string): Promise<HandedOver> {
  const { fastPath } = await lab.agentStatus(host);
  if (fastPath === undefined) throw new Error(`${host} has no fast path`);
  return fastPath.handedOver;
}

/** Packets that the fast path left to each host's engine meanwhile, by reason; those with a count. */
export async function handedOverDuring(
  lab: Lab,
  hosts: readonly string[],
  during: () => Promise<unknown>,
): Promise<HandedOver[]> {
  const before = await Promise.all(hosts.map((host) => handedOver(lab, host)));
  await during();
  const after = await Promise.all(hosts.map((host) => handedOver(lab, host)));
  return after.map((counts, at) => {
    const fresh = Object.entries(counts).map(([reason, count]) => [reason, count - (before[at]?.[reason] ?? 0)]);
    return Object.fromEntries(fresh.filter(([, count]) => count !== 0));
  });
}

/** All threads of these hosts' agents stand still while `during` runs. */
export async function withoutAgents<T>(lab: Lab, hosts: readonly string[], during: () => Promise<T>): Promise<T> {
  try {
    for (const host of hosts) await lab.kill(host, 'SIGSTOP');
    // A signal takes its time on a busy machine.
    await lab.waitUntil('the agents stand still', async () => hosts.every((host) => standsStill(lab, host)));
    return await during();
  } finally {
    for (const host of hosts) await lab.kill(host, 'SIGCONT');
  }
}

function standsStill(lab: Lab, host: string): boolean {
  const tasks = `/proc/${lab.process(host)?.pid}/task`;
  // "PID (NAME) STATE …": T is stopped.
  return readdirSync(tasks).every((task) => /\) T /.test(readFileSync(`${tasks}/${task}/stat`, 'utf8')));
}

/** Hosts left and right, whose guests have talked, send this in both directions and accept nothing else any more. */
export async function chooseFormat(lab: Lab, text: string): Promise<void> {
  await lab.api.putPolicy({ name: 'format', effect: 'pin', capabilities: text.split(' +') });
  await lab.waitUntil(`${text} in both directions`, async () => {
    const states = await Promise.all(['left', 'right'].map((host) => lab.agentStatus(host)));
    const peers = states.flatMap((one) => one.peers);
    const isIt = (found: string) => withKeys(found, undefined) === text;
    return peers.length === 2 && peers.every(({ send, accept }) => [send ?? '', ...accept].every(isIt));
  });
}

/** Everybody's first packet: mappings and sessions are there afterwards. */
export async function introduce(
  lab: Lab,
  ways: readonly (readonly [from: string, addresses: string])[],
): Promise<void> {
  for (const [from, addresses] of ways) {
    const { failures } = await transfer(lab, from, addresses, [1]);
    if (failures.length > 0) throw new Error(failures.join('; '));
  }
}
