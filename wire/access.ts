/**
 * Who may use the REST API, and what was changed by whom: access tokens and the audit log, as programs read them.
 *
 * Not to be taken for a host's join token: an access token is a person's or a program's.
 */

import { limits, namePattern } from './limits.ts';
import { type Static, Type } from './schema.ts';

const Name = Type.String({ pattern: namePattern, description: 'a DNS label: a-z, 0-9 and -' });
const closed = { additionalProperties: false } as const;

export const roles = ['administrator', 'operator', 'customer', 'read-only'] as const;
export const Role = Type.Enum(roles, {
  description: 'administrator, operator, customer (of one customer’s clouds) or read-only',
});
export type Role = (typeof roles)[number];

export const accessLimits = {
  tokens: 1000,
  /** Longest life that may be asked for: ten years. */
  lifeMs: 10 * 365 * 86_400_000,
  auditPage: 500,
} as const;

export const AccessTokenRequest = Type.Object(
  {
    name: Name,
    role: Role,
    /** Whose clouds: with the role customer, and with no other. */
    customer: Type.Optional(Name),
    /** From now on; absent: it does not expire. */
    lifeMs: Type.Optional(Type.Integer({ minimum: 1000, maximum: accessLimits.lifeMs })),
  },
  closed,
);
export type AccessTokenRequest = Static<typeof AccessTokenRequest>;

const tokenProperties = {
  name: Name,
  role: Role,
  customer: Type.Optional(Name),
  createdMs: Type.Integer(),
  /** Who asked for it. */
  createdBy: Type.String(),
  expiresMs: Type.Optional(Type.Integer()),
};

export const AccessToken = Type.Object(
  {
    ...tokenProperties,
    /** Absent: never, as far as is known. Exact to a minute when the controller was restarted since. */
    lastUsedMs: Type.Optional(Type.Integer()),
  },
  closed,
);
export type AccessToken = Static<typeof AccessToken>;

/** The only answer that holds the token itself: the controller keeps a hash of it. */
export const CreatedAccessToken = Type.Object({ ...tokenProperties, token: Type.String() }, closed);
export type CreatedAccessToken = Static<typeof CreatedAccessToken>;

export const AuditEntry = Type.Object(
  {
    /** Grows by one with each entry. */
    number: Type.Integer(),
    timeMs: Type.Integer(),
    /** `local` (whoever may open the controller’s Unix socket) or `token NAME`. */
    who: Type.String({ maxLength: limits.textLength }),
    role: Role,
    customer: Type.Optional(Type.String()),
    /** An address, or `socket`. */
    from: Type.String(),
    /** The request: `DELETE /v1/guests/:name`. */
    what: Type.String(),
    /** `guest web1`. */
    resource: Type.String(),
    outcome: Type.Union([Type.Literal('done'), Type.Literal('refused')]),
    /** Why it was refused. */
    why: Type.Optional(Type.String()),
    /** As it was and as it became; absent where there was or is nothing. Secrets are left out. */
    before: Type.Optional(Type.Unknown()),
    after: Type.Optional(Type.Unknown()),
  },
  closed,
);
export type AuditEntry = Static<typeof AuditEntry>;

/** Oldest first. */
export const AuditPage = Type.Object(
  {
    items: Type.Array(AuditEntry),
    /** What to ask for next, as `after`: entries that come later, also those that are not there yet. */
    next: Type.Integer(),
    /** There is more behind `next` already, looked at or not. */
    more: Type.Boolean(),
  },
  closed,
);
export type AuditPage = Static<typeof AuditPage>;
