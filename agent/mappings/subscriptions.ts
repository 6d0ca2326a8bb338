/**
 * Which mappings this host asks for and keeps.
 *
 *     miss ──► asking ──answer──► held ──► (unwanted) ──► gone
 *                 │ deadline                  ▲ nowhere for 30 s, no guest of the network left, or no room
 *                 └────────► (unwanted) ──► gone
 *
 * The controller keeps telling changes of what was asked until it is let go of, so what is let go of is
 * said once, and what arrives without having been asked for is not kept.
 */
import { type MappingName, mappingKey } from '../../wire/control.ts';
import { limits } from '../../wire/limits.ts';
import type { Clock } from '../clock.ts';

export interface SubscriptionOptions {
  readonly clock: Clock;
  /** How long a packet waits for its mapping: asking longer helps nobody. */
  readonly deadlineMs: number;
  /** Bound on mappings asked for and held. Hello lists them all and has to stay under the message limit. */
  readonly most?: number;
  /** Sends, or says that there is no session. */
  readonly send: (wanted: readonly MappingName[], unwanted: readonly MappingName[]) => boolean;
  /** Takes mappings out of the desired state. */
  readonly drop: (names: readonly MappingName[]) => void;
  readonly hasGuestIn: (gni: number) => boolean;
  /** There is no room: said at most once a minute. */
  readonly full: (most: number) => void;
}

const retryMs = 400;
const nowhereMs = 30_000;
const complainMs = 60_000;
const usualMost = 8192;

interface Entry {
  readonly name: MappingName;
  state: 'asking' | 'here' | 'nowhere';
  sinceMs: number;
  /** When the controller was last asked; undefined: not yet. */
  askedMs: number | undefined;
}

export class Subscriptions {
  private readonly options: SubscriptionOptions;
  private readonly most: number;
  private readonly entries = new Map<string, Entry>();
  private readonly unwanted: MappingName[] = [];
  private cancelFlush: (() => void) | undefined;
  private cancelLook: (() => void) | undefined;
  private complainedMs = Number.NEGATIVE_INFINITY;

  constructor(options: SubscriptionOptions) {
    this.options = options;
    this.most = options.most ?? usualMost;
  }

  /** Mappings from disk. */
  restore(names: Iterable<{ readonly name: MappingName; readonly nowhere: boolean }>): void {
    const sinceMs = this.options.clock.steadyMs();
    for (const { name, nowhere } of names) {
      this.entries.set(mappingKey(name), { name, state: nowhere ? 'nowhere' : 'here', sinceMs, askedMs: sinceMs });
    }
    this.lookLater();
  }

  /** The data plane has a packet for an address that it does not know. */
  miss(name: MappingName): void {
    const key = mappingKey(name);
    const entry = this.entries.get(key);
    // The data plane tells again while packets wait: letting go now would lose the answer that is under way.
    if (entry?.state === 'asking') entry.sinceMs = this.options.clock.steadyMs();
    if (entry !== undefined || !this.options.hasGuestIn(name.gni)) return;
    if (this.entries.size >= this.most && !this.makeRoom()) return;
    this.entries.set(key, { name, state: 'asking', sinceMs: this.options.clock.steadyMs(), askedMs: undefined });
    this.flushSoon();
    this.lookLater();
  }

  /** Whether an arriving mapping is kept; if so it is no longer asked for. */
  arrived(name: MappingName, nowhere: boolean): boolean {
    const entry = this.entries.get(mappingKey(name));
    if (entry === undefined) {
      // The controller thinks that it is asked for, and would go on telling its changes.
      this.unwanted.push(name);
      this.flushSoon();
      return false;
    }
    const state = nowhere ? 'nowhere' : 'here';
    if (entry.state !== state) entry.sinceMs = this.options.clock.steadyMs();
    entry.state = state;
    // The controller knows of it, however it came to.
    entry.askedMs ??= this.options.clock.steadyMs();
    this.lookLater();
    return true;
  }

  /** The controller took the mapping away. A question that is open stays so: its answer is still to come. */
  withdrawn(name: MappingName): void {
    const key = mappingKey(name);
    if (this.entries.get(key)?.state !== 'asking') this.entries.delete(key);
  }

  /** Hello leaves and tells what is held: what was let go of before needs no telling. */
  greeting(): void {
    this.unwanted.length = 0;
  }

  /** A session is up: what is still asked for is asked again. */
  connected(): void {
    for (const entry of this.entries.values()) if (entry.state === 'asking') entry.askedMs = undefined;
    this.flushSoon();
  }

  /** The last guest of a network may have left. */
  guestsChanged(): void {
    const gnis = new Set([...this.entries.values()].map(({ name }) => name.gni));
    const left = new Set([...gnis].filter((gni) => !this.options.hasGuestIn(gni)));
    if (left.size > 0) this.release([...this.entries.values()].filter(({ name }) => left.has(name.gni)));
  }

  close(): void {
    this.cancelFlush?.();
    this.cancelLook?.();
  }

  /** Misses that come together leave together. */
  private flushSoon(): void {
    this.cancelFlush ??= this.options.clock.after(0, () => {
      this.cancelFlush = undefined;
      this.flush();
    });
  }

  private flush(): void {
    const now = this.options.clock.steadyMs();
    const due = [...this.entries.values()].filter(
      ({ state, askedMs }) => state === 'asking' && (askedMs === undefined || now - askedMs >= retryMs),
    );
    while (due.length > 0 || this.unwanted.length > 0) {
      const wanted = due.splice(0, limits.namesPerSubscribe);
      const unwanted = this.unwanted.splice(0, limits.namesPerSubscribe);
      if (
        !this.options.send(
          wanted.map(({ name }) => name),
          unwanted,
        )
      ) {
        this.unwanted.push(...unwanted);
        return;
      }
      for (const entry of wanted) entry.askedMs = now;
    }
  }

  private lookLater(): void {
    if (this.cancelLook !== undefined || this.entries.size === 0) return;
    if (![...this.entries.values()].some(({ state }) => state !== 'here')) return;
    this.cancelLook = this.options.clock.after(retryMs, () => {
      this.cancelLook = undefined;
      this.look();
      this.lookLater();
    });
  }

  private look(): void {
    const now = this.options.clock.steadyMs();
    const over = [...this.entries.values()].filter(
      ({ state, sinceMs }) =>
        (state === 'asking' && now - sinceMs >= this.options.deadlineMs) ||
        (state === 'nowhere' && now - sinceMs >= nowhereMs),
    );
    this.release(over);
    this.flush();
  }

  /** The oldest that is nowhere goes, since forgetting it costs least. */
  private makeRoom(): boolean {
    const oldest = [...this.entries.values()].find(({ state }) => state === 'nowhere');
    if (oldest !== undefined) {
      this.release([oldest]);
      return true;
    }
    const now = this.options.clock.steadyMs();
    if (now - this.complainedMs >= complainMs) {
      this.complainedMs = now;
      this.options.full(this.most);
    }
    return false;
  }

  private release(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    for (const { name } of entries) this.entries.delete(mappingKey(name));
    this.unwanted.push(...entries.filter(({ askedMs }) => askedMs !== undefined).map(({ name }) => name));
    this.options.drop(entries.map(({ name }) => name));
    this.flushSoon();
  }
}
