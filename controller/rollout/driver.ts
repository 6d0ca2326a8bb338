/**
 * Drives the rollout: looks at it with a clock, writes what the machine decides, obeys people. One at a time.
 *
 * What it remembers itself is only how long it has watched, so a controller that starts anew watches the newest
 * batch for its full time once more and goes on.
 */
import type { Logger } from 'pino';
import type { ResumeRequest, RolloutRequest } from '../../wire/rollout.ts';
import type { Author } from '../access/author.ts';
import { rolloutObjection } from '../access/tenancy.ts';
import type { Clock } from '../clock.ts';
import type { Commands, RolloutChange } from '../state/commands.ts';
import type { Rollout, RolloutValue } from '../state/records.ts';
import { grant, type Outcome, type Refusal, refuse } from '../state/refusal.ts';
import type { State } from '../state/state.ts';
import { activeRollout, isOver } from './effective.ts';
import {
  machineLimits,
  objection,
  type RolloutCommand,
  type RolloutEffect,
  type RolloutEvent,
  some,
  step,
  type Watched,
} from './machine.ts';
import { isPut, planRollout } from './plan.ts';
import { Watch, type WatchSources } from './watch.ts';

export interface RolloutsOptions extends WatchSources {
  readonly state: State;
  readonly commands: Pick<Commands, 'changeRollout'> & { as(author: Author): Pick<Commands, 'changeRollout'> };
  readonly clock: Clock;
  readonly log: Logger;
  readonly report: (code: string, detail: string) => void;
}

/** As last looked at. */
export interface Seen extends Watched {
  readonly forMs: number;
}

/** Past ones that are kept, for those who want to know what was. */
const pastMost = 16;

export class Rollouts {
  readonly #options: RolloutsOptions;
  readonly #watch: Watch;
  #sinceMs = 0;
  #seen: Seen | undefined;
  #cancelLook: () => void = () => undefined;
  #stopped = false;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: RolloutsOptions) {
    this.#options = options;
    this.#watch = new Watch(options);
  }

  /** Goes on with what is stored. */
  begin(): void {
    const active = activeRollout(this.#options.state.rollouts);
    if (active === undefined) return;
    this.#watchAnew(active);
    this.#lookAfter(0);
  }

  /** Resolves when nothing of it is under way. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelLook();
    return this.#looking;
  }

  /** Of the one that is not over. */
  get seen(): Seen | undefined {
    return this.#seen;
  }

  /** As whom: what they may not put is refused, and the log names them. Nobody: a test of the machine. */
  async start(request: RolloutRequest, author?: Author): Promise<Outcome<Rollout>> {
    const { state, clock, report } = this.#options;
    const outcome = await this.#commandsOf(author).changeRollout(request.name, () => {
      const objection = author && rolloutObjection(author, request, state);
      if (objection !== undefined) return objection;
      const moment = { nowMs: clock.unixMs(), dropsPercentBefore: this.#watch.dropsPercent() };
      const planned = planRollout(request, state, moment);
      if (!planned.ok) return planned;
      const refused = this.#refuseCut(request.name, planned.value);
      return refused ?? grant({ value: planned.value, forget: this.#surplus(request.name) });
    });
    if (!outcome.ok) return outcome;
    report('rollout-started', `${outcome.value.name}: batches of ${outcome.value.batchHosts} hosts`);
    this.#watchAnew(outcome.value);
    this.#lookAfter(0);
    return outcome;
  }

  pause(name: string, author?: Author): Promise<Outcome<Rollout>> {
    return this.#obey(name, { kind: 'pause', nowMs: this.#options.clock.unixMs() }, author);
  }

  resume(name: string, { limits = {} }: ResumeRequest, author?: Author): Promise<Outcome<Rollout>> {
    return this.#obey(name, { kind: 'resume', nowMs: this.#options.clock.unixMs(), limits }, author);
  }

  abort(name: string, author?: Author): Promise<Outcome<Rollout>> {
    return this.#obey(name, { kind: 'abort', nowMs: this.#options.clock.unixMs() }, author);
  }

  /** One look; the clock asks for it. */
  async look(): Promise<void> {
    const { state, clock, log } = this.#options;
    const active = activeRollout(state.rollouts);
    if (active === undefined || this.#stopped) return;
    const forMs = clock.nowMs() - this.#sinceMs;
    const watched = this.#watch.look(active);
    this.#seen = { ...watched, forMs };
    const hosts = [...state.hosts.values()].map(({ name, assets }) => ({ name, labels: assets.labels }));
    try {
      await this.#tell(active.name, { kind: 'looked', nowMs: clock.unixMs(), forMs, hosts, watched });
    } catch (error) {
      // The store could not take it: what it holds is still true, so looking again is all.
      log.error({ err: error, rollout: active.name }, 'rollout not moved, tried again soon');
      this.#lookAfter(machineLimits.lookMs);
    }
  }

  // ---- events in, effects out ------------------------------------------------------------------------------

  async #obey(name: string, command: RolloutCommand, author?: Author): Promise<Outcome<Rollout>> {
    const { state } = this.#options;
    if (!state.rollouts.has(name)) return refuse('unknown', `rollout '${name.slice(0, 100)}' does not exist`);
    return this.#tell(name, command, author);
  }

  /** The step is taken inside the write, on what is stored then. */
  async #tell(name: string, event: RolloutEvent, author?: Author): Promise<Outcome<Rollout>> {
    const { state } = this.#options;
    let effects: readonly RolloutEffect[] = [];
    let before: Rollout | undefined;
    const outcome = await this.#commandsOf(author).changeRollout(name, (present) => {
      if (present === undefined) return refuse('unknown', `rollout '${name}' does not exist`);
      const why = isCommand(event) ? objection(present, event.kind) : undefined;
      if (why !== undefined) return refuse('in-use', `rollout '${name}': ${why}`);
      before = present;
      const [value, made] = step(present, event);
      effects = made;
      if (value === present) return grant(undefined);
      return grant(event.kind === 'written' ? { value, ...policyChanges(value, state) } : { value });
    });
    if (!outcome.ok) return outcome;
    if (startsWatch(before, outcome.value)) this.#watchAnew(outcome.value);
    for (const effect of effects) await this.#perform(outcome.value, effect);
    return outcome;
  }

  #commandsOf(author: Author | undefined): Pick<Commands, 'changeRollout'> {
    const { commands } = this.#options;
    return author === undefined ? commands : commands.as(author);
  }

  async #perform(rollout: Rollout, effect: RolloutEffect): Promise<void> {
    const { clock, report } = this.#options;
    switch (effect.kind) {
      case 'look':
        this.#lookAfter(effect.afterMs);
        break;
      case 'report':
        report(effect.code, `${rollout.name}: ${effect.detail}`);
        break;
      case 'check': {
        const { batch } = effect;
        const cut = this.#watch.cut(rollout, batch);
        await this.#tell(rollout.name, { kind: 'checked', nowMs: clock.unixMs(), batch, cut });
        break;
      }
      case 'write':
        await this.#tell(rollout.name, { kind: 'written', nowMs: clock.unixMs() });
        break;
    }
  }

  #lookAfter(afterMs: number): void {
    this.#cancelLook();
    if (this.#stopped) return;
    this.#cancelLook = this.#options.clock.after(afterMs, () => {
      this.#looking = this.look();
    });
  }

  #watchAnew(rollout: Rollout): void {
    this.#sinceMs = this.#options.clock.nowMs();
    this.#watch.restart(rollout);
    this.#seen = undefined;
  }

  /** What is known at the start already need not be found out batch by batch. */
  #refuseCut(name: string, planned: RolloutValue): Refusal | undefined {
    const cut = this.#watch.cut(planned, [...this.#options.state.hosts.keys()]);
    if (cut.length <= planned.limits.cut) return undefined;
    const what = `rollout '${name}' would leave ${cut.length} directions that are in use with no selection: ${some(cut)}`;
    return refuse('in-use', `${what}; change its policies, or say that so many may be (--max-cut ${cut.length})`);
  }

  /** The oldest of those that are over, when there are many. */
  #surplus(name: string): string[] {
    const past = [...this.#options.state.rollouts.values()].filter((each) => isOver(each) && each.name !== name);
    return past
      .sort((a, b) => b.changedMs - a.changedMs)
      .slice(pastMost - 1)
      .map((each) => each.name);
  }
}

function isCommand(event: RolloutEvent): event is RolloutCommand {
  return event.kind === 'pause' || event.kind === 'resume' || event.kind === 'abort';
}

/** A batch came or went, or it runs again: what was seen before says nothing of it. */
function startsWatch(before: RolloutValue | undefined, after: RolloutValue): boolean {
  return before?.batches.length !== after.batches.length || before.phase !== after.phase;
}

function policyChanges({ policies, remove }: RolloutValue, state: State): Pick<RolloutChange, 'put' | 'remove'> {
  return {
    put: policies.filter((policy) => !isPut(policy, state)),
    remove: remove.filter((name) => state.policies.has(name)),
  };
}
