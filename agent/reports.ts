/**
 * What goes up to the controller besides hello and heartbeats: guest states, events, mappings asked for,
 * measurements. Changes that come together leave together; without a session nothing is kept but events,
 * since everything else is told whole when one comes up.
 */
import type { AgentMessage, GuestState, PathMeasurement } from '../wire/control.ts';
import type { Clock } from './clock.ts';
import type { Journal } from './journal.ts';

export interface ReportsOptions {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly send: (message: AgentMessage) => boolean;
  readonly connected: () => boolean;
  /** All that are known. */
  readonly paths: () => readonly PathMeasurement[];
}

const gatherMs = 20;
const gatherPathsMs = 1000;

export class Reports {
  private readonly options: ReportsOptions;
  private readonly guests = new Map<string, GuestState>();
  private cancel: (() => void) | undefined;
  private cancelPaths: (() => void) | undefined;

  constructor(options: ReportsOptions) {
    this.options = options;
    options.journal.whenEvent(() => this.soon());
  }

  guest(state: GuestState): void {
    this.guests.set(state.guest, state);
    this.soon();
  }

  /** Every report says all paths: the controller keeps the last one. */
  pathsChanged(): void {
    this.cancelPaths ??= this.options.clock.after(gatherPathsMs, () => {
      this.cancelPaths = undefined;
      const paths = this.options.paths();
      if (paths.length > 0) this.options.send({ kind: 'measurements', paths });
    });
  }

  close(): void {
    this.cancel?.();
    this.cancel = undefined;
    this.cancelPaths?.();
    this.cancelPaths = undefined;
  }

  flush(): void {
    this.cancel?.();
    this.cancel = undefined;
    const { journal, send, connected } = this.options;
    const guests = [...this.guests.values()];
    this.guests.clear();
    if (!connected()) return;
    if (guests.length > 0) send({ kind: 'guestStates', guests });
    for (let events = journal.takeEvents(); events.length > 0; events = journal.takeEvents()) {
      send({ kind: 'events', events });
    }
  }

  private soon(): void {
    this.cancel ??= this.options.clock.after(gatherMs, () => this.flush());
  }
}
