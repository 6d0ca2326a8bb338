/**
 * Weft as people run it: a controller, two agents, a guest on each host, and policies that pin the format, so that
 * every contender of ours is the same build with the same hosts.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Api } from '../../cli/client.ts';
import { Problem } from '../../cli/problem.ts';
import { type Lab, type LabFile, upLab } from '../../lab/index.ts';
import { logTail } from '../../lab/log-tail.ts';
import { type Encapsulation, formatEncapsulation, withKeys } from '../../wire/encapsulation.ts';
import type { PolicyRequest } from '../../wire/policy.ts';
import type { AgentStatus } from '../../wire/status.ts';
import { bothModes, type Contender, type End, type Skipped, type Topology } from '../contender.ts';
import { residentMemory } from '../footprint.ts';

export interface WeftOptions {
  readonly path: string;
  /** What every packet must have; without keys. */
  readonly encapsulation: Encapsulation;
  readonly fastPath: 'off' | 'tc' | 'xdp';
  readonly port: 'tun' | 'veth';
}

const serverAddress = addressOf('server', 1);

export function weft(options: WeftOptions): Contender {
  const { path } = options;
  return {
    path,
    modes: bothModes,
    packages: [],
    version: async () => `weft ${ownVersion()}`,
    build: async () => {
      await using stack = new AsyncDisposableStack();
      const made = await upHosts(options);
      if ('skipped' in made) return made;
      const lab = stack.use(made);
      await addGuests(lab, options.port, { from: 1, to: 1 });
      await selected(lab, options.encapsulation);
      stack.move();
      return { ...topologyOf(lab, path), ...(options.fastPath === 'off' ? {} : { verify: () => verifyFastPath(lab) }) };
    },
  };
}

/** Two hosts without guests: whether hosts offer what guests need is known when they are connected. */
export async function upHosts(options: WeftOptions): Promise<Lab | Skipped> {
  await using stack = new AsyncDisposableStack();
  const lab = stack.use(await upLab(labFile(options)));
  const lacks = missing(options, (await lab.agentStatus('left')).capabilities);
  if (lacks.length > 0) return { skipped: `not offered by this build on this machine: ${lacks.join(', ')}` };
  for (const policy of policies(options.encapsulation)) await lab.api.putPolicy(policy);
  stack.move();
  return lab;
}

/** From the first guest of the left host to the first of the right one. */
export function topologyOf(lab: Lab, path: string): Topology {
  return {
    path,
    serverAddress,
    wire: [
      { namespace: lab.namespaceOf('left'), device: 'eth0' },
      { namespace: lab.namespaceOf('right'), device: 'eth0' },
    ],
    exec: (end, argv, how) => lab.exec(`${end}-1`, argv, how),
    spawn: (end, argv, how) => lab.spawn(`${end}-1`, argv, how),
    footprint: () => [resident(lab, 'left', `${path} agent`), resident(lab, 'controller', `${path} controller`)],
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  };
}

/** Of all packets: first ones, and those that were sent while something was changed. */
const mostHandedOver = 0.01;

async function verifyFastPath(lab: Lab): Promise<void> {
  for (const host of ['left', 'right']) {
    const part = handedOverPart(await lab.agentStatus(host));
    if (!(part <= mostHandedOver))
      throw new Error(`${host} left ${(100 * part).toFixed(1)} % of its packets to the engine`);
  }
}

/** How many of a host's packets the fast path has left to the engine; NaN without one. */
export function handedOverPart({ fastPath, peers }: Pick<AgentStatus, 'fastPath' | 'peers'>): number {
  const handedOver = Object.values(fastPath?.handedOver ?? { 'no fast path': Number.NaN });
  const all = peers.reduce((sum, { out, in: came }) => sum + out.packets + came.packets, 0);
  return handedOver.reduce((sum, count) => sum + count, 0) / all;
}

export function labFile({ path, fastPath }: Pick<WeftOptions, 'path' | 'fastPath'>): LabFile {
  return {
    name: `wb-${path}`,
    substrate: { link: 'direct' },
    hosts: [
      { name: 'left', fastPath },
      { name: 'right', fastPath },
    ],
    clouds: [{ name: 'red', prefixes: ['10.0.0.0/16'] }],
  };
}

/** Clients are on the left host, servers on the right; the first addresses of a subnet are not for guests. */
export function addressOf(end: End, number: number): string {
  const at = (end === 'client' ? 0 : 64 * 256) + 3 + number;
  return `10.0.${at >> 8}.${at & 0xff}`;
}

const createdAtOnce = 8;
const pollMs = 100;
const guestsWithinMs = 120_000;

/** Guests of those numbers on each host, until all of them run. */
export async function addGuests(
  lab: Lab,
  port: WeftOptions['port'],
  { from, to, signal }: { readonly from: number; readonly to: number; readonly signal?: AbortSignal },
): Promise<void> {
  const numbers = Array.from({ length: to - from + 1 }, (_, at) => from + at);
  const waiting = numbers.flatMap((number) => [
    { name: `client-${number}`, host: 'left', addresses: [addressOf('client', number)] },
    { name: `server-${number}`, host: 'right', addresses: [addressOf('server', number)] },
  ]);
  const create = async () => {
    for (let guest = waiting.shift(); guest !== undefined; guest = waiting.shift()) {
      signal?.throwIfAborted();
      await lab.api.createGuest({ ...guest, vpc: 'red', port });
    }
  };
  await Promise.all(Array.from({ length: createdAtOnce }, create));
  const all = 'guests run';
  await lab.waitUntil(all, async () => allRun(await lab.api.guests(), 2 * to, signal), guestsWithinMs);
}

async function allRun(guests: Awaited<ReturnType<Api['guests']>>, count: number, signal?: AbortSignal) {
  const failed = guests.find(({ phase }) => phase === 'failed');
  if (failed !== undefined) throw new Error(`guest '${failed.name}' failed: ${failed.detail ?? 'no reason given'}`);
  if (guests.filter(({ phase }) => phase === 'running').length === count) return true;
  // Asking for thousands of guests is work that those to be made wait for.
  await pause(pollMs, undefined, { signal });
  return false;
}

type Offered = Pick<AgentStatus['capabilities'], 'formats' | 'features' | 'executors' | 'ports'>;

/** What a host's own words do not name of what the contender needs. */
export function missing(
  { encapsulation: { format, cipher, compression }, fastPath, port }: Omit<WeftOptions, 'path'>,
  { formats, features, executors, ports }: Offered,
): readonly string[] {
  const wantedFeatures = [cipher, compression].filter((feature) => feature !== undefined);
  return [
    ...[format].filter((each) => !formats.includes(each)),
    ...wantedFeatures.filter((each) => !features.includes(each)),
    ...[fastPath].filter((each) => each !== 'off' && !executors.includes(each)).map((each) => `executor ${each}`),
    ...[port].filter((each) => !ports.includes(each)).map((each) => `port ${each}`),
  ];
}

export function policies({ format, cipher, compression }: Encapsulation): readonly PolicyRequest[] {
  const need = (name: string, feature: string): PolicyRequest => ({ name, effect: 'require', capabilities: [feature] });
  return [
    { name: 'format', effect: 'pin', capabilities: [format] },
    ...(cipher === undefined ? [] : [need('cipher', cipher)]),
    ...(compression === undefined ? [] : [need('compression', compression)]),
  ];
}

/** Packets make the hosts ask for each other; from then on both must send what was pinned. */
export async function selected(lab: Lab, wanted: Encapsulation): Promise<void> {
  const encapsulation = formatEncapsulation(wanted);
  await lab.waitUntil(`both hosts send '${encapsulation}'`, async () => {
    const { code } = await lab.exec('client-1', ['ping', '-c', '1', '-W', '1', serverAddress]);
    // The lab and its logs are gone when a person reads of it, so the last words go into the message.
    if (lab.process('controller') === undefined) {
      throw new Problem(`the controller ended: ${logTail(lab.logOf('controller'), 3).join('; ')}`);
    }
    const statuses = await Promise.all(['left', 'right'].map((host) => lab.agentStatus(host)));
    const sends = statuses.map(({ peers }) => withKeys(peers[0]?.send ?? 'nothing', undefined));
    if (sends.some((send) => send !== encapsulation)) throw new Problem(`they send ${sends.join(' and ')}`);
    return code === 0;
  });
}

function resident(lab: Lab, process: string, path: string) {
  const running = lab.process(process);
  if (running === undefined) throw new Error(`${process} of lab ${lab.name} has ended: see ${lab.logOf(process)}`);
  return residentMemory(path, running.pid);
}

function ownVersion(): string {
  const file = join(import.meta.dirname, '../../package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
