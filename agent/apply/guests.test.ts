/** Guests against a kernel, programs and time of the test's. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Guest, GuestState } from '../../wire/control.ts';
import type { CommandRecord } from '../commands/supervisor.ts';
import { FakeClock } from '../fake-clock.ts';
import { FakeCommands, FakeDevices, FakeSystem } from '../fake-parts.ts';
import { Journal } from '../journal.ts';
import { openLog } from '../log.ts';
import { Guests } from './guests.ts';

const web: Guest = { name: 'web', gni: 7, addresses: ['10.0.0.5/24'], command: [], incarnation: 1 };

describe('guests', () => {
  let clock: FakeClock;
  let system: FakeSystem;
  let devices: FakeDevices;
  let commands: FakeCommands;
  let wanted: Map<string, Guest>;
  let states: GuestState[];
  let records: Map<string, CommandRecord>;
  let closed: string[];
  let guests: Guests;

  beforeEach(() => {
    clock = new FakeClock();
    system = new FakeSystem();
    devices = new FakeDevices();
    commands = new FakeCommands();
    wanted = new Map([['web', web]]);
    states = [];
    records = new Map();
    closed = [];
    guests = new Guests({
      clock,
      system,
      devices,
      noFastPath: 'no BPF',
      commands,
      datapath: {
        openPort: () => ({ queues: 1, tso: true, uso: true, adopted: false, descriptors: [] }),
        closePort: (name, how) => closed.push(`${name} ${how}`),
        setPortMtu: () => undefined,
        forgetCounts: () => undefined,
      },
      journal: new Journal(openLog('a', 'silent'), clock),
      wanted: (name) => wanted.get(name),
      prefixes: () => ['10.0.0.0/24'],
      overlayMtu: () => 1456,
      records,
      onPort: () => undefined,
      onState: (state) => states.push(state),
    });
    commands.onChange = (guest, record) => guests.commandChanged(guest, record);
  });

  /** Time goes on in small steps, and what is under way goes on in between. */
  async function pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 25) {
      clock.advance(25);
      await guests.settled();
      await Promise.resolve();
    }
  }

  const words = () => states.map(({ phase, detail }) => `${phase}: ${detail}`);

  it('wait for a namespace of their name that is going away, and do not fail', async () => {
    system.taken.add('web');
    const done = guests.reconcile('web');
    await pass(3000);
    expect(words()).toEqual(['preparing: ', 'preparing: waits for its name: web is taken']);
    system.taken.clear();
    await pass(1000);
    expect(await done).toBeUndefined();
    expect(words().slice(2)).toEqual(['running: ']);
  });

  it('fail when the name stays taken, and run once it is free', async () => {
    system.taken.add('web');
    const done = Promise.all([guests.reconcile('web'), guests.reconcile('web')]);
    await pass(6000);
    expect(await done).toEqual(['web is taken', 'web is taken']);
    expect(words().slice(2)).toEqual(['failed: web is taken']);
    system.taken.clear();
    await pass(40_000);
    expect(words().at(-1)).toBe('running: ');
  });

  it('are let go of while they wait for their name', async () => {
    system.taken.add('web');
    const done = guests.reconcile('web');
    await pass(100);
    wanted.clear();
    await guests.reconcile('web');
    expect(await done).toBeUndefined();
    expect(states.at(-1)?.phase).toBe('removed');
  });

  it('are made again when somebody deletes their namespace, and their program is ended first', async () => {
    wanted.set('web', { ...web, command: ['serve'] });
    await guests.reconcile('web');
    guests.look();
    await guests.settled();
    expect(commands.log).toEqual(['start web']);
    system.namespaces.clear();
    guests.look();
    await guests.settled();
    expect(commands.log).toEqual(['start web', 'stop web', 'start web']);
    expect(closed).toEqual(['web remove']);
    expect(system.namespaces).toEqual(new Set(['web']));
    expect(words().at(-1)).toBe('running: ');
  });

  it('get a new port when theirs stops working, no oftener than every 10 s, and keep their program', async () => {
    wanted.set('web', { ...web, command: ['serve'] });
    await guests.reconcile('web');
    for (const ms of [0, 100, 9900]) {
      clock.advance(ms);
      guests.portFailed('web');
      await guests.settled();
    }
    expect(closed).toEqual(['web keep', 'web keep']);
    expect(commands.log).toEqual(['start web', 'adopt web', 'adopt web']);
  });

  it('tell how their command ended once, apart from the detail', async () => {
    await guests.reconcile('web');
    guests.commandChanged('web', { state: 'exited', argv: ['serve'], pid: 9, exitCode: 127, signal: '' });
    expect(states.at(-1)).toMatchObject({ phase: 'running', detail: '', command: { phase: 'exited', exitCode: 127 } });
  });

  it('wait no longer when the agent stops', async () => {
    system.taken.add('web');
    const done = guests.reconcile('web');
    await pass(100);
    await guests.close();
    expect(await done).toBe('web is taken');
  });
});
