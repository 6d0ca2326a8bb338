/**
 * The region that the end-to-end tests live in, and what they do in it.
 *
 *   left ──┐                       red:  red-left 10.0.0.5    red-right 10.0.0.6    red-near 10.0.0.7 (left)
 *          ├── switch ── right     blue: blue-left 10.0.0.5   blue-right 10.0.0.6   (same addresses)
 *   spare ─┘                       each also fd00:10::N; every guest runs an echo server that greets with its name
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Lab, type LabFile, upLab } from '../../lab/index.ts';
import type { DropName } from '../../wire/drops.ts';
import type { GuestRequest } from '../../wire/resources.ts';

export const echoPort = 7007;
const programs = join(import.meta.dirname, 'guest');
export const root = join(import.meta.dirname, '../..');

export function program(name: string, ...args: readonly (string | number)[]): string[] {
  return [process.execPath, join(programs, `${name}.ts`), ...args.map(String)];
}

export function echoCommand(name: string): string[] {
  return program('echo-server', echoPort, name);
}

export function guest(
  name: string,
  cloud: string,
  host: string,
  number: number,
): NonNullable<LabFile['guests']>[number] {
  return { name, cloud, host, addresses: [`10.0.0.${number}`, `fd00:10::${number}`], command: echoCommand(name) };
}

export function guestRequest(name: string, vpc: string, host: string, number: number): GuestRequest {
  return { name, vpc, host, addresses: [`10.0.0.${number}`, `fd00:10::${number}`], command: echoCommand(name) };
}

const prefixes = ['10.0.0.0/24', 'fd00:10::/64'];

export type HostName = 'left' | 'right' | 'spare';
type HostEntry = LabFile['hosts'][number];

/** For a test of what engines do by themselves: hosts whose guests have tun ports, and no program on any device. */
export const withoutFastPath: Readonly<Record<HostName, Omit<HostEntry, 'name'>>> = {
  left: { fastPath: 'off' },
  right: { fastPath: 'off' },
  spare: { fastPath: 'off' },
};

export interface RegionChoice {
  readonly families?: ('ipv4' | 'ipv6')[];
  /** Mask of what hosts may speak; all when absent. */
  readonly formats?: Partial<Record<HostName, HostEntry['formats'] & {}>>;
  /** What else a host's entry of the lab file says: a mask of features, keys, labels. */
  readonly hosts?: Partial<Record<HostName, Omit<HostEntry, 'name'>>>;
  readonly offloads?: Partial<Record<'udpGso' | 'udpGro' | 'tso' | 'uso', 'auto' | 'off'>>;
  readonly mtu?: number;
}

/** The region as a lab file; `name` keeps test files apart. */
export function region(name: string, choice: RegionChoice = {}): LabFile {
  const hosts = (['left', 'right', 'spare'] as const).map((host) => ({
    name: host,
    ...(choice.formats?.[host] === undefined ? {} : { formats: choice.formats[host] }),
    ...choice.hosts?.[host],
    ...(choice.offloads === undefined ? {} : { offloads: choice.offloads }),
  }));
  return {
    name,
    substrate: { mtu: choice.mtu ?? 1500, families: choice.families ?? ['ipv4'] },
    hosts,
    clouds: [
      { name: 'red', prefixes },
      { name: 'blue', prefixes },
    ],
    guests: [
      guest('red-left', 'red', 'left', 5),
      guest('red-right', 'red', 'right', 6),
      guest('red-near', 'red', 'left', 7),
      guest('blue-left', 'blue', 'left', 5),
      guest('blue-right', 'blue', 'right', 6),
    ],
  };
}

/** The region is up and every guest's echo server answers inside its own guest; behind a tap there is nobody yet. */
export async function upRegion(file: LabFile): Promise<Lab> {
  const lab = await upLab(file);
  const inhabited = (file.guests ?? []).filter(({ port }) => port !== 'tap');
  await Promise.all(inhabited.map(({ name }) => echoReady(lab, name)));
  return lab;
}

export async function echoReady(lab: Lab, name: string): Promise<void> {
  await lab.waitUntil(`${name}'s echo server`, async () => {
    const { stdout } = await lab.exec(name, ['ss', '-Hltn', `sport = :${echoPort}`]);
    return stdout.includes(String(echoPort));
  });
}

export interface TransferResult {
  readonly greeting: string;
  readonly failures: readonly string[];
  readonly compared: number;
}

/** `address`: one, or several with commas between. A size is in bytes: `1400` of random ones, `1400t` of text. */
export async function transfer(
  lab: Lab,
  from: string,
  address: string,
  sizes: readonly (number | `${number}t`)[],
): Promise<TransferResult> {
  const { stdout, stderr } = await lab.exec(from, program('transfer', address, echoPort, ...sizes), {
    timeoutMs: 90_000,
  });
  if (stdout === '') throw new Error(`transfer from ${from}: ${stderr}`);
  return JSON.parse(stdout) as TransferResult;
}

export interface ProbeResult {
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly corrupted: number;
  readonly longestGapMs: number;
  readonly firstAnswerMs?: number;
  readonly lostNumbers: readonly number[];
}

export async function probe(
  lab: Lab,
  from: string,
  address: string,
  rate: number,
  seconds: number,
): Promise<ProbeResult> {
  const { stdout, stderr } = await lab.exec(from, program('probe', address, echoPort, rate, seconds));
  if (stdout === '') throw new Error(`probe from ${from}: ${stderr}`);
  return JSON.parse(stdout) as ProbeResult;
}

export interface StreamResult {
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly same: boolean;
  readonly error?: string;
  readonly longestSilenceMs: number;
}

export async function stream(lab: Lab, from: string, address: string, seconds: number): Promise<StreamResult> {
  const { stdout, stderr } = await lab.exec(from, program('stream', address, echoPort, seconds));
  if (stdout === '') throw new Error(`stream from ${from}: ${stderr}`);
  return JSON.parse(stdout) as StreamResult;
}

/** Packets that a host dropped under a reason since it started. */
export async function drops(lab: Lab, host: string, reason: DropName): Promise<number> {
  return (await lab.agentStatus(host)).drops[reason];
}

export interface Captured {
  /** Path of the pcap file while `use` runs. */
  readonly file: string;
  /** tshark's fields of each packet, one row a packet. */
  fields(names: readonly string[], filter?: string): string[][];
}

const lua = join(root, 'wire/gen/gni.lua');

/** Captures on an interface while `during` runs, then hands the file to `use`. */
export async function capture<T>(
  lab: Lab,
  where: { readonly name: string; readonly interface: string; readonly filter?: string },
  during: () => Promise<unknown>,
  use: (captured: Captured) => T,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'weft-capture-'));
  const file = join(folder, 'packets.pcap');
  const filter = where.filter === undefined ? [] : [where.filter];
  // 64 MiB of packets as long as they are. (Immediate mode would give each the room of a super-packet, so a thousand
  // would fill it; without, the kernel hands packets over within a second.)
  const ring = ['-s', '66000', '-B', '65536'];
  const tcpdump = ['tcpdump', '-i', where.interface, '-U', ...ring, '-w', file, ...filter];
  const child = lab.spawn(where.name, tcpdump, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  const errors: string[] = [];
  try {
    const listening = Promise.withResolvers<void>();
    child.stderr?.on('data', (data: Buffer) => {
      errors.push(data.toString());
      if (errors.join('').includes('listening on')) listening.resolve();
    });
    child.on('exit', () => listening.reject(new Error(`tcpdump ended: ${errors.join('')}`)));
    await listening.promise;
    await during();
    // tcpdump leaves behind what the kernel has not handed over yet when it is told to end; SIGUSR1 makes it tell. What
    // had come by its first answer has to be in the file: others may go on talking. What came before its filter was
    // in force counts as come and is never captured: then it is enough that nothing more is handed over for three
    // times as long as the kernel keeps packets back.
    let come = Number.POSITIVE_INFINITY;
    let last = { captured: -1, sinceMs: 0 };
    await lab.waitUntil('every captured packet is in the file', async () => {
      child.kill('SIGUSR1');
      const counts = [...errors.join('').matchAll(/(\d+) packets? captured, (\d+) packets? [a-z ]*, (\d+) packets?/g)];
      const [captured = 0, received = 0, lost = 0] = counts.at(-1)?.slice(1).map(Number) ?? [];
      if (lost > 0) throw new Error(`tcpdump was too slow for ${lost} packets`);
      if (received > 0) come = Math.min(come, received);
      if (captured !== last.captured) last = { captured, sinceMs: performance.now() };
      return captured >= come || (captured > 0 && performance.now() - last.sinceMs > 3000);
    });
    child.kill('SIGINT');
    await ended;
    const fields = (names: readonly string[], only?: string): string[][] => {
      const show = only === undefined ? [] : ['-Y', only];
      const argv = [
        '-X',
        `lua_script:${lua}`,
        '-r',
        file,
        ...show,
        '-T',
        'fields',
        ...names.flatMap((name) => ['-e', name]),
      ];
      const output = execFileSync('tshark', argv, {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        maxBuffer: 64 << 20,
      });
      return output
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.split('\t'));
    };
    return use({ file, fields });
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
}

/** Standard output of a program that was started with `lab.spawn` and stdout piped, once it has ended. */
export async function outputOf(child: ReturnType<Lab['spawn']>): Promise<string> {
  return child.stdout === null ? '' : text(child.stdout);
}

/** What is on this machine that carries the lab's name. */
export function leftovers(name: string): string[] {
  const namespaces = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' }).split('\n');
  const processes = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' }).split('\n');
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return [
    ...mounts.filter((line) => line.includes(`/weft-lab/${name}/`)),
    ...namespaces.filter((line) => line.startsWith(`${name}-`)),
    ...processes.filter((line) => line.includes(`/weft-lab/${name}/`)),
    ...readdirSync('/dev/shm').filter((entry) => entry.startsWith(`weft-keys-${name}-`)),
  ];
}
