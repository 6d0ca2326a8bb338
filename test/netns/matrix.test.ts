/**
 * Every encapsulation that policies can select, one live change after the other on a running region: content of both
 * kinds comes through whole in both directions and over both overlays, and the wire shows what was selected.
 *
 * All of them over a substrate of IPv4; over IPv6 one of each kind of header, with each cipher and compression once.
 * Over IPv4 one host has no fast path, so that what its kernel carries on one side is the engine's on the other.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lab } from '../../lab/index.ts';
import { ciphers, compressions, type Encapsulation, formatEncapsulation, withKeys } from '../../wire/encapsulation.ts';
import { capture, leftovers, region, transfer, upRegion } from './region.ts';
import { isReadable, readWire, type WirePacket } from './wire.ts';

const packings = [{}, ...compressions.map((compression) => ({ compression }))];
const elisions = [{}, { elision: true }];
const sealed = ciphers.flatMap((cipher) => [
  { format: 'gni 3.0', cipher },
  { format: 'gni 3.0', cipher, flowControl: true },
]);

const all: readonly Encapsulation[] = [
  { format: 'gni 1.0' },
  { format: 'gni 1.1' },
  ...[{ format: 'gni 2.0' }, ...sealed].flatMap((base) =>
    packings.flatMap((packing) => elisions.map((elision) => ({ ...base, ...packing, ...elision }))),
  ),
];
const overIpv6 = [
  'gni 1.0',
  'gni 1.1',
  'gni 2.0',
  'gni 2.0 +zstd +ip-elision',
  'gni 3.0 +aes-256-gcm +lz4 +ip-elision',
  'gni 3.0 +chacha20-poly1305 +flow-control',
];

describe.each([
  ['weft-x1', 'ipv4', all.map(formatEncapsulation), 'off'],
  ['weft-x2', 'ipv6', overIpv6, 'auto'],
] as const)('%s: over a substrate of %s', (name, family, texts, fastPath) => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await upRegion(region(name, { families: [family], hosts: { right: { fastPath } } }));
    expect(await transfer(lab, 'red-left', '10.0.0.6', [1000])).toMatchObject({ failures: [] });
  });
  afterAll(async () => {
    await lab?.down();
    expect(leftovers(name)).toEqual([]);
  });

  test.each(texts.map((text) => [text] as const))('%s', async (text) => {
    await change(lab, text);
    const sizes = [1, '1400t', 1500, '9000t', 65_507, '65507t', '300000t', 300_000] as const;
    const both = await Promise.all([
      transfer(lab, 'red-left', '10.0.0.6,fd00:10::6', sizes),
      transfer(lab, 'red-right', '10.0.0.5,fd00:10::5', sizes),
    ]);
    // Two families; TCP of every size, UDP of those that fit a datagram.
    const compared = 2 * (sizes.length + sizes.length - 2);
    expect(both).toEqual([
      { greeting: 'red-right', failures: [], compared },
      { greeting: 'red-left', failures: [], compared },
    ]);
    // Nothing in it is a fragment, which is not elided. Behind random content an engine tries only one packet of 255.
    const during = () => transfer(lab, 'red-left', '10.0.0.6,fd00:10::6', ['1200t', '500000t', 300]);
    const red = (await lab.api.vpc('red')).gni;
    await capture(lab, { name: 'left', interface: 'eth0', filter: 'udp port 6741' }, during, ({ file }) => {
      const packets = readWire(file).filter(({ header }) => header.sourceGni === red || header.control);
      for (const host of ['left', 'right']) {
        const [address] = lab.host(host).addresses;
        expectShown(
          text,
          packets.filter(({ source }) => source === address),
        );
      }
    });
  });

  test('nothing was dropped through all of it', async () => {
    for (const host of ['left', 'right']) {
      const { drops, receiveOverflows } = await lab.agentStatus(host);
      expect([Object.entries(drops).filter(([, count]) => count !== 0), receiveOverflows]).toEqual([[], undefined]);
    }
  });
});

/** Both hosts send it, and accept nothing else any more. */
async function change(lab: Lab, text: string): Promise<void> {
  await lab.api.putPolicy({ name: 'all', effect: 'require', capabilities: text.split(' +') });
  const isIt = (found: string | undefined) => withKeys(found ?? '', undefined) === text;
  await lab.waitUntil(
    `${text} in force`,
    async () => {
      const states = await Promise.all(['left', 'right'].map((host) => lab.agentStatus(host)));
      const peers = states.flatMap((one) => one.peers).filter(({ host }) => host !== 'spare');
      return peers.length === 2 && peers.every(({ send, accept }) => isIt(send) && accept.every(isIt));
    },
    10_000,
  );
  const chosen = (await lab.api.selections()).filter((one) => ![one.source, one.destination].includes('spare'));
  expect(chosen.map(({ selected }) => selected)).toEqual([text, text]);
}

/** What one host sent is of this encapsulation, every packet of it. */
function expectShown(text: string, packets: readonly WirePacket[]): void {
  const frames = packets.filter(({ header }) => header.control);
  const carried = packets.filter(({ header }) => !header.control);
  const shown = (of: (packet: WirePacket) => unknown) => [...new Set(carried.map(of))].toSorted();
  const [format, ...features] = text.split(' +');
  const isSealed = format === 'gni 3.0';
  const compression = compressions.find((each) => features.includes(each));

  expect(shown((packet) => packet.format)).toEqual([format]);
  expect(shown(({ header }) => header.protocol)).toEqual([4, 41]);
  expect(shown(({ header }) => header.elided ?? false)).toEqual([features.includes('ip-elision')]);
  // Acknowledgements and random content do not get smaller.
  expect(shown(({ header }) => header.compression ?? 'none')).toEqual(
    (compression ? [compression, 'none'] : ['none']).toSorted(),
  );
  // A receiver grants by the thousand, so there are not always frames.
  expect(frames.length > 0 && !features.includes('flow-control')).toBe(false);
  // Compressed content may be readable where it begins.
  const readable = carried.some(isReadable);
  expect([isSealed && readable, !isSealed && compression === undefined && !readable]).toEqual([false, false]);
  const sequences = packets.map(({ header }) => `${header.keyId} ${header.sequence}`);
  expect(new Set(sequences).size).toBe(isSealed ? packets.length : 1);
}
