/** Content between guests, over every substrate and format: whole, in order, and only where it belongs. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lab } from '../../lab/index.ts';
import { formatOf } from '../../wire/encapsulation.ts';
import { innerDestination, innerSource } from '../../wire/inner.ts';
import { pattern } from './guest/text.ts';
import { capture, leftovers, probe, type RegionChoice, region, transfer, upRegion, withoutFastPath } from './region.ts';
import { readWire } from './wire.ts';

const sizes = [1, 2, 63, 500, 1399, 1400, 1401, 1428, 1429, 1472, 1473, 4096, 9000, 32_768, 65_507, 1_000_000];

interface Case extends RegionChoice {
  readonly name: string;
  readonly expected: string;
}

const off = { udpGso: 'off', udpGro: 'off', tso: 'off', uso: 'off' } as const;

/** Two of them by engines alone, with and without their ports' offloads; fastpath-traffic.test.ts has the kernel's. */
const cases: readonly Case[] = [
  { name: 'weft-t1', families: ['ipv4'], expected: 'gni 3.0 +aes-256-gcm' },
  { name: 'weft-t2', families: ['ipv4'], hosts: withoutFastPath, formats: { left: ['gni 1.0'] }, expected: 'gni 1.0' },
  { name: 'weft-t3', families: ['ipv6'], formats: { right: ['gni 1.0', 'gni 1.1'] }, expected: 'gni 1.1' },
  { name: 'weft-t4', families: ['ipv6'], hosts: withoutFastPath, offloads: off, expected: 'gni 3.0 +aes-256-gcm' },
];

describe.each(cases)('substrate $families, $expected, offloads $offloads', (chosen) => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await upRegion(region(chosen.name, chosen));
  });
  afterAll(async () => {
    await lab?.down();
    expect(leftovers(chosen.name)).toEqual([]);
  });

  test.each([
    ['between hosts', '10.0.0.6', 'red-right'],
    ['between hosts', 'fd00:10::6', 'red-right'],
    ['on one host', '10.0.0.7', 'red-near'],
    ['on one host', 'fd00:10::7', 'red-near'],
  ])('TCP and UDP of 1 to 65,507 bytes %s to %s come back as sent', async (_where, address, name) => {
    const result = await transfer(lab, 'red-left', address, sizes);
    expect(result).toEqual({ greeting: name, failures: [], compared: sizes.length * 2 - 1 });
  });

  test.each(['10.0.0.6', 'fd00:10::6', '10.0.0.7', 'fd00:10::7'])('ping %s loses nothing', async (address) => {
    // With a deadline ping waits for late answers; without one it gives up after twice the longest round trip.
    const { stdout } = await lab.exec('red-left', ['ping', '-c', '21', '-i', '0.01', '-s', '1400', '-w', '5', address]);
    const answered = [...stdout.matchAll(/icmp_seq=(\d+)/g)].map((match) => Number(match[1]));
    expect(new Set(answered)).toEqual(new Set([...answered, ...Array.from({ length: 20 }, (_, at) => at + 1)]));
  });

  test('the same address is another guest in another tenant', async () => {
    const [red, blue] = await Promise.all(
      ['red-left', 'blue-left'].map((from) => transfer(lab, from, '10.0.0.6', [5000])),
    );
    expect([red?.greeting, blue?.greeting]).toEqual(['red-right', 'blue-right']);
    expect([red?.failures, blue?.failures]).toEqual([[], []]);
  });

  test('a paced stream of datagrams is neither lost, doubled nor damaged', async () => {
    const result = await probe(lab, 'red-left', '10.0.0.6', 500, 2);
    expect(result).toMatchObject({ sent: 1000, received: 1000, lost: 0, duplicated: 0, corrupted: 0 });
  });

  test(`the substrate carries what the controller selected: ${chosen.expected}`, async () => {
    const selections = await lab.api.selections();
    const chosenPairs = selections.filter(({ source, destination }) => source !== 'spare' && destination !== 'spare');
    expect(chosenPairs.map(({ selected }) => selected)).toEqual([chosen.expected, chosen.expected]);
    // Of content that is looked for; ping fills its packets with it.
    const hex = Buffer.from(pattern).subarray(0, 16).toString('hex');
    const ping = () => lab.exec('blue-left', ['ping', '-c', '5', '-i', '0.05', '-s', '200', '-p', hex, '10.0.0.6']);
    const blue = (await lab.api.vpc('blue')).gni;
    const format = formatOf(chosen.expected);
    await capture(lab, { name: 'left', interface: 'eth0', filter: 'udp port 6741' }, ping, (captured) => {
      const rows = captured.fields(
        ['gni.format', 'gni.source_gni', 'gni.destination_gni'],
        `gni.source_gni == ${blue}`,
      );
      expect(rows.length).toBeGreaterThanOrEqual(10);
      expect(rows).toEqual(rows.map(() => [format, String(blue), String(blue)]));
      const packets = readWire(captured.file).filter(({ header }) => header.sourceGni === blue);
      expect(packets.length).toBe(rows.length);
      for (const packet of packets) {
        expect(packet).toMatchObject({ format, header: { sourceGni: blue, destinationGni: blue, protocol: 4 } });
        const inner = packet.inner && [innerSource(packet.inner), innerDestination(packet.inner)].toSorted();
        expect(inner).toEqual(format === 'gni 3.0' ? undefined : ['10.0.0.5', '10.0.0.6']);
        expect(Buffer.from(packet.bytes).includes(Buffer.from(hex, 'hex'))).toBe(format !== 'gni 3.0');
      }
    });
  });

  test('nothing of one tenant is seen at a guest of the other', async () => {
    const both = () =>
      Promise.all([
        transfer(lab, 'red-left', '10.0.0.6', [100_000]),
        lab.exec('red-left', ['ping', '-c', '20', '-i', '0.01', '10.0.0.6']),
        lab.exec('blue-left', ['ping', '-c', '3', '-i', '0.05', '-s', '333', '10.0.0.6']),
      ]);
    await capture(lab, { name: 'blue-right', interface: 'weft0' }, both, (captured) => {
      // Three requests and three answers of 333 bytes, and nothing else.
      expect(captured.fields(['ip.proto', 'ip.len'])).toEqual(Array(6).fill(['1', String(333 + 28)]));
    });
  });

  test('neither host has dropped anything', async () => {
    for (const host of ['left', 'right']) {
      const { drops } = await lab.agentStatus(host);
      expect(Object.entries(drops).filter(([, count]) => count !== 0)).toEqual([]);
    }
  });
});
