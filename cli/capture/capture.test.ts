import { describe, expect, it } from 'vitest';
import { write16 } from '../../wire/bits.ts';
import { internetChecksum } from '../../wire/checksum.ts';
import type { Header } from '../../wire/codec.ts';
import { summarize } from './inner.ts';
import { decodeFrame } from './packet.ts';
import {
  bytes,
  echo,
  encapsulated,
  ethernet4,
  ethernet6,
  frame,
  ipv4,
  ipv6,
  ping,
  tcp,
  udp,
} from './packets-by-hand.ts';
import { packetJson, packetLines } from './print.ts';
import { encodeRecord, RecordReader } from './records.ts';
import { splitSegments } from './segments.ts';

// ---- tables ----------------------------------------------------------------------------------------------

describe('a captured frame', () => {
  it('is decoded through Ethernet, IPv4 and UDP', () => {
    expect(decodeFrame('ETHERNET', frame(encapsulated('gni 1.1', ping)))).toEqual({
      source: '198.18.0.1',
      destination: '198.18.0.2',
      sourcePort: 49_152,
      destinationPort: 6741,
      bytes: 48,
      segments: 1,
      content: {
        ok: true,
        format: 'gni 1.1',
        sourceGni: 7,
        destinationGni: 7,
        partialChecksum: false,
        inner: { source: '10.0.0.11', destination: '10.0.0.12', text: 'ICMP echo request id 7 seq 1' },
      },
    });
  });

  it('is decoded the same through IPv6, VLAN tags, Linux’s cooked header and no header', () => {
    const datagram = udp(49_152, 6741, encapsulated('gni 1.0', ping));
    const v4 = ipv4('198.18.0.1', '198.18.0.2', 17, datagram);
    const v6 = ipv6('fd00:198:18::1', 'fd00:198:18::2', 17, datagram);
    const cooked = [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x08, 0x00];
    const found = [
      decodeFrame('ETHERNET', bytes(ethernet6, v6)),
      decodeFrame('ETHERNET', bytes(ethernet4.slice(0, 12), [0x81, 0, 0, 5, 0x08, 0x00], v4)),
      decodeFrame('LINKTYPE_LINUX_SLL', bytes(cooked, v4)),
      decodeFrame('RAW', v4),
      decodeFrame('RAW', v6),
    ];
    expect(found.map((packet) => packet?.content.ok)).toEqual([true, true, true, true, true]);
    expect(found.map((packet) => packet?.source)).toEqual([
      ...['fd00:198:18::1', '198.18.0.1', '198.18.0.1', '198.18.0.1', 'fd00:198:18::1'],
    ]);
  });

  it('is not misled by Ethernet’s padding', () => {
    const packet = decodeFrame('ETHERNET', bytes(frame(encapsulated('gni 1.0', ping)), new Uint8Array(20)));
    expect(packet).toMatchObject({ segments: 1, content: { ok: true } });
  });

  const broken: readonly [what: string, change: (payload: Uint8Array) => Uint8Array, drop: string][] = [
    ['an unknown version', (payload) => payload.with(0, 0x7f), 'unknown-version'],
    ['a flipped bit', (payload) => payload.with(30, (payload[30] ?? 0) ^ 1), 'bad-checksum'],
    ['a reserved bit', (payload) => payload.with(3, 1), 'bad-header'],
    ['a header cut short', (payload) => payload.subarray(0, 10), 'short'],
    ['nothing', () => new Uint8Array(0), 'short'],
  ];
  it.each(broken)('with %s says why it would be dropped', (_what, change, drop) => {
    const packet = decodeFrame('ETHERNET', frame(change(encapsulated('gni 1.1', ping))));
    expect(packet?.content).toEqual({ ok: false, drop });
  });

  it('of anything else is none of ours, wherever it is cut', () => {
    const whole = frame(encapsulated('gni 1.0', ping));
    const cutInHeaders = Array.from({ length: 14 + 20 + 8 }, (_, length) => whole.subarray(0, length));
    expect(cutInHeaders.map((one) => decodeFrame('ETHERNET', one)).filter((one) => one !== undefined)).toEqual([]);
    expect(decodeFrame('ETHERNET', bytes(ethernet4, ipv4('198.18.0.1', '198.18.0.2', 6, tcp(2, 0))))).toBeUndefined();
    expect(decodeFrame('ETHERNET', bytes(ethernet4.with(13, 6), whole.subarray(14)))).toBeUndefined();
  });

  it('that the capture cut off says so instead of blaming the sender', () => {
    const whole = frame(encapsulated('gni 1.1', ping));
    expect(decodeFrame('ETHERNET', whole.subarray(0, -5))).toMatchObject({
      bytes: 48,
      content: { ok: false, drop: 'cut' },
    });
  });
});

describe('a captured frame of a later format', () => {
  const ends = { source: '10.0.0.11', destination: '10.0.0.12' };
  const text = new TextEncoder().encode('weft over warp, under warp; '.repeat(20));
  const long = ipv4('10.0.0.11', '10.0.0.12', 17, udp(1000, 2000, text));
  // Elision is for packets whose header checksum is right.
  write16(long, 10, internetChecksum(long.subarray(0, 20)));
  const words = (payload: Uint8Array, port: number) => {
    const packet = decodeFrame('ETHERNET', frame(payload, port));
    if (packet === undefined) throw new Error('not decoded');
    return packetLines(packet, 0).map((line) => line.replace(/^\S* +(198\S* → \S* +)?/, ''));
  };

  it.each<readonly [string, Partial<Header>, number, readonly [RegExp, string]]>([
    ['gni 2.0', {}, 6741, [/^gni 2.0, GNI 7, 596 bytes$/, 'UDP 1000 → 2000, 560 bytes']],
    ['gni 2.0', { elided: true }, 6741, [/^gni 2.0, GNI 7, header elided, 590 bytes$/, 'UDP 1000 → 2000, 560 bytes']],
    ['gni 2.0', { compression: 'lz4' }, 6741, [/^gni 2.0, GNI 7, lz4, \d\d bytes$/, 'UDP 1000 → 2000, 560 bytes']],
    [
      'gni 2.0',
      { compression: 'zstd', elided: true, destinationGni: 8 },
      6741,
      [/^gni 2.0, GNI 7 → 8, zstd, header elided, \d\d bytes$/, 'UDP 1000 → 2000, 560 bytes'],
    ],
    ['vxlan', {}, 4789, [/^vxlan, GNI 7, 610 bytes$/, 'UDP 1000 → 2000, 560 bytes']],
    ['geneve', { sourceGni: 6 }, 6081, [/^geneve, GNI 6 → 7, 618 bytes$/, 'UDP 1000 → 2000, 560 bytes']],
  ])('%s with %j is shown with what is inside', (format, more, port, [how, inside]) => {
    const [first, second] = words(encapsulated(format, long, more), port);
    expect(first).toMatch(how);
    expect(second).toBe(`${ends.source} → ${ends.destination}  ${inside}`);
  });

  it.each<readonly [Partial<Header>, string]>([
    [{ sequence: 5n }, 'IPv4, sealed: key id 90, sequence 5, 588 bytes'],
    [
      { sequence: 0xffff_ffff_ffff_ffffn, protocol: 41 },
      'IPv6, sealed: key id 90, sequence 18446744073709551615, 588 bytes',
    ],
    [{ control: true, protocol: 0 }, 'flow control, sealed: key id 90, sequence 0, 588 bytes'],
    [{ protocol: 9 }, 'something unknown, sealed: key id 90, sequence 0, 588 bytes'],
  ])('gni 3.0 with %o is shown as far as it is not sealed', (more, sealed) => {
    expect(words(encapsulated('gni 3.0', long, more), 6741)).toEqual(['gni 3.0, GNI 7, 624 bytes', sealed]);
  });

  it('gni 3.0 that is cut, or whose header lies, says so', () => {
    const packet = encapsulated('gni 3.0', ping);
    const drops = [packet.subarray(0, 35), packet.with(1, 0x80)].map((payload) =>
      decodeFrame('ETHERNET', frame(payload)),
    );
    expect(drops.map((one) => one?.content)).toEqual([
      { ok: false, drop: 'short' },
      { ok: false, drop: 'bad-header' },
    ]);
  });

  it('is the one that its port says', () => {
    const packet = encapsulated('vxlan', ping);
    const contents = [4789, 6081, 6741].map((port) => decodeFrame('ETHERNET', frame(packet, port))?.content);
    expect(contents).toMatchObject([{ format: 'vxlan' }, { drop: 'unknown-protocol' }, { drop: 'unknown-version' }]);
  });
});

describe('a super-packet', () => {
  const sized = (format: string, data: number, more: Partial<Header> = {}) => {
    const inner = ipv4('10.0.0.11', '10.0.0.12', 6, tcp(0x10, data));
    write16(inner, 10, internetChecksum(inner.subarray(0, 20)));
    return encapsulated(format, inner, more);
  };
  const sealed = (data: number, sequence: bigint) => sized('gni 3.0', data, { sequence });

  it.each<readonly [string, number, readonly Uint8Array[]]>([
    ['sealed packets', 6741, [sealed(1400, 254n), sealed(1400, 255n), sealed(1400, 256n), sealed(9, 1000n)]],
    ['elided packets', 6741, [1400, 1400, 1400, 9].map((data) => sized('gni 2.0', data, { elided: true }))],
    ['compressed packets', 6741, [1, 2, 3, 4].map(() => sized('gni 2.0', 1400, { compression: 'zstd' }))],
    ['vxlan', 4789, [1400, 1400, 1400, 9].map((data) => sized('vxlan', data))],
    ['geneve', 6081, [1400, 1400, 1400, 9].map((data) => sized('geneve', data))],
  ])('of %s counts its segments', (_what, port, segments) => {
    const packet = decodeFrame('ETHERNET', frame(bytes(...segments), port));
    expect(packet).toMatchObject({ segments: 4, content: { ok: true } });
  });

  const segment = (data: number) => encapsulated('gni 1.1', ipv4('10.0.0.11', '10.0.0.12', 6, tcp(0x10, data)));

  it('counts its segments, also when the last is shorter', () => {
    const payload = bytes(...Array.from({ length: 43 }, () => segment(1400)), segment(600));
    const packet = decodeFrame('ETHERNET', frame(payload));
    expect(packet).toMatchObject({ segments: 44, bytes: payload.length, content: { ok: true, format: 'gni 1.1' } });
  });

  it('counts them also when the capture cut the last one', () => {
    const payload = bytes(segment(1400), segment(1400), segment(1400));
    const packet = decodeFrame('ETHERNET', frame(payload).subarray(0, -100));
    expect(packet).toMatchObject({ segments: 3, bytes: payload.length, content: { ok: true } });
  });

  it('with one bad segment says so', () => {
    const payload = bytes(segment(1400), segment(1400));
    const flipped = payload.with(2000, (payload[2000] ?? 0) ^ 1);
    expect(decodeFrame('ETHERNET', frame(flipped))).toMatchObject({ segments: 2, content: { drop: 'bad-checksum' } });
  });

  it('is not made of a packet with something behind it', () => {
    const long = bytes(encapsulated('gni 1.0', ping), new Uint8Array(10));
    expect(splitSegments(long)).toHaveLength(1);
    expect(decodeFrame('ETHERNET', frame(long))).toMatchObject({ segments: 1, content: { drop: 'long' } });
  });
});

describe('an inner packet in words', () => {
  const v4 = (protocol: number, body: Uint8Array, fragment = 0) =>
    ipv4('10.0.0.1', '10.0.0.2', protocol, body, fragment);
  const table: readonly [words: string, inner: Uint8Array][] = [
    ['ICMP echo request id 7 seq 1', ping],
    ['ICMP echo reply id 7 seq 1', v4(1, echo.with(0, 0))],
    ['ICMP unreachable', v4(1, echo.with(0, 3))],
    ['ICMP type 42 code 0', v4(1, echo.with(0, 42))],
    ['ICMPv6 echo request id 7 seq 1', ipv6('fd00::1', 'fd00::2', 58, echo.with(0, 128))],
    ['ICMPv6 packet too big', ipv6('fd00::1', 'fd00::2', 58, echo.with(0, 2))],
    ['TCP 5201 → 43210 [SYN] seq 9, 0 bytes', v4(6, tcp(0x02, 0))],
    ['TCP 5201 → 43210 [PSH ACK] seq 9 ack 5, 100 bytes', v4(6, tcp(0x18, 100))],
    ['TCP cut after 4 bytes', v4(6, new Uint8Array(4))],
    ['UDP 53 → 5353, 20 bytes', v4(17, udp(53, 5353, new Uint8Array(20)))],
    ['UDP cut after 2 bytes', v4(17, new Uint8Array(2))],
    ['protocol 17, fragment at 1480', v4(17, new Uint8Array(8), 185)],
    ['protocol 132, 12 bytes', v4(132, new Uint8Array(12))],
  ];
  it.each(table)('%s', (words, inner) => {
    expect(summarize(inner).text).toBe(words);
  });
});

describe('what is printed', () => {
  const timeUs = 1_700_000_000_123_456;

  it('is two lines a packet', () => {
    const packet = decodeFrame('ETHERNET', frame(encapsulated('gni 1.0', ping, { destinationGni: 8 })));
    if (packet === undefined) throw new Error('not decoded');
    const [first, second] = packetLines(packet, timeUs);
    expect(first).toMatch(
      /^\d\d:\d\d:\d\d\.123456 {2}198\.18\.0\.1:49152 → 198\.18\.0\.2:6741 {2}gni 1\.0, GNI 7 → 8, 44 bytes$/,
    );
    expect(second).toBe(`${' '.repeat(17)}10.0.0.11 → 10.0.0.12  ICMP echo request id 7 seq 1`);
  });

  it('names the drop reason and what it means', () => {
    const packet = decodeFrame('ETHERNET', frame(Uint8Array.of(0x7f)));
    if (packet === undefined) throw new Error('not decoded');
    expect(packetLines(packet, timeUs)[1]).toContain(
      'would be dropped as unknown-version: the first byte is no version',
    );
  });

  it('is one flat object as JSON', () => {
    const packet = decodeFrame('ETHERNET', frame(encapsulated('gni 1.0', ping)));
    if (packet === undefined) throw new Error('not decoded');
    expect(packetJson(packet, timeUs)).toMatchObject({
      timeMs: 1_700_000_000_123.456,
      source: '198.18.0.1',
      ok: true,
      format: 'gni 1.0',
      inner: { source: '10.0.0.11' },
    });
  });
});

describe('the helper’s records', () => {
  const start = Buffer.from('{"linkType":"ETHERNET","interface":"eth0"}\n');
  const frames = [Uint8Array.of(1, 2, 3), Uint8Array.of(4), new Uint8Array(1500).fill(9)];
  const stream = Buffer.concat([
    start,
    ...frames.map((one, i) => encodeRecord(1000 + i, { lost: i, behind: i === 2 }, one)),
  ]);

  it('come out whole, however the stream is cut', () => {
    for (const size of [1, 7, 64, stream.length]) {
      const reader = new RecordReader();
      const found = Array.from({ length: Math.ceil(stream.length / size) }, (_, i) =>
        reader.push(stream.subarray(i * size, (i + 1) * size)),
      ).flat();
      expect(reader.start).toEqual({ linkType: 'ETHERNET', interface: 'eth0' });
      expect(found.map(({ timeUs }) => timeUs)).toEqual([1000, 1001, 1002]);
      expect(found.map(({ frame: one }) => Uint8Array.from(one))).toEqual(frames);
      expect(reader.heard).toEqual({ timeUs: 1002, lost: 2, behind: true });
    }
  });

  it('may say no more than how far the capture is', () => {
    const reader = new RecordReader();
    const empty = encodeRecord(1, { lost: 7, behind: false }, new Uint8Array(0));
    expect(reader.push(Buffer.concat([start, empty]))).toEqual([]);
    expect(reader.heard).toEqual({ timeUs: 1, lost: 7, behind: false });
  });

  it('of a link that cannot be decoded are refused', () => {
    expect(() => new RecordReader().push(Buffer.from('{"linkType":"NULL"}\n'))).toThrow('link type NULL');
  });
});
