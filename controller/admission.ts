/**
 * Which connections a listener keeps when there are too many: pure, no sockets.
 *
 *   waiting ──began──► busy ──ended──► waiting          (a request)
 *      └──upgraded──► kept                               (a WebSocket: bounded by its own deadlines)
 *
 * A connection that waits for its peer's next word has nothing to lose. So a new one takes the place of the one that
 * has waited longest: of its own source when that has too many, of all when the listener has. Thousands of silent
 * connections keep nobody out who has something to say; only where all are busy is a new one refused.
 */
export interface AdmissionLimits {
  /** Open at a time. */
  readonly connections: number;
  readonly perSource: number;
}

export type Admitted<Key> =
  /** `instead` is to be closed, for the reason. */
  { readonly ok: true; readonly instead?: Key; readonly why?: string } | { readonly ok: false; readonly why: string };

interface Connection {
  readonly source: string;
  /** Requests under way. */
  busy: number;
  upgraded: boolean;
}

export class Admission<Key> {
  readonly #limits: AdmissionLimits;
  readonly #connections = new Map<Key, Connection>();
  /** Longest first, by source. */
  readonly #waiting = new Map<string, Set<Key>>();
  /** Longest first, of all. */
  readonly #allWaiting = new Set<Key>();
  readonly #counts = new Map<string, number>();

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#connections.size;
  }

  admit(key: Key, source: string): Admitted<Key> {
    const { connections, perSource } = this.#limits;
    const ofSource = this.#counts.get(source) ?? 0;
    const isOver = ofSource >= perSource ? 'source' : this.#connections.size >= connections ? 'all' : undefined;
    const why =
      isOver === 'source' ? `${perSource} connections of one source` : `${connections} connections, which is the limit`;
    const [instead] = isOver === 'source' ? (this.#waiting.get(source) ?? []) : this.#allWaiting;
    if (isOver !== undefined && instead === undefined) return { ok: false, why };
    if (isOver !== undefined && instead !== undefined) this.gone(instead);
    this.#connections.set(key, { source, busy: 0, upgraded: false });
    this.#counts.set(source, (this.#counts.get(source) ?? 0) + 1);
    this.#wait(key, source);
    return isOver === undefined || instead === undefined ? { ok: true } : { ok: true, instead, why };
  }

  began(key: Key): void {
    const connection = this.#connections.get(key);
    if (connection === undefined) return;
    connection.busy += 1;
    this.#unwait(key, connection.source);
  }

  ended(key: Key): void {
    const connection = this.#connections.get(key);
    if (connection === undefined) return;
    connection.busy = Math.max(0, connection.busy - 1);
    if (connection.busy === 0 && !connection.upgraded) this.#wait(key, connection.source);
  }

  upgraded(key: Key): void {
    const connection = this.#connections.get(key);
    if (connection === undefined) return;
    connection.upgraded = true;
    this.#unwait(key, connection.source);
  }

  /** Idempotent. */
  gone(key: Key): void {
    const connection = this.#connections.get(key);
    if (connection === undefined) return;
    const { source } = connection;
    this.#connections.delete(key);
    this.#unwait(key, source);
    const left = (this.#counts.get(source) ?? 1) - 1;
    if (left === 0) this.#counts.delete(source);
    else this.#counts.set(source, left);
  }

  #wait(key: Key, source: string): void {
    const waiting = this.#waiting.get(source) ?? new Set<Key>();
    this.#waiting.set(source, waiting.add(key));
    this.#allWaiting.add(key);
  }

  #unwait(key: Key, source: string): void {
    this.#allWaiting.delete(key);
    const waiting = this.#waiting.get(source);
    waiting?.delete(key);
    if (waiting?.size === 0) this.#waiting.delete(source);
  }
}

/** Who is counted as one: an IPv4 address, or the /64 of an IPv6 one, which one machine can have all of. */
export function sourceOf(address: string | undefined): string {
  if (address === undefined) return 'local';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail] = (address.split('%', 1)[0] ?? '').split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...after].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
