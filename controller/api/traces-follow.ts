/**
 * Has hosts follow packets and gathers what they tell.
 *
 *     there: the receiver's host is armed and says so ─► the sender's host is armed, and sends the echo
 *     back:  the same, for what goes the other way: the answer to a second echo
 *
 * An executor follows one direction at a time, so the answer of the first echo has passed before anybody could look
 * for it. A host takes part in one trace at a time. Agents end a trace by their own timers; they are told to end it
 * as soon as everything was seen.
 */
import { randomInt } from 'node:crypto';
import type { Traced, TraceStep } from '../../wire/control.ts';
import { limits } from '../../wire/limits.ts';
import type { Hub } from '../channel/hub.ts';
import type { Clock } from '../clock.ts';
import { followedHosts, hostsOf, type TraceEnd, type TracePlan, type Way } from './traces-ends.ts';
import { lastStep, type Round, type Told } from './traces-story.ts';

/** For an agent to say that it is armed, or what its tables hold. */
const answerMs = 2000;
/** What has left one host is at the other by then, or lost. */
export const crossingMs = 2000;
/** What executors tell of one packet comes by several queues. */
const settleMs = 150;
const endMs = 500;

const numbers = 0xffff_ffff;

interface Question {
  readonly plan: TracePlan;
  readonly way: Way;
  readonly echo: number;
  readonly signal: AbortSignal;
}

export class TraceFollower {
  readonly #hub: Hub;
  readonly #clock: Clock;
  readonly #busy = new Set<string>();
  readonly #rounds = new Map<number, Gathering>();
  // Agents may still follow what a former controller has asked for.
  #number = randomInt(numbers);

  constructor(hub: Hub, clock: Clock) {
    this.#hub = hub;
    this.#clock = clock;
    hub.onTraced((host, traced) => this.#rounds.get(traced.trace)?.hear(host, traced));
  }

  /** Of the hosts, one that takes part in another trace; else all of them are taken until `free`. */
  take(hosts: readonly string[]): string | undefined {
    const busy = hosts.find((host) => this.#busy.has(host));
    if (busy === undefined) for (const host of hosts) this.#busy.add(host);
    return busy;
  }

  free(hosts: readonly string[]): void {
    for (const host of hosts) this.#busy.delete(host);
  }

  /** One packet's way in one direction. */
  async follow(question: Question): Promise<Round> {
    const { plan, way, echo, signal } = question;
    const sender = plan.from.host.name;
    const others = followedHosts(plan).filter((host) => host !== sender);
    const round = this.#begin(signal);
    const base = { trace: round.number, gni: plan.gni, ...ends(plan, way), echo, dryRun: false };
    const waitMs = this.#longestMs(plan);
    try {
      for (const host of others) this.#hub.trace(host, { ...base, waitMs: waitMs + answerMs, inject: '' });
      await round.until(() => others.every((host) => round.told(host).answered), answerMs);
      const inject = plan.mode === 'echo' ? plan.from.guest.name : '';
      this.#hub.trace(sender, { ...base, waitMs, inject });
      await round.until(
        () => isOver(question, round),
        waitMs + answerMs,
        (host) => crossing(question, round, host),
      );
      if (plan.mode === 'packet') await round.until(() => false, settleMs);
    } finally {
      for (const host of [sender, ...others]) this.#hub.trace(host, { ...base, waitMs: 0, inject: '' });
      await round.until(() => [sender, ...others].every((host) => round.told(host).last), endMs);
      this.#rounds.delete(round.number);
    }
    return round.all();
  }

  /** What both hosts' tables hold for one direction. */
  async lookUp({ plan, way, signal }: Omit<Question, 'echo'>): Promise<Round> {
    const round = this.#begin(signal);
    const base = { trace: round.number, gni: plan.gni, ...ends(plan, way), echo: 0, waitMs: 0, inject: '' };
    const hosts = followedHosts(plan);
    try {
      for (const host of hosts) this.#hub.trace(host, { ...base, dryRun: true });
      await round.until(() => hosts.every((host) => round.told(host).last), answerMs);
    } finally {
      this.#rounds.delete(round.number);
    }
    return round.all();
  }

  #begin(signal: AbortSignal): Gathering {
    this.#number = (this.#number % numbers) + 1;
    const round = new Gathering(this.#number, this.#clock, signal);
    this.#rounds.set(round.number, round);
    return round;
  }

  /** What an agent may be asked for. */
  #longestMs({ waitMs }: TracePlan): number {
    return Math.min(waitMs, limits.traceWaitMs - answerMs);
  }
}

function ends({ from, to }: TracePlan, way: Way): { readonly source: string; readonly destination: string } {
  return way === 'there'
    ? { source: from.address, destination: to.address }
    : { source: to.address, destination: from.address };
}

/** Nothing more is to be expected. */
function isOver({ plan, way }: Question, round: Gathering): boolean {
  const { sender, receiver } = hostsOf(plan, way);
  const verdicts = [sender, receiver].map((end) => lastOf(round, end, plan)?.verdict);
  if (verdicts.includes('dropped')) return true;
  // The echo is over: answered, or not in time, or it could not be sent.
  if (plan.mode === 'echo') return round.told(plan.from.host.name).last;
  if (verdicts.includes('delivered')) return true;
  const isSent = verdicts[0] === 'sent';
  return isSent ? !receiver.followed : sender.host !== undefined && round.told(sender.host.name).last;
}

/** It has left the host and was not seen at the other: after a while it is lost. */
function crossing({ plan, way }: Question, round: Gathering, host: string): boolean {
  const { sender, receiver } = hostsOf(plan, way);
  if (!receiver.followed || sender.host?.name !== host || receiver.host?.name === host) return false;
  return lastOf(round, sender, plan)?.verdict === 'sent' && lastOf(round, receiver, plan) === undefined;
}

function lastOf(round: Gathering, { host, followed }: TraceEnd, { mode }: TracePlan): TraceStep | undefined {
  return host === undefined || !followed ? undefined : lastStep(round.told(host.name).steps, mode);
}

const silent: Told = { steps: [], answered: false, last: false, problem: '', answeredUs: 0 };

/** What hosts tell in one round, and whoever waits for it. */
class Gathering {
  readonly number: number;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #told = new Map<string, Told>();
  #wake: (host: string) => void = () => undefined;

  constructor(number: number, clock: Clock, signal: AbortSignal) {
    this.number = number;
    this.#clock = clock;
    this.#signal = signal;
  }

  hear(host: string, { steps, last, problem, answeredUs }: Traced): void {
    const before = this.told(host);
    this.#told.set(host, {
      steps: [...before.steps, ...steps].slice(0, limits.traceSteps),
      answered: true,
      last: before.last || last,
      problem: before.problem || problem,
      answeredUs: before.answeredUs || answeredUs,
    });
    this.#wake(host);
  }

  told(host: string): Told {
    return this.#told.get(host) ?? silent;
  }

  all(): Round {
    return this.#told;
  }

  /** Ends when it is so, after `ms`, or when nobody wants to know any more; `cuts`: no longer than `crossingMs` from now. */
  until(isSo: () => boolean, ms: number, cuts: (host: string) => boolean = () => false): Promise<void> {
    return new Promise((resolve) => {
      let cancelCut: (() => void) | undefined;
      const done = () => {
        this.#wake = () => undefined;
        cancel();
        cancelCut?.();
        this.#signal.removeEventListener('abort', done);
        resolve();
      };
      const cancel = this.#clock.after(ms, done);
      this.#signal.addEventListener('abort', done);
      this.#wake = (host) => {
        if (isSo()) done();
        else if (cancelCut === undefined && cuts(host)) cancelCut = this.#clock.after(crossingMs, done);
      };
      if (isSo() || this.#signal.aborted) done();
    });
  }
}
