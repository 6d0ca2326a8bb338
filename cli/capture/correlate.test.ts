import { describe, expect, it } from 'vitest';
import { write16 } from '../../wire/bits.ts';
import type { Header } from '../../wire/codec.ts';
import { type AtPort, type Correlated, Correlator, type OnWire } from './correlate.ts';
import { decodeFrame } from './packet.ts';
import { bytes, encapsulated, ethernet4, frame, ipv4, ipv6, tcp, udp } from './packets-by-hand.ts';
import { decodePortFrame, identityOf, overlaps } from './port.ts';
import { correlatedLines } from './print.ts';
import { concerns, identityInside } from './substrate.ts';

const own = new Set(['10.0.0.11']);
const pingOf = (sequence: number, from = '10.0.0.11', to = '10.0.0.12') =>
  ipv4(from, to, 1, Uint8Array.from([8, 0, 0, 0, 0, 7, 0, sequence, 1, 2, 3, 4]));
/** A piece of a TCP stream: the builder's sequence is 9. */
const stream = (at: number, data: number) => {
  const segment = tcp(0x10, data);
  write16(segment, 6, 9 + at);
  return ipv4('10.0.0.11', '10.0.0.12', 6, segment);
};

function atPort(inner: Uint8Array, timeUs = 1000): AtPort {
  const packet = decodePortFrame('ETHERNET', bytes(ethernet4, inner), own);
  if (packet === undefined) throw new Error('no packet');
  return { timeUs, packet };
}

function onWire(payload: Uint8Array, timeUs = 1000, direction: OnWire['direction'] = 'out'): OnWire {
  const packet = decodeFrame('ETHERNET', frame(payload));
  if (packet === undefined) throw new Error('no packet');
  const identity = identityInside('ETHERNET', frame(payload));
  return { timeUs, packet, direction, ...(identity === undefined ? {} : { identity }) };
}

const open = (inner: Uint8Array, timeUs?: number, direction?: OnWire['direction']) =>
  onWire(encapsulated('gni 1.1', inner), timeUs, direction);
const sealed = (inner: Uint8Array, timeUs?: number, more: Partial<Header> = {}) =>
  onWire(encapsulated('gni 3.0', inner, more), timeUs);

const correlator = (most = 100) => new Correlator({ waitUs: 500, most });
const kinds = (found: readonly Correlated[]) => found.map(({ kind }) => kind);

describe('a packet at a port and on the wire', () => {
  it.each(['port', 'wire'] as const)('is one item, with the time between, when the %s is heard of first', (first) => {
    const pair = correlator();
    const [port, wire] = [atPort(pingOf(1), 1000), open(pingOf(1), 1035)];
    const steps = [() => pair.port(port), () => pair.wire(wire)];
    const found = (first === 'port' ? steps : steps.toReversed()).flatMap((step) => step());
    expect(found).toEqual([{ kind: 'both', port, wire: [wire], by: 'content', betweenUs: 35 }]);
    expect(pair.expire(Number.POSITIVE_INFINITY)).toEqual([]);
  });

  it('that comes in is on the wire first', () => {
    const pair = correlator();
    const reply = pingOf(1, '10.0.0.12', '10.0.0.11');
    pair.wire(open(reply, 1000, 'in'));
    expect(pair.port(atPort(reply, 1080))).toMatchObject([{ kind: 'both', betweenUs: 80 }]);
  });

  it('is not taken for the same one the other way', () => {
    const pair = correlator();
    pair.wire(open(pingOf(1), 1000, 'in'));
    expect(pair.port(atPort(pingOf(1)))).toEqual([]);
    expect(kinds(pair.expire(2000))).toEqual(['port', 'wire']);
  });

  it('finds its own among others, whatever their order', () => {
    const pair = correlator();
    for (let i = 1; i <= 50; i++) pair.port(atPort(pingOf(i), i));
    const found = Array.from({ length: 50 }, (_, i) => pair.wire(open(pingOf(50 - i), 100 + i))).flat();
    expect(found).toHaveLength(50);
    for (const each of found) {
      if (each.kind !== 'both') throw new Error('alone');
      const content = each.wire[0]?.packet.content;
      expect(content).toMatchObject({ inner: each.port.packet.inner });
    }
  });

  it('is told alone when the other was waited for long enough, and not before', () => {
    const pair = correlator();
    pair.port(atPort(pingOf(1), 1000));
    pair.wire(open(pingOf(2), 1200));
    expect([pair.expire(1499), pair.expire(1500), pair.expire(1700)].map(kinds)).toEqual([[], ['port'], ['wire']]);
  });

  it('is told alone, oldest first, when too many wait', () => {
    const pair = correlator(2);
    const found = [1, 2, 3].flatMap((i) => pair.port(atPort(pingOf(i), i)));
    expect(found).toMatchObject([{ kind: 'port', port: { timeUs: 1 } }]);
  });
});

describe('a super-packet', () => {
  it('at the port is all of its packets on the wire', () => {
    const pair = correlator();
    expect(pair.port(atPort(stream(0, 300)))).toEqual([]);
    expect(pair.wire(open(stream(0, 100), 1010))).toEqual([]);
    expect(pair.wire(open(stream(200, 100), 1030))).toEqual([]);
    expect(pair.wire(open(stream(100, 100), 1020))).toMatchObject([
      { kind: 'both', betweenUs: 10, wire: [{ timeUs: 1010 }, { timeUs: 1020 }, { timeUs: 1030 }] },
    ]);
  });

  it('that a receiver joined takes what had come for it', () => {
    const pair = correlator();
    for (const at of [0, 100, 200]) pair.wire(open(stream(at, 100), 1000 + at));
    pair.wire(open(stream(300, 100), 1300));
    expect(pair.port(atPort(stream(0, 300), 1500))).toMatchObject([{ kind: 'both', wire: [{}, {}, {}] }]);
    expect(kinds(pair.expire(Number.POSITIVE_INFINITY))).toEqual(['wire']);
  });

  it('of which a part did not come is told with the rest', () => {
    const pair = correlator();
    pair.port(atPort(stream(0, 300)));
    pair.wire(open(stream(0, 100)));
    expect(pair.expire(Number.POSITIVE_INFINITY)).toMatchObject([{ kind: 'both', wire: [{}] }]);
  });

  it('on the wire is one as well', () => {
    const payload = bytes(...[0, 100, 200].map((at) => encapsulated('gni 1.1', stream(at, 100))));
    const pair = correlator();
    pair.port(atPort(stream(0, 300)));
    expect(pair.wire(onWire(payload))).toMatchObject([{ kind: 'both', wire: [{ packet: { segments: 3 } }] }]);
  });

  it('that is sealed is matched by its size, without the headers that segments have of their own', () => {
    const segments = [0, 100, 200].map((at, i) => encapsulated('gni 3.0', stream(at, 100), { sequence: BigInt(i) }));
    const pair = correlator();
    pair.port(atPort(stream(0, 300)));
    expect(pair.wire(onWire(bytes(...segments)))).toMatchObject([{ kind: 'both', by: 'size' }]);
  });
});

describe('a sealed packet', () => {
  it('is matched by size, in order, and that is said', () => {
    const pair = correlator();
    const ports = [atPort(pingOf(1), 1), atPort(stream(0, 50), 2), atPort(pingOf(2), 3)];
    for (const port of ports) pair.port(port);
    const found = [sealed(pingOf(1), 4), sealed(pingOf(2), 5), sealed(stream(0, 50), 6)].flatMap((wire) =>
      pair.wire(wire),
    );
    expect(found.map((each) => each.kind === 'both' && [each.port.timeUs, each.by])).toEqual([
      [1, 'size'],
      [3, 'size'],
      [2, 'size'],
    ]);
    const [first] = found;
    if (first === undefined) throw new Error('nothing found');
    expect(correlatedLines(first, 'web1')[1]).toMatch(/≈ 3 µs {2}on the wire .*\(sealed: matched by size and order\)$/);
  });

  it('of another size is nobody’s, nor one whose size says nothing', () => {
    const pair = correlator();
    pair.port(atPort(stream(0, 50)));
    expect([pair.wire(sealed(pingOf(1))), pair.wire(sealed(stream(0, 50), 1, { compression: 'lz4' }))]).toEqual([
      [],
      [],
    ]);
  });
});

describe('what tells a packet from others', () => {
  const v4 = (protocol: number, body: Uint8Array) => ipv4('10.0.0.1', '10.0.0.2', protocol, body);
  const same = (a: Uint8Array, b: Uint8Array) => overlaps(identityOf(a), identityOf(b));
  const query = v4(17, udp(53, 5353, Uint8Array.of(1, 2, 3)));

  it('does not change with what hosts change', () => {
    const changed = query.with(8, 63).with(10, 9).with(26, 7);
    expect(same(query, changed)).toBe(true);
  });

  it.each<readonly [string, Uint8Array]>([
    ['payload', v4(17, udp(53, 5353, Uint8Array.of(1, 2, 4)))],
    ['port', v4(17, udp(54, 5353, Uint8Array.of(1, 2, 3)))],
    ['address', ipv4('10.0.0.1', '10.0.0.3', 17, udp(53, 5353, Uint8Array.of(1, 2, 3)))],
    ['protocol', v4(132, udp(53, 5353, Uint8Array.of(1, 2, 3)))],
    ['family', ipv6('fd00::1', 'fd00::2', 17, udp(53, 5353, Uint8Array.of(1, 2, 3)))],
  ])('is the %s', (_what, other) => {
    expect(same(query, other)).toBe(false);
  });

  it('of TCP without data are its numbers and flags, with data its place in the stream', () => {
    expect(same(stream(0, 0), stream(0, 0))).toBe(true);
    expect(same(stream(0, 0), stream(1, 0))).toBe(false);
    expect(same(stream(0, 100), stream(50, 100))).toBe(true);
    expect(same(stream(0, 100), stream(100, 100))).toBe(false);
  });

  it('of a fragment is where it belongs', () => {
    const fragment = (at: number) => ipv4('10.0.0.1', '10.0.0.2', 17, Uint8Array.of(1, 2, 3, 4), at);
    expect([same(fragment(10), fragment(10)), same(fragment(10), fragment(20))]).toEqual([true, false]);
  });
});

describe('a frame at a port', () => {
  it('goes out when its source is the guest’s, or nobody’s, and in when only its destination is', () => {
    const ways = [pingOf(1), pingOf(1, '10.0.0.12', '10.0.0.11'), pingOf(1, '10.9.9.9', '10.0.0.12')];
    expect(ways.map((inner) => atPort(inner).packet.direction)).toEqual(['out', 'in', 'out']);
  });

  it('that is no IP packet, or cut short of one, is none', () => {
    const arp = bytes(ethernet4.slice(0, 12), [0x08, 0x06], new Uint8Array(28));
    expect(decodePortFrame('ETHERNET', arp, own)).toBeUndefined();
    for (let length = 0; length < 34; length++) {
      expect(decodePortFrame('ETHERNET', bytes(ethernet4, pingOf(1)).subarray(0, length), own)).toBeUndefined();
    }
  });
});

describe('what is asked for', () => {
  const packet = (payload: Uint8Array) => onWire(payload).packet;
  const plain = packet(encapsulated('gni 1.1', pingOf(1)));
  const closed = packet(encapsulated('gni 3.0', pingOf(1)));
  const broken = packet(Uint8Array.of(0x7f));
  it.each([
    [plain, {}, 'yes'],
    [broken, {}, 'yes'],
    [broken, { gni: 7 }, 'no'],
    [plain, { gni: 7 }, 'yes'],
    [plain, { gni: 8 }, 'no'],
    [plain, { gni: 7, inner: own }, 'yes'],
    [plain, { inner: new Set(['10.0.0.99']) }, 'no'],
    [closed, { gni: 7 }, 'yes'],
    [closed, { gni: 7, inner: own }, 'unknown'],
    [closed, { gni: 8, inner: own }, 'no'],
    [packet(encapsulated('gni 3.0', pingOf(1), { control: true, protocol: 0 })), { gni: 7, inner: own }, 'no'],
  ] as const)('%#: a packet concerns those who ask', (one, wanted, expected) => {
    expect(concerns(one, wanted)).toBe(expected);
  });
});
