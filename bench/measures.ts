/**
 * What is measured between two ends of a topology: throughput, packets per second, round trip, CPU per byte.
 *
 * Each measure starts what it needs, is bounded in time, and hands back plain numbers.
 */
import { readFileSync } from 'node:fs';
import type { End, Topology } from './contender.ts';

export interface Measure {
  readonly metrics: readonly { readonly name: string; readonly unit: string }[];
  /** One value per metric, in order. */
  readonly run: (topology: Topology, seconds: number) => Promise<readonly number[]>;
}

export const measures: readonly Measure[] = [
  tcp(1, 'tcp1', 'cpu_s_per_gb'),
  tcp(4, 'tcp4'),
  { metrics: [{ name: 'udp64_pps', unit: 'packets/s' }], run: udpDelivered },
  {
    metrics: [
      { name: 'rtt_p50_us', unit: 'us' },
      { name: 'rtt_p99_us', unit: 'us' },
    ],
    run: roundTrip,
  },
];

/** Kernel's USER_HZ: the unit of /proc/stat (proc(5)); 100 on every Linux that we run on. */
const ticksPerSecond = 100;
const port = 5201;
/** Longest that a program may take beyond the seconds it was given: a path that lost its packets ends the wait. */
const graceMs = 10_000;

function tcp(streams: number, metric: string, cpuMetric?: string): Measure {
  const metrics = [{ name: metric, unit: 'Gbit/s' }];
  return {
    metrics: cpuMetric === undefined ? metrics : [...metrics, { name: cpuMetric, unit: 's/GB' }],
    run: async (topology, seconds) => {
      const busyBefore = busySeconds();
      const report = await iperf(topology, seconds, ['-P', streams]);
      const busy = busySeconds() - busyBefore;
      const received = report.end.sum_received;
      const gigabits = received.bits_per_second / 1e9;
      return cpuMetric === undefined ? [gigabits] : [gigabits, busy / (received.bytes / 1e9)];
    },
  };
}

/** Datagrams of 64 bytes that arrive, sent as fast as one sender can. */
async function udpDelivered(topology: Topology, seconds: number): Promise<readonly number[]> {
  const { end } = await iperf(topology, seconds, ['-u', '-l', 64, '-b', 0]);
  const { packets, lost_packets: lost, seconds: took } = end.sum;
  return [(packets - lost) / took];
}

async function roundTrip(topology: Topology, seconds: number): Promise<readonly number[]> {
  const interval = 0.002;
  const count = Math.round(seconds / interval);
  const { stdout, stderr } = await topology.exec(
    'client',
    ['ping', '-i', interval, '-c', count, topology.serverAddress].map(String),
    { timeoutMs: seconds * 1000 + graceMs },
  );
  const times = [...stdout.matchAll(/time=([\d.]+) ms/g)].map((match) => Number(match[1]) * 1000).sort((a, b) => a - b);
  const at = (part: number): number => times[Math.floor((times.length - 1) * part)] ?? Number.NaN;
  if (times.length === 0) throw new Error(`${topology.path}: ping had no answer: ${stderr}`);
  return [at(0.5), at(0.99)];
}

interface IperfReport {
  readonly error?: string;
  readonly end: {
    readonly sum: { readonly packets: number; readonly lost_packets: number; readonly seconds: number };
    readonly sum_received: { readonly bits_per_second: number; readonly bytes: number };
  };
}

async function iperf(topology: Topology, seconds: number, options: readonly (string | number)[]): Promise<IperfReport> {
  const server = topology.spawn('server', ['iperf3', '-s', '-1', '-p', String(port)]);
  const serverEnded = new Promise((done) => server.once('exit', done));
  try {
    await listening(topology, 'server');
    const argv = ['iperf3', '-c', topology.serverAddress, '-p', port, '-J', '-t', seconds, ...options].map(String);
    const timeoutMs = seconds * 1000 + graceMs;
    const { stdout, stderr, signal } = await topology.exec('client', argv, { timeoutMs });
    if (signal !== undefined) throw new Error(`${topology.path}: iperf3 had no end within ${timeoutMs} ms`);
    const report = JSON.parse(stdout === '' ? `{"error": ${JSON.stringify(stderr)}}` : stdout) as IperfReport;
    if (report.error !== undefined) throw new Error(`${topology.path}: iperf3: ${report.error}`);
    return report;
  } finally {
    server.kill('SIGKILL');
    await serverEnded;
  }
}

async function listening(topology: Topology, end: End): Promise<void> {
  const deadline = performance.now() + 5000;
  while (performance.now() < deadline) {
    const { stdout } = await topology.exec(end, ['ss', '-Hltn', `sport = :${port}`]);
    if (stdout !== '') return;
  }
  throw new Error(`${topology.path}: iperf3's server does not listen`);
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
