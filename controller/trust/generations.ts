/**
 * Which certificates of a host are valid: those of its newest generation, as long as it is not revoked. Pure.
 *
 *              join                    revoke, delete host               join
 *   (nothing) ──────► generation 10 ─────────────────────► 20, revoked ──────► 30
 *                        │    ▲
 *                        └────┘ renewal: the same generation
 *
 * A generation that is newer than the one known here is believed: the store was brought back from a backup, or another
 * controller of the region, with a store of its own, has let the host join.
 */
import { clockAllowanceMs, type HostCertificate } from '../../wire/trust.ts';
import type { TrustValue } from '../state/records.ts';

/** Why it counts for nothing; undefined: it is valid. */
export function voidBecause(
  certificate: HostCertificate,
  trust: TrustValue | undefined,
  nowMs: number,
): string | undefined {
  const { host, generation } = certificate;
  if (trust === undefined || generation > trust.generation) {
    if (generation < newestBelieved(nowMs)) return undefined;
    return `the certificate of host '${host}' was made by a clock that is far ahead: weft token create --host ${host}`;
  }
  if (generation === trust.generation && trust.revokedMs === undefined) return undefined;
  const again = `weft token create --host ${host}`;
  if (trust.revokedMs === undefined) {
    return `host '${host}' has joined anew since this certificate was made: if that was not you, weft revoke ${host}`;
  }
  const when = new Date(trust.revokedMs).toISOString().slice(0, 19);
  return `host '${host}' was revoked at ${when}Z: to let it join again, ${again}`;
}

/** Seconds of Unix time, so that it grows even where the store has forgotten the last ones. */
export function nextGeneration(trust: TrustValue | undefined, nowMs: number): number {
  return Math.max((trust?.generation ?? 0) + 1, Math.floor(nowMs / 1000));
}

/** Clocks may differ by a day; a newer generation that this store does not know is none of this region's time. */
function newestBelieved(nowMs: number): number {
  return Math.floor((nowMs + clockAllowanceMs) / 1000);
}

/** Above all that would be believed now, whoever made it. */
export function revoked(trust: TrustValue | undefined, nowMs: number): TrustValue {
  const generation = Math.max(nextGeneration(trust, nowMs), newestBelieved(nowMs));
  return { generation, revokedMs: nowMs, labels: trust?.labels ?? {} };
}
