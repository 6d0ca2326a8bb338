/** The status as a page of aligned text, for people: tables, and only what is worth a line. Pure. */
import type { AgentStatus, Flow, Traffic } from '../../wire/status.ts';

export function statusPage(status: AgentStatus, nowMs: number): string {
  const sections = [
    heading(status, nowMs),
    session(status, nowMs),
    keys(status, nowMs),
    table(
      'guests',
      ['NAME', 'GNI', 'ADDRESSES', 'PHASE', 'PORT', 'MTU', 'NAMESPACE', 'SENT', 'RECEIVED', 'DROPS', 'COMMAND'],
      guests(status),
    ),
    table(
      'peers',
      ['HOST', 'ADDRESS', 'SENDS', 'ACCEPTS', 'PATH MTU', 'ROUND TRIP', 'LOST', 'SENT', 'RECEIVED', 'DROPS'],
      peers(status),
    ),
    table('mappings', ['GNI', 'ADDRESS', 'HOST', 'VERSION'], mappings(status)),
    table('refused of peers', ['HOST', 'REASON', 'PACKETS'], refused(status)),
    table('drops', ['REASON', 'PACKETS'], drops(status)),
    fastPath(status),
    offloads(status),
    overflows(status),
    list('session tests', findings(status)),
    list('problems', status.capabilities.problems),
    list('errors', errors(status, nowMs)),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

/** Columns as wide as their widest cell; numbers to the right. Empty when there are no rows. */
export function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const numeric = head.map((_, i) => rows.every((row) => /^[\d,.]+( \w+)?$|^-?$/.test(row[i] ?? '')));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (numeric[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return [title, line(head), ...rows.map(line)].join('\n');
}

export function ago(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}

export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

function heading(status: AgentStatus, nowMs: number): string {
  const { host, version, pid, startedMs, substrateAddresses, udpPort, capabilities } = status;
  return [
    `host ${host}: weft agent ${version}, process ${pid}, up ${ago(nowMs - startedMs)}`,
    `substrate ${substrateAddresses.join(', ')}, UDP port ${udpPort}; formats ${capabilities.formats.join(', ') || 'none'}`,
  ].join('\n');
}

function session(
  { session: { state, controller, sinceMs, epoch, lastError, retryAtMs } }: AgentStatus,
  nowMs: number,
): string {
  const since = `for ${ago(nowMs - sinceMs)}`;
  const lines = [
    state === 'connected'
      ? `session: connected to ${controller} ${since}, epoch ${epoch}`
      : `session: ${state === 'waiting' ? 'waiting to try' : 'connecting to'} ${controller} ${since}, epoch ${epoch}`,
  ];
  if (retryAtMs !== undefined) lines.push(`  next attempt in ${ago(retryAtMs - nowMs)}`);
  if (lastError !== undefined)
    lines.push(`  ${state === 'connected' ? 'the one before ended' : 'reason'}: ${lastError}`);
  return lines.join('\n');
}

function keys({ keys: held }: AgentStatus, nowMs: number): string {
  if (held === undefined) return '';
  const older = held.older.length === 0 ? '' : `; older: ${held.older.join(', ')}`;
  return `keys: epoch ${held.epoch}, ${ago(nowMs - held.sinceMs)} old${older}`;
}

function guests({ guests: list }: AgentStatus): string[][] {
  return list.map((guest) => [
    guest.name,
    String(guest.gni),
    guest.addresses.join(' '),
    guest.detail === undefined || guest.phase === 'running' ? guest.phase : `${guest.phase}: ${guest.detail}`,
    guest.port ?? '-',
    String(guest.mtu),
    guest.namespace || `(${guest.interface}, ${guest.mac ?? ''})`,
    traffic(guest.out),
    traffic(guest.in),
    String(guest.drops),
    command(guest.command),
  ]);
}

function command(of: AgentStatus['guests'][number]['command']): string {
  if (of === undefined) return '-';
  return `${of.argv.join(' ').slice(0, 40)} (${of.state === 'running' ? `process ${of.pid}` : of.exit})`;
}

function peers({ peers: list }: AgentStatus): string[][] {
  return list.map((peer) => [
    peer.host,
    peer.address,
    (peer.send ?? `nothing: ${peer.reasons.join('; ') || 'not agreed yet'}`) + ofPairs(peer),
    peer.accept.join(', ') || 'nothing',
    String(peer.pathMtu),
    peer.roundTripUs === undefined ? '-' : `${(peer.roundTripUs / 1000).toFixed(2)} ms`,
    peer.lostPercent === undefined ? '-' : `${peer.lostPercent}%`,
    traffic(peer.out),
    traffic(peer.in),
    String(peer.drops),
  ]);
}

function ofPairs({ pairs = 0 }: AgentStatus['peers'][number]): string {
  if (pairs === 0) return '';
  return pairs === 1 ? ' (1 pair of guests otherwise)' : ` (${pairs} pairs of guests otherwise)`;
}

function refused({ peers: list }: AgentStatus): string[][] {
  return list.flatMap(({ host, dropReasons = {} }) =>
    Object.entries(dropReasons).map(([reason, count]) => [host, reason, String(count)]),
  );
}

function findings({ peers: list }: AgentStatus): string[] {
  return list.flatMap(({ host, findings: found = [] }) => found.map((finding) => `${host}: ${finding}`));
}

const shownMappings = 50;

function mappings({ mappings: list }: AgentStatus): string[][] {
  const rows = list
    .slice(0, shownMappings)
    .map(({ gni, address, host, version }) => [String(gni), address, host ?? '(nowhere)', String(version)]);
  const rest = list.length - shownMappings;
  return rest > 0 ? [...rows, ['', `and ${rest} more`, '', '']] : rows;
}

function drops({ drops: counts }: AgentStatus): string[][] {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => [reason, String(count)]);
}

const shownFlows = 5;

function fastPath({ fastPath: of }: AgentStatus): string {
  if (of === undefined) return '';
  const { mode, former, tables, handedOver, lostEvents, flows } = of;
  const fills = tables.map(({ table, entries, most }) => `${table} ${entries} of ${most}`);
  const reasons = Object.entries(handedOver).map(([reason, count]) => `${reason} ${count}`);
  return [
    `fast path: ${mode}${fills.length === 0 ? '' : `; ${fills.join(', ')}`}`,
    ...(former === undefined ? [] : [`  ${former}`]),
    ...(reasons.length === 0 ? [] : [`  left to the engine: ${reasons.join(', ')}`]),
    ...(lostEvents === 0 ? [] : [`  ${lostEvents} events were lost`]),
    ...flows.slice(-shownFlows).map((each) => `  ${flow(each)}`),
  ].join('\n');
}

function flow({ side, gni, source, sourcePort, destination, destinationPort, protocol, bytes: count }: Flow): string {
  const end = (address: string, port: number) => (port === 0 ? address : `${address} port ${port}`);
  const ends = `${end(source, sourcePort)} → ${end(destination, destinationPort)}`;
  return `${side} ${gni}: ${ends}, protocol ${protocol}, ${bytes(count)}`;
}

function offloads({ offloads: of, waitingPackets, local }: AgentStatus): string {
  const words = Object.entries(of).map(([name, on]) => `${name} ${on ? 'on' : 'off'}`);
  const waiting = waitingPackets > 0 ? `; ${waitingPackets} packets wait for a mapping` : '';
  const between = local.packets > 0 ? `; between guests of this host: ${traffic(local)}` : '';
  return `offloads: ${words.join(', ')}${waiting}${between}`;
}

function overflows({ receiveOverflows = 0, portOverflows = 0 }: AgentStatus): string {
  const lines = [
    receiveOverflows === 0 ? '' : `lost on arrival: ${receiveOverflows} datagrams, the receive sockets were full`,
    portOverflows === 0
      ? ''
      : `lost between fast path and engine: ${portOverflows} packets, the ports’ queues were full`,
  ];
  return lines.filter((line) => line !== '').join('\n');
}

function errors({ errors: list }: AgentStatus, nowMs: number): string[] {
  return list.map(({ timeMs, where, message }) => `${ago(nowMs - timeMs)} ago, ${where}: ${message}`);
}

function list(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [title, ...lines.map((line) => `  ${line}`)].join('\n');
}

function traffic({ packets, bytes: count }: Traffic): string {
  return `${packets} (${bytes(count)})`;
}
