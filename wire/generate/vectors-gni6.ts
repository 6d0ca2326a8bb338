/** Vectors of the format whose header is the outer IPv6 header. */
import { encode } from '../codec.ts';
import type { DropName } from '../drops.ts';
import { headerLength, type Layout } from '../formats/layout.ts';
import type { Header } from '../header.ts';
import { longSamples, type Sample, samples } from './sample-packets.ts';
import { closed } from './sealing.ts';
import { acceptance, concat, headerFor, refusal, type Vector, withBitFlipped, withByte, withWord } from './vector.ts';

const inner = samples.udp4.whole;
const prefixes = { source: '2001:db8:6:1::', destination: '2001:db8:6:2::' } as const;
const header: Header = { ...headerFor(inner), prefixes };

export function gni6Vectors(layout: Layout): Vector[] {
  return [...accepted(layout), ...looseBits(layout), ...refused(layout), ...notAccepted(layout)];
}

function accepted(layout: Layout): Vector[] {
  const { udp4, tcp4, emptyUdp4, icmp4 } = samples;
  const { marked4, bare4 } = longSamples;
  const all = { udp4, tcp4, emptyUdp4, icmp4, marked4, bare4, 'long udp4': longSamples.udp4 };
  const fragment = withWord(samples.udp4.whole, 6, 0x2000);
  const packets: readonly (readonly [string, Sample])[] = [...Object.entries(all), ['fragment4', { whole: fragment }]];
  return packets.map(([name, { whole }]) =>
    acceptance(layout, name, encode(layout, header, whole), { header, inner: whole }),
  );
}

/** What routers change, or IP looks at before a receiver does. */
function looseBits(layout: Layout): Vector[] {
  const good = encode(layout, header, inner);
  const take = (name: string, packet: Uint8Array): Vector =>
    acceptance(layout, name, packet, { header, inner }, { encodes: false });
  return [
    take('traffic class', withWord(good, 0, 0x6bb0)),
    take('flow label', withWord(good, 2, 0xabcd)),
    take('hop limit 1', withByte(good, 7, 1)),
    take('another payload length', withWord(good, 4, 3)),
  ];
}

function refused(layout: Layout): Vector[] {
  const length = headerLength(layout);
  const good = encode(layout, header, inner);
  const refuse = (name: string, drop: DropName, packet: Uint8Array): Vector => refusal(layout, name, drop, packet);
  const behind = (name: string, drop: DropName, bytes: Uint8Array): Vector =>
    refuse(name, drop, closed(layout, header, bytes));
  const cuts = Array.from({ length: length + inner.length }, (_, at) => at);
  const addressBits = (from: number): number[] => [0, 7, 15, 24, 31].map((bit) => from * 8 + bit);
  return [
    ...cuts.map((at) => refuse(`cut to ${at} bytes`, 'short', good.subarray(0, at))),
    ...[0, 1, 2, 3].map((bit) => refuse(`version bit ${bit} flipped`, 'bad-header', withBitFlipped(good, bit))),
    ...[0, 17, 41, 59].map((next) => refuse(`next header ${next}`, 'bad-header', withByte(good, 6, next))),
    ...addressBits(20).map((bit) =>
      refuse(`outer source says another guest, bit ${bit}`, 'bad-header', withBitFlipped(good, bit)),
    ),
    ...addressBits(36).map((bit) =>
      refuse(`outer destination says another guest, bit ${bit}`, 'bad-header', withBitFlipped(good, bit)),
    ),
    ...addressBits(length + 12).map((bit) =>
      refuse(`inner source is another, bit ${bit}`, 'bad-header', withBitFlipped(good, bit)),
    ),
    ...addressBits(length + 16).map((bit) =>
      refuse(`inner destination is another, bit ${bit}`, 'bad-header', withBitFlipped(good, bit)),
    ),
    behind('with a byte more', 'long', concat(inner, [0])),
    behind('IPv6 inside', 'inner-malformed', samples.udp6.whole),
    behind('IPv4 header of 16 bytes', 'inner-malformed', withByte(inner, 0, 0x44)),
    behind('IPv4 total length below its header', 'inner-malformed', withWord(inner, 2, 19)),
  ];
}

function notAccepted(layout: Layout): Vector[] {
  const good = encode(layout, header, inner);
  const accept = [{ format: 'gni 1.0' }] as const;
  return [
    acceptance(layout, 'accepted', good, { header, inner }, { accept: [{ format: 'gni6' }] }),
    refusal(layout, 'another format accepted', 'version-not-accepted', good, { accept }),
    refusal(layout, 'another format accepted, and addresses disagree', 'bad-header', withBitFlipped(good, 20 * 8), {
      accept,
    }),
    refusal(layout, 'another format accepted, and a byte more', 'version-not-accepted', concat(good, [0]), { accept }),
  ];
}
