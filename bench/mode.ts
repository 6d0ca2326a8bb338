/**
 * What the veth between two hosts is taken for: `offload`, two network cards that cut and join packets in hardware,
 * so that super-packets cross whole; `wire`, two plain ones, where no packet is larger than the MTU and the receiver
 * joins them in software (GRO).
 *
 * Checksums are the card's business in both: every card does them.
 */
import type { PlainRouting } from '../lab/plain-routing.ts';
import { run } from '../lab/run.ts';
import type { Topology, WireEnd } from './contender.ts';
import type { Mode } from './samples.ts';

/** What a card cuts: TCP, UDP, and either of them inside UDP (ethtool's words for a veth's features). */
const cutting = [
  'tx-tcp-segmentation',
  'tx-tcp6-segmentation',
  'tx-tcp-ecn-segmentation',
  'tx-tcp-mangleid-segmentation',
  'tx-udp-segmentation',
  'tx-udp_tnl-segmentation',
  'tx-udp_tnl-csum-segmentation',
] as const;

const wanted: Readonly<Record<Mode, { readonly cut: 'on' | 'off'; readonly join: 'on' | 'off' }>> = {
  offload: { cut: 'on', join: 'off' },
  wire: { cut: 'off', join: 'on' },
};

/** The wire of every topology that stands on plain routing. */
export function wireOf(network: Pick<PlainRouting, 'namespaceOf'>): Topology['wire'] {
  return [
    { namespace: network.namespaceOf('left'), device: 'eth0' },
    { namespace: network.namespaceOf('right'), device: 'eth0' },
  ];
}

/** Undefined when both ends of the topology's wire are in the mode; else why they cannot be. */
export async function setMode({ wire }: Topology, mode: Mode): Promise<string | undefined> {
  for (const end of wire) {
    const { cut, join } = wanted[mode];
    const words = [...cutting.flatMap((feature) => [feature, cut]), 'rx-gro', join];
    // Says nothing certain by its exit code: some features are fixed on some devices. So what came of it is read.
    await ethtool(end, ['-K', end.device, ...words]);
    const refused = unlike((await ethtool(end, ['-k', end.device])).stdout, mode);
    if (refused.length > 0) return `its wire cannot be in mode ${mode}: ${refused.join(', ')} cannot be changed`;
  }
  return undefined;
}

/**
 * Features of `ethtool -k` that are not as the mode wants them. TCP's are looked at: where they are on, super-packets
 * cross whole. That all others are off matters only where nothing may cross whole.
 */
export function unlike(shown: string, mode: Mode): readonly string[] {
  const states = new Map([...shown.matchAll(/^\s*([\w-]+): (on|off)/gm)].map(([, name, state]) => [name, state]));
  const looked = mode === 'wire' ? cutting : cutting.slice(0, 1);
  return looked.filter((feature) => states.get(feature) !== wanted[mode].cut);
}

/** Mean bytes of the packets, Ethernet headers included, that have come in at the server's end, since `before`. */
export interface Crossed {
  readonly packets: number;
  readonly bytes: number;
}

export async function crossed({ wire: [, end] }: Topology): Promise<Crossed> {
  const { stdout } = await run(['ip', '-n', end.namespace, '-s', '-j', 'link', 'show', 'dev', end.device]);
  const [link] = JSON.parse(stdout) as readonly { readonly stats64: { readonly rx: Crossed } }[];
  if (link === undefined) throw new Error(`no device ${end.device} in ${end.namespace}`);
  return link.stats64.rx;
}

export function meanBytes(before: Crossed, after: Crossed): number {
  return (after.bytes - before.bytes) / (after.packets - before.packets);
}

function ethtool({ namespace }: WireEnd, words: readonly string[]) {
  return run(['nsenter', `--net=/run/netns/${namespace}`, '--', 'ethtool', ...words]);
}
