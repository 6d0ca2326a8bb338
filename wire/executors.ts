/**
 * Which executor carries the packets of one direction between two guests or hosts: what a person is told. Pure.
 *
 * The executors decide packet by packet, and leave to the engine whatever is odd (fragments, options, packets that are
 * too long); here it is what becomes of all others.
 */
import type { Family } from './address.ts';
import type { PortKind } from './control.ts';
import { parseEncapsulation } from './encapsulation.ts';
import type { FormatName } from './formats/index.ts';

/** Kernel programs at tc, beside network drivers (receiving only), or the agent's own threads. */
export type Executor = 'tc' | 'xdp' | 'engine';

export interface Carrier {
  readonly executor: Executor;
  /** Why it is this one, where that is not plain. */
  readonly why?: string;
}

export interface CarryingEnd {
  readonly host: string;
  /** What its agent says that it uses: `xdp` includes `tc` for whatever is sent. */
  readonly executors: readonly string[];
  /** Undefined: all guests of the host are meant. */
  readonly guest?: { readonly name: string; readonly port: PortKind | undefined };
}

/** Formats of constant headers: native/bpf/ has no other. */
const carried: readonly FormatName[] = ['gni 1.0', 'gni 2.0', 'vxlan', 'geneve'];
/** They have Ethernet inside, and no flag that leaves a checksum to the receiver. */
const ethernetFormats: readonly string[] = ['vxlan', 'geneve'] satisfies readonly FormatName[];

export interface Crossing {
  readonly source: CarryingEnd;
  readonly destination: CarryingEnd;
  /** Encapsulation. */
  readonly selected: string;
  /** Of the outer packets. */
  readonly family: Family;
}

/** Who encapsulates, and who decapsulates. What is said of an end without an agent means nothing. */
export function carriersOf(crossing: Crossing): { readonly source: Carrier; readonly destination: Carrier } {
  const { source, destination, selected } = crossing;
  const needsEngine = whyEncapsulation(crossing);
  const sends = carrierAt(source, 'tc', needsEngine);
  const receives = carrierAt(destination, destination.executors.includes('xdp') ? 'xdp' : 'tc', needsEngine);
  const leavesChecksums = !ethernetFormats.includes(selected);
  if (receives.executor === 'engine' || sends.executor !== 'engine' || !leavesChecksums) {
    return { source: sends, destination: receives };
  }
  const why = `host ${source.host} sends by its engine, which leaves checksums of TCP and UDP to the other engine`;
  return { source: sends, destination: { executor: 'engine', why } };
}

/** Between guests of one host. */
export function localCarrier(source: CarryingEnd, destination: CarryingEnd): Carrier {
  const [one, other] = [carrierAt(source, 'tc', undefined), carrierAt(destination, 'tc', undefined)];
  return one.executor === 'engine' ? one : other;
}

function carrierAt(
  { host, executors, guest }: CarryingEnd,
  fastPath: Executor,
  whyEngine: string | undefined,
): Carrier {
  if (!executors.some(isFastPath)) return { executor: 'engine', why: `host ${host} has no fast path` };
  if (guest?.port === 'tun') return { executor: 'engine', why: `guest ${guest.name} has a tun port` };
  if (whyEngine !== undefined) return { executor: 'engine', why: whyEngine };
  if (guest === undefined) return { executor: fastPath, why: 'its engine for guests with tun ports' };
  return { executor: fastPath };
}

function isFastPath(word: string): boolean {
  return word === 'tc' || word === 'xdp';
}

/** Undefined: the fast path can. */
function whyEncapsulation({ selected, family }: Crossing): string | undefined {
  const encapsulation = parseEncapsulation(selected);
  if (encapsulation === undefined) return `the fast path does not know ${selected}`;
  const { format, cipher, compression, elision } = encapsulation;
  if (cipher !== undefined) return 'only the engine encrypts';
  if (compression !== undefined) return 'only the engine compresses';
  if (elision) return 'only the engine elides headers';
  if (!carried.some((name) => name === format)) return `the fast path does not carry ${format}`;
  if (ethernetFormats.includes(format) && family === 6) return `the fast path carries ${format} over IPv4 only`;
  return undefined;
}
