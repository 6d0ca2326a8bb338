/**
 * Hosts without an agent on a lab's substrate, and a guest behind each, as others build them:
 *
 *   ┌ LAB-HOST ──────────────┐                 ┌ LAB-HOST ───────────────────────────────┐
 *   │ eth0 ◄─ vxlan0 ─┐      │                 │ eth0 ─ br-phy (address) ◄─ one tunnel    │
 *   │              br0│      │    kernel       │            port per host ─ br-int ─ guest│   Open vSwitch in user space
 *   └─────────── guest ──────┘                 └────────────────────────────────┼────────┘
 *            LAB-GUEST: eth0                                            LAB-GUEST: eth0
 *
 * Their links to the lab's switch have no offloads, as a cable between two network cards carries nothing but whole
 * packets. The namespaces carry the lab's name, so taking the lab down removes them with all that runs inside.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '../../lab/index.ts';
import { addNamespace } from '../../lab/netns.ts';
import type { ForeignFramework } from '../../wire/resources.ts';
import { echoCommand, echoReady } from './region.ts';

export interface ForeignSide {
  readonly kind: 'kernel' | 'openvswitch';
  readonly framework: ForeignFramework;
  readonly host: string;
  /** On the substrate, of the lab's IPv4. */
  readonly address: string;
  readonly guest: string;
  readonly overlay: readonly string[];
  readonly mac: string;
}

/** Host and guest are made, made known to the controller, and the guest's echo server answers. Returns how to end what does not end by itself. */
export async function addForeignSide(lab: Lab, side: ForeignSide, cloud: string): Promise<() => Promise<void>> {
  await attach(lab, side);
  await useMtuOf(lab, cloud, side);
  const { gni } = await lab.api.vpc(cloud);
  const remotes = lab.hosts.flatMap(({ addresses }) => addresses.filter((address) => !address.includes(':')));
  const end =
    side.kind === 'kernel' ? await kernel(lab, side, gni, remotes) : await openVSwitch(lab, side, gni, remotes);
  await lab.api.createHost({ name: side.host, address: side.address, framework: side.framework });
  await lab.api.createGuest({
    name: side.guest,
    vpc: cloud,
    host: side.host,
    addresses: [...side.overlay],
    mac: side.mac,
  });
  lab.spawn(side.guest, echoCommand(side.guest), { stdio: 'ignore' });
  await echoReady(lab, side.guest);
  return end;
}

/** That of the cloud's other guests: what does not fit into it would be lost behind the tunnel, where nobody says so. */
async function useMtuOf(lab: Lab, cloud: string, { guest }: ForeignSide): Promise<void> {
  const mtus = (await lab.api.guests()).flatMap(({ vpc, mtu }) => (vpc === cloud && mtu !== undefined ? [mtu] : []));
  await ip(lab, guest, `link set eth0 mtu ${Math.max(...mtus)}`);
}

/**
 * Host and guest as namespaces, the host at the lab's switch, the guest at the host's `guest0`. The kernel's checksums and
 * super-packets are left as they are on a veth: not complete, and whole. Open vSwitch's userspace takes neither.
 */
async function attach(lab: Lab, { kind, host, guest, overlay, mac }: ForeignSide): Promise<void> {
  const [hostSpace, guestSpace] = [`${lab.name}-${host}`, `${lab.name}-${guest}`];
  for (const namespace of [hostSpace, guestSpace]) await addNamespace(namespace);
  const port = `p-${host}`;
  await ip(lab, 'switch', `link add ${port} type veth peer name eth0 netns ${hostSpace}`);
  const plain = async (where: string, device: string, ...features: string[]) => {
    if (kind === 'kernel') return;
    await must(lab, where, ['ethtool', '-K', device, ...features.flatMap((feature) => [feature, 'off'])]);
  };
  await plain('switch', port, 'tx', 'gso', 'tx-udp-segmentation');
  await plain(host, 'eth0', 'tx');
  await ip(lab, 'switch', `link set ${port} master bridge up`);
  await ip(lab, host, 'link set eth0 up');
  await ip(lab, host, `link add guest0 type veth peer name eth0 netns ${guestSpace}`);
  await ip(lab, host, 'link set guest0 up');
  await plain(guest, 'eth0', 'tx');
  await ip(lab, guest, `link set eth0 address ${mac} up`);
  for (const address of overlay) {
    await ip(lab, guest, `address add ${address}/${address.includes(':') ? '64 nodad' : '24'} dev eth0`);
  }
}

type Builder = (lab: Lab, side: ForeignSide, gni: number, remotes: readonly string[]) => Promise<() => Promise<void>>;

/** Floods what it does not know to every host, and learns from answers where guests are. */
const kernel: Builder = async (lab, { host, address }, gni, remotes) => {
  await ip(lab, host, `address add ${address}/16 dev eth0`);
  await ip(lab, host, `link add vxlan0 type vxlan id ${gni} local ${address} dstport 4789`);
  await ip(lab, host, 'link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0');
  for (const device of ['vxlan0', 'guest0']) await ip(lab, host, `link set ${device} master br0 up`);
  await ip(lab, host, 'link set br0 up');
  for (const remote of remotes) {
    await must(lab, host, ['bridge', 'fdb', 'append', '00:00:00:00:00:00', 'dev', 'vxlan0', 'dst', remote]);
  }
  return async () => {};
};

const openVSwitch: Builder = async (lab, { host, address, framework }, gni, remotes) => {
  const folder = mkdtempSync(join(tmpdir(), 'weft-openvswitch-'));
  const place = ['env', ...['OVS_RUNDIR', 'OVS_LOGDIR', 'OVS_DBDIR'].map((name) => `${name}=${folder}`)];
  const database = `unix:${folder}/db.sock`;
  await must(lab, host, ['ovsdb-tool', 'create', `${folder}/conf.db`, '/usr/share/openvswitch/vswitch.ovsschema']);
  const start = (argv: string[]) => lab.spawn(host, [...place, ...argv, '-vconsole:off'], { stdio: 'ignore' });
  const server = start([
    'ovsdb-server',
    `${folder}/conf.db`,
    `--remote=punix:${folder}/db.sock`,
    `--unixctl=${folder}/database.ctl`,
  ]);
  const set = (...argv: string[]) =>
    must(lab, host, [...place, 'ovs-vsctl', '--timeout=10', '--retry', `--db=${database}`, ...argv]);
  await set('--no-wait', 'init');
  const daemon = start(['ovs-vswitchd', database, `--unixctl=${folder}/switch.ctl`]);
  await set('add-br', 'br-phy', '--', 'set', 'bridge', 'br-phy', 'datapath_type=netdev');
  await set('add-port', 'br-phy', 'eth0');
  await ip(lab, host, `address add ${address}/16 dev br-phy`);
  await ip(lab, host, 'link set br-phy up');
  await set('add-br', 'br-int', '--', 'set', 'bridge', 'br-int', 'datapath_type=netdev');
  await set('add-port', 'br-int', 'guest0');
  for (const [index, remote] of remotes.entries()) {
    const options = [`type=${framework}`, `options:remote_ip=${remote}`, `options:key=${gni}`];
    await set('add-port', 'br-int', `tunnel${index}`, '--', 'set', 'interface', `tunnel${index}`, ...options);
  }
  return async () => {
    daemon.kill('SIGKILL');
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
};

async function ip(lab: Lab, name: string, line: string): Promise<void> {
  await must(lab, name, ['ip', ...line.split(' ')]);
}

async function must(lab: Lab, name: string, argv: readonly string[]): Promise<void> {
  const { code, stderr } = await lab.exec(name, argv);
  if (code !== 0) throw new Error(`${argv.join(' ')} in ${name}: ${stderr}`);
}
