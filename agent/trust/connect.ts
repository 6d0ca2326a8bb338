/** TLS to a controller: what is demanded of its certificate, and a look at one that is not trusted (yet). */
import { request } from 'node:https';
import { type ConnectionOptions, checkServerIdentity, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { subjectOf } from '../../wire/trust.ts';
import { dateOf } from './failures.ts';

/** Of this region, for this address, and a controller's: hosts have certificates of the region too. */
export const controllerOnly: ConnectionOptions = {
  minVersion: 'TLSv1.3',
  rejectUnauthorized: true,
  checkServerIdentity: (name, certificate) => {
    const wrong = checkServerIdentity(name, certificate);
    if (wrong !== undefined) return wrong;
    if (subjectOf(certificate.subjectaltname ?? '')?.kind === 'controller') return undefined;
    return Object.assign(new Error('its certificate is not one of a controller'), { code: 'INVALID_PURPOSE' });
  },
};

export interface Look {
  /** DER of what it showed and of those behind it; proves nothing by itself. */
  readonly chain: readonly Buffer[];
  /** Unix ms, as it says. */
  readonly timeMs: number | undefined;
}

const patienceMs = 4000;

/** Connects without trusting anybody and says nothing. Rejects with the connection's error. */
export function lookAt(origin: string): Promise<Look> {
  return new Promise((resolve, reject) => {
    const asked = request(new URL('/', origin), {
      agent: false,
      minVersion: 'TLSv1.3',
      rejectUnauthorized: false,
      timeout: patienceMs,
    });
    let chain: readonly Buffer[] = [];
    asked.on('socket', (socket) =>
      socket.once('secureConnect', () => {
        chain = chainOf((socket as TLSSocket).getPeerCertificate(true));
      }),
    );
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${patienceMs} ms`)));
    asked.on('error', reject);
    asked.on('response', (response) => {
      response.resume();
      resolve({ chain, timeMs: dateOf(response.headers.date) });
      asked.destroy();
    });
    asked.end();
  });
}

function chainOf(first: DetailedPeerCertificate): readonly Buffer[] {
  const chain: Buffer[] = [];
  for (let next: DetailedPeerCertificate | undefined = first; next?.raw !== undefined; next = next.issuerCertificate) {
    // An authority is its own issuer.
    if (chain.some((each) => each.equals(next?.raw ?? Buffer.of()))) break;
    chain.push(next.raw);
  }
  return chain;
}
