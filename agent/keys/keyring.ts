/**
 * Drives the rotation of keys: owns the private halves, the file with the last number, timers and clock.
 *
 * What is secret leaves this file on one way only, `derive`, to the engine. Nothing here is ever logged.
 */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { type HostKey, type Keys, noKeys } from '../../wire/control.ts';
import { type DirectionKey, deriveKey, publicText } from '../../wire/keys.ts';
import type { Clock } from '../clock.ts';
import type { KeyEntry } from '../plan/peer.ts';
import { encodeStateFile, readStateFile, StateError, writeStateFile } from '../state/file.ts';
import { type Identity, openIdentity } from './identity.ts';
import {
  initialRotation,
  type RotationEffect,
  type RotationEvent,
  type RotationState,
  type RotationTimer,
  stepRotation,
  whyNotNow,
} from './rotation.ts';

export const epochFile = 'key-epoch.json';

export interface KeyringHandlers {
  /** Other keys than before: the controller wants to know. `replaced`: the newest is a new one. */
  changed(newest: number, replaced: number | undefined): void;
  /** What was derived from this epoch's key is to go. */
  retired(epoch: number): void;
  failed(error: Error): void;
}

export interface KeyringStatus {
  readonly identity: string;
  readonly epoch: number;
  /** Steady ms. */
  readonly sinceMs: number;
  readonly older: readonly number[];
}

/** What a keyring is made of that has to be read from disk first. */
export interface KeyringFiles {
  readonly directory: string;
  readonly identity: Identity;
  readonly lastEpoch: number;
}

export interface KeyringOptions {
  readonly host: string;
  readonly clock: Clock;
  /** A key is the newest for this long at most. */
  readonly rotateMs: number;
  readonly random?: () => number;
}

interface Held {
  readonly privateKey: KeyObject;
  readonly key: HostKey;
}

/** Throws a StateError with one clear sentence when a file is damaged. */
export async function openKeyFiles(directory: string): Promise<KeyringFiles> {
  const path = join(directory, epochFile);
  const [identity, file] = await Promise.all([openIdentity(directory), readStateFile(path)]);
  const lastEpoch = file === undefined ? 0 : (file as { readonly epoch?: unknown }).epoch;
  if (typeof lastEpoch !== 'number' || !Number.isSafeInteger(lastEpoch) || lastEpoch < 0) {
    throw new StateError(`${path} is damaged (it names no epoch): move it away and start again`);
  }
  return { directory, identity, lastEpoch };
}

export class Keyring {
  private readonly files: KeyringFiles;
  private readonly options: KeyringOptions;
  private readonly handlers: KeyringHandlers;
  private readonly held = new Map<number, Held>();
  private readonly timers = new Map<RotationTimer, () => void>();
  private state: RotationState;
  private making: Promise<void> = Promise.resolve();
  private told: number | undefined;
  private closed = false;

  constructor(files: KeyringFiles, options: KeyringOptions, handlers: KeyringHandlers) {
    this.files = files;
    this.options = options;
    this.handlers = handlers;
    this.state = initialRotation(files.lastEpoch);
  }

  /** Ends when there is a first key, or it is known that there is none yet. Does nothing when there is one. */
  async start(): Promise<void> {
    if (this.state.held.length === 0) this.happen({ kind: 'rotate' });
    await this.making;
  }

  /** One sentence when no key can be made now; undefined: one is being made. */
  rotate(): string | undefined {
    if (this.state.held.length === 0) return 'this host has no keys, since it offers no format that encrypts';
    const why = whyNotNow(this.state);
    if (why === undefined) this.happen({ kind: 'rotate' });
    return why;
  }

  /** Own epochs that sessions in force name. */
  named(epochs: ReadonlySet<number>): void {
    if (this.state.held.length > 0) this.happen({ kind: 'named', epochs });
  }

  owns(epoch: number): boolean {
    return this.held.has(epoch);
  }

  /** What the controller is told. */
  keys(): Keys {
    const epochs = this.state.held.flatMap(({ epoch }) => this.held.get(epoch)?.key ?? []);
    return epochs.length === 0 ? noKeys : { identity: this.files.identity.publicKey, epochs };
  }

  status(): KeyringStatus | undefined {
    const [newest, ...older] = this.state.held;
    return newest && { identity: this.files.identity.publicKey, ...newest, older: older.map(({ epoch }) => epoch) };
  }

  /** Throws an Error with one sentence when it cannot be derived. */
  derive({ peer, use, cipher, own, theirs, publicKey }: KeyEntry): DirectionKey {
    const held = this.held.get(own);
    if (held === undefined) throw new Error(`this host's key of epoch ${own} is gone`);
    const here = { host: this.options.host, epoch: own, publicKey: held.key.publicKey };
    const there = { host: peer, epoch: theirs, publicKey };
    const [source, destination] = use === 'seal' ? [here, there] : [there, here];
    try {
      return deriveKey(held.privateKey, publicKey, { cipher, source, destination });
    } catch {
      throw new Error(`no secret can be agreed with ${peer}'s key of epoch ${theirs}`);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const cancel of this.timers.values()) cancel();
    this.timers.clear();
    await this.making;
    this.held.clear();
  }

  private happen(event: RotationEvent): void {
    const { clock, rotateMs, random = Math.random } = this.options;
    const facts = {
      nowMs: clock.steadyMs(),
      unixSeconds: Math.floor(clock.now() / 1000),
      // Hosts that were switched on together do not rotate together.
      rotateMs: Math.round(rotateMs * (0.8 + 0.2 * random())),
    };
    const [state, effects] = stepRotation(this.state, event, facts);
    this.state = state;
    for (const effect of effects) this.perform(effect);
  }

  private perform(effect: RotationEffect): void {
    switch (effect.kind) {
      case 'make':
        this.making = this.make(effect.epoch);
        break;
      case 'retire':
        this.handlers.retired(effect.epoch);
        this.held.delete(effect.epoch);
        break;
      case 'changed':
        this.tell();
        break;
      case 'arm':
        this.arm(effect.timer, effect.ms);
        break;
      case 'disarm':
        this.timers.get(effect.timer)?.();
        this.timers.delete(effect.timer);
        break;
    }
  }

  /** The number is on disk before there is a key of it. */
  private async make(epoch: number): Promise<void> {
    const { directory, identity } = this.files;
    try {
      await writeStateFile(join(directory, epochFile), encodeStateFile({ epoch }));
    } catch (error) {
      if (this.closed) return;
      this.handlers.failed(error as Error);
      this.happen({ kind: 'failed', epoch });
      return;
    }
    if (this.closed) return;
    const { privateKey, publicKey } = generateKeyPairSync('x25519');
    const end = { host: this.options.host, epoch, publicKey: publicText(publicKey) };
    const key = { epoch, publicKey: end.publicKey, signature: identity.sign(end) };
    this.held.set(epoch, { privateKey, key });
    this.happen({ kind: 'made', epoch });
  }

  private tell(): void {
    const newest = this.state.held[0]?.epoch;
    if (newest === undefined) return;
    this.handlers.changed(newest, this.told === newest ? undefined : this.told);
    this.told = newest;
  }

  private arm(timer: RotationTimer, ms: number): void {
    this.timers.get(timer)?.();
    this.timers.set(
      timer,
      this.options.clock.after(ms, () => {
        this.timers.delete(timer);
        this.happen({ kind: 'timer', timer });
      }),
    );
  }
}
