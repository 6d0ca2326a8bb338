/** Keys over several lives of an agent: what is restored, what never is, and what a kill at any step leaves. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../fake-clock.ts';
import { writeStateFile } from '../state/file.ts';
import { encodeKeptEpochs, keptEpochsFile, readKeptEpochs } from './kept-epochs.ts';
import { Keyring, openKeyFiles } from './keyring.ts';
import { graceMs } from './rotation.ts';

const rotateMs = 900_000;

/** The engine's file: which epochs have keys whose states are in it. */
class FakeStates {
  generation = 'g1';
  epochs = new Set<number>();

  lose(): void {
    this.generation = `${this.generation}1`;
    this.epochs.clear();
  }
}

describe('keys that outlive the agent', () => {
  let directory: string;
  let kept: string;
  let states: FakeStates;
  let unixMs: number;
  /** Epochs that keys were derived from, by any process. */
  let used: Set<number>;
  let said: string[];

  beforeEach(() => {
    directory = mkdtempSync('/dev/shm/wagt-kept-');
    kept = join(directory, 'memory');
    states = new FakeStates();
    unixMs = 1_800_000_000_000;
    used = new Set();
    said = [];
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** An agent's life, up to the step at which it is killed: after that it does nothing any more. */
  class Life {
    readonly clock = new FakeClock(unixMs++);
    steps = 0;
    writing = 0;
    ring: Keyring | undefined;
    private killAt: number;
    constructor(killAt = Number.POSITIVE_INFINITY) {
      this.killAt = killAt;
    }

    get dead(): boolean {
      return this.steps > this.killAt;
    }

    kill(): void {
      this.killAt = -1;
    }

    async open(host = 'a'): Promise<Keyring> {
      const options = { host, clock: this.clock, rotateMs, random: () => 1 };
      this.ring = new Keyring(
        await openKeyFiles(directory, kept),
        { ...options, write: (path, text) => this.step(() => writeStateFile(path, text)) },
        {
          changed: (newest, replaced) => said.push(`${newest} for ${replaced}`),
          retired: (epoch) => said.push(`retired ${epoch}`),
          kept: (epochs) => {
            if (++this.steps > this.killAt) return;
            states.epochs = new Set([...states.epochs].filter((epoch) => epochs.includes(epoch)));
          },
          failed: (error) => said.push(error.message),
          notKept: (error) => said.push(`not kept: ${error.message}`),
        },
      );
      return this.ring;
    }

    /** Never ends when the process is killed before or after it. */
    private async step(write: () => Promise<void>): Promise<void> {
      if (++this.steps > this.killAt) return new Promise(() => undefined);
      this.writing++;
      await write().finally(() => this.writing--);
      if (++this.steps > this.killAt) return new Promise(() => undefined);
    }

    /** Derives keys from all that is held, as sessions do. */
    use(): void {
      for (const { epoch } of this.ring?.keys().epochs ?? []) {
        used.add(epoch);
        states.epochs.add(epoch);
      }
    }

    epochs(): number[] {
      return this.ring?.keys().epochs.map(({ epoch }) => epoch) ?? [];
    }
  }

  async function begin(life: Life, host?: string): Promise<Keyring> {
    const ring = await life.open(host);
    await ring.restore(states.generation);
    return ring;
  }

  it('are the same after a restart, with one more, and go when their grace is over', async () => {
    const first = await begin(new Life());
    await first.start();
    const [own = 0] = first.keys().epochs.map(({ epoch }) => epoch);
    const entry = { peer: 'b', use: 'seal', cipher: 'aes-256-gcm', own, theirs: 1 } as const;
    const { publicKey } = first.keys().epochs[0] ?? { publicKey: '' };
    const before = first.derive({ ...entry, publicKey });
    expect(statSync(join(kept, keptEpochsFile)).mode & 0o777).toBe(0o600);
    // Killed: nothing of it is closed.
    const life = new Life();
    const second = await begin(life);
    expect(life.epochs()).toEqual([own]);
    expect(second.derive({ ...entry, publicKey })).toEqual(before);
    await second.start();
    expect(life.epochs()).toEqual([own + 1, own]);
    await second.start();
    expect(life.epochs()).toHaveLength(2);
    life.clock.advance(graceMs);
    expect(life.epochs()).toEqual([own + 1]);
    await second.close();
    expect(said).toEqual([
      `${own} for undefined`,
      `${own} for undefined`,
      `${own + 1} for ${own}`,
      `retired ${own}`,
      `${own + 1} for undefined`,
    ]);
  });

  it.each([
    ['the states are of another generation', () => states.lose(), 'a'],
    ['the file is damaged', () => writeFileSync(join(kept, keptEpochsFile), 'x'), 'a'],
    ['the host has another name', () => undefined, 'b'],
    ['the host has another identity', () => rmSync(join(directory, 'identity.pem')), 'a'],
  ])('are not used when %s, and no number comes twice', async (_, change, host) => {
    const first = await begin(new Life());
    await first.start();
    const [own = 0] = first.keys().epochs.map(({ epoch }) => epoch);
    change();
    const life = new Life();
    const second = await begin(life, host);
    expect(life.epochs()).toEqual([]);
    await second.start();
    expect(life.epochs()).toEqual([own + 1]);
  });

  it('end with the process where there are no states', async () => {
    const life = new Life();
    const ring = await life.open();
    await ring.restore(undefined);
    await ring.start();
    expect(life.epochs()).toHaveLength(1);
    expect(await readKeptEpochs(kept)).toBeUndefined();
  });

  it('are as good as ever when the file cannot be written', async () => {
    const life = new Life();
    const ring = await begin(life);
    rmSync(kept, { recursive: true });
    writeFileSync(kept, 'in the way');
    await ring.start();
    expect(life.epochs()).toHaveLength(1);
    expect(said[0]).toMatch(/^not kept: .*epochs.json cannot be written/);
  });

  it('hold the file’s promise: a cut or flipped one is none at all', async () => {
    const ring = await begin(new Life());
    await ring.start();
    const path = join(kept, keptEpochsFile);
    const whole = readFileSync(path, 'utf8');
    const read = await readKeptEpochs(kept);
    expect(read && encodeKeptEpochs(read)).toBe(whole);
    for (const text of [whole.slice(0, -3), whole.replace('"a"', '"b"'), '', '{}\n{}\n']) {
      writeFileSync(path, text);
      expect(await readKeptEpochs(kept)).toBeUndefined();
    }
  });

  it('come back with their states or not at all, at whichever step agents are killed', async () => {
    let deaths = 0;
    let restored = 0;
    for (let killAt = 0; killAt < 24; killAt++) {
      for (const loses of [false, true]) {
        rmSync(kept, { recursive: true, force: true });
        states = new FakeStates();
        used = new Set();
        for (const bound of [killAt, 24 - killAt, 3]) {
          const life = new Life(bound);
          const ring = await life.open();
          const restoring = ring.restore(states.generation);
          const left = life.epochs();
          restored += left.length;
          // A key that was used and whose state is gone would begin at its first sequence.
          expect(left.filter((epoch) => used.has(epoch) && !states.epochs.has(epoch))).toEqual([]);
          life.use();
          await unlessDead(life, restoring);
          await unlessDead(life, ring.start());
          life.use();
          life.clock.advance(graceMs);
          await unlessDead(life, ring.start());
          if (!life.dead) ring.rotate();
          await unlessDead(life, nextTurn());
          life.use();
          deaths += life.dead ? 1 : 0;
          life.kill();
          await unlessDead(life, nextTurn());
          if (loses && bound === killAt) states.lose();
        }
      }
    }
    expect(deaths).toBeGreaterThan(40);
    expect(restored).toBeGreaterThan(40);
  });

  /** Ends with the work; or when the process is dead, and writes nothing any more. */
  async function unlessDead(life: Life, work: Promise<unknown>): Promise<void> {
    let ended = false;
    work.then(() => {
      ended = true;
    });
    while (!(ended || life.dead) || (life.dead && life.writing > 0)) await nextTurn();
  }
});
