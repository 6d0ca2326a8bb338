/**
 * IP addresses and prefixes at the edges of Weft: text to bytes and back, one spelling per address.
 *
 * Inside Weft an address is its canonical text (RFC 5952 for IPv6), so that texts compare as addresses do.
 * `ipaddr.js` formats; `net.isIP` guards it, because on its own it accepts forms such as 010.1 and 0x7f.1.
 */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

export type Family = 4 | 6;

/** Canonical text, or undefined when `text` is no plain IP address (no zone, no prefix length). */
export function parseAddress(text: string): string | undefined {
  if (isIP(text) === 0 || text.includes('%')) return undefined;
  return canonical(ipaddr.parse(text));
}

export function familyOf(address: string): Family {
  return address.includes(':') ? 6 : 4;
}

/** 4 or 16 bytes, network order. */
export function addressBytes(address: string): Uint8Array {
  return Uint8Array.from(ipaddr.parse(address).toByteArray());
}

/** Canonical text of 4 or 16 bytes; undefined for any other length. */
export function addressFromBytes(bytes: Uint8Array): string | undefined {
  if (bytes.length !== 4 && bytes.length !== 16) return undefined;
  return canonical(ipaddr.fromByteArray([...bytes]));
}

export interface Prefix {
  /** Canonical text; for a network all bits behind `length` are zero. */
  readonly address: string;
  readonly length: number;
}

/** `ADDRESS/LENGTH`, host bits kept; undefined when it is not that. */
export function parseInterfaceAddress(text: string): Prefix | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const bits = addressBits(address);
  if (slash < 0) return { address, length: bits };
  const lengthText = text.slice(slash + 1);
  if (!/^(0|[1-9]\d{0,2})$/.test(lengthText)) return undefined;
  const length = Number(lengthText);
  return length <= bits ? { address, length } : undefined;
}

/** Like {@link parseInterfaceAddress}, but refuses set host bits: 10.0.0.0/8 yes, 10.0.0.1/8 no. */
export function parsePrefix(text: string): Prefix | undefined {
  const prefix = text.includes('/') ? parseInterfaceAddress(text) : undefined;
  if (prefix === undefined) return undefined;
  return networkAddress(prefix) === prefix.address ? prefix : undefined;
}

export function formatPrefix(prefix: Prefix): string {
  return `${prefix.address}/${prefix.length}`;
}

export function addressBits(address: string): 32 | 128 {
  return familyOf(address) === 4 ? 32 : 128;
}

/** First address of the prefix that an interface address is in. */
export function networkAddress(prefix: Prefix): string {
  const bits = BigInt(addressBits(prefix.address) - prefix.length);
  return addressFromNumber((addressNumber(prefix.address) >> bits) << bits, familyOf(prefix.address));
}

export function prefixContains(prefix: Prefix, address: string): boolean {
  if (familyOf(prefix.address) !== familyOf(address)) return false;
  const rest = BigInt(addressBits(address) - prefix.length);
  return addressNumber(prefix.address) >> rest === addressNumber(address) >> rest;
}

export function prefixesOverlap(a: Prefix, b: Prefix): boolean {
  return a.length <= b.length ? prefixContains(a, b.address) : prefixContains(b, a.address);
}

export function addressNumber(address: string): bigint {
  return addressBytes(address).reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

export function addressFromNumber(number: bigint, family: Family): string {
  const bytes = new Uint8Array(family === 4 ? 4 : 16);
  for (let i = bytes.length - 1, rest = number; i >= 0; i--, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return addressFromBytes(bytes) ?? '';
}

/** Whether a guest may have the address: multicast, loopback, link-local, broadcast and 0.0.0.0 are not for guests. */
export function isUnicast(address: string): boolean {
  const range = ipaddr.parse(address).range();
  return !['multicast', 'loopback', 'linkLocal', 'broadcast', 'unspecified', 'ipv4Mapped'].includes(range);
}

function canonical(address: ipaddr.IPv4 | ipaddr.IPv6): string {
  return address.kind() === 'ipv6' ? (address as ipaddr.IPv6).toRFC5952String() : address.toString();
}
