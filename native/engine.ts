/**
 * The engine as its owner sees it: ports, the forwarding table, counters, events. Types only: `index.ts` is the door.
 */
import type { DropName } from '../wire/drops.ts';
import type { Cipher, Compression } from '../wire/encapsulation.ts';
import type { FormatName } from '../wire/formats/index.ts';
import type { Feature } from '../wire/formats/layout.ts';
import type { Flow } from '../wire/status.ts';

/** `auto` probes the kernel at start and falls back by itself; `off` is the operator's switch. */
export type Switch = 'auto' | 'off';

export interface EngineOptions {
  /** Worker threads; each has one queue of every port and one receiving socket per substrate address. */
  readonly workers: number;
  /** UDP port that the engine listens on and sends to. */
  readonly udpPort: number;
  /** Substrate addresses of this host to bind, one per family at most. */
  readonly substrateAddresses: readonly string[];
  /** Sending sockets per worker and family: the number of outer source ports that flows are spread over. */
  readonly sourcePorts: number;
  readonly offloads: {
    /** UDP_SEGMENT on send. */
    readonly udpGso: Switch;
    /** UDP_GRO on receive. */
    readonly udpGro: Switch;
    /** TCP super-packets on ports (TUN_F_TSO4/6). */
    readonly tso: Switch;
    /** UDP super-packets on ports (TUN_F_USO4/6). */
    readonly uso: Switch;
  };
  /**
   * Frameworks with UDP ports of their own (vxlan 4789, geneve 6081), for which the engine binds sockets at start.
   * Throws when one is wanted and its port is taken.
   */
  readonly foreign: { readonly vxlan: boolean; readonly geneve: boolean };
  /** This host's /64 for gni6, which is routed to it; raw sockets are opened for it. Throws when they cannot be had. */
  readonly gni6?: { readonly prefix: string };
  /**
   * Path of a file in which the sequence numbers and replay windows of keys outlive the process; made when it is not
   * there. Without it, or when it cannot be had (see `keyStates`), they do not.
   */
  readonly keyStates?: string;
  /** Path of a file, on a tmpfs, in which counters of ports and peers outlive a process that is killed: see `former`. */
  readonly counters?: string;
  /** One packet in so many is kept for `takeFlows`; 0 or undefined: none. */
  readonly flowSampling?: number;
  readonly firstPacket: {
    /**
     * Bytes held by one worker for destinations and sources that are being resolved; a quarter of them, and of the
     * 1,024 addresses, is what one guest or one peer can have.
     */
    readonly queueBytes: number;
    /** Packets held for one address. */
    readonly packetsPerAddress: number;
    readonly deadlineMs: number;
  };
  /**
   * Open descriptors that a former process left, sockets and queues of ports alike: given away. What fits is gone on
   * with, here and by `openPort`, and what waits in it is carried on; see `closeInherited` for the rest. When this
   * throws, they are as before.
   */
  readonly inherited?: readonly number[];
  /** Nothing is read before `read(true)`: until tables and ports are there, packets wait in the kernel. */
  readonly paused?: boolean;
}

/** What was found by asking this kernel, not by reading its version. */
export interface DataPlaneProbe {
  readonly formats: readonly FormatName[];
  /** Found by sealing and opening a packet. */
  readonly ciphers: readonly Cipher[];
  /** Found by packing and unpacking one. */
  readonly compressions: readonly Compression[];
  /** What the engine can do besides, by the words of capabilities. */
  readonly features: readonly Feature[];
  readonly tun: boolean;
  readonly multiQueue: boolean;
  readonly tso: boolean;
  readonly uso: boolean;
  readonly udpGso: boolean;
  readonly udpGro: boolean;
  /** The processor's CRC-32C instruction is used. */
  readonly crc32cHardware: boolean;
  /** One sentence per thing that could not be had or determined, with the errno's name. */
  readonly problems: readonly string[];
}

export interface PortRequest {
  /** Slot of the port, chosen by the caller, 0 … 4095; reused only after `closePort`. */
  readonly port: number;
  /**
   * Path of the network namespace that gets the TUN device, such as `/run/netns/NAME`; `/proc/self/ns/net` is that of
   * this process, for what the fast path hands over: such a port has a longer queue, and a new one is left down until
   * programs are on it.
   */
  readonly netnsPath: string;
  readonly interfaceName: string;
  /** Overlay MTU, bytes. */
  readonly mtu: number;
}

export interface PortOpened {
  readonly queues: number;
  readonly tso: boolean;
  readonly uso: boolean;
  /** The device was there already (kept by TUNSETPERSIST from a former run) and was adopted. */
  readonly adopted: boolean;
  /** The engine's, of the device's queues: for keeping them open elsewhere, never for reading. */
  readonly descriptors: readonly number[];
}

/** What packets of one direction look like; features that the format always has are not named. */
export interface Encapsulation {
  readonly format: FormatName;
  /** Slot of the key with which packets are sealed or opened: for formats that encrypt, and only for them. */
  readonly key?: number;
  readonly compression?: Compression;
  readonly elision?: boolean;
  readonly flowControl?: boolean;
}

/** `none`: decided that nothing may be sent, packets drop as `no-selection`; undefined: not decided, they wait. */
export type SendTerms = number | 'none' | undefined;

export interface PeerChange {
  /** Slot of the peer, chosen by the caller, 0 … 65535. */
  readonly peer: number;
  /** The peer host's substrate address: where we send, and the only outer source we accept. */
  readonly address: string;
  /** All that `send`, `accept` and `pairs` refer to by index, at most 32. */
  readonly encapsulations: readonly Encapsulation[];
  readonly send: SendTerms;
  readonly accept: readonly number[];
  /** Terms of single pairs of guests, in place of the peer's; at most 1024. */
  readonly pairs?: readonly {
    readonly gni: number;
    /** Address of the guest here, address of the guest there. */
    readonly own: string;
    readonly theirs: string;
    readonly send: SendTerms;
    readonly accept: readonly number[];
  }[];
  /** Largest outer IP packet that the path carries, bytes. */
  readonly pathMtu: number;
  /** False: several packets are never given to the kernel as one (UDP_SEGMENT) for this peer. */
  readonly udpGso?: boolean;
  /** The peer's /64 for gni6: for peers with an encapsulation of it. */
  readonly gni6Prefix?: string;
}

/**
 * A key of one direction of one pair of hosts. A slot is never set again before it is removed. With `keyStates`, a
 * secret that is set again, also by another process, goes on where it was; without, it must never be set twice for
 * sealing: its sequence numbers begin anew.
 */
export interface KeyChange {
  /** Chosen by the caller, 0 … 1048575. */
  readonly key: number;
  readonly use: 'seal' | 'open';
  readonly cipher: Cipher;
  /** 32 bytes; copied. */
  readonly secret: Uint8Array;
  /** First 4 bytes of every nonce; the other 8 are the sequence number. */
  readonly salt: Uint8Array;
  /** The header's key id, 0 … 255. Two keys of a peer may have the same. */
  readonly id: number;
  /** Number of this host's private key that it is derived from: what `keepKeyStates` goes by. */
  readonly epoch?: number;
}

/**
 * One change of the forwarding table; everything in it becomes visible to packets at once.
 * Removals are done before additions; setting an existing key replaces it.
 */
export interface ForwardingChange {
  readonly removeNetworks?: readonly number[];
  readonly removePorts?: readonly number[];
  readonly removePeers?: readonly number[];
  readonly removeMappings?: readonly { readonly gni: number; readonly address: string }[];
  readonly networks?: readonly { readonly gni: number; readonly prefixes: readonly string[] }[];
  /** Guests of this host: their addresses are their allowed sources and where packets are delivered. */
  readonly ports?: readonly { readonly port: number; readonly gni: number; readonly addresses: readonly string[] }[];
  readonly keys?: readonly KeyChange[];
  /** Removed after `peers` have changed: what refers to a removed key is refused. */
  readonly removeKeys?: readonly number[];
  readonly peers?: readonly PeerChange[];
  /** `peer: undefined` says that no guest has the address (packets drop as `no-mapping`). */
  readonly mappings?: readonly {
    readonly gni: number;
    readonly address: string;
    readonly peer: number | undefined;
    /** Ethernet address of a guest without an agent, for vxlan and geneve: `aa:bb:cc:dd:ee:ff`. */
    readonly mac?: string;
  }[];
}

export type EngineEvent =
  /**
   * Packets wait for the mapping of `address`. Told by each worker when the first one comes, and again after every
   * deadline that passes while packets wait: questions and answers get lost.
   */
  | { readonly kind: 'miss'; readonly side: 'destination' | 'source'; readonly gni: number; readonly address: string }
  /** An offload failed at run time and was switched off; the reason names call and errno. */
  | { readonly kind: 'offload-off'; readonly offload: string; readonly reason: string }
  /** The answer to `testSession`: how many of its packets came whole to the other engine. */
  | { readonly kind: 'tested'; readonly peer: number; readonly id: number; readonly intact: number }
  /** A port or socket stopped working. */
  | { readonly kind: 'fault'; readonly where: string; readonly reason: string }
  /** Of a packet that `trace` asked for. */
  | Traced;

/** Packets are inner packets as they are on the wire (a super-packet counts its segments); bytes are inner bytes. */
export interface Traffic {
  readonly packets: number;
  readonly bytes: number;
}

/** Of one port or peer; of a port, `out` is what the guest sent and `in` what was delivered to it. */
export interface PartCounters {
  readonly out: Traffic;
  readonly in: Traffic;
  readonly drops: number;
}

/** `owner`: whose port or peer it is, a number that is given only once, over all processes. */
export interface OwnedCounters extends PartCounters {
  readonly owner: number;
}

export interface EngineCounters {
  readonly drops: Readonly<Record<DropName, number>>;
  readonly ports: readonly (PartCounters & { readonly port: number; readonly owner?: number })[];
  readonly peers: readonly (PartCounters & {
    readonly peer: number;
    readonly owner?: number;
    /** Of packets that came from the peer; reasons with a count only. */
    readonly dropReasons: Readonly<Partial<Record<DropName, number>>>;
    /** Times that a guest's port was not read because the peer had given no credit. */
    readonly stalls: number;
    /** Those that ended without credit, since the peer had answered nothing for a second. */
    readonly unansweredStalls: number;
  })[];
  /** Packets that each key has sealed, also before a restart, or that this process has opened with it. */
  readonly keys: readonly { readonly key: number; readonly packets: number }[];
  /** Delivered between two guests of this host. */
  readonly local: Traffic;
  readonly offloads: {
    readonly udpGso: boolean;
    readonly udpGro: boolean;
    readonly tso: boolean;
    readonly uso: boolean;
  };
  /** System calls and super-packets: how well batching and offloads work. */
  readonly batching: {
    readonly portReads: number;
    readonly portWrites: number;
    readonly sends: number;
    readonly receives: number;
    readonly superPacketsOut: number;
    readonly superPacketsIn: number;
  };
  /** Datagrams that the kernel discarded before the engine saw them: its receive sockets were full. */
  readonly receiveOverflows: number;
  /**
   * Packets of ports in this process's own namespace that the kernel discarded because the port's queue was full; a
   * super-packet counts once. Of ports elsewhere the guest's device counts them.
   */
  readonly portOverflows: number;
  /** Packets that wait for a mapping now. */
  readonly waiting: number;
  readonly lastSendError: string | undefined;
  /** Age in ms of each worker's last turn of its loop, after it was asked for one. */
  readonly workerAgeMs: readonly number[];
}

/** Which packets to follow: those between two overlay addresses of a network. */
export interface TraceFilter {
  /** Comes back with every event, 1 … 4294967295. */
  readonly trace: number;
  readonly gni: number;
  readonly source: string;
  readonly destination: string;
  /** Identifier of the one ICMP echo that is meant; 0: any packet. */
  readonly echo: number;
}

/** One executor's decision on one packet. */
export interface Traced {
  readonly kind: 'traced';
  readonly trace: number;
  readonly executor: 'engine' | 'tc' | 'xdp';
  readonly program: 'send' | 'receive' | 'guest' | 'substrate' | 'return' | 'xdp';
  readonly verdict: 'sent' | 'delivered' | 'handed-over' | 'waiting' | 'dropped';
  /** Of `dropped` a drop reason; of `handed-over` a word of `handovers`. */
  readonly reason?: string;
  readonly port?: number;
  readonly peer?: number;
  /** Index into the peer's encapsulations (engine), or the format's name (fast path). */
  readonly encapsulation?: number | FormatName;
  /** Bytes of the inner packet. */
  readonly length: number;
  /** Interface indexes. */
  readonly device?: number;
  readonly leftBy?: number;
  readonly generation: number;
  readonly outer?: { readonly source: string; readonly destination: string; readonly sourcePort: number };
  /** Unix time, microseconds. */
  readonly timeUs: number;
}

/** What a table holds for a packet of a guest of this host to an address, or for one that comes from a peer. */
export interface LookedUp {
  /** Where the destination is. */
  readonly location: 'local' | 'remote' | 'nowhere' | 'unknown' | 'no-route';
  readonly port?: number;
  readonly peer?: number;
  /** What would be sent: index into the peer's encapsulations, `none`, or undefined: not decided. */
  readonly send?: SendTerms;
  /** Whether the source is one that the port owns, or that the peer's host has. */
  readonly sourceIsRight: boolean;
  readonly generation: number;
}

export interface SessionTest {
  readonly peer: number;
  /** Tells answers apart, 0 … 4294967295. */
  readonly id: number;
  /** Bytes of one inner packet, 64 … 9000. */
  readonly innerLength: number;
  /** 1 … 32; more than one are sent as one super-packet. */
  readonly packets: number;
  /** Whether the inner checksum is left partial. */
  readonly partialChecksum: boolean;
}

/** What became of `EngineOptions.keyStates`. */
export interface KeyStates {
  /**
   * Of the file: another text whenever it had to be made anew, so that keys whose states may be lost can be told.
   * Undefined: states do not outlive this process.
   */
  readonly generation?: string;
  /** One sentence: why not. A key that finds no room is told by the event `fault` of `keys`, too. */
  readonly problem?: string;
}

/** Packets and bytes are of the sampled packet alone; a super-packet counts its segments. */
export interface EngineFlow extends Omit<Flow, 'guest' | 'peer' | 'executor'> {
  readonly port?: number;
  readonly peer?: number;
}

export interface Engine {
  /**
   * Read from the moment that the table has the port, too. Throws an Error whose message is one clear sentence when the
   * device cannot be had.
   */
  openPort(request: PortRequest): PortOpened;
  /**
   * `keep`: the device stays in its namespace, and its queues stay open until it is opened again or `closeInherited`;
   * else it is removed.
   */
  closePort(port: number, how: 'keep' | 'remove'): void;
  /** Whether ports and sockets are read; what is not read waits in the kernel. */
  read(reading: boolean): void;
  /** Of the sockets that receive: for keeping them open elsewhere, never for reading. */
  receivers(): readonly number[];
  /** Closes a descriptor that was inherited, or is of a kept port; nothing when it is in use, or closed. */
  closeInherited(descriptor: number): void;
  /** For how long each worker has owed a turn of its loop, in ms; each is asked for the next one. */
  workerAgesMs(): readonly number[];
  /** Packets that wait for a mapping. */
  waiting(): number;
  setPortMtu(port: number, mtu: number): void;
  /** Throws, changing nothing, on a value that is no address, prefix, slot or format. */
  apply(change: ForwardingChange): void;
  /** Of a stopped engine: all that it has ever carried, to the last packet. */
  counters(): EngineCounters;
  /** What the process before had counted when it ended, however it did; empty without `EngineOptions.counters`. */
  former(): { readonly ports: readonly OwnedCounters[]; readonly peers: readonly OwnedCounters[] };
  /** Packets picked by chance since the last call; what nobody takes in time is lost. */
  takeFlows(): readonly EngineFlow[];
  /**
   * Sends test packets through the session with the peer; its engine counts what comes whole and answers with the
   * event `tested`. Nothing is answered when all of them, or the answer, are lost.
   */
  testSession(test: SessionTest): void;
  keyStates(): KeyStates;
  /**
   * Forgets the states of keys of all other epochs that are not set now. Only when no key of those epochs can ever be
   * derived again, by whichever process: it would begin at its first sequence number.
   */
  keepKeyStates(epochs: readonly number[]): void;
  /** Tells every decision on packets of the filter by the event `traced`, until it is called without one. */
  trace(filter: TraceFilter | undefined): void;
  /** What the table in force holds now for a packet between two addresses; `from`: the peer it comes from. */
  lookUp(query: { readonly gni: number; readonly source: string; readonly destination: string }): LookedUp;
  /** Stops the workers; ports are kept. */
  stop(): void;
}
