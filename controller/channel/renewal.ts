/** A new certificate for whoever has a session, at a pace: each is a signature and a write. */
import type { Logger } from 'pino';
import type { Certificate } from '../../wire/control.ts';
import type { HostCertificate } from '../../wire/trust.ts';
import type { Clock } from '../clock.ts';
import type { Trust } from '../trust/trust.ts';

const paceMs = 1000;

/** Of one session: who its host is, whatever it says. Both change with a renewal. */
export interface Holder {
  certificate: HostCertificate;
  /** When it last asked. */
  askedMs: number;
}

export interface RenewalParts {
  readonly trust: Trust;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Which host it is for is the holder's, whatever is asked. Never rejects: what went wrong is the answer. */
export async function renewCertificate(
  { trust, clock, log }: RenewalParts,
  holder: Holder,
  request: Uint8Array,
): Promise<Certificate> {
  const nowMs = clock.nowMs();
  if (nowMs - holder.askedMs < paceMs) return none('a certificate was asked for a moment ago');
  holder.askedMs = nowMs;
  const { host } = holder.certificate;
  try {
    const renewal = await trust.renew(holder.certificate, request);
    if (!renewal.ok) return none(renewal.message);
    const { issued, certificate } = renewal.value;
    holder.certificate = certificate;
    return { ...issued, problem: '' };
  } catch (error) {
    log.error({ host, err: error }, 'certificate not renewed');
    return none('the controller cannot make a certificate now: see its log');
  }
}

function none(problem: string): Certificate {
  return { certificate: '', authority: '', problem };
}
