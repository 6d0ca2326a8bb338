import { execFileSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { expect, it } from 'vitest';
import { newKey } from './request.ts';

it('a request is what OpenSSL takes for one, signed by the key, with nobody’s name', () => {
  // Signatures differ in length.
  for (let i = 0; i < 20; i++) {
    const { request } = newKey();
    const args = ['req', '-inform', 'DER', '-noout', '-verify', '-subject', '-pubkey'];
    const said = execFileSync('openssl', args, { input: request, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
    expect(said).toMatch(/^subject=\s*$/m);
    expect(said).toContain('BEGIN PUBLIC KEY');
  }
});

it('every key is another one, of a kind that TLS takes', () => {
  const [one, two] = [newKey(), newKey()];
  expect(one.key).not.toBe(two.key);
  expect(createPrivateKey(one.key).asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
});
