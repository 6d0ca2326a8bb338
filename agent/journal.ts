/**
 * What happened: one place through which every noteworthy thing goes to the log, to the status endpoint
 * (errors) and to the controller (events, kept while there is no session, oldest lost first).
 */
import type { AgentEvent } from '../wire/control.ts';
import type { EventCode } from '../wire/events.ts';
import { limits } from '../wire/limits.ts';
import type { LogFields } from '../wire/log-fields.ts';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

export interface JournalError {
  readonly timeMs: number;
  readonly where: string;
  readonly message: string;
}

const keptEvents = 256;
const keptErrors = 50;

export class Journal {
  private readonly log: Log;
  private readonly clock: Clock;
  private readonly waiting: AgentEvent[] = [];
  private readonly latest: JournalError[] = [];
  private readonly counts = new Map<EventCode, number>();
  private counted = 0;
  private onEvent: () => void = () => undefined;

  constructor(log: Log, clock: Clock) {
    this.log = log;
    this.clock = clock;
  }

  /** `listener` runs when an event waits for the controller. */
  whenEvent(listener: () => void): void {
    this.onEvent = listener;
  }

  event(code: EventCode, detail: string, fields: LogFields = {}): void {
    this.log.info({ ...fields, code }, detail);
    this.counts.set(code, (this.counts.get(code) ?? 0) + 1);
    this.waiting.push({ timeMs: this.clock.now(), code, detail: detail.slice(0, limits.textLength) });
    if (this.waiting.length > keptEvents) this.waiting.shift();
    this.onEvent();
  }

  error(where: string, message: string, fields: LogFields = {}): void {
    this.log.warn({ ...fields, reason: message }, `${where}: ${message}`);
    this.counted++;
    this.latest.push({ timeMs: this.clock.now(), where, message });
    if (this.latest.length > keptErrors) this.latest.shift();
  }

  /** Events not yet handed out, at most one message's worth. */
  takeEvents(): AgentEvent[] {
    return this.waiting.splice(0, limits.eventsPerMessage);
  }

  /** Since the agent began. */
  get eventCounts(): ReadonlyMap<EventCode, number> {
    return this.counts;
  }

  get errorCount(): number {
    return this.counted;
  }

  errors(): readonly JournalError[] {
    return this.latest;
  }
}
