/**
 * Who is who on the control channel: names in certificates, the join token, and the one request that a host makes
 * before it has a certificate.
 *
 *     weft1.HOST.SECRET.FINGERPRINT      the token: SECRET is known to nobody but its holder (the controller keeps a
 *                                        hash), FINGERPRINT is the SHA-256 of the region's authority, by which the
 *                                        host knows the controller before it says anything
 */

import { limits, namePattern } from './limits.ts';
import { type Static, Type } from './schema.ts';

/** Host or controller, by the SAN URI of its certificate. */
export type Subject =
  /** `generation`: grows with every join and every revocation of the host; what is older is void. */
  | { readonly kind: 'host'; readonly name: string; readonly generation: number }
  | { readonly kind: 'controller'; readonly name: string };

export function subjectUri(subject: Subject): string {
  return subject.kind === 'host'
    ? `weft://host/${subject.name}/${subject.generation}`
    : `weft://controller/${subject.name}`;
}

const label = namePattern.slice(1, -1);
const hostUri = new RegExp(`^weft://host/(?<name>${label})/(?<generation>\\d{1,10})$`);
const controllerUri = new RegExp(`^weft://controller/(?<name>${label})$`);

/** From the text of a certificate's alternative names as Node writes it: `URI:weft://host/a/1, IP Address:…`. */
export function subjectOf(alternativeNames: string): Subject | undefined {
  const uris = alternativeNames.split(', ').flatMap((name) => (name.startsWith('URI:') ? [name.slice(4)] : []));
  // One identity, or none: a certificate that is for two is not one of ours.
  if (uris.length !== 1) return undefined;
  const [uri = ''] = uris;
  const host = hostUri.exec(uri)?.groups;
  if (host?.name !== undefined) return { kind: 'host', name: host.name, generation: Number(host.generation) };
  const name = controllerUri.exec(uri)?.groups?.name;
  return name === undefined ? undefined : { kind: 'controller', name };
}

/** What a host's certificate says. */
export interface HostCertificate {
  readonly host: string;
  readonly generation: number;
  /** Hexadecimal, as Node writes it. */
  readonly serial: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** Certificates are valid from so long before they were made: clocks may differ by a day. */
export const clockAllowanceMs = 26 * 3_600_000;

export interface JoinToken {
  readonly host: string;
  readonly secret: string;
  /** SHA-256 of the authority's certificate, base64url. */
  readonly fingerprint: string;
}

const tokenWord = 'weft1';
/** 24 bytes and 32 bytes in base64url. */
const secretPattern = '^[A-Za-z0-9_-]{32}$';
const fingerprintPattern = /^[A-Za-z0-9_-]{43}$/;

export function formatJoinToken({ host, secret, fingerprint }: JoinToken): string {
  return [tokenWord, host, secret, fingerprint].join('.');
}

export function parseJoinToken(text: string): JoinToken | undefined {
  const [word, host = '', secret = '', fingerprint = '', ...more] = text.trim().split('.');
  const fits =
    word === tokenWord &&
    more.length === 0 &&
    new RegExp(namePattern).test(host) &&
    new RegExp(secretPattern).test(secret) &&
    fingerprintPattern.test(fingerprint);
  return fits ? { host, secret, fingerprint } : undefined;
}

export const joinPath = '/v1/join';

const closed = { additionalProperties: false } as const;

export const JoinRequest = Type.Object(
  {
    host: Type.String({ pattern: namePattern, description: 'a name of a-z, 0-9 and -' }),
    secret: Type.String({ pattern: secretPattern, description: 'the secret part of a join token' }),
    /** PKCS #10, DER in base64, signed by the host's new key; the names in it mean nothing. */
    request: Type.String({ minLength: 1, maxLength: limits.certificateRequestBytes * 2 }),
  },
  closed,
);
export type JoinRequest = Static<typeof JoinRequest>;

/** What a host gets for its token, or for a certificate that is about to expire. */
export const Issued = Type.Object({
  /** PEM. */
  certificate: Type.String({ maxLength: limits.certificateBytes }),
  /** PEM: who is trusted in this region, the issuer first. */
  authority: Type.String({ maxLength: limits.authorityBytes }),
});
export type Issued = Static<typeof Issued>;

/** Not closed: a newer controller may say more. */
export const JoinAnswer = Type.Object({
  ...Issued.properties,
  controller: Type.String(),
  /** Bound to the host when its token was made: it cannot report others. */
  labels: Type.Record(Type.String({ pattern: namePattern }), Type.String({ maxLength: limits.textLength })),
});
export type JoinAnswer = Static<typeof JoinAnswer>;
