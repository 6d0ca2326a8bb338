/**
 * What the agent's status endpoint answers: `GET /status` (this, as JSON) and `GET /` (the same as a page
 * of text) over HTTP on a Unix socket, by default /run/weft/agent.sock.
 */
import type { PortKind } from './control.ts';
import type { DropName } from './drops.ts';

export interface Traffic {
  readonly packets: number;
  readonly bytes: number;
}

export interface Flow {
  readonly timeUs: number;
  readonly side: 'out' | 'in';
  readonly gni: number;
  readonly source: string;
  readonly destination: string;
  /** Inner IP protocol; ports are 0 where it has none. */
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly packets: number;
  readonly bytes: number;
  /** Guest of this host, and the other host, where they are known. */
  readonly guest?: string;
  readonly peer?: string;
  /** `tc`, `xdp` or `engine`. */
  readonly executor?: string;
  /** Why it was discarded; absent: it was carried. The fast path samples only what it carries. */
  readonly dropReason?: DropName;
}

export interface AgentStatus {
  readonly host: string;
  readonly version: string;
  readonly pid: number;
  readonly startedMs: number;
  readonly substrateAddresses: readonly string[];
  readonly udpPort: number;
  readonly session: {
    readonly state: 'connecting' | 'waiting' | 'connected';
    readonly controller: string;
    readonly sinceMs: number;
    readonly epoch: number;
    /** Why there is no session, or why the last one ended. */
    readonly lastError?: string;
    readonly retryAtMs?: number;
  };
  readonly capabilities: {
    readonly formats: readonly string[];
    readonly features: readonly string[];
    readonly offloads: readonly string[];
    readonly executors: readonly string[];
    readonly ports: readonly string[];
    readonly problems: readonly string[];
  };
  readonly networks: readonly { readonly gni: number; readonly name: string; readonly prefixes: readonly string[] }[];
  readonly guests: readonly {
    readonly name: string;
    readonly gni: number;
    /** Empty: it has none of ours (a tap). */
    readonly namespace: string;
    readonly interface: string;
    /** Absent until it is decided. */
    readonly port?: PortKind;
    /** Who carries most of its packets: `engine`, `tc` or `xdp`. */
    readonly executor?: string;
    /** Of a veth or tap: in the host's namespace, the guest's and the engine's way to it. */
    readonly device?: string;
    readonly engineDevice?: string;
    /** Of a veth or tap: the guest's Ethernet address. */
    readonly mac?: string;
    readonly addresses: readonly string[];
    readonly phase: 'preparing' | 'running' | 'failed';
    readonly detail?: string;
    readonly mtu: number;
    readonly command?: {
      readonly argv: readonly string[];
      readonly state: 'running' | 'exited';
      readonly pid?: number;
      readonly exit?: string;
    };
    readonly out: Traffic;
    readonly in: Traffic;
    readonly drops: number;
  }[];
  readonly peers: readonly {
    readonly host: string;
    readonly address: string;
    /** Encapsulations in force, with the epochs of their keys: `#SENDER.RECEIVER`. */
    readonly send?: string;
    readonly accept: readonly string[];
    /** Nothing may be sent, and that is decided. */
    readonly none?: boolean;
    /** Pairs of guests with terms of their own, if any. */
    readonly pairs?: number;
    readonly generation: number;
    readonly reasons: readonly string[];
    readonly pathMtu: number;
    readonly roundTripUs?: number;
    readonly lostPercent?: number;
    readonly out: Traffic;
    readonly in: Traffic;
    readonly drops: number;
    /** Of packets that came from it; those with a count. */
    readonly dropReasons?: Readonly<Partial<Record<DropName, number>>>;
    /** What the test of the session found; absent: nothing, or not tested yet. */
    readonly findings?: readonly string[];
  }[];
  readonly mappings: readonly {
    readonly gni: number;
    readonly address: string;
    readonly host?: string;
    readonly version: number;
  }[];
  /** Absent on a host that does not encrypt. */
  readonly keys?: {
    /** Ed25519, base64: who this host is to its peers. */
    readonly identity: string;
    /** Of the newest key, and when it was made, Unix ms. */
    readonly epoch: number;
    readonly sinceMs: number;
    /** Epochs of keys that sessions still need, or may. */
    readonly older: readonly number[];
  };
  /** Absent: the engine carries everything. */
  readonly fastPath?: {
    readonly mode: string;
    /** What became of a former run's tables. */
    readonly former?: string;
    readonly tables: readonly { readonly table: string; readonly entries: number; readonly most: number }[];
    /** Packets left to the engine, by reason; those with a count. */
    readonly handedOver: Readonly<Record<string, number>>;
    /** Events that the programs could not tell. */
    readonly lostEvents: number;
    /** Single packets, picked by chance, newest last. */
    readonly flows: readonly Flow[];
  };
  readonly drops: Readonly<Record<DropName, number>>;
  readonly local: Traffic;
  readonly offloads: Readonly<Record<'udpGso' | 'udpGro' | 'tso' | 'uso', boolean>>;
  /** Datagrams lost because the receive sockets were full; absent when there are none. */
  readonly receiveOverflows?: number;
  /** Packets lost because the queue between fast path and engine was full; absent when there are none. */
  readonly portOverflows?: number;
  readonly waitingPackets: number;
  readonly workerAgeMs: readonly number[];
  /** Newest last, bounded. */
  readonly errors: readonly { readonly timeMs: number; readonly where: string; readonly message: string }[];
}
