/**
 * The one mistake that would undo the encryption: the same secret given to the engine twice, which would seal two packets
 * with one nonce, or open one packet twice. Here in whatever order sessions, refusals, rotations and time come.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { EngineOptions, ForwardingChange } from '../../native/index.ts';
import { type HostKey, plainSession, resourceName, type Session } from '../../wire/control.ts';
import { publicText } from '../../wire/keys.ts';
import { applyForwarding } from '../apply/forwarding.ts';
import { DataPath } from '../datapath/datapath.ts';
import { FakeNative } from '../datapath/fake.ts';
import { FakeClock } from '../fake-clock.ts';
import { emptyTable, epochsInForce, planForwarding, planRetirement, touchAll } from '../plan/forwarding.ts';
import { type TermsFacts, whyUnusable } from '../plan/terms.ts';
import { Desired } from '../state/desired.ts';
import { Keyring, openKeyFiles } from './keyring.ts';

const peers = ['b', 'c'] as const;
const peerEpochs = [7, 8, 9] as const;
/** The public halves of the peers, the same in every run. */
const peerKeys: readonly HostKey[] = peerEpochs.map((epoch) => {
  return { epoch, publicKey: publicText(generateKeyPairSync('x25519').publicKey), signature: '' };
});

/** As the engine in all that counts here: it copies what it takes, and takes nothing of what it refuses. */
class RememberingNative extends FakeNative {
  readonly given: string[] = [];

  override apply(change: ForwardingChange): void {
    super.apply(change);
    for (const { use, secret } of change.keys ?? []) this.given.push(`${use} ${Buffer.from(secret).toString('hex')}`);
  }
}

type Step =
  | {
      readonly kind: 'session';
      readonly peer: (typeof peers)[number];
      /** Places among the epochs that this host ever had, and among those of the peer. */
      readonly own: readonly [number, number];
      readonly theirs: readonly [number, number];
      readonly cipher: 'aes-256-gcm' | 'chacha20-poly1305';
      readonly features: '' | ' +lz4' | ' +ip-elision';
      readonly inPair: boolean;
    }
  | { readonly kind: 'remove'; readonly peer: (typeof peers)[number] }
  | { readonly kind: 'refuse'; readonly changes: number }
  | { readonly kind: 'rotate' }
  | { readonly kind: 'time'; readonly ms: number };

const place = fc.tuple(fc.nat({ max: 8 }), fc.nat({ max: 8 }));
const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('session' as const),
        peer: fc.constantFrom(...peers),
        own: place,
        theirs: place,
        cipher: fc.constantFrom('aes-256-gcm' as const, 'chacha20-poly1305' as const),
        features: fc.constantFrom('' as const, ' +lz4' as const, ' +ip-elision' as const),
        inPair: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), peer: fc.constantFrom(...peers) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('refuse' as const), changes: fc.integer({ min: 1, max: 3 }) }),
    },
    { weight: 2, arbitrary: fc.constant({ kind: 'rotate' as const }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('time' as const), ms: fc.integer({ min: 1, max: 90_000 }) }),
    },
  ),
  { minLength: 10, maxLength: 60 },
);

/** The agent's way from a session to the engine, without all that is not about keys. */
class Way {
  readonly native = new RememberingNative();
  readonly clock = new FakeClock(1_800_000_000_000);
  readonly table = emptyTable();
  readonly desired = new Desired();
  readonly ever: number[] = [];
  private readonly keyring: Keyring;
  private readonly datapath: DataPath;
  private refusals = 0;

  constructor(files: Awaited<ReturnType<typeof openKeyFiles>>) {
    this.keyring = new Keyring(
      files,
      { host: 'a', clock: this.clock, rotateMs: 900_000, random: () => 1 },
      {
        changed: (newest) => this.ever.push(newest),
        retired: (epoch) =>
          expect(applyForwarding(planRetirement(epoch, this.table), this.table, this.datapath)).toEqual([]),
        kept: (epochs) => this.datapath.keepKeyStates(epochs),
        failed: (error) => {
          throw error;
        },
        notKept: (error) => {
          throw error;
        },
      },
    );
    this.datapath = new DataPath(
      this.native,
      {} as EngineOptions,
      () => undefined,
      (key) => this.keyring.derive(key),
    );
    this.native.refuse = (change) => {
      const isRetirement = 'removeKeys' in change && (change.removeKeys?.length ?? 0) > 0;
      return isRetirement || this.refusals-- <= 0 ? undefined : 'a bad day';
    };
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'session':
        return this.tell(step);
      case 'remove':
        this.desired.remove({ type: 'session', key: step.peer });
        return this.refresh();
      case 'refuse':
        this.refusals = step.changes;
        return;
      case 'rotate':
        this.keyring.rotate();
        return this.keyring.start();
      case 'time':
        this.clock.advance(step.ms);
        return this.keyring.start();
    }
  }

  start(): Promise<void> {
    return this.keyring.start();
  }

  close(): Promise<void> {
    return this.keyring.close();
  }

  private tell({ peer, own, theirs, cipher, features, inPair }: Extract<Step, { kind: 'session' }>): void {
    const ownAt = (at: number) => this.ever[at % this.ever.length];
    const theirsAt = (at: number) => peerEpochs[at % peerEpochs.length];
    const terms = {
      send: `gni 3.0 +${cipher}${features} #${ownAt(own[0])}.${theirsAt(theirs[0])}`,
      accept: own.flatMap((mine) =>
        theirs.map((other) => `gni 3.0 +${cipher}${features} #${theirsAt(other)}.${ownAt(mine)}`),
      ),
      none: false,
    };
    const nothing = { send: undefined, accept: [] };
    const body: Session & { type: 'session' } = {
      ...{ type: 'session', peer, address: peer === 'b' ? '198.18.0.2' : '198.18.0.3', udpPort: 6741 },
      ...{ generation: 1, reasons: [], ...plainSession, peerKeys },
      ...(inPair ? nothing : terms),
      pairs: inPair ? [{ gni: 7, own: '10.0.0.5', theirs: '10.0.0.6', ...terms }] : [],
    };
    this.desired.set({ name: resourceName(body), version: '1', body });
    this.refresh();
  }

  private refresh(): void {
    const facts: TermsFacts = {
      formats: ['gni 3.0'],
      ciphers: ['aes-256-gcm', 'chacha20-poly1305'],
      compressions: ['lz4'],
      features: ['ip-elision'],
      ownsEpoch: (epoch) => this.keyring.owns(epoch),
    };
    const delta = planForwarding(
      touchAll(this.desired, this.table),
      this.desired,
      {
        host: 'a',
        portReady: () => true,
        pathMtu: () => 1500,
        udpGso: () => true,
        usable: (session, text, use) => whyUnusable(text, use, session, facts) === undefined,
        reachable: () => true,
      },
      this.table,
    );
    applyForwarding(delta, this.table, this.datapath);
    this.keyring.named(epochsInForce(this.table));
  }
}

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

test('no secret is ever given to the engine twice, whatever happens in whatever order', async () => {
  let given = 0;
  let retired = 0;
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const directory = mkdtempSync(join(tmpdir(), 'wagt-reuse-'));
      directories.push(directory);
      const way = new Way(await openKeyFiles(directory));
      await way.start();
      for (const step of list) await way.take(step);
      const secrets = way.native.given;
      expect(new Set(secrets).size).toBe(secrets.length);
      expect(way.native.keys.size).toBe(way.table.keys.size);
      given += secrets.length;
      retired += secrets.length - way.native.keys.size;
      await way.close();
    }),
    { numRuns: 40, seed: 3 },
  );
  // All of it has happened.
  expect(given).toBeGreaterThan(500);
  expect(retired).toBeGreaterThan(50);
});
