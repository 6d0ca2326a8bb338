/** Encrypted traffic and somebody on the substrate without a key: whatever is sent reaches no guest and harms no flow. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lab } from '../../lab/index.ts';
import { close, encode, type Header } from '../../wire/codec.ts';
import { type FormatName, layoutByName } from '../../wire/formats/index.ts';
import { ipv4, udp } from '../../wire/generate/sample-packets.ts';
import { transports } from '../../wire/inner.ts';
import {
  eavesdrop,
  expectRefused,
  expectUndelivered,
  foretell,
  inject,
  joinAttacker,
  overhear,
  removeAttacker,
  strangeKey,
  type Way,
} from './attacker.ts';
import { guestRequest, leftovers, probe, region, transfer, upRegion } from './region.ts';

const name = 'weft-h2';
const way = { from: 'right', to: 'left' } as const;
const ping = { guest: 'red-right', address: '10.0.0.5' };
const only = { format: 'gni 3.0' } as const;
const keyIdAt = 3;
const tagLength = 16;
/** Header, kind, key, sequence, tag. */
const controlLength = 20 + 16 + tagLength;
const controlBit = 0x10;
let lab: Lab;
let red: number;
/** Pings of red-right to red-left, and the answers. */
let overheard: readonly Uint8Array[];
let answers: readonly Uint8Array[];

beforeAll(async () => {
  lab = await upRegion(region(name));
  red = (await lab.api.vpc('red')).gni;
  await lab.api.createGuest(guestRequest('red-spare', 'red', 'spare', 8));
  await lab.waitUntil('red-spare runs', async () => (await lab.api.guest('red-spare')).phase === 'running');
  expect(await transfer(lab, 'red-left', '10.0.0.6', [100])).toMatchObject({ failures: [] });
  expect(await transfer(lab, 'red-right', '10.0.0.8', [100])).toMatchObject({ failures: [] });
  await joinAttacker(lab);
  await calm();
  overheard = await overhear(lab, way, ping);
  answers = await overhear(lab, { from: 'left', to: 'right' }, ping);
});
afterAll(async () => {
  removeAttacker(lab);
  await lab?.down();
  expect(leftovers(name)).toEqual([]);
});

/** The terms in force name one key for each direction, the newest, and nothing changes them any more. */
async function calm(): Promise<void> {
  await lab.waitUntil('the newest keys in both directions, and no others', async () => {
    const [left = 0, right = 0] = await Promise.all(
      ['left', 'right'].map(async (host) => (await lab.api.host(host)).keyEpochs?.[0]),
    );
    return (await accepted()) === `gni 3.0 +aes-256-gcm #${right}.${left}`;
  });
}

/** Texts that left accepts of right. */
async function accepted(): Promise<string> {
  return (await lab.agentStatus('left')).peers.find(({ host }) => host === 'right')?.accept.join() ?? '';
}

function first(datagrams: readonly Uint8Array[]): Uint8Array {
  const [datagram] = datagrams;
  if (datagram === undefined) throw new Error('nothing was overheard');
  return datagram;
}

const keyIdOf = (datagram: Uint8Array) => datagram[keyIdAt] ?? 0;

/** What the payload of a datagram with this key is refused for where `accepting` is the key in use. */
const mistaken = (keyId: number, accepting: number) => (keyId === accepting ? 'bad-tag' : 'unknown-key');

function changed(datagram: Uint8Array, change: (bytes: Uint8Array) => void): Uint8Array {
  const copy = datagram.slice();
  change(copy);
  return copy;
}

function flipped(datagram: Uint8Array, bit: number): Uint8Array {
  return changed(datagram, (bytes) => bytes.set([(bytes[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7))], bit >> 3));
}

/** A packet for red-left, from the guest at red-right. */
function inner(): Uint8Array {
  return ipv4(transports.udp, udp(new TextEncoder().encode('hostile')), '10.0.0.6', '10.0.0.5');
}

function plainHeader(): Header {
  return { partialChecksum: false, protocol: 4, sourceGni: red, destinationGni: red };
}

function layoutOf(format: FormatName) {
  const layout = layoutByName(format);
  if (layout === undefined) throw new Error(format);
  return layout;
}

/** Sealed with a key that nobody has, under the number of the one in use. */
function forged(header: Partial<Header>, payload = inner()): Uint8Array {
  const key = strangeKey(keyIdOf(first(overheard)));
  return close(layoutOf('gni 3.0'), { ...plainHeader(), keyId: key.id, sequence: 1n << 30n, ...header }, payload, key);
}

async function refusedAsForetold(payloads: readonly Uint8Array[]): Promise<void> {
  const wanted = foretell(payloads, only, keyIdOf(first(overheard)));
  await expectUndelivered(lab, 'red-left', () => expectRefused(lab, way, wanted, payloads));
}

test('a genuine packet with any one bit changed is refused: in the header, the payload or the tag', async () => {
  const datagram = first(overheard);
  await refusedAsForetold(Array.from({ length: datagram.length * 8 }, (_, bit) => flipped(datagram, bit)));
});

test('a genuine packet of any other length is refused', async () => {
  const datagram = first(overheard);
  const shorter = Array.from({ length: datagram.length }, (_, length) => datagram.subarray(0, length));
  const longer = [1, 16, 1000].map((more) => Uint8Array.from([...datagram, ...randomBytes(more)]));
  await refusedAsForetold([...shorter, ...longer]);
});

test('packets sealed with a key of one’s own are refused, whatever they claim to be', async () => {
  const bits = forged({});
  await refusedAsForetold([
    bits,
    forged({ sequence: 0n }),
    forged({ sequence: (1n << 45n) - 1n }),
    forged({ sequence: (1n << 64n) - 1n }),
    forged({ compression: 'lz4' }),
    forged({ compression: 'zstd' }),
    forged({ elided: true }),
    forged({ partialChecksum: true }),
    // Frames of flow control: a grant without end, one of another length, and one that claims to be compressed, too.
    forged(
      { control: true, protocol: 0, sourceGni: 0, destinationGni: 0 },
      Uint8Array.from([1, 7, ...Array(14).fill(255)]),
    ),
    forged({ control: true, protocol: 0, sourceGni: 0, destinationGni: 0 }, new Uint8Array(0)),
    changed(bits, (bytes) => bytes.set([0x18, 0], 1)),
    // A test packet of the hosts themselves.
    forged({ sourceGni: 0, destinationGni: 0 }),
    changed(bits, (bytes) => bytes.set(randomBytes(tagLength), bytes.length - tagLength)),
    changed(bits, (bytes) => bytes.set([keyIdOf(bytes) ^ 0x55], keyIdAt)),
  ]);
});

test('what was overheard and comes again is refused as often as it comes', async () => {
  const again = [...overheard, ...overheard, ...overheard];
  await expectUndelivered(lab, 'red-left', () => expectRefused(lab, way, { replayed: again.length }, again));
});

test('what one host sealed for another opens nowhere else, and not on its way back', async () => {
  const toSpare: Way = { from: 'right', to: 'spare' };
  const ofSpare = first(await overhear(lab, toSpare, { guest: 'red-right', address: '10.0.0.8' }));
  const elsewhere = { [mistaken(keyIdOf(first(overheard)), keyIdOf(ofSpare))]: overheard.length };
  await expectRefused(lab, toSpare, elsewhere, overheard);
  const back = { [mistaken(keyIdOf(first(answers)), keyIdOf(first(overheard)))]: answers.length };
  await expectUndelivered(lab, 'red-left', () => expectRefused(lab, way, back, answers));
  const before = (await lab.agentStatus('left')).drops['unknown-peer'];
  await inject(lab, { from: 'attacker', to: 'left' }, overheard);
  await lab.waitUntil(
    'the refusals',
    async () => (await lab.agentStatus('left')).drops['unknown-peer'] === before + overheard.length,
  );
});

test('the same packet in a format that nobody selected is refused, as are those of other frameworks', async () => {
  const test = { sourceGni: 0, destinationGni: 0 };
  const payloads = [
    ...(['gni 1.0', 'gni 1.1', 'gni 2.0'] as const).map((format) => encode(layoutOf(format), plainHeader(), inner())),
    ...(['gni 1.0', 'gni 1.1', 'gni 2.0'] as const).map((format) =>
      encode(layoutOf(format), { ...plainHeader(), ...test }, inner()),
    ),
    encode(layoutOf('gni 2.0'), { ...plainHeader(), elided: true }, inner()),
    encode(layoutOf('gni 2.0'), { ...plainHeader(), compression: 'lz4' }, new Uint8Array(1000)),
    close(layoutOf('gni 2.0'), { ...plainHeader(), compression: 'zstd', elided: true }, randomBytes(50)),
    ...(['vxlan', 'geneve'] as const).map((format) => encode(layoutOf(format), plainHeader(), inner())),
  ];
  await refusedAsForetold(payloads);
});

test.each([
  ['vxlan', 4789],
  ['geneve', 6081],
] as const)(
  'a frame of %s to its own port finds nobody on a host that offers no such framework',
  async (format, port) => {
    const frame = encode(layoutOf(format), plainHeader(), inner());
    await expectUndelivered(lab, 'red-left', async () => {
      const { drops: before } = await lab.agentStatus('left');
      await inject(lab, { ...way, port }, [frame, frame, frame]);
      const { stdout } = await lab.exec('left', ['ss', '-Hlun', `sport = :${port}`]);
      expect(stdout).toBe('');
      expect((await lab.agentStatus('left')).drops).toEqual(before);
    });
  },
);

test('forgeries with sequences far ahead do not move the window: a genuine flow beside them loses nothing', async () => {
  const ahead = Array.from({ length: 2000 }, (_, i) => forged({ sequence: BigInt(i + 1) << 34n }));
  const before = await accepted();
  const probing = probe(lab, 'red-left', '10.0.0.6', 500, 4);
  await expectRefused(lab, way, { 'bad-tag': ahead.length }, ahead);
  await expectRefused(lab, way, { 'bad-tag': ahead.length }, ahead);
  expect(await probing).toMatchObject({ sent: 2000, received: 2000, lost: 0, duplicated: 0, corrupted: 0 });
  expect(await accepted()).toBe(before);
});

test('the controller counts the refusals of a peer and tells of them', async () => {
  const refused = [
    first(overheard),
    flipped(first(overheard), 0),
    forged({}),
    encode(layoutOf('gni 1.1'), plainHeader(), inner()),
  ];
  const wanted = { replayed: 1, 'unknown-version': 1, 'bad-tag': 1, 'version-not-accepted': 1 };
  await expectRefused(lab, way, wanted, refused);
  await lab.waitUntil(
    'an event of right’s packets on left',
    async () => {
      const { events } = await lab.api.status();
      const told = events.filter(({ host, code }) => host === 'left' && code === 'packets-refused');
      return Object.keys(wanted).every((reason) =>
        told.some(({ detail }) => detail.includes('from right: ') && detail.includes(reason)),
      );
    },
    25_000,
  );
  const counted = (await lab.agentStatus('left')).peers.find(({ host }) => host === 'right')?.drops ?? 0;
  await lab.waitUntil(
    'the count at the controller',
    async () => (await lab.api.explain('right', 'left')).directions[0]?.traffic?.drops === counted,
    25_000,
  );
});

/** What a packet that was sealed for the keys before is refused for now. */
async function refusalOfOld(before: string): Promise<string> {
  const keyId = keyIdOf(first(overheard));
  const now = first(await overhear(lab, way, ping));
  return (await accepted()) === before ? 'replayed' : mistaken(keyId, keyIdOf(now));
}

test('what was overheard before a rotation is refused after it', async () => {
  const before = await accepted();
  await lab.api.rotateKeys('left');
  await lab.waitUntil('another key', async () => (await accepted()) !== before);
  await calm();
  expect(await accepted()).not.toBe(before);
  const wanted = { [await refusalOfOld(before)]: overheard.length };
  await expectUndelivered(lab, 'red-left', () => expectRefused(lab, way, wanted, overheard));
  overheard = await overhear(lab, way, ping);
});

test('what was overheard before the receiver died is refused once it is back', async () => {
  const before = await accepted();
  await lab.restartAgent('left', 'SIGKILL');
  await lab.waitUntil('left is connected', async () => (await lab.agentStatus('left')).session.state === 'connected');
  await calm();
  const wanted = { [await refusalOfOld(before)]: overheard.length };
  await expectUndelivered(lab, 'red-left', () => expectRefused(lab, way, wanted, overheard));
});

test('grants of flow control that were overheard are refused when they come again or are changed', async () => {
  const payloads = await eavesdrop(lab, way, async () => {
    await lab.api.putPolicy({ name: 'paced', effect: 'require', capabilities: ['flow-control'] });
    await lab.waitUntil('flow control', async () => /flow-control #\S+$/.test(await accepted()), 20_000);
    expect(await transfer(lab, 'red-left', '10.0.0.6', [1_000_000])).toMatchObject({ failures: [] });
  });
  const grants = payloads.filter((bytes) => bytes.length === controlLength && ((bytes[1] ?? 0) & controlBit) !== 0);
  expect(grants.length).toBeGreaterThan(0);
  const more = Array.from({ length: controlLength - 20 }, (_, at) => flipped(first(grants), (20 + at) * 8));
  await expectUndelivered(lab, 'red-left', async () => {
    await expectRefused(lab, way, { replayed: grants.length }, grants);
    await expectRefused(lab, way, { 'bad-tag': more.length }, more);
  });
  expect(await probe(lab, 'red-left', '10.0.0.6', 500, 1)).toMatchObject({ received: 500, lost: 0, duplicated: 0 });
});

test('after all this the guests still talk', async () => {
  expect(await transfer(lab, 'red-left', '10.0.0.6', [1, 65_507, 300_000])).toMatchObject({
    greeting: 'red-right',
    failures: [],
  });
});
