/**
 * Who this host is to its peers: an Ed25519 key, made once, in a file of the state directory that only root
 * may read. It signs the short-lived keys that packets are encrypted with, and nothing else.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type KeyEnd, publicText, signKey } from '../../wire/keys.ts';
import { StateError, writeStateFile } from '../state/file.ts';

export const identityFile = 'identity.pem';

export interface Identity {
  /** The raw 32 bytes, base64. */
  readonly publicKey: string;
  sign(key: KeyEnd): string;
}

/**
 * Makes one when there is none; it is on disk when this ends. Throws a StateError with one clear sentence for
 * a file that holds no such key, and never replaces it: peers know this host by it.
 */
export async function openIdentity(stateDirectory: string): Promise<Identity> {
  const path = join(stateDirectory, identityFile);
  const text = await readIdentity(path);
  if (text !== undefined) return identityOf(privateKeyOf(path, text));
  const { privateKey } = generateKeyPairSync('ed25519');
  await writeStateFile(path, privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
  return identityOf(privateKey);
}

async function readIdentity(path: string): Promise<string | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    // A backup that was put back may be open to all.
    await chmod(path, 0o600);
    return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new StateError(`${path}: cannot be read: ${(error as Error).message}`);
  }
}

function privateKeyOf(path: string, text: string): KeyObject {
  const key = parse(text);
  if (key?.asymmetricKeyType === 'ed25519') return key;
  const what = key === undefined ? 'it is no private key' : `it is a key of type ${key.asymmetricKeyType}, not ed25519`;
  throw new StateError(
    `${path} is damaged (${what}): restore it from a backup, or move it away and start again; ` +
      'this host then has another identity, which the controller tells its peers',
  );
}

/** What the parser says is left out: it may quote the text. */
function parse(text: string): KeyObject | undefined {
  try {
    return createPrivateKey(text);
  } catch {
    return undefined;
  }
}

function identityOf(privateKey: KeyObject): Identity {
  return {
    publicKey: publicText(createPublicKey(privateKey)),
    sign: (key) => signKey(privateKey, key),
  };
}
