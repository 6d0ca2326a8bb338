/**
 * Captured frames as a pcapng file, which Wireshark opens: draft-ietf-opsawg-pcapng, little endian, times in µs.
 *
 *   section header ─► one interface description for each tap ─► enhanced packets, each with what Weft makes of it as
 *   its comment ─► interface statistics with what was lost
 *
 * A file has a bound; then the capture ends, or goes on in another file while the oldest is removed.
 */
import { closeSync, existsSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { Problem } from '../problem.ts';
import type { LinkType } from './frame.ts';
import type { CapturedFrame } from './records.ts';

/** Numbers of https://www.tcpdump.org/linktypes.html. */
const linkTypeNumbers: Readonly<Record<LinkType, number>> = { ETHERNET: 1, RAW: 101, LINKTYPE_LINUX_SLL: 113 };
const snapLen = 65_535;
const blocks = { section: 0x0a0d_0d0a, interface: 1, statistics: 5, packet: 6 } as const;
const options = {
  comment: 1,
  name: 2,
  description: 3,
  resolution: 9,
  application: 4,
  received: 4,
  dropped: 5,
} as const;
const byteOrder = 0x1a2b_3c4d;

export interface PcapInterface {
  readonly name: string;
  readonly description: string;
  readonly linkType: LinkType;
}

function block(type: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length = 12 + body.length;
  return Buffer.concat([words(type, length), body, words(length)]);
}

function words(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) buffer.writeUInt32LE(value >>> 0, 4 * i);
  return buffer;
}

/** Filled up to 32 bits. */
function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

function option(code: number, value: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(code, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, padded(value)]);
}

const endOfOptions = Buffer.alloc(4);
const text = (code: number, value: string) => option(code, Buffer.from(value, 'utf8').subarray(0, 0xffff));
const count = (code: number, value: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return option(code, bytes);
};

export function sectionBlock(application: string): Buffer {
  // Major 1, minor 0; the section's length is not known.
  const head = Buffer.concat([words(byteOrder, 1), Buffer.alloc(8, 0xff)]);
  return block(blocks.section, head, text(options.application, application), endOfOptions);
}

export function interfaceBlock({ name, description, linkType }: PcapInterface): Buffer {
  return block(
    blocks.interface,
    words(linkTypeNumbers[linkType], snapLen),
    text(options.name, name),
    text(options.description, description),
    option(options.resolution, Uint8Array.of(6)),
    endOfOptions,
  );
}

export function packetBlock(interfaceId: number, { timeUs, frame }: CapturedFrame, comment: string): Buffer {
  const head = words(interfaceId, Math.floor(timeUs / 2 ** 32), timeUs % 2 ** 32, frame.length, frame.length);
  const more = comment === '' ? [] : [text(options.comment, comment), endOfOptions];
  return block(blocks.packet, head, padded(frame), ...more);
}

export function statisticsBlock(interfaceId: number, timeUs: number, received: number, dropped: number): Buffer {
  const head = words(interfaceId, Math.floor(timeUs / 2 ** 32), timeUs % 2 ** 32);
  return block(
    blocks.statistics,
    head,
    count(options.received, received),
    count(options.dropped, dropped),
    endOfOptions,
  );
}

// ---- the file --------------------------------------------------------------------------------------------------

export interface PcapFileOptions {
  readonly path: string;
  readonly application: string;
  readonly mostBytes: number;
  /** When one is full: 1 ends, more go on in FILE while FILE.1 is the one before it. */
  readonly files: number;
}

interface Tap {
  readonly described: PcapInterface;
  received: number;
  lost: number;
}

export class PcapngFile implements Disposable {
  readonly #options: PcapFileOptions;
  readonly #taps: Tap[] = [];
  /** Undefined: closed. */
  #file: number | undefined;
  #bytes = 0;
  #lastUs = 0;

  constructor(options: PcapFileOptions) {
    this.#options = options;
    this.#file = this.#open();
  }

  /** Its number, for `write`. */
  addInterface(described: PcapInterface): number {
    this.#append(interfaceBlock(described));
    return this.#taps.push({ described, received: 0, lost: 0 }) - 1;
  }

  lost(interfaceId: number, frames: number): void {
    const tap = this.#taps[interfaceId];
    if (tap !== undefined) tap.lost = frames;
  }

  /** False: the file is full and the frame is not in it. */
  write(interfaceId: number, frame: CapturedFrame, comment: string): boolean {
    const bytes = packetBlock(interfaceId, frame, comment);
    if (this.#bytes + bytes.length > this.#options.mostBytes && !this.#rotate()) return false;
    this.#append(bytes);
    this.#lastUs = frame.timeUs;
    const tap = this.#taps[interfaceId];
    if (tap !== undefined) tap.received++;
    return true;
  }

  [Symbol.dispose](): void {
    this.#end();
  }

  #rotate(): boolean {
    const { path, files } = this.#options;
    if (files < 2) return false;
    this.#end();
    rmSync(`${path}.${files - 1}`, { force: true });
    for (let at = files - 2; at >= 0; at--) {
      const from = at === 0 ? path : `${path}.${at}`;
      if (existsSync(from)) renameSync(from, `${path}.${at + 1}`);
    }
    this.#file = this.#open();
    for (const { described } of this.#taps) this.#append(interfaceBlock(described));
    return true;
  }

  #open(): number {
    const { path, application } = this.#options;
    try {
      const file = openSync(path, 'w', 0o600);
      this.#bytes = writeSync(file, sectionBlock(application));
      return file;
    } catch (cause) {
      throw new Problem(`cannot write ${path}: ${(cause as Error).message}`, { cause });
    }
  }

  #append(bytes: Buffer): void {
    if (this.#file === undefined) throw new Error('written after its end');
    try {
      this.#bytes += writeSync(this.#file, bytes);
    } catch (cause) {
      throw new Problem(`cannot write ${this.#options.path}: ${(cause as Error).message}`, { cause });
    }
  }

  #end(): void {
    const file = this.#file;
    if (file === undefined) return;
    this.#file = undefined;
    try {
      for (const [id, { received, lost }] of this.#taps.entries()) {
        writeSync(file, statisticsBlock(id, this.#lastUs, received + lost, lost));
      }
    } catch {
      // A full disk has been told of; what was written before is whole.
    } finally {
      closeSync(file);
    }
  }
}
