/**
 * A session as the data plane takes it: every encapsulation once, terms refer to it by its place. Pure.
 *
 * Keys stand here by name and by what they are derived from in public; secrets come in at `datapath/`.
 */
import type { Session } from '../../wire/control.ts';
import { type Cipher, parseEncapsulation } from '../../wire/encapsulation.ts';
import { epochsOf, peerKey, type Terms, type Use } from './terms.ts';

/** A key of one direction: named so that it is given to the engine once, however often sessions come and go. */
export interface KeyEntry {
  readonly peer: string;
  readonly use: Use;
  readonly cipher: Cipher;
  readonly own: number;
  readonly theirs: number;
  /** The peer's public half, base64. */
  readonly publicKey: string;
}

export interface EncapsulationEntry {
  readonly text: string;
  /** Name of the key, of formats that encrypt. */
  readonly key?: string;
}

/** Place of an encapsulation; `none`: packets drop at once; undefined: they wait. */
export type SendEntry = number | 'none' | undefined;

export interface PairEntry {
  readonly gni: number;
  readonly own: string;
  readonly theirs: string;
  readonly send: SendEntry;
  readonly accept: readonly number[];
}

export interface PeerEntry {
  readonly host: string;
  readonly address: string;
  readonly encapsulations: readonly EncapsulationEntry[];
  readonly send: SendEntry;
  readonly accept: readonly number[];
  readonly pairs: readonly PairEntry[];
  /** That `encapsulations` name. */
  readonly keys: readonly KeyEntry[];
  /** Largest outer IP packet that the path carries, bytes. */
  readonly pathMtu: number;
  /** False: several packets are never given to the kernel as one. */
  readonly udpGso: boolean;
  /** For gni6: ADDRESS/64. */
  readonly gni6Prefix?: string;
}

export function keyName({ peer, use, cipher, own, theirs, publicKey }: KeyEntry): string {
  return `${peer} ${use} ${cipher} ${own}.${theirs} ${publicKey}`;
}

/** `session`: only what can be done of it. */
export function peerEntryOf(session: Session, path: Pick<PeerEntry, 'pathMtu' | 'udpGso'>): PeerEntry {
  const list = new EncapsulationList(session);
  const terms = ({ send, accept, none }: Terms) => ({
    send: send === undefined ? (none ? ('none' as const) : undefined) : list.place(send, 'seal'),
    accept: accept.map((text) => list.place(text, 'open')),
  });
  const own = terms(session);
  const pairs = session.pairs.map((pair) => ({ gni: pair.gni, own: pair.own, theirs: pair.theirs, ...terms(pair) }));
  const { peer, address, peerGni6Prefix } = session;
  return {
    ...{ host: peer, address, encapsulations: list.entries, ...own, pairs, keys: [...list.keys.values()], ...path },
    ...(peerGni6Prefix === undefined ? {} : { gni6Prefix: peerGni6Prefix }),
  };
}

/** Back to texts: what is in force, as people and the controller read it. */
export function termsInForce(
  { encapsulations }: Pick<PeerEntry, 'encapsulations'>,
  { send, accept }: Pick<PairEntry, 'send' | 'accept'>,
): Terms {
  const textAt = (place: number) => encapsulations[place]?.text ?? [];
  return {
    send: typeof send === 'number' ? [textAt(send)].flat()[0] : undefined,
    accept: accept.flatMap(textAt),
    none: send === 'none',
  };
}

class EncapsulationList {
  readonly entries: EncapsulationEntry[] = [];
  readonly keys = new Map<string, KeyEntry>();
  private readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  place(text: string, use: Use): number {
    const key = this.keyOf(text, use);
    const held = this.entries.findIndex((entry) => entry.text === text && entry.key === key);
    return held >= 0 ? held : this.entries.push({ text, ...(key === undefined ? {} : { key }) }) - 1;
  }

  private keyOf(text: string, use: Use): string | undefined {
    const encapsulation = parseEncapsulation(text);
    const epochs = encapsulation && epochsOf(encapsulation, use);
    const publicKey = epochs && peerKey(this.session, epochs.theirs)?.publicKey;
    if (encapsulation?.cipher === undefined || epochs === undefined || publicKey === undefined) return undefined;
    const entry = { peer: this.session.peer, use, cipher: encapsulation.cipher, ...epochs, publicKey };
    const name = keyName(entry);
    this.keys.set(name, entry);
    return name;
  }
}
