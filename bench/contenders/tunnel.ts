/**
 * Two hosts joined by a tunnel program of others, one process on each:
 *
 *   ┌ NAME-left ───────────────┐   direct veth   ┌ NAME-right ──────────────┐
 *   │ client ─ TUN 10.9.0.1    │                 │ server ─ TUN 10.9.0.2    │
 *   │          program    eth0 ┼─────────────────┼─ eth0    program         │
 *   └──────────────────────────┘   198.18.0/24   └──────────────────────────┘
 *
 * The ends of the traffic sit on the tunnel device itself, as a guest of Weft sits on its TUN port: the same number
 * of passes through the kernel. Guests behind a further veth would cost these programs one hop more.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type PlainRouting, plainRouting } from '../../lab/plain-routing.ts';
import type { Topology } from '../contender.ts';
import { residentMemory } from '../footprint.ts';
import { wireOf } from '../mode.ts';

export interface TunnelHost {
  readonly place: 'left' | 'right';
  readonly substrateAddress: string;
  /** Of the host's tunnel device, in 10.9.0.0/24. */
  readonly address: string;
}

export const tunnelHosts = [
  { place: 'left', substrateAddress: '198.18.0.1', address: '10.9.0.1' },
  { place: 'right', substrateAddress: '198.18.0.2', address: '10.9.0.2' },
] as const satisfies readonly TunnelHost[];

export interface TunnelSite {
  readonly network: PlainRouting;
  /** For keys and configuration; removed with the rest, readable by root alone. */
  readonly folder: string;
  /** Starts the host's program; it ends with the topology. */
  start(host: TunnelHost, argv: readonly string[]): Program;
}

export interface Program extends AsyncDisposable {
  readonly pid: number;
  /** Throws with what the program last said when it has ended. */
  check(): void;
}

export interface TunnelOptions {
  readonly path: string;
  /** Brings both ends up, as far as that can be waited for. */
  readonly connect: (site: TunnelSite) => Promise<void>;
}

const answersWithinMs = 15_000;
const endsWithinMs = 3000;

export async function tunnelTopology({ path, connect }: TunnelOptions): Promise<Topology> {
  await using stack = new AsyncDisposableStack();
  const name = `wb-${path}`;
  const network = stack.use(await plainRouting({ name }));
  const folder = stack.adopt(mkdtempSync(join(tmpdir(), `${name}-`)), (made) => rmSync(made, { recursive: true }));
  const programs: Program[] = [];
  const start: TunnelSite['start'] = (host, argv) => {
    const program = stack.use(startProgram(network, host, argv, join(folder, `${host.place}.log`)));
    programs.push(program);
    return program;
  };
  await connect({ network, folder, start });
  const places = { client: tunnelHosts[0].place, server: tunnelHosts[1].place } as const;
  const serverAddress = tunnelHosts[1].address;
  await waitFor(`${path}: an answer from ${serverAddress}`, async () => {
    for (const program of programs) program.check();
    return (await network.exec(places.client, ['ping', '-c', '1', '-W', '1', serverAddress])).code === 0;
  });
  const [first] = programs;
  const built = stack.move();
  return {
    path,
    serverAddress,
    wire: wireOf(network),
    exec: (end, argv, options) => network.exec(places[end], argv, options),
    spawn: (end, argv, options) => network.spawn(places[end], argv, options),
    footprint: () => (first === undefined ? [] : [residentMemory(path, first.pid)]),
    [Symbol.asyncDispose]: () => built.disposeAsync(),
  };
}

export async function waitFor(what: string, check: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + answersWithinMs;
  while (performance.now() < deadline) {
    if (await check()) return;
    await pause(20);
  }
  throw new Error(`${what}: not within ${answersWithinMs} ms`);
}

export function startProgram(
  network: PlainRouting,
  host: Pick<TunnelHost, 'place'>,
  argv: readonly string[],
  logFile: string,
): Program {
  const log = openSync(logFile, 'a');
  const child = network.spawn(host.place, argv, { stdio: ['ignore', log, log] });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${argv[0]} did not start`);
  return {
    pid,
    check: () => {
      if (isRunning(child)) return;
      const said = readFileSync(logFile, 'utf8').trim().split('\n').slice(-5).join('\n');
      throw new Error(`${argv[0]} on ${host.place} ended (${child.exitCode ?? child.signalCode}):\n${said}`);
    },
    [Symbol.asyncDispose]: () => end(child),
  };
}

/** Asks first: a program that ends itself removes its own sockets. */
async function end(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), endsWithinMs);
  await gone;
  clearTimeout(late);
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}
