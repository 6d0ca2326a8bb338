/** A host for tests of the whole agent: a state directory, a data plane, a kernel and a controller of the test's. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Assets } from '../wire/control.ts';
import { Agent } from './agent.ts';
import { type Clock, systemClock } from './clock.ts';
import { parseAgentConfig } from './config.ts';
import { FakeNative } from './datapath/fake.ts';
import { KeptCounts } from './datapath/kept-counts.ts';
import { FakeCommands, type FakeController, FakeDevices, FakeSystem } from './fake-parts.ts';
import { openKeyFiles } from './keys/keyring.ts';
import { StateStore } from './state/store.ts';
import { fakeRegion } from './trust/fake-region.ts';
import { HostTrust } from './trust/host-trust.ts';

export const assets: Assets = {
  kernel: '6.1',
  operatingSystem: 'Debian',
  architecture: 'x64',
  cpus: 2,
  cpuModel: 'x',
  memoryBytes: 1,
  nics: [{ name: 'eth0', mac: '', mtu: 1500, up: true, speedMbps: 0, addresses: ['198.18.0.1'], offloads: [] }],
  labels: {},
};

export class FakeHost {
  readonly directory = mkdtempSync(join(tmpdir(), 'wagt-host-'));
  readonly system = new FakeSystem();
  readonly devices = new FakeDevices();
  /** Every line that agents of this host have logged. */
  readonly logged: string[] = [];
  native = new FakeNative();
  clock: Clock = systemClock;
  /** Where private keys outlive an agent, with the states of the fake engine's keys. */
  kept: string | undefined;
  /** Appended to the configuration. */
  config = '';
  private readonly agents: Agent[] = [];

  /** `controller`: the URL. */
  async open(controller: string): Promise<Agent> {
    const text = `host: a\ncontrollers: ['${controller}']\nsubstrate: {addresses: [198.18.0.1]}\n${this.config}`;
    const trust = join(this.directory, 'trust');
    await (await fakeRegion()).enrol(trust, 'a');
    const agent = new Agent({
      config: parseAgentConfig(text, 'agent.yaml', 'a'),
      clock: this.clock,
      log: pino({ level: 'trace' }, { write: (line: string) => this.logged.push(line) }),
      store: await StateStore.open(this.directory, systemClock),
      keys: await openKeyFiles(this.directory, this.kept),
      keysNotKept: undefined,
      counts: await KeptCounts.open(this.directory, this.clock),
      trust: new HostTrust({
        ...{ directory: trust, host: 'a', joinTokenFile: undefined, clock: this.clock },
        log: pino({ level: 'silent' }),
      }),
      native: this.native,
      system: this.system,
      devices: this.devices,
      commands: (onChange) => {
        const commands = new FakeCommands();
        commands.onChange = onChange;
        return commands;
      },
      assets,
      findAssets: async () => assets,
      findLinks: async () => assets.nics,
      openIcmp: () => {
        throw new Error('no raw sockets here');
      },
    });
    this.agents.push(agent);
    return agent;
  }

  /** An agent that has said hello. */
  async connect(controller: FakeController): Promise<Agent> {
    const agent = await this.open(controller.url);
    const hello = controller.next('hello');
    await agent.run();
    await hello;
    return agent;
  }

  /** As a restart: another process has an empty engine. */
  async restart(): Promise<void> {
    for (const agent of this.agents.splice(0)) await agent.stop();
    const { found, foundFastPath, states } = this.native;
    this.native = new FakeNative();
    this.native.found = found;
    this.native.foundFastPath = foundFastPath;
    this.native.states = states;
  }

  async close(): Promise<void> {
    for (const agent of this.agents.splice(0)) await agent.stop();
    rmSync(this.directory, { recursive: true });
  }
}
