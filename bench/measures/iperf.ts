/** TCP throughput by iperf3: what the receiver counted, and what the machine worked for it. */
import { readFileSync } from 'node:fs';
import type { Topology } from '../contender.ts';
import type { Measure } from './measure.ts';

/** Kernel's USER_HZ: the unit of /proc/stat (proc(5)); 100 on every Linux that we run on. */
const ticksPerSecond = 100;
const port = 5201;
/** Longest that a program may take beyond the seconds it was given: a path that lost its packets ends the wait. */
const graceMs = 10_000;

export interface TcpOptions {
  readonly streams: number;
  /** From the server to the client. */
  readonly reverse?: boolean;
  /** Name of the metric for the machine's work per gigabyte. */
  readonly cpuMetric?: string;
}

export function tcp(name: string, options: TcpOptions): Pick<Measure, 'metrics' | 'run'> {
  const { streams, reverse, cpuMetric } = options;
  const metrics = [{ name, unit: 'Gbit/s' }];
  return {
    metrics: cpuMetric === undefined ? metrics : [...metrics, { name: cpuMetric, unit: 's/GB' }],
    run: async (topology, seconds) => {
      const busyBefore = busySeconds();
      const received = await iperf(topology, seconds, ['-P', streams, ...(reverse ? ['-R'] : [])]);
      const busy = busySeconds() - busyBefore;
      const gigabits = received.bits_per_second / 1e9;
      return cpuMetric === undefined ? [gigabits] : [gigabits, busy / (received.bytes / 1e9)];
    },
  };
}

/** Runs `meanwhile` while one stream of TCP fills the path. */
export async function loaded<T>(topology: Topology, meanwhile: () => Promise<T>): Promise<T> {
  const seconds = 30;
  await using server = await iperfServer(topology);
  const client = topology.spawn('client', clientWords(topology, seconds, []), { stdio: 'ignore' });
  const clientEnded = new Promise((done) => client.once('exit', done));
  try {
    await streaming(topology);
    const found = await meanwhile();
    if (client.exitCode !== null || server.ended()) throw new Error('iperf3 ended while the path was to be loaded');
    return found;
  } finally {
    client.kill('SIGKILL');
    await clientEnded;
  }
}

interface Received {
  readonly bits_per_second: number;
  readonly bytes: number;
}

interface IperfReport {
  readonly error?: string;
  readonly end: { readonly sum_received: Received };
}

async function iperf(topology: Topology, seconds: number, options: readonly (string | number)[]): Promise<Received> {
  await using _server = await iperfServer(topology);
  const argv = clientWords(topology, seconds, options);
  const timeoutMs = seconds * 1000 + graceMs;
  const { stdout, stderr, signal } = await topology.exec('client', argv, { timeoutMs });
  if (signal !== undefined) throw new Error(`${topology.path}: iperf3 had no end within ${timeoutMs} ms`);
  const report = JSON.parse(stdout === '' ? `{"error": ${JSON.stringify(stderr)}}` : stdout) as IperfReport;
  if (report.error !== undefined) throw new Error(`${topology.path}: iperf3: ${report.error}`);
  return report.end.sum_received;
}

function clientWords({ serverAddress }: Topology, seconds: number, options: readonly (string | number)[]) {
  return ['iperf3', '-c', serverAddress, '-p', port, '-J', '-t', seconds, ...options].map(String);
}

async function iperfServer(topology: Topology): Promise<AsyncDisposable & { ended(): boolean }> {
  const server = topology.spawn('server', ['iperf3', '-s', '-1', '-p', String(port)], { stdio: 'ignore' });
  const gone = new Promise((done) => server.once('exit', done));
  const end = async () => {
    server.kill('SIGKILL');
    await gone;
  };
  try {
    await sockets(topology, ['-Hltn', `sport = :${port}`], 1);
  } catch (error) {
    await end();
    throw error;
  }
  return { ended: () => server.exitCode !== null, [Symbol.asyncDispose]: end };
}

/** The control connection and the stream. */
const streaming = (topology: Topology) => sockets(topology, ['-Htn', 'state', 'established', `sport = :${port}`], 2);

async function sockets(topology: Topology, words: readonly string[], count: number): Promise<void> {
  const deadline = performance.now() + 5000;
  while (performance.now() < deadline) {
    const { stdout } = await topology.exec('server', ['ss', ...words]);
    if (stdout.split('\n').filter((line) => line !== '').length >= count) return;
  }
  throw new Error(`${topology.path}: no ${count} sockets of iperf3: ss ${words.join(' ')}`);
}

/** CPU seconds that all processors together have worked since boot, interrupts and stolen time included. */
function busySeconds(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (
    readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? ''
  )
    .replace(/^cpu +/, '')
    .split(' ')
    .map(Number);
  return (user + nice + system + irq + softirq + steal) / ticksPerSecond;
}
