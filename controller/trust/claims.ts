/**
 * What hosts have said that is not theirs to say: refused wherever it was said, kept here so that people see it. Each
 * kind of claim of a host is told once in a while, however often it is made.
 */
import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import type { Events } from '../events.ts';

/** A claim that is made again within this time is only counted. */
const tellEveryMs = 60_000;
/** Of one host, the newest. */
const mostKept = 8;

interface Claim {
  count: number;
  lastMs: number;
  toldMs: number;
}

export class Claims {
  readonly #clock: Clock;
  readonly #events: Events;
  readonly #log: Logger;
  /** Host → what it claimed → how often. */
  readonly #claims = new Map<string, Map<string, Claim>>();

  constructor({ clock, events, log }: { readonly clock: Clock; readonly events: Events; readonly log: Logger }) {
    this.#clock = clock;
    this.#events = events;
    this.#log = log;
  }

  /** `what`, behind "claimed": the state of guest 'g1', which is on host 'b'. */
  refused(host: string, what: string, address: string): void {
    const nowMs = this.#clock.unixMs();
    const ofHost = this.#claims.get(host) ?? new Map<string, Claim>();
    this.#claims.set(host, ofHost);
    const claim = ofHost.get(what) ?? { count: 0, lastMs: 0, toldMs: Number.NEGATIVE_INFINITY };
    // The newest is last.
    ofHost.delete(what);
    ofHost.set(what, claim);
    const [oldest] = ofHost.keys();
    if (ofHost.size > mostKept && oldest !== undefined) ofHost.delete(oldest);
    claim.count += 1;
    claim.lastMs = nowMs;
    if (nowMs - claim.toldMs < tellEveryMs) return;
    claim.toldMs = nowMs;
    this.#log.warn({ host, address, count: claim.count, reason: what }, 'a host claimed what is not its own');
    this.#events.add({ timeMs: nowMs, host, code: 'claim-refused', detail: `claimed ${what}, from ${address}` });
  }

  /** Sentences for people: what is wrong with the host. */
  problems(host: string): readonly string[] {
    return [...(this.#claims.get(host) ?? [])].map(([what, { count, lastMs }]) => {
      const times = count === 1 ? '' : `, ${count} times`;
      return `claimed ${what}${times}, last at ${new Date(lastMs).toISOString().slice(0, 19)}Z; refused`;
    });
  }

  forget(host: string): void {
    this.#claims.delete(host);
  }
}
