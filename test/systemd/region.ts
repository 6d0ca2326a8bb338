/**
 * A region of which one host is a machine of its own with systemd:
 *
 *   left (systemd, weft-agent.service) ── switch ── right (an agent of the lab)      controller (the lab's)
 *     here 10.0.0.5                                  there 10.0.0.6
 */
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { parse, stringify } from 'yaml';
import { type Lab, upLab } from '../../lab/index.ts';
import type { AgentStatus } from '../../wire/status.ts';
import { Machine } from './machine.ts';

export const root = join(import.meta.dirname, '../..');
const paced = join(import.meta.dirname, 'guest/paced.py');
const port = 7000;

export interface Delivered {
  readonly sent: number;
  readonly received: number;
  readonly doubled: number;
  readonly corrupted: number;
  readonly missing: number;
  readonly lost: readonly number[];
  readonly longestGapMs: number;
}

export const nothingLost = { missing: 0, doubled: 0, corrupted: 0 } as const;

export class Region {
  readonly lab: Lab;
  readonly machine: Machine;
  private config: Record<string, unknown>;

  /** `paths`: other folders that the machine has, too. */
  static async up(name: string, paths: readonly string[] = []): Promise<Region> {
    const lab = await upLab({
      name,
      hosts: [{ name: 'left' }, { name: 'right' }],
      clouds: [{ name: 'red', prefixes: ['10.0.0.0/24'] }],
      guests: [guest('there', 'right', 6)],
    });
    try {
      await lab.stopAgent('left');
      const { namespace, config } = findAgent(lab);
      const { directory } = lab.record.layout;
      const machine = await Machine.boot({ netns: namespace, checkout: root, paths: [directory, ...paths] });
      return new Region(lab, machine, { ...parse(readFileSync(config, 'utf8')), ...ownPlaces });
    } catch (error) {
      await lab.down();
      throw error;
    }
  }

  private constructor(lab: Lab, machine: Machine, config: Record<string, unknown>) {
    this.lab = lab;
    this.machine = machine;
    this.config = config;
  }

  /** The agent's configuration, with changes that count from its next start on. */
  async configure(changes: Record<string, unknown>): Promise<void> {
    this.config = { ...this.config, ...changes };
    await this.machine.write('/etc/weft/agent.yaml', stringify(this.config));
  }

  async createGuest(
    name: string,
    number: number,
    kind: 'tun' | 'veth',
    command: readonly string[] = [],
  ): Promise<void> {
    const { cloud: vpc, ...rest } = guest(name, 'left', number, kind);
    await this.lab.api.createGuest({ ...rest, vpc, ...(command.length === 0 ? {} : { command: [...command] }) });
    await this.machine.until(`${name} runs`, async () => {
      const guests = await this.lab.api.guests();
      return guests.some((each) => each.name === name && each.phase === 'running');
    });
  }

  async status(): Promise<AgentStatus> {
    const { stdout } = await this.machine.run([
      'curl',
      '-s',
      '--unix-socket',
      '/run/weft/agent.sock',
      'http://weft/status',
    ]);
    return JSON.parse(stdout) as AgentStatus;
  }

  async mainPid(): Promise<number> {
    return Number(await this.machine.property('weft-agent', 'MainPID'));
  }

  async restart(): Promise<void> {
    const before = await this.mainPid();
    await this.machine.systemctl('restart', 'weft-agent');
    await this.anotherAgent(before);
  }

  /** As `kill -9` does; ends when the next one is ready. */
  async kill(): Promise<void> {
    const before = await this.mainPid();
    await this.machine.systemctl('kill', '-s', 'KILL', '--kill-whom=main', 'weft-agent');
    await this.anotherAgent(before);
  }

  /** Ends when another process than `before` is ready. */
  async anotherAgent(before: number): Promise<void> {
    await this.machine.until('another agent is ready', async () => {
      const state = await this.machine.systemctl('show', '-p', 'MainPID,SubState', 'weft-agent');
      return (
        state.includes('SubState=running') && !state.includes(`MainPID=${before}\n`) && !state.includes('MainPID=0\n')
      );
    });
  }

  /** Datagrams from both ends to the other at a steady pace each, while something is done. */
  async whileTalking(
    packets: number,
    during: () => Promise<void>,
    perSecond = 1000,
  ): Promise<readonly [here: Delivered, there: Delivered]> {
    const command = (own: string, other: string) => [
      '/usr/bin/python3',
      paced,
      own,
      other,
      `${port}`,
      `${perSecond}`,
      `${packets}`,
      '3',
    ];
    const children = [
      this.machine.spawnIn(`${this.lab.name}-here`, command('10.0.0.5', '10.0.0.6')),
      this.lab.spawn('there', command('10.0.0.6', '10.0.0.5'), { stdio: 'pipe' }),
    ];
    try {
      await Promise.all(children.map(isReady));
      const outputs = children.map((child) => (child.stdout === null ? '' : text(child.stdout)));
      for (const child of children) child.stdin?.write('go\n');
      await during();
      const [here = '', there = ''] = await Promise.all(outputs);
      return [JSON.parse(here) as Delivered, JSON.parse(there) as Delivered];
    } finally {
      for (const child of children) child.kill('SIGKILL');
    }
  }

  async down(): Promise<void> {
    await this.machine.end();
    await this.lab.down();
  }
}

/** As a package has them. */
const ownPlaces = { statusSocket: '/run/weft/agent.sock', keys: {}, fastPath: {} } as const;

function guest(name: string, host: string, number: number, kind: 'tun' | 'veth' = 'tun') {
  return { name, cloud: 'red', host, addresses: [`10.0.0.${number}`], port: kind };
}

function findAgent(lab: Lab) {
  const found = lab.record.layout.processes.find(({ name }) => name === 'left');
  if (found === undefined) throw new Error('the lab has no host left');
  return found;
}

async function isReady(child: ChildProcess): Promise<void> {
  if (child.stderr === null) return;
  for await (const line of createInterface(child.stderr)) {
    if (line === 'ready') return;
    throw new Error(line);
  }
}
