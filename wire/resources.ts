/**
 * The REST API's resources as schemas and types: the controller checks with them and publishes them as
 * OpenAPI, the command line and the lab read and write them.
 *
 * Base path `/v1`, JSON. Errors are `ApiError` with a status of 400 (not valid), 404, 409 (conflict with
 * what exists) or 503 (no host can take it).
 */

import { portKinds } from './control.ts';
import { limits, namePattern } from './limits.ts';
import { Capability, policyLimits } from './policy.ts';
import { type Static, Type } from './schema.ts';

const Name = Type.String({ pattern: namePattern, description: 'a DNS label: a-z, 0-9 and -' });
/** execve(2): a zero byte would end it. */
export const CommandArgument = Type.String({
  minLength: 1,
  maxLength: 4096,
  pattern: '^[^\\u0000]+$',
  description: 'text of up to 4096 characters without NUL',
});
const Strings = Type.Array(Type.String());
const Capabilities = Type.Array(Capability, { maxItems: policyLimits.capabilitiesPerPolicy });
const closed = { additionalProperties: false } as const;

const Path = { pathMtu: Type.Integer(), roundTripUs: Type.Integer(), lostPercent: Type.Integer() };

/** What hosts without an agent speak. */
export const ForeignFramework = Type.Union([Type.Literal('vxlan'), Type.Literal('geneve')]);
export type ForeignFramework = Static<typeof ForeignFramework>;

export const ApiError = Type.Object(
  {
    /** Stable word for programs. */
    code: Type.String(),
    /** One or two sentences for people: what was wrong, where, what to do. */
    message: Type.String(),
  },
  closed,
);
export type ApiError = Static<typeof ApiError>;

export const VpcRequest = Type.Object(
  {
    name: Name,
    prefixes: Type.Array(Type.String({ description: 'CIDR, IPv4 or IPv6' }), {
      minItems: 1,
      maxItems: limits.prefixesPerNetwork,
    }),
    customer: Type.Optional(Name),
    /** Taken when free; given out by the controller when absent. */
    gni: Type.Optional(Type.Integer({ minimum: limits.gni.min, maximum: limits.gni.max })),
  },
  closed,
);
export type VpcRequest = Static<typeof VpcRequest>;

export const Vpc = Type.Object(
  {
    name: Name,
    gni: Type.Integer(),
    prefixes: Strings,
    customer: Type.Optional(Name),
    guests: Type.Integer(),
    /** Store revision of the last change. */
    revision: Type.Integer(),
  },
  closed,
);
export type Vpc = Static<typeof Vpc>;

/** How a guest is attached. */
export const GuestPort = Type.Enum(portKinds);
export type GuestPort = Static<typeof GuestPort>;

export const GuestRequest = Type.Object(
  {
    name: Name,
    vpc: Name,
    /** The best connected host when absent: what it can, then the spread over racks, then its load. */
    host: Type.Optional(Name),
    /** Capabilities that its host must have: formats such as gni 1.1, features such as integrity. */
    require: Type.Optional(Capabilities),
    /** Capabilities that its host should have. */
    desire: Type.Optional(Capabilities),
    /** The next free address of each of the cloud's prefixes when absent. */
    addresses: Type.Optional(Type.Array(Type.String(), { minItems: 1, maxItems: limits.addressesPerGuest })),
    /** On a host without an agent only, and needed there: the guest's Ethernet address, aa:bb:cc:dd:ee:ff. */
    mac: Type.Optional(
      Type.String({ pattern: '^[0-9a-f]{2}(:[0-9a-f]{2}){5}$', description: 'an Ethernet address: aa:bb:cc:dd:ee:ff' }),
    ),
    /** What suits the guest and its host when absent. A tap guest is a virtual machine that somebody else starts. */
    port: Type.Optional(GuestPort),
    /** argv of a program to run and supervise inside the guest. */
    command: Type.Optional(
      Type.Array(CommandArgument, {
        minItems: 1,
        maxItems: limits.commandArguments,
      }),
    ),
  },
  closed,
);
export type GuestRequest = Static<typeof GuestRequest>;

export const guestPhases = [
  'pending', // the host has not said anything yet
  'preparing',
  'running',
  'failed',
  'unwatched', // on a host without an agent
] as const;
export const GuestPhase = Type.Enum(guestPhases);
export type GuestPhase = Static<typeof GuestPhase>;

export const Guest = Type.Object(
  {
    name: Name,
    vpc: Name,
    gni: Type.Integer(),
    host: Name,
    /** Address with prefix length, such as 10.0.0.5/24. */
    addresses: Strings,
    /** Of a guest on a host without an agent, and that which a tap guest's machine must have. */
    mac: Type.Optional(Type.String()),
    command: Type.Optional(Strings),
    /** What the host made; before it has said so, what was asked for. */
    port: Type.Optional(GuestPort),
    phase: GuestPhase,
    /** Why it failed, or how its command ended. */
    detail: Type.Optional(Type.String()),
    mtu: Type.Optional(Type.Integer()),
    revision: Type.Integer(),
  },
  closed,
);
export type Guest = Static<typeof Guest>;

const Labels = Type.Record(
  Type.String({ pattern: namePattern }),
  Type.String({ maxLength: limits.textLength, description: 'a label’s value' }),
  { maxProperties: limits.labelsPerHost, additionalProperties: false },
);

/** A host without an agent: it is configured by whoever runs it. */
export const HostRequest = Type.Object(
  {
    name: Name,
    /** On the substrate. */
    address: Type.String({ description: 'an IP address' }),
    framework: ForeignFramework,
    /** As agents report them: area, rack, environment and others. */
    labels: Type.Optional(Labels),
  },
  closed,
);
export type HostRequest = Static<typeof HostRequest>;

/** With it one host can join, once. */
export const JoinTokenRequest = Type.Object(
  {
    host: Name,
    /** Bound to the host: it cannot report others. */
    labels: Type.Optional(Labels),
    /** 10 minutes when absent. */
    ttlMs: Type.Optional(Type.Integer({ minimum: 1000, maximum: 30 * 86_400_000 })),
  },
  closed,
);
export type JoinTokenRequest = Static<typeof JoinTokenRequest>;

export const JoinToken = Type.Object(
  {
    id: Type.String(),
    host: Name,
    labels: Type.Record(Type.String(), Type.String()),
    phase: Type.Enum(['open', 'used', 'expired']),
    createdMs: Type.Integer(),
    expiresMs: Type.Integer(),
    usedMs: Type.Optional(Type.Integer()),
    /** Where the host that used it came from. */
    usedFrom: Type.Optional(Type.String()),
    /** What the host is given; only in the answer to its creation. */
    token: Type.Optional(Type.String()),
  },
  closed,
);
export type JoinToken = Static<typeof JoinToken>;

/** No certificate of the host counts any more, and it has no session. */
export const Revocation = Type.Object({ host: Name, revokedMs: Type.Integer(), wasConnected: Type.Boolean() }, closed);
export type Revocation = Static<typeof Revocation>;

/** An agent was told to make a new key; the newest one was that of this epoch until now. */
export const KeyRotation = Type.Object({ host: Name, newestEpoch: Type.Integer() }, closed);
export type KeyRotation = Static<typeof KeyRotation>;

/** What lists of hosts can be filtered by; `foreign`: without an agent. */
export const hostStates = ['connected', 'away', 'foreign'] as const;
export type HostState = (typeof hostStates)[number];

export const Host = Type.Object(
  {
    name: Name,
    /** Of a host without an agent: all that it speaks. */
    framework: Type.Optional(ForeignFramework),
    connected: Type.Boolean(),
    /** Of what packets are encrypted with, newest first; absent for a host that has none. */
    keyEpochs: Type.Optional(Type.Array(Type.Integer())),
    /** By which the controller knows it; absent: another controller of the region made it. */
    certificate: Type.Optional(
      Type.Object(
        { phase: Type.Enum(['valid', 'revoked']), sinceMs: Type.Integer(), untilMs: Type.Optional(Type.Integer()) },
        closed,
      ),
    ),
    /** Unix ms of the last message heard. */
    lastHeardMs: Type.Optional(Type.Integer()),
    agentVersion: Type.String(),
    substrateAddresses: Strings,
    labels: Type.Record(Type.String(), Type.String()),
    capabilities: Type.Object(
      {
        formats: Strings,
        features: Strings,
        offloads: Strings,
        executors: Strings,
        ports: Strings,
        problems: Strings,
        gni6Prefix: Type.Optional(Type.String()),
      },
      closed,
    ),
    assets: Type.Object(
      {
        kernel: Type.String(),
        operatingSystem: Type.String(),
        architecture: Type.String(),
        cpus: Type.Integer(),
        cpuModel: Type.String(),
        memoryBytes: Type.Integer(),
        nics: Type.Array(
          Type.Object(
            {
              name: Type.String(),
              mac: Type.String(),
              mtu: Type.Integer(),
              up: Type.Boolean(),
              speedMbps: Type.Integer(),
              addresses: Strings,
              offloads: Strings,
            },
            closed,
          ),
        ),
      },
      closed,
    ),
    guests: Type.Integer(),
    /** To the hosts it talks to, as its prober measured. */
    paths: Type.Array(Type.Object({ peer: Name, ...Path }, closed)),
  },
  closed,
);
export type Host = Static<typeof Host>;

export const Mapping = Type.Object(
  {
    gni: Type.Integer(),
    vpc: Name,
    address: Type.String(),
    host: Name,
    guest: Name,
    version: Type.Integer(),
    subscribers: Type.Integer(),
  },
  closed,
);
export type Mapping = Static<typeof Mapping>;

/** What one host sends to another, and how far its introduction has come. */
export const Selection = Type.Object(
  {
    source: Name,
    destination: Name,
    /** The encapsulation chosen; absent: none, because of the reasons. */
    selected: Type.Optional(Type.String()),
    reasons: Strings,
    /** Policies without which it would be another one. */
    decidedBy: Strings,
    /** Unix ms of the last change of what is selected or of what decided it. */
    sinceMs: Type.Optional(Type.Integer()),
    /** What the destination has acknowledged to accept. */
    accepted: Strings,
    /** What the source has acknowledged to send. */
    sending: Type.Optional(Type.String()),
    generation: Type.Integer(),
  },
  closed,
);
export type Selection = Static<typeof Selection>;

const Standing = Type.Union([
  Type.Literal('in-force'),
  Type.Literal('changing'),
  Type.Literal('none'),
  Type.Literal('idle'),
  Type.Literal('away'),
]);
export type Standing = Static<typeof Standing>;

const ExplainedKey = Type.Object(
  {
    /** Of the host's newest key. */
    epoch: Type.Integer(),
    /** Unix ms; epochs are counted in seconds, so it is when the key was made. */
    madeMs: Type.Integer(),
  },
  closed,
);

const ExplainedEnd = Type.Object(
  {
    kind: Type.Union([Type.Literal('host'), Type.Literal('guest')]),
    name: Name,
    /** Where it is. */
    host: Name,
    /** Of a host without an agent: all that it speaks. */
    framework: Type.Optional(ForeignFramework),
    connected: Type.Boolean(),
    labels: Type.Record(Type.String(), Type.String()),
    formats: Strings,
    features: Strings,
    /** Absent: it has none. */
    key: Type.Optional(ExplainedKey),
    /** Guests only. */
    vpc: Type.Optional(Name),
    addresses: Type.Optional(Strings),
  },
  closed,
);

/** `tc` and `xdp` are the fast path in the kernel; `why` is there where it needs saying. */
const Carrier = Type.Object(
  { executor: Type.Enum(['engine', 'tc', 'xdp']), why: Type.Optional(Type.String()) },
  closed,
);

/** What is chosen for packets from one host to another, why, and how far it is in force. */
const ExplainedDirection = Type.Object(
  {
    source: Name,
    destination: Name,
    selected: Type.Optional(Type.String()),
    reasons: Strings,
    decidedBy: Strings,
    /** Absent: no packet has needed it yet, so this is what would be chosen. */
    generation: Type.Optional(Type.Integer()),
    fromMs: Type.Optional(Type.Integer()),
    /** Past times only: when it became another one. */
    untilMs: Type.Optional(Type.Integer()),
    /** The present only, as everything below; best first. */
    candidates: Type.Optional(
      Type.Array(
        Type.Object(
          {
            format: Type.String(),
            /** Words that are on, or would be, such as lz4. */
            features: Type.Optional(Strings),
            possible: Type.Boolean(),
            why: Type.String(),
          },
          closed,
        ),
      ),
    ),
    /** `changing`: not yet; `idle`: no packet needs it now; `away`: an end is not connected, so nobody knows. */
    standing: Type.Optional(Standing),
    /** Sentences: what is wrong now. Empty when nothing is. */
    problems: Type.Optional(Strings),
    /** What the two acknowledged last, keys included; of the guests' own session terms where they have such. */
    accepted: Type.Optional(Strings),
    sending: Type.Optional(Type.String()),
    /** The two guests have terms that differ from those of the rest between their hosts. */
    ownTerms: Type.Optional(Type.Boolean()),
    /** What encapsulates at the source and decapsulates at the destination, where an agent is (`executors.ts`). */
    carriers: Type.Optional(
      Type.Object({ source: Type.Optional(Carrier), destination: Type.Optional(Carrier) }, closed),
    ),
    /** As the source's prober measured. */
    path: Type.Optional(Type.Object(Path, closed)),
    /** Of the two hosts, since their agents started; sent as counted by the source, the rest by the destination. */
    traffic: Type.Optional(
      Type.Object(
        {
          packetsOut: Type.Integer(),
          bytesOut: Type.Integer(),
          packetsIn: Type.Integer(),
          bytesIn: Type.Integer(),
          drops: Type.Integer(),
        },
        closed,
      ),
    ),
    /** Of the source's session; absent: not tested yet. */
    selfTest: Type.Optional(Type.Object({ testedMs: Type.Integer(), findings: Strings }, closed)),
    /** The rollout under way, and whether its policies count here. */
    rollout: Type.Optional(Type.Object({ name: Name, counts: Type.Boolean() }, closed)),
    /** Newest first, a few. */
    history: Type.Optional(
      Type.Array(
        Type.Object(
          {
            selected: Type.Optional(Type.String()),
            decidedBy: Strings,
            generation: Type.Integer(),
            fromMs: Type.Integer(),
            untilMs: Type.Integer(),
          },
          closed,
        ),
      ),
    ),
    /** Guests only: where the other guest's addresses are, and whether the source's host has asked. */
    mappings: Type.Optional(
      Type.Array(
        Type.Object({ address: Type.String(), host: Name, version: Type.Integer(), asked: Type.Boolean() }, closed),
      ),
    ),
  },
  closed,
);
export type ExplainedDirection = Static<typeof ExplainedDirection>;

export const Explanation = Type.Object(
  {
    from: ExplainedEnd,
    to: ExplainedEnd,
    /** The past time that was asked for. */
    atMs: Type.Optional(Type.Integer()),
    /** Why there is nothing to choose between the two. */
    note: Type.Optional(Type.String()),
    /** There and back. */
    directions: Type.Array(ExplainedDirection),
  },
  closed,
);
export type Explanation = Static<typeof Explanation>;

export const ControllerStatus = Type.Object(
  {
    name: Type.String(),
    version: Type.String(),
    epoch: Type.Integer(),
    startedMs: Type.Integer(),
    revision: Type.Integer(),
    hosts: Type.Object({ known: Type.Integer(), connected: Type.Integer() }, closed),
    vpcs: Type.Integer(),
    guests: Type.Integer(),
    mappings: Type.Integer(),
    subscriptions: Type.Integer(),
    /** Newest last, bounded. */
    events: Type.Array(
      Type.Object(
        { timeMs: Type.Integer(), host: Type.Optional(Type.String()), code: Type.String(), detail: Type.String() },
        closed,
      ),
    ),
  },
  closed,
);
export type ControllerStatus = Static<typeof ControllerStatus>;

export const StoreStatus = Type.Object(
  {
    /** Unix ms at which it was brought back from a backup; absent: it was not, or that is settled. */
    restoredMs: Type.Optional(Type.Integer()),
    /** Guests that connected hosts have and that the restored store does not know; they stay until it is settled. */
    unknown: Type.Array(Type.Object({ host: Type.String(), guest: Type.String() }, closed)),
  },
  closed,
);
export type StoreStatus = Static<typeof StoreStatus>;

/**
 * Paths: GET /v1/status · GET /v1/openapi.json
 * GET, POST /v1/vpcs · filter ?customer= · GET, DELETE /v1/vpcs/:name (409 while it has guests)
 * GET, POST /v1/guests · GET, DELETE /v1/guests/:name · filters ?vpc= ?host= ?phase=
 * GET, POST /v1/hosts (without an agent) · GET, DELETE /v1/hosts/:name (409 while it has guests) · filters ?state=
 *   ?label=KEY=VALUE, which may be there several times: with all of them
 * POST /v1/hosts/:name/rotate-keys (202; 409 while it is not connected) · POST /v1/hosts/:name/revoke (200)
 * GET, POST /v1/join-tokens · DELETE /v1/join-tokens/:id
 * GET /v1/mappings · filters ?vpc= ?host= · GET /v1/selections
 * GET, POST /v1/policies · GET, PUT, DELETE /v1/policies/:name (PUT creates or replaces): `wire/policy.ts`
 * GET, POST /v1/rollouts · GET /v1/rollouts/:name · POST /v1/rollouts/:name/pause, /resume, /abort: `wire/rollout.ts`
 * POST /v1/traces (200 when the packet has ended; 409 while a host is busy with another): `wire/trace.ts`
 * GET /v1/store · POST /v1/store/backup (200 with the copy) · POST /v1/store/settle (204)
 * GET /v1/events · filters ?after=CURSOR ?host= ?code= ?since=TIME ?wait=MS: `wire/events.ts`
 * GET /v1/explain?from=NAME&to=NAME[&at=TIME] · two hosts or two guests; TIME is Unix ms or ISO 8601
 * POST /v1/apply: many things at once, all or nothing: `wire/apply.ts`
 * POST, PUT, DELETE of hosts, vpcs, guests and policies, and /v1/apply: ?dryRun=true checks and answers, writes nothing
 * POST answers 201 with the resource, DELETE 204. List answers are `{ items: [...] }`.
 */
export const apiBase = '/v1';
