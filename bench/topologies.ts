/**
 * The paths that are compared: each is two ends that reach each other some way or other.
 *
 * Every path has two hosts joined by one direct veth with the same MTU; all of them stay up for the whole run,
 * so that rounds can be interleaved.
 */
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type Lab, type LabFile, upLab } from '../lab/index.ts';
import { plainRouting } from '../lab/plain-routing.ts';
import type { RunResult } from '../lab/run.ts';
import type { Sample } from './report.ts';

export type End = 'client' | 'server';

export interface Topology extends AsyncDisposable {
  /** Name of the path in the results. */
  readonly path: string;
  /** Where the client reaches the server. */
  readonly serverAddress: string;
  exec(end: End, argv: readonly string[]): Promise<RunResult>;
  spawn(end: End, argv: readonly string[]): ChildProcess;
  /** What the processes behind the path take when the run is over. */
  footprint?(): Promise<readonly Sample[]>;
}

export const topologies: readonly (() => Promise<Topology>)[] = [routed, enginePlain];

/** Guests behind two hosts that route: no overlay at all. */
async function routed(): Promise<Topology> {
  const network = await plainRouting({ name: 'weft-bench-routed' });
  const places = { client: 'near', server: 'far' } as const;
  return {
    path: 'routed',
    serverAddress: network.far.ipv4,
    exec: (end, argv) => network.exec(places[end], argv),
    spawn: (end, argv) => network.spawn(places[end], argv, { stdio: 'ignore' }),
    [Symbol.asyncDispose]: () => network.down(),
  };
}

/** The engine over TUN ports with gni 1.0. */
async function enginePlain(): Promise<Topology> {
  const file: LabFile = {
    name: 'weft-bench-plain',
    substrate: { link: 'direct' },
    hosts: [
      { name: 'left', formats: ['gni 1.0'] },
      { name: 'right', formats: ['gni 1.0'] },
    ],
    clouds: [{ name: 'red', prefixes: ['10.0.0.0/24'] }],
    guests: [
      { name: 'client', cloud: 'red', host: 'left', addresses: ['10.0.0.5'] },
      { name: 'server', cloud: 'red', host: 'right', addresses: ['10.0.0.6'] },
    ],
  };
  const lab = await upLab(file);
  return {
    path: 'engine-plain',
    serverAddress: '10.0.0.6',
    exec: (end, argv) => lab.exec(end, argv),
    spawn: (end, argv) => lab.spawn(end, argv, { stdio: 'ignore' }),
    footprint: async () => [resident(lab, 'left', 'agent'), resident(lab, 'controller', 'controller')],
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  };
}

/** Resident memory of a lab's process (proc_pid_status(5), VmRSS). */
function resident(lab: Lab, process: string, path: string): Sample {
  const running = lab.process(process);
  if (running === undefined) throw new Error(`${process} of lab ${lab.name} has ended: see ${lab.logOf(process)}`);
  const status = readFileSync(`/proc/${running.pid}/status`, 'utf8');
  const kib = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
  return { path, mode: 'offload', metric: 'resident', unit: 'MiB', values: [kib / 1024] };
}
