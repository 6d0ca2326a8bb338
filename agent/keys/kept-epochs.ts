/**
 * The private halves of this host's epochs, in a file that outlives the process but not the machine
 * (`kept-directory.ts`), beside the states of the keys that were derived from them.
 *
 * The states have a generation, another one whenever they had to be made anew. An epoch whose generation is
 * not theirs may have keys whose sequences are lost: it is never used again.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { encodeStateFile, readStateFile, StateError } from '../state/file.ts';

export const keptEpochsFile = 'epochs.json';
/** The engine's: sequences and replay windows, nothing secret. */
export const keyStatesFile = 'key-states';

export interface KeptEpochs {
  readonly host: string;
  /** Public half of the identity. */
  readonly identity: string;
  readonly generation: string;
  /** Newest first. */
  readonly epochs: readonly { readonly epoch: number; readonly privateKey: KeyObject }[];
}

export function encodeKeptEpochs({ epochs, ...rest }: KeptEpochs): string {
  const written = epochs.map(({ epoch, privateKey }) => ({
    epoch,
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
  }));
  return encodeStateFile({ ...rest, epochs: written });
}

/** Undefined when there is none that can be used: new keys are made then, and nothing is lost but time. */
export async function readKeptEpochs(directory: string): Promise<KeptEpochs | undefined> {
  try {
    return decode(await readStateFile(join(directory, keptEpochsFile)));
  } catch (error) {
    if (error instanceof StateError) return undefined;
    throw error;
  }
}

function decode(value: unknown): KeptEpochs | undefined {
  const { host, identity, generation, epochs } = (value ?? {}) as Partial<Record<keyof KeptEpochs, unknown>>;
  if (typeof host !== 'string' || typeof identity !== 'string' || typeof generation !== 'string') return undefined;
  if (!Array.isArray(epochs)) return undefined;
  const read = epochs.map(decodeEpoch);
  const whole = read.filter((each) => each !== undefined);
  return whole.length === read.length ? { host, identity, generation, epochs: whole } : undefined;
}

function decodeEpoch(value: unknown): KeptEpochs['epochs'][number] | undefined {
  const { epoch, privateKey } = (value ?? {}) as { readonly epoch?: unknown; readonly privateKey?: unknown };
  if (typeof epoch !== 'number' || !Number.isSafeInteger(epoch) || typeof privateKey !== 'string') return undefined;
  const key = parse(privateKey);
  return key?.asymmetricKeyType === 'x25519' ? { epoch, privateKey: key } : undefined;
}

/** What the parser says is left out: it may quote the text. */
function parse(text: string): KeyObject | undefined {
  try {
    return createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' });
  } catch {
    return undefined;
  }
}
