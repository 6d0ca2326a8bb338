/**
 * A lab's spec as the steps that build it: pure, so that a test shows a whole lab as text.
 *
 *   switch                                                direct
 *   ┌ LAB-left ─┐ ┌ LAB-switch ┐ ┌ LAB-right ┐            ┌ LAB-left ────┐ ┌ LAB-right ┐
 *   │ agent     │ │   bridge   │ │ agent     │            │ agent        │ │ agent     │
 *   │ eth0 ─────┼─┼─ p1     p2 ┼─┼───── eth0 │            │ controller   │ │           │
 *   └───────────┘ │     p3     │ └───────────┘            │ eth0 ────────┼─┼───── eth0 │
 *                 └─────┼──────┘                          └──────────────┘ └───────────┘
 *              ┌────── eth0 ──────┐
 *              │ LAB-controller   │      guests: LAB-GUEST, made by the agents
 *              └──────────────────┘
 *
 * Substrate addresses: host N of the file is 198.18.0.N/16 and fd00:198:18::N/64; its prefix for gni6 is
 * fd06:198:18:N::/64.
 */
import { join } from 'node:path';
import { stringify } from 'yaml';
import { addressFromNumber, addressNumber } from '../wire/address.ts';
import { ports } from '../wire/limits.ts';
import type { GuestRequest, VpcRequest } from '../wire/resources.ts';
import type { LabSpec } from './file.ts';

export type Step =
  /** A network namespace with loopback up and addresses usable at once. */
  | { readonly kind: 'namespace'; readonly namespace: string }
  /** Lines of one `ip -batch` inside the namespace. */
  | { readonly kind: 'ip'; readonly namespace: string; readonly lines: readonly string[] }
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  /** A token for the host, made by the controller, in a file where the agent looks for it at its first start. */
  | { readonly kind: 'joinToken'; readonly host: string; readonly path: string }
  /** `controller`, or the host whose agent it is. */
  | { readonly kind: 'start'; readonly process: string }
  | { readonly kind: 'awaitController' }
  | { readonly kind: 'awaitHosts'; readonly hosts: readonly string[] }
  | { readonly kind: 'createVpc'; readonly request: VpcRequest }
  | { readonly kind: 'createGuest'; readonly request: GuestRequest }
  | { readonly kind: 'awaitGuests'; readonly guests: readonly string[] };

/** Steps that people wait for together; the title stands in the table that `lab up` prints. */
export interface Stage {
  readonly title: string;
  readonly detail: string;
  readonly steps: readonly Step[];
}

export interface LabHost {
  readonly name: string;
  readonly namespace: string;
  readonly addresses: readonly string[];
  readonly statusSocket: string;
}

/** A process that the lab runs: enough to start it again. */
export interface LabProcess {
  readonly name: string;
  readonly namespace: string;
  readonly program: 'controller' | 'agent';
  readonly config: string;
  readonly log: string;
}

export interface LabLayout {
  readonly name: string;
  readonly directory: string;
  readonly hosts: readonly LabHost[];
  readonly controllerSocket: string;
  readonly processes: readonly LabProcess[];
}

export interface LabPlan {
  readonly layout: LabLayout;
  readonly stages: readonly Stage[];
}

export const controllerProcess = 'controller';

/** In a host's directory, until it has joined. */
const tokenFile = 'join-token';

const families = {
  ipv4: { base: '198.18.0.0', length: 16, controller: '198.18.255.1' },
  ipv6: { base: 'fd00:198:18::', length: 64, controller: 'fd00:198:18::ffff' },
} as const;

/** Namespace of a lab's host, guest, switch or controller. */
export function labNamespace(lab: string, name: string): string {
  return `${lab}-${name}`;
}

/** Agents' keys outlive them in memory, and labs' files are on a disk on some machines: here is a tmpfs on all. */
export const keysRoot = '/dev/shm';

/** Beginning of the names of a lab's directories there, with a host's name behind it. */
export function keysPrefix(lab: string): string {
  return `${keysRoot}/weft-keys-${labNamespace(lab, '')}`;
}

export function planLab(spec: LabSpec, stateRoot: string): LabPlan {
  const layout = layOut(spec, stateRoot);
  const clouds = spec.clouds.map((request): Step => ({ kind: 'createVpc', request }));
  const guests = spec.guests.map(
    ({ cloud, ...rest }): Step => ({ kind: 'createGuest', request: { ...rest, vpc: cloud } }),
  );
  const guestNames = spec.guests.map(({ name }) => name);
  const hostNames = spec.hosts.map(({ name }) => name);
  const agents = spec.hosts.flatMap(({ name }): Step[] => [
    { kind: 'joinToken', host: name, path: join(layout.directory, name, tokenFile) },
    { kind: 'start', process: name },
  ]);
  const stages: Stage[] = [
    { title: 'substrate', detail: describeSubstrate(spec), steps: substrateSteps(spec) },
    {
      title: 'controller',
      detail: `answers on ${layout.controllerSocket}`,
      steps: [...fileSteps(spec, layout), { kind: 'start', process: controllerProcess }, { kind: 'awaitController' }],
    },
    {
      title: 'agents',
      detail: `${hostNames.length} connected`,
      steps: [...agents, { kind: 'awaitHosts', hosts: hostNames }],
    },
    { title: 'clouds', detail: spec.clouds.map(({ name }) => name).join(', '), steps: clouds },
    {
      title: 'guests',
      detail: `${guestNames.length} running`,
      steps: [...guests, { kind: 'awaitGuests', guests: guestNames }],
    },
  ];
  const filled = { clouds: clouds.length > 0, guests: guests.length > 0 } as Record<string, boolean>;
  return { layout, stages: stages.filter(({ title }) => filled[title] ?? true) };
}

// ---- where everything is -------------------------------------------------------------------------------

function layOut(spec: LabSpec, stateRoot: string): LabLayout {
  const directory = join(stateRoot, spec.name);
  const hosts = spec.hosts.map(({ name }, i) => ({
    name,
    namespace: labNamespace(spec.name, name),
    addresses: spec.substrate.families.map((family) => hostAddress(family, i)),
    statusSocket: join(directory, name, 'agent.sock'),
  }));
  const agents = hosts.map(
    ({ name, namespace }): LabProcess => ({
      name,
      namespace,
      program: 'agent',
      config: join(directory, name, 'agent.yaml'),
      log: join(directory, name, 'agent.log'),
    }),
  );
  const controller: LabProcess = {
    name: controllerProcess,
    namespace: labNamespace(spec.name, spec.controllerHost ?? controllerProcess),
    program: 'controller',
    config: join(directory, controllerProcess, 'controller.yaml'),
    log: join(directory, controllerProcess, 'controller.log'),
  };
  return {
    name: spec.name,
    directory,
    hosts,
    controllerSocket: join(directory, controllerProcess, 'controller.sock'),
    processes: [controller, ...agents],
  };
}

function hostAddress(family: keyof typeof families, index: number): string {
  const number = addressNumber(families[family].base) + BigInt(index + 1);
  return addressFromNumber(number, family === 'ipv4' ? 4 : 6);
}

/** Where agents find the controller, one address for each of the substrate's families. */
function controllerAddresses(spec: LabSpec): readonly string[] {
  const index = spec.hosts.findIndex(({ name }) => name === spec.controllerHost);
  return spec.substrate.families.map((family) =>
    index < 0 ? families[family].controller : hostAddress(family, index),
  );
}

// ---- substrate -----------------------------------------------------------------------------------------

interface Attachment {
  readonly namespace: string;
  readonly addresses: readonly string[];
  readonly mtu: number;
}

function substrateSteps(spec: LabSpec): readonly Step[] {
  const attachments = spec.hosts.map(
    (host, i): Attachment => ({
      namespace: labNamespace(spec.name, host.name),
      addresses: spec.substrate.families.map((family) => `${hostAddress(family, i)}/${families[family].length}`),
      mtu: host.mtu ?? spec.substrate.mtu,
    }),
  );
  const link = spec.substrate.link === 'direct' ? directSteps(attachments) : switchSteps(spec, attachments);
  return [...link, ...gni6Routes(spec)];
}

/** Host N of the file: fd06:198:18:N::/64. */
function gni6Prefix(index: number): string {
  return `fd06:198:18:${(index + 1).toString(16)}::/64`;
}

/** To the prefixes of all other hosts; a host's own is its agent's to make local. */
function gni6Routes(spec: LabSpec): readonly Step[] {
  const routed = spec.hosts.flatMap(({ gni6 }, index) => (gni6 ? [index] : []));
  if (routed.length === 0) return [];
  return spec.hosts.map(({ name }, own) => ({
    kind: 'ip',
    namespace: labNamespace(spec.name, name),
    lines: routed
      .filter((index) => index !== own)
      .map((index) => `route add ${gni6Prefix(index)} via ${hostAddress('ipv6', index)}`),
  }));
}

function directSteps(attachments: readonly Attachment[]): readonly Step[] {
  const [first, second] = attachments;
  if (first === undefined || second === undefined) throw new Error('a direct link joins two hosts');
  return [
    { kind: 'namespace', namespace: first.namespace },
    { kind: 'namespace', namespace: second.namespace },
    {
      kind: 'ip',
      namespace: first.namespace,
      lines: [`link add eth0 type veth peer name eth0 netns ${second.namespace}`],
    },
    ...attachments.map(configure),
  ];
}

function switchSteps(spec: LabSpec, hosts: readonly Attachment[]): readonly Step[] {
  const switchNamespace = labNamespace(spec.name, 'switch');
  const controller: Attachment = {
    namespace: labNamespace(spec.name, controllerProcess),
    addresses: spec.substrate.families.map((family) => `${families[family].controller}/${families[family].length}`),
    mtu: spec.substrate.mtu,
  };
  const attachments = spec.controllerHost === undefined ? [...hosts, controller] : hosts;
  return [
    { kind: 'namespace', namespace: switchNamespace },
    ...attachments.map(({ namespace }): Step => ({ kind: 'namespace', namespace })),
    {
      kind: 'ip',
      namespace: switchNamespace,
      lines: [
        // A bridge takes the smallest MTU of its ports by itself; one that is set stays.
        'link add bridge type bridge stp_state 0 forward_delay 0 mcast_snooping 0',
        ...attachments.flatMap(({ namespace, mtu }, i) => [
          `link add p${i + 1} type veth peer name eth0 netns ${namespace}`,
          `link set p${i + 1} mtu ${mtu} master bridge up`,
        ]),
        `link set bridge mtu ${Math.max(...attachments.map(({ mtu }) => mtu))} up`,
      ],
    },
    ...attachments.map(configure),
  ];
}

function configure({ namespace, addresses, mtu }: Attachment): Step {
  return {
    kind: 'ip',
    namespace,
    lines: [
      `link set eth0 mtu ${mtu} up`,
      ...addresses.map((address) => `address add ${address} dev eth0${address.includes(':') ? ' nodad' : ''}`),
    ],
  };
}

function describeSubstrate(spec: LabSpec): string {
  const { families: kinds, link, mtu } = spec.substrate;
  return `${spec.hosts.length} hosts, ${link}, MTU ${mtu}, ${kinds.join(' + ')}`;
}

// ---- files ---------------------------------------------------------------------------------------------

function fileSteps(spec: LabSpec, layout: LabLayout): readonly Step[] {
  return layout.processes.flatMap(({ name, config, program }): Step[] => {
    const directory = join(layout.directory, name);
    const content =
      program === 'controller' ? controllerConfig(spec, layout) : agentConfig(spec, layout, name, directory);
    return [
      { kind: 'directory', path: directory },
      { kind: 'file', path: config, text: stringify(content) },
    ];
  });
}

function controllerConfig(spec: LabSpec, layout: LabLayout): object {
  return {
    name: spec.name,
    stateDirectory: join(layout.directory, controllerProcess, 'state'),
    listen: { address: controllerAddresses(spec), port: ports.control },
    api: { socket: layout.controllerSocket },
  };
}

function agentConfig(spec: LabSpec, layout: LabLayout, name: string, directory: string): object {
  const host = layout.hosts.find((one) => one.name === name);
  // What is left out of the lab file is left to the agent.
  const index = spec.hosts.findIndex((one) => one.name === name);
  const { name: _name, mtu: _mtu, keys, gni6, fastPath = 'auto', ...chosen } = spec.hosts[index] ?? {};
  return {
    host: name,
    controllers: controllerAddresses(spec).map((address) => `wss://${urlHost(address)}:${ports.control}`),
    substrate: { addresses: host?.addresses ?? [] },
    joinTokenFile: join(directory, tokenFile),
    stateDirectory: join(directory, 'state'),
    statusSocket: host?.statusSocket,
    namespacePrefix: labNamespace(spec.name, ''),
    keys: { ...keys, directory: `${keysPrefix(spec.name)}${name}` },
    // Hosts of a lab are one machine to the kernel's own /sys/fs/bpf.
    fastPath: { mode: fastPath, directory: join(directory, 'bpf') },
    ...(gni6 ? { gni6: { prefix: gni6Prefix(index) } } : {}),
    ...chosen,
  };
}

function urlHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
