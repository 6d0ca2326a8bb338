/**
 * The newest things that operators should know of, bounded, in memory: shown in the status, and followed.
 *
 * A cursor is `EPOCH.NUMBER` of the last event that was read. Whoever falls behind what is kept is told how many events
 * are lost; nothing is kept for anybody in particular.
 */
import { type Event, eventLimits, isKnownEvent } from '../wire/events.ts';

export type ControllerEvent = Event;

/** What of the events somebody wants, and may see. */
export type EventFilter = (event: ControllerEvent) => boolean;

export interface EventsRead {
  readonly items: ControllerEvent[];
  /** Number of the last event that was looked at. */
  readonly upTo: number;
  readonly missed: number;
}

const shownInStatus = 256;

export class Events {
  readonly #most: number;
  readonly #counts = new Map<string, number>();
  readonly #waiting = new Set<() => void>();
  #events: ControllerEvent[] = [];
  /** Number of the last event; the first one has number 1. */
  #last = 0;

  constructor(most: number = eventLimits.kept) {
    this.#most = most;
  }

  /** Since the controller began. Codes that this build does not know are counted together. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  get last(): number {
    return this.#last;
  }

  add(event: ControllerEvent): void {
    this.#events.push(event);
    this.#last++;
    const code = isKnownEvent(event.code) ? event.code : 'unknown';
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
    // Trimmed in strides, so that adding stays cheap.
    if (this.#events.length >= 2 * this.#most) this.#events = this.#events.slice(-this.#most);
    for (const wake of [...this.#waiting]) wake();
  }

  /** Newest last. */
  list(): ControllerEvent[] {
    return this.#events.slice(-Math.min(this.#most, shownInStatus));
  }

  /** Those behind number `after` that fit, oldest first, as many as one answer has. */
  read(after: number, fits: EventFilter = () => true): EventsRead {
    const first = this.#last - Math.min(this.#events.length, this.#most) + 1;
    const from = Math.max(after + 1, first);
    const items: ControllerEvent[] = [];
    let upTo = Math.max(after, first - 1);
    for (const event of this.#events.slice(this.#events.length - (this.#last - from + 1))) {
      if (items.length === eventLimits.perAnswer) break;
      upTo++;
      if (fits(event)) items.push(event);
    }
    return { items, upTo, missed: Math.max(0, from - after - 1) };
  }

  /** Ends with the next event, or when the signal says so. False at once: too many wait already. */
  async next(signal: AbortSignal): Promise<boolean> {
    if (this.#waiting.size >= eventLimits.followers) return false;
    if (signal.aborted) return true;
    await new Promise<void>((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
    return true;
  }
}
