/** Captured frames as a pcap file that Wireshark and tcpdump read (the classic format, µs, little endian). */
import { closeSync, openSync, writeSync } from 'node:fs';
import { Problem } from '../problem.ts';
import type { LinkType } from './frame.ts';
import type { CapturedFrame } from './records.ts';

/** Numbers of https://www.tcpdump.org/linktypes.html. */
const linkTypeNumbers: Readonly<Record<LinkType, number>> = { ETHERNET: 1, RAW: 101, LINKTYPE_LINUX_SLL: 113 };
const snapLen = 65_535;

export function pcapHeader(linkType: LinkType): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2_c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(snapLen, 16);
  header.writeUInt32LE(linkTypeNumbers[linkType], 20);
  return header;
}

export function pcapRecord({ timeUs, frame }: CapturedFrame): Buffer {
  const record = Buffer.alloc(16 + frame.length);
  record.writeUInt32LE(Math.floor(timeUs / 1e6), 0);
  record.writeUInt32LE(timeUs % 1e6, 4);
  record.writeUInt32LE(frame.length, 8);
  record.writeUInt32LE(frame.length, 12);
  record.set(frame, 16);
  return record;
}

export class PcapFile implements Disposable {
  readonly #file: number;
  #started = false;

  constructor(path: string) {
    try {
      this.#file = openSync(path, 'w', 0o600);
    } catch (cause) {
      throw new Problem(`cannot write ${path}: ${(cause as Error).message}`, { cause });
    }
  }

  write(frame: CapturedFrame, linkType: LinkType): void {
    if (!this.#started) writeSync(this.#file, pcapHeader(linkType));
    this.#started = true;
    writeSync(this.#file, pcapRecord(frame));
  }

  [Symbol.dispose](): void {
    // Also a capture without a packet is a file that Wireshark opens.
    if (!this.#started) writeSync(this.#file, pcapHeader('ETHERNET'));
    closeSync(this.#file);
  }
}
