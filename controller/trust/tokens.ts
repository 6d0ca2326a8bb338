/** Join tokens: made, told apart, and what is wrong with one that cannot be used. Pure but for chance. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { JoinToken, JoinTokenValue } from '../state/records.ts';
import { grant, type Outcome, refuse } from '../state/refusal.ts';

export const tokenLimits = {
  /** Not used yet: more are refused. */
  open: 1000,
  /** Used or expired ones are kept so long, so that who uses them again is told why they are refused. */
  keptMs: 7 * 86_400_000,
} as const;

export interface NewToken {
  readonly id: string;
  readonly secret: string;
  readonly value: JoinTokenValue;
}

export function newToken(
  wish: Pick<JoinTokenValue, 'host' | 'labels'> & { readonly ttlMs: number },
  nowMs: number,
): NewToken {
  const { host, labels, ttlMs } = wish;
  const secret = randomBytes(24).toString('base64url');
  const value = { host, labels, hash: hashOf(secret), createdMs: nowMs, expiresMs: nowMs + ttlMs };
  return { id: idOf(secret), secret, value };
}

/** Where a token is kept: says nothing of the secret. */
export function idOf(secret: string): string {
  return hashOf(secret).slice(0, 12);
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

export type TokenPhase = 'open' | 'used' | 'expired';

export function phaseOf({ used, expiresMs }: JoinTokenValue, nowMs: number): TokenPhase {
  if (used !== undefined) return 'used';
  return nowMs < expiresMs ? 'open' : 'expired';
}

/** Whether the host may join with it now. The secret comes first: who does not know it learns nothing else. */
export function checkToken(
  token: JoinToken | undefined,
  wish: { readonly host: string; readonly secret: string },
  nowMs: number,
): Outcome<JoinToken> {
  const { host, secret } = wish;
  if (token === undefined || !timingSafeEqual(Buffer.from(token.hash, 'hex'), Buffer.from(hashOf(secret), 'hex'))) {
    return refuse('forbidden', `this controller knows no such join token: make one with ${makeOne(host)}`);
  }
  if (token.host !== host) {
    return refuse('forbidden', `the join token is for host '${token.host}', not for '${host}': ${makeOne(host)}`);
  }
  const { used } = token;
  if (used !== undefined) {
    const when = `at ${timeOf(used.atMs)} from ${used.from}`;
    const advice = `if that was not this host, weft revoke ${host}; then ${makeOne(host)}`;
    return refuse('forbidden', `the join token was used already, ${when}: ${advice}`);
  }
  if (nowMs < token.expiresMs) return grant(token);
  const now = `it is ${timeOf(nowMs)} here`;
  return refuse('forbidden', `the join token expired at ${timeOf(token.expiresMs)} (${now}): ${makeOne(host)}`);
}

export function isForgettable({ used, expiresMs }: JoinTokenValue, nowMs: number): boolean {
  return nowMs - (used?.atMs ?? expiresMs) > tokenLimits.keptMs;
}

function makeOne(host: string): string {
  return `weft token create --host ${host}`;
}

function timeOf(unixMs: number): string {
  return `${new Date(unixMs).toISOString().slice(0, 19)}Z`;
}
