/**
 * Content between guests of every kind of port, in every format that the fast path carries and one that it leaves to
 * the engine: whole, and by the executor that it should be. The proof of the fast path is that everything goes on while
 * the agents stand still; that of the engine, that nothing does.
 *
 *   left ─── right     veth-left .5  tun-left .7  veth-near .9  machine .10 (tap)     veth-right .6  tun-right .8
 *                      blue-left .5  blue-right .6 (the same addresses in another cloud); all also fd00:10::N
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, type LabFile, upLab } from '../../lab/index.ts';
import { chooseFormat, handedOverDuring, introduce, withoutAgents } from './executors.ts';
import { startMachine } from './machine.ts';
import { echoReady, guest, leftovers, transfer } from './region.ts';

/** As datagrams none is longer than the path, in every format and over both families. */
const whole = [1, 2, 63, 500, 1200, 1368, 100_000, 1_000_000];
/** Of these, UDP makes fragments, which are the engine's. */
const long = [1397, 1400, 1401, 1428, 1429, 1472, 1473, 4096, 9000, 32_768, 65_507];
/** Features of a device, in ethtool's words. */
const cutting = ['tso', 'gso', 'tx-udp_tnl-segmentation', 'tx-udp-segmentation'] as const;
const both = (number: number) => `10.0.0.${number},fd00:10::${number}`;

/** TCP of every size, UDP of those that fit a datagram, over both families. */
function arrived(greeting: string, sizes: readonly number[]) {
  const datagrams = sizes.filter((size) => size <= 65_507).length;
  return { greeting, failures: [], compared: 2 * (sizes.length + datagrams) };
}

function labFile(name: string, family: 'ipv4' | 'ipv6', fastPath: 'tc' | 'xdp'): LabFile {
  const on = (port: 'veth' | 'tun', host: string, number: number) => ({
    ...guest(`${port}-${host}`, 'red', host, number),
    port,
  });
  const prefixes = ['10.0.0.0/24', 'fd00:10::/64'];
  const foreign = family === 'ipv4' ? { foreign: { vxlan: 'on', geneve: 'on' } as const } : {};
  return {
    name,
    substrate: { families: [family] },
    hosts: [
      { name: 'left', fastPath, ...foreign },
      { name: 'right', fastPath, ...foreign },
    ],
    clouds: [
      { name: 'red', prefixes },
      { name: 'blue', prefixes },
    ],
    guests: [
      on('veth', 'left', 5),
      on('veth', 'right', 6),
      on('tun', 'left', 7),
      on('tun', 'right', 8),
      { ...guest('veth-near', 'red', 'left', 9), port: 'veth' },
      { name: 'machine', cloud: 'red', host: 'left', port: 'tap', addresses: ['10.0.0.10', 'fd00:10::10'] },
      guest('blue-left', 'blue', 'left', 5),
      guest('blue-right', 'blue', 'right', 6),
    ],
  };
}

describe.each([
  ['weft-ft4', 'ipv4', 'tc', ['gni 1.0', 'vxlan', 'geneve']],
  ['weft-ft6', 'ipv6', 'tc', ['gni 2.0']],
  ['weft-ftx', 'ipv4', 'xdp', ['gni 1.0']],
] as const)('%s: over a substrate of %s, received by %s', (name, family, mode, formats) => {
  let lab: Lab;
  beforeAll(async () => {
    const file = labFile(name, family, mode);
    lab = await upLab(file);
    await startMachine(lab, 'left', 'machine');
    await Promise.all((file.guests ?? []).map((each) => echoReady(lab, each.name)));
    await introduce(lab, [
      ['veth-left', [6, 7, 8, 9, 10].map(both).join()],
      ['veth-right', [5, 7, 10].map(both).join()],
      ['tun-left', [6, 8].map(both).join()],
      ['machine', [6, 9].map(both).join()],
      ['blue-left', both(6)],
    ]);
  });
  afterAll(async () => {
    await lab?.down();
    expect(leftovers(name)).toEqual([]);
  });

  const counted = (during: () => Promise<unknown>) => handedOverDuring(lab, ['left', 'right'], during);

  describe.each(formats)('%s', (format) => {
    beforeAll(async () => {
      await chooseFormat(lab, format);
    });

    test.each([
      ['veth-left', 6, 'veth-right'],
      ['veth-right', 5, 'veth-left'],
      ['machine', 6, 'veth-right'],
      ['veth-right', 10, 'machine'],
      ['veth-left', 9, 'veth-near'],
      ['machine', 9, 'veth-near'],
    ])('the kernel alone carries what %s sends to .%i', async (from, to, greeting) => {
      const during = async () =>
        expect(await withoutAgents(lab, ['left', 'right'], () => transfer(lab, from, both(to), whole))).toEqual(
          arrived(greeting, whole),
        );
      expect(await counted(during)).toEqual([{}, {}]);
    });

    test.each(['10.0.0.6', 'fd00:10::6', '10.0.0.9', 'fd00:10::9'])('ping %s loses nothing', async (address) => {
      const argv = ['ping', '-c', '20', '-i', '0.002', '-s', '1300', '-w', '5', address];
      const pings = await withoutAgents(lab, ['left', 'right'], () =>
        Promise.all(['veth-left', 'machine'].map((from) => lab.exec(from, argv))),
      );
      expect(pings.map(({ stdout }) => /(\d+)% packet loss/.exec(stdout)?.[1])).toEqual(['0', '0']);
    });

    // What the engine sends is odd to the fast path of the other side when it is a fragment, or joined under one UDP
    // checksum; a checksum that a tun guest's kernel left open says so by flag P, where the format has one.
    const fromEngine = format.startsWith('gni') ? ['fragment', 'odd', 'partial-checksum'] : ['fragment', 'odd'];
    test.each([
      ['veth-left', 6, 'veth-right', ['fragment', 'odd'], ['fragment', 'odd']],
      ['machine', 6, 'veth-right', ['fragment', 'odd'], ['fragment', 'odd']],
      ['veth-left', 9, 'veth-near', ['fragment'], []],
      ['veth-left', 8, 'tun-right', fromEngine, ['engine-port', 'odd']],
      ['tun-left', 6, 'veth-right', ['engine-port', 'odd'], fromEngine],
      ['veth-left', 7, 'tun-left', ['engine-port', 'fragment'], []],
    ])(
      'of what %s sends to .%i, and gets back, the engines carry what is theirs',
      async (from, to, name, ...reasons) => {
        const sizes = [...whole, ...long];
        const counts = await counted(async () =>
          expect(await transfer(lab, from, both(to), sizes)).toEqual(arrived(name, sizes)),
        );
        expect(counts.map((of) => Object.keys(of).toSorted())).toEqual(reasons);
      },
    );

    test.each([
      ['left', 5],
      ['right', 0],
    ])('between a veth and a tun it is the tun’s side that needs its agent: without %s %i of 5', async (host, all) => {
      const argv = ['ping', '-c', '5', '-i', '0.02', '-W', '0.3', '10.0.0.8'];
      const { stdout } = await withoutAgents(lab, [host], () => lab.exec('veth-left', argv));
      expect(stdout).toContain(` ${all} received`);
    });

    // What a card does not do the kernel does before: cut super-packets behind all headers, add up what is inside.
    test.each([
      ['all', [], 'fewer'],
      ['no cutting', cutting, 'all'],
      ['no checksums either', [...cutting, 'tx', 'sg'], 'all'],
    ] as const)('the substrate’s cards do %s: the kernel alone carries everything, whole', async (_what, off, seen) => {
      const [features, names] = [off.flatMap((feature) => [feature, 'off']), ['left', 'right']];
      if (features.length > 0) await onHosts(['ethtool', '-K', 'eth0', ...features]);
      try {
        const sizes = [...whole, 3_000_000];
        const before = await sentBy('left', 'veth-left');
        const during = () =>
          Promise.all([transfer(lab, 'veth-left', both(6), sizes), transfer(lab, 'veth-right', both(10), whole)]);
        expect(await withoutAgents(lab, names, during)).toEqual([
          arrived('veth-right', sizes),
          arrived('machine', whole),
        ]);
        const after = await sentBy('left', 'veth-left');
        // Of 3 MB in two families, by TCP.
        expect(after.packets - before.packets).toBeGreaterThan(4000);
        const onTheWire = (after.frames - before.frames) / (after.packets - before.packets);
        expect(onTheWire > 0.9 ? 'all' : 'fewer').toBe(seen);
      } finally {
        if (off.length > 0) await onHosts(['ethtool', '-K', 'eth0', ...off.flatMap((feature) => [feature, 'on'])]);
      }
    });

    async function onHosts(argv: readonly string[]): Promise<void> {
      for (const host of ['left', 'right']) expect(await lab.exec(host, argv)).toMatchObject({ code: 0 });
    }

    /** Packets of the guest, and frames that its host sent. */
    async function sentBy(host: string, name: string): Promise<{ packets: number; frames: number }> {
      const found = (await lab.agentStatus(host)).guests.find((each) => each.name === name);
      const { stdout } = await lab.exec(host, ['ip', '-s', '-j', 'link', 'show', 'dev', 'eth0']);
      const [link] = JSON.parse(stdout) as { stats64: { tx: { packets: number } } }[];
      return { packets: found?.out.packets ?? 0, frames: link?.stats64.tx.packets ?? 0 };
    }

    test('the same address is another guest in another cloud', async () => {
      const found = await withoutAgents(lab, ['left', 'right'], () =>
        Promise.all(['veth-left', 'blue-left'].map((from) => transfer(lab, from, both(6), [1300, 500_000]))),
      );
      expect(found.map(({ greeting, failures }) => [greeting, failures])).toEqual([
        ['veth-right', []],
        ['blue-right', []],
      ]);
    });
  });

  describe('gni 3.0 +aes-256-gcm', () => {
    beforeAll(async () => {
      await chooseFormat(lab, 'gni 3.0 +aes-256-gcm');
    });

    test.each([
      ['veth-left', 6, 'veth-right'],
      ['veth-right', 5, 'veth-left'],
      ['machine', 6, 'veth-right'],
      ['veth-right', 10, 'machine'],
    ])('what %s sends to .%i goes through the engines, all of it', async (from, to, name) => {
      const sizes = [...whole, ...long];
      const [left, right] = await counted(async () =>
        expect(await transfer(lab, from, both(to), sizes)).toEqual(arrived(name, sizes)),
      );
      expect([left, right].map((of) => Object.keys(of ?? {}).toSorted())).toEqual(
        Array(2).fill(mode === 'tc' ? ['by-engine', 'fragment', 'odd'] : ['by-engine', 'fragment']),
      );
      const none = await withoutAgents(lab, ['right'], () =>
        lab.exec(from, ['ping', '-c', '2', '-i', '0.02', '-W', '0.3', both(to).split(',')[0] ?? '']),
      );
      expect(none.stdout).toContain(' 0 received');
    });

    test('super-packets of a veth guest stay whole on their way through the engines, in both directions', async () => {
      const before = await Promise.all(ends.map(seen));
      expect(await transfer(lab, 'veth-left', both(6), [3_000_000])).toMatchObject({ failures: [] });
      const after = await Promise.all(ends.map(seen));
      const fresh = after.map((now, at) => now.map((value, of) => value - (before[at]?.[of] ?? 0)));
      console.log(
        `${family}, ${mode}: packets from, super-packets from, packets to, super-packets to guests: ${fresh.join(' | ')}`,
      );
      for (const [out = 0, outWhole = 0, back = 0, backWhole = 0] of fresh) {
        // Two families of 3 MB there and the same back, of 1,3xx bytes a packet.
        expect(Math.min(out, back)).toBeGreaterThan(4000);
        expect(out / outWhole).toBeGreaterThan(3);
        expect(back / backWhole).toBeGreaterThan(3);
      }
    });

    const ends = [
      ['left', 'veth-left'],
      ['right', 'veth-right'],
    ] as const;
    /** Packets from the guest, what its device to the engine got of them at once; packets to it, and at once. */
    async function seen([host, name]: (typeof ends)[number]): Promise<number[]> {
      const found = (await lab.agentStatus(host)).guests.find((each) => each.name === name);
      const { stdout } = await lab.exec(host, ['ip', '-s', '-j', 'link', 'show', 'dev', found?.engineDevice ?? '']);
      const [link] = JSON.parse(stdout) as { stats64: Record<'rx' | 'tx', { packets: number }> }[];
      const { rx, tx } = link?.stats64 ?? { rx: { packets: 0 }, tx: { packets: 0 } };
      return [found?.out.packets ?? 0, tx.packets, found?.in.packets ?? 0, rx.packets];
    }
  });

  test('neither host has dropped anything', async () => {
    for (const host of ['left', 'right']) {
      const { drops, portOverflows, receiveOverflows, fastPath } = await lab.agentStatus(host);
      const counts = Object.entries(drops).filter(([, count]) => count !== 0);
      expect([counts, portOverflows, receiveOverflows, fastPath?.lostEvents]).toEqual([[], undefined, undefined, 0]);
    }
  });
});
