import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isSigned } from '../../wire/keys.ts';
import { identityFile, openIdentity } from './identity.ts';

describe('a host’s identity', () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'wagt-identity-'));
    path = join(directory, identityFile);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('is made once, for root alone, and is the same ever after', async () => {
    const first = await openIdentity(directory);
    expect(Buffer.from(first.publicKey, 'base64')).toHaveLength(32);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const again = await openIdentity(directory);
    expect(again.publicKey).toBe(first.publicKey);
    const end = { host: 'a', epoch: 3, publicKey: Buffer.alloc(32, 1).toString('base64') };
    expect(isSigned('a', first.publicKey, { ...end, signature: again.sign(end) })).toBe(true);
  });

  it('is closed to others again when its file was restored open', async () => {
    await openIdentity(directory);
    chmodSync(path, 0o644);
    await openIdentity(directory);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is refused when its file is damaged, and the file is left as it is', async () => {
    await openIdentity(directory);
    const whole = readFileSync(path, 'utf8');
    const cut = whole.slice(0, 60);
    writeFileSync(path, cut);
    const refused = openIdentity(directory);
    await expect(refused).rejects.toThrow(`${path} is damaged (it is no private key): restore it from a backup`);
    await expect(refused).rejects.not.toThrow(cut.slice(30, 50));
    expect(readFileSync(path, 'utf8')).toBe(cut);
  });

  it('is refused when its file holds a key of another kind', async () => {
    const { privateKey } = generateKeyPairSync('x25519');
    writeFileSync(path, privateKey.export({ format: 'pem', type: 'pkcs8' }));
    await expect(openIdentity(directory)).rejects.toThrow('it is a key of type x25519, not ed25519');
  });
});
