/** Counters of guests and peers in the agent's life: given to the data plane before anything counts, saved now and then. */
import type { DataPath } from './datapath/datapath.ts';
import type { KeptCounts } from './datapath/kept-counts.ts';
import type { Journal } from './journal.ts';
import type { StateStore } from './state/store.ts';

export interface OpenedCounts {
  readonly counts: KeptCounts;
  /** Why they begin anew, if they do. */
  readonly problem?: string;
}

export class CountsLife {
  private readonly counts: KeptCounts | undefined;
  private readonly datapath: DataPath;
  private readonly store: StateStore;

  constructor(opened: OpenedCounts | undefined, datapath: DataPath, store: StateStore, journal: Journal) {
    this.counts = opened?.counts;
    this.datapath = datapath;
    this.store = store;
    if (opened === undefined) return;
    datapath.keepCounts(opened.counts);
    opened.counts.whenFailing((error) => journal.error('counters', error.message));
    if (opened.problem !== undefined) journal.error('counters', opened.problem);
  }

  /** Every 10 s, of counters that were read just now. */
  save(): void {
    const { guests, sessions } = this.store.desired;
    this.counts?.save((kind, name) => (kind === 'guests' ? guests : sessions).has(name));
  }

  /** Behind the engine's last packet. */
  async close(): Promise<void> {
    if (this.counts === undefined) return;
    this.datapath.counters();
    await this.counts.close();
  }
}
