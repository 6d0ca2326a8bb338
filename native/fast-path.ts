/**
 * The fast path as its owner sees it: packets of veth and tap ports, carried by BPF programs. `index.ts` is the door.
 */
import type { DropName } from '../wire/drops.ts';
import type { Flow } from '../wire/status.ts';
import type {
  EngineOptions,
  ForwardingChange,
  LookedUp,
  PartCounters,
  Traced,
  TraceFilter,
  Traffic,
} from './engine.ts';

/** Why the fast path leaves a packet to the engine, in the order of `enum weft_handover` (native/bpf/maps.h). */
export const handovers = [
  'unknown-location',
  'by-engine',
  'fragment',
  'options',
  'not-unicast',
  'too-big',
  'engine-port',
  'no-route',
  'changed',
  'unknown-peer',
  'not-accepted',
  'odd',
  'partial-checksum',
  'family',
] as const;
export type Handover = (typeof handovers)[number];

export type FastPathMode = 'tc' | 'xdp';

/** What was found by loading the programs, not by reading the kernel's version. */
export interface FastPathProbe {
  readonly modes: readonly FastPathMode[];
  /** One sentence each: why a mode cannot be had. */
  readonly problems: readonly string[];
}

export interface FastPathOptions {
  readonly mode: FastPathMode;
  /** On a bpffs; one is mounted there when it is not. Maps are pinned below it, by layout. */
  readonly directory: string;
  /** As the engine's. */
  readonly udpPort: number;
  readonly substrateAddresses: readonly string[];
  readonly foreign: EngineOptions['foreign'];
  readonly sizes: { readonly locations: number; readonly peers: number; readonly pairs: number };
  /** One packet in so many is told as the event `flow`; 0: none. */
  readonly flowSampling: number;
}

export interface FastPortRequest {
  /** The same slot as the engine's port of this guest. */
  readonly port: number;
  readonly kind: 'veth' | 'tap';
  /** The host's end of the guest's port, in the namespace of this process. */
  readonly device: string;
  /** The TUN device of the engine's port, in the same namespace. */
  readonly engineDevice: string;
  /** The guest's Ethernet address. */
  readonly mac: string;
}

export type FastPathEvent =
  | { readonly kind: 'miss'; readonly side: 'destination' | 'source'; readonly gni: number; readonly address: string }
  /** Packets and bytes are of the sampled packet alone. */
  | ({ readonly kind: 'flow'; readonly port?: number; readonly peer?: number } & Omit<
      Flow,
      'guest' | 'peer' | 'executor' | 'dropReason'
    >)
  /** A table is filled to four fifths (`nearly`), or takes no more: the engine then carries what is not in it. */
  | {
      readonly kind: 'full';
      readonly table: string;
      readonly entries: number;
      readonly most: number;
      readonly nearly: boolean;
    }
  | { readonly kind: 'fault'; readonly where: string; readonly reason: string }
  | Traced;

export interface FastPathCounters {
  /** Dropped by the fast path itself. */
  readonly drops: Readonly<Record<DropName, number>>;
  /** As in EngineCounters: what the fast path carried, nothing that it handed over. */
  readonly ports: readonly (PartCounters & { readonly port: number })[];
  readonly peers: readonly (PartCounters & { readonly peer: number })[];
  readonly local: Traffic;
  readonly handedOver: Readonly<Record<Handover, number>>;
  /** Events that did not fit the ring buffer. */
  readonly lostEvents: number;
  readonly tables: readonly { readonly table: string; readonly entries: number; readonly most: number }[];
}

/**
 * Packets of veth and tap ports in the kernel. A new one forwards nothing before `takeOver`: until then the programs
 * of a former run go on by their own tables.
 */
export interface FastPath {
  /** What became of a former run's maps, one sentence for people; undefined: there was none. */
  readonly former: string | undefined;
  /**
   * Takes effect at once when the fast path has taken over, else then. Both devices are there, and are set up by the
   * call so that nothing of the guest reaches this host's own stack. Throws one clear sentence.
   */
  openPort(request: FastPortRequest): void;
  /** The programs are taken off the devices; those are the caller's to remove. */
  closePort(port: number): void;
  /**
   * The same change as the engine's, all of it visible to packets at once. What the fast path cannot carry is the
   * engine's. Throws, changing nothing, on a value that is no address, prefix or slot.
   */
  apply(change: ForwardingChange): void;
  /** From now on packets go by these tables: the programs are replaced on every device, one by one, without a gap. */
  takeOver(): void;
  /** Looks whether the programs are where they were put and substrate addresses where they were; mends what is not. One sentence per mend or trouble. */
  look(): readonly string[];
  counters(): FastPathCounters;
  trace(filter: TraceFilter | undefined): void;
  lookUp(query: { readonly gni: number; readonly source: string; readonly destination: string }): LookedUp;
  /** Programs and pinned maps stay and go on forwarding. */
  stop(): void;
}
