/**
 * What a session says packets shall be, held against what this host can do: pure.
 *
 * A session is refused when any of it cannot be done, with the reason. Of one that comes from disk, what can
 * be done is in force: where private keys were lost with the process, texts that name them are left out until
 * the controller tells the session anew.
 */
import type { HostKey, PairTerms, Session } from '../../wire/control.ts';
import { type Cipher, type Compression, type Encapsulation, parseEncapsulation } from '../../wire/encapsulation.ts';
import { layoutByName } from '../../wire/formats/index.ts';
import type { Feature } from '../../wire/formats/layout.ts';

/** `seal`: packets that leave; `open`: packets that come. */
export type Use = 'seal' | 'open';

export interface TermsFacts {
  /** What the data plane speaks, the operator's mask not applied: what was agreed before the mask stays in force. */
  readonly formats: readonly string[];
  readonly ciphers: readonly Cipher[];
  readonly compressions: readonly Compression[];
  readonly features: readonly Feature[];
  /** Whether the private key of this host's epoch is still there. */
  ownsEpoch(epoch: number): boolean;
}

export interface Epochs {
  readonly own: number;
  readonly theirs: number;
}

/** What one direction of a session, or of one pair of guests in it, comes to. */
export interface Terms {
  readonly send: string | undefined;
  readonly accept: readonly string[];
  readonly none: boolean;
}

type Keyed = Pick<Session, 'peer' | 'peerKeys' | 'peerGni6Prefix'>;

/** One sentence; undefined when packets can be like this. */
export function whyUnusable(text: string, use: Use, session: Keyed, facts: TermsFacts): string | undefined {
  const encapsulation = parseEncapsulation(text);
  if (encapsulation === undefined) return `encapsulation '${text}' is none that this agent can read`;
  if (!facts.formats.includes(encapsulation.format)) {
    return `format ${encapsulation.format} is not one of this data plane's: ${facts.formats.join(', ')}`;
  }
  if (layoutByName(encapsulation.format)?.carrier === 'ipv6' && session.peerGni6Prefix === undefined) {
    return `${text}: the prefix of ${session.peer} is not in the session`;
  }
  return whyNoFeature(encapsulation, facts) ?? whyNoKey(text, encapsulation, { use, session, facts });
}

function whyNoFeature(encapsulation: Encapsulation, facts: TermsFacts): string | undefined {
  const { format, cipher, compression, elision, flowControl } = encapsulation;
  const carried: readonly string[] = layoutByName(format)?.features ?? [];
  if (compression !== undefined && !carried.includes('compression')) return `format ${format} carries no compression`;
  if (elision && !carried.includes('ip-elision')) return `format ${format} carries no IP elision`;
  if (flowControl && !carried.includes('flow-control')) return `format ${format} carries no flow control`;
  if (flowControl && !facts.features.includes('flow-control')) return 'this data plane has no flow control';
  if (compression !== undefined && !facts.compressions.includes(compression)) {
    return `this data plane cannot compress with ${compression}`;
  }
  if (cipher !== undefined && !facts.ciphers.includes(cipher)) return `this data plane cannot encrypt with ${cipher}`;
  return undefined;
}

function whyNoKey(
  text: string,
  { format, cipher, keys }: Encapsulation,
  { use, session, facts }: { readonly use: Use; readonly session: Keyed; readonly facts: TermsFacts },
): string | undefined {
  const encrypts = (layoutByName(format)?.features as readonly string[] | undefined)?.includes('encryption') ?? false;
  if (!encrypts) {
    return cipher === undefined && keys === undefined
      ? undefined
      : `${text}: format ${format} does not encrypt, so it has neither cipher nor keys`;
  }
  if (cipher === undefined) return `${text}: format ${format} encrypts, but no cipher is named`;
  const epochs = epochsOf({ keys }, use);
  if (epochs === undefined) return `${text}: format ${format} encrypts, but no keys are named`;
  if (!facts.ownsEpoch(epochs.own)) {
    return `${text}: this host's key of epoch ${epochs.own} is gone: it was replaced, or the agent has restarted`;
  }
  if (peerKey(session, epochs.theirs) === undefined) {
    return `${text}: the key of ${session.peer}'s epoch ${epochs.theirs} is not in the session`;
  }
  return undefined;
}

/** Whose epochs an encapsulation names: the sender's comes first. */
export function epochsOf({ keys }: { readonly keys?: Encapsulation['keys'] }, use: Use): Epochs | undefined {
  if (keys === undefined) return undefined;
  return use === 'seal'
    ? { own: keys.source, theirs: keys.destination }
    : { own: keys.destination, theirs: keys.source };
}

export function peerKey({ peerKeys }: Pick<Session, 'peerKeys'>, epoch: number): HostKey | undefined {
  return peerKeys.find((key) => key.epoch === epoch);
}

/** The session's own terms, then those of its pairs. */
export function allTerms(session: Session): readonly Terms[] {
  return [session, ...session.pairs];
}

/** Every text of the session with what it is for. */
export function textsOf(session: Session): { readonly text: string; readonly use: Use }[] {
  return allTerms(session).flatMap(({ send, accept }) => [
    ...(send === undefined ? [] : [{ text: send, use: 'seal' } as const]),
    ...accept.map((text) => ({ text, use: 'open' }) as const),
  ]);
}

/** The session with what can be done of it; the same object when that is all of it. */
export function usablePart(session: Session, usable: (text: string, use: Use) => boolean): Session {
  if (textsOf(session).every(({ text, use }) => usable(text, use))) return session;
  const part = <T extends Session | PairTerms>(terms: T): T => ({
    ...terms,
    send: terms.send !== undefined && usable(terms.send, 'seal') ? terms.send : undefined,
    accept: terms.accept.filter((text) => usable(text, 'open')),
  });
  return { ...part(session), pairs: session.pairs.map(part) };
}

/** Whether packets may go either way, of any guests: a session in which none may says why. */
export function carries(session: Session): boolean {
  return textsOf(session).length > 0;
}
