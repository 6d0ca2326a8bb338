/** Vectors of sealing: both ciphers, keys that share a number, every byte of a packet changed, control frames. */
import { type Accepted, close } from '../codec.ts';
import type { DropName } from '../drops.ts';
import { headerLength, type Layout } from '../formats/layout.ts';
import type { Header } from '../header.ts';
import { type SealKey, sequencesPerKey } from '../seal.ts';
import { samples } from './sample-packets.ts';
import { closed, keys, sealed, someSequence } from './sealing.ts';
import { acceptance, headerFor, keyToJson, refusal, type Vector, withBitFlipped, withByte } from './vector.ts';

const inner = samples.udp4.whole;

export function sealedVectors(layout: Layout): Vector[] {
  if (layout.tagLength === 0) return [];
  return [...keyVectors(layout), ...acceptedKeys(layout), ...flips(layout), ...controlFrames(layout)];
}

function sealedWith(layout: Layout, key: SealKey, header: Partial<Header> = {}) {
  const whole = { ...headerFor(inner), keyId: key.id, sequence: someSequence, ...header };
  return { packet: close(layout, whole, inner, key), expect: { header: whole, inner } };
}

function keyVectors(layout: Layout): Vector[] {
  const { aes, chacha, aesTwin, chachaTwin } = keys;
  const has = (...list: SealKey[]) => ({ keys: list.map(keyToJson) });
  const take = (name: string, key: SealKey, list: SealKey[], header: Partial<Header> = {}, encodes?: false): Vector => {
    const { packet, expect } = sealedWith(layout, key, header);
    return acceptance(layout, name, packet, expect, { ...has(...list), ...(encodes === undefined ? {} : { encodes }) });
  };
  const refuse = (name: string, drop: DropName, key: SealKey, ...list: SealKey[]): Vector =>
    refusal(layout, name, drop, sealedWith(layout, key).packet, has(...list));
  return [
    take('chacha20-poly1305', chacha, [chacha]),
    take('sequence 0', aes, [aes], { sequence: 0n }),
    take('the last sequence of a key', aes, [aes], { sequence: sequencesPerKey - 1n }),
    take('one of several keys', chacha, [chacha, aes, aesTwin]),
    take('the first of three keys of one number', aes, [aes, aesTwin, chachaTwin]),
    take('the second of three keys of one number', aes, [aesTwin, aes, chachaTwin], {}, false),
    take('the last of three keys of one number, another cipher', chachaTwin, [aes, aesTwin, chachaTwin], {}, false),
    refuse('no key', 'unknown-key', aes),
    refuse('a key of another number', 'unknown-key', aes, chacha),
    refuse('another key of the same number', 'bad-tag', aes, aesTwin),
    refuse('two other keys of the same number', 'bad-tag', aes, chachaTwin, aesTwin),
  ];
}

function acceptedKeys(layout: Layout): Vector[] {
  const { aes, aesTwin, chacha } = keys;
  const format = layout.name;
  const compressed = closed(layout, { ...headerFor(inner), elided: true }, inner.subarray(6));
  const refuse = (name: string, drop: DropName, packet: Uint8Array, others: SealKey[], ...accept: Accepted[]): Vector =>
    refusal(layout, name, drop, packet, { ...sealed(layout, ...others), accept });
  const good = closed(layout, headerFor(inner), inner);
  return [
    refuse('another key accepted', 'unknown-key', good, [chacha], { format, key: 1 }),
    refuse('another key of the same number accepted', 'bad-tag', good, [aesTwin], { format, key: 1 }),
    refuse('no key, and damaged', 'unknown-key', withBitFlipped(good, 240), [chacha], { format, key: 1 }),
    refuse(
      'elision accepted with another key',
      'feature-not-accepted',
      compressed,
      [aesTwin],
      { format, key: 0 },
      {
        format,
        key: 1,
        elision: true,
      },
    ),
    acceptance(layout, 'two keys accepted', sealedWith(layout, aes).packet, sealedWith(layout, aes).expect, {
      ...sealed(layout, chacha),
      accept: [
        { format, key: 1 },
        { format, key: 0, compression: 'lz4' },
      ],
    }),
  ];
}

/** One bit of every byte behind the version. */
function flips(layout: Layout): Vector[] {
  const good = closed(layout, headerFor(inner), inner);
  const keyIdByte = 3;
  const bits = Array.from({ length: good.length - 1 }, (_, at) => (at + 1) * 8 + (at % 8)).filter((bit) => bit >= 16);
  const flags = [
    refusal(layout, 'compression 3', 'bad-header', withByte(good, 1, 0x0c), sealed(layout)),
    ...[12, 13, 14, 15].map((bit) =>
      refusal(layout, `bit ${bit} set`, 'bad-tag', withBitFlipped(good, bit), sealed(layout)),
    ),
    refusal(layout, 'bit 11 set', 'bad-header', withBitFlipped(good, 11), sealed(layout)),
  ];
  const cuts = [0, 1, 15, 16, 17, inner.length - 1].map((payloadLen) =>
    refusal(
      layout,
      `sealed payload and tag cut to ${payloadLen + layout.tagLength} bytes`,
      'bad-tag',
      good.subarray(0, headerLength(layout) + layout.tagLength + payloadLen),
      sealed(layout),
    ),
  );
  return [
    ...flags,
    ...bits.map((bit) => {
      const drop = bit >> 3 === keyIdByte ? 'unknown-key' : 'bad-tag';
      return refusal(layout, `bit ${bit} flipped`, drop, withBitFlipped(good, bit), sealed(layout));
    }),
    ...cuts,
    refusal(layout, 'a byte more behind the tag', 'bad-tag', Uint8Array.from([...good, 0]), sealed(layout)),
  ];
}

function controlFrames(layout: Layout): Vector[] {
  const header: Header = { partialChecksum: false, protocol: 0, sourceGni: 0, destinationGni: 0, control: true };
  const grant = Uint8Array.from([1, keys.aes.id, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
  const accept: readonly Accepted[] = [{ format: layout.name, key: 0, compression: 'lz4', elision: true }];
  const refuse = (name: string, drop: DropName, changed: Partial<Header>): Vector => {
    const packet = closed(layout, { ...header, ...changed }, grant);
    return refusal(layout, `control frame, ${name}`, drop, packet, { ...sealed(layout), accept });
  };
  return [
    refuse('accepted without flow control', 'feature-not-accepted', {}),
    refuse('with a protocol', 'bad-header', { protocol: 4 }),
    refuse('compressed', 'bad-header', { compression: 'lz4' }),
    refuse('elided', 'bad-header', { elided: true }),
    refuse('with a partial checksum', 'bad-header', { partialChecksum: true }),
  ];
}
