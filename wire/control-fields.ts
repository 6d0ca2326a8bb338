/**
 * Single values of the control protocol's messages, checked: what does not fit is thrown as `Unfit`, with a sentence.
 */
import {
  addressFromBytes,
  formatPrefix,
  networkAddress,
  type Prefix,
  parseInterfaceAddress,
  parsePrefix,
} from './address.ts';
import { type PortKind, portKinds } from './control.ts';
import { limits, namePattern } from './limits.ts';

export type Raw = Record<string, unknown>;

/** Caught where messages are decoded: leaves nothing else. */
export class Unfit extends Error {}

const nameRule = new RegExp(namePattern);

export function isRecord(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null;
}

export function record(raw: Raw, key: string): Raw {
  const value = raw[key];
  if (!isRecord(value)) throw new Unfit(`${key} is missing`);
  return value;
}

export function list(raw: Raw, key: string, most: number): Raw[] {
  const value = raw[key];
  if (!Array.isArray(value)) return [];
  if (value.length > most) throw new Unfit(`${key} has ${value.length} entries; the limit is ${most}`);
  return value as Raw[];
}

export function text(raw: Raw, key: string, least = 0, most: number = limits.textLength): string {
  return checkText(raw[key], key, least, most);
}

function checkText(value: unknown, key: string, least: number, most: number): string {
  if (typeof value !== 'string') throw new Unfit(`${key} is no text`);
  if (value.length < least) throw new Unfit(`${key} is empty`);
  if (value.length > most) throw new Unfit(`${key} has ${value.length} characters; the limit is ${most}`);
  return value;
}

export function texts(raw: Raw, key: string, most: number, characters: number = limits.textLength): string[] {
  return (list(raw, key, most) as unknown[]).map((value) => checkText(value, key, 0, characters));
}

export function name(raw: Raw, key: string): string {
  const value = text(raw, key);
  if (!nameRule.test(value))
    throw new Unfit(`${key} is not a name (a-z, 0-9, -, at most ${limits.nameLength} characters)`);
  return value;
}

export function finite(raw: Raw, key: string): number {
  const value = raw[key];
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Unfit(`${key} is no number`);
  return value;
}

export function whole(raw: Raw, key: string): number {
  const value = raw[key];
  // An enum value that this version does not know arrives as its number, a known one too (toObject without enums: String).
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw new Unfit(`${key} is no whole number`);
  return value;
}

export function within(raw: Raw, key: string, least: number, most: number): number {
  const value = whole(raw, key);
  if (value < least || value > most) throw new Unfit(`${key} is ${value}, not ${least} to ${most}`);
  return value;
}

export function gni(raw: Raw): number {
  return within(raw, 'gni', limits.gni.min, limits.gni.max);
}

export function address(raw: Raw, key: string): string {
  return checkAddress(raw[key], key);
}

export function addresses(raw: Raw, key: string, most: number): string[] {
  return (list(raw, key, most) as unknown[]).map((value) => checkAddress(value, key));
}

function checkAddress(value: unknown, key: string): string {
  const found = value instanceof Uint8Array ? addressFromBytes(value) : undefined;
  if (found === undefined) throw new Unfit(`${key} is no IP address`);
  return found;
}

/** 16 bytes, or none. */
export function gni6Prefix(raw: Raw, key: string): string | undefined {
  const value = raw[key];
  if (!(value instanceof Uint8Array) || value.length === 0) return undefined;
  const prefix = parsePrefix(`${address(raw, key)}/64`);
  if (value.length !== 16 || prefix === undefined) throw new Unfit(`${key} is no IPv6 prefix of length 64`);
  return formatPrefix(prefix);
}

/** A member that is there only when it has a value. */
export function named<K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [key in K]?: V };
}

/** Bytes of one of the lengths, in base64. */
export function base64(raw: Raw, key: string, lengths: readonly number[]): string {
  const value = raw[key];
  if (!(value instanceof Uint8Array) || !lengths.includes(value.length))
    throw new Unfit(`${key} has not ${lengths.join(' or ')} bytes`);
  return Buffer.from(value).toString('base64');
}

export function bytes(raw: Raw, key: string, most: number): Uint8Array {
  const value = raw[key];
  if (!(value instanceof Uint8Array) || value.length === 0) throw new Unfit(`${key} is empty`);
  if (value.length > most) throw new Unfit(`${key} has ${value.length} bytes; the limit is ${most}`);
  // A plain copy: what is decoded is a view of the message's memory.
  return Uint8Array.from(value);
}

export function optional(value: string): string | undefined {
  return value === '' ? undefined : value;
}

/** None when it is empty. */
export function mac(raw: Raw, key: string): string | undefined {
  const value = raw[key];
  if (!(value instanceof Uint8Array) || value.length === 0) return undefined;
  if (value.length !== 6) throw new Unfit(`${key} is no Ethernet address`);
  return Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

export function prefix(raw: Raw): Prefix {
  const found = parseInterfaceAddress(`${address(raw, 'address')}/${whole(raw, 'length')}`);
  if (found === undefined) throw new Unfit('a prefix is longer than its address');
  return found;
}

export function networkPrefix(raw: Raw): string {
  const found = prefix(raw);
  if (networkAddress(found) !== found.address) throw new Unfit(`prefix ${formatPrefix(found)} has host bits`);
  return formatPrefix(found);
}

/** None when it is empty, or a kind that this version does not know. */
export function portKind(raw: Raw): PortKind | undefined {
  const value = text(raw, 'port');
  return portKinds.find((kind) => kind === value);
}
