/** Flow records: single packets, picked by chance, by names. The newest are kept, for people. */
import type { EngineFlow } from '../../native/index.ts';

export interface FlowRecord extends Omit<EngineFlow, 'port' | 'peer'> {
  /** Of this host, if it is there still. */
  readonly guest?: string;
  /** Host. */
  readonly peer?: string;
  readonly executor?: string;
}

const kept = 256;

export class FlowRecords {
  private readonly records: FlowRecord[] = [];
  /** Where the next one goes once all places are taken. */
  private next = 0;

  add(record: FlowRecord): void {
    this.records[this.next] = record;
    this.next = (this.next + 1) % kept;
  }

  /** Newest last. */
  newest(): readonly FlowRecord[] {
    return [...this.records.slice(this.next), ...this.records.slice(0, this.next)];
  }
}
