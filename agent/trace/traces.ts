/**
 * Drives the machine of traces: arms the data plane, has the echo sent, keeps the time, tells the controller.
 *
 *     controller ─► asked ─► machine ─► arm, echo ─► executors ─► traced ─► names ─► machine ─► report ─► controller
 */
import type { Trace, Traced } from '../../wire/control.ts';
import type { Clock } from '../clock.ts';
import type { DataPath, Traced as Event } from '../datapath/datapath.ts';
import { run } from '../run.ts';
import { findDevices } from './devices.ts';
import { dryRun } from './dry-run.ts';
import { type SendEcho, sendEcho } from './echo.ts';
import { stepTraces, type TraceEffect, type TraceEvent, type TraceState } from './machine.ts';
import { type Devices, type Ends, type Names, stepOf } from './steps.ts';

export interface TracesOptions {
  readonly clock: Clock;
  readonly datapath: Pick<DataPath, 'trace' | 'lookUp'>;
  readonly names: Names;
  readonly report: (traced: Traced) => void;
  /** Of the guest's namespace, if it is there and is this agent's. */
  readonly namespaceOf: (guest: string) => string | undefined;
  readonly tools?: TraceTools;
}

/** What is asked of the system. */
export interface TraceTools {
  readonly sendEcho: SendEcho;
  readonly findDevices: () => Promise<Devices>;
}

const systemTools: TraceTools = {
  sendEcho: (echo) => sendEcho(run, echo),
  findDevices: () => findDevices(run),
};

/** An echo that is not answered by then is lost. */
const answerMs = 2000;

const nothing = () => undefined;

export class Traces {
  private readonly options: TracesOptions;
  private readonly tools: TraceTools;
  private state: TraceState = { kind: 'idle' };
  private devices: Devices = new Map();
  private cancelTimer: () => void = nothing;

  constructor(options: TracesOptions) {
    this.options = options;
    this.tools = options.tools ?? systemTools;
  }

  asked(trace: Trace): void {
    this.happen({ kind: 'asked', trace });
  }

  /** Of an executor's event. */
  seen(event: Event): void {
    if (this.state.kind !== 'following') return;
    const step = stepOf(event, this.state.trace, this.options.names, this.devices);
    this.happen({ kind: 'seen', trace: event.trace, step });
  }

  close(): void {
    this.happen({ kind: 'closed' });
  }

  private happen(event: TraceEvent): void {
    const [state, effects] = stepTraces(this.state, event);
    this.state = state;
    for (const effect of effects) this.perform(effect);
  }

  private perform(effect: TraceEffect): void {
    switch (effect.kind) {
      case 'look':
        this.look(effect.trace);
        break;
      case 'arm': {
        const { trace, gni, source, destination, echo } = effect.trace;
        this.options.datapath.trace({ trace, gni, source, destination, echo });
        break;
      }
      case 'disarm':
        this.options.datapath.trace(undefined);
        break;
      case 'echo':
        this.echo(effect.trace);
        break;
      case 'timer':
        this.cancelTimer();
        this.cancelTimer = this.options.clock.after(effect.ms, () => this.happen({ kind: 'due', trace: effect.trace }));
        break;
      case 'stopTimer':
        this.cancelTimer();
        break;
      case 'lookUp':
        this.answer(effect.trace);
        break;
      case 'report':
        this.options.report(effect.traced);
        break;
    }
  }

  private look(trace: number): void {
    const found = (devices: Devices) => {
      this.devices = devices;
      this.happen({ kind: 'ready', trace });
    };
    // Without names there are numbers.
    this.tools.findDevices().then(found, () => found(new Map()));
  }

  private echo(trace: Trace): void {
    const over = (answeredUs: number, problem: string) =>
      this.happen({ kind: 'echoed', trace: trace.trace, answeredUs, problem });
    const { inject: guest, source, destination, echo: id } = trace;
    const netnsPath = this.options.namespaceOf(guest);
    if (netnsPath === undefined) {
      over(0, `guest ${guest} has no namespace here to send an echo from`);
      return;
    }
    // On the way back the guest is where the answer goes to.
    const isSource = this.options.names.guestAt(trace.gni, source) === guest;
    const ends = isSource ? { source, destination } : { source: destination, destination: source };
    const failed = (why: string) => over(0, `the echo could not be sent in guest ${guest}: ${why}`);
    this.tools.sendEcho({ netnsPath, ...ends, id, waitMs: Math.min(trace.waitMs, answerMs) }).then(
      (result) => (result.ok ? over(result.answeredUs ?? 0, '') : failed(result.why)),
      (error: Error) => failed(error.message),
    );
  }

  private answer(trace: Trace): void {
    const { names, datapath, report } = this.options;
    const answer = { trace: trace.trace, last: true, answeredUs: 0 };
    try {
      report({ ...answer, steps: dryRun(trace, datapath.lookUp(ends(trace)), names), problem: '' });
    } catch (error) {
      report({ ...answer, steps: [], problem: `nothing can be looked up: ${(error as Error).message}` });
    }
  }
}

function ends({ gni, source, destination }: Ends): Ends {
  return { gni, source, destination };
}
