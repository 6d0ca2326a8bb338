/**
 * A machine on the substrate that belongs to nobody: it reads what the switch carries, sends with any host's
 * address, and knows every format. It has no key.
 *
 *   left ──┐
 *   right ─┼── switch ── attacker 198.18.0.66, and for as long as it sends, the address of its victim's peer
 *   spare ─┘
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { Lab } from '../../lab/index.ts';
import { type Accepted, decode } from '../../wire/codec.ts';
import type { DropName } from '../../wire/drops.ts';
import { ports } from '../../wire/limits.ts';
import type { SealKey } from '../../wire/seal.ts';
import { capture, type HostName, program } from './region.ts';

const machine = 'attacker';
export const addresses = { left: '198.18.0.1', right: '198.18.0.2', spare: '198.18.0.3', attacker: '198.18.0.66' };
/** The switch's ends, in the order of the hosts. */
const portOf = { left: 'p1', right: 'p2', spare: 'p3' };

export async function joinAttacker(lab: Lab): Promise<void> {
  const namespace = `${lab.name}-${machine}`;
  execFileSync('ip', ['netns', 'add', namespace]);
  await succeeds(
    lab,
    'switch',
    `
    ip link add p-${machine} type veth peer name eth0 netns ${namespace}
    ip link set p-${machine} master bridge up`,
  );
  // It neither answers nor asks for addresses as another host would: the real one keeps its own traffic.
  await succeeds(
    lab,
    machine,
    `
    echo 1 > /proc/sys/net/ipv4/conf/all/arp_ignore
    echo 2 > /proc/sys/net/ipv4/conf/all/arp_announce
    ip link set lo up
    ip link set eth0 up
    ip address add ${addresses.attacker}/16 dev eth0`,
  );
}

export function removeAttacker(lab: Lab | undefined): void {
  if (lab !== undefined) execFileSync('ip', ['netns', 'delete', `${lab.name}-${machine}`]);
}

export interface Way {
  readonly from: keyof typeof addresses;
  readonly to: HostName;
  readonly port?: number;
}

/** Datagrams with the source address of `from`. */
export async function inject(lab: Lab, { from, to, port }: Way, payloads: readonly Uint8Array[]): Promise<void> {
  const borrowed = from !== machine;
  const address = `ip address replace ${addresses[from]}/32 dev lo`;
  if (borrowed) await succeeds(lab, machine, address);
  try {
    const input = payloads.map((payload) => `${Buffer.from(payload).toString('hex')}\n`).join('');
    const argv = program('inject', addresses[from], addresses[to], port ?? ports.data);
    const { code, stderr } = await lab.exec(machine, argv, { input });
    expect([code, stderr]).toEqual([0, '']);
  } finally {
    if (borrowed) await succeeds(lab, machine, address.replace('replace', 'delete'));
  }
}

/** What the switch carried from one host to another meanwhile, payloads of datagrams in the order of the wire. */
export async function eavesdrop(lab: Lab, { from, to }: Way, during: () => Promise<unknown>): Promise<Uint8Array[]> {
  const filter = `udp port ${ports.data} and src ${addresses[from]} and dst ${addresses[to]}`;
  return capture(lab, { name: 'switch', interface: portOf[to], filter }, during, (captured) =>
    captured.fields(['udp.payload']).map(([hex = '']) => Uint8Array.from(Buffer.from(hex, 'hex'))),
  );
}

/** Datagrams that carried pings of a guest to another. */
export async function overhear(
  lab: Lab,
  way: Way,
  ping: { readonly guest: string; readonly address: string },
): Promise<Uint8Array[]> {
  const payloads = await eavesdrop(lab, way, async () => {
    const { stdout } = await lab.exec(ping.guest, ['ping', '-c', '5', '-i', '0.05', '-w', '5', ping.address]);
    expect(stdout).toContain(' 0% packet loss');
  });
  const pings = payloads.filter(({ length }) => length === pingLength);
  expect(pings.length).toBeGreaterThanOrEqual(5);
  return pings;
}

/** gni 3.0 around an IPv4 packet with 64 bytes of ICMP. */
export const pingLength = 20 + 84 + 16;

// ---- what becomes of it --------------------------------------------------------------------------------------

export type Counts = Partial<Record<DropName, number>>;

/** What a host counts of a peer. */
async function countsOf(lab: Lab, { from, to }: Way): Promise<Counts> {
  return (await lab.agentStatus(to)).peers.find(({ host }) => host === from)?.dropReasons ?? {};
}

const total = (counts: Counts) => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Every datagram counts for the peer under its reason, and no other does. */
export async function expectRefused(
  lab: Lab,
  way: Way,
  wanted: Counts,
  payloads: readonly Uint8Array[],
): Promise<void> {
  const before = await countsOf(lab, way);
  await inject(lab, way, payloads);
  const arrived = async () => total(await countsOf(lab, way)) >= total(before) + payloads.length;
  // What was counted instead says more than that the time is over.
  await lab.waitUntil(`${payloads.length} refusals`, arrived, 3000).catch(() => undefined);
  const after = Object.entries(await countsOf(lab, way)) as [DropName, number][];
  const fresh = after.map(([reason, count]) => [reason, count - (before[reason] ?? 0)] as const);
  expect(Object.fromEntries(fresh.filter(([, count]) => count !== 0))).toEqual(wanted);
}

/** The attack shows in no guest: the capture in `victim` has what its neighbour sends, and nothing else. */
export async function expectUndelivered(lab: Lab, victim: string, attack: () => Promise<unknown>): Promise<void> {
  const during = async () => {
    await attack();
    await lab.exec('red-near', ['ping', '-c', '1', '10.0.0.5']);
  };
  await capture(lab, { name: victim, interface: 'weft0', filter: 'ip' }, during, (captured) => {
    expect(new Set(captured.fields(['ip.src']).flat())).toEqual(new Set(['10.0.0.7', '10.0.0.5']));
  });
}

/** What the reference codec says of each, with a key that has the right number and is another. */
export function foretell(payloads: readonly Uint8Array[], accept: Omit<Accepted, 'key'>, keyId?: number): Counts {
  const keys: SealKey[] = keyId === undefined ? [] : [strangeKey(keyId)];
  const counts: Counts = {};
  for (const payload of payloads) {
    const decoded = decode(payload, { keys, accept: [keyId === undefined ? accept : { ...accept, key: 0 }] });
    if (decoded.ok) throw new Error(`the codec takes ${Buffer.from(payload).toString('hex')}`);
    counts[decoded.drop] = (counts[decoded.drop] ?? 0) + 1;
  }
  return counts;
}

/** One that nobody else has. */
export function strangeKey(id: number): SealKey {
  return { id, cipher: 'aes-256-gcm', secret: randomBytes(32), salt: randomBytes(4) };
}

async function succeeds(lab: Lab, name: string, script: string): Promise<void> {
  const { code, stderr } = await lab.exec(name, ['sh', '-ec', script]);
  expect([code, stderr]).toEqual([0, '']);
}
