/** For tests: packets and frames, made by hand. */
import { addressBytes } from '../../wire/address.ts';
import { write16 } from '../../wire/bits.ts';
import { encode, type Header } from '../../wire/codec.ts';
import { layoutByName } from '../../wire/formats/index.ts';

export function bytes(...parts: readonly (readonly number[] | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

export function ipv4(
  source: string,
  destination: string,
  protocol: number,
  body: Uint8Array,
  fragment = 0,
): Uint8Array {
  const head = Uint8Array.from([0x45, 0, 0, 0, 0, 0, 0, 0, 64, protocol, 0, 0]);
  write16(head, 2, 20 + body.length);
  write16(head, 6, fragment);
  return bytes(head, addressBytes(source), addressBytes(destination), body);
}

export function ipv6(source: string, destination: string, next: number, body: Uint8Array): Uint8Array {
  const head = Uint8Array.from([0x60, 0, 0, 0, 0, 0, next, 64]);
  write16(head, 4, body.length);
  return bytes(head, addressBytes(source), addressBytes(destination), body);
}

export function udp(source: number, destination: number, payload: Uint8Array): Uint8Array {
  const head = new Uint8Array(8);
  write16(head, 0, source);
  write16(head, 2, destination);
  write16(head, 4, 8 + payload.length);
  return bytes(head, payload);
}

export function tcp(flags: number, data: number): Uint8Array {
  const head = bytes([0x14, 0x51, 0xa8, 0xca, 0, 0, 0, 9, 0, 0, 0, 5, 0x50, flags, 1, 0, 0, 0, 0, 0]);
  return bytes(head, new Uint8Array(data));
}

export const echo = Uint8Array.from([8, 0, 0, 0, 0, 7, 0, 1, 1, 2, 3, 4]);
export const ping = ipv4('10.0.0.11', '10.0.0.12', 1, echo);

export function encapsulated(format: string, inner: Uint8Array, more: Partial<Header> = {}): Uint8Array {
  const layout = layoutByName(format);
  if (layout === undefined) throw new Error(`no format ${format}`);
  const protocol = (inner[0] ?? 0) >> 4 === 4 ? 4 : 41;
  const header = { partialChecksum: false, protocol, sourceGni: 7, destinationGni: 7, ...more };
  return encode(layout, header, inner, key);
}

const key = { id: 90, cipher: 'aes-256-gcm', secret: new Uint8Array(32), salt: new Uint8Array(4) } as const;

export const ethernet4 = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x08, 0x00];
export const ethernet6 = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x86, 0xdd];

export function frame(payload: Uint8Array, port = 6741): Uint8Array {
  return bytes(ethernet4, ipv4('198.18.0.1', '198.18.0.2', 17, udp(49_152, port, payload)));
}
