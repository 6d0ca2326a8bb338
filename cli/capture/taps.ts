/** Where to capture what a person named: a guest's port, a host's substrate, by what the agents here say. */
import { existsSync } from 'node:fs';
import type { AgentStatus } from '../../wire/status.ts';
import { readAgentStatus } from '../agent-client.ts';
import type { Context } from '../context.ts';
import { Problem } from '../problem.ts';

export interface Place {
  /** Absent: our own network. */
  readonly netns?: string | undefined;
  /** Absent: that with one of the addresses, else the first that is up. */
  readonly interface?: string | undefined;
  readonly addresses?: readonly string[];
}

export interface Guest {
  readonly name: string;
  readonly gni: number;
  readonly addresses: ReadonlySet<string>;
  readonly place: Place;
}

export interface Target {
  /** Of the host: named, or where the guest is. */
  readonly substrate: Place;
  readonly hostAddresses: ReadonlySet<string>;
  /** Named, and not the host. */
  readonly guest?: Guest;
  /** For filters: guests whom agents here know. */
  readonly guests: readonly Guest[];
}

export interface TargetOptions {
  readonly lab?: string;
  readonly netns?: string;
  readonly agent?: string;
  readonly interface?: string;
}

interface AgentHere {
  readonly host: string;
  readonly netns: string | undefined;
  readonly status: AgentStatus | undefined;
}

export async function findTarget(context: Context, name: string | undefined, options: TargetOptions): Promise<Target> {
  if (options.netns !== undefined) {
    if (name !== undefined) throw new Problem('say a host or guest, or --netns, not both', { exitCode: 2 });
    return nowhere({ netns: existing(options.netns), interface: options.interface });
  }
  const agents = options.lab === undefined ? [await agentHere(context, options)] : await agentsOfLab(options.lab);
  const guests = agents.flatMap(guestsOf);
  const guest = guests.find((each) => each.guest.name === name);
  const agent = guest?.agent ?? agents.find(({ host }) => name === undefined || host === name);
  const all = guests.map((each) => each.guest);
  if (agent === undefined) return { ...(await otherPlace(name ?? '', options, agents)), guests: all };
  const addresses = agent.status?.substrateAddresses ?? [];
  return {
    substrate: { netns: agent.netns, interface: options.interface, addresses },
    hostAddresses: new Set(addresses),
    ...(guest === undefined ? {} : { guest: guest.guest }),
    guests: all,
  };
}

function nowhere(substrate: Place): Target {
  return { substrate, hostAddresses: new Set(), guests: [] };
}

async function agentHere({ config }: Context, { agent }: TargetOptions): Promise<AgentHere> {
  const status = await tryStatus(agent ?? config.agent);
  return { host: status?.host ?? '', netns: undefined, status };
}

async function agentsOfLab(name: string): Promise<readonly AgentHere[]> {
  const { openLab } = await import('../../lab/index.ts');
  return Promise.all(
    openLab(name).hosts.map(async ({ name: host, namespace, statusSocket }) => ({
      host,
      netns: namespace,
      status: await tryStatus(statusSocket),
    })),
  );
}

/** A capture is wanted also where the agent is what is broken. */
async function tryStatus(socket: string): Promise<AgentStatus | undefined> {
  try {
    return await readAgentStatus(socket, { timeoutMs: 3000 });
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/** A lab's switch or controller; else nothing that is here. */
async function otherPlace(name: string, options: TargetOptions, agents: readonly AgentHere[]): Promise<Target> {
  if (options.lab !== undefined) {
    const { openLab } = await import('../../lab/index.ts');
    return nowhere({ netns: openLab(options.lab).namespaceOf(name), interface: options.interface });
  }
  const [agent] = agents;
  const advice =
    agent?.status === undefined
      ? 'no agent answers here; name a lab with --lab, or an interface with --interface and no host'
      : `here is host ${agent.host}, with ${agent.status.guests.map((guest) => guest.name).join(', ') || 'no guests'}; \`weft get guests\` says where others are`;
  throw new Problem(`'${name}' is no host or guest of this machine: ${advice}`, { exitCode: 2 });
}

function guestsOf(agent: AgentHere): readonly { readonly agent: AgentHere; readonly guest: Guest }[] {
  return (agent.status?.guests ?? []).map(({ name, gni, addresses, namespace, interface: device }) => ({
    agent,
    guest: {
      name,
      gni,
      addresses: new Set(addresses.map((address) => address.split('/')[0] ?? address)),
      // A tap is a device of the host's.
      place: { netns: namespace === '' ? agent.netns : namespace, interface: device },
    },
  }));
}

function existing(netns: string): string {
  if (existsSync(`/run/netns/${netns}`)) return netns;
  throw new Problem(`there is no network namespace '${netns}': see \`ip netns list\``);
}
