/**
 * What the overlay is compared with: the same two hosts and a guest behind each, joined by plain routing.
 *
 *   ┌ NAME-near ─┐    ┌ NAME-left ───┐ direct veth ┌ NAME-right ──┐    ┌ NAME-far ──┐
 *   │      eth0 ─┼────┼─ near   eth0 ┼─────────────┼─ eth0   far ─┼────┼─ eth0      │
 *   │ 10.0.1.2   │    │ 10.0.1.1  .1 │ 198.18.0/24 │ .2  10.0.2.1 │    │ 10.0.2.2   │
 *   └────────────┘    └──────────────┘             └──────────────┘    └────────────┘
 *
 * IPv6 alike: fd00:10:1::/64, fd00:198:18::/64, fd00:10:2::/64. One MTU everywhere.
 */
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { Problem } from '../cli/problem.ts';
import { addNamespace, inside, namespaceExists, processesInside, removeNamespaces } from './netns.ts';
import { labNamespace } from './plan.ts';
import { lookUp, sendSignal, waitUntilGone } from './processes.ts';
import { ipBatch, type RunOptions, type RunResult, run, start } from './run.ts';

export type PlainPlace = 'near' | 'left' | 'right' | 'far';

export interface PlainRouting extends AsyncDisposable {
  /** Where the guest at the far end is reached. */
  readonly far: { readonly ipv4: string; readonly ipv6: string };
  readonly near: { readonly ipv4: string; readonly ipv6: string };
  exec(place: PlainPlace, argv: readonly string[], options?: RunOptions): Promise<RunResult>;
  spawn(place: PlainPlace, argv: readonly string[], options?: SpawnOptions): ChildProcess;
  namespaceOf(place: PlainPlace): string;
  /** Ends what runs inside and removes the namespaces; does nothing the second time. */
  down(): Promise<void>;
}

const places: readonly PlainPlace[] = ['near', 'left', 'right', 'far'];

export async function plainRouting(options: { name: string; mtu?: number }): Promise<PlainRouting> {
  const { name, mtu = 1500 } = options;
  const namespaceOf = (place: PlainPlace) => labNamespace(name, place);
  const taken = places.map(namespaceOf).filter(namespaceExists);
  if (taken.length > 0) {
    throw new Problem(`namespaces ${taken.join(', ')} are there already: remove them, or choose another name`);
  }
  const down = () => remove(places.map(namespaceOf));
  try {
    for (const place of places) await addNamespace(namespaceOf(place));
    for (const [place, lines] of wiring(namespaceOf, mtu)) await ipBatch(lines, namespaceOf(place));
    for (const router of ['left', 'right'] as const) await forward(namespaceOf(router));
  } catch (error) {
    await down();
    throw error;
  }
  return {
    near: { ipv4: '10.0.1.2', ipv6: 'fd00:10:1::2' },
    far: { ipv4: '10.0.2.2', ipv6: 'fd00:10:2::2' },
    exec: (place, argv, how) => run(inside(namespaceOf(place), argv), how),
    spawn: (place, argv, how) => start(inside(namespaceOf(place), argv), how ?? {}),
    namespaceOf,
    down,
    [Symbol.asyncDispose]: down,
  };
}

function wiring(namespaceOf: (place: PlainPlace) => string, mtu: number): readonly [PlainPlace, readonly string[]][] {
  const link = (device: string, peer: string, place: PlainPlace) =>
    `link add ${device} mtu ${mtu} type veth peer name ${peer} mtu ${mtu} netns ${namespaceOf(place)}`;
  const up = (device: string, v4: string, v6: string) => [
    `address add ${v4} dev ${device}`,
    `address add ${v6} dev ${device} nodad`,
    `link set ${device} up`,
  ];
  const route = (prefix: string, via: string) => `route add ${prefix} via ${via}`;
  return [
    ['left', [link('eth0', 'eth0', 'right'), link('near', 'eth0', 'near')]],
    ['right', [link('far', 'eth0', 'far')]],
    ['left', [...up('eth0', '198.18.0.1/24', 'fd00:198:18::1/64'), ...up('near', '10.0.1.1/24', 'fd00:10:1::1/64')]],
    ['right', [...up('eth0', '198.18.0.2/24', 'fd00:198:18::2/64'), ...up('far', '10.0.2.1/24', 'fd00:10:2::1/64')]],
    ['left', [route('10.0.2.0/24', '198.18.0.2'), route('fd00:10:2::/64', 'fd00:198:18::2')]],
    ['right', [route('10.0.1.0/24', '198.18.0.1'), route('fd00:10:1::/64', 'fd00:198:18::1')]],
    ['near', [...up('eth0', '10.0.1.2/24', 'fd00:10:1::2/64'), ...gateways('10.0.1.1', 'fd00:10:1::1', route)]],
    ['far', [...up('eth0', '10.0.2.2/24', 'fd00:10:2::2/64'), ...gateways('10.0.2.1', 'fd00:10:2::1', route)]],
  ];
}

function gateways(v4: string, v6: string, route: (prefix: string, via: string) => string): readonly string[] {
  return [route('0.0.0.0/0', v4), route('::/0', v6)];
}

async function forward(namespace: string): Promise<void> {
  const script = 'echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding';
  const result = await run(inside(namespace, ['sh', '-ec', script]));
  if (result.code !== 0) throw new Problem(`cannot turn on forwarding in ${namespace}: ${result.stderr.trim()}`);
}

async function remove(namespaces: readonly string[]): Promise<void> {
  const there = namespaces.filter(namespaceExists);
  const processes = processesInside(there)
    .map(lookUp)
    .filter((one) => one !== undefined);
  for (const one of processes) sendSignal(one, 'SIGKILL');
  await waitUntilGone(processes, 5000);
  await removeNamespaces(there);
}
