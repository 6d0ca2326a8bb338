/**
 * What daemons take of a machine: an agent that is idle, one with a hundred guests, a controller with a hundred hosts
 * (agents that only speak the protocol, in processes of their own).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { createApi } from '../../cli/client.ts';
import { daemonArgv } from '../../cli/daemon.ts';
import { type Lab, upLab } from '../../lab/index.ts';
import { addGuests } from '../contenders/weft.ts';
import { residentMemory } from '../footprint.ts';
import type { DaemonSample } from './aims.ts';

export interface DaemonOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

const starts = 5;
const idleMs = 20_000;
const hosts = 100;
const guestsPerHost = 5;

export async function measureDaemons(options: DaemonOptions): Promise<readonly DaemonSample[]> {
  return [...(await measureAgent(options)), ...(await measureController(options))];
}

export async function measureAgent({ signal, onProgress }: DaemonOptions): Promise<DaemonSample[]> {
  await using lab = await upLab({
    name: 'wb-daemons',
    hosts: [{ name: 'left' }, { name: 'right' }],
    clouds: [{ name: 'red', prefixes: ['10.0.0.0/16'] }],
  });
  const [ready, resident, busy, crowded]: number[][] = [[], [], [], []];
  for (let i = 0; i < starts; i++) {
    signal.throwIfAborted();
    onProgress(`daemons: agent's start ${i + 1} of ${starts}`);
    await lab.stopAgent('left');
    const began = performance.now();
    await lab.startAgent('left');
    ready?.push((performance.now() - began) / 1000);
    await pause(3000, undefined, { signal });
    resident?.push(memoryOf(lab, 'left'));
  }
  onProgress('daemons: agent at rest');
  for (let i = 0; i < 3; i++) {
    const before = processorOf(lab, 'left');
    await pause(idleMs, undefined, { signal });
    busy?.push((100 * (processorOf(lab, 'left') - before)) / (idleMs / 1000));
  }
  resident?.push(memoryOf(lab, 'left'));
  onProgress('daemons: agent with 100 guests');
  await addGuests(lab, 'veth', { from: 1, to: 100, signal });
  await pause(5000, undefined, { signal });
  crowded?.push(memoryOf(lab, 'left'), memoryOf(lab, 'right'));
  return [
    { what: 'agent, idle: resident', unit: 'MiB', values: resident ?? [] },
    { what: 'agent, idle: processor', unit: '% of a core', values: busy ?? [] },
    { what: 'agent, start to ready', unit: 's', values: ready ?? [] },
    { what: 'agent, 100 guests: resident', unit: 'MiB', values: crowded ?? [] },
  ];
}

function memoryOf(lab: Lab, name: string): number {
  return residentMemory(name, lab.process(name)?.pid ?? 0).values[0] ?? Number.NaN;
}

/** Seconds that all its threads have run (proc_pid_stat(5): ticks of 10 ms). */
function processorOf(lab: Lab, name: string): number {
  const stat = readFileSync(`/proc/${lab.process(name)?.pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

export async function measureController({ signal, onProgress }: DaemonOptions): Promise<DaemonSample[]> {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'weft-daemons-'));
  stack.defer(() => rmSync(folder, { recursive: true }));
  const socket = join(folder, 'api.sock');
  const config = join(folder, 'controller.yaml');
  writeFileSync(
    config,
    `stateDirectory: ${folder}/state\nlisten: {address: 127.0.0.1, port: 0}\napi: {socket: ${socket}}\n`,
  );
  const start = ([program, ...args]: readonly [string, ...string[]]) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    stack.defer(async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    });
    return child;
  };
  const controller = start(daemonArgv('controller', ['--config', config]));
  const port = await portOf(controller.stdout);
  const api = createApi(socket);
  await api.createVpc({ name: 'red', prefixes: ['10.0.0.0/16'] });
  for (let first = 0; first < hosts; first += 25) {
    onProgress(`daemons: ${first + 25} of ${hosts} hosts on one controller`);
    const script = join(import.meta.dirname, 'agents.ts');
    const agents = start([process.execPath, script, ...[port, first, 25, hosts, `${folder}/state`].map(String)]);
    await once(agents.stdout, 'data', { signal });
  }
  for (let host = 0; host < hosts; host++) {
    for (let n = 0; n < guestsPerHost; n++) {
      const addresses = [`10.0.${host}.${10 + n}`];
      await api.createGuest({ name: `g${host}-${n}`, vpc: 'red', host: `host-${host}`, addresses });
    }
  }
  const values: number[] = [];
  for (let i = 0; i < 3; i++) {
    await pause(5000, undefined, { signal });
    values.push(residentMemory('controller', controller.pid ?? 0).values[0] ?? Number.NaN);
  }
  const { hosts: known } = await api.status();
  if (known.connected !== hosts) throw new Error(`${known.connected} of ${hosts} hosts are connected`);
  return [{ what: 'controller, 100 hosts with 5 guests each: resident', unit: 'MiB', values }];
}

/** From its log's line about being ready. */
async function portOf(output: Readable): Promise<number> {
  let text = '';
  for await (const chunk of output.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    const line = text.split('\n').find((each) => each.includes('"controller ready"'));
    if (line !== undefined) return (JSON.parse(line) as { listen: { port: number }[] }).listen[0]?.port ?? 0;
  }
  throw new Error(`the controller ended: ${text}`);
}
