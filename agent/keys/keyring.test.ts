import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isSigned } from '../../wire/keys.ts';
import { FakeClock } from '../fake-clock.ts';
import { epochFile, Keyring, openKeyFiles } from './keyring.ts';
import { graceMs } from './rotation.ts';

const rotateMs = 900_000;

describe('the keyring', () => {
  let directory: string;
  let clock: FakeClock;
  let said: string[];
  const open: Keyring[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'wagt-keys-'));
    clock = new FakeClock(1_800_000_000_000);
    said = [];
  });
  afterEach(async () => {
    for (const ring of open.splice(0)) await ring.close();
    rmSync(directory, { recursive: true });
  });

  async function ringOf(host: string, path = directory): Promise<Keyring> {
    const ring = new Keyring(
      await openKeyFiles(path),
      { host, clock, rotateMs, random: () => 1 },
      {
        changed: (newest, replaced) => said.push(`${newest} for ${replaced}`),
        retired: (epoch) => said.push(`retired ${epoch}`),
        kept: () => undefined,
        notKept: () => undefined,
        failed: (error) => said.push(error.message),
      },
    );
    open.push(ring);
    return ring;
  }

  it('has its number on disk before the key is told, signed by the identity', async () => {
    const ring = await ringOf('a');
    await ring.start();
    const { identity, epochs } = ring.keys();
    expect(epochs).toHaveLength(1);
    expect(epochs.every((key) => isSigned('a', identity, key))).toBe(true);
    expect(readFileSync(join(directory, epochFile), 'utf8')).toContain('{"epoch":1800000000}');
    expect(said).toEqual(['1800000000 for undefined']);
  });

  it('never takes a number twice, however fast it is restarted', async () => {
    const numbers: number[] = [];
    for (let i = 0; i < 3; i++) {
      const ring = await ringOf('a');
      await ring.start();
      numbers.push(...ring.keys().epochs.map(({ epoch }) => epoch));
      await ring.close();
    }
    expect(numbers).toEqual([1_800_000_000, 1_800_000_001, 1_800_000_002]);
  });

  it('rotates in time and when asked, and forgets the older one after the grace', async () => {
    const ring = await ringOf('a');
    await ring.start();
    clock.advance(rotateMs);
    await expect.poll(() => ring.keys().epochs.length).toBe(2);
    const [second, first] = ring.keys().epochs.map(({ epoch }) => epoch);
    expect(first).toBe(1_800_000_000);
    expect(said.at(-1)).toBe(`${second} for ${first}`);
    ring.named(new Set([1_800_000_000]));
    clock.advance(graceMs);
    expect(ring.owns(1_800_000_000)).toBe(true);
    ring.named(new Set());
    expect(ring.owns(1_800_000_000)).toBe(false);
    expect(said.slice(-2)).toEqual(['retired 1800000000', `${second} for undefined`]);
    expect(ring.rotate()).toBeUndefined();
    expect(ring.rotate()).toBe('a new key is being made already');
    await expect.poll(() => ring.keys().epochs.length).toBe(2);
  });

  it('has no key while its number cannot be written, says so and tries again', async () => {
    const inTheWay = join(directory, `${epochFile}.new`);
    const ring = await ringOf('a');
    mkdirSync(inTheWay);
    await ring.start();
    expect(said).toEqual([expect.stringContaining(`${epochFile} cannot be written: `)]);
    expect(ring.keys()).toEqual({ identity: '', epochs: [] });
    rmdirSync(inTheWay);
    clock.advance(10_000);
    await expect.poll(() => ring.keys().epochs.length).toBe(1);
  });

  it('derives one key per direction, the same at both ends', async () => {
    const there = mkdtempSync(join(tmpdir(), 'wagt-keys-'));
    const [a, b] = [await ringOf('a'), await ringOf('b', there)];
    await Promise.all([a.start(), b.start()]);
    const [ofA, ofB] = [a, b].map((ring) => ring.keys().epochs[0]);
    const cipher = 'aes-256-gcm' as const;
    const atA = { peer: 'b', cipher, own: ofA?.epoch ?? 0, theirs: ofB?.epoch ?? 0, publicKey: ofB?.publicKey ?? '' };
    const atB = { peer: 'a', cipher, own: ofB?.epoch ?? 0, theirs: ofA?.epoch ?? 0, publicKey: ofA?.publicKey ?? '' };
    expect(b.derive({ ...atB, use: 'open' })).toEqual(a.derive({ ...atA, use: 'seal' }));
    expect(a.derive({ ...atA, use: 'open' })).toEqual(b.derive({ ...atB, use: 'seal' }));
    expect(a.derive({ ...atA, use: 'open' }).secret).not.toEqual(a.derive({ ...atA, use: 'seal' }).secret);
    expect(() => a.derive({ ...atA, use: 'seal', own: 1 })).toThrow("this host's key of epoch 1 is gone");
    const zero = Buffer.alloc(32).toString('base64');
    expect(() => a.derive({ ...atA, use: 'seal', publicKey: zero })).toThrow("no secret can be agreed with b's key");
    rmSync(there, { recursive: true });
  });

  it('refuses a damaged file of numbers', async () => {
    const ring = await ringOf('a');
    await ring.start();
    const path = join(directory, epochFile);
    writeFileSync(path, readFileSync(path, 'utf8').replace('1800000000', '1800000009'));
    await expect(openKeyFiles(directory)).rejects.toThrow(/key-epoch.json is damaged \(its checksum does not match\)/);
  });
});
