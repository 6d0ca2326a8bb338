/**
 * The agent's memory on disk: who it is, the highest epoch it obeyed, what it shall hold, and which
 * programs it has started. Two files: `state.json`, written before an update is acknowledged, and
 * `mappings.json`, which changes often and may lag (a lost mapping is asked for again).
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Guest, Mapping, Network, Resource, Session } from '../../wire/control.ts';
import { plainSession, resourceName } from '../../wire/control.ts';
import type { Clock } from '../clock.ts';
import type { CommandRecord } from '../commands/supervisor.ts';
import { Desired, type Versioned } from './desired.ts';
import { damaged, readStateFile, StateError } from './file.ts';
import { Writer } from './writer.ts';

export interface CoreFile {
  readonly instance: string;
  readonly epoch: number;
  /** Id of the controller's store that is obeyed; absent: no controller has been yet. */
  readonly leader?: string;
  readonly networks: readonly Versioned<Network>[];
  readonly guests: readonly Versioned<Guest>[];
  readonly sessions: readonly Versioned<Session>[];
  /** By guest. */
  readonly commands: Readonly<Record<string, CommandRecord>>;
  /** Measured, by peer: so that guests' MTU does not jump up and down at a restart. */
  readonly pathMtus: Readonly<Record<string, number>>;
}

const mappingsDelayMs = 150;

export class StateStore {
  readonly instance: string;
  readonly desired: Desired;
  readonly commands: Map<string, CommandRecord>;
  readonly pathMtus: Map<string, number>;
  /** What was not as it should be, and is no reason not to start. */
  problem: string | undefined;
  epoch: number;
  leader: string | undefined;
  private readonly core: Writer;
  private readonly mappings: Writer;
  private readonly clock: Clock;
  private cancelDelay: (() => void) | undefined;
  private onFailure: (error: Error) => void = () => undefined;

  private constructor(
    directory: string,
    clock: Clock,
    core: CoreFile | undefined,
    mappings: readonly Versioned<Mapping>[],
  ) {
    this.clock = clock;
    this.instance = core?.instance ?? randomUUID();
    this.epoch = core?.epoch ?? 0;
    this.leader = core?.leader;
    this.commands = new Map(Object.entries(core?.commands ?? {}));
    this.pathMtus = new Map(Object.entries(core?.pathMtus ?? {}));
    this.desired = new Desired();
    for (const { version, body } of core?.networks ?? []) this.restore(version, { type: 'network', ...body });
    for (const { version, body } of core?.guests ?? []) this.restore(version, { type: 'guest', ...body });
    // What an earlier version wrote had neither keys nor pairs.
    for (const { version, body } of core?.sessions ?? [])
      this.restore(version, { type: 'session', ...plainSession, ...body });
    for (const { version, body } of mappings) this.restore(version, { type: 'mapping', ...body });
    const open = (name: string, content: () => unknown) =>
      new Writer({ path: join(directory, name), content, clock, onFailure: (error) => this.onFailure(error) });
    this.core = open('state.json', () => this.coreFile());
    this.mappings = open('mappings.json', () => [...this.desired.mappings.values()]);
  }

  /** Throws a StateError with one clear sentence when a file is damaged. A new agent's identity is on disk when this ends. */
  static async open(directory: string, clock: Clock): Promise<StateStore> {
    const corePath = join(directory, 'state.json');
    const mappingsPath = join(directory, 'mappings.json');
    const core = await readStateFile(corePath);
    if (core !== undefined && !isCore(core)) throw damaged(corePath, 'parts of it are missing');
    const { mappings, problem } = await readMappings(mappingsPath);
    const store = new StateStore(directory, clock, core as CoreFile | undefined, mappings);
    store.problem = problem;
    if (core === undefined) await store.core.write();
    return store;
  }

  /** `listener` is told why the disk fails, once for each reason. */
  whenFailing(listener: (error: Error) => void): void {
    this.onFailure = listener;
  }

  /** Ends when everything but mappings, as it is now, is on disk; a disk that fails is tried again. */
  save(): Promise<void> {
    return this.core.keep();
  }

  /** As `save`, for those that nobody waits for. */
  saveLater(): void {
    // It ends with an error only when the agent stops, which writes once more.
    this.save().catch(() => undefined);
  }

  /** Ends when what was asked for so far is on disk. */
  saved(): Promise<void> {
    return this.core.kept();
  }

  /** Mappings reach the disk soon. */
  saveMappingsSoon(): void {
    this.cancelDelay ??= this.clock.after(mappingsDelayMs, () => {
      this.cancelDelay = undefined;
      this.mappings.keep().catch(() => undefined);
    });
  }

  async close(): Promise<void> {
    this.cancelDelay?.();
    this.cancelDelay = undefined;
    await Promise.all([this.core.close(), this.mappings.close()]);
  }

  private restore(version: string, body: Resource['body']): void {
    this.desired.set({ name: resourceName(body), version, body });
  }

  private coreFile(): CoreFile {
    const { networks, guests, sessions } = this.desired;
    return {
      instance: this.instance,
      epoch: this.epoch,
      ...(this.leader === undefined ? {} : { leader: this.leader }),
      networks: [...networks.values()],
      guests: [...guests.values()],
      sessions: [...sessions.values()],
      commands: Object.fromEntries(this.commands),
      pathMtus: Object.fromEntries(this.pathMtus),
    };
  }
}

/** The controller has all of them: a file that is damaged costs a question for each, and is written anew. */
async function readMappings(
  path: string,
): Promise<{ readonly mappings: readonly Versioned<Mapping>[]; readonly problem: string | undefined }> {
  try {
    const mappings = (await readStateFile(path)) ?? [];
    if (!isList(mappings)) throw damaged(path, 'it is no list');
    return { mappings: mappings as Versioned<Mapping>[], problem: undefined };
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    const [why] = error.message.split(': ');
    return { mappings: [], problem: `${why}: the mappings in it are asked for again, and it is written anew` };
  }
}

function isCore(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const core = value as Partial<Record<keyof CoreFile, unknown>>;
  return (
    typeof core.instance === 'string' &&
    Number.isSafeInteger(core.epoch) &&
    (core.leader === undefined || typeof core.leader === 'string') &&
    isList(core.networks) &&
    isList(core.guests) &&
    isList(core.sessions) &&
    isGroup(core.commands) &&
    isGroup(core.pathMtus)
  );
}

function isGroup(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: unknown): boolean {
  return (
    Array.isArray(value) && value.every((item) => typeof item?.version === 'string' && typeof item.body === 'object')
  );
}
