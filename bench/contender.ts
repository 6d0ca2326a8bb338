/**
 * What is compared: a contender is one way from one end to another across two hosts, built for one run.
 *
 * Every contender has hosts of its own, joined by one direct veth of MTU 1500, and all of them stay up for the
 * whole run, so that rounds can be interleaved.
 */
import type { ChildProcess } from 'node:child_process';
import type { RunOptions, RunResult } from '../lab/run.ts';
import type { Sample } from './report.ts';

export type End = 'client' | 'server';

export interface Topology extends AsyncDisposable {
  /** Name of the contender in the results. */
  readonly path: string;
  /** Where the client reaches the server. */
  readonly serverAddress: string;
  exec(end: End, argv: readonly string[], options?: RunOptions): Promise<RunResult>;
  spawn(end: End, argv: readonly string[]): ChildProcess;
  /** What the processes behind the path take when the run is over. */
  footprint?(): readonly Sample[];
}

/** A contender that this build or this machine does not have, and why. */
export interface Skipped {
  readonly skipped: string;
}

export interface Contender {
  readonly path: string;
  /** Debian packages that only this contender needs. */
  readonly packages: readonly string[];
  /** What the software calls itself; asked once its packages are there. */
  version?(): Promise<string>;
  /** Leaves nothing behind when it throws or is skipped. */
  build(): Promise<Topology | Skipped>;
}
