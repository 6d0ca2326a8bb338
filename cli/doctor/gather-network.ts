/** Devices, their offloads, who listens where: read by the system's own programs. */
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from '../../lab/run.ts';
import { Problem } from '../problem.ts';
import type { Device, Listener } from './facts.ts';

const timeoutMs = 3000;
/** Guests' devices are many and have no offloads to judge. */
const mostDevices = 16;

/** What the program wrote; undefined when it is not there, failed, or took too long. */
export async function outputOf(argv: readonly string[]): Promise<string | undefined> {
  try {
    const { code, stdout } = await run(argv, { timeoutMs });
    return code === 0 ? stdout : undefined;
  } catch (error) {
    if (error instanceof Problem || (error as NodeJS.ErrnoException).code !== undefined) return undefined;
    throw error;
  }
}

export async function hasTools(): Promise<Readonly<Record<string, boolean>>> {
  // As a service finds them; a shell's own list may be shorter.
  const places = ['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/local/sbin', '/usr/local/bin'];
  const has = (name: string) => places.some((place) => isExecutable(join(place, name)));
  return Object.fromEntries(['ip', 'ss', 'nsenter', 'ping', 'ethtool'].map((name) => [name, has(name)]));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return !path.includes(delimiter);
  } catch {
    return false;
  }
}

interface IpDevice {
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly addr_info?: readonly { readonly local?: string; readonly scope?: string }[];
}

export async function readDevices(): Promise<readonly Device[] | undefined> {
  const text = await outputOf(['ip', '-j', 'address']);
  const found = text === undefined ? undefined : parseJson<readonly IpDevice[]>(text);
  if (found === undefined) return undefined;
  const global = found.filter(({ addr_info = [] }) => addr_info.some(({ scope }) => scope === 'global'));
  const offloads = new Map(
    await Promise.all(
      global.slice(0, mostDevices).map(async ({ ifname }) => [ifname, await readOffloads(ifname)] as const),
    ),
  );
  return found.map(({ ifname, flags, mtu, addr_info = [] }) => ({
    name: ifname,
    up: flags.includes('UP'),
    mtu,
    addresses: addr_info.flatMap(({ local }) => local ?? []),
    offloads: offloads.get(ifname),
  }));
}

async function readOffloads(device: string): Promise<Device['offloads']> {
  const text = await outputOf(['ethtool', '--json', '-k', device]);
  const [found] =
    (text === undefined ? undefined : parseJson<readonly Readonly<Record<string, unknown>>[]>(text)) ?? [];
  if (found === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, value]) => {
      const { active } = (typeof value === 'object' && value !== null ? value : {}) as { readonly active?: unknown };
      return typeof active === 'boolean' ? [[name, active]] : [];
    }),
  );
}

export async function readListeners(): Promise<readonly Listener[] | undefined> {
  const [udp, tcp] = await Promise.all([outputOf(['ss', '-Hulnp']), outputOf(['ss', '-Htlnp'])]);
  if (udp === undefined || tcp === undefined) return undefined;
  return [...parseListeners('udp', udp), ...parseListeners('tcp', tcp)].map(withName);
}

/** Node's processes all have one name: ours are told by what they run. */
function withName(listener: Listener): Listener {
  if (listener.pid === undefined) return listener;
  const [, daemon] = /\/(agent|controller)\/main\.ts/.exec(readText(`/proc/${listener.pid}/cmdline`) ?? '') ?? [];
  return daemon === undefined ? listener : { ...listener, program: `weft ${daemon}` };
}

/** `UNCONN 0 0 0.0.0.0:6741 0.0.0.0:* users:(("node",pid=42,fd=20))` */
export function parseListeners(protocol: Listener['protocol'], text: string): readonly Listener[] {
  return text.split('\n').flatMap((line) => {
    const local = line.trim().split(/\s+/)[3];
    const [, address, port] = /^(.*):(\d+)$/.exec(local ?? '') ?? [];
    if (address === undefined) return [];
    const [, program, pid] = /users:\(\("([^"]+)",pid=(\d+)/.exec(line) ?? [];
    const who = program === undefined ? {} : { program, pid: Number(pid) };
    return [{ protocol, address: address.replace(/^\[|\]$/g, ''), port: Number(port), ...who }];
  });
}

function parseJson<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
