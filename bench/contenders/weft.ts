/**
 * Weft as people run it: a controller, two agents, a guest on each host with a TUN port, and policies that pin
 * the format, so that every contender of ours is the same build with the same hosts.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../../cli/problem.ts';
import { type Lab, type LabFile, upLab } from '../../lab/index.ts';
import { logTail } from '../../lab/log-tail.ts';
import { type Encapsulation, formatEncapsulation, withKeys } from '../../wire/encapsulation.ts';
import type { PolicyRequest } from '../../wire/policy.ts';
import type { AgentStatus } from '../../wire/status.ts';
import type { Contender } from '../contender.ts';
import { residentMemory } from '../footprint.ts';

export interface WeftOptions {
  readonly path: string;
  /** What every packet must have; without keys. */
  readonly encapsulation: Encapsulation;
}

const serverAddress = '10.0.0.6';

export function weft({ path, encapsulation }: WeftOptions): Contender {
  return {
    path,
    packages: [],
    version: async () => `weft ${ownVersion()}`,
    build: async () => {
      await using stack = new AsyncDisposableStack();
      const lab = stack.use(await upLab(labFile(path.replace('weft-', 'weft-bench-').replaceAll('.', '-'))));
      const lacks = missing(encapsulation, (await lab.agentStatus('left')).capabilities);
      if (lacks.length > 0) return { skipped: `not offered by this build: ${lacks.join(', ')}` };
      for (const policy of policies(encapsulation)) await lab.api.putPolicy(policy);
      await selected(lab, formatEncapsulation(encapsulation));
      stack.move();
      return {
        path,
        serverAddress,
        exec: (end, argv, options) => lab.exec(end, argv, options),
        spawn: (end, argv) => lab.spawn(end, argv, { stdio: 'ignore' }),
        footprint: () => [resident(lab, 'left', `${path} agent`), resident(lab, 'controller', `${path} controller`)],
        [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
      };
    },
  };
}

function labFile(name: string): LabFile {
  return {
    name,
    substrate: { link: 'direct' },
    hosts: [{ name: 'left' }, { name: 'right' }],
    clouds: [{ name: 'red', prefixes: ['10.0.0.0/24'] }],
    guests: [
      { name: 'client', cloud: 'red', host: 'left', addresses: ['10.0.0.5'] },
      { name: 'server', cloud: 'red', host: 'right', addresses: [serverAddress] },
    ],
  };
}

/** The format and the features that a host's own words do not name. */
export function missing(
  { format, cipher }: Encapsulation,
  { formats, features }: Pick<AgentStatus['capabilities'], 'formats' | 'features'>,
): readonly string[] {
  const lackingFormat = formats.includes(format) ? [] : [format];
  const lackingCipher = cipher === undefined || features.includes(cipher) ? [] : [cipher];
  return [...lackingFormat, ...lackingCipher];
}

export function policies({ format, cipher }: Encapsulation): readonly PolicyRequest[] {
  const pin: PolicyRequest = { name: 'format', effect: 'pin', capabilities: [format] };
  return cipher === undefined ? [pin] : [pin, { name: 'cipher', effect: 'require', capabilities: [cipher] }];
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
