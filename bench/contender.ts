/**
 * What is compared: a contender is one way from one end to another across two hosts, built for one run.
 *
 * Every contender has hosts of its own, joined by one direct veth of MTU 1500, and all of them stay up for the
 * whole run, so that rounds can be interleaved.
 */
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import type { RunOptions, RunResult } from '../lab/run.ts';
import type { Mode, Sample } from './samples.ts';

export type End = 'client' | 'server';

/** One end of the veth between the two hosts. */
export interface WireEnd {
  readonly namespace: string;
  readonly device: string;
}

export interface Topology extends AsyncDisposable {
  /** Name of the contender in the results. */
  readonly path: string;
  /** Where the client reaches the server. */
  readonly serverAddress: string;
  /** The client's host's end, then the server's host's. */
  readonly wire: readonly [WireEnd, WireEnd];
  exec(end: End, argv: readonly string[], options?: RunOptions): Promise<RunResult>;
  spawn(end: End, argv: readonly string[], options?: SpawnOptions): ChildProcess;
  /** Throws when packets did not take the way that the contender is named for; asked when all is measured. */
  verify?(): Promise<void>;
  /** What the processes behind the path take when the run is over. */
  footprint?(): readonly Sample[];
}

/** A contender that this build or this machine does not have, and why. */
export interface Skipped {
  readonly skipped: string;
}

export interface Contender {
  readonly path: string;
  /** Left out: those in which the contender can be no different, with the reason in its file. */
  readonly modes: readonly Mode[];
  /** Debian packages that only this contender needs. */
  readonly packages: readonly string[];
  /** What the software calls itself; asked once its packages are there. */
  version?(): Promise<string>;
  /** Leaves nothing behind when it throws or is skipped. */
  build(): Promise<Topology | Skipped>;
}

/** Of contenders that can put super-packets on the wire. */
export const bothModes: readonly Mode[] = ['offload', 'wire'];

/** Of programs that read, seal and send packets one by one: their wire carries nothing larger in any mode. */
export const singlePackets: readonly Mode[] = ['offload'];
