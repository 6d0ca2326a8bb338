/**
 * Bytes from the substrate that no honest agent sends: each counts under its own reason and reaches nobody. Here in a
 * format that anybody can write; encrypted traffic is attacked in `forgery.test.ts`, payloads lie in `lies.test.ts`.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lab } from '../../lab/index.ts';
import { encode, type Header } from '../../wire/codec.ts';
import type { DropName } from '../../wire/drops.ts';
import { layoutByName } from '../../wire/formats/index.ts';
import { ipv4, udp } from '../../wire/generate/sample-packets.ts';
import { transports } from '../../wire/inner.ts';
import { ports } from '../../wire/limits.ts';
import { capture, drops, leftovers, program, region, transfer, upRegion } from './region.ts';

const name = 'weft-h1';
const copies = 7;
let lab: Lab;
let red: number;

beforeAll(async () => {
  lab = await upRegion(region(name, { hosts: { left: { formats: ['gni 1.0', 'gni 1.1'] } } }));
  red = (await lab.api.vpc('red')).gni;
  // Introduces the hosts: after this, left accepts gni 1.1 from right.
  expect(await transfer(lab, 'red-left', '10.0.0.6', [100])).toMatchObject({ failures: [] });
});
afterAll(async () => {
  await lab?.down();
  expect(leftovers(name)).toEqual([]);
});

/** A datagram to red-left, from the guest at red-right unless said otherwise. */
function inner(source = '10.0.0.6', destination = '10.0.0.5'): Uint8Array {
  return ipv4(transports.udp, udp(new TextEncoder().encode('hostile')), source, destination);
}

function packet(format: string, header: Partial<Header> = {}, content = inner()): Uint8Array {
  const layout = layoutByName(format);
  if (layout === undefined) throw new Error(format);
  return encode(
    layout,
    { partialChecksum: false, protocol: 4, sourceGni: red, destinationGni: red, ...header },
    content,
  );
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

async function sendFrom(host: string, bytes: Uint8Array): Promise<void> {
  const hex = bytes.length === 0 ? '-' : Buffer.from(bytes).toString('hex');
  const { code, stderr } = await lab.exec(
    host,
    program('send-raw', '198.18.0.1', ports.data, ...Array(copies).fill(hex)),
  );
  expect([code, stderr]).toEqual([0, '']);
}

const attacks: readonly [string, DropName, () => Uint8Array, string?][] = [
  ['nothing', 'short', () => new Uint8Array(0)],
  ['half a header', 'short', () => packet('gni 1.1').subarray(0, 8)],
  ['an inner packet cut by a byte', 'short', () => packet('gni 1.1', {}, inner().subarray(0, -1))],
  ['a byte too many', 'long', () => packet('gni 1.1', {}, Uint8Array.from([...inner(), 0]))],
  ['version 15.15', 'unknown-version', () => Uint8Array.from([0xff, ...packet('gni 1.1').subarray(1)])],
  ['reserved bits', 'bad-header', () => flipped(packet('gni 1.1'), 3)],
  ['a flipped bit', 'bad-checksum', () => flipped(packet('gni 1.1'), 30)],
  ['an inner protocol that is no IP', 'unknown-protocol', () => packet('gni 1.1', { protocol: 6 })],
  [
    'an inner header that contradicts itself',
    'inner-malformed',
    () => packet('gni 1.1', {}, flipped(inner(), 0).fill(0x41, 0, 1)),
  ],
  ['a format that was not selected', 'version-not-accepted', () => packet('gni 1.0')],
  ['a network that is not here', 'unknown-gni', () => packet('gni 1.1', { sourceGni: 4242, destinationGni: 4242 })],
  ['two networks without a peering', 'gni-mismatch', () => packet('gni 1.1', { sourceGni: 4242 })],
  ['a guest that is not here', 'no-guest', () => packet('gni 1.1', {}, inner('10.0.0.6', '10.0.0.88'))],
  ['the address of a guest of another host', 'spoofed-inner-source', () => packet('gni 1.1', {}, inner('10.0.0.7'))],
  ['an inner source that nobody has', 'spoofed-inner-source', () => packet('gni 1.1', {}, inner('10.0.0.99'))],
  ['a host without a session', 'unknown-peer', () => packet('gni 1.1'), 'spare'],
];

test.each(attacks)('%s counts as %s and is delivered to nobody', async (_what, reason, make, from = 'right') => {
  const before = (await lab.agentStatus('left')).drops;
  const attack = async () => {
    await sendFrom(from, make());
    await lab.waitUntil(
      `${copies} more ${reason}`,
      async () => (await drops(lab, 'left', reason)) >= before[reason] + copies,
      3000,
    );
    // Something harmless, so that the capture has a packet and ends.
    await lab.exec('red-near', ['ping', '-c', '1', '10.0.0.5']);
  };
  await capture(lab, { name: 'red-left', interface: 'weft0' }, attack, (captured) => {
    expect(captured.fields(['frame.number'], 'udp')).toEqual([]);
  });
  const after = (await lab.agentStatus('left')).drops;
  const changed = Object.entries(after).filter(([key, count]) => count !== before[key as DropName]);
  expect(changed).toEqual([[reason, before[reason] + copies]]);
});

test('after all this the guests still talk', async () => {
  expect(await transfer(lab, 'red-left', '10.0.0.6', [1, 65_507, 300_000])).toMatchObject({
    greeting: 'red-right',
    failures: [],
  });
});

test('what the attacked host would deliver, it delivers: the honest packet of the same shape', async () => {
  const before = (await lab.agentStatus('left')).guests.find((guest) => guest.name === 'red-left')?.in.packets ?? 0;
  await sendFrom('right', packet('gni 1.1'));
  await lab.waitUntil('the packets arrive', async () => {
    const now = (await lab.agentStatus('left')).guests.find((guest) => guest.name === 'red-left')?.in.packets ?? 0;
    return now >= before + copies;
  });
});
