/**
 * Guests on hosts without an agent, the kernel's vxlan and Open vSwitch, and guests of Weft talk as one network: left's
 * by its fast path, right's by its engine.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lab } from '../../lab/index.ts';
import { addForeignSide, type ForeignSide } from './foreign.ts';
import { leftovers, region, transfer, upRegion } from './region.ts';

const name = 'weft-x1';
const sizes = [1, 500, 1372, 1500, 9000, 65_507, 1_000_000];
let lab: Lab;

const sides: readonly ForeignSide[] = [
  ['kernel', 'vxlan', 21],
  ['openvswitch', 'vxlan', 22],
  ['openvswitch', 'geneve', 23],
].map(([kind, framework, number]) => ({
  kind: kind as ForeignSide['kind'],
  framework: framework as ForeignSide['framework'],
  host: `f${number}`,
  address: `198.18.1.${number}`,
  guest: `red-${number}`,
  overlay: [`10.0.0.${number}`, `fd00:10::${number}`],
  mac: `52:54:00:00:00:${number}`,
}));

beforeAll(async () => {
  const file = region(name, { hosts: { right: { fastPath: 'off' } } });
  const foreign = { vxlan: 'on', geneve: 'on' } as const;
  lab = await upRegion({ ...file, hosts: file.hosts.map((host) => ({ ...host, foreign })) });
});
afterAll(async () => {
  await lab?.down();
  expect(leftovers(name)).toEqual([]);
});

const whole = (greeting: string) => ({ greeting, failures: [], compared: sizes.length * 2 - 1 });

describe.each(sides)('$kind, $framework', (side) => {
  let end: () => Promise<void> = async () => {};
  beforeAll(async () => {
    end = await addForeignSide(lab, side, 'red');
  });
  afterAll(async () => {
    await end();
    await lab.api.deleteGuest(side.guest);
    await lab.api.deleteHost(side.host);
  });

  // It speaks first: nobody of Weft has asked for it yet, and it has to ask for Ethernet addresses itself.
  test.each([
    ['10.0.0.5', 'red-left'],
    ['fd00:10::6', 'red-right'],
    ['fd00:10::5', 'red-left'],
    ['10.0.0.6', 'red-right'],
  ])('its guest sends to %s and gets the same back', async (address, greeting) => {
    expect(await transfer(lab, side.guest, address, sizes)).toEqual(whole(greeting));
  });

  test.each(['red-left', 'red-right'])('%s sends to its guest and gets the same back', async (from) => {
    for (const address of side.overlay) {
      expect(await transfer(lab, from, address, sizes)).toEqual(whole(side.guest));
    }
  });

  test('its guest has learnt derived Ethernet addresses and reaches no other tenant', async () => {
    const { stdout } = await lab.exec(side.guest, ['ip', '-4', 'neigh', 'show', '10.0.0.5']);
    expect(stdout).toContain('lladdr 02:04:0a:00:00:05');
    const { drops } = await lab.agentStatus('left');
    const counted = Object.entries(drops).filter(([, count]) => count > 0);
    // What foreign kernels send to groups, and what they sent before this host knew of them.
    const quiet = ['unknown-protocol', 'no-guest', 'not-unicast', 'unknown-peer'];
    expect(counted.filter(([reason]) => !quiet.includes(reason))).toEqual([]);
  });
});

test.each(['vxlan', 'geneve'])('two hosts of Weft that a policy tells to speak %s do so', async (framework) => {
  await lab.api.putPolicy({ name: 'foreign', effect: 'pin', capabilities: [framework] });
  // Without traffic there is no session that could change.
  expect(await transfer(lab, 'red-left', '10.0.0.6', [1])).toMatchObject({ failures: [] });
  await lab.waitUntil(framework, async () => {
    const ways = [
      ['left', 'right'],
      ['right', 'left'],
    ] as const;
    const sends = await Promise.all(
      ways.map(async ([from, to]) => (await lab.agentStatus(from)).peers.find(({ host }) => host === to)?.send),
    );
    return sends.every((send) => send === framework);
  });
  for (const address of ['10.0.0.6', 'fd00:10::6']) {
    expect(await transfer(lab, 'red-left', address, sizes)).toEqual(whole('red-right'));
  }
});
