/**
 * A file of lines that never grows beyond its bound: FILE, FILE.1, … are turned when the next lines do not fit.
 *
 * Lines are gathered for a second and written by the side of everything else. A disk that fails is told once; what it
 * does not take is counted as lost, never waited for, and no half line stays behind.
 */
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../clock.ts';
import { diskError } from '../state/disk.ts';

export interface FlowFileOptions {
  readonly path: string;
  /** Of each file. */
  readonly maxBytes: number;
  /** FILE among them. */
  readonly files: number;
  readonly clock: Clock;
  readonly onFailure: (error: Error) => void;
}

export const gatheredBytesMost = 512 << 10;
const flushMs = 1000;

export class FlowFile {
  /** Lines on disk, and lines that were given up. */
  written = 0;
  lost = 0;
  private readonly options: FlowFileOptions;
  private lines: string[] = [];
  private bytes = 0;
  private flushing: Promise<void> = Promise.resolve();
  private cancel: (() => void) | undefined;
  private complaint = '';

  constructor(options: FlowFileOptions) {
    this.options = options;
  }

  add(line: string): void {
    const bytes = Buffer.byteLength(line) + 1;
    if (this.bytes + bytes > gatheredBytesMost) {
      this.lost++;
      return;
    }
    this.lines.push(line);
    this.bytes += bytes;
    this.cancel ??= this.options.clock.after(flushMs, () => {
      this.cancel = undefined;
      void this.flush();
    });
  }

  /** Ends when all lines so far are on disk, or lost. */
  flush(): Promise<void> {
    const next = this.flushing.then(() => this.writeGathered());
    this.flushing = next;
    return next;
  }

  async close(): Promise<void> {
    this.cancel?.();
    this.cancel = undefined;
    await this.flush();
  }

  private async writeGathered(): Promise<void> {
    const { lines, bytes } = this;
    if (lines.length === 0) return;
    this.lines = [];
    this.bytes = 0;
    try {
      await this.append(`${lines.join('\n')}\n`, bytes);
      this.written += lines.length;
      this.complaint = '';
    } catch (error) {
      this.lost += lines.length;
      this.complain(diskError(this.options.path, error));
    }
  }

  private async append(text: string, bytes: number): Promise<void> {
    const { path, maxBytes } = this.options;
    await mkdir(dirname(path), { recursive: true, mode: 0o750 });
    let file = await open(path, 'a', 0o640);
    try {
      let { size } = await file.stat();
      if (size > 0 && size + bytes > maxBytes) {
        await file.close();
        await this.turn();
        file = await open(path, 'a', 0o640);
        size = 0;
      }
      try {
        await file.writeFile(text);
      } catch (error) {
        await file.truncate(size).catch(() => undefined);
        throw error;
      }
    } finally {
      await file.close();
    }
  }

  /** The oldest goes. */
  private async turn(): Promise<void> {
    const { path, files } = this.options;
    for (let at = files - 1; at > 1; at--) await renameIfThere(`${path}.${at - 1}`, `${path}.${at}`);
    if (files > 1) await rename(path, `${path}.1`);
    else await (await open(path, 'w')).close();
  }

  private complain(error: Error): void {
    if (error.message === this.complaint) return;
    this.complaint = error.message;
    this.options.onFailure(error);
  }
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
