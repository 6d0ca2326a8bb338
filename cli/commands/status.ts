/** `weft status`: the controller and this machine's agent (with `--lab`: all agents of the lab). */
import { dropReasons } from '../../wire/drops.ts';
import type { ControllerStatus, Host } from '../../wire/resources.ts';
import type { AgentStatus, Traffic } from '../../wire/status.ts';
import { readAgentStatus } from '../agent-client.ts';
import { createApi } from '../client.ts';
import {
  type Context,
  type ControllerOptions,
  controllerEndpoint,
  controllerOptions,
  type Family,
} from '../context.ts';
import { ago, bytes, cell, list, type Output } from '../output.ts';
import { Problem } from '../problem.ts';
import { hostKind } from './get.ts';

interface Options extends ControllerOptions {
  readonly agent?: string;
  readonly socket?: string;
}

/** What could be had, or why not. */
type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

interface ControllerView {
  readonly status: ControllerStatus;
  readonly hosts: readonly Host[];
}

export const family: Family = (program, context) => {
  const command = program
    .command('status')
    .description('how the controller and this machine’s agent are')
    .option('--agent <socket>', 'the agent’s status socket (WEFT_AGENT, /run/weft/agent.sock)')
    .option('--socket <socket>', 'the same as --agent');
  controllerOptions(command).action((options: Options) => showStatus(context, options));
};

async function showStatus(context: Context, options: Options): Promise<void> {
  const { output } = context;
  const endpoint = await controllerEndpoint(context, options);
  const [controller, ...agents] = await Promise.all([
    attempt(() => readController(context, endpoint)),
    ...(await agentSockets(context, options)).map((socket) => attempt(() => readAgentStatus(socket))),
  ]);
  output.show({ controller: forJson(controller), agents: agents.map(forJson) }, () => {
    if (controller.ok) showController(output, controller.value, context.now());
    else output.note(controller.error);
    for (const agent of agents) {
      if (agent.ok) showAgent(output, agent.value, context.now());
      else output.note(agent.error);
    }
  });
  // One of the two is enough: most machines run only an agent, some only a controller.
  if (!controller.ok && !agents.some(({ ok }) => ok)) {
    throw new Problem('neither a controller nor an agent answers here');
  }
}

async function agentSockets(context: Context, options: Options): Promise<readonly string[]> {
  const named = options.agent ?? options.socket;
  if (named !== undefined || options.lab === undefined) return [named ?? context.config.agent];
  const { openLab } = await import('../../lab/index.ts');
  return openLab(options.lab).hosts.map(({ statusSocket }) => statusSocket);
}

async function readController(context: Context, endpoint: string): Promise<ControllerView> {
  const api = createApi(endpoint, { signal: context.signal });
  const [status, hosts] = await Promise.all([api.status(), api.hosts()]);
  return { status, hosts };
}

async function attempt<T>(read: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: true, value: await read() };
  } catch (error) {
    if (error instanceof Problem) return { ok: false, error: error.message };
    throw error;
  }
}

function forJson<T>(answer: Answer<T>): T | { readonly error: string } {
  return answer.ok ? answer.value : { error: answer.error };
}

// ---- for people ------------------------------------------------------------------------------------------

function showController(output: Output, { status, hosts }: ControllerView, now: number): void {
  output.heading(`controller ${status.name}`);
  output.line(
    `version ${status.version}, epoch ${status.epoch}, up ${ago(status.startedMs, now)}, revision ${status.revision}`,
  );
  output.line(
    `${status.hosts.connected} of ${status.hosts.known} hosts connected, ${status.vpcs} clouds, ` +
      `${status.guests} guests, ${status.mappings} mappings, ${status.subscriptions} subscriptions`,
  );
  if (hosts.length > 0) {
    output.line();
    output.table(
      hostKind.header,
      hosts.map((host) => hostKind.row(host, now)),
    );
  }
  const recent = status.events.slice(-5);
  if (recent.length === 0) return;
  output.line();
  output.table(
    ['EVENT', 'HOST', 'AGO', 'DETAIL'],
    recent.map((event) => [event.code, cell(event.host), ago(event.timeMs, now), event.detail]),
  );
}

export function showAgent(output: Output, status: AgentStatus, now: number): void {
  output.line();
  output.heading(`agent of host ${status.host}`);
  const { session } = status;
  const since = session.sinceMs === 0 ? '' : ` for ${ago(session.sinceMs, now)}`;
  const error = session.lastError === undefined ? '' : ` (last error: ${session.lastError})`;
  output.line(`version ${status.version}, process ${status.pid}, up ${ago(status.startedMs, now)}`);
  output.line(`controller ${session.controller}: ${session.state}${since}, epoch ${session.epoch}${error}`);
  output.line(`substrate ${list(status.substrateAddresses)}, UDP port ${status.udpPort}`);
  const on = Object.entries(status.offloads).flatMap(([name, used]) => (used ? [name] : []));
  output.line(`formats ${list(status.capabilities.formats)}; offloads ${list(on)}`);
  if (status.keys !== undefined) {
    const { epoch, sinceMs, older } = status.keys;
    output.line(`keys of epoch ${epoch}, made ${ago(sinceMs, now)} ago; older epochs held: ${list(older.map(String))}`);
  }
  showFastPath(output, status);
  showGuests(output, status);
  showPeers(output, status);
  showTroubles(output, status);
  showDrops(output, status);
  for (const problem of status.capabilities.problems) output.line(output.style('yellow', `problem: ${problem}`));
  for (const { timeMs, where, message } of status.errors.slice(-3)) {
    output.line(output.style('yellow', `error ${ago(timeMs, now)} ago: ${where}: ${message}`));
  }
}

function showGuests(output: Output, status: AgentStatus): void {
  if (status.guests.length === 0) return;
  output.line();
  output.table(
    ['GUEST', '#GNI', 'ADDRESSES', 'PORT', 'PHASE', '#MTU', '#OUT', '#IN', '#DROPS', 'DETAIL'],
    status.guests.map((guest) => [
      guest.name,
      String(guest.gni),
      list(guest.addresses),
      describePort(guest),
      guest.phase,
      String(guest.mtu),
      traffic(guest.out),
      traffic(guest.in),
      String(guest.drops),
      cell(guest.detail ?? describeCommand(guest.command)),
    ]),
  );
}

/** Whoever starts the machine behind a tap opens the device and gives the machine the address. */
function describePort({ port, device, mac }: AgentStatus['guests'][number]): string {
  return port === 'tap' && device !== undefined ? `tap ${device}, ${cell(mac)}` : cell(port);
}

/** Without flow records: those are many, and in the JSON. */
function showFastPath(output: Output, { fastPath }: AgentStatus): void {
  if (fastPath === undefined) return;
  const { mode, former, tables, handedOver, lostEvents } = fastPath;
  const fills = tables.map(({ table, entries, most }) => `, ${entries} of ${most} ${table}`);
  output.line(`fast path by ${mode}${fills.join('')}${former === undefined ? '' : ` (${former})`}`);
  const reasons = Object.entries(handedOver).map(([reason, count]) => `${count} ${reason}`);
  if (reasons.length > 0) output.line(`packets that it left to the engine: ${list(reasons)}`);
  for (const { table, entries, most } of tables.filter((each) => each.entries >= each.most * nearlyFull)) {
    const words = `the fast path's table of ${table} is nearly full (${entries} of ${most}): what does not fit is the engine's`;
    output.line(output.style('yellow', words));
  }
  if (lostEvents > 0) output.line(output.style('yellow', `${lostEvents} events of the fast path were lost`));
}

const nearlyFull = 0.8;

function describeCommand(command: AgentStatus['guests'][number]['command']): string | undefined {
  if (command === undefined) return undefined;
  const state = command.state === 'running' ? `process ${command.pid ?? '?'}` : `ended: ${command.exit ?? '?'}`;
  return `${command.argv.join(' ')} (${state})`;
}

function showPeers(output: Output, status: AgentStatus): void {
  if (status.peers.length === 0) return;
  output.line();
  output.table(
    ['PEER', 'ADDRESS', 'SEND', 'ACCEPT', '#PATH MTU', '#RTT', '#OUT', '#IN', '#DROPS'],
    status.peers.map((peer) => [
      peer.host,
      peer.address,
      peer.send ?? (peer.none ? 'none: policy' : 'none'),
      list(peer.accept),
      String(peer.pathMtu),
      peer.roundTripUs === undefined ? '-' : `${peer.roundTripUs} µs`,
      traffic(peer.out),
      traffic(peer.in),
      String(peer.drops),
    ]),
  );
}

/** What was refused of each peer, and what the tests of its session found. */
function showTroubles(output: Output, { peers }: AgentStatus): void {
  const refused = peers.flatMap(({ host, dropReasons = {} }) =>
    Object.entries(dropReasons).map(([reason, count]) => [host, reason, String(count)]),
  );
  if (refused.length > 0) {
    output.line();
    output.table(['REFUSED OF', 'REASON', '#PACKETS'], refused);
  }
  for (const { host, findings = [] } of peers) {
    for (const finding of findings) output.line(output.style('yellow', `session with ${host}: ${finding}`));
  }
}

function showDrops(output: Output, status: AgentStatus): void {
  const dropped = dropReasons.filter(({ name }) => status.drops[name] > 0);
  if (dropped.length === 0) return;
  output.line();
  output.table(
    ['DROPPED', '#PACKETS', 'WHY'],
    dropped.map(({ name, doc }) => [name, String(status.drops[name]), doc]),
  );
}

function traffic({ packets, bytes: count }: Traffic): string {
  return packets === 0 ? '0' : `${packets} (${bytes(count)})`;
}
