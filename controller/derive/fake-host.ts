/** A host for tests of the derivation: holds what it is told, and minds that it can do what it holds. */
import type { Keys, MappingName, Refusal, Resource, Session, Update } from '../../wire/control.ts';
import { parseEncapsulation } from '../../wire/encapsulation.ts';

export class Host {
  readonly name: string;
  connected = false;
  /** In force and on disk. */
  readonly held = new Map<string, Resource>();
  /** Asked for and not let go of. */
  readonly wanted = new Map<string, { readonly gni: number; readonly address: string }>();
  updates: Update[] = [];
  acknowledgements: { readonly number: number; readonly refused: readonly Refusal[] }[] = [];
  /** Resources that it does not take, as `type/key`. */
  readonly refuses = new Set<string>();
  formats = ['gni 1.0', 'gni 1.1'];
  features: string[] = [];
  /** Its agent is of before there were terms of pairs: it would ignore them. */
  isOld = false;
  labels: Record<string, string> = {};
  /** Epochs of its keys, newest first: those of which it has the private half. */
  epochs = [1];

  constructor(name: string) {
    this.name = name;
  }

  get(type: string, key: string) {
    return this.held.get(`${type}/${key}`)?.body;
  }

  session(peer: string) {
    const body = this.get('session', peer);
    return body?.type === 'session' ? body : undefined;
  }

  /** A new key; the older ones are kept while sessions name them. */
  rotate(): void {
    this.epochs = [(this.epochs[0] ?? 0) + 1, ...this.epochs];
  }

  /** Whether an older key was let go of. */
  retire(): boolean {
    const named = new Set(this.sessions().flatMap((session) => ownEpochs(session)));
    const [newest, ...older] = this.epochs;
    const kept = [newest ?? 0, ...older.filter((epoch) => named.has(epoch))];
    const isLess = kept.length < this.epochs.length;
    this.epochs = kept;
    return isLess;
  }

  /** Private halves are in memory only, and what needs them is not in force any more. */
  loseKeys(): void {
    this.epochs = [(this.epochs[0] ?? 0) + 1];
    for (const session of this.sessions()) {
      const name = `session/${session.peer}`;
      const resource = this.held.get(name);
      if (resource === undefined) continue;
      const withoutLost = (terms: Pick<Session, 'send' | 'accept'>) => ({
        send: this.isUsable(terms.send, 'source') ? terms.send : undefined,
        accept: terms.accept.filter((text) => this.isUsable(text, 'destination')),
      });
      const pairs = session.pairs.map((pair) => ({ ...pair, ...withoutLost(pair) }));
      const body = { type: 'session' as const, ...session, ...withoutLost(session), pairs };
      this.held.set(name, { ...resource, version: 'less than it was', body });
    }
  }

  sessions(): Session[] {
    return [...this.held.values()].flatMap(({ body }) => (body.type === 'session' ? [body] : []));
  }

  isUsable(text: string | undefined, side: 'source' | 'destination'): boolean {
    const keys = text === undefined ? undefined : parseEncapsulation(text)?.keys;
    return keys === undefined || this.epochs.includes(keys[side]);
  }

  private checkKeys(session: Session): void {
    const told = session.peerKeys.map(({ epoch }) => epoch);
    for (const { send, accept } of [session, ...session.pairs]) {
      const named = [
        ...(send === undefined ? [] : [{ text: send, own: 'source', peer: 'destination' } as const]),
        ...accept.map((text) => ({ text, own: 'destination', peer: 'source' }) as const),
      ];
      for (const { text, own, peer } of named) {
        const keys = parseEncapsulation(text)?.keys;
        if (keys === undefined) continue;
        if (!this.epochs.includes(keys[own])) throw new Error(`${this.name} was told ${text} without having the key`);
        if (!told.includes(keys[peer])) throw new Error(`${this.name} was told ${text} without the peer's key`);
      }
    }
  }

  /** Returns the mappings that it does not want: it says so to the controller. */
  apply(update: Update): MappingName[] {
    const unwanted: MappingName[] = [];
    const refused: Refusal[] = [];
    for (const { type, key } of update.removed) {
      // What was asked for again meanwhile is still asked for.
      if (this.held.delete(`${type}/${key}`) && type === 'mapping') this.wanted.delete(key);
    }
    for (const resource of update.set) {
      const { type, key } = resource.name;
      const { body } = resource;
      if (body.type === 'session') this.checkKeys(body);
      if (this.refuses.has(`${type}/${key}`)) refused.push({ name: resource.name, reason: 'not now' });
      else if (body.type === 'mapping' && !this.wanted.has(key)) unwanted.push(body);
      else this.held.set(`${type}/${key}`, this.isOld ? withoutPairs(resource) : resource);
    }
    this.acknowledgements.push({ number: update.number, refused });
    return unwanted;
  }
}

function withoutPairs(resource: Resource): Resource {
  const { body } = resource;
  return body.type === 'session' ? { ...resource, body: { ...body, pairs: [] } } : resource;
}

function ownEpochs(session: Session): number[] {
  return [session, ...session.pairs].flatMap(({ send, accept }) => [
    ...(send === undefined ? [] : [parseEncapsulation(send)?.keys?.source ?? 0]),
    ...accept.map((text) => parseEncapsulation(text)?.keys?.destination ?? 0),
  ]);
}

export function keysOf({ name, epochs }: Host): Keys {
  return {
    identity: `identity of ${name}`,
    epochs: epochs.map((epoch) => ({ epoch, publicKey: `${name} ${epoch}`, signature: '' })),
  };
}
