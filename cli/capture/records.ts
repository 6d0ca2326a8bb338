/**
 * What the capture's helper process writes and the command reads: one line of JSON, then frames.
 *
 *   {"linkType":"ETHERNET","interface":"eth0"}\n
 *   ( time in µs, 64 bit | length, 32 bit | behind, 1 bit | frames lost so far, 31 bit | frame )*     little endian
 *
 * Behind: packets came faster than they were taken, so the kernel's ring, whose losses nobody tells, may have been full.
 *
 * A record of length 0 only says that everything until then has been told, and what was lost.
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

export interface Losses {
  readonly lost: number;
  readonly behind: boolean;
}

/** How far a capture has come. */
export interface Heard extends Losses {
  /** Everything that was captured before has been handed over. */
  readonly timeUs: number;
}

const headerLen = 16;
const behindBit = 0x8000_0000;

export function encodeRecord(timeUs: number, { lost, behind }: Losses, frame: Uint8Array): Buffer {
  const record = Buffer.alloc(headerLen + frame.length);
  record.writeBigUInt64LE(BigInt(Math.round(timeUs)), 0);
  record.writeUInt32LE(frame.length, 8);
  record.writeUInt32LE((lost % behindBit) + (behind ? behindBit : 0), 12);
  record.set(frame, headerLen);
  return record;
}

/** Takes the stream in whatever pieces it comes; `start` is known before the first frame. */
export class RecordReader {
  start: CaptureStart | undefined;
  heard: Heard = { timeUs: 0, lost: 0, behind: false };
  #rest: Buffer = Buffer.alloc(0);

  /** The frames that the chunk completes. Throws when the stream is not the helper's. */
  push(chunk: Uint8Array): readonly CapturedFrame[] {
    this.#rest = this.#rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#rest, chunk]);
    if (this.start === undefined && !this.#readStart()) return [];
    const frames: CapturedFrame[] = [];
    let at = 0;
    while (this.#rest.length - at >= headerLen) {
      const length = this.#rest.readUInt32LE(at + 8);
      const end = at + headerLen + length;
      if (end > this.#rest.length) break;
      const losses = this.#rest.readUInt32LE(at + 12);
      const timeUs = Number(this.#rest.readBigUInt64LE(at));
      this.heard = { timeUs, lost: losses % behindBit, behind: losses >= behindBit };
      if (length > 0) frames.push({ timeUs, frame: this.#rest.subarray(at + headerLen, end) });
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
