/**
 * Guests' programs: started inside their namespace, watched, reported, never restarted by themselves.
 *
 * A program outlives the agent: it is in a process group of its own and writes to a file, not to a pipe
 * that would break. Number and start time are kept on disk, so that a returning agent adopts it.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { identify, isAlive, type ProcessId, signal } from '../processes.ts';

/** As kept on disk. */
export type CommandRecord =
  | { readonly state: 'running'; readonly argv: readonly string[]; readonly process: ProcessId }
  | {
      readonly state: 'exited';
      readonly argv: readonly string[];
      readonly pid: number;
      /** -1: ended by a signal, or not known. */
      readonly exitCode: number;
      readonly signal: string;
    };

export interface CommandOptions {
  readonly directory: string;
  readonly log: Log;
  readonly clock: Clock;
  /** A program started or ended; the record is to be kept. */
  readonly onChange: (guest: string, record: CommandRecord) => void;
}

/** What the agent needs of guests' programs; an interface so that it can be tested without root. */
export interface CommandRunner {
  /** Starts the program in the namespace at `netnsPath`. Throws one clear sentence. */
  start(guest: string, netnsPath: string, argv: readonly string[]): void;
  /** Watches one that a former run of the agent started; one that is watched already stays so. */
  adopt(guest: string, record: CommandRecord): void;
  /** Ends it and everything it started in its process group; the end is not reported. */
  stop(guest: string): Promise<void>;
  /** Lets all of them run on, unwatched. */
  release(): void;
}

const watchMs = 500;
const politeMs = 2000;
const lookMs = 20;
const linesPerSecond = 50;
const outputKeptBytes = 1 << 20;
const readBytes = 64 << 10;

interface Watched {
  readonly argv: readonly string[];
  readonly process: ProcessId;
  readonly child: ChildProcess | undefined;
  readonly output: Output;
  cancel: () => void;
}

export class Supervisor implements CommandRunner {
  private readonly options: CommandOptions;
  private readonly watched = new Map<string, Watched>();

  constructor(options: CommandOptions) {
    this.options = options;
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  }

  start(guest: string, netnsPath: string, argv: readonly string[]): void {
    const file = this.outputFile(guest);
    const output = openSync(file, 'a', 0o600);
    let child: ChildProcess;
    try {
      ftruncateSync(output);
      child = spawn('nsenter', [`--net=${netnsPath}`, '--', ...argv], {
        detached: true,
        stdio: ['ignore', output, output],
        cwd: '/',
        env: guestEnvironment(guest),
      });
    } finally {
      closeSync(output);
    }
    // Without a listener a failed spawn would end the agent; the missing pid below says it.
    child.on('error', () => undefined);
    const id = child.pid === undefined ? undefined : identify(child.pid);
    if (id === undefined) {
      // It may have ended before we could look; then its exit says more.
      if (child.pid === undefined) throw new Error('cannot run nsenter (package util-linux)');
      child.on('exit', (code, name) => this.ended(guest, argv, child.pid ?? 0, code ?? -1, name ?? ''));
      return;
    }
    this.watch(guest, argv, id, child);
    this.options.onChange(guest, { state: 'running', argv, process: id });
  }

  adopt(guest: string, record: CommandRecord): void {
    if (record.state !== 'running' || this.watched.has(guest)) return;
    if (isAlive(record.process)) this.watch(guest, record.argv, record.process, undefined);
    else this.ended(guest, record.argv, record.process.pid, -1, '');
  }

  async stop(guest: string): Promise<void> {
    const command = this.watched.get(guest);
    this.forget(guest);
    rmSync(this.outputFile(guest), { force: true });
    if (command === undefined) return;
    const { clock } = this.options;
    const deadlineMs = clock.now() + politeMs;
    if (isAlive(command.process)) signal(-command.process.pid, 'SIGTERM');
    while (isAlive(command.process)) {
      if (clock.now() >= deadlineMs + politeMs) return;
      if (clock.now() >= deadlineMs) signal(-command.process.pid, 'SIGKILL');
      await new Promise<void>((resolve) => void clock.after(lookMs, resolve));
    }
  }

  release(): void {
    for (const guest of [...this.watched.keys()]) {
      this.watched.get(guest)?.child?.unref();
      this.forget(guest);
    }
  }

  private watch(guest: string, argv: readonly string[], process: ProcessId, child: ChildProcess | undefined): void {
    const { clock, log } = this.options;
    // Of an adopted one, what it wrote before is in the log already, or was nobody's.
    const output = new Output(this.outputFile(guest), guest, log, child === undefined);
    const command: Watched = { argv, process, child, output, cancel: () => undefined };
    this.watched.set(guest, command);
    child?.on('exit', (code, name) => {
      if (this.watched.get(guest) === command) this.ended(guest, argv, process.pid, code ?? -1, name ?? '');
    });
    const look = () => {
      output.drain();
      // A child tells its exit itself; of an adopted one it can only be seen that it is gone.
      if (child === undefined && !isAlive(process)) this.ended(guest, argv, process.pid, -1, '');
      else command.cancel = clock.after(watchMs, look);
    };
    command.cancel = clock.after(watchMs, look);
  }

  private ended(guest: string, argv: readonly string[], pid: number, exitCode: number, name: string): void {
    this.watched.get(guest)?.output.drain();
    this.forget(guest);
    this.options.onChange(guest, { state: 'exited', argv, pid, exitCode, signal: name });
  }

  private forget(guest: string): void {
    this.watched.get(guest)?.cancel();
    this.watched.delete(guest);
  }

  private outputFile(guest: string): string {
    return join(this.options.directory, `${guest}.out`);
  }
}

export function describeExit(record: Extract<CommandRecord, { state: 'exited' }>): string {
  if (record.signal !== '') return `ended by ${record.signal}`;
  return record.exitCode < 0 ? 'ended while no agent watched' : `exit code ${record.exitCode}`;
}

/** The program belongs to a tenant: it sees nothing of the agent's own environment. */
function guestEnvironment(guest: string): NodeJS.ProcessEnv {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/',
    LANG: 'C.UTF-8',
    WEFT_GUEST: guest,
  };
}

/** The file that a program writes to: new lines go to the log, at a bounded rate, and the file stays small. */
class Output {
  private readonly file: string;
  private readonly guest: string;
  private readonly log: Log;
  private position: number;

  constructor(file: string, guest: string, log: Log, fromEnd: boolean) {
    this.file = file;
    this.guest = guest;
    this.log = log;
    this.position = fromEnd ? (statSync(file, { throwIfNoEntry: false })?.size ?? 0) : 0;
  }

  drain(): void {
    try {
      const { size } = statSync(this.file);
      if (size < this.position) this.position = 0;
      if (size === this.position) return;
      this.read(size);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }

  private read(size: number): void {
    const handle = openSync(this.file, 'r+');
    try {
      const buffer = Buffer.alloc(Math.min(size - this.position, readBytes));
      const length = readSync(handle, buffer, 0, buffer.length, this.position);
      this.say(
        buffer
          .toString('utf8', 0, length)
          .split('\n')
          .filter((line) => line !== ''),
        size - this.position - length,
      );
      this.position = size;
      // The program appends, so cutting the file makes room without its help.
      if (size > outputKeptBytes) {
        ftruncateSync(handle);
        this.position = 0;
      }
    } finally {
      closeSync(handle);
    }
  }

  private say(lines: readonly string[], bytesLeftOut: number): void {
    const most = (linesPerSecond * watchMs) / 1000;
    for (const line of lines.slice(0, most)) this.log.info({ guest: this.guest }, line.slice(0, 1024));
    const leftOut = Math.max(0, lines.length - most);
    if (leftOut + bytesLeftOut > 0) {
      this.log.warn(
        { guest: this.guest },
        `${leftOut} lines and ${bytesLeftOut} bytes of its output were left out here`,
      );
    }
  }
}
