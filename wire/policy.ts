/**
 * Policies: which capabilities hosts may, must or should use with each other, as people write them.
 *
 * A policy names one end of the traffic it is about (`environment`, `customer`, `cloud`, `host`, `guest`: all that
 * are given must fit the same end), may say whether that end sends or receives (`direction`), and how the two
 * hosts lie to each other (`areas`). Without a match it is about everything.
 *
 * A capability is a format (`gni 1.1`), every version of a framework (`gni *`, or `vxlan` for one that has no
 * versions), or a feature: `integrity`, `encryption` (any cipher), a cipher (`aes-256-gcm`), `compression` (any), a
 * compression (`lz4`), `ip-elision`, `flow-control`. Of several formats, ciphers or compressions in one policy any
 * will do; of other features all are meant. Compression, ip-elision and flow control are used only where a policy
 * requires or prefers them. Flow control needs `gni 3.0` in both directions, which are chosen one by one: where the
 * way back cannot carry it, the sender gets no answer and goes on without.
 */

import { ciphers, compressions } from './encapsulation.ts';
import { features } from './formats/layout.ts';
import { limits, namePattern } from './limits.ts';
import { type Static, Type } from './schema.ts';

const Name = Type.String({ pattern: namePattern, description: 'a DNS label: a-z, 0-9 and -' });
const closed = { additionalProperties: false } as const;

export const policyLimits = { policies: 1000, capabilitiesPerPolicy: 32 } as const;

export const PolicyMatch = Type.Object(
  {
    /** The host's label `environment`. */
    environment: Type.Optional(
      Type.String({ minLength: 1, maxLength: limits.nameLength, description: 'a value of the label environment' }),
    ),
    /** Whose cloud the guest is in. */
    customer: Type.Optional(Name),
    cloud: Type.Optional(Name),
    host: Type.Optional(Name),
    guest: Type.Optional(Name),
    /** Traffic `from` the end that the rest describes, or `to` it; both when absent. */
    direction: Type.Optional(Type.Union([Type.Literal('from'), Type.Literal('to')])),
    /**
     * By the hosts' labels `area` and `rack`. Hosts without an area are in one area, the controller's own; hosts
     * without a rack share none.
     */
    areas: Type.Optional(
      Type.Union([Type.Literal('same-rack'), Type.Literal('same-area'), Type.Literal('across-areas')]),
    ),
  },
  closed,
);
export type PolicyMatch = Static<typeof PolicyMatch>;

export const PolicyEffect = Type.Union([
  Type.Literal('allow'), // an exception from less specific policies that forbid
  Type.Literal('forbid'),
  Type.Literal('require'),
  Type.Literal('prefer'), // when possible, in the order given
  Type.Literal('pin'), // this format, cipher, compression and no other
  // Which framework, cipher or compression first; versions of one framework have their own order. Turns nothing on.
  Type.Literal('order'),
  // The destination accepts, without being told of each change, whatever of these formats is possible and permitted
  // and needs no other keys; only the source is told.
  Type.Literal('infer'),
]);
export type PolicyEffect = Static<typeof PolicyEffect>;

const version = '(0|[1-9]\\d?)(\\.(0|[1-9]\\d?))?';
export const Capability = Type.String({
  pattern: `^[a-z][a-z0-9-]{0,62}( (\\*|${version}))?$`,
  description: 'a format such as gni 1.1, a framework such as gni *, or a feature such as integrity or lz4',
});

export const PolicyRequest = Type.Object(
  {
    name: Name,
    description: Type.Optional(Type.String({ maxLength: limits.textLength })),
    /** `administrator` when absent: wins over customers, whose policies reach only their own clouds. */
    author: Type.Optional(
      Type.String({
        pattern: `^(administrator|customer ${namePattern.slice(1, -1)})$`,
        description: 'administrator, or customer and its name',
      }),
    ),
    match: Type.Optional(PolicyMatch),
    effect: PolicyEffect,
    capabilities: Type.Array(Capability, { minItems: 1, maxItems: policyLimits.capabilitiesPerPolicy }),
  },
  closed,
);
export type PolicyRequest = Static<typeof PolicyRequest>;

export const Policy = Type.Object(
  {
    ...PolicyRequest.properties,
    /** Store revision of the last change. */
    revision: Type.Integer(),
  },
  closed,
);
export type Policy = Static<typeof Policy>;

/** What `weft policy apply` reads. */
export const PolicyFile = Type.Object(
  { policies: Type.Array(PolicyRequest, { minItems: 1, maxItems: policyLimits.policies }) },
  closed,
);
export type PolicyFile = Static<typeof PolicyFile>;

/** Undefined: an administrator's. */
export function authorCustomer(policy: Pick<PolicyRequest, 'author'>): string | undefined {
  return policy.author?.startsWith('customer ') === true ? policy.author.slice('customer '.length) : undefined;
}

/** Features of which there are several kinds: any of them will do where the policy names the feature. */
const kinds: Readonly<Record<string, readonly string[]>> = { encryption: ciphers, compression: compressions };

/** Every word for a feature that a policy may use. */
export const featureWords: readonly string[] = [...features, ...ciphers, ...compressions];

export function isFeature(capability: string): boolean {
  return featureWords.includes(capability);
}

/** Whether a word for a feature means what a host can do: `compression` means `lz4`. */
export function fitsFeature(word: string, feature: string): boolean {
  return word === feature || (kinds[word]?.includes(feature) ?? false);
}

/** The framework of a format or pattern: `gni` of `gni 1.1` and `gni *`. */
export function frameworkOf(format: string): string {
  return format.split(' ', 1)[0] ?? format;
}

/** Whether a format is meant by a pattern that is no feature. */
export function fitsFormat(pattern: string, format: string): boolean {
  return pattern === format || (pattern.endsWith(' *') && frameworkOf(pattern) === frameworkOf(format));
}

export interface PolicyMistake {
  /** Keys from the policy down to what is wrong. */
  readonly path: readonly (string | number)[];
  /** What is wrong, and what was expected. */
  readonly what: string;
}

/** What a schema cannot say: undefined when the policy makes sense. */
export function policyMistake(policy: PolicyRequest): PolicyMistake | undefined {
  const { effect, capabilities, match = {} } = policy;
  const { direction, areas: _areas, ...end } = match;
  if (direction !== undefined && Object.keys(end).length === 0) {
    const what = `direction '${direction}' says which end, but no end is named, expected a host, guest, cloud, customer or environment beside it`;
    return { path: ['match', 'direction'], what };
  }
  const twice = capabilities.findIndex((capability, i) => capabilities.indexOf(capability) !== i);
  if (twice >= 0) return { path: ['capabilities', twice], what: `'${capabilities[twice]}' is there twice` };
  const unfit = capabilityMistake(effect, capabilities);
  if (unfit !== undefined) return unfit;
  const customer = authorCustomer(policy);
  if (customer !== undefined && match.customer !== undefined && match.customer !== customer) {
    const what = `customer '${match.customer}' is not the author, expected '${customer}': customers decide over their own clouds`;
    return { path: ['match', 'customer'], what };
  }
  return undefined;
}

/** What the effect cannot be about. */
function capabilityMistake(effect: PolicyEffect, capabilities: readonly string[]): PolicyMistake | undefined {
  if (effect === 'pin') {
    const isOneOfEach = new Set(capabilities.map(kindOf)).size === capabilities.length;
    if (isOneOfEach && !capabilities.some((each) => each.endsWith(' *') || kindOf(each) === 'feature'))
      return undefined;
    const what = 'a pin is of one format, one cipher or one compression, expected such as gni 1.1, or gni 3.0 and lz4';
    return { path: ['capabilities'], what };
  }
  const refused: Partial<Record<PolicyEffect, [kinds: readonly string[], expected: string]>> = {
    order: [['feature'], 'frameworks, formats, ciphers or compressions in their order'],
    infer: [['feature', 'encryption', 'compression'], 'formats such as gni *'],
  };
  const [kindsRefused, expected] = refused[effect] ?? [[], ''];
  const at = capabilities.findIndex((each) => kindsRefused.includes(kindOf(each)));
  if (at < 0) return undefined;
  return { path: ['capabilities', at], what: `'${capabilities[at]}' is a feature, expected ${expected}` };
}

/** `format`; of a cipher `encryption`, of a compression `compression`; of every other word for a feature `feature`. */
function kindOf(capability: string): string {
  if (!isFeature(capability)) return 'format';
  return Object.keys(kinds).find((feature) => kinds[feature]?.includes(capability)) ?? 'feature';
}
