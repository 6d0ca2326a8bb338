/** Keys and encapsulations of the whole agent, against a controller over loopback and a data plane of the test's. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HostKey, type Keys, plainSession, type ResourceBody, type Session } from '../wire/control.ts';
import { deriveKey, isSigned, publicText, signKey } from '../wire/keys.ts';
import { FakeHost } from './fake-agent.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeController } from './fake-parts.ts';
import { statusPage } from './status/page.ts';
import { readStatus } from './status/status.ts';

const red: ResourceBody = { type: 'network', gni: 7, name: 'red', prefixes: ['10.0.0.0/24'] };
const web: ResourceBody = {
  ...{ type: 'guest', name: 'web', gni: 7, addresses: ['10.0.0.5/24'] },
  ...{ command: [], incarnation: 1 },
};

/** The other end: host b, with a key of its own. */
class FakePeer {
  readonly identity = generateKeyPairSync('ed25519');
  readonly pair = generateKeyPairSync('x25519');
  readonly publicKey = publicText(this.pair.publicKey);

  key(epoch: number): HostKey {
    const end = { host: 'b', epoch, publicKey: this.publicKey };
    return { epoch, publicKey: this.publicKey, signature: signKey(this.identity.privateKey, end) };
  }

  session(terms: Partial<Session>): ResourceBody {
    return {
      ...{ type: 'session', peer: 'b', address: '198.18.0.2', udpPort: 6741, generation: 1, reasons: [] },
      ...plainSession,
      ...{ send: undefined, accept: [], peerIdentity: publicText(this.identity.publicKey), peerKeys: [this.key(7)] },
      ...terms,
    };
  }
}

const sealed = (source: number, destination: number) => `gni 3.0 +aes-256-gcm #${source}.${destination}`;

describe('an agent that encrypts', () => {
  let host: FakeHost;
  let controller: FakeController;
  let clock: FakeClock;
  let peer: FakePeer;

  beforeEach(async () => {
    host = new FakeHost();
    clock = new FakeClock(1_800_000_000_000);
    host.clock = clock;
    host.native.found = {
      ...host.native.found,
      formats: ['gni 1.0', 'gni 1.1', 'gni 2.0', 'gni 3.0'],
      ciphers: ['aes-256-gcm', 'chacha20-poly1305'],
      compressions: ['lz4', 'zstd'],
      features: ['ip-elision'],
    };
    controller = await FakeController.listen(3);
    // The tests' clock leaps.
    controller.heartbeatMs = 600_000;
    controller.deadlineMs = 3_600_000;
    peer = new FakePeer();
  });
  afterEach(async () => {
    await host.close();
    await controller.close();
  });

  /** The newest keys that the controller was told. */
  function keysTold(): Keys {
    const told = controller.heard.flatMap((message) =>
      message.kind === 'hello' ? [message.keys] : message.kind === 'keys' ? [message] : [],
    );
    return told.at(-1) ?? { identity: '', epochs: [] };
  }
  const newest = () => keysTold().epochs[0]?.epoch ?? 0;

  it('tells its signed key in Hello, and the next one when asked and in time', async () => {
    const agent = await host.connect(controller);
    const { identity, epochs } = keysTold();
    expect(epochs.map((key) => isSigned('a', identity, key))).toEqual([true]);
    expect(newest()).toBe(1_800_000_000);
    const asked = controller.next('keys');
    controller.send({ kind: 'rotateKeys' });
    expect((await asked).epochs.map(({ epoch }) => epoch)).toEqual([1_800_000_001, 1_800_000_000]);
    const inTime = controller.next('keys');
    clock.advance(900_000);
    await inTime;
    await expect.poll(() => newest()).toBeGreaterThan(1_800_000_700);
    expect(keysTold().identity).toBe(identity);
    expect(agent.rotateKeys()).toBeUndefined();
    clock.advance(20);
    expect((await controller.event('keys-rotated')).detail).toBe('epoch 1800000001 comes after 1800000000');
  });

  it('gives the engine the keys that the peer has too, once each, and names them by slot', async () => {
    await host.connect(controller);
    const own = newest();
    const session = peer.session({ send: sealed(own, 7), accept: [sealed(7, own), 'gni 1.1'] });
    expect(await controller.update([red, web, session])).toMatchObject({ refused: [] });
    const here = { host: 'a', epoch: own, publicKey: keysTold().epochs[0]?.publicKey ?? '' };
    const there = { host: 'b', epoch: 7, publicKey: peer.publicKey };
    const cipher = 'aes-256-gcm' as const;
    const expected = [
      { use: 'seal', ...deriveKey(peer.pair.privateKey, here.publicKey, { cipher, source: here, destination: there }) },
      { use: 'open', ...deriveKey(peer.pair.privateKey, here.publicKey, { cipher, source: there, destination: here }) },
    ];
    expect([...host.native.keys.values()]).toEqual(expected.map((key, i) => ({ ...key, key: i, cipher, epoch: own })));
    expect(host.native.peers.get(0)).toMatchObject({
      encapsulations: [{ format: 'gni 3.0', key: 0 }, { format: 'gni 3.0', key: 1 }, { format: 'gni 1.1' }],
      send: 0,
      accept: [1, 2],
    });
    // Away and back: the sequence of the first time goes on, so no key is set again.
    await controller.update([peer.session({ send: 'gni 1.1', accept: ['gni 1.1'] })]);
    await controller.update([session]);
    await controller.update([], [{ type: 'session', key: 'b' }]);
    await controller.update([session]);
    expect(host.native.changes.flatMap(({ keys = [] }) => keys)).toHaveLength(2);
    expect(host.native.peers.get(0)?.encapsulations[0]).toMatchObject({ key: 0 });
  });

  it('takes a key from the engine only when its epoch is over and nothing names it', async () => {
    const agent = await host.connect(controller);
    const first = newest();
    await controller.update([red, web, peer.session({ send: sealed(first, 7), accept: [sealed(7, first)] })]);
    const told = controller.next('keys');
    agent.rotateKeys();
    await told;
    const second = newest();
    clock.advance(120_000);
    expect(host.native.keys.size).toBe(2);
    const both = peer.session({ send: sealed(second, 7), accept: [sealed(7, second), sealed(7, first)] });
    expect(await controller.update([both])).toMatchObject({ refused: [] });
    expect(host.native.keys.size).toBe(4);
    const without = controller.next('keys');
    await controller.update([peer.session({ send: sealed(second, 7), accept: [sealed(7, second)] })]);
    expect((await without).epochs.map(({ epoch }) => epoch)).toEqual([second]);
    expect([...host.native.keys.keys()]).toEqual([2, 3]);
  });

  it.each([
    ['an own epoch that is gone', () => ({ send: sealed(5, 7) }), /this host's key of epoch 5 is gone/],
    [
      'a peer’s epoch without a key',
      () => ({ send: sealed(newest(), 8) }),
      /the key of b's epoch 8 is not in the session/,
    ],
    [
      'a key that another signed',
      () => ({ accept: [sealed(7, newest())], peerIdentity: publicText(generateKeyPairSync('ed25519').publicKey) }),
      /the key of b's epoch 7 is not signed by its identity/,
    ],
    ['a cipher without keys', () => ({ send: 'gni 3.0 +aes-256-gcm' }), /encrypts, but no keys are named/],
    ['no cipher', () => ({ send: `gni 3.0 #${newest()}.7` }), /encrypts, but no cipher is named/],
    ['keys of a format that does not encrypt', () => ({ send: `gni 1.1 #${newest()}.7` }), /does not encrypt/],
    ['compression that the format has not', () => ({ send: 'gni 1.1 +lz4' }), /carries no compression/],
    ['flow control', () => ({ send: `gni 3.0 +aes-256-gcm +flow-control #${newest()}.7` }), /no flow control/],
    ['words that are none', () => ({ send: 'gni 2.0 +snappy' }), /is none that this agent can read/],
    [
      'an unusable pair',
      () => ({
        send: 'gni 1.1',
        pairs: [{ gni: 7, own: '10.0.0.5', theirs: '10.0.0.9', send: 'gni 9.0', accept: [], none: false }],
      }),
      /format gni 9.0 is not one of/,
    ],
  ])('refuses a session with %s', async (_, terms, reason) => {
    await host.connect(controller);
    const { refused } = await controller.update([red, peer.session(terms())]);
    expect(refused.map((each) => each.reason)).toEqual([expect.stringMatching(reason)]);
    expect(host.native.peers.size).toBe(0);
    expect(host.native.keys.size).toBe(0);
  });

  it('brings pairs and refusals of all traffic to the engine', async () => {
    const agent = await host.connect(controller);
    const pairs = [
      {
        gni: 7,
        own: '10.0.0.5',
        theirs: '10.0.0.9',
        send: 'gni 2.0 +lz4 +ip-elision',
        accept: ['gni 2.0'],
        none: false,
      },
      { gni: 7, own: '10.0.0.5', theirs: '10.0.0.8', send: undefined, accept: [], none: true },
    ];
    await controller.update([red, web, peer.session({ none: true, pairs })]);
    expect(host.native.peers.get(0)).toMatchObject({
      encapsulations: [{ format: 'gni 2.0', compression: 'lz4', elision: true }, { format: 'gni 2.0' }],
      send: 'none',
      accept: [],
      pairs: [
        { theirs: '10.0.0.9', send: 0, accept: [1] },
        { theirs: '10.0.0.8', send: 'none', accept: [] },
      ],
    });
    expect(readStatus(agent).peers).toMatchObject([{ host: 'b', none: true, pairs: 2 }]);
    expect(agent.host.held().find(({ name }) => name.type === 'session')?.session).toMatchObject({ none: true, pairs });
  });

  it('comes back after a restart with what needs no key, says so, and is whole again when told', async () => {
    const agent = await host.connect(controller);
    const own = newest();
    const { identity } = keysTold();
    const session = peer.session({ send: sealed(own, 7), accept: [sealed(7, own), 'gni 1.1'] });
    expect(await controller.update([red, web, session])).toMatchObject({ refused: [] });
    const version = agent.host.held().find(({ name }) => name.type === 'session')?.version;
    await host.restart();
    const hello = controller.next('hello');
    const second = await host.open(controller.url);
    await second.run();
    expect(host.native.peers.get(0)).toMatchObject({ encapsulations: [{ format: 'gni 1.1' }], accept: [0] });
    expect(host.native.peers.get(0)?.send).toBeUndefined();
    expect(host.native.keys.size).toBe(0);
    expect(readStatus(second).errors.map(({ message }) => message)).toContainEqual(
      expect.stringContaining(`this host's key of epoch ${own} is gone`),
    );
    const { held, keys } = await hello;
    expect(keys.identity).toBe(identity);
    expect(keys.epochs.map(({ epoch }) => epoch > own)).toEqual([true]);
    const ofSession = held.find(({ name }) => name.type === 'session');
    expect(ofSession?.session).toMatchObject({ accept: ['gni 1.1'] });
    expect(ofSession?.session?.send).toBeUndefined();
    expect(ofSession?.version).not.toBe(version);
    const fresh = newest();
    const told = peer.session({ send: sealed(fresh, 7), accept: [sealed(7, fresh), 'gni 1.1'] });
    expect(await controller.update([told])).toMatchObject({ refused: [] });
    expect(host.native.peers.get(0)).toMatchObject({ send: 0, accept: [1, 2] });
    expect(host.native.keys.size).toBe(2);
  });

  it('comes back whole after a restart where keys outlive it, also without a controller, and with a new key', async () => {
    host.kept = join(host.directory, 'memory');
    host.native.states = { generation: 'g1' };
    const agent = await host.connect(controller);
    expect(host.native.options?.keyStates).toBe(join(host.kept, 'key-states'));
    const own = newest();
    const session = peer.session({ send: sealed(own, 7), accept: [sealed(7, own), 'gni 1.1'] });
    expect(await controller.update([red, web, session])).toMatchObject({ refused: [] });
    const secrets = [...host.native.keys.values()];
    const version = agent.host.held().find(({ name }) => name.type === 'session')?.version;
    await host.restart();
    const alone = await host.open('wss://127.0.0.1:1/v1/agent');
    await alone.run();
    expect([...host.native.keys.values()]).toEqual(secrets);
    expect(host.native.peers.get(0)).toMatchObject({ send: 0, accept: [1, 2] });
    expect(host.native.keptEpochs.at(-1)).toEqual([own + 1, own]);
    await host.restart();
    const hello = controller.next('hello');
    await (await host.open(controller.url)).run();
    const { held, keys } = await hello;
    expect(keys.epochs.map(({ epoch }) => epoch)).toEqual([own + 2, own + 1, own]);
    expect(held.find(({ name }) => name.type === 'session')).toMatchObject({
      version,
      session: { send: sealed(own, 7), accept: [sealed(7, own), 'gni 1.1'] },
    });
    // Given away only when the file no longer has them: nothing names the first two any more after this.
    const fresh = peer.session({ send: sealed(own + 2, 7), accept: [sealed(7, own + 2)] });
    expect(await controller.update([fresh])).toMatchObject({ refused: [] });
    clock.advance(60_000);
    await expect.poll(() => host.native.keptEpochs.at(-1)).toEqual([own + 2]);
  });

  it('says why keys end with it where they shall not', async () => {
    host.native.states = { problem: 'the file is another’s' };
    const agent = await host.connect(controller);
    expect(agent.capabilities().problems).toContain("keys end with the agent's process: the file is another’s");
  });

  it('lets no secret out: not into logs, status, files or what the controller hears', async () => {
    const agent = await host.connect(controller);
    const own = newest();
    await controller.update([red, web, peer.session({ send: sealed(own, 7), accept: [sealed(7, own)] })]);
    host.native.refuse = (what) => ('keys' in what && what.keys?.length ? 'no room for keys' : undefined);
    const told = controller.next('keys');
    agent.rotateKeys();
    await told;
    const { refused } = await controller.update([peer.session({ send: sealed(newest(), 7) })]);
    expect(refused.map(({ reason }) => reason)).toEqual(['the data plane refuses it: no room for keys']);
    await agent.store.save();
    const status = readStatus(agent);
    const all = readdirSync(host.directory, { recursive: true, withFileTypes: true });
    const paths = all.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    const keyFiles = paths.filter((path) => /identity\.pem$|trust.host\.pem$/.test(path));
    const files = paths.filter((path) => !keyFiles.includes(path));
    const seen = [
      ...host.logged,
      JSON.stringify(status),
      statusPage(status, Date.now()),
      JSON.stringify(controller.heard),
      ...files.map((path) => readFileSync(path, 'latin1')),
    ].join('\n');
    expect(seen).toContain(sealed(own, 7));
    expect(files).toContain(join(host.directory, 'state.json'));
    const ownKeys = keyFiles.map((path) => readFileSync(path, 'utf8').split('\n')[1] ?? '');
    expect(ownKeys).toHaveLength(2);
    const secrets = [...host.native.keys.values()].map(({ secret }) => Buffer.from(secret));
    expect(secrets).toHaveLength(2);
    const spellings = secrets.flatMap((secret) => [
      secret.toString('hex'),
      secret.toString('base64'),
      [...secret].join(),
    ]);
    expect([...ownKeys, ...spellings].filter((text) => text.length < 30 || seen.includes(text))).toEqual([]);
  });

  it('offers what the data plane is found to do, leaves room for it, and tells when it changes', async () => {
    host.config = 'features: [aes-256-gcm]\n';
    const agent = await host.connect(controller);
    expect(agent.capabilities()).toMatchObject({
      formats: ['gni 1.0', 'gni 1.1', 'gni 2.0', 'gni 3.0'],
      features: ['aes-256-gcm', 'guest-pairs', 'trace'],
    });
    await controller.update([red, web]);
    expect(host.native.mtus.get(0)).toBe(1500 - 20 - 8 - 36);
    host.native.found = { ...host.native.found, ciphers: [], problems: ['aes-256-gcm cannot be had: EIO'] };
    const told = controller.next('capabilities');
    clock.advance(60_000);
    expect(await told).toMatchObject({
      formats: ['gni 1.0', 'gni 1.1', 'gni 2.0'],
      problems: expect.arrayContaining([
        'aes-256-gcm cannot be had: EIO',
        'format gni 3.0 is not offered: no cipher works',
      ]),
    });
  });

  it('offers no encryption until its key’s number can be written, then tells key and formats', async () => {
    const inTheWay = join(host.directory, 'key-epoch.json.new');
    mkdirSync(inTheWay);
    const agent = await host.connect(controller);
    expect(keysTold().epochs).toEqual([]);
    expect(agent.capabilities().formats).toEqual(['gni 1.0', 'gni 1.1', 'gni 2.0']);
    // It tries again ten seconds after it has failed, not before.
    while (!readStatus(agent).errors.some(({ where }) => where === 'keys')) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    rmdirSync(inTheWay);
    const told = controller.next('capabilities');
    clock.advance(10_000);
    expect((await told).formats).toContain('gni 3.0');
    expect(keysTold().epochs).toHaveLength(1);
  });

  it('makes no key for a host that offers no cipher', async () => {
    host.config = 'formats: [gni 1.1]\n';
    const agent = await host.connect(controller);
    expect(keysTold()).toEqual({ identity: '', epochs: [] });
    expect(readStatus(agent).keys).toBeUndefined();
    expect(agent.rotateKeys()).toMatch(/this host has no keys/);
  });

  it('tells what a peer has carried, and once in 10 s why packets of it were refused', async () => {
    await host.connect(controller);
    await controller.update([red, web, peer.session({ send: 'gni 1.1', accept: ['gni 1.1'] })]);
    const traffic = { out: { packets: 5, bytes: 500 }, in: { packets: 4, bytes: 400 } };
    host.native.counted.set(0, { ...traffic, drops: 3, dropReasons: { 'bad-tag': 2, 'no-guest': 1 } });
    const measured = controller.next('measurements');
    clock.advance(12_000);
    expect((await measured).paths).toMatchObject([
      { peer: 'b', packetsOut: 5, bytesOut: 500, packetsIn: 4, bytesIn: 400, drops: 3, pathMtu: 0 },
    ]);
    expect((await controller.event('packets-refused')).detail).toBe('from b: 2 bad-tag');
    clock.advance(30_000);
    const told = controller.heard.flatMap((message) => (message.kind === 'events' ? message.events : []));
    expect(told.filter(({ code }) => code === 'packets-refused')).toHaveLength(1);
  });

  it('tests a session, goes around what does not come through and tells', async () => {
    const agent = await host.connect(controller);
    const { native } = host;
    native.answerTest = ({ packets }) => (packets > 1 && native.peers.get(0)?.udpGso !== false ? 6 : packets);
    await controller.update([red, web, peer.session({ send: 'gni 2.0 +lz4', accept: ['gni 2.0'] })]);
    for (let second = 0; second < 20; second++) clock.advance(1000);
    const overhead = 20 + 8 + 8;
    expect(native.tests.map(({ innerLength, packets }) => `${innerLength} x ${packets}`)).toEqual([
      '100 x 1',
      ...[1, 1, 8, 8, 8, 8].map((packets) => `${1500 - overhead} x ${packets}`),
    ]);
    expect(native.peers.get(0)?.udpGso).toBe(false);
    const finding = 'several packets in one send do not come through whole: each is sent alone';
    expect((await controller.event('self-test')).detail).toBe(`to b: ${finding}`);
    expect(readStatus(agent).peers).toMatchObject([{ findings: [finding] }]);
    const measured = controller.next('measurements');
    clock.advance(12_000);
    expect((await measured).paths).toMatchObject([{ peer: 'b', findings: [finding] }]);
    // Another encapsulation begins as usual; another key does not begin anything.
    await controller.update([peer.session({ send: 'gni 1.1', accept: ['gni 1.1'] })]);
    expect(native.peers.get(0)?.udpGso).toBe(true);
  });

  it('has sessions with hosts without an agent when the framework’s port is bound, and tests none of them', async () => {
    host.config = 'foreign: {vxlan: on}\n';
    host.native.found = { ...host.native.found, formats: ['gni 1.1', 'vxlan', 'geneve'] };
    const agent = await host.connect(controller);
    expect(host.native.options?.foreign).toEqual({ vxlan: true, geneve: false });
    expect(agent.capabilities().formats).toEqual(['gni 1.1', 'vxlan']);
    const asked = controller.next('subscribe');
    await controller.update([red, web, peer.session({ udpPort: 4789, send: 'vxlan', accept: ['vxlan'] })]);
    host.native.emit({ kind: 'miss', side: 'destination', gni: 7, address: '10.0.0.9' });
    clock.advance(1);
    await asked;
    const far = { type: 'mapping', gni: 7, address: '10.0.0.9', host: 'b', guest: 'vm', version: 1 } as const;
    await controller.update([{ ...far, mac: '52:54:00:00:00:01' }]);
    expect(host.native.changes.at(-1)?.mappings).toEqual([
      { gni: 7, address: '10.0.0.9', peer: 0, mac: '52:54:00:00:00:01' },
    ]);
    clock.advance(30_000);
    expect(host.native.tests).toEqual([]);
    const geneve = peer.session({ udpPort: 6081, send: 'geneve' });
    const { refused } = await controller.update([geneve]);
    expect(refused.map(({ reason }) => reason)).toEqual([expect.stringMatching(/format geneve is not one of/)]);
  });
});
