/**
 * Guests of the fast path that lie, shout and look around, as only raw sockets can: what they send under another's name
 * or in no IP packet reaches nobody, not the host either, and counts under the names of the engine, whoever says it. What
 * is merely rare, fragments and options, arrives.
 *
 *   left: red-left .5 (veth), red-near .7 (veth), machine .10 (tap)      right: red-right .6
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lab } from '../../lab/index.ts';
import { addressBytes } from '../../wire/address.ts';
import type { DropName } from '../../wire/drops.ts';
import { ipv4, ipv6, udp } from '../../wire/generate/sample-packets.ts';
import { transports } from '../../wire/inner.ts';
import { chooseFormat, handedOverDuring, introduce } from './executors.ts';
import { startMachine } from './machine.ts';
import { echoReady, leftovers, region, upRegion } from './region.ts';

const name = 'weft-fl';
const copies = 5;
/** Of every host-side port, as its guest sees it (native/bpf/maps.h). */
const portMac = '025745465400';
const everybody = 'ffffffffffff';
let lab: Lab;

beforeAll(async () => {
  const file = region(name);
  const hosts = file.hosts.filter((host) => host.name !== 'spare');
  const machine = { name: 'machine', cloud: 'red', host: 'left', addresses: ['10.0.0.10', 'fd00:10::10'] };
  lab = await upRegion({ ...file, hosts, guests: [...(file.guests ?? []), { ...machine, port: 'tap' }] });
  await startMachine(lab, 'left', 'machine');
  await echoReady(lab, 'machine');
  await introduce(lab, [
    ['red-left', '10.0.0.6,fd00:10::6,10.0.0.7,10.0.0.10'],
    ['machine', '10.0.0.6,fd00:10::6'],
    ['blue-left', '10.0.0.6'],
  ]);
  await chooseFormat(lab, 'gni 1.0');
  for (const host of ['left', 'right']) await watchStack(host);
});
afterAll(async () => {
  await lab?.down();
  expect(leftovers(name)).toEqual([]);
});

// ---- what the host's own stack sees ---------------------------------------------------------------------------

async function must(where: string, argv: readonly string[], input = ''): Promise<string> {
  const { code, stdout, stderr } = await lab.exec(where, argv, { input });
  expect([code, stderr, argv]).toEqual([0, '', argv]);
  return stdout;
}

/** Counts all that its IP and ARP layers get from guests' devices, and, to compare, from the substrate. */
async function watchStack(host: string): Promise<void> {
  const count = ['wg*', 'we*', 'eth0'].map((device) => `iifname "${device}" counter comment "${device}"`).join('; ');
  await must(host, [
    'sh',
    '-c',
    'echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding',
  ]);
  const chains = [
    ['inet', 'prerouting'],
    ['arp', 'input'],
  ].map(
    ([family, hook]) => `table ${family} watch { chain in { type filter hook ${hook} priority -300; ${count}; }; }`,
  );
  await must(host, ['nft', '-f', '-'], chains.join('\n'));
}

interface Rule {
  readonly rule?: { readonly comment?: string; readonly expr: readonly { counter?: { packets: number } }[] };
}

async function seenByStack(host: string): Promise<Record<string, number>> {
  const { nftables } = JSON.parse(await must(host, ['nft', '-j', 'list', 'ruleset'])) as { nftables: readonly Rule[] };
  const counts: Record<string, number> = {};
  for (const { rule } of nftables) {
    if (rule?.comment === undefined) continue;
    const packets = rule.expr.reduce((sum, { counter }) => sum + (counter?.packets ?? 0), 0);
    counts[rule.comment] = (counts[rule.comment] ?? 0) + packets;
  }
  return counts;
}

// ---- frames ---------------------------------------------------------------------------------------------------

interface Liar {
  readonly guest: string;
  readonly device: string;
  readonly v4: string;
  readonly v6: string;
  /** Two socats and the queues between them hold only so many frames at once. */
  readonly questions: number;
}
const liars: readonly Liar[] = [
  { guest: 'red-left', device: 'weft0', v4: '10.0.0.5', v6: 'fd00:10::5', questions: 3000 },
  { guest: 'machine', device: 'eth0', v4: '10.0.0.10', v6: 'fd00:10::10', questions: 200 },
];

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const datagram = udp(new TextEncoder().encode('a lie'));
const macOf = async ({ guest, device }: Liar) =>
  (
    (JSON.parse(await must(guest, ['ip', '-j', 'link', 'show', 'dev', device])) as { address: string }[])[0]?.address ??
    ''
  ).replaceAll(':', '');

/** Frames that came back to the guest between its first frame and the answer to its last question. */
async function exchange({ guest, device, v4 }: Liar, mac: string, frames: readonly string[]): Promise<string[]> {
  const argv = ['python3', join(import.meta.dirname, 'guest/frames.py'), device, v4, mac];
  const lines = (await must(guest, argv, frames.map((frame) => `${frame}\n`).join(''))).trimEnd().split('\n');
  return lines.slice(1);
}

interface Lie {
  readonly what: string;
  /** Undefined: nobody misses it, nobody counts it. */
  readonly reason: DropName | undefined;
  /** What is behind the source address of the Ethernet header. */
  readonly rest: (liar: Liar) => string;
  readonly to?: string;
}
const v4 = (source: string, destination = '10.0.0.6') =>
  `0800${hex(ipv4(transports.udp, datagram, source, destination))}`;
const v6 = (source: string, destination = 'fd00:10::6') =>
  `86dd${hex(ipv6(transports.udp, datagram, source, destination))}`;

const lies: readonly Lie[] = [
  { what: 'the address of a guest of this host', reason: 'guest-spoofed-source', rest: () => v4('10.0.0.7') },
  {
    what: 'the address of a guest of another host',
    reason: 'guest-spoofed-source',
    rest: () => v4('10.0.0.6', '10.0.0.7'),
  },
  { what: 'an address that nobody has', reason: 'guest-spoofed-source', rest: () => v4('10.0.0.99') },
  { what: 'an address of the substrate', reason: 'guest-spoofed-source', rest: () => v4('198.18.0.1') },
  { what: 'an IPv6 address of another', reason: 'guest-spoofed-source', rest: () => v6('fd00:10::7') },
  { what: 'the unspecified address', reason: 'guest-spoofed-source', rest: () => v4('0.0.0.0') },
  { what: 'loopback', reason: 'guest-spoofed-source', rest: () => v4('127.0.0.1', '127.0.0.1') },
  { what: 'half a header', reason: 'guest-malformed', rest: ({ v4: own }) => v4(own).slice(0, 24) },
  { what: 'fewer bytes than it says', reason: 'guest-malformed', rest: ({ v4: own }) => v4(own).slice(0, -2) },
  {
    what: 'IPv6 where IPv4 should be',
    reason: 'guest-malformed',
    rest: ({ v6: own }) => v6(own).replace('86dd', '0800'),
  },
  { what: 'LLDP', reason: 'guest-malformed', rest: () => `88cc${'00'.repeat(50)}` },
  { what: 'a VLAN of its own', reason: 'guest-malformed', rest: ({ v4: own }) => `81000007${v4(own)}` },
  { what: 'a group', reason: 'not-unicast', rest: ({ v4: own }) => v4(own, '224.0.0.251') },
  { what: 'a broadcast', reason: 'not-unicast', rest: ({ v4: own }) => v4(own, '255.255.255.255'), to: everybody },
  {
    what: 'who gives out addresses',
    reason: 'not-unicast',
    rest: () => v4('0.0.0.0', '255.255.255.255'),
    to: everybody,
  },
  { what: 'its gateway', reason: 'not-unicast', rest: ({ v4: own }) => v4(own, '169.254.87.1') },
  { what: 'its IPv6 gateway', reason: 'not-unicast', rest: ({ v6: own }) => v6(own, 'fe80::57') },
  { what: 'its host', reason: 'no-route', rest: ({ v4: own }) => v4(own, '198.18.0.1') },
  { what: 'its controller', reason: 'no-route', rest: ({ v4: own }) => v4(own, '198.18.255.1') },
  { what: 'its host’s loopback', reason: 'no-route', rest: ({ v4: own }) => v4(own, '127.0.0.1') },
  {
    what: 'a multicast listener',
    reason: undefined,
    rest: ({ v4: own }) => `0800${hex(ipv4(2, new Uint8Array(8), own, '224.0.0.22'))}`,
  },
  {
    what: 'a search for routers',
    reason: undefined,
    rest: () => `86dd${hex(ipv6(transports.icmp6, Uint8Array.from([133, 0, 0, 0, 0, 0, 0, 0]), 'fe80::1', 'ff02::2'))}`,
  },
  {
    what: 'an answer to nobody’s question',
    reason: undefined,
    rest: ({ v4: own }) => arp(2, '02aabbccddee', own, '10.0.0.6'),
  },
  {
    what: 'an announcement of another’s address',
    reason: undefined,
    rest: () => arp(1, '02aabbccddee', '10.0.0.6', '10.0.0.6'),
    to: everybody,
  },
  {
    what: 'a probe for its own address',
    reason: undefined,
    rest: ({ v4: own }) => arp(1, '02aabbccddee', '0.0.0.0', own),
    to: everybody,
  },
];

function arp(operation: number, mac: string, sender: string, target: string): string {
  const of = (address: string) => hex(Uint8Array.from(address.split('.').map(Number)));
  return `0806000108000604000${operation}${mac}${of(sender)}000000000000${of(target)}`;
}

function arpAnswer(sender: string, mac: string, target: string): string {
  const of = (address: string) => hex(Uint8Array.from(address.split('.').map(Number)));
  return `08060001080006040002${portMac}${of(sender)}${mac}${of(target)}`;
}

/** To the group of the target, from `source`; without one it looks for a duplicate. */
function solicitation(mac: string, source: string, target: string): string {
  const option = source === '::' ? '' : `0101${mac}`;
  const message = Uint8Array.from(Buffer.from(`8700000000000000${hex(addressBytes(target))}${option}`, 'hex'));
  const packet = ipv6(transports.icmp6, message, source, 'ff02::1:ff00:6');
  packet[7] = 255;
  return `3333ff000006${mac}86dd${hex(packet)}`;
}

type Counts = Readonly<Partial<Record<DropName, number>>>;

async function dropsSince(before: Readonly<Record<DropName, number>>): Promise<Counts> {
  const { drops } = await lab.agentStatus('left');
  const all = Object.entries(drops) as [DropName, number][];
  return Object.fromEntries(
    all.map(([reason, count]) => [reason, count - before[reason]] as const).filter(([, count]) => count > 0),
  );
}

describe.each(liars)('$guest', (liar) => {
  test('what it should not send counts under its reason, and nobody answers', async () => {
    const mac = await macOf(liar);
    const found: [string, Counts, string[]][] = [];
    for (const { what, reason, rest, to = portMac } of lies) {
      const before = (await lab.agentStatus('left')).drops;
      const back = await exchange(liar, mac, Array(copies).fill(to + mac + rest(liar)));
      const counted = async () => Object.keys(await dropsSince(before)).length > 0;
      if (reason !== undefined) await lab.waitUntil('it is counted', counted, 3000).catch(() => undefined);
      found.push([what, await dropsSince(before), back]);
    }
    expect(found).toEqual(lies.map(({ what, reason }) => [what, reason === undefined ? {} : { [reason]: copies }, []]));
  });

  test(`${liar.questions} questions for as many Ethernet addresses get one answer each, and cost the host no neighbour`, async () => {
    const mac = await macOf(liar);
    const asked = Array.from({ length: liar.questions }, (_, at) => `10.0.${at >> 8}.${at & 255}`).filter(
      (each) => each !== liar.v4,
    );
    const before = (await lab.agentStatus('left')).drops;
    const back = await exchange(
      liar,
      mac,
      asked.map((each) => everybody + mac + arp(1, mac, liar.v4, each)),
    );
    const answers = asked.map((each) => mac + portMac + arpAnswer(each, mac, liar.v4));
    // 10.0.0.0 is the address of a network, but of none that a host knows.
    expect(back.map((frame) => frame.slice(0, 84))).toEqual(answers);
    expect(await dropsSince(before)).toEqual({});
    const neighbours = JSON.parse(await must('left', ['ip', '-j', 'neigh', 'show'])) as { dev: string }[];
    expect(neighbours.filter(({ dev }) => /^w[ge]/.test(dev))).toEqual([]);
  });

  test('who asks for an IPv6 neighbour is answered, but for an address of its own', async () => {
    const mac = await macOf(liar);
    const back = await exchange(liar, mac, [
      solicitation(mac, liar.v6, 'fd00:10::6'),
      solicitation(mac, liar.v6, liar.v6),
      solicitation(mac, '::', 'fd00:10::6'),
    ]);
    const [advertisement = '', ...others] = back;
    const target = hex(addressBytes('fd00:10::6'));
    expect(others).toEqual([]);
    // To whom asked; from the address that was asked for; solicited, override; target; its Ethernet address.
    expect(advertisement.slice(0, 28)).toBe(`${mac}${portMac}86dd`);
    expect(advertisement.slice(44, 108)).toBe(target + hex(addressBytes(liar.v6)));
    expect(advertisement.slice(108, 112)).toBe('8800');
    expect(advertisement.slice(116)).toBe(`60000000${target}0201${portMac}`);
  });

  test.each([
    ['fragment', ['-s', '4000']],
    ['options', ['-R']],
  ])('a ping with %s arrives, by the engine', async (reason, how) => {
    const [left] = await handedOverDuring(lab, ['left'], async () => {
      const argv = ['ping', '-c', '5', '-i', '0.02', '-w', '5', ...how, '10.0.0.6'];
      expect(await must(liar.guest, argv)).toContain(' 5 received');
    });
    expect(Object.keys(left ?? {})).toContain(reason);
  });

  test('its host and its host’s networks are out of its reach, whatever routes and MTU it gives itself', async () => {
    const { guest, device } = liar;
    const gateway = ['169.254.87.1', 'fe80::57'] as const;
    const [link] = JSON.parse(await must(guest, ['ip', '-j', 'link', 'show', 'dev', device])) as { mtu: number }[];
    const script = `
      ip link set ${device} mtu 9000
      ip route add 198.18.0.0/16 via ${gateway[0]} dev ${device} onlink
      ip neigh replace ${gateway[0]} lladdr ${portMac.replace(/..(?=.)/g, '$&:')} dev ${device}`;
    await must(guest, ['sh', '-ec', script]);
    try {
      const before = (await lab.agentStatus('left')).drops;
      const ping = (...argv: string[]) => lab.exec(guest, ['ping', '-c', '3', '-i', '0.02', '-W', '0.3', ...argv]);
      const tries = [
        ['198.18.0.1'],
        ['198.18.0.2'],
        ['198.18.255.1'],
        [`fe80::57%${device}`],
        ['-L', `ff02::1%${device}`],
        // Longer than the path: its own MTU lets it pass, its host does not.
        ['-M', 'do', '-s', '3000', '10.0.0.6'],
      ];
      for (const argv of tries)
        expect([argv, (await ping(...argv)).stdout]).toEqual([argv, expect.stringContaining(' 0 received')]);
      const { 'not-unicast': _groups, ...counts } = await dropsSince(before);
      expect(counts).toEqual({ 'no-route': 9, 'too-big': expect.any(Number) });
    } finally {
      await must(guest, ['sh', '-ec', `ip route del 198.18.0.0/16; ip link set ${device} mtu ${link?.mtu}`]);
    }
  });
});

test('the stacks of both hosts have seen nothing of any guest through all of it', async () => {
  for (const host of ['left', 'right']) {
    const { 'wg*': guests, 'we*': engine, eth0: substrate } = await seenByStack(host);
    expect([guests, engine]).toEqual([0, 0]);
    expect(substrate).toBeGreaterThan(0);
  }
});

test('no device of a guest on its host has an address of any kind', async () => {
  const links = JSON.parse(await must('left', ['ip', '-j', 'address', 'show'])) as {
    ifname: string;
    addr_info: unknown[];
  }[];
  const found = links.filter(({ ifname }) => /^w[ge]/.test(ifname));
  expect(found.length).toBe(2 * 4);
  expect(found.flatMap(({ addr_info }) => addr_info)).toEqual([]);
});
