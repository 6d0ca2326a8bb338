/**
 * A lab that is up: run programs in its guests and hosts, end and start its processes, ask its controller
 * and agents. Made by `upLab`, or by `openLab` for one that another process built.
 */
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { readAgentStatus } from '../cli/agent-client.ts';
import { type Api, createApi } from '../cli/client.ts';
import { Problem } from '../cli/problem.ts';
import type { AgentStatus } from '../wire/status.ts';
import { findProcess, type StageDone, startLabProcess } from './build.ts';
import { inside, namespaceExists, namespacesWithPrefix } from './netns.ts';
import { controllerProcess, type LabHost, labNamespace } from './plan.ts';
import { isAlive, lookUp, type ProcessRef, sendSignal, waitUntilGone } from './processes.ts';
import { defaultStateRoot, type LabRecord, labNames, readRecord } from './record.ts';
import { type RunOptions, type RunResult, run, start } from './run.ts';
import { type TornDown, tearDown } from './teardown.ts';

export interface LabOptions {
  /** Folder of all labs' state; another one in tests. */
  readonly stateRoot?: string;
}

const startWithinMs = 10_000;

export class Lab implements AsyncDisposable {
  readonly name: string;
  readonly hosts: readonly LabHost[];
  readonly api: Api;
  /** What building it took; empty for a lab that was opened. */
  readonly stages: readonly StageDone[];
  readonly #stateRoot: string;

  constructor(record: LabRecord, stateRoot: string, stages: readonly StageDone[] = []) {
    this.name = record.layout.name;
    this.hosts = record.layout.hosts;
    this.api = createApi(record.layout.controllerSocket);
    this.stages = stages;
    this.#stateRoot = stateRoot;
  }

  /** As on disk: other processes may have restarted something. */
  get record(): LabRecord {
    return requireRecord(this.#stateRoot, this.name);
  }

  /** Namespace of a guest, a host, `switch` or `controller`. Throws a Problem with the known names. */
  namespaceOf(name: string): string {
    const record = this.record;
    const process = record.layout.processes.find((one) => one.name === name);
    const namespace = process?.namespace ?? labNamespace(this.name, name);
    if (namespaceExists(namespace)) return namespace;
    const prefix = labNamespace(this.name, '');
    const known = namespacesWithPrefix(prefix).map((one) => one.slice(prefix.length));
    throw new Problem(`lab '${this.name}' has no guest or host '${name}', it has ${known.join(', ')}`);
  }

  /** Runs a program to its end in a guest's or host's network. */
  async exec(name: string, argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return run(inside(this.namespaceOf(name), argv), options);
  }

  /** Starts a program in a guest's or host's network; ending it is the caller's business (or `down`'s). */
  spawn(name: string, argv: readonly string[], options: SpawnOptions = {}): ChildProcess {
    return start(inside(this.namespaceOf(name), argv), options);
  }

  host(name: string): LabHost {
    const host = this.hosts.find((one) => one.name === name);
    if (host !== undefined) return host;
    throw new Problem(
      `lab '${this.name}' has no host '${name}', it has ${this.hosts.map((one) => one.name).join(', ')}`,
    );
  }

  async agentStatus(host: string): Promise<AgentStatus> {
    return readAgentStatus(this.host(host).statusSocket);
  }

  /** Path of the log of `controller` or a host's agent. */
  logOf(process: string): string {
    return findProcess(this.record, process).log;
  }

  /** The process that runs now as `controller` or as a host's agent. */
  process(name: string): ProcessRef | undefined {
    findProcess(this.record, name);
    const found = this.record.processes[name];
    return found !== undefined && isAlive(found) ? found : undefined;
  }

  /** Sends a signal to `controller` or a host's agent; with SIGTERM and SIGKILL waits until it is gone. */
  async kill(name: string, signal: NodeJS.Signals): Promise<void> {
    const target = this.process(name);
    if (target === undefined || !sendSignal(target, signal)) return;
    if (signal !== 'SIGKILL' && signal !== 'SIGTERM') return;
    if (!(await waitUntilGone([target], startWithinMs))) {
      throw new Problem(`${name} of lab '${this.name}' (process ${target.pid}) does not end on ${signal}`);
    }
  }

  async stopAgent(host: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.host(host);
    await this.kill(host, signal);
  }

  /**
   * Starts the agent and waits until it answers; whether it has a controller is another matter. `checkout`: of another
   * version, to go from one to another.
   */
  async startAgent(host: string, checkout?: string): Promise<void> {
    const answers = async () => (await this.agentStatus(host)).pid === this.process(host)?.pid;
    await this.#startProcess(host, answers, checkout);
  }

  async restartAgent(host: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.stopAgent(host, signal);
    await this.startAgent(host);
  }

  async stopController(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.kill(controllerProcess, signal);
  }

  /** Starts the controller and waits until its API answers. */
  async startController(): Promise<void> {
    await this.#startProcess(controllerProcess, async () => {
      await this.api.status();
      return true;
    });
  }

  /** Polls until the check holds. Problems that it throws count as "not yet". */
  async waitUntil(what: string, check: () => Promise<boolean>, timeoutMs = startWithinMs): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    let last = '';
    while (performance.now() < deadline) {
      try {
        if (await check()) return;
        last = '';
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        last = `: ${error.message}`;
      }
      await pause(20);
    }
    throw new Problem(`lab '${this.name}': ${what} not within ${timeoutMs} ms${last}`);
  }

  async down(): Promise<TornDown> {
    return tearDown(this.#stateRoot, this.name, { ours: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down();
  }

  async #startProcess(name: string, answers: () => Promise<boolean>, checkout?: string): Promise<void> {
    if (this.process(name) !== undefined) throw new Problem(`${name} of lab '${this.name}' runs already`);
    const started = startLabProcess(this.record, name, checkout).processes[name];
    await this.waitUntil(`${name} answers`, async () => {
      if (started !== undefined && lookUp(started.pid) === undefined) {
        throw new Problem(`it ended, see ${this.logOf(name)}`);
      }
      return answers();
    });
  }
}

/** A lab that is there already. Throws a Problem when there is none of that name. */
export function openLab(name: string, options: LabOptions = {}): Lab {
  const stateRoot = options.stateRoot ?? defaultStateRoot;
  return new Lab(requireRecord(stateRoot, name), stateRoot);
}

function requireRecord(stateRoot: string, name: string): LabRecord {
  const state = readRecord(stateRoot, name);
  if (state.kind === 'record') return state.record;
  if (state.kind === 'damaged') {
    throw new Problem(`the record of lab '${name}' is damaged: take the lab down with \`weft lab down ${name}\``);
  }
  const known = labNames(stateRoot);
  const advice = known.length === 0 ? 'build one with `weft lab up FILE`' : `there is ${known.join(', ')}`;
  throw new Problem(`no lab '${name}': ${advice}`);
}
