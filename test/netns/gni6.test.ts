/** gni6: guests of two hosts whose packets have no header of Weft's, only outer addresses that say who they are. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lab } from '../../lab/index.ts';
import { withKeys } from '../../wire/encapsulation.ts';
import { capture, drops, leftovers, probe, region, transfer, upRegion } from './region.ts';

const name = 'weft-g6';
const sizes = [1, 1400, 60_000, 3_000_000];
let lab: Lab;

beforeAll(async () => {
  const gni6 = { gni6: true };
  lab = await upRegion(region(name, { families: ['ipv4', 'ipv6'], hosts: { left: gni6, right: gni6 } }));
  expect(await transfer(lab, 'red-left', '10.0.0.6', [1000])).toMatchObject({ failures: [] });
});
afterAll(async () => {
  await lab?.down();
  expect(leftovers(name)).toEqual([]);
});

async function sending(): Promise<string[]> {
  const ways = [
    ['left', 'right'],
    ['right', 'left'],
  ] as const;
  const found = ways.map(async ([host, peer]) => {
    const { peers } = await lab.agentStatus(host);
    return withKeys(peers.find((each) => each.host === peer)?.send ?? 'nothing', undefined);
  });
  return Promise.all(found);
}

async function change(format: string): Promise<void> {
  await lab.api.putPolicy({ name: 'format', effect: 'require', capabilities: [format] });
  await lab.waitUntil(
    `${format} is sent`,
    async () => (await sending()).every((text) => text.startsWith(format)),
    20_000,
  );
}

/** As a group of an IPv6 address. */
async function redGni(): Promise<string> {
  const gni = (await lab.api.vpcs()).find((vpc) => vpc.name === 'red')?.gni ?? 0;
  return gni.toString(16);
}

async function succeeds(where: string, script: string): Promise<void> {
  const { code, stderr } = await lab.exec(where, ['sh', '-c', script]);
  if (code !== 0) throw new Error(`${script} on ${where}: ${stderr}`);
}

test('carries what guests send, with outer addresses that name hosts, network and guests, and without UDP', async () => {
  await change('gni6');
  const group = await redGni();
  const during = async () => {
    expect(await transfer(lab, 'red-left', '10.0.0.6', sizes)).toMatchObject({ failures: [] });
    expect(await probe(lab, 'red-right', '10.0.0.5', 200, 1)).toMatchObject({ sent: 200, received: 200, corrupted: 0 });
  };
  await capture(lab, { name: 'left', interface: 'eth0', filter: 'ip6 or udp port 6741' }, during, (captured) => {
    const outer = captured.fields(
      ['ipv6.src', 'ipv6.dst'],
      'ipv6.nxt == 4 && ip.src == 10.0.0.5 && ip.dst == 10.0.0.6',
    );
    expect(new Set(outer.map((addresses) => addresses.join(' ')))).toEqual(
      new Set([`fd06:198:18:1:0:${group}:a00:5 fd06:198:18:2:0:${group}:a00:6`]),
    );
    expect(outer.length).toBeGreaterThan(1000);
    expect(captured.fields(['frame.number'], 'udp.port == 6741')).toEqual([]);
  });
});

test('does not carry IPv6 of guests, and says so', async () => {
  await change('gni6');
  const before = await drops(lab, 'left', 'not-carried');
  await lab.exec('red-left', ['ping', '-c', '1', '-W', '1', 'fd00:10::6']);
  expect(await drops(lab, 'left', 'not-carried')).toBeGreaterThan(before);
});

test.each([
  [
    'another guest as its source than the inner packet',
    'saddr',
    (gni: string) => `fd06:198:18:2:0:${gni}:a00:9`,
    'bad-header',
  ],
  ['another guest as its destination', 'daddr', (gni: string) => `fd06:198:18:1:0:${gni}:a00:7`, 'bad-header'],
  ['another network as its source', 'saddr', () => 'fd06:198:18:2:0:f1f1:a00:6', 'gni-mismatch'],
  ['the prefix of a host that there is not', 'saddr', (gni: string) => `fd06:198:18:9:0:${gni}:a00:6`, 'unknown-peer'],
] as const)('refuses a packet whose outer address says %s', async (_what, field, forged, reason) => {
  await change('gni6');
  const rule = `ip6 nexthdr 4 ip6 ${field} set ${forged(await redGni())}`;
  const before = await drops(lab, 'left', reason);
  await succeeds('right', `nft 'table ip6 forge { chain out { type filter hook output priority 0; ${rule}; }; }'`);
  try {
    const { code } = await lab.exec('red-right', ['ping', '-c', '1', '-W', '1', '10.0.0.5']);
    expect(code).toBe(1);
    expect(await drops(lab, 'left', reason)).toBe(before + 1);
  } finally {
    await succeeds('right', 'nft delete table ip6 forge');
  }
  await succeeds('red-right', 'ping -c 1 -W 1 10.0.0.5');
});

test('a change from encrypted packets to gni6 and back costs a stream of datagrams nothing', async () => {
  await change('gni 3.0');
  const probing = probe(lab, 'red-left', '10.0.0.6', 500, 5);
  await pause(500);
  for (const format of ['gni6', 'gni 3.0', 'gni6', 'gni 3.0']) {
    await change(format);
    await pause(300);
  }
  expect(await probing).toMatchObject({ sent: 2500, received: 2500, lost: 0, duplicated: 0, corrupted: 0 });
});
