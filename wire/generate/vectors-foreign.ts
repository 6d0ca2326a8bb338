/** Vectors of the formats with Ethernet inside, as kernels and Open vSwitch send them too. */
import { encode } from '../codec.ts';
import type { DropName } from '../drops.ts';
import { derivedMacs, etherTypes, writeFrame } from '../ethernet.ts';
import { geneveOption } from '../formats/geneve.ts';
import { ethernetHeaderLength, headerLength, type Layout, leastHeaderLength } from '../formats/layout.ts';
import { type Header, writeHeader } from '../header.ts';
import { longSamples, type Sample, samples } from './sample-packets.ts';
import { acceptance, concat, headerFor, refusal, type Vector, withBitFlipped, withByte, withWord } from './vector.ts';

const inner = samples.udp4.whole;
const foreignMacs = { source: '52:54:00:12:34:56', destination: '02:04:0a:00:00:06' } as const;

export function foreignVectors(layout: Layout): Vector[] {
  return [
    ...accepted(layout),
    ...frames(layout),
    ...cuts(layout),
    ...(layout.carrier === 'vxlan' ? vxlanHeaders(layout) : geneveHeaders(layout)),
    ...notAccepted(layout),
  ];
}

/** As decoded: the format may carry one network only, and derives Ethernet addresses. */
function headerOf(layout: Layout, packet: Uint8Array): Header {
  const header = headerFor(packet);
  const sourceGni = layout.options === undefined ? header.destinationGni : header.sourceGni;
  return { ...header, sourceGni, macs: derivedMacs(packet) };
}

function accepted(layout: Layout): Vector[] {
  const all: readonly (readonly [string, Sample])[] = [...Object.entries(samples), ['long udp4', longSamples.udp4]];
  const whole = all.map(([name, sample]) => {
    const header = headerOf(layout, sample.whole);
    return acceptance(layout, name, encode(layout, header, sample.whole), { header, inner: sample.whole });
  });
  const header = { ...headerOf(layout, inner), macs: foreignMacs };
  return [
    ...whole,
    acceptance(layout, 'from a guest without an agent', encode(layout, header, inner), { header, inner }),
  ];
}

/** A packet of any bytes behind a right header. */
function framed(layout: Layout, frame: Uint8Array): Uint8Array {
  return concat(writeHeader(layout, headerOf(layout, inner)), frame);
}

function frames(layout: Layout): Vector[] {
  const header = headerOf(layout, inner);
  const good = writeFrame(derivedMacs(inner), inner);
  const typeAt = 12;
  const refuse = (name: string, drop: DropName, frame: Uint8Array): Vector =>
    refusal(layout, name, drop, framed(layout, frame));
  const frameOf = (packet: Uint8Array): Uint8Array => writeFrame(derivedMacs(inner), packet);
  const padded = (name: string, packet: Uint8Array, padding: number): Vector =>
    acceptance(
      layout,
      name,
      framed(layout, concat(writeFrame(derivedMacs(packet), packet), new Uint8Array(padding).fill(0xee))),
      { header: headerOf(layout, packet), inner: packet },
      { encodes: false },
    );
  return [
    padded('IPv4 with padding', samples.emptyUdp4.whole, 18),
    padded('IPv4 with a byte of padding', inner, 1),
    padded('IPv6 with padding', samples.udp6.whole, 7),
    acceptance(
      layout,
      'to the broadcast address',
      framed(layout, writeFrame({ ...foreignMacs, destination: 'ff:ff:ff:ff:ff:ff' }, inner)),
      { header: { ...header, macs: { ...foreignMacs, destination: 'ff:ff:ff:ff:ff:ff' } }, inner },
    ),
    ...[0x0000, 0x0026, 0x0801, 0x8100, 0x88cc, 0xffff].map((type) =>
      refuse(`ethertype 0x${type.toString(16).padStart(4, '0')}`, 'unknown-protocol', withWord(good, typeAt, type)),
    ),
    refuse('no inner packet', 'short', good.subarray(0, ethernetHeaderLength)),
    refuse('IPv4 cut by a byte', 'short', good.subarray(0, -1)),
    refuse('19 bytes of IPv4', 'short', good.subarray(0, ethernetHeaderLength + 19)),
    refuse('39 bytes of IPv6', 'short', frameOf(samples.udp6.whole).subarray(0, ethernetHeaderLength + 39)),
    refuse('IPv6 said, IPv4 inside', 'inner-malformed', withWord(frameOf(samples.tcp4.whole), typeAt, etherTypes.ipv6)),
    refuse('IPv4 said, IPv6 inside', 'inner-malformed', withWord(frameOf(samples.udp6.whole), typeAt, etherTypes.ipv4)),
    refuse('IPv4 header of 16 bytes', 'inner-malformed', frameOf(withByte(inner, 0, 0x44))),
    refuse('IPv4 total length below its header', 'inner-malformed', frameOf(withWord(inner, 2, 19))),
  ];
}

function cuts(layout: Layout): Vector[] {
  const good = encode(layout, headerOf(layout, inner), inner);
  const lengths = Array.from({ length: headerLength(layout) + ethernetHeaderLength }, (_, at) => at);
  return lengths.map((at) => refusal(layout, `cut to ${at} bytes`, 'short', good.subarray(0, at)));
}

function notAccepted(layout: Layout): Vector[] {
  const header = headerOf(layout, inner);
  const good = encode(layout, header, inner);
  const other = layout.carrier === 'vxlan' ? 'geneve' : 'vxlan';
  return [
    acceptance(layout, 'accepted', good, { header, inner }, { accept: [{ format: layout.name }] }),
    refusal(layout, 'another format accepted', 'version-not-accepted', good, { accept: [{ format: other }] }),
    refusal(
      layout,
      'another format accepted, and an unknown ethertype',
      'version-not-accepted',
      withByte(good, headerLength(layout) + 12, 0x99),
      {
        accept: [{ format: other }],
      },
    ),
  ];
}

// ---- vxlan ---------------------------------------------------------------------------------------------------

function vxlanHeaders(layout: Layout): Vector[] {
  const header = headerOf(layout, inner);
  const good = encode(layout, header, inner);
  const reserved = [0, 1, 2, 3, 5, 6, 7, 8, 16, 31, 56, 63];
  return [
    refusal(layout, 'I not set', 'bad-header', withBitFlipped(good, 4)),
    refusal(layout, 'every flag but I', 'bad-header', withByte(good, 0, 0xf7)),
    ...reserved.map((bit) =>
      acceptance(layout, `reserved bit ${bit} set`, withBitFlipped(good, bit), { header, inner }, { encodes: false }),
    ),
  ];
}

// ---- geneve --------------------------------------------------------------------------------------------------

const ourOption = (gni: number): number[] =>
  option(geneveOption.class, geneveOption.type, [0, gni >> 16, (gni >> 8) & 0xff, gni & 0xff]);

function option(optionClass: number, type: number, data: readonly number[], words = data.length / 4): number[] {
  return [optionClass >> 8, optionClass & 0xff, type, words, ...data];
}

const critical = 0x80;

function geneveHeaders(layout: Layout): Vector[] {
  const header = headerOf(layout, inner);
  const good = encode(layout, header, inner);
  const take = (name: string, packet: Uint8Array, sourceGni = header.sourceGni): Vector =>
    acceptance(layout, name, packet, { header: { ...header, sourceGni }, inner }, { encodes: false });
  return [
    refusal(layout, 'version 1', 'bad-header', withBitFlipped(good, 1)),
    refusal(layout, 'version 2', 'bad-header', withBitFlipped(good, 0)),
    refusal(layout, 'O set', 'bad-header', withBitFlipped(good, 8)),
    take('C set', withBitFlipped(good, 9)),
    ...[10, 15, 56, 63].map((bit) => take(`reserved bit ${bit} set`, withBitFlipped(good, bit))),
    refusal(layout, 'IPv4 said by the protocol type', 'unknown-protocol', withWord(good, 2, etherTypes.ipv4)),
    refusal(layout, 'protocol type 0', 'unknown-protocol', withWord(good, 2, 0)),
    ...geneveOptions(layout, header, take),
  ];
}

function geneveOptions(
  layout: Layout,
  header: Header,
  take: (name: string, packet: Uint8Array, sourceGni?: number) => Vector,
): Vector[] {
  const fields = writeHeader(layout, header).subarray(0, leastHeaderLength(layout));
  const frame = writeFrame(derivedMacs(inner), inner);
  const withOptions = (...options: readonly (readonly number[])[]): Uint8Array => {
    const bytes = options.flat();
    return concat(withByte(fields, 0, bytes.length / 4), bytes, frame);
  };
  const refuse = (name: string, drop: DropName, packet: Uint8Array): Vector => refusal(layout, name, drop, packet);
  const [ours, other, empty] = [ourOption(0x0a0b0c), option(0x0102, 1, [1, 2, 3, 4]), option(0x0102, 2, [])];
  const vni = header.destinationGni;
  const longest = option(
    0x0102,
    3,
    Array.from({ length: 124 }, (_, at) => at),
  );
  const tooLong = option(geneveOption.class, geneveOption.type, [0, 0, 0, 1], 2);
  return [
    take('no option', withOptions(), vni),
    take('another option only', withOptions(other), vni),
    take('another option in front of ours', withOptions(other, ours), 0x0a0b0c),
    take('another option behind ours', withOptions(ours, empty, other), 0x0a0b0c),
    take('our option twice', withOptions(ours, ourOption(7)), 0x0a0b0c),
    take('our option with reserved bits', withOptions(ours.with(3, 0xe1)), 0x0a0b0c),
    take('our option with two words', withOptions(option(geneveOption.class, 1, [0, 0, 0, 5, 0, 0, 0, 6])), vni),
    take('our class, another type', withOptions(option(geneveOption.class, 2, [0, 0, 0, 5])), vni),
    take(
      'as many options as there can be',
      withOptions(longest, option(0x0102, 4, Array(112).fill(9)), ours),
      0x0a0b0c,
    ),
    refuse('a critical option', 'bad-header', withOptions(option(0x0102, critical | 1, [1, 2, 3, 4]))),
    refuse('a critical option behind ours', 'bad-header', withOptions(ours, option(0x0102, critical | 1, []))),
    refuse('our option as a critical one', 'bad-header', withOptions(ours.with(2, critical | geneveOption.type))),
    refuse('an option longer than the options', 'short', withOptions(tooLong)),
    refuse(
      'a critical option longer than the options',
      'short',
      withOptions(option(0x0102, critical, [0, 0, 0, 1], 31)),
    ),
    refuse('options longer than the packet', 'short', withByte(concat(fields, ours, frame), 0, 63)),
  ];
}
