/**
 * What a guest's program writes: new lines go to the agent's log, at a bounded rate, and nothing of it is
 * ever on disk.
 *
 * The program writes to a FIFO that it has open for reading as well, so that neither a dead agent nor a
 * slow one ends it with SIGPIPE. The kernel holds 64 KiB; when they are full, the program's writes wait
 * until the agent reads again. So one that writes faster than `readBytes` every `busyMs`, or more than
 * 64 KiB while no agent runs, is slowed down: it alone pays, and loses nothing. A file would fill the
 * machine's disk instead, and a descriptor that refuses writes would break programs that do not expect it.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync, readSync, rmSync } from 'node:fs';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';

const linesPerSecond = 50;
const lineBytes = 1024;
const readBytes = 64 << 10;
/** Between looks while there is something to read, and while there is not. */
const busyMs = 50;
const idleMs = 500;
/** When a program has ended: what the kernel still holds of its output. */
const lastReads = 4;

/** The FIFO's end for the program; the caller closes it. Throws one clear sentence. */
export function openForProgram(path: string): number {
  rmSync(path, { force: true });
  try {
    execFileSync('mkfifo', ['-m', '600', path], { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    throw new Error(`its output cannot be taken: ${(error as Error).message.trim()}`);
  }
  return openSync(path, constants.O_RDWR);
}

export class Output {
  private readonly guest: string;
  private readonly log: Log;
  private readonly clock: Clock;
  private readonly handle: number | undefined;
  private readonly buffer = Buffer.alloc(readBytes);
  /** A line whose end has not come yet. */
  private rest = '';
  private second = { startMs: 0, lines: 0, leftOut: 0 };
  private cancel: () => void = () => undefined;

  constructor(path: string, guest: string, { log, clock }: { readonly log: Log; readonly clock: Clock }) {
    this.guest = guest;
    this.log = log;
    this.clock = clock;
    this.handle = openFifo(path);
    this.second.startMs = clock.steadyMs();
    this.lookLater(idleMs);
  }

  /** Takes what is left; `ended`: the program will write nothing more. */
  close(ended: boolean): void {
    this.cancel();
    if (this.handle === undefined) return;
    for (let reads = 0; ended && reads < lastReads && this.read() > 0; reads++);
    if (ended && this.rest !== '') this.say([this.rest]);
    this.tellLeftOut();
    closeSync(this.handle);
  }

  private lookLater(ms: number): void {
    if (this.handle === undefined) return;
    this.cancel = this.clock.after(ms, () => this.lookLater(this.read() > 0 ? busyMs : idleMs));
  }

  /** Bytes read: 0 when there are none now. */
  private read(): number {
    if (this.handle === undefined) return 0;
    if (this.clock.steadyMs() - this.second.startMs >= 1000) this.tellLeftOut();
    let length: number;
    try {
      length = readSync(this.handle, this.buffer);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
      throw error;
    }
    const lines = (this.rest + this.buffer.toString('utf8', 0, length)).split('\n');
    this.rest = (lines.pop() ?? '').slice(0, lineBytes);
    this.say(lines.filter((line) => line !== ''));
    return length;
  }

  private say(lines: readonly string[]): void {
    const room = Math.max(0, linesPerSecond - this.second.lines);
    for (const line of lines.slice(0, room)) this.log.info({ guest: this.guest }, line.slice(0, lineBytes));
    this.second.lines += Math.min(room, lines.length);
    this.second.leftOut += Math.max(0, lines.length - room);
  }

  private tellLeftOut(): void {
    const { leftOut } = this.second;
    this.second = { startMs: this.clock.steadyMs(), lines: 0, leftOut: 0 };
    if (leftOut > 0) this.log.warn({ guest: this.guest }, `${leftOut} lines of its output were left out here`);
  }
}

/** Undefined when nothing is there to read: the program then writes to nobody. */
function openFifo(path: string): number | undefined {
  let handle: number;
  try {
    handle = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  if (fstatSync(handle).isFIFO()) return handle;
  closeSync(handle);
  return undefined;
}
