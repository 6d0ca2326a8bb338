/**
 * What the capture's helper process writes and the command reads: one line of JSON, then frames.
 *
 *   {"linkType":"ETHERNET","interface":"eth0"}\n
 *   ( time in µs, 64 bit | length, 32 bit | frame )*      little endian
 */
import { type LinkType, linkTypes } from './frame.ts';

export interface CaptureStart {
  readonly linkType: LinkType;
  readonly interface: string;
}

export interface CapturedFrame {
  /** Unix time in µs, of when the helper got it: libpcap's binding has no time stamps. */
  readonly timeUs: number;
  readonly frame: Uint8Array;
}

const headerLen = 12;

export function encodeRecord(timeUs: number, frame: Uint8Array): Buffer {
  const record = Buffer.alloc(headerLen + frame.length);
  record.writeBigUInt64LE(BigInt(Math.round(timeUs)), 0);
  record.writeUInt32LE(frame.length, 8);
  record.set(frame, headerLen);
  return record;
}

/** Takes the stream in whatever pieces it comes; `start` is known before the first frame. */
export class RecordReader {
  start: CaptureStart | undefined;
  #rest: Buffer = Buffer.alloc(0);

  /** The frames that the chunk completes. Throws when the stream is not the helper's. */
  push(chunk: Uint8Array): readonly CapturedFrame[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    if (this.start === undefined && !this.#readStart()) return [];
    const frames: CapturedFrame[] = [];
    let at = 0;
    while (this.#rest.length - at >= headerLen) {
      const end = at + headerLen + this.#rest.readUInt32LE(at + 8);
      if (end > this.#rest.length) break;
      const timeUs = Number(this.#rest.readBigUInt64LE(at));
      frames.push({ timeUs, frame: this.#rest.subarray(at + headerLen, end) });
      at = end;
    }
    this.#rest = this.#rest.subarray(at);
    return frames;
  }

  #readStart(): boolean {
    const end = this.#rest.indexOf('\n');
    if (end < 0) return false;
    const start = JSON.parse(this.#rest.toString('utf8', 0, end)) as CaptureStart;
    if (!linkTypes.includes(start.linkType)) throw new Error(`link type ${start.linkType} is not known`);
    this.start = start;
    this.#rest = this.#rest.subarray(end + 1);
    return true;
  }
}
