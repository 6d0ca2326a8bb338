/**
 * Bytes from the substrate that no honest agent sends, to a host that takes their format in the kernel: each counts under
 * the reason that the engine has for it, whoever says it, and reaches nobody.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lab } from '../../lab/index.ts';
import { encode, type Header } from '../../wire/codec.ts';
import type { DropName } from '../../wire/drops.ts';
import { layoutByName } from '../../wire/formats/index.ts';
import { ipv4, udp } from '../../wire/generate/sample-packets.ts';
import { transports } from '../../wire/inner.ts';
import { ports } from '../../wire/limits.ts';
import { chooseFormat, handedOverDuring, introduce, withoutAgents } from './executors.ts';
import { capture, leftovers, program, region, transfer, upRegion } from './region.ts';

const name = 'weft-fh';
const copies = 5;
const formats = ['gni 1.0', 'gni 2.0', 'vxlan', 'geneve'] as const;
type Format = (typeof formats)[number];
const portOf: Readonly<Record<Format, number>> = {
  'gni 1.0': ports.data,
  'gni 2.0': ports.data,
  vxlan: 4789,
  geneve: 6081,
};
let lab: Lab;
let red: number;

beforeAll(async () => {
  const file = region(name);
  const foreign = { vxlan: 'on', geneve: 'on' } as const;
  lab = await upRegion({ ...file, hosts: file.hosts.map((host) => ({ ...host, foreign })) });
  red = (await lab.api.vpc('red')).gni;
  await introduce(lab, [['red-left', '10.0.0.6,10.0.0.7']]);
});
afterAll(async () => {
  await lab?.down();
  expect(leftovers(name)).toEqual([]);
});

/** A datagram to red-left, from the guest at red-right unless said otherwise. */
function inner(source = '10.0.0.6', destination = '10.0.0.5'): Uint8Array {
  return ipv4(transports.udp, udp(new TextEncoder().encode('hostile')), source, destination);
}

function packet(format: Format, header: Partial<Header> = {}, content = inner()): Uint8Array {
  const layout = layoutByName(format);
  if (layout === undefined) throw new Error(format);
  return encode(
    layout,
    { partialChecksum: false, protocol: 4, sourceGni: red, destinationGni: red, ...header },
    content,
  );
}

/** With other bytes from `at` on; from the end when it is negative. */
function changed(bytes: Uint8Array, at: number, ...others: number[]): Uint8Array {
  const copy = bytes.slice();
  copy.set(others, at < 0 ? copy.length + at : at);
  return copy;
}

interface Attack {
  readonly what: string;
  readonly reason: DropName;
  /** Absent: of all formats. */
  readonly of?: readonly Format[];
  readonly from?: string;
  /** Absent: the format's own. */
  readonly port?: number;
  readonly make: (format: Format) => Uint8Array;
}

const gni = ['gni 1.0', 'gni 2.0'] as const;
const framed = ['vxlan', 'geneve'] as const;
/** Where the inner packet begins, from the end. */
const innerAt = -inner().length;

const attacks: readonly Attack[] = [
  { what: 'nothing', reason: 'short', make: () => new Uint8Array(0) },
  { what: 'half a header', reason: 'short', make: (format) => packet(format).subarray(0, 6) },
  { what: 'an inner packet cut by a byte', reason: 'short', make: (format) => packet(format).subarray(0, -1) },
  { what: 'a byte too many', reason: 'long', of: gni, make: (format) => Uint8Array.from([...packet(format), 0]) },
  { what: 'version 15.15', reason: 'unknown-version', of: gni, make: (format) => changed(packet(format), 0, 0xff) },
  { what: 'reserved bits', reason: 'bad-header', of: ['gni 1.0'], make: (format) => changed(packet(format), 3, 1) },
  {
    what: 'no flag of a network',
    reason: 'bad-header',
    of: ['vxlan'],
    make: (format) => changed(packet(format), 0, 0),
  },
  {
    what: 'an inner protocol that is no IP',
    reason: 'unknown-protocol',
    of: ['gni 1.0'],
    make: (format) => packet(format, { protocol: 6 }),
  },
  {
    what: 'a frame that is no IP',
    reason: 'unknown-protocol',
    of: framed,
    make: (format) => changed(packet(format), innerAt - 2, 0x88, 0xcc),
  },
  {
    what: 'an inner header that contradicts itself',
    reason: 'inner-malformed',
    make: (format) => changed(packet(format), innerAt, 0x41),
  },
  {
    what: 'an inner header of another family',
    reason: 'inner-malformed',
    make: (format) => changed(packet(format), innerAt, 0x65),
  },
  {
    what: 'another framework than the one that is accepted',
    reason: 'version-not-accepted',
    of: gni,
    port: portOf.geneve,
    make: () => packet('geneve'),
  },
  {
    what: 'another format than the one that is accepted',
    reason: 'version-not-accepted',
    port: ports.data,
    make: (format) => packet(format === 'gni 1.0' ? 'gni 2.0' : 'gni 1.0'),
  },
  {
    what: 'a network that is not here',
    reason: 'unknown-gni',
    make: (format) => packet(format, { sourceGni: 4242, destinationGni: 4242 }),
  },
  {
    what: 'two networks without a peering',
    reason: 'gni-mismatch',
    of: ['gni 1.0', 'gni 2.0', 'geneve'],
    make: (format) => packet(format, { sourceGni: 4242 }),
  },
  {
    what: 'a guest that is not here',
    reason: 'no-guest',
    make: (format) => packet(format, {}, inner('10.0.0.6', '10.0.0.88')),
  },
  {
    what: 'a guest of the sender',
    reason: 'no-guest',
    make: (format) => packet(format, {}, inner('10.0.0.6', '10.0.0.6')),
  },
  { what: 'a group', reason: 'no-guest', make: (format) => packet(format, {}, inner('10.0.0.6', '224.0.0.251')) },
  {
    what: 'the address of a guest of this host',
    reason: 'spoofed-inner-source',
    make: (format) => packet(format, {}, inner('10.0.0.7')),
  },
  {
    what: 'the address of the guest itself',
    reason: 'spoofed-inner-source',
    make: (format) => packet(format, {}, inner('10.0.0.5')),
  },
  {
    what: 'an inner source that nobody has',
    reason: 'spoofed-inner-source',
    make: (format) => packet(format, {}, inner('10.0.0.99')),
  },
  { what: 'a host without a session', reason: 'unknown-peer', from: 'spare', make: (format) => packet(format) },
];

async function sendFrom(host: string, port: number, bytes: Uint8Array): Promise<void> {
  const hex = bytes.length === 0 ? '-' : Buffer.from(bytes).toString('hex');
  const { code, stderr } = await lab.exec(host, program('send-raw', '198.18.0.1', port, ...Array(copies).fill(hex)));
  expect([code, stderr]).toEqual([0, '']);
}

type Counts = Readonly<Partial<Record<DropName, number>>>;

/** What left counts of one attack. */
async function countsOf({ make, port, from = 'right' }: Attack, format: Format): Promise<Counts> {
  const before = (await lab.agentStatus('left')).drops;
  await sendFrom(from, port ?? portOf[format], make(format));
  const fresh = async (): Promise<[DropName, number][]> => {
    const { drops } = await lab.agentStatus('left');
    const all = Object.entries(drops) as [DropName, number][];
    return all
      .map(([reason, count]): [DropName, number] => [reason, count - before[reason]])
      .filter(([, count]) => count > 0);
  };
  const total = (counts: readonly [DropName, number][]) => counts.reduce((sum, [, count]) => sum + count, 0);
  // What was counted instead says more than that the time is over.
  await lab.waitUntil('all are counted', async () => total(await fresh()) >= copies, 3000).catch(() => undefined);
  return Object.fromEntries(await fresh());
}

describe.each(formats)('%s', (format) => {
  beforeAll(async () => {
    await chooseFormat(lab, format);
  });

  test('each attack counts under its reason and is delivered to nobody', async () => {
    const chosen = attacks.filter(({ of }) => of === undefined || of.includes(format));
    const found: [string, Counts][] = [];
    const during = async () => {
      for (const attack of chosen) found.push([attack.what, await countsOf(attack, format)]);
      // Something harmless, so that the capture has a packet and ends.
      await lab.exec('red-near', ['ping', '-c', '1', '10.0.0.5']);
    };
    await capture(lab, { name: 'red-left', interface: 'weft0' }, during, (captured) => {
      expect(captured.fields(['ip.src'], 'udp')).toEqual([]);
    });
    expect(found).toEqual(chosen.map(({ what, reason }) => [what, { [reason]: copies }]));
  });

  test('the honest packet of the same shape is delivered, by the kernel alone', async () => {
    const before = await receivedByRedLeft();
    const [left] = await handedOverDuring(lab, ['left'], () =>
      withoutAgents(lab, ['left'], () => sendFrom('right', portOf[format], packet(format))),
    );
    expect([left, (await receivedByRedLeft()) - before]).toEqual([{}, copies]);
  });
});

async function receivedByRedLeft(): Promise<number> {
  const { guests } = await lab.agentStatus('left');
  return guests.find((guest) => guest.name === 'red-left')?.in.packets ?? 0;
}

test('after all this the guests still talk', async () => {
  expect(await transfer(lab, 'red-left', '10.0.0.6', [1, 65_507, 300_000])).toMatchObject({
    greeting: 'red-right',
    failures: [],
  });
});
