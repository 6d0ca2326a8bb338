/**
 * What is told of a host to those who watch it: metrics, readiness, flow records, and counters that go on over restarts.
 *
 *   left ── switch ── right     tun-left 10.0.0.5 (engine)      tun-right 10.0.0.6
 *                               veth-left 10.0.0.7 (fast path)  veth-right 10.0.0.8
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { send } from '../../cli/http.ts';
import { type Lab, upLab } from '../../lab/index.ts';
import { readExposition } from '../../wire/metrics/test-reader.ts';
import { Pinging } from './pinging.ts';
import { leftovers } from './region.ts';

const name = 'weft-wa';
let lab: Lab;

beforeAll(async () => {
  const of = (kind: 'tun' | 'veth', host: string, number: number) => ({
    name: `${kind}-${host}`,
    cloud: 'red',
    host,
    port: kind,
    addresses: [`10.0.0.${number}`],
  });
  lab = await upLab({
    name,
    hosts: [{ name: 'left' }, { name: 'right' }],
    clouds: [{ name: 'red', prefixes: ['10.0.0.0/24'] }],
    guests: [of('tun', 'left', 5), of('tun', 'right', 6), of('veth', 'left', 7), of('veth', 'right', 8)],
  });
  await lab.api.putPolicy({ name: 'format', effect: 'pin', capabilities: ['gni 1.0'] });
  await lab.waitUntil('gni 1.0 is sent', async () => {
    await ping('tun-left', '10.0.0.6', 1);
    const { directions } = await lab.api.explain('left', 'right');
    return directions.every(({ sending, standing }) => sending?.startsWith('gni 1.0') && standing === 'in-force');
  });
});
afterAll(async () => {
  await lab?.down();
  expect(leftovers(name)).toEqual([]);
});

async function ping(from: string, to: string, count: number): Promise<void> {
  await lab.exec(from, ['ping', '-q', '-c', String(count), '-i', '0.005', '-W', '1', to]);
}

async function counted(guest: string): Promise<{ readonly sent: number; readonly dropped: number }> {
  const { guests } = await lab.agentStatus('left');
  const found = guests.find((each) => each.name === guest);
  return { sent: found?.out.packets ?? 0, dropped: found?.drops ?? 0 };
}

/** What the guest's kernel has given to the engine, since the device is there. */
async function given(guest: string): Promise<number> {
  const { stdout } = await lab.exec(guest, ['ip', '-j', '-s', 'link', 'show', 'weft0']);
  const [device] = JSON.parse(stdout) as [{ readonly stats64: { readonly tx: { readonly packets: number } } }];
  return device.stats64.tx.packets;
}

async function restart(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
  await lab.restartAgent('left', signal);
  await lab.waitUntil('the agent is ready', async () => (await ask('/readyz')).status === 200);
}

async function ask(path: string): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await send(lab.host('left').statusSocket, { method: 'GET', path });
  if (!answer.ok) throw new Error(answer.message);
  return answer;
}

test('every packet of a tun guest is counted once, while its agent is stopped and started under traffic', async () => {
  const pinging = Pinging.start(lab, 'tun-left', '10.0.0.6');
  for (const _ of [1, 2]) {
    const before = (await counted('tun-left')).sent;
    await lab.waitUntil('packets leave', async () => (await counted('tun-left')).sent > before + 50);
    await restart();
  }
  await pinging.end();
  const { sent, dropped } = await counted('tun-left');
  expect(sent).toBeGreaterThan(100);
  expect(sent + dropped).toBe(await given('tun-left'));
});

test('both executors’ counts are exact over the death of the agent, and of the next one', async () => {
  await ping('veth-left', '10.0.0.8', 5);
  await restart();
  for (const _ of [1, 2]) {
    await ping('veth-left', '10.0.0.8', 50);
    await ping('tun-left', '10.0.0.6', 20);
    const before = { veth: await counted('veth-left'), tun: await counted('tun-left') };
    expect(before.tun.sent + before.tun.dropped).toBe(await given('tun-left'));
    await restart('SIGKILL');
    expect({ veth: await counted('veth-left'), tun: await counted('tun-left') }).toEqual(before);
  }
});

test('metrics say the same as the status, and an agent without a controller is ready', async () => {
  const { samples } = readExposition((await ask('/metrics')).text);
  const { sent } = await counted('veth-left');
  expect(samples.get('weft_guest_packets_total{guest="veth-left",direction="out"}')).toBe(sent);
  expect(samples.get('weft_agent_ports{kind="veth",executor="tc"}')).toBe(1);
  expect(samples.get('weft_agent_ports{kind="tun",executor="engine"}')).toBe(1);
  await lab.stopController();
  await lab.waitUntil('the agent is alone', async () => (await ask('/readyz')).text.includes('without a controller'));
  expect((await ask('/readyz')).status).toBe(200);
  await lab.startController();
});

test('sampled packets of both executors are in the file', async () => {
  const folder = dirname(lab.host('left').statusSocket);
  const file = join(folder, 'flows.jsonl');
  appendFileSync(join(folder, 'agent.yaml'), `\nflows: { file: ${file}, sampling: 1 }\n`);
  await restart();
  await lab.waitUntil('both kinds of packets are written', async () => {
    await ping('tun-left', '10.0.0.6', 2);
    await ping('veth-left', '10.0.0.8', 2);
    const records = readFileSync(file, { encoding: 'utf8', flag: 'a+' })
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const wanted = [
      { guest: 'tun-left', executor: 'engine', direction: 'out', peer: 'right', octetDeltaCount: 84 },
      { guest: 'tun-left', executor: 'engine', direction: 'in', peer: 'right', sourceIPv4Address: '10.0.0.6' },
      { guest: 'veth-left', executor: 'tc', direction: 'out', peer: 'right', protocolIdentifier: 1 },
      { guest: 'veth-left', executor: 'tc', direction: 'in', peer: 'right', gni: 1 },
    ];
    return wanted.every((each) =>
      records.some((record) => Object.entries(each).every(([key, value]) => record[key] === value)),
    );
  });
});
