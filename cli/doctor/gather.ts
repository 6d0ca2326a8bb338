/**
 * Reads the facts that `weft doctor` judges. Everything here may be missing, closed or slow on a machine that is ill:
 * nothing throws, nothing is waited for longer than a few seconds, nothing is changed.
 */
import { accessSync, closeSync, constants, existsSync, openSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AgentStatus } from '../../wire/status.ts';
import { readAgentStatus } from '../agent-client.ts';
import { createApi } from '../client.ts';
import { Problem } from '../problem.ts';
import type { DiskFact, Facts, Roles } from './facts.ts';
import { reachOf, readClock } from './gather-clock.ts';
import { findFiles, readCertificate } from './gather-files.ts';
import { hasTools, readDevices, readListeners, readText } from './gather-network.ts';
import { readWeftConfig, type WeftConfig } from './weft-config.ts';

export interface Places {
  readonly agentConfig: string;
  readonly controllerConfig: string;
  /** Undefined: as the agent's file says. */
  readonly agentSocket: string | undefined;
  /** Where it is when there is no file. */
  readonly usualAgentSocket: string;
  readonly controllerEndpoint: string;
  readonly token: string | undefined;
  /** Undefined: what the files on the machine say. */
  readonly role: 'agent' | 'controller' | undefined;
  readonly signal: AbortSignal;
}

const sysctls = [
  'net.core.bpf_jit_enable',
  'net.core.rmem_max',
  'net.ipv4.neigh.default.gc_thresh3',
  'net.ipv6.neigh.default.gc_thresh3',
] as const;

export async function gatherFacts(places: Places, nowMs: () => number): Promise<Facts> {
  const agentFile = readWeftConfig(places.agentConfig);
  const controllerFile = readWeftConfig(places.controllerConfig);
  const roles = rolesOf(places, agentFile, controllerFile);
  const socket = places.agentSocket ?? (agentFile.fact.found ? agentFile.statusSocket : places.usualAgentSocket);
  const agent = roles.agent ? await askAgent(socket) : { socket };
  const [controller, devices, listeners, tools, reach, clock] = await Promise.all([
    roles.controller ? askController(places) : { endpoint: places.controllerEndpoint },
    readDevices(),
    readListeners(),
    hasTools(),
    roles.agent ? reachOf(agentFile.controllers, places.signal) : [],
    readClock([places.controllerEndpoint, ...agentFile.controllers], nowMs, places.signal),
  ]);
  const configs = [...(roles.agent ? [agentFile] : []), ...(roles.controller ? [controllerFile] : [])];
  const { files, certificates } = findFiles(configs);
  return {
    roles,
    nowMs: nowMs(),
    isRoot: process.geteuid?.() === 0,
    machine: machine(),
    capabilities: BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(readText('/proc/self/status') ?? '')?.[1] ?? '0'}`),
    tun: tun(),
    kernelTypes: existsSync('/sys/kernel/btf/vmlinux'),
    bpffs: / bpf /.test(readText('/proc/self/mounts') ?? '') ? 'mounted' : 'absent',
    sysctl: Object.fromEntries(sysctls.map((name) => [name, sysctl(name)])),
    devices,
    listeners,
    openFiles: openFiles(agent.status),
    files,
    disks: await disks(configs, roles),
    certificates: certificates.map(readCertificate),
    configs: {
      ...(roles.agent ? { agent: agentFile.fact } : {}),
      ...(roles.controller ? { controller: controllerFile.fact } : {}),
    },
    substrate: {
      addresses: agent.status?.substrateAddresses ?? agentFile.substrateAddresses,
      udpPort: agent.status?.udpPort ?? agentFile.udpPort,
    },
    fastPathMode: agentFile.fastPathMode,
    clock,
    tools,
    reach,
    agent,
    controller,
  };
}

/** What has a file here is here; a machine without either is taken for a host to be. */
function rolesOf({ role }: Places, agent: WeftConfig, controller: WeftConfig): Roles {
  if (role !== undefined) return { agent: role === 'agent', controller: role === 'controller' };
  const hasController = controller.fact.found;
  return { agent: agent.fact.found || !hasController, controller: hasController };
}

async function askAgent(socket: string): Promise<Facts['agent']> {
  try {
    return { socket, status: await readAgentStatus(socket, { timeoutMs: 3000 }) };
  } catch (error) {
    if (error instanceof Problem) return { socket, error: error.message };
    throw error;
  }
}

async function askController({ controllerEndpoint: endpoint, token, signal }: Places): Promise<Facts['controller']> {
  try {
    const api = createApi(endpoint, { signal, timeoutMs: 3000, ...(token === undefined ? {} : { token }) });
    const [status, hosts] = await Promise.all([api.status(), api.hosts()]);
    const away = hosts.filter((host) => host.framework === undefined && !host.connected).map(({ name }) => name);
    return { endpoint, status, away };
  } catch (error) {
    if (error instanceof Problem) return { endpoint, error: error.message };
    throw error;
  }
}

function machine(): Facts['machine'] {
  const release = readText('/proc/sys/kernel/osrelease')?.trim() ?? '0';
  const architectures: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };
  return { release, architecture: architectures[process.arch] ?? process.arch };
}

function tun(): Facts['tun'] {
  try {
    // Opening alone makes no device.
    closeSync(openSync('/dev/net/tun', 'r+'));
    return 'ok';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // ENODEV: the file is there, the module is not.
    return code === 'ENOENT' || code === 'ENODEV' || code === 'ENXIO' ? 'missing' : 'closed';
  }
}

function sysctl(name: string): number | undefined {
  const text = readText(`/proc/sys/${name.replaceAll('.', '/')}`)?.trim();
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}

function openFiles(status: AgentStatus | undefined): Facts['openFiles'] {
  const whose = status === undefined ? 'a program started here' : 'the agent';
  const soft = /^Max open files\s+(\d+)/m.exec(readText(`/proc/${status?.pid ?? 'self'}/limits`) ?? '')?.[1];
  return soft === undefined ? undefined : { soft: Number(soft), whose };
}

async function disks(configs: readonly WeftConfig[], { agent }: Roles): Promise<readonly DiskFact[]> {
  const wanted = [
    ...configs.map(({ stateDirectory, what }) => [stateDirectory, `the ${what}'s state`] as const),
    ...(agent ? [['/run', 'sockets and keys'] as const] : []),
    ['/var/log', 'logs'] as const,
  ];
  const found = await Promise.all(wanted.map(([path, what]) => disk(path, what)));
  return found.filter((each) => each !== undefined);
}

/** Of the nearest directory that is there. */
async function disk(path: string, what: string): Promise<DiskFact | undefined> {
  let there = path;
  while (!existsSync(there) && there !== '/') there = dirname(there);
  try {
    const { bavail, bsize, ffree, files } = await statfs(there);
    // Some file systems (btrfs) do not count files.
    const freeFiles = files === 0 ? Number.MAX_SAFE_INTEGER : ffree;
    return { path: there, what, freeBytes: bavail * bsize, freeFiles, writable: isWritable(there) };
  } catch {
    return undefined;
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
