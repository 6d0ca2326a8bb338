/** Guests' ports in the whole agent, with a fast path and devices of the test's. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PortKind, ResourceBody } from '../wire/control.ts';
import type { Agent } from './agent.ts';
import { FakeHost } from './fake-agent.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeController } from './fake-parts.ts';
import { deviceNames } from './ports/names.ts';
import { readStatus } from './status/status.ts';

const red: ResourceBody = { type: 'network', gni: 7, name: 'red', prefixes: ['10.0.0.0/24'] };
const guest = (port?: PortKind, command: readonly string[] = []): ResourceBody => ({
  ...{ type: 'guest', name: 'web', gni: 7, addresses: ['10.0.0.5/24'], incarnation: 1, command },
  ...(port && { port }),
});
const { device, engineDevice } = deviceNames('web');
const mac = '02:04:0a:00:00:05';

describe('an agent with a fast path', () => {
  let controller: FakeController;
  let host: FakeHost;

  beforeEach(async () => {
    controller = await FakeController.listen(3);
    host = new FakeHost();
    host.native.foundFastPath = { modes: ['tc'], problems: [] };
  });

  afterEach(async () => {
    await host.close();
    await controller.close();
  });

  const stateOf = (agent: Agent) => agent.host.guests.state('web');

  it('offers what it can, and gives guests a veth', async () => {
    const agent = await host.connect(controller);
    expect(agent.capabilities()).toMatchObject({ executors: ['engine', 'tc'], ports: ['tun', 'veth', 'tap'] });
    expect(await controller.update([red, guest()])).toMatchObject({ refused: [] });
    expect(host.devices.made).toEqual([`web veth ${mac}`]);
    expect(host.native.opened.get(0)).toMatchObject({ netnsPath: '/proc/self/ns/net', interfaceName: engineDevice });
    expect(host.native.fast.opened.get(0)).toEqual({ port: 0, kind: 'veth', device, engineDevice, mac });
    expect(host.system.configured.get('web')).toMatchObject({ mtu: 1456, ethernet: { mac } });
    expect(stateOf(agent)).toMatchObject({ phase: 'running', port: 'veth', mtu: 1456 });
    expect(readStatus(agent).fastPath).toMatchObject({ mode: 'tc' });
    expect(readStatus(agent).guests).toMatchObject([{ port: 'veth', executor: 'tc', device, engineDevice }]);
  });

  it('gives a tun to the guest that asks for one, and the fast path hears of its addresses only', async () => {
    const agent = await host.connect(controller);
    await controller.update([red, guest('tun')]);
    expect(host.native.opened.get(0)).toMatchObject({ interfaceName: 'weft0' });
    expect(host.native.fast.opened.size).toBe(0);
    expect(host.native.fast.ports.get(0)).toEqual(['10.0.0.5']);
    expect(host.system.configured.get('web')).not.toHaveProperty('ethernet');
    expect(readStatus(agent).guests).toMatchObject([{ port: 'tun', executor: 'engine' }]);
  });

  it('makes a tap without a namespace, and says what its machine needs to know', async () => {
    const agent = await host.connect(controller);
    expect(await controller.update([red, guest('tap')])).toMatchObject({ refused: [] });
    expect(host.system.namespaces.size).toBe(0);
    expect(host.native.fast.opened.get(0)).toMatchObject({ kind: 'tap', device });
    expect(host.devices.mtus.get('web')).toBe(1456);
    expect(readStatus(agent).guests).toMatchObject([{ port: 'tap', interface: device, namespace: '', mac }]);
    host.devices.ports.clear();
    agent.host.guests.look();
    await agent.host.guests.settled();
    expect(host.devices.made).toHaveLength(2);
    expect(stateOf(agent)).toMatchObject({ phase: 'running' });
  });

  it('refuses a tap with a command', async () => {
    await host.connect(controller);
    const { refused } = await controller.update([red, guest('tap', ['serve'])]);
    expect(refused).toMatchObject([{ reason: expect.stringContaining('no namespace for its command') }]);
  });

  it('takes everything of a veth down with its guest', async () => {
    const agent = await host.connect(controller);
    await controller.update([red, guest()]);
    await controller.update([], [{ type: 'guest', key: 'web' }]);
    await agent.host.guests.settled();
    expect(host.native.fast.log).toEqual(['take over', 'open 0', 'close 0']);
    expect(host.native.closed).toEqual(['0 remove']);
    expect(host.system.namespaces.size).toBe(0);
    // The kernel takes a veth away with the namespace; what it leaves goes at the next look.
    agent.host.guests.look();
    await agent.host.guests.settled();
    expect(host.devices.ports.size).toBe(0);
  });

  it('leaves a veth alone that is a new guest’s by the time it looks', async () => {
    const agent = await host.connect(controller);
    await controller.update([red, guest()]);
    await controller.update([], [{ type: 'guest', key: 'web' }]);
    await controller.update([guest()]);
    agent.host.guests.look();
    await agent.host.guests.settled();
    expect([...host.devices.ports]).toEqual([['web', 'veth']]);
  });

  it('makes a veth again that was taken away', async () => {
    const agent = await host.connect(controller);
    await controller.update([red, guest()]);
    host.devices.ports.clear();
    agent.host.guests.look();
    await agent.host.guests.settled();
    expect(host.devices.made).toHaveLength(2);
    expect(host.native.fast.log).toEqual(['take over', 'open 0', 'close 0', 'open 0']);
  });

  it('adopts devices after a restart, and takes over only when all guests have their ports', async () => {
    await host.connect(controller);
    await controller.update([red, guest()]);
    await host.restart();
    host.native.fast.former = 'tables of the same layout were found';
    const agent = await host.connect(controller);
    expect(host.devices.made).toHaveLength(1);
    expect(host.native.fast.log).toEqual(['open 0', 'take over']);
    expect(host.native.fast.networks.get(7)).toEqual(['10.0.0.0/24']);
    expect(stateOf(agent)).toMatchObject({ port: 'veth' });
  });

  it('removes devices that belong to no guest any more', async () => {
    host.devices.ports.set('orphan', 'veth');
    await host.connect(controller);
    expect([...host.devices.ports.keys()]).toEqual([]);
  });

  it('leaves a guest its tun, which it had before there was a fast path', async () => {
    host.native.foundFastPath = { modes: [], problems: ['no BPF'] };
    await host.connect(controller);
    await controller.update([red, guest()]);
    await host.restart();
    host.native.foundFastPath = { modes: ['tc'], problems: [] };
    const agent = await host.connect(controller);
    expect(stateOf(agent)).toMatchObject({ port: 'tun' });
    expect(host.native.fast.opened.size).toBe(0);
  });

  it('gives a guest a tun when the fast path is gone, but none that asked for a veth', async () => {
    await host.connect(controller);
    const db: ResourceBody = { ...guest('veth'), name: 'db', addresses: ['10.0.0.6/24'] } as ResourceBody;
    await controller.update([red, guest(), db]);
    await host.restart();
    host.native.foundFastPath = { modes: [], problems: ['no BPF'] };
    const agent = await host.connect(controller);
    expect(stateOf(agent)).toMatchObject({ phase: 'running', port: 'tun' });
    expect(agent.host.guests.state('db')).toMatchObject({
      phase: 'failed',
      detail: 'a veth port needs the fast path, and this host has none: no BPF',
    });
    expect(agent.capabilities()).toMatchObject({ executors: ['engine'], ports: ['tun'] });
    expect(agent.capabilities().problems).toContain('the engine carries everything, there is no fast path: no BPF');
  });

  it('looks after the fast path, and tells of what was mended and what is full', async () => {
    const clock = new FakeClock();
    host.clock = clock;
    const agent = await host.connect(controller);
    host.native.fast.mends = ['the program on eth0 was gone and was put back'];
    clock.advance(10_000);
    clock.advance(10_000);
    host.native.fast.emit({ kind: 'full', table: 'locations', entries: 820, most: 1024, nearly: true });
    const errors = readStatus(agent).errors.map(({ message }) => message);
    expect(errors.filter((each) => each === 'the program on eth0 was gone and was put back')).toHaveLength(1);
    expect(errors).toContain("the fast path's table 'locations' is nearly full, 820 of 1024; see key 'fastPath'");
  });

  it('keeps no programs of a former run where it shall have none', async () => {
    host.config = `fastPath: {mode: off, directory: ${host.directory}}\n`;
    const agent = await host.connect(controller);
    expect(host.native.removedFastPaths).toEqual([host.directory]);
    expect(agent.capabilities().problems).not.toContainEqual(expect.stringContaining('fast path'));
    expect(readStatus(agent).fastPath).toBeUndefined();
  });

  it('tries again to take over when that fails', async () => {
    const clock = new FakeClock();
    host.clock = clock;
    const { fast } = host.native;
    const works = fast.takeOver.bind(fast);
    fast.takeOver = () => {
      throw new Error('eth0: EBUSY');
    };
    const agent = await host.connect(controller);
    expect(readStatus(agent).errors.at(-1)?.message).toBe(
      'packets go by the tables of a former run still: eth0: EBUSY',
    );
    fast.takeOver = works;
    clock.advance(10_000);
    clock.advance(10_000);
    expect(fast.log).toEqual(['take over']);
  });
});
