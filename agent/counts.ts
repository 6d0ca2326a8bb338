/** Counters of guests and peers in the agent's life: given to the data plane before anything counts, saved now and then. */
import type { Clock } from './clock.ts';
import type { DataPath } from './datapath/datapath.ts';
import type { KeptCounts } from './datapath/kept-counts.ts';
import type { Journal } from './journal.ts';
import type { StateStore } from './state/store.ts';

export interface OpenedCounts {
  readonly counts: KeptCounts;
  /** Why they begin anew, if they do. */
  readonly problem?: string;
}

export interface CountsParts {
  readonly datapath: DataPath;
  readonly store: StateStore;
  readonly journal: Journal;
  readonly clock: Clock;
}

/** Ports are open by then. */
const soonMs = 500;

export class CountsLife {
  private readonly counts: KeptCounts | undefined;
  private readonly datapath: DataPath;
  private readonly store: StateStore;
  private readonly clock: Clock;
  private cancel: (() => void) | undefined;

  constructor(opened: OpenedCounts | undefined, { datapath, store, journal, clock }: CountsParts) {
    this.clock = clock;
    this.counts = opened?.counts;
    this.datapath = datapath;
    this.store = store;
    if (opened === undefined) return;
    datapath.keepCounts(opened.counts);
    opened.counts.whenFailing((error) => journal.error('counters', error.message));
    if (opened.problem !== undefined) journal.error('counters', opened.problem);
  }

  /** Every 10 s, and when guests or sessions have come: the file knows whose counters the engine holds. */
  save(): void {
    if (this.counts === undefined) return;
    const { guests, sessions } = this.store.desired;
    this.datapath.counters();
    this.counts.save((kind, name) => (kind === 'guests' ? guests : sessions).has(name));
  }

  saveSoon(): void {
    this.cancel ??= this.clock.after(soonMs, () => {
      this.cancel = undefined;
      this.save();
    });
  }

  /** Behind the engine's last packet. */
  async close(): Promise<void> {
    this.cancel?.();
    if (this.counts === undefined) return;
    this.datapath.counters();
    await this.counts.close();
  }
}
