/** What a host of tests and measurements shows of itself, as if it had joined. */
import { generateKeyPairSync } from 'node:crypto';
import type { Credentials } from '../channel/fake-agent.ts';
import type { Authority, CertificateWish } from './authority.ts';

/** A key and a certificate in PEM, in force for a week. */
export async function hostCredentials(
  authority: Authority,
  host: string,
  wish: Partial<CertificateWish> = {},
): Promise<Credentials> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { pem } = await authority.issue({
    subject: { kind: 'host', name: host, generation: 1 },
    publicKey: publicKey.export({ format: 'der', type: 'spki' }),
    nowMs: Date.now(),
    lifetimeMs: 7 * 86_400_000,
    ...wish,
  });
  const key = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  return { key, cert: pem, ca: authority.pem };
}
