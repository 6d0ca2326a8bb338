/**
 * Payloads of gni 2.0 that lie: nothing proves who sent them, so anybody with a peer's address can send what does not
 * decompress, decompresses to megabytes, or rebuilds to what no guest has sent. Each counts under its own reason.
 */
import { constants, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lab } from '../../lab/index.ts';
import { type Accepted, close, encode, type Header } from '../../wire/codec.ts';
import { pack } from '../../wire/compression.ts';
import { elide } from '../../wire/elision.ts';
import { type Compression, parseEncapsulation } from '../../wire/encapsulation.ts';
import { gni20 } from '../../wire/formats/gni-2.ts';
import { ipv4, ipv6, udp } from '../../wire/generate/sample-packets.ts';
import { transports } from '../../wire/inner.ts';
import {
  addresses,
  type Counts,
  expectRefused,
  expectUndelivered,
  foretell,
  inject,
  joinAttacker,
  removeAttacker,
} from './attacker.ts';
import { leftovers, probe, region, transfer, upRegion } from './region.ts';

const name = 'weft-h3';
const way = { from: 'right', to: 'left' } as const;
let lab: Lab;
let red: number;

beforeAll(async () => {
  lab = await upRegion(region(name, { hosts: { left: { formats: ['gni 2.0'] } } }));
  red = (await lab.api.vpc('red')).gni;
  expect(await transfer(lab, 'red-left', '10.0.0.6', [100])).toMatchObject({ failures: [] });
  await joinAttacker(lab);
});
afterAll(async () => {
  removeAttacker(lab);
  await lab?.down();
  expect(leftovers(name)).toEqual([]);
});

/** What left accepts of right: one encapsulation. */
async function accepted(): Promise<Accepted | undefined> {
  const texts = (await lab.agentStatus('left')).peers.find(({ host }) => host === 'right')?.accept ?? [];
  const [only, ...more] = texts.map(parseEncapsulation);
  if (only === undefined || more.length > 0) return undefined;
  const { compression, elision } = only;
  return { format: 'gni 2.0', ...(compression && { compression }), ...(elision && { elision }) };
}

/** All traffic from now on: `features` and no others. */
async function require(features: readonly string[]): Promise<void> {
  await lab.api.putPolicy({ name: 'features', effect: 'require', capabilities: [...features] });
  await lab.waitUntil(`${features.join()} in force`, async () => {
    const now = await accepted();
    return features.includes('ip-elision') === (now?.elision ?? false) && features.includes(now?.compression ?? '');
  });
}

function header(more: Partial<Header> = {}): Header {
  return { partialChecksum: false, protocol: 4, sourceGni: red, destinationGni: red, ...more };
}

/** With any payload behind a header that claims anything. */
function claim(more: Partial<Header>, payload: ArrayLike<number>): Uint8Array {
  return close(gni20, header(more), Uint8Array.from(payload));
}

function inner(source = '10.0.0.6', length = 400): Uint8Array {
  return ipv4(transports.udp, udp(new Uint8Array(length)), source, '10.0.0.5');
}

function elided(packet = inner()): Uint8Array {
  const bytes = elide(packet);
  if (bytes === undefined) throw new Error('it is not eligible');
  return bytes;
}

function packed(method: Compression, bytes: Uint8Array): Uint8Array {
  const result = pack(method, bytes);
  if (result === undefined) throw new Error('it does not pay');
  return result;
}

function withByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = value;
  return copy;
}

/** They fit one packet of the substrate and want to be more than any guest's packet: 300 KB, 8 MB. */
const bombs: Record<Compression, () => Uint8Array> = {
  // One literal, then a match with the byte before it that goes on and on.
  lz4: () => Uint8Array.from([0x1f, 0x45, 1, 0, ...Array(1300).fill(255), 0, 0x50, 1, 2, 3, 4, 5]),
  zstd: () => Uint8Array.from(zstdCompressSync(new Uint8Array(8 << 20))),
};

/** A frame that says that the receiver has to keep 128 MiB. */
function wideFrame(): Uint8Array {
  const frame = zstdCompressSync(inner(), { params: { [constants.ZSTD_c_contentSizeFlag]: 0 } });
  // RFC 8878 section 3.1.1.1.2: magic number, descriptor, then the window.
  return withByte(Uint8Array.from(frame), 5, (27 - 10) << 3);
}

async function refused(payloads: readonly Uint8Array[], wanted: Counts): Promise<void> {
  const now = await accepted();
  if (now === undefined) throw new Error('the session is being changed');
  expect(foretell(payloads, now)).toEqual(wanted);
  await expectUndelivered(lab, 'red-left', () => expectRefused(lab, way, wanted, payloads));
}

describe.each([
  ['lz4', 'zstd'],
  ['zstd', 'lz4'],
] as const)('with %s and IP elision selected', (method, other) => {
  beforeAll(() => require([method, 'ip-elision']));

  test('what does not decompress to one whole packet’s length is refused', async () => {
    const good = packed(method, inner());
    const payloads = [
      claim({ compression: method }, []),
      claim({ compression: method }, Array(100).fill(255)),
      claim({ compression: method }, good.subarray(0, -1)),
      claim({ compression: method }, [...good, 255]),
      claim({ compression: method }, bombs[method]()),
      claim({ compression: method, elided: true }, bombs[method]()),
      claim({ compression: method }, packed(other, inner())),
    ];
    await refused(payloads, { 'bad-compression': payloads.length });
  });

  test('what decompresses to something else than it says is refused for that', async () => {
    await refused(
      [
        claim({ compression: method }, packed(method, inner().subarray(0, -1))),
        claim({ compression: method }, packed(method, Uint8Array.from([...inner(), 0]))),
        claim({ compression: method }, packed(method, new Uint8Array(500))),
        claim({ compression: method, protocol: 41 }, packed(method, inner())),
        claim({ compression: method }, packed(method, elided())),
      ],
      { short: 1, long: 1, 'inner-malformed': 3 },
    );
  });

  test('the compression that was not selected is refused, and the number that is none', async () => {
    await refused(
      [
        claim({ compression: other }, packed(other, inner())),
        claim({ compression: other }, bombs[other]()),
        withByte(claim({}, inner()), 1, 0x18),
      ],
      { 'feature-not-accepted': 2, 'bad-header': 1 },
    );
  });
});

test('a zstd frame that wants more memory than a packet can need is refused before it gets any', async () => {
  await require(['zstd', 'ip-elision']);
  await refused([claim({ compression: 'zstd' }, wideFrame())], { 'bad-compression': 1 });
});

test('elided headers that lie are refused', async () => {
  const short = elided();
  const six = elide(ipv6(transports.udp, udp(new Uint8Array(10)), 'fd00:10::6', 'fd00:10::5')) ?? new Uint8Array(0);
  await refused(
    [
      claim({ elided: true }, []),
      claim({ elided: true }, short.subarray(0, 13)),
      claim({ elided: true, protocol: 41 }, six.subarray(0, 37)),
      claim({ elided: true }, withByte(short, 3, 0x20)),
      claim({ elided: true }, withByte(short, 3, 0x41)),
      claim({ elided: true, protocol: 41 }, withByte(six, 0, 0x60)),
      claim({ elided: true }, inner()),
    ],
    { short: 3, 'inner-malformed': 4 },
  );
});

test('addresses that came to light only when the header was rebuilt are checked like all others', async () => {
  const from = (source: string) => encode(gni20, header({ elided: true, compression: 'zstd' }), inner(source));
  const other = encode(gni20, header({ elided: true, sourceGni: red + 1 }), inner());
  const wanted = { 'spoofed-inner-source': 2, 'gni-mismatch': 1 };
  const payloads = [from('10.0.0.7'), from('10.0.0.5'), other];
  await expectUndelivered(lab, 'red-left', () => expectRefused(lab, way, wanted, payloads));
});

test('a thousand bombs beside a genuine flow cost it nothing', async () => {
  const many: Uint8Array[] = Array(1000).fill(claim({ compression: 'zstd' }, bombs.zstd()));
  const probing = probe(lab, 'red-left', '10.0.0.6', 500, 3);
  await expectRefused(lab, way, { 'bad-compression': many.length }, many);
  expect(await probing).toMatchObject({ sent: 1500, received: 1500, lost: 0, duplicated: 0, corrupted: 0 });
});

test('without elision and compression selected, packets that have them are refused', async () => {
  await lab.api.putPolicy({ name: 'features', effect: 'forbid', capabilities: ['compression', 'ip-elision'] });
  await lab.waitUntil('neither', async () => JSON.stringify(await accepted()) === '{"format":"gni 2.0"}');
  const payloads = [
    claim({ elided: true }, elided()),
    claim({ compression: 'lz4' }, packed('lz4', inner())),
    claim({ compression: 'zstd', elided: true }, packed('zstd', elided())),
    claim({ compression: 'zstd' }, bombs.zstd()),
  ];
  await refused(payloads, { 'feature-not-accepted': payloads.length });
});

test('what does not lie is delivered, though nobody can tell that it is forged: such is a format without encryption', async () => {
  const arrived = async () =>
    (await lab.agentStatus('left')).guests.find((guest) => guest.name === 'red-left')?.in.packets ?? 0;
  const before = await arrived();
  await inject(lab, way, [encode(gni20, header(), inner())]);
  await lab.waitUntil(`the packet of ${addresses.right}`, async () => (await arrived()) > before);
});
