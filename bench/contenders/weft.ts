/**
 * Weft as people run it: a controller, two agents, a guest on each host, and policies that pin the format, so that
 * every contender of ours is the same build with the same hosts.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../../cli/problem.ts';
import { type Lab, type LabFile, upLab } from '../../lab/index.ts';
import { logTail } from '../../lab/log-tail.ts';
import { type Encapsulation, formatEncapsulation, withKeys } from '../../wire/encapsulation.ts';
import type { PolicyRequest } from '../../wire/policy.ts';
import type { AgentStatus } from '../../wire/status.ts';
import { bothModes, type Contender } from '../contender.ts';
import { residentMemory } from '../footprint.ts';

export interface WeftOptions {
  readonly path: string;
  /** What every packet must have; without keys. */
  readonly encapsulation: Encapsulation;
  readonly fastPath: 'off' | 'tc' | 'xdp';
  readonly port: 'tun' | 'veth';
}

const serverAddress = '10.0.0.6';

export function weft(options: WeftOptions): Contender {
  const { path, encapsulation } = options;
  return {
    path,
    modes: bothModes,
    packages: [],
    version: async () => `weft ${ownVersion()}`,
    build: async () => {
      await using stack = new AsyncDisposableStack();
      const lab = stack.use(await upLab(labFile(options)));
      const lacks = missing(options, (await lab.agentStatus('left')).capabilities);
      if (lacks.length > 0) return { skipped: `not offered by this build on this machine: ${lacks.join(', ')}` };
      for (const policy of policies(encapsulation)) await lab.api.putPolicy(policy);
      await addGuests(lab, options);
      await selected(lab, formatEncapsulation(encapsulation));
      stack.move();
      return {
        path,
        serverAddress,
        wire: [
          { namespace: lab.namespaceOf('left'), device: 'eth0' },
          { namespace: lab.namespaceOf('right'), device: 'eth0' },
        ],
        exec: (end, argv, how) => lab.exec(end, argv, how),
        spawn: (end, argv, how) => lab.spawn(end, argv, how),
        footprint: () => [resident(lab, 'left', `${path} agent`), resident(lab, 'controller', `${path} controller`)],
        [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
      };
    },
  };
}

/** Without guests: whether hosts offer what these need is known when they are connected. */
export function labFile({ path, fastPath }: Pick<WeftOptions, 'path' | 'fastPath'>): LabFile {
  return {
    name: `wb-${path}`,
    substrate: { link: 'direct' },
    hosts: [
      { name: 'left', fastPath },
      { name: 'right', fastPath },
    ],
    clouds: [{ name: 'red', prefixes: ['10.0.0.0/24'] }],
  };
}

async function addGuests(lab: Lab, { port }: WeftOptions): Promise<void> {
  const guest = { vpc: 'red', port } as const;
  await lab.api.createGuest({ ...guest, name: 'client', host: 'left', addresses: ['10.0.0.5'] });
  await lab.api.createGuest({ ...guest, name: 'server', host: 'right', addresses: [serverAddress] });
  await lab.waitUntil('both guests run', async () => {
    const guests = await lab.api.guests();
    const failed = guests.find(({ phase }) => phase === 'failed');
    if (failed !== undefined) throw new Error(`guest '${failed.name}' failed: ${failed.detail ?? 'no reason given'}`);
    return guests.length === 2 && guests.every(({ phase }) => phase === 'running');
  });
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
async function selected(lab: Lab, encapsulation: string): Promise<void> {
  await lab.waitUntil(`both hosts send '${encapsulation}'`, async () => {
    const { code } = await lab.exec('client', ['ping', '-c', '1', '-W', '1', serverAddress]);
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
