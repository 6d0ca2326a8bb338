/**
 * What the controller keeps in its store: one JSON value per host, virtual cloud, guest, policy, rollout, access
 * token, selection, join token, and host's trust.
 *
 * A record's name is in its key, its revision is the store's. Everything here must survive the controller;
 * what agents report from second to second lives in memory only.
 */
import { Ajv, type ValidateFunction } from 'ajv';
import { Role } from '../../wire/access.ts';
import { PolicyRequest } from '../../wire/policy.ts';
import { ForeignFramework, GuestPort } from '../../wire/resources.ts';
import { RolloutLimits, RolloutOrder, RolloutPhase } from '../../wire/rollout.ts';
import { type Static, type TSchema, Type } from '../../wire/schema.ts';
import { type Entry, StoreError } from '../store/store.ts';

const Strings = Type.Array(Type.String());

const HostKey = Type.Object({ epoch: Type.Integer(), publicKey: Type.String(), signature: Type.String() });

const HostValue = Type.Object({
  /** The agent's own mark, to tell it from another one of the same name. */
  instance: Type.String(),
  /** Of a host without an agent: the one framework that it speaks. */
  framework: Type.Optional(ForeignFramework),
  /** Public halves, newest first; absent in records of before there were keys, and of hosts without an agent. */
  keys: Type.Optional(Type.Object({ identity: Type.String(), epochs: Type.Array(HostKey) })),
  agentVersion: Type.String(),
  substrateAddresses: Strings,
  udpPort: Type.Integer(),
  capabilities: Type.Object({
    formats: Strings,
    features: Strings,
    offloads: Strings,
    executors: Strings,
    ports: Strings,
    problems: Strings,
    gni6Prefix: Type.Optional(Type.String()),
  }),
  assets: Type.Object({
    kernel: Type.String(),
    operatingSystem: Type.String(),
    architecture: Type.String(),
    cpus: Type.Integer(),
    cpuModel: Type.String(),
    memoryBytes: Type.Integer(),
    nics: Type.Array(
      Type.Object({
        name: Type.String(),
        mac: Type.String(),
        mtu: Type.Integer(),
        up: Type.Boolean(),
        speedMbps: Type.Integer(),
        addresses: Strings,
        offloads: Strings,
      }),
    ),
    labels: Type.Record(Type.String(), Type.String()),
  }),
});

const VpcValue = Type.Object({
  gni: Type.Integer(),
  prefixes: Strings,
  customer: Type.Optional(Type.String()),
});

const GuestValue = Type.Object({
  vpc: Type.String(),
  gni: Type.Integer(),
  host: Type.String(),
  /** Address with the length of the cloud's prefix that it is in. */
  addresses: Strings,
  /** On a host without an agent: `aa:bb:cc:dd:ee:ff`. */
  mac: Type.Optional(Type.String()),
  command: Strings,
  /** As asked for; absent: what suits the guest and its host. */
  port: Type.Optional(GuestPort),
  /** Why it was placed there. */
  placement: Type.String(),
});

const SelectionValue = Type.Object({
  /** Absent: none, because of the reasons. */
  selected: Type.Optional(Type.String()),
  /** What the destination accepts without being told of a change; absent: what is selected, nothing else. */
  accepts: Type.Optional(Strings),
  reasons: Strings,
  /** Names of the policies that made the difference; absent in records of before there were any. */
  decidedBy: Type.Optional(Strings),
  /** Unix ms at which it, or what decided it, became another one. */
  sinceMs: Type.Optional(Type.Integer()),
});

const { name: _name, ...policyProperties } = PolicyRequest.properties;
const PolicyValue = Type.Object(policyProperties);

/** What a rollout shall do, and how far it has come (`rollout/machine.ts`). */
const RolloutValue = Type.Object({
  phase: RolloutPhase,
  why: Type.String(),
  policies: Type.Array(PolicyRequest),
  remove: Strings,
  batchHosts: Type.Integer(),
  pauseMs: Type.Integer(),
  limits: RolloutLimits,
  order: Type.Array(RolloutOrder),
  /** Names of the hosts that are in, oldest batch first. */
  batches: Type.Array(Strings),
  /** Of the packets before it began. */
  dropsPercentBefore: Type.Number(),
  startedMs: Type.Integer(),
  /** Of the phase, or of the newest batch. */
  changedMs: Type.Integer(),
});

/** The token itself is known to nobody but who has it. */
const AccessTokenValue = Type.Object({
  /** SHA-256 of its secret, in hexadecimal. */
  hash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  role: Role,
  customer: Type.Optional(Type.String()),
  createdMs: Type.Integer(),
  createdBy: Type.String(),
  expiresMs: Type.Optional(Type.Integer()),
});

/** Oldest first. */
const PastSelections = Type.Object({
  entries: Type.Array(
    Type.Object({
      selected: Type.Optional(Type.String()),
      reasons: Strings,
      decidedBy: Strings,
      generation: Type.Integer(),
      fromMs: Type.Integer(),
      untilMs: Type.Integer(),
    }),
  ),
});

/** Why and how far a host is trusted; it outlives the host's own record, so that what was void stays void. */
const TrustValue = Type.Object({
  /** Certificates of a smaller one are void. */
  generation: Type.Integer(),
  /** Since then none is valid: nobody has joined under the name since. */
  revokedMs: Type.Optional(Type.Integer()),
  /** Bound by the token with which it joined: what the host says of them does not count. */
  labels: Type.Record(Type.String(), Type.String()),
  /** The newest. */
  certificate: Type.Optional(
    Type.Object({ serial: Type.String(), issuedMs: Type.Integer(), notAfterMs: Type.Integer() }),
  ),
});

/** Under the beginning of its hash. */
const JoinTokenValue = Type.Object({
  host: Type.String(),
  labels: Type.Record(Type.String(), Type.String()),
  /** SHA-256 of the secret, hexadecimal. */
  hash: Type.String(),
  createdMs: Type.Integer(),
  expiresMs: Type.Integer(),
  used: Type.Optional(Type.Object({ atMs: Type.Integer(), from: Type.String() })),
});

export type HostValue = Static<typeof HostValue>;
export type VpcValue = Static<typeof VpcValue>;
export type GuestValue = Static<typeof GuestValue>;
export type SelectionValue = Static<typeof SelectionValue>;
export type PolicyValue = Static<typeof PolicyValue>;
export type PastSelections = Static<typeof PastSelections>;
export type RolloutValue = Static<typeof RolloutValue>;
export type AccessTokenValue = Static<typeof AccessTokenValue>;
export type TrustValue = Static<typeof TrustValue>;
export type JoinTokenValue = Static<typeof JoinTokenValue>;

interface Named {
  readonly name: string;
  /** The store's at the last change. */
  readonly revision: number;
}
export type Host = HostValue & Named;
export type Vpc = VpcValue & Named;
export type Guest = GuestValue & Named;
export type Policy = PolicyValue & Named;
export type Rollout = RolloutValue & Named;
export type AccessToken = AccessTokenValue & Named;
/** By the host's name. */
export type Trust = TrustValue & Named;
export type JoinToken = JoinTokenValue & Named;
/** For packets from `source` to `destination`. */
export type Selection = SelectionValue & {
  readonly source: string;
  readonly destination: string;
  readonly revision: number;
};

export const keys = {
  epoch: 'controller/epoch',
  storeId: 'controller/store-id',
  /** Unix ms at which the store was restored from a backup; absent: it was not, or that is settled. */
  restored: 'controller/restored',
  host: (name: string) => `hosts/${name}`,
  vpc: (name: string) => `vpcs/${name}`,
  guest: (name: string) => `guests/${name}`,
  policy: (name: string) => `policies/${name}`,
  rollout: (name: string) => `rollouts/${name}`,
  accessToken: (name: string) => `access-tokens/${name}`,
  /** Unix ms of its last use, roughly. */
  accessTokenUse: (name: string) => `access-token-uses/${name}`,
  trust: (host: string) => `trust/${host}`,
  joinToken: (id: string) => `join-tokens/${id}`,
  selection: (source: string, destination: string) => `selections/${source}/${destination}`,
  pastSelections: (source: string, destination: string) => `past-selections/${source}/${destination}`,
} as const;

/** What a key of the store names; undefined: nothing that is kept in memory. */
export type RecordName =
  | { readonly kind: 'host'; readonly name: string }
  | { readonly kind: 'vpc'; readonly name: string }
  | { readonly kind: 'guest'; readonly name: string }
  | { readonly kind: 'policy'; readonly name: string }
  | { readonly kind: 'rollout'; readonly name: string }
  | { readonly kind: 'accessToken'; readonly name: string }
  | { readonly kind: 'trust'; readonly name: string }
  | { readonly kind: 'joinToken'; readonly name: string }
  | { readonly kind: 'selection'; readonly source: string; readonly destination: string };

export function recordName(key: string): RecordName | undefined {
  const [table, first, second] = key.split('/');
  if (first === undefined) return undefined;
  switch (table) {
    case 'hosts':
      return { kind: 'host', name: first };
    case 'vpcs':
      return { kind: 'vpc', name: first };
    case 'guests':
      return { kind: 'guest', name: first };
    case 'policies':
      return { kind: 'policy', name: first };
    case 'rollouts':
      return { kind: 'rollout', name: first };
    case 'access-tokens':
      return { kind: 'accessToken', name: first };
    case 'trust':
      return { kind: 'trust', name: first };
    case 'join-tokens':
      return { kind: 'joinToken', name: first };
    case 'selections':
      return second === undefined ? undefined : { kind: 'selection', source: first, destination: second };
    default:
      return undefined;
  }
}

const ajv = new Ajv({ strict: false });
const checks = {
  host: ajv.compile(HostValue) as ValidateFunction<HostValue>,
  vpc: ajv.compile(VpcValue) as ValidateFunction<VpcValue>,
  guest: ajv.compile(GuestValue) as ValidateFunction<GuestValue>,
  policy: ajv.compile(PolicyValue) as ValidateFunction<PolicyValue>,
  rollout: ajv.compile(RolloutValue) as ValidateFunction<RolloutValue>,
  accessToken: ajv.compile(AccessTokenValue) as ValidateFunction<AccessTokenValue>,
  trust: ajv.compile(TrustValue) as ValidateFunction<TrustValue>,
  joinToken: ajv.compile(JoinTokenValue) as ValidateFunction<JoinTokenValue>,
  selection: ajv.compile(SelectionValue) as ValidateFunction<SelectionValue>,
  pastSelections: ajv.compile(PastSelections) as ValidateFunction<PastSelections>,
} satisfies Record<RecordName['kind'] | 'pastSelections', ValidateFunction<Static<TSchema>>>;

/** Throws StoreError `damaged` when the entry's value is not what this version of Weft writes. */
export function parseRecord<Kind extends keyof RecordValues>(kind: Kind, entry: Entry): RecordValues[Kind] {
  const value = parseJson(entry.value);
  const check: ValidateFunction = checks[kind];
  if (check(value)) return value as RecordValues[Kind];
  const why = `${check.errors?.[0]?.instancePath} ${check.errors?.[0]?.message}`.trim();
  throw new StoreError('damaged', `the store holds a ${kind} under ${entry.key} that this Weft cannot read: ${why}`);
}

interface RecordValues {
  readonly host: HostValue;
  readonly vpc: VpcValue;
  readonly guest: GuestValue;
  readonly policy: PolicyValue;
  readonly rollout: RolloutValue;
  readonly accessToken: AccessTokenValue;
  readonly trust: TrustValue;
  readonly joinToken: JoinTokenValue;
  readonly selection: SelectionValue;
  readonly pastSelections: PastSelections;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
