/** For tests: a host on which nothing is wrong. */
import { type DropName, dropReasons } from '../../wire/drops.ts';
import type { AgentStatus } from '../../wire/status.ts';
import type { Facts } from './facts.ts';

const none = { packets: 0, bytes: 0 };

export const wellStatus: AgentStatus = {
  host: 'host-a',
  version: '0.1.0',
  pid: 42,
  startedMs: 1000,
  substrateAddresses: ['192.0.2.11'],
  udpPort: 6741,
  session: { state: 'connected', controller: 'ws://192.0.2.10:6740/', sinceMs: 2000, epoch: 3 },
  capabilities: { formats: ['gni 3.0'], features: [], offloads: [], executors: [], ports: [], problems: [] },
  networks: [{ gni: 7, name: 'red', prefixes: ['10.0.0.0/24'] }],
  guests: [
    {
      name: 'web1',
      gni: 7,
      namespace: 'weft-web1',
      interface: 'weft0',
      port: 'veth',
      executor: 'tc',
      addresses: ['10.0.0.5/24'],
      phase: 'running',
      mtu: 1440,
      out: { packets: 100, bytes: 10_000 },
      in: { packets: 50, bytes: 5000 },
      drops: 0,
    },
  ],
  peers: [
    {
      host: 'host-b',
      address: '192.0.2.12',
      send: 'gni 3.0 +aes-256-gcm',
      accept: ['gni 3.0 +aes-256-gcm'],
      generation: 1,
      reasons: [],
      pathMtu: 1500,
      roundTripUs: 300,
      lostPercent: 0,
      out: { packets: 100, bytes: 10_000 },
      in: { packets: 50, bytes: 5000 },
      drops: 0,
    },
  ],
  mappings: [],
  fastPath: { mode: 'tc', tables: [], handedOver: {}, lostEvents: 0, flows: [] },
  drops: Object.fromEntries(dropReasons.map(({ name }) => [name, 0])) as Record<DropName, number>,
  local: none,
  offloads: { udpGso: true, udpGro: true, tso: true, uso: true },
  waitingPackets: 0,
  workerAgeMs: [3],
  errors: [],
};

export const wellFacts: Facts = {
  roles: { agent: true, controller: true },
  nowMs: Date.UTC(2026, 11, 15),
  isRoot: true,
  machine: { release: '6.1.0-30-amd64', architecture: 'x86_64' },
  capabilities: (1n << 41n) - 1n,
  tun: 'ok',
  kernelTypes: true,
  bpffs: 'mounted',
  sysctl: {
    'net.core.bpf_jit_enable': 1,
    'net.core.rmem_max': 212_992,
    'net.ipv4.neigh.default.gc_thresh3': 1024,
    'net.ipv6.neigh.default.gc_thresh3': 1024,
  },
  devices: [
    { name: 'lo', up: true, mtu: 65_536, addresses: ['127.0.0.1'], offloads: undefined },
    {
      name: 'eth0',
      up: true,
      mtu: 1500,
      addresses: ['192.0.2.11', 'fe80::1'],
      offloads: {
        'tx-checksumming': true,
        'generic-segmentation-offload': true,
        'generic-receive-offload': true,
      },
    },
  ],
  listeners: [
    { protocol: 'udp', address: '192.0.2.11', port: 6741, program: 'node', pid: 42 },
    { protocol: 'tcp', address: '0.0.0.0', port: 6740, program: 'node', pid: 43 },
  ],
  openFiles: { soft: 65_536, whose: 'the agent' },
  files: [
    { path: '/etc/weft/agent.yaml', kind: 'config', found: 'file', mode: 0o644, uid: 0 },
    { path: '/var/lib/weft/agent', kind: 'state', found: 'directory', mode: 0o755, uid: 0 },
    { path: '/run/weft/keys-host-a', kind: 'private', found: 'directory', mode: 0o700, uid: 0 },
  ],
  disks: [{ path: '/var/lib/weft/agent', what: "the agent's state", freeBytes: 2e9, freeFiles: 1e6, writable: true }],
  certificates: [
    {
      path: '/etc/weft/host.crt',
      subject: 'CN=host-a',
      validFromMs: Date.UTC(2026, 11, 1),
      validToMs: Date.UTC(2026, 11, 31),
    },
  ],
  configs: {
    agent: { path: '/etc/weft/agent.yaml', found: true },
    controller: { path: '/etc/weft/controller.yaml', found: true },
  },
  substrate: { addresses: ['192.0.2.11'], udpPort: 6741 },
  fastPathMode: 'auto',
  clock: { synchronized: true, aheadMs: 0 },
  tools: { ip: true, ss: true, nsenter: true, ping: true, ethtool: true },
  reach: [{ url: 'ws://192.0.2.10:6740' }],
  agent: { socket: '/run/weft/agent.sock', status: wellStatus },
  controller: {
    endpoint: '/run/weft/controller.sock',
    away: [],
    status: {
      name: 'north',
      version: '0.1.0',
      epoch: 3,
      startedMs: 1000,
      revision: 9,
      hosts: { known: 2, connected: 2 },
      vpcs: 1,
      guests: 1,
      mappings: 1,
      subscriptions: 1,
      events: [],
    },
  },
};
