/**
 * The control protocol's messages as types: what an agent and its controller tell each other.
 *
 * `control.proto` says what travels, `control-decode.ts` turns outside bytes into these types and refuses
 * what does not fit, `control-encode.ts` goes the other way. Inside Weft these types are trusted: names are
 * DNS labels, addresses canonical text, numbers safe integers, lists within `limits`.
 */

export type AgentMessage =
  | ({ readonly kind: 'hello' } & Hello)
  | ({ readonly kind: 'heartbeat' } & Heartbeat)
  | ({ readonly kind: 'assets' } & Assets)
  | ({ readonly kind: 'capabilities' } & Capabilities)
  | { readonly kind: 'guestStates'; readonly guests: readonly GuestState[] }
  | { readonly kind: 'events'; readonly events: readonly AgentEvent[] }
  | { readonly kind: 'subscribe'; readonly wanted: readonly MappingName[]; readonly unwanted: readonly MappingName[] }
  | { readonly kind: 'acknowledge'; readonly update: number; readonly refused: readonly Refusal[] }
  | { readonly kind: 'measurements'; readonly paths: readonly PathMeasurement[] }
  | ({ readonly kind: 'keys' } & Keys)
  | ({ readonly kind: 'traced' } & Traced)
  | ({ readonly kind: 'certificateRequest' } & CertificateRequest);

export type ControllerMessage =
  | {
      readonly kind: 'welcome';
      readonly controller: string;
      readonly controllerVersion: string;
      readonly heartbeatMs: number;
      readonly deadlineMs: number;
      /** Made once with the controller's store: an agent that holds something obeys no other store. */
      readonly store: string;
    }
  | { readonly kind: 'heartbeatReply'; readonly number: number }
  | ({ readonly kind: 'update' } & Update)
  /** An operator wants a new key epoch now. */
  | { readonly kind: 'rotateKeys' }
  | ({ readonly kind: 'trace' } & Trace)
  | ({ readonly kind: 'certificate' } & Certificate);

/** The host's certificate is about to expire. */
export interface CertificateRequest {
  /** PKCS #10, DER, signed by the host's new key. */
  readonly request: Uint8Array;
}

/** Answers a certificate request. */
export interface Certificate {
  /** PEM; empty: there is none, because of `problem`. */
  readonly certificate: string;
  /** PEM: who is trusted in the region, the issuer first. */
  readonly authority: string;
  readonly problem: string;
}

export interface Hello {
  readonly host: string;
  readonly instance: string;
  readonly agentVersion: string;
  readonly substrateAddresses: readonly string[];
  readonly udpPort: number;
  readonly epoch: number;
  readonly held: readonly Held[];
  readonly capabilities: Capabilities;
  readonly assets: Assets;
  readonly keys: Keys;
}

/** The public halves of what packets are encrypted with. */
export interface Keys {
  /** Ed25519, 32 bytes in base64: who this host is; empty for a host that does not encrypt. */
  readonly identity: string;
  /** Newest first. */
  readonly epochs: readonly HostKey[];
}

/** Of a host that does not encrypt. */
export const noKeys: Keys = { identity: '', epochs: [] };

/** Keys and signatures are in base64. */
export interface HostKey {
  readonly epoch: number;
  /** X25519, 32 bytes. */
  readonly publicKey: string;
  /** Ed25519 by the host's identity key, 64 bytes; over what, `wire/keys.ts` says. */
  readonly signature: string;
}

export interface Held {
  readonly name: ResourceName;
  readonly version: string;
  readonly session?: Session;
}

export interface Heartbeat {
  readonly number: number;
  readonly epoch: number;
  readonly guests: number;
  readonly load1: number;
  readonly residentBytes: number;
}

export interface Assets {
  readonly kernel: string;
  readonly operatingSystem: string;
  readonly architecture: string;
  readonly cpus: number;
  readonly cpuModel: string;
  readonly memoryBytes: number;
  readonly nics: readonly Nic[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface Nic {
  readonly name: string;
  readonly mac: string;
  readonly mtu: number;
  readonly up: boolean;
  /** 0: not known. */
  readonly speedMbps: number;
  readonly addresses: readonly string[];
  readonly offloads: readonly string[];
}

export interface Capabilities {
  readonly formats: readonly string[];
  readonly features: readonly string[];
  readonly offloads: readonly string[];
  readonly executors: readonly string[];
  readonly ports: readonly string[];
  readonly problems: readonly string[];
  /** Of a host that offers gni6: ADDRESS/64. */
  readonly gni6Prefix?: string;
}

export interface GuestState {
  readonly guest: string;
  readonly phase: 'preparing' | 'running' | 'failed' | 'removed';
  readonly detail: string;
  readonly mtu: number;
  /** What the guest has. */
  readonly port?: PortKind;
  readonly command?: {
    readonly phase: 'running' | 'exited';
    readonly pid: number;
    readonly exitCode: number;
    readonly signal: string;
  };
}

/** How a guest is attached. */
export type PortKind = (typeof portKinds)[number];
export const portKinds = ['tun', 'veth', 'tap'] as const;

/** What executors of a host did with the packets of a trace, or would do. */
export interface Traced {
  readonly trace: number;
  /** Oldest first. */
  readonly steps: readonly TraceStep[];
  /** Nothing more will come. */
  readonly last: boolean;
  /** Why there is nothing, one sentence; else empty. */
  readonly problem: string;
  /** Round trip of the echo that was sent; 0: not answered, or not yet. */
  readonly answeredUs: number;
}

/** One executor's decision on one packet. Texts are empty where there is nothing to say. */
export interface TraceStep {
  /** Unix time of the agent's clock, microseconds; 0 in a dry run. */
  readonly timeUs: number;
  readonly executor: string;
  readonly program: string;
  readonly side: string;
  readonly verdict: string;
  readonly reason: string;
  readonly device: string;
  readonly leftBy: string;
  readonly guest: string;
  readonly peer: string;
  readonly encapsulation: string;
  readonly mapping: string;
  /** Bytes of the inner packet. */
  readonly length: number;
  readonly generation: number;
  readonly outer: string;
}

/**
 * Watch, for `waitMs`, what becomes of packets between two overlay addresses. An agent follows one trace at a time: a
 * new one takes the place of the former, and 0 ms end it. It answers at once, and then whenever there are steps.
 */
export interface Trace {
  readonly trace: number;
  readonly gni: number;
  readonly source: string;
  readonly destination: string;
  readonly waitMs: number;
  /** Identifier of the one ICMP echo that is meant, 1 … 65535; 0: the next packet, whichever it is. */
  readonly echo: number;
  /** Guest of this host, one end of the two, that sends that echo to the other; empty: none is sent. */
  readonly inject: string;
  /** Only look it up. */
  readonly dryRun: boolean;
}

export interface AgentEvent {
  readonly timeMs: number;
  readonly code: string;
  readonly detail: string;
}

export interface MappingName {
  readonly gni: number;
  readonly address: string;
}

export interface Refusal {
  readonly name: ResourceName;
  readonly reason: string;
}

export interface PathMeasurement {
  readonly peer: string;
  readonly address: string;
  /** Bytes of the outer IP packet; 0: not known. */
  readonly pathMtu: number;
  /** 0: no answer. */
  readonly roundTripUs: number;
  readonly lostPercent: number;
  /** Since the agent started. */
  readonly packetsOut: number;
  readonly bytesOut: number;
  readonly packetsIn: number;
  readonly bytesIn: number;
  readonly drops: number;
  /** What the test of the session found: empty when nothing is wrong, or not tested yet. */
  readonly findings: readonly string[];
  /** Unix ms of the last test; 0: not yet. */
  readonly testedMs: number;
}

/** The rest of a measurement of a session that carries nothing yet. */
export const untested = {
  packetsOut: 0,
  bytesOut: 0,
  packetsIn: 0,
  bytesIn: 0,
  drops: 0,
  findings: [],
  testedMs: 0,
} as const;

export interface Update {
  readonly number: number;
  readonly set: readonly Resource[];
  readonly removed: readonly ResourceName[];
}

export type ResourceType = 'network' | 'guest' | 'session' | 'mapping';

export interface ResourceName {
  readonly type: ResourceType;
  /** network: GNI in decimal; guest: its name; session: the peer host's name; mapping: `GNI/ADDRESS`. */
  readonly key: string;
}

export type ResourceBody =
  | ({ readonly type: 'network' } & Network)
  | ({ readonly type: 'guest' } & Guest)
  | ({ readonly type: 'session' } & Session)
  | ({ readonly type: 'mapping' } & Mapping);

export interface Resource {
  readonly name: ResourceName;
  /** Opaque; equal versions mean equal content. */
  readonly version: string;
  readonly body: ResourceBody;
}

export interface Network {
  readonly gni: number;
  readonly name: string;
  /** CIDR. */
  readonly prefixes: readonly string[];
}

export interface Guest {
  readonly name: string;
  readonly gni: number;
  /** Address with the length of the cloud's prefix that it is in: 10.0.0.5/24. */
  readonly addresses: readonly string[];
  readonly command: readonly string[];
  /** Another number is another guest, even if all else is equal: it was deleted and made again. */
  readonly incarnation: number;
  /** Absent: what suits the guest and the host. */
  readonly port?: PortKind;
}

export interface Session {
  readonly peer: string;
  readonly address: string;
  readonly udpPort: number;
  /** Encapsulation (`wire/encapsulation.ts`); undefined: nothing may be sent yet. */
  readonly send: string | undefined;
  readonly accept: readonly string[];
  readonly generation: number;
  readonly reasons: readonly string[];
  /** Nothing may be sent, and that is decided: packets are dropped at once instead of waiting. */
  readonly none: boolean;
  /** Ed25519 in base64; empty when no key is needed. */
  readonly peerIdentity: string;
  /** The peer's keys of the epochs that `send`, `accept` and `pairs` name. */
  readonly peerKeys: readonly HostKey[];
  /** Guests' pairs whose traffic differs from all the rest between the two hosts. */
  readonly pairs: readonly PairTerms[];
  /** The peer's, when anything of the session is gni6: ADDRESS/64. */
  readonly peerGni6Prefix?: string;
}

/** The rest of a session without keys and without terms for single guests. */
export const plainSession = { none: false, peerIdentity: '', peerKeys: [], pairs: [] } as const;

/** Word in the features of agents that hold such terms: those of before there were any would ignore them. */
export const guestPairsWord = 'guest-pairs';

/** Among a host's features: its agent follows packets. One that does not know `Trace` takes it for a mistake. */
export const traceWord = 'trace';

/** What one guest of this host sends to, and accepts from, one guest of the peer. */
export interface PairTerms {
  readonly gni: number;
  /** Overlay addresses. */
  readonly own: string;
  readonly theirs: string;
  readonly send: string | undefined;
  readonly accept: readonly string[];
  readonly none: boolean;
}

export interface Mapping {
  readonly gni: number;
  readonly address: string;
  /** Undefined: no guest has the address. */
  readonly host: string | undefined;
  readonly guest: string | undefined;
  readonly version: number;
  /** `aa:bb:cc:dd:ee:ff`, of a guest on a host without an agent. */
  readonly mac?: string;
}

export function resourceName(body: ResourceBody): ResourceName {
  switch (body.type) {
    case 'network':
      return { type: 'network', key: String(body.gni) };
    case 'guest':
      return { type: 'guest', key: body.name };
    case 'session':
      return { type: 'session', key: body.peer };
    case 'mapping':
      return { type: 'mapping', key: mappingKey(body) };
  }
}

export function mappingKey(name: MappingName): string {
  return `${name.gni}/${name.address}`;
}

/** The control protocol's numbers for these words are their places here (`control.proto`). */
export const resourceTypes = [undefined, 'network', 'guest', 'session', 'mapping'] as const;
export const guestPhases = [undefined, 'preparing', 'running', 'failed', 'removed'] as const;
export const commandPhases = [undefined, 'running', 'exited'] as const;
