/** Asks agents and the controller for samples, again and again. */
import type { AgentStatus } from '../../wire/status.ts';
import { readAgentStatus } from '../agent-client.ts';
import type { Api } from '../client.ts';
import { Problem } from '../problem.ts';
import type { AgentSample, ControllerSample, Sample } from './rates.ts';

export interface Wanted {
  /** Status sockets; with the hosts' names where they are known before they answer. */
  readonly agents: readonly { readonly socket: string; readonly host?: string }[];
  readonly api: Api;
  /** Only this host. */
  readonly host?: string | undefined;
}

const agentTimeoutMs = 2000;
/** A list of all guests is much to ask of a controller every second. */
const controllerEveryMs = 5000;

export class Sampler {
  readonly #wanted: Wanted;
  readonly #steadyMs: () => number;
  readonly #names = new Map<string, string>();
  #controller: ControllerSample | undefined;
  #askedMs: number | undefined;
  #isAsking = false;
  #failure: unknown;

  constructor(wanted: Wanted, steadyMs: () => number = () => performance.now()) {
    this.#wanted = wanted;
    this.#steadyMs = steadyMs;
  }

  async take(): Promise<Sample> {
    const [controller, ...agents] = await Promise.all([
      this.#askController(),
      ...this.#wanted.agents.map((agent) => this.#askAgent(agent.socket, agent.host)),
    ]);
    // On a machine that has no agent but a controller, there is nobody to miss.
    const isNobody = ({ status }: AgentSample) => status === undefined && this.#wanted.agents.length === 1;
    const here = controller.error === undefined ? agents.filter((agent) => !isNobody(agent)) : agents;
    return this.#only({ agents: here, controller });
  }

  async #askAgent(socket: string, name: string | undefined): Promise<AgentSample> {
    try {
      const status: AgentStatus = await readAgentStatus(socket, { timeoutMs: agentTimeoutMs });
      this.#names.set(socket, status.host);
      return { host: status.host, atMs: this.#steadyMs(), status };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const host = name ?? this.#names.get(socket) ?? socket;
      return { host, atMs: this.#steadyMs(), error: error.message };
    }
  }

  /** The first answer is waited for; later a slow controller holds nobody up. */
  async #askController(): Promise<ControllerSample> {
    if (this.#failure !== undefined) throw this.#failure;
    const atMs = this.#steadyMs();
    const isDue = this.#askedMs === undefined || atMs - this.#askedMs >= controllerEveryMs;
    if (isDue && !this.#isAsking) {
      this.#askedMs = atMs;
      const asking = this.#refresh();
      if (this.#controller === undefined) await asking;
    }
    return this.#controller ?? nobody;
  }

  async #refresh(): Promise<void> {
    this.#isAsking = true;
    try {
      this.#controller = await readController(this.#wanted.api);
    } catch (error) {
      // A bug, or the end: whoever asks next is told.
      this.#failure = error;
    } finally {
      this.#isAsking = false;
    }
  }

  #only(sample: Sample): Sample {
    const { host } = this.#wanted;
    if (host === undefined) return sample;
    const { agents, controller = nobody } = sample;
    return {
      agents: agents.filter((agent) => agent.host === host),
      controller: {
        ...controller,
        hosts: controller.hosts.filter(({ name }) => name === host),
        guests: controller.guests.filter((guest) => guest.host === host),
      },
    };
  }
}

const nobody = { summary: 'no controller answers here', hosts: [], guests: [] } as const;

async function readController(api: Api): Promise<ControllerSample> {
  try {
    const [{ name }, hosts, guests] = await Promise.all([api.status(), api.hosts(), api.guests()]);
    const agents = hosts.filter(({ framework }) => framework === undefined);
    const connected = agents.filter((host) => host.connected).length;
    return { summary: `controller ${name}: ${connected} of ${agents.length} hosts connected`, hosts, guests };
  } catch (error) {
    if (error instanceof Problem) return { ...nobody, error: error.message };
    throw error;
  }
}
