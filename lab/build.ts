/**
 * Carries out a plan's steps, one after the other: the only place of the lab that makes things.
 * Every step is recorded before, or found by its namespace, so that a teardown undoes it at any point.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { type Api, createApi, UnreachableProblem } from '../cli/client.ts';
import { daemonArgv } from '../cli/daemon.ts';
import { Problem } from '../cli/problem.ts';
import { logTail } from './log-tail.ts';
import { addNamespace, inside } from './netns.ts';
import type { LabPlan, LabProcess, Stage, Step } from './plan.ts';
import { isAlive, startDetached } from './processes.ts';
import { type LabRecord, writeRecord } from './record.ts';
import { ipBatch } from './run.ts';

export interface StageDone {
  readonly title: string;
  readonly detail: string;
  readonly ms: number;
}

export interface BuildOptions {
  readonly signal?: AbortSignal | undefined;
  /** Longest wait for hosts or guests to be ready. */
  readonly readyWithinMs: number;
  /** What is being waited for, for people; called at the start of a stage and when its state changes. */
  readonly onProgress?: ((title: string, state: string) => void) | undefined;
}

const pollMs = 25;

/** Builds on a claimed record and returns what became of it, with the time that each stage took. */
export async function build(
  plan: LabPlan,
  claimed: LabRecord,
  options: BuildOptions,
): Promise<{ readonly record: LabRecord; readonly stages: readonly StageDone[] }> {
  const builder = new Builder(plan, claimed, options);
  const stages: StageDone[] = [];
  for (const stage of plan.stages) {
    const started = performance.now();
    options.onProgress?.(stage.title, 'starting');
    await builder.carryOut(stage);
    stages.push({ title: stage.title, detail: stage.detail, ms: Math.round(performance.now() - started) });
  }
  return { record: builder.finish(), stages };
}

class Builder {
  readonly #plan: LabPlan;
  readonly #options: BuildOptions;
  readonly #api: Api;
  #record: LabRecord;
  #stage = '';

  constructor(plan: LabPlan, claimed: LabRecord, options: BuildOptions) {
    this.#plan = plan;
    this.#record = claimed;
    this.#options = options;
    this.#api = createApi(plan.layout.controllerSocket);
  }

  async carryOut(stage: Stage): Promise<void> {
    this.#stage = stage.title;
    for (const step of stage.steps) {
      this.#options.signal?.throwIfAborted();
      await this.#step(step);
    }
  }

  finish(): LabRecord {
    this.#record = { ...this.#record, phase: 'ready' };
    writeRecord(this.#record);
    return this.#record;
  }

  async #step(step: Step): Promise<void> {
    switch (step.kind) {
      case 'namespace':
        return addNamespace(step.namespace);
      case 'ip':
        return ipBatch(step.lines, step.namespace);
      case 'directory':
        mkdirSync(step.path, { recursive: true, mode: 0o700 });
        return;
      case 'file':
        writeFileSync(step.path, step.text, { mode: 0o600 });
        return;
      case 'joinToken':
        return this.#makeToken(step);
      case 'start':
        this.#record = startLabProcess(this.#record, step.process);
        return;
      case 'createVpc':
        await this.#api.createVpc(step.request);
        return;
      case 'createGuest':
        await this.#api.createGuest(step.request);
        return;
      default:
        return this.#await(step);
    }
  }

  async #makeToken({ host, path }: Extract<Step, { kind: 'joinToken' }>): Promise<void> {
    const { token = '' } = await this.#api.createJoinToken({ host });
    writeFileSync(path, `${token}\n`, { mode: 0o600 });
  }

  async #await(step: Step): Promise<void> {
    const deadline = performance.now() + this.#options.readyWithinMs;
    for (;;) {
      const missing = await this.#missing(step);
      if (missing === undefined) return;
      this.#options.onProgress?.(this.#stage, missing);
      this.#checkAlive();
      if (performance.now() > deadline) {
        throw new Problem(`not ready after ${this.#options.readyWithinMs / 1000} s: ${missing}${this.#logsOfAll()}`);
      }
      await pause(pollMs, undefined, { signal: this.#options.signal });
    }
  }

  /** What is not ready yet, in words; undefined when all is. Throws when it never will be. */
  async #missing(step: Step): Promise<string | undefined> {
    try {
      switch (step.kind) {
        case 'awaitController':
          await this.#api.status();
          return undefined;
        case 'awaitHosts':
          return await this.#missingHosts(step.hosts);
        case 'awaitGuests':
          return await this.#missingGuests(step.guests);
        default:
          throw new Error(`'${step.kind}' is nothing to wait for`);
      }
    } catch (error) {
      if (error instanceof UnreachableProblem) return 'the controller does not answer yet';
      throw error;
    }
  }

  async #missingHosts(wanted: readonly string[]): Promise<string | undefined> {
    const hosts = await this.#api.hosts();
    const connected = new Set(hosts.filter((host) => host.connected).map(({ name }) => name));
    return waitingFor(wanted, connected, 'hosts connected');
  }

  async #missingGuests(wanted: readonly string[]): Promise<string | undefined> {
    const guests = await this.#api.guests();
    const failed = guests.find(({ name, phase }) => wanted.includes(name) && phase === 'failed');
    if (failed !== undefined) {
      const why = `guest '${failed.name}' failed on host '${failed.host}': ${failed.detail ?? 'no reason given'}`;
      throw new Problem(why + this.#logsOf(failed.host));
    }
    const running = new Set(guests.filter(({ phase }) => phase === 'running').map(({ name }) => name));
    return waitingFor(wanted, running, 'guests running');
  }

  #checkAlive(): void {
    for (const [name, process] of Object.entries(this.#record.processes)) {
      if (!isAlive(process)) throw new Problem(`${describeProcess(name)} ended by itself${this.#logsOf(name)}`);
    }
  }

  #logsOf(name: string): string {
    const log = this.#plan.layout.processes.find((process) => process.name === name)?.log;
    const lines = log === undefined ? [] : logTail(log, 8);
    return lines.length === 0 ? '' : `\nlog of ${describeProcess(name)} at its end:\n  ${lines.join('\n  ')}`;
  }

  #logsOfAll(): string {
    return Object.keys(this.#record.processes)
      .slice(0, 4)
      .map((name) => this.#logsOf(name))
      .join('');
  }
}

/**
 * Starts one of the lab's programs and records it. Node comes from the process that runs us: the pinned one; the program
 * from the same checkout, or another one (`from`).
 */
export function startLabProcess(record: LabRecord, name: string, from?: string): LabRecord {
  const wanted = findProcess(record, name);
  const argv = daemonArgv(wanted.program, ['--config', wanted.config], from);
  const started = startDetached(inside(wanted.namespace, argv), wanted.log);
  const next: LabRecord = { ...record, processes: { ...record.processes, [name]: started } };
  writeRecord(next);
  return next;
}

export function findProcess(record: LabRecord, name: string): LabProcess {
  const found = record.layout.processes.find((process) => process.name === name);
  if (found !== undefined) return found;
  const known = record.layout.processes.map((process) => process.name).join(', ');
  throw new Problem(`lab '${record.layout.name}' has no process '${name}', it has ${known}`);
}

function describeProcess(name: string): string {
  return name === 'controller' ? 'the controller' : `the agent of host '${name}'`;
}

function waitingFor(wanted: readonly string[], ready: ReadonlySet<string>, what: string): string | undefined {
  const missing = wanted.filter((name) => !ready.has(name));
  if (missing.length === 0) return undefined;
  const shown = missing.length > 5 ? `${missing.slice(0, 5).join(', ')}, …` : missing.join(', ');
  return `${wanted.length - missing.length} of ${wanted.length} ${what}, waiting for ${shown}`;
}
