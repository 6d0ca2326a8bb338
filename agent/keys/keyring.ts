/**
 * Drives the rotation of keys: owns the private halves, the files with them and with the last number, timers
 * and clock.
 *
 *     made:     number on disk → private half kept → told to the controller → sessions name it
 *     retired:  engine lets go of its keys → private half no longer kept → states of its keys given away
 *
 * Whoever is killed between two of these steps has told no key that is lost, and given no state away whose key
 * could come back. What is secret leaves this file on two ways only: `derive`, to the engine, and the file of
 * what is kept. Nothing here is ever logged.
 */
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { type HostKey, type Keys, noKeys } from '../../wire/control.ts';
import { type DirectionKey, deriveKey, publicText } from '../../wire/keys.ts';
import type { Clock } from '../clock.ts';
import type { KeyEntry } from '../plan/peer.ts';
import { encodeStateFile, readStateFile, StateError, writeStateFile } from '../state/file.ts';
import { type Identity, openIdentity } from './identity.ts';
import { encodeKeptEpochs, type KeptEpochs, keptEpochsFile, readKeptEpochs } from './kept-epochs.ts';
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
  /** No key of any other epoch can be derived any more, by this process or the next. */
  kept(epochs: readonly number[]): void;
  failed(error: Error): void;
  /** Keys are as good as ever, but the newest ones end with this process. */
  notKept(error: Error): void;
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
  /** Where private halves outlive the process, and what the process before has left; undefined: nowhere. */
  readonly kept: { readonly directory: string; readonly left: KeptEpochs | undefined } | undefined;
}

export interface KeyringOptions {
  readonly host: string;
  readonly clock: Clock;
  /** A key is the newest for this long at most. */
  readonly rotateMs: number;
  readonly random?: () => number;
  readonly write?: typeof writeStateFile;
}

interface Held {
  readonly privateKey: KeyObject;
  readonly key: HostKey;
}

/**
 * `kept`: a directory where private halves outlive the process; undefined: nowhere. Throws a StateError with one
 * clear sentence when a file is damaged, except those in `kept`, whose loss is made good by new keys.
 */
export async function openKeyFiles(directory: string, kept?: string): Promise<KeyringFiles> {
  const path = join(directory, epochFile);
  const [identity, file] = await Promise.all([openIdentity(directory), readStateFile(path)]);
  const lastEpoch = file === undefined ? 0 : (file as { readonly epoch?: unknown }).epoch;
  if (typeof lastEpoch !== 'number' || !Number.isSafeInteger(lastEpoch) || lastEpoch < 0) {
    throw new StateError(`${path} is damaged (it names no epoch): move it away and start again`);
  }
  const left = kept === undefined ? undefined : await readKeptEpochs(kept);
  return { directory, identity, lastEpoch, kept: kept === undefined ? undefined : { directory: kept, left } };
}

export class Keyring {
  private readonly files: KeyringFiles;
  private readonly options: KeyringOptions;
  private readonly handlers: KeyringHandlers;
  private readonly held = new Map<number, Held>();
  private readonly timers = new Map<RotationTimer, () => void>();
  private state: RotationState;
  private making: Promise<void> = Promise.resolve();
  private keeping: Promise<void> = Promise.resolve();
  /** Of the states of keys; undefined: they do not outlive the process, so no private half must. */
  private generation: string | undefined;
  private begun = false;
  private told: number | undefined;
  private closed = false;

  constructor(files: KeyringFiles, options: KeyringOptions, handlers: KeyringHandlers) {
    this.files = files;
    this.options = options;
    this.handlers = handlers;
    // Also where none of them can be used: no number comes twice.
    const numbers = files.kept?.left?.epochs.map(({ epoch }) => epoch) ?? [];
    this.state = initialRotation(Math.max(files.lastEpoch, ...numbers));
  }

  /** Takes up what the process before has left, if it belongs to states of this generation. Once, before `start`. */
  async restore(generation: string | undefined): Promise<void> {
    if (this.files.kept === undefined || generation === undefined) return;
    this.generation = generation;
    const { left } = this.files.kept;
    const { host } = this.options;
    const { identity } = this.files;
    const ours = left?.generation === generation && left.host === host && left.identity === identity.publicKey;
    const epochs = ours ? left.epochs : [];
    for (const { epoch, privateKey } of epochs) this.hold(epoch, privateKey);
    this.happen({ kind: 'restored', epochs: epochs.map(({ epoch }) => epoch) });
    await this.keep();
  }

  /** Ends when this process has made a key, or it is known that it has not yet. Does nothing when it has. */
  async start(): Promise<void> {
    if (!this.begun || this.state.held.length === 0) this.happen({ kind: 'rotate' });
    this.begun = true;
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
    await this.keeping;
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
        void this.keep();
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

  /** The number is on disk before there is a key of it, and the key is kept before anybody hears of it. */
  private async make(epoch: number): Promise<void> {
    const { directory } = this.files;
    try {
      await this.write(join(directory, epochFile), encodeStateFile({ epoch }));
    } catch (error) {
      if (this.closed) return;
      this.handlers.failed(error as Error);
      this.happen({ kind: 'failed', epoch });
      return;
    }
    if (this.closed) return;
    this.hold(epoch, generateKeyPairSync('x25519').privateKey);
    await this.keep();
    if (!this.closed) this.happen({ kind: 'made', epoch });
  }

  private hold(epoch: number, privateKey: KeyObject): void {
    const end = { host: this.options.host, epoch, publicKey: publicText(createPublicKey(privateKey)) };
    const key = { epoch, publicKey: end.publicKey, signature: this.files.identity.sign(end) };
    this.held.set(epoch, { privateKey, key });
  }

  /** Brings the file to what is held; one write after the other. */
  private keep(): Promise<void> {
    this.keeping = this.keeping.then(() => this.keepNow());
    return this.keeping;
  }

  private async keepNow(): Promise<void> {
    const { kept, identity } = this.files;
    if (this.closed || kept === undefined || this.generation === undefined) return;
    const epochs = [...this.held].map(([epoch, { privateKey }]) => ({ epoch, privateKey }));
    epochs.sort((a, b) => b.epoch - a.epoch);
    const { host } = this.options;
    const file = { host, identity: identity.publicKey, generation: this.generation, epochs };
    try {
      await this.write(join(kept.directory, keptEpochsFile), encodeKeptEpochs(file));
    } catch (error) {
      if (!this.closed) this.handlers.notKept(error as Error);
      return;
    }
    // Those that came while it was written are held, and in the next file.
    if (!this.closed) this.handlers.kept([...new Set([...epochs.map(({ epoch }) => epoch), ...this.held.keys()])]);
  }

  private write(path: string, text: string): Promise<void> {
    return (this.options.write ?? writeStateFile)(path, text);
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
