/**
 * Guests' programs: started inside their namespace, watched, reported, never restarted by themselves.
 *
 * A program outlives the agent: it is in a process group of its own and what it writes to does not break
 * (`output.ts`). Number and start time are kept on disk, so that a returning agent adopts it.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { identify, isAlive, type ProcessId, signal } from '../processes.ts';
import { Output, openForProgram } from './output.ts';

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
  /**
   * Ends it and everything it started in its process group; the end is not reported. `record`: what is known
   * of one that is not watched.
   */
  stop(guest: string, record: CommandRecord | undefined): Promise<void>;
  /** Lets all of them run on, unwatched. */
  release(): void;
}

const watchMs = 500;
const politeMs = 2000;
const lookMs = 20;

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
    const output = openForProgram(this.outputFile(guest));
    let child: ChildProcess;
    try {
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

  async stop(guest: string, record: CommandRecord | undefined): Promise<void> {
    const known = record?.state === 'running' ? record : undefined;
    const command = this.watched.get(guest) ?? known;
    this.forget(guest);
    rmSync(this.outputFile(guest), { force: true });
    if (command === undefined) return;
    const { clock } = this.options;
    const deadlineMs = clock.steadyMs() + politeMs;
    if (isAlive(command.process)) signal(-command.process.pid, 'SIGTERM');
    while (isAlive(command.process)) {
      if (clock.steadyMs() >= deadlineMs + politeMs) return;
      if (clock.steadyMs() >= deadlineMs) signal(-command.process.pid, 'SIGKILL');
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
    const { clock } = this.options;
    const output = new Output(this.outputFile(guest), guest, this.options);
    const command: Watched = { argv, process, child, output, cancel: () => undefined };
    this.watched.set(guest, command);
    child?.on('exit', (code, name) => {
      if (this.watched.get(guest) === command) this.ended(guest, argv, process.pid, code ?? -1, name ?? '');
    });
    const look = () => {
      // A child tells its exit itself; of an adopted one it can only be seen that it is gone.
      if (child === undefined && !isAlive(process)) this.ended(guest, argv, process.pid, -1, '');
      else command.cancel = clock.after(watchMs, look);
    };
    command.cancel = clock.after(watchMs, look);
  }

  private ended(guest: string, argv: readonly string[], pid: number, exitCode: number, name: string): void {
    this.forget(guest, true);
    this.options.onChange(guest, { state: 'exited', argv, pid, exitCode, signal: name });
  }

  private forget(guest: string, ended = false): void {
    const command = this.watched.get(guest);
    command?.cancel();
    command?.output.close(ended);
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
