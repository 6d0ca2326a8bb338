/** Keys change under running traffic: on an operator's word nothing is lost, and agents that die find theirs again. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lab } from '../../lab/index.ts';
import { leftovers, probe, region, transfer, upRegion } from './region.ts';

const name = 'weft-k1';
let lab: Lab;

beforeAll(async () => {
  lab = await upRegion(region(name));
  expect(await transfer(lab, 'red-left', '10.0.0.6', [1000])).toMatchObject({ failures: [] });
});
afterAll(async () => {
  await lab?.down();
  expect(leftovers(name)).toEqual([]);
});

const sends = async (from: string, to: string) =>
  (await lab.agentStatus(from)).peers.find(({ host }) => host === to)?.send ?? 'nothing';

const newestEpoch = async (host: string) => (await lab.api.host(host)).keyEpochs?.[0] ?? 0;

/** Both directions use the newest keys of both ends. */
async function settled(): Promise<void> {
  await lab.waitUntil('the newest keys in both directions', async () => {
    const [left, right] = [await newestEpoch('left'), await newestEpoch('right')];
    const wanted = [`gni 3.0 +aes-256-gcm #${left}.${right}`, `gni 3.0 +aes-256-gcm #${right}.${left}`];
    return [await sends('left', 'right'), await sends('right', 'left')].join() === wanted.join();
  });
}

test('new keys of either end, one after the other, cost a stream of datagrams nothing', async () => {
  await settled();
  const first = await newestEpoch('left');
  const probing = probe(lab, 'red-left', '10.0.0.6', 500, 5);
  for (const host of ['left', 'right', 'left', 'left']) {
    await lab.api.rotateKeys(host);
    await pause(800);
  }
  expect(await probing).toMatchObject({ sent: 2500, received: 2500, lost: 0, duplicated: 0, corrupted: 0 });
  expect(await newestEpoch('left')).toBeGreaterThanOrEqual(first + 3);
  await settled();
});

test.each(['left', 'right'])(
  'an agent that dies on %s costs what comes while none runs, and nothing more',
  async (host) => {
    await settled();
    const before = await newestEpoch(host);
    const perSecond = 500;
    const probing = probe(lab, 'red-left', '10.0.0.6', perSecond, 6);
    await pause(1500);
    const killedMs = performance.now();
    await lab.kill(host, 'SIGKILL');
    await lab.startAgent(host);
    await lab.waitUntil('guests have their ports', async () =>
      (await lab.agentStatus(host)).guests.every(({ phase }) => phase === 'running'),
    );
    const goneMs = Math.round(performance.now() - killedMs);
    const { lost, ...rest } = await probing;
    console.log(`${host}: ${lost} of ${rest.sent} datagrams lost, no ports for at most ${goneMs} ms`);
    expect(rest).toMatchObject({ sent: 6 * perSecond, duplicated: 0, corrupted: 0 });
    expect((lost * 1000) / perSecond).toBeLessThan(goneMs + 100);
    await lab.waitUntil('a new key', async () => (await newestEpoch(host)) > before);
    await settled();
    expect(await probe(lab, 'red-left', '10.0.0.6', 200, 1)).toMatchObject({ sent: 200, received: 200, lost: 0 });
  },
);

test('agents that die without a controller go on with the keys that they had', async () => {
  await settled();
  const used = await sends('left', 'right');
  await Promise.all(['controller', 'left', 'right'].map((process) => lab.kill(process, 'SIGKILL')));
  await lab.startAgent('left');
  await lab.startAgent('right');
  expect(await sends('left', 'right')).toBe(used);
  expect(await probe(lab, 'red-left', '10.0.0.6', 200, 1)).toMatchObject({ sent: 200, received: 200, lost: 0 });
  await lab.startController();
  await lab.waitUntil('both agents', async () => (await lab.api.hosts()).every(({ connected }) => connected));
  await settled();
  expect(await sends('left', 'right')).not.toBe(used);
  expect(await probe(lab, 'red-left', '10.0.0.6', 200, 1)).toMatchObject({ sent: 200, received: 200, lost: 0 });
});
