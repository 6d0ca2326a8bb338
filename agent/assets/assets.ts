/**
 * What this machine has: processors, memory, kernel, network cards. Found by asking; what cannot be found
 * is left empty, and never keeps the agent from running.
 *
 * Network cards are asked about through `ip` and `ethtool` and not /sys, which shows the namespace in which
 * it was mounted and not that of the agent.
 */
import { readFileSync } from 'node:fs';
import { arch, cpus, release, totalmem } from 'node:os';
import { parseAddress } from '../../wire/address.ts';
import type { Assets, Nic } from '../../wire/control.ts';
import { limits } from '../../wire/limits.ts';
import { isPortDevice } from '../ports/names.ts';
import { type RunResult, run } from '../run.ts';

/** Cards beyond this many are listed without what `ethtool` says: it costs two processes a card. */
const askedCards = 16;
/** Bounds that the controller sets on what it is told (`wire/control-decode.ts`). */
const addressesPerCard = 64;
const offloadsPerCard = 128;

/** What changes of itself and matters at once: MTU, addresses, up or down. One process, whatever the machine. */
export async function findLinks(
  runProgram: (command: string, args: readonly string[]) => Promise<RunResult> = run,
): Promise<Nic[]> {
  const links = await runProgram('ip', ['-j', 'address', 'show']);
  return links.ok ? readLinks(links.stdout) : [];
}

/** Whether nothing is another that `findLinks` looks for. */
export function sameLinks(a: readonly Nic[], b: readonly Nic[]): boolean {
  const words = (nics: readonly Nic[]) => JSON.stringify(nics.map(linkWord));
  return words(a) === words(b);
}

function linkWord({ name, mtu, up, addresses }: Nic): string {
  return [name, mtu, up, ...addresses].join(' ');
}

export async function findAssets(
  labels: Readonly<Record<string, string>>,
  runProgram: (command: string, args: readonly string[]) => Promise<RunResult> = run,
): Promise<Assets> {
  const processors = cpus();
  const nics = await findLinks(runProgram);
  const asked = nics.slice(0, askedCards).map(async (nic): Promise<Nic> => {
    const [features, speed] = await Promise.all([
      runProgram('ethtool', ['-k', nic.name]),
      runProgram('ethtool', [nic.name]),
    ]);
    return {
      ...nic,
      offloads: features.ok ? readOffloads(features.stdout) : [],
      speedMbps: speed.ok ? readSpeed(speed.stdout) : 0,
    };
  });
  return {
    kernel: release(),
    operatingSystem: operatingSystem(),
    architecture: arch(),
    cpus: processors.length,
    cpuModel: (processors[0]?.model ?? '').trim().slice(0, limits.textLength),
    memoryBytes: totalmem(),
    nics: [...(await Promise.all(asked)), ...nics.slice(askedCards)],
    labels,
  };
}

/** `ip -j address show`, without the loopback device and those of guests' ports, which come and go. */
export function readLinks(json: string): Nic[] {
  let links: unknown;
  try {
    links = JSON.parse(json);
  } catch {
    return [];
  }
  if (!Array.isArray(links)) return [];
  const nics = (links as Record<string, unknown>[])
    .filter(({ link_type, ifname }) => link_type !== 'loopback' && typeof ifname === 'string' && !isPortDevice(ifname))
    .map((link) => ({
      name: String(link.ifname),
      mac: typeof link.address === 'string' ? link.address : '',
      mtu: typeof link.mtu === 'number' ? link.mtu : 0,
      up: Array.isArray(link.flags) && link.flags.includes('UP'),
      speedMbps: 0,
      addresses: addressesOf(link.addr_info),
      offloads: [],
    }));
  // A host of many containers has more than fit: those with addresses are those that matter.
  const [without, having] = [
    nics.filter((nic) => nic.addresses.length === 0),
    nics.filter((nic) => nic.addresses.length > 0),
  ];
  return [...having, ...without].slice(0, limits.nicsPerHost);
}

/** Names of `ethtool -k` that are on. */
export function readOffloads(text: string): string[] {
  const names = text.split('\n').flatMap((line) => /^\s*([a-z0-9-]+): on\b/.exec(line)?.[1] ?? []);
  return names.slice(0, offloadsPerCard);
}

/** `Speed: 10000Mb/s`; 0 when it says that it does not know. */
export function readSpeed(text: string): number {
  return Number(/^\s*Speed: (\d+)Mb\/s/m.exec(text)?.[1] ?? 0);
}

function addressesOf(info: unknown): string[] {
  if (!Array.isArray(info)) return [];
  return (info as Record<string, unknown>[])
    .filter(({ scope }) => scope === 'global')
    .flatMap(({ local }) => parseAddress(String(local)) ?? [])
    .slice(0, addressesPerCard);
}

function operatingSystem(): string {
  try {
    const text = readFileSync('/etc/os-release', 'utf8');
    return (/^PRETTY_NAME="?([^"\n]*)"?$/m.exec(text)?.[1] ?? '').slice(0, limits.textLength);
  } catch {
    return '';
  }
}
