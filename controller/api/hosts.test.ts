/** Hosts over REST: those without an agent, and new keys for those with one. */
import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostKey, Keys } from '../../wire/control.ts';
import { publicText, signKey } from '../../wire/keys.ts';
import { closeCodes } from '../../wire/limits.ts';
import { TestController } from '../test-controller.ts';

let controller: TestController;
beforeEach(async () => {
  controller = await TestController.start();
});
afterEach(() => controller.remove());

const rack7 = { name: 'rack7', address: '198.18.0.7', framework: 'vxlan', labels: { area: 'north' } };
const outside = { name: 'out', vpc: 'blue', host: 'rack7', addresses: ['10.0.0.77'], mac: '52:54:00:12:34:56' };

describe('a host without an agent', () => {
  it('is created, shown and deleted', async () => {
    expect(await controller.post('/v1/hosts', rack7)).toMatchObject({
      status: 201,
      body: { name: 'rack7', framework: 'vxlan', connected: false, labels: { area: 'north' }, guests: 0 },
    });
    expect((await controller.get('/v1/hosts/rack7')).body.capabilities.formats).toEqual(['vxlan']);
    expect(await controller.post('/v1/hosts', rack7)).toMatchObject({
      status: 409,
      body: { code: 'exists', message: "host 'rack7' exists already" },
    });
    expect(await controller.delete('/v1/hosts/rack7')).toMatchObject({ status: 204 });
    expect(await controller.get('/v1/hosts/rack7')).toMatchObject({ status: 404 });
  });

  it('is refused with the reason', async () => {
    await controller.agent('a', { substrateAddresses: ['198.18.0.1'] });
    await controller.vpc('blue');
    const refused: [object, number, string][] = [
      [{ ...rack7, name: 'a' }, 409, "host 'a' exists already, with an agent"],
      [{ ...rack7, address: '198.18.0.1' }, 409, "address 198.18.0.1 is that of host 'a'"],
      [{ ...rack7, address: '224.0.0.1' }, 400, "'224.0.0.1' is not an IP address such as"],
      [{ ...rack7, framework: 'gre' }, 400, "'framework'"],
      [{ ...rack7, labels: { 'No Name': 'x' } }, 400, "'labels'"],
    ];
    for (const [body, status, message] of refused) {
      expect(await controller.post('/v1/hosts', body)).toMatchObject({
        status,
        body: { message: expect.stringContaining(message) },
      });
    }
    expect((await controller.get('/v1/hosts')).body.items.map(({ name }) => name)).toEqual(['a']);
  });

  it('has guests that are described, never run', async () => {
    await controller.vpc('blue');
    await controller.post('/v1/hosts', rack7);
    const { mac: _mac, ...withoutMac } = outside;
    const refused: [object, string][] = [
      [withoutMac, "host 'rack7' has no agent: say the Ethernet address of guest 'out' there (mac)"],
      [{ ...outside, mac: '01:00:5e:00:00:01' }, '01:00:5e:00:00:01 is the Ethernet address of a group'],
      [{ ...outside, mac: 'nonsense' }, "'mac'"],
      [{ ...outside, command: ['sleep'] }, "host 'rack7' has no agent that could run a command in guest 'out'"],
      [{ ...outside, require: ['integrity'] }, "host 'rack7' has no agent to ask what it can"],
      [{ ...outside, port: 'veth' }, "host 'rack7' has no agent that could give guest 'out' a port: leave out 'port'"],
      [{ ...outside, host: undefined }, "'mac' is for guests on hosts without an agent: name its host"],
    ];
    for (const [body, message] of refused) {
      expect(await controller.post('/v1/guests', body)).toMatchObject({
        status: 400,
        body: { message: expect.stringContaining(message) },
      });
    }
    expect(await controller.post('/v1/guests', outside)).toMatchObject({
      status: 201,
      body: { host: 'rack7', mac: outside.mac, addresses: ['10.0.0.77/24'], phase: 'unwatched' },
    });
    expect(await controller.delete('/v1/hosts/rack7')).toMatchObject({ status: 409, body: { code: 'in-use' } });
  });

  it('is never where guests are placed', async () => {
    await controller.vpc('blue');
    await controller.post('/v1/hosts', rack7);
    expect(await controller.post('/v1/guests', { name: 'g', vpc: 'blue' })).toMatchObject({
      status: 503,
      body: { message: "no host for guest 'g': none has ever connected, start an agent" },
    });
  });

  it('leaves its name to no agent', async () => {
    await controller.post('/v1/hosts', rack7);
    const agent = await controller.agent('rack7');
    const { code, reason } = await agent.untilClosed();
    expect(code).toBe(closeCodes.nameInUse.code);
    expect(reason).toBe("host 'rack7' was created as one without an agent: delete it, or choose another name");
    expect(await controller.eventCodes()).toContain('rack7 host-refused');
  });
});

describe('a session with a host without an agent', () => {
  let gni: number;
  beforeEach(async () => {
    gni = await controller.vpc('blue');
    await controller.post('/v1/hosts', rack7);
    await controller.post('/v1/guests', outside);
  });
  const agentWith = (...formats: string[]) => controller.agent('a', { formats });

  it('is there before anybody asks, sends and accepts at once, and the mapping has the guest’s Ethernet address', async () => {
    const a = await agentWith('gni 1.1', 'vxlan');
    await controller.guest('a1', 'a');
    await a.until(() => a.get('session', 'rack7')?.send !== undefined);
    expect(a.get('session', 'rack7')).toMatchObject({
      address: '198.18.0.7',
      udpPort: 4789,
      send: 'vxlan',
      accept: ['vxlan'],
      none: false,
    });
    a.subscribe({ gni, address: '10.0.0.77' });
    await a.until(() => a.get('mapping', `${gni}/10.0.0.77`) !== undefined);
    expect(a.get('mapping', `${gni}/10.0.0.77`)).toMatchObject({ host: 'rack7', guest: 'out', mac: outside.mac });
    await controller.delete('/v1/guests/a1');
    await a.until(() => a.get('session', 'rack7') === undefined);
  });

  it('is none where the agent does not have the framework, or a policy forbids it', async () => {
    const a = await agentWith('gni 1.1');
    await controller.guest('a1', 'a');
    await a.until(() => a.get('session', 'rack7')?.none === true);
    const b = await controller.agent('b', { formats: ['gni 1.1', 'vxlan'] });
    await controller.guest('b1', 'b');
    await b.until(() => b.get('session', 'rack7')?.send === 'vxlan');
    await controller.post('/v1/policies', { name: 'own', effect: 'forbid', capabilities: ['vxlan'] });
    await b.until(() => b.get('session', 'rack7')?.none === true);
    expect(b.get('session', 'rack7')).toMatchObject({ send: undefined, accept: [] });
  });

  it('goes on over a restart of the controller', async () => {
    const a = await agentWith('gni 1.1', 'vxlan');
    await controller.guest('a1', 'a');
    await a.until(() => a.get('session', 'rack7')?.send !== undefined);
    await controller.restart();
    const again = await controller.agent('a', { formats: ['gni 1.1', 'vxlan'], held: a.held, epoch: a.epoch });
    await again.flush();
    expect(again.updates).toEqual([]);
  });
});

describe('keys', () => {
  const identity = generateKeyPairSync('ed25519');
  const another = generateKeyPairSync('ed25519');
  const key = (host: string, epoch: number, by = identity): HostKey => {
    const publicKey = publicText(generateKeyPairSync('x25519').publicKey);
    return { epoch, publicKey, signature: signKey(by.privateKey, { host, epoch, publicKey }) };
  };
  const keysOf = (...epochs: HostKey[]): Keys => ({ identity: publicText(identity.publicKey), epochs });
  const encrypting = { formats: ['gni 1.1', 'gni 3.0'], features: ['aes-256-gcm'] };

  it('are told to peers, and newer ones replace them', async () => {
    const gni = await controller.vpc('blue');
    const [old, newer] = [key('a', 5), key('a', 6)];
    const theirs = { identity: publicText(another.publicKey), epochs: [key('b', 9, another)] };
    const a = await controller.agent('a', { ...encrypting, keys: keysOf(old) });
    const b = await controller.agent('b', { ...encrypting, keys: theirs });
    await controller.guest('a1', 'a', { addresses: ['10.0.0.8'] });
    await controller.guest('b1', 'b');
    await a.until(() => a.get('guest', 'a1') !== undefined);
    await b.until(() => b.get('guest', 'b1') !== undefined);
    b.subscribe({ gni, address: '10.0.0.8' });
    await b.until(() => b.get('session', 'a')?.send === 'gni 3.0 +aes-256-gcm #9.5');
    expect(b.get('session', 'a')).toMatchObject({ peerIdentity: keysOf().identity, peerKeys: [old] });
    expect(await controller.post('/v1/hosts/a/rotate-keys', {})).toEqual({
      status: 202,
      body: { host: 'a', newestEpoch: 5 },
    });
    await a.until(() => a.messages.some(({ kind }) => kind === 'rotateKeys'));
    a.send({ kind: 'keys', ...keysOf(newer, old) });
    await b.until(() => b.get('session', 'a')?.send === 'gni 3.0 +aes-256-gcm #9.6');
    expect((await controller.get('/v1/hosts/a')).body.keyEpochs).toEqual([6, 5]);
  });

  it('that an agent changes all the time make no more work than a few changes', async () => {
    const known = [key('a', 5), key('a', 6)] as const;
    const a = await controller.agent('a', { ...encrypting, keys: keysOf(known[0]) });
    await a.flush();
    const before = (await controller.get('/v1/status')).body.revision;
    for (let i = 0; i < 300; i++) a.send({ kind: 'keys', ...keysOf(...(i % 2 === 0 ? known : [known[0]])) });
    a.send({ kind: 'keys', ...keysOf(known[1]) });
    await a.flush();
    await expect.poll(async () => (await controller.get('/v1/hosts/a')).body.keyEpochs).toEqual([6]);
    expect((await controller.get('/v1/status')).body.revision - before).toBeLessThan(5);
  });

  it('that nobody signed are told to nobody', async () => {
    const a = await controller.agent('a', { ...encrypting, keys: keysOf(key('b', 5)) });
    await a.flush();
    expect(await controller.eventCodes()).toContain('a key-ignored');
    expect((await controller.get('/v1/hosts/a')).body.keyEpochs).toBeUndefined();
  });

  it('of another identity of the same instance end its session', async () => {
    const first = await controller.agent('a', { keys: keysOf(key('a', 5)) });
    await first.flush();
    await first.close();
    const other = await controller.agent('a', {
      keys: { identity: Buffer.alloc(32, 7).toString('base64'), epochs: [] },
    });
    const { code, reason } = await other.untilClosed();
    expect(code).toBe(closeCodes.nameInUse.code);
    expect(reason).toMatch(/^host 'a' shows another identity key than before/);
    expect(await controller.eventCodes()).toContain('a host-refused');
    // A new instance has a new one.
    const purged = await controller.agent('a', {
      instance: 'new',
      keys: { identity: Buffer.alloc(32, 7).toString('base64'), epochs: [] },
    });
    await purged.flush();
    expect(purged.closed).toBeUndefined();
  });

  it('are made on nobody’s word where there is no one to make them', async () => {
    const away = await controller.agent('away', { keys: keysOf(key('away', 5)) });
    await away.flush();
    await away.close();
    const plain = await controller.agent('plain');
    await plain.flush();
    await controller.post('/v1/hosts', rack7);
    const refused: [string, number, string, string][] = [
      ['away', 409, 'not-connected', "host 'away' is not connected: its agent makes a new key when it starts"],
      ['plain', 409, 'no-keys', "host 'plain' has no keys: it offers no format that encrypts"],
      ['rack7', 409, 'no-agent', "host 'rack7' has no agent, and so no keys"],
      ['nobody', 404, 'unknown', "host 'nobody' does not exist"],
    ];
    for (const [host, status, code, message] of refused) {
      expect(await controller.post(`/v1/hosts/${host}/rotate-keys`, {})).toEqual({ status, body: { code, message } });
    }
  });
});
