/**
 * Open vSwitch from Debian with its userspace datapath and a vxlan tunnel:
 *
 *   ┌ left ───────────────────────────────────────────────┐   ┌ right
 *   │ near ─ guest ═ br-int ─ tunnel ··· br-phy ═ eth0 ────┼───┼─ the same
 *   └─────────────────────────────────────────────────────┘   └───────
 *
 * `═`: packet sockets, through which this datapath reads and writes devices one packet at a time. It does not finish
 * checksums that were left to a card, nor cut super-packets (userspace-tso does not cover tunnels in this version), so
 * guests and hosts compute and cut by themselves.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PlainRouting, plainRouting } from '../../lab/plain-routing.ts';
import { ipBatch, run } from '../../lab/run.ts';
import { type Contender, singlePackets } from '../contender.ts';
import { residentMemory } from '../footprint.ts';
import { wireOf } from '../mode.ts';
import { type Program, startProgram, waitFor } from './tunnel.ts';

const path = 'ovs';
/** 1500 less outer IPv4, UDP, vxlan and inner Ethernet (RFC 7348, section 5). */
const innerMtu = 1450;

interface Side {
  readonly host: 'left' | 'right';
  /** Also the name of the host's device to the guest. */
  readonly guest: 'near' | 'far';
  readonly substrateAddress: string;
  readonly peer: string;
  readonly address: string;
}

const sides = [
  { host: 'left', guest: 'near', substrateAddress: '198.18.0.1', peer: '198.18.0.2', address: '10.9.0.1' },
  { host: 'right', guest: 'far', substrateAddress: '198.18.0.2', peer: '198.18.0.1', address: '10.9.0.2' },
] as const satisfies readonly Side[];

export const openVSwitch: Contender = {
  path,
  modes: singlePackets,
  packages: ['openvswitch-switch', 'openvswitch-common'],
  version: async () => (await run(['ovs-vswitchd', '--version'])).stdout.split('\n')[0] ?? '',
  build: async () => {
    await using stack = new AsyncDisposableStack();
    const network = stack.use(await plainRouting({ name: `wb-${path}` }));
    const switches: Program[] = [];
    for (const side of sides) {
      const folder = stack.adopt(mkdtempSync(join(tmpdir(), `wb-${path}-`)), (made) =>
        rmSync(made, { recursive: true }),
      );
      await prepare(network, side);
      const [database, daemon] = await startSwitch(network, side, folder);
      stack.use(database);
      stack.use(daemon);
      switches.push(daemon);
      await connect(network, side, folder);
    }
    const serverAddress = sides[1].address;
    await waitFor(`${path}: an answer from ${serverAddress}`, async () => {
      for (const program of switches) program.check();
      return (await network.exec('near', ['ping', '-c', '1', '-W', '1', serverAddress])).code === 0;
    });
    const places = { client: 'near', server: 'far' } as const;
    const built = stack.move();
    return {
      path,
      serverAddress,
      wire: wireOf(network),
      exec: (end, argv, options) => network.exec(places[end], argv, options),
      spawn: (end, argv, options) => network.spawn(places[end], argv, options),
      footprint: () => switches.slice(0, 1).map(({ pid }) => residentMemory(path, pid)),
      [Symbol.asyncDispose]: () => built.disposeAsync(),
    };
  },
};

async function prepare(network: PlainRouting, { host, guest, address }: Side): Promise<void> {
  await ipBatch(['address flush dev eth0', `address flush dev ${guest}`], network.namespaceOf(host));
  await ipBatch(
    ['address flush dev eth0', `link set eth0 mtu ${innerMtu}`, `address add ${address}/24 dev eth0`],
    network.namespaceOf(guest),
  );
  await must(network, guest, ['ethtool', '-K', 'eth0', 'tx', 'off']);
}

/** The environment that keeps a switch of its own apart from one that this machine may run. */
function environment(folder: string): readonly string[] {
  return ['env', ...['OVS_RUNDIR', 'OVS_LOGDIR', 'OVS_DBDIR'].map((name) => `${name}=${folder}`)];
}

async function startSwitch(network: PlainRouting, { host }: Side, folder: string): Promise<[Program, Program]> {
  const start = (program: string, words: readonly string[]) =>
    startProgram(network, { place: host }, [...environment(folder), program, ...words], join(folder, `${program}.log`));
  const socket = `${folder}/db.sock`;
  await must(network, host, ['ovsdb-tool', 'create', `${folder}/conf.db`, '/usr/share/openvswitch/vswitch.ovsschema']);
  const database = start('ovsdb-server', [
    `${folder}/conf.db`,
    `--remote=punix:${socket}`,
    `--unixctl=${folder}/database.ctl`,
  ]);
  await set(network, host, folder, ['--no-wait', 'init']);
  return [database, start('ovs-vswitchd', [`unix:${socket}`, `--unixctl=${folder}/switch.ctl`])];
}

async function connect(network: PlainRouting, side: Side, folder: string): Promise<void> {
  const { host, guest, substrateAddress, peer } = side;
  const bridge = (name: string, port: string) => [
    ...['add-br', name, '--', 'set', 'bridge', name, 'datapath_type=netdev', '--'],
    ...['add-port', name, port],
  ];
  await set(network, host, folder, bridge('br-phy', 'eth0'));
  await ipBatch([`address add ${substrateAddress}/24 dev br-phy`, 'link set br-phy up'], network.namespaceOf(host));
  await set(network, host, folder, bridge('br-int', guest));
  const tunnel = ['type=vxlan', `options:remote_ip=${peer}`, 'options:key=42'];
  await set(network, host, folder, ['add-port', 'br-int', 'tunnel', '--', 'set', 'interface', 'tunnel', ...tunnel]);
}

function set(network: PlainRouting, host: Side['host'], folder: string, words: readonly string[]): Promise<void> {
  const tool = ['ovs-vsctl', '--timeout=10', '--retry', `--db=unix:${folder}/db.sock`];
  return must(network, host, [...environment(folder), ...tool, ...words]);
}

async function must(network: PlainRouting, place: Side['host' | 'guest'], argv: readonly string[]): Promise<void> {
  const { code, stderr } = await network.exec(place, argv);
  if (code !== 0) throw new Error(`${argv.join(' ')} in ${place}: ${stderr.trim()}`);
}
