/** The whole agent against a controller over loopback, with a data plane and a kernel of the test's. */
import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Assets, plainSession, type ResourceBody, untested } from '../wire/control.ts';
import { closeCodes } from '../wire/limits.ts';
import { Agent } from './agent.ts';
import { type Clock, systemClock } from './clock.ts';
import { parseAgentConfig } from './config.ts';
import { FakeNative } from './datapath/fake.ts';
import { assets } from './fake-agent.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeCommands, FakeController, FakeDevices, FakeSystem } from './fake-parts.ts';
import { openKeyFiles } from './keys/keyring.ts';
import { openLog } from './log.ts';
import { StateStore } from './state/store.ts';
import { readStatus } from './status/status.ts';
import { fakeRegion } from './trust/fake-region.ts';
import { HostTrust } from './trust/host-trust.ts';

const red: ResourceBody = { type: 'network', gni: 7, name: 'red', prefixes: ['10.0.0.0/24'] };
const web: ResourceBody = {
  type: 'guest',
  name: 'web',
  gni: 7,
  addresses: ['10.0.0.5/24'],
  command: [],
  incarnation: 1,
};
const session: ResourceBody = {
  type: 'session',
  peer: 'b',
  address: '198.18.0.2',
  udpPort: 6741,
  send: 'gni 1.1',
  accept: ['gni 1.1'],
  generation: 1,
  reasons: [],
  ...plainSession,
};
const mapping: ResourceBody = {
  type: 'mapping',
  gni: 7,
  address: '10.0.0.9',
  host: 'b',
  guest: 'db',
  version: 4,
};

describe('an agent', () => {
  let directory: string;
  let controller: FakeController;
  let native: FakeNative;
  let system: FakeSystem;
  let commands: FakeCommands;
  /** What the machine answers when it is asked again, and the agent's time. */
  let found: Assets;
  let clock: Clock;
  const agents: Agent[] = [];

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'wagt-agent-'));
    controller = await FakeController.listen(3);
    native = new FakeNative();
    system = new FakeSystem();
    commands = new FakeCommands();
    found = assets;
    clock = systemClock;
  });

  afterEach(async () => {
    for (const agent of agents.splice(0)) await agent.stop();
    await controller.close();
    rmSync(directory, { recursive: true });
  });

  async function open(): Promise<Agent> {
    const text = `host: a\ncontrollers: ['${controller.url}']\nsubstrate: {addresses: [198.18.0.1]}\nfirstPacket: {deadlineMs: 1000}\n`;
    const trust = join(directory, 'trust');
    await (await fakeRegion()).enrol(trust, 'a');
    const agent = new Agent({
      config: parseAgentConfig(text, 'agent.yaml', 'a'),
      clock,
      log: openLog('a', 'silent'),
      store: await StateStore.open(directory, systemClock),
      keys: await openKeyFiles(directory),
      keysNotKept: undefined,
      trust: new HostTrust({
        ...{ directory: trust, host: 'a', joinTokenFile: undefined, clock, log: openLog('a', 'silent') },
      }),
      native,
      system,
      devices: new FakeDevices(),
      commands: (onChange) => {
        commands.onChange = onChange;
        return commands;
      },
      assets,
      findAssets: async () => found,
      findLinks: async () => found.nics,
      openIcmp: () => {
        throw new Error('no raw sockets here');
      },
    });
    agents.push(agent);
    return agent;
  }

  /** An agent that has said hello. */
  async function connected(): Promise<Agent> {
    const agent = await open();
    const hello = controller.next('hello');
    await agent.run();
    await hello;
    return agent;
  }

  it('says who it is and what it can do, and obeys the controller’s epoch', async () => {
    const agent = await open();
    const hello = controller.next('hello');
    await agent.run();
    expect(await hello).toMatchObject({
      host: 'a',
      instance: agent.store.instance,
      substrateAddresses: ['198.18.0.1'],
      udpPort: 6741,
      epoch: 0,
      held: [],
      capabilities: {
        formats: ['gni 1.0', 'gni 1.1'],
        ports: ['tun'],
        problems: [
          'the engine carries everything, there is no fast path: this kernel has no BPF',
          expect.stringContaining('no raw sockets here; round trips and path MTUs are not measured'),
        ],
      },
      assets: { cpus: 2 },
    });
    await controller.update([]);
    expect(agent.store.epoch).toBe(3);
  });

  it('has an update in force and on disk before it acknowledges it', async () => {
    const agent = await connected();
    expect(await controller.update([web, session, red])).toMatchObject({ update: 1, refused: [] });
    expect(native.networks.get(7)).toEqual(['10.0.0.0/24']);
    expect(native.ports.get(0)).toEqual({ gni: 7, addresses: ['10.0.0.5'] });
    expect(native.peers.get(0)).toMatchObject({
      address: '198.18.0.2',
      encapsulations: [{ format: 'gni 1.1' }],
      send: 0,
      pathMtu: 1500,
    });
    expect(native.opened.get(0)).toMatchObject({ netnsPath: '/run/netns/test-web', interfaceName: 'weft0', mtu: 1456 });
    expect(system.configured.get('web')).toEqual({ addresses: ['10.0.0.5/24'], routes: ['10.0.0.0/24'], mtu: 1456 });
    const stored = await StateStore.open(directory, systemClock);
    expect([...stored.desired.guests.keys()]).toEqual(['web']);
    expect([...stored.desired.sessions.keys()]).toEqual(['b']);
    expect(readStatus(agent)).toMatchObject({
      session: { state: 'connected', epoch: 3 },
      guests: [{ name: 'web', phase: 'running', namespace: 'test-web', mtu: 1456 }],
      peers: [{ host: 'b', send: 'gni 1.1', pathMtu: 1500 }],
    });
  });

  it('acknowledges an update that the disk did not take as soon as it takes it', async () => {
    const agent = await connected();
    await controller.update([red]);
    const inTheWay = join(directory, 'state.json.new');
    mkdirSync(inTheWay);
    const acknowledged = controller.update([web]);
    await expect.poll(() => readStatus(agent).errors.at(-1)?.message).toContain('state.json cannot be written: ');
    expect(native.ports.size).toBe(1);
    expect(controller.heard.filter(({ kind }) => kind === 'acknowledge')).toHaveLength(1);
    rmdirSync(inTheWay);
    expect(await acknowledged).toMatchObject({ update: 2, refused: [] });
    expect([...(await StateStore.open(directory, systemClock)).desired.guests.keys()]).toEqual(['web']);
  });

  it('shows a peer that no format leads to, with the reasons', async () => {
    const agent = await connected();
    const none = { ...session, address: 'fd00:198:18::2', send: undefined, accept: [], reasons: ['no common family'] };
    expect(await controller.update([red, web, none])).toMatchObject({ refused: [] });
    expect(readStatus(agent).peers).toMatchObject([{ host: 'b', accept: [], reasons: ['no common family'] }]);
    expect(agent.host.held().map(({ name }) => name.type)).toContain('session');
    expect(native.mtus.get(0)).toBe(1456);
  });

  it('shows since when it is connected in Unix time', async () => {
    const agent = await connected();
    await controller.update([]);
    expect(Math.abs(readStatus(agent).session.sinceMs - Date.now())).toBeLessThan(5000);
  });

  it('does not refuse a guest that runs by the time the disk takes the update', async () => {
    const agent = await connected();
    await controller.update([red]);
    const inTheWay = join(directory, 'state.json.new');
    mkdirSync(inTheWay);
    native.refuse = (what) => ('netnsPath' in what ? 'cannot open /dev/net/tun: EBUSY' : undefined);
    const acknowledged = controller.update([web]);
    await expect.poll(() => readStatus(agent).guests[0]?.phase).toBe('failed');
    native.refuse = () => undefined;
    await expect.poll(() => readStatus(agent).guests[0]?.phase).toBe('running');
    rmdirSync(inTheWay);
    expect(await acknowledged).toMatchObject({ update: 2, refused: [] });
  });

  it('refuses one resource with its reason; the rest of the update is in force', async () => {
    await connected();
    const foreign: ResourceBody = { ...session, peer: 'c', address: '198.18.0.3', accept: ['gni 9.0'] };
    const { refused } = await controller.update([red, session, foreign]);
    expect(refused).toEqual([
      { name: { type: 'session', key: 'c' }, reason: expect.stringContaining('format gni 9.0 is not one of') },
    ]);
    expect(native.peers.size).toBe(1);
    expect((await controller.event('resource-refused')).detail).toContain('session c: format gni 9.0');
  });

  it('refuses a guest whose port cannot be had, reports it as failed, and tries again when told again', async () => {
    const agent = await connected();
    native.refuse = (what) => ('netnsPath' in what ? 'cannot open /dev/net/tun: EPERM' : undefined);
    const { refused } = await controller.update([red, web]);
    expect(refused).toEqual([{ name: { type: 'guest', key: 'web' }, reason: 'cannot open /dev/net/tun: EPERM' }]);
    expect(native.ports.size).toBe(0);
    expect(agent.host.held().map(({ name }) => name.type)).toEqual(['network']);
    expect(readStatus(agent).guests[0]).toMatchObject({ phase: 'failed', detail: 'cannot open /dev/net/tun: EPERM' });
    native.refuse = () => undefined;
    expect((await controller.update([web])).refused).toEqual([]);
    expect(native.ports.size).toBe(1);
  });

  it('sets a failed guest up by itself once the cause is gone', async () => {
    const agent = await connected();
    native.refuse = (what) => ('netnsPath' in what ? 'cannot open /dev/net/tun: EBUSY' : undefined);
    await controller.update([red, web]);
    native.refuse = () => undefined;
    expect((await controller.event('guest-running')).detail).toContain('web');
    expect(native.ports.size).toBe(1);
    expect(readStatus(agent).guests[0]).toMatchObject({ phase: 'running' });
  });

  it('leaves out only the value that the engine refuses', async () => {
    await connected();
    native.refuse = (what) => ('peers' in what && what.peers?.length ? 'slot 0 is taken' : undefined);
    const { refused } = await controller.update([red, session]);
    expect(refused).toEqual([
      { name: { type: 'session', key: 'b' }, reason: 'the data plane refuses it: slot 0 is taken' },
    ]);
    expect(native.networks.size).toBe(1);
  });

  it('asks for a mapping that a packet misses and gives it to the data plane', async () => {
    await connected();
    await controller.update([red, web, session]);
    const asked = controller.next('subscribe');
    native.emit({ kind: 'miss', side: 'destination', gni: 7, address: '10.0.0.9' });
    expect((await asked).wanted).toEqual([{ gni: 7, address: '10.0.0.9' }]);
    await controller.update([mapping]);
    expect(native.mappings.get('7/10.0.0.9')).toBe(0);
  });

  it('keeps no mapping that it did not ask for, and holds one back until its session is there', async () => {
    await connected();
    await controller.update([red, web, mapping]);
    expect(native.mappings.size).toBe(0);
    const asked = controller.next('subscribe');
    native.emit({ kind: 'miss', side: 'destination', gni: 7, address: '10.0.0.9' });
    await asked;
    await controller.update([mapping]);
    expect(native.mappings.size).toBe(0);
    await controller.update([session]);
    expect(native.mappings.get('7/10.0.0.9')).toBe(0);
  });

  it('refuses a controller whose epoch is older than one it obeyed', async () => {
    const agent = await connected();
    await controller.update([]);
    controller.epoch = 2;
    const hello = controller.next('hello');
    controller.cut();
    expect((await hello).epoch).toBe(3);
    await expect.poll(() => controller.closes.at(-1)?.code).toBe(closeCodes.oldEpoch.code);
    expect(readStatus(agent).session.lastError).toBe(
      "the controller's epoch 2 is older than 3, which this agent has obeyed",
    );
  });

  it('obeys no controller of another store while it holds guests, and shows why', async () => {
    const agent = await connected();
    await controller.update([red, web]);
    controller.store = 's2';
    controller.epoch = 9;
    controller.cut();
    await expect.poll(() => controller.closes.at(-1)?.code).toBe(closeCodes.otherStore.code);
    expect(readStatus(agent).session.lastError).toMatch(
      /^controller c leads another store than the one this host's guest comes from: /,
    );
    const stored = await StateStore.open(directory, systemClock);
    expect(stored).toMatchObject({ epoch: 3, leader: 's1' });
    expect(native.ports.size).toBe(1);
  });

  it.each([
    ['bytes that are no message', (c: FakeController) => c.sendBytes(Uint8Array.of(255, 255, 255)), 'malformed'],
    ['a gap', (c: FakeController) => c.send({ kind: 'heartbeatReply', number: 1 }, 7), 'outOfOrder'],
  ] as const)('closes a session with %s and keeps its data plane', async (_, misbehave, reason) => {
    await connected();
    await controller.update([red, web, session]);
    misbehave(controller);
    await expect.poll(() => controller.closes.at(-1)?.code).toBe(closeCodes[reason].code);
    expect(native.ports.size).toBe(1);
    expect(native.peers.size).toBe(1);
  });

  it('takes a guest down when it is no longer wanted, packets first', async () => {
    await connected();
    await controller.update([red, web]);
    const states = controller.next('guestStates');
    await controller.update(
      [],
      [
        { type: 'guest', key: 'web' },
        { type: 'network', key: '7' },
      ],
    );
    expect(native.ports.size).toBe(0);
    expect(native.networks.size).toBe(0);
    expect((await states).guests).toMatchObject([{ guest: 'web', phase: 'removed' }]);
    expect(native.closed).toEqual(['0 remove']);
    expect(system.namespaces.size).toBe(0);
  });

  it('builds a guest anew that moves to another tenant’s network', async () => {
    await connected();
    const blue: ResourceBody = { ...red, gni: 8, name: 'blue' };
    await controller.update([red, blue, { ...web, command: ['serve'] }]);
    await controller.update([{ ...web, gni: 8, command: ['serve'] }]);
    expect(commands.log).toEqual(['start web', 'stop web', 'start web']);
    expect(native.closed).toEqual(['0 remove']);
    expect([...native.ports.values()]).toEqual([{ gni: 8, addresses: ['10.0.0.5'] }]);
  });

  it('restores everything without a controller, and its next hello lists it', async () => {
    const first = await connected();
    await controller.update([red, { ...web, command: ['serve'] }, session]);
    const asked = controller.next('subscribe');
    native.emit({ kind: 'miss', side: 'destination', gni: 7, address: '10.0.0.9' });
    await asked;
    await controller.update([mapping]);
    await first.stop();
    agents.splice(0);
    const { port } = controller;
    await controller.close();

    // Another process: an empty engine, a kernel that has kept namespace and device, a namespace nobody owns.
    native = new FakeNative();
    native.kept.add('/run/netns/test-web');
    system.namespaces.add('orphan');
    commands.log.length = 0;
    const second = await connectedLater();
    expect(native.ports.size).toBe(1);
    expect(native.peers.size).toBe(1);
    expect(native.mappings.get('7/10.0.0.9')).toBe(0);
    expect(commands.log).toContain('adopt web');
    expect(commands.log).not.toContain('start web');
    expect([...system.namespaces]).toEqual(['web']);
    expect(readStatus(second).session.state).not.toBe('connected');

    controller = await FakeController.listen(3, port);
    const hello = await controller.next('hello');
    expect(hello.held.map(({ name }) => `${name.type} ${name.key}`)).toEqual([
      'network 7',
      'guest web',
      'session b',
      'mapping 7/10.0.0.9',
    ]);
    expect(hello.held[2]?.session).toMatchObject({ send: 'gni 1.1', accept: ['gni 1.1'] });
    expect(hello.epoch).toBe(3);
  });

  async function connectedLater(): Promise<Agent> {
    const agent = await open();
    await agent.run();
    return agent;
  }

  it('narrows guests and peers to the path that was measured', async () => {
    const agent = await connected();
    await controller.update([red, web, session]);
    agent.host.measured({
      peer: 'b',
      address: '198.18.0.2',
      pathMtu: 1400,
      roundTripUs: 300,
      lostPercent: 0,
      ...untested,
    });
    await agent.host.guests.settled();
    expect(native.peers.get(0)?.pathMtu).toBe(1400);
    expect(native.mtus.get(0)).toBe(1356);
    expect(system.configured.get('web')?.mtu).toBe(1356);
    expect((await controller.event('path-mtu-changed')).detail).toBe('to b: 1400 (device 1500)');
    // A session that comes back begins with what was known of its path.
    await controller.update([], [{ type: 'session', key: 'b' }]);
    await controller.update([session]);
    expect(native.peers.get(0)?.pathMtu).toBe(1400);
  });

  it.each([1400, 9000])('follows the substrate’s MTU to %i within 10 s', async (mtu) => {
    const time = new FakeClock();
    clock = time;
    const agent = await connected();
    await controller.update([red, web, session]);
    found = { ...assets, nics: assets.nics.map((nic) => ({ ...nic, mtu })) };
    time.advance(10_000);
    await expect.poll(() => native.mtus.get(0)).toBe(mtu - 44);
    expect(agent.host.deviceMtu('b')).toBe(mtu);
  });

  it('says goodbye when it stops and leaves guests as they are', async () => {
    const agent = await connected();
    await controller.update([red, web]);
    await agent.stop();
    agents.splice(0);
    expect(controller.closes).toEqual([{ code: closeCodes.shuttingDown.code, text: 'the agent stops' }]);
    expect(native.stopped).toBe(true);
    expect(native.closed).toEqual([]);
    expect([...system.namespaces]).toEqual(['web']);
  });
});
