/** Real namespaces and programs in them: needs root. Everything is named wagt-t… and is gone afterwards. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { type CommandRecord, describeExit, Supervisor } from '../commands/supervisor.ts';
import { identify, isAlive, processesInNamespace } from '../processes.ts';
import { removeEverything } from '../uninstall.ts';
import { LinuxNamespaces } from './namespaces.ts';
import { NamespaceTaken } from './system.ts';

const root = process.getuid?.() === 0;

describe.skipIf(!root)(`namespaces of guests${root ? '' : ' (skipped: needs root)'}`, () => {
  let directory: string;
  let system: LinuxNamespaces;
  const prefix = `wagt-t${process.pid}-`;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'wagt-ports-'));
    system = new LinuxNamespaces(directory, prefix, systemClock);
  });

  afterEach(async () => {
    for (const guest of await system.owned()) await system.removeNamespace(guest);
    rmSync(directory, { recursive: true });
    expect(readdirSync('/run/netns').filter((name) => name.startsWith(prefix))).toEqual([]);
  });

  const inside = (guest: string, ...argv: string[]) =>
    execFileSync('nsenter', [`--net=${system.pathOf(guest)}`, ...argv], { encoding: 'utf8' });

  const inodeOf = (path: string) => statSync(path).ino;

  /** A program of somebody else's in a namespace of the guest's name. */
  function foreigner(guest: string): { readonly alive: () => boolean; end(): void } {
    const name = `${prefix}${guest}`;
    execFileSync('ip', ['netns', 'add', name]);
    const command = `ip netns exec ${name} sleep 60 > /dev/null 2>&1 & echo $!`;
    const pid = Number(execFileSync('sh', ['-c', command], { encoding: 'utf8' }));
    const end = () => {
      process.kill(pid, 'SIGKILL');
      execFileSync('ip', ['netns', 'delete', name]);
    };
    const id = identify(pid);
    return { alive: () => id !== undefined && isAlive(id) && existsSync(`/run/netns/${name}`), end };
  }

  /** A veth of the port's name stands for the port, which is the engine's to make. */
  async function withPort(guest: string): Promise<void> {
    await system.ensureNamespace(guest);
    inside(guest, 'ip', 'link', 'add', 'weft0', 'type', 'veth', 'peer', 'name', 'other');
    inside(guest, 'ip', 'link', 'set', 'other', 'up');
  }

  const wish = { addresses: ['10.0.0.5/24', 'fd00::5/64'], routes: ['10.0.0.0/24', 'fd00::/64'], mtu: 1400 };

  it('are made once, with the loopback device up and no link-local address on the port', async () => {
    expect(await system.ensureNamespace('web')).toEqual({ made: true });
    expect(await system.ensureNamespace('web')).toEqual({ made: false });
    await withPort('web');
    await system.configure('web', wish, true);
    expect(inside('web', 'ip', '-br', 'address')).toMatch(/^lo\s+UNKNOWN\s+127\.0\.0\.1\/8/m);
    expect(inside('web', 'ip', '-br', 'address', 'show', 'weft0')).toMatch(/UP\s+10\.0\.0\.5\/32 fd00::5\/128\s*$/);
    expect(inside('web', 'ip', 'route', 'get', '10.0.0.200')).toContain('dev weft0 src 10.0.0.5');
    expect(inside('web', 'ip', 'route', 'get', 'fd00::200')).toContain('dev weft0');
    expect(inside('web', 'ip', 'link', 'show', 'weft0')).toContain('mtu 1400');
  });

  it('are brought from any state to the one wished for, leaving what is the guest’s own', async () => {
    await withPort('web');
    await system.configure('web', wish, true);
    inside('web', 'ip', 'route', 'add', '192.0.2.0/24', 'dev', 'weft0');
    const other = { addresses: ['10.0.0.6/24'], routes: ['10.0.0.0/24', '10.2.0.0/24'], mtu: 1300 };
    await system.configure('web', other, false);
    await system.configure('web', other, false);
    expect(inside('web', 'ip', '-br', 'address', 'show', 'weft0')).toMatch(/UP\s+10\.0\.0\.6\/32\s*$/);
    const routes = inside('web', 'ip', 'route')
      .trim()
      .split(/\s*\n\s*/)
      .map((line) => line.split(' ')[0]);
    expect(routes.toSorted()).toEqual(['10.0.0.0/24', '10.2.0.0/24', '192.0.2.0/24']);
    expect(inside('web', 'ip', '-6', 'route', 'show', 'proto', '67')).toBe('');
  });

  it('of others are refused, and left behind ones found again', async () => {
    execFileSync('ip', ['netns', 'add', `${prefix}foreign`]);
    await expect(system.ensureNamespace('foreign')).rejects.toThrow(`${prefix}foreign exists and is not this agent's`);
    execFileSync('ip', ['netns', 'delete', `${prefix}foreign`]);

    await system.ensureNamespace('web');
    const next = new LinuxNamespaces(directory, 'another-prefix-', systemClock);
    expect(await next.owned()).toEqual(['web']);
    expect(next.nameOf('web')).toBe(`${prefix}web`);
    // As after a reboot: the mark is there, the namespace is not; and as after a crash in `ip netns add`.
    execFileSync('ip', ['netns', 'delete', `${prefix}web`]);
    writeFileSync(system.pathOf('web'), '');
    expect(await next.ensureNamespace('web')).toEqual({ made: true });
    system = next;
  });

  it('of others stay whole, with the programs in them, whatever is asked', async () => {
    const other = foreigner('web');
    const ask = async (asked: LinuxNamespaces) => {
      await expect(asked.ensureNamespace('web')).rejects.toThrow(NamespaceTaken);
      await asked.endProcesses('web');
      await asked.removeNamespace('web');
      expect(await asked.owned()).toEqual([]);
      expect(other.alive()).toBe(true);
    };
    await ask(system);
    await ask(new LinuxNamespaces(directory, prefix, systemClock));
    expect(readdirSync(join(directory, 'namespaces'))).toEqual([]);
    other.end();
  });

  it('that were deleted and made again by others are no longer ours', async () => {
    await system.ensureNamespace('web');
    expect(system.isOurs('web')).toBe(true);
    execFileSync('ip', ['netns', 'delete', `${prefix}web`]);
    const other = foreigner('web');
    expect(system.isOurs('web')).toBe(false);
    await system.removeNamespace('web');
    expect(other.alive()).toBe(true);
    other.end();
    expect(await system.ensureNamespace('web')).toEqual({ made: true });
  });

  it('the agent itself runs in is never ours', async () => {
    const path = system.pathOf('host');
    execFileSync('ip', ['netns', 'attach', `${prefix}host`, String(process.pid)]);
    const { dev, ino, ctimeNs } = statSync(path, { bigint: true });
    const second = 1_000_000_000n;
    const identity = `${dev}:${ino}:${ctimeNs / second}.${String(ctimeNs % second).padStart(9, '0')}`;
    writeFileSync(join(directory, 'namespaces', 'host'), `${prefix}host\n${identity}\n`);
    const next = new LinuxNamespaces(directory, prefix, systemClock);
    await next.removeNamespace('host');
    expect(existsSync(path)).toBe(true);
    execFileSync('ip', ['netns', 'delete', `${prefix}host`]);
  });

  it('that cannot be made leave no mark', async () => {
    const long = 'x'.repeat(300);
    await expect(new LinuxNamespaces(directory, long, systemClock).ensureNamespace('web')).rejects.toThrow(
      /^network namespace x+web cannot be made: /,
    );
    expect(readdirSync(join(directory, 'namespaces'))).toEqual([]);
  });

  it('end with every process in them, also those that do not want to', async () => {
    await system.ensureNamespace('web');
    const path = system.pathOf('web');
    const argv = [`--net=${path}`, 'sh', '-c', "trap '' TERM; echo; sleep 60 & wait; sleep 60"];
    const script = `nsenter ${argv.map((arg) => `"${arg}"`).join(' ')} > /dev/null 2>&1 &`;
    execFileSync('sh', ['-c', script]);
    await expect.poll(() => processesInNamespace(inodeOf(path)).length).toBeGreaterThan(0);
    await system.removeNamespace('web');
    expect(existsSync(path)).toBe(false);
  });

  it('are all gone after they are cleared away, and what they come back from is kept', async () => {
    await system.ensureNamespace('web');
    const state = ['identity.pem', 'state.json'];
    for (const name of state) writeFileSync(join(directory, name), 'x');
    const config = {
      ...{ host: prefix, stateDirectory: directory, statusSocket: join(directory, 'agent.sock') },
      namespacePrefix: prefix,
      fastPath: { directory: join(directory, 'bpf') },
      keys: { rotateMs: 1000, directory: undefined },
    };
    expect((await removeEverything(config, { keepState: true })).guests).toEqual(['web']);
    expect(existsSync(system.pathOf('web'))).toBe(false);
    expect(readdirSync(directory).toSorted()).toEqual(state);
    system = new LinuxNamespaces(directory, prefix, systemClock);
  });

  it('are all gone after an uninstall, with the state', async () => {
    await system.ensureNamespace('web');
    await system.ensureNamespace('db');
    writeFileSync(join(directory, 'state.json'), 'x');
    writeFileSync(join(directory, 'of-somebody-else'), 'x');
    const keysDirectory = join(directory, 'keys');
    mkdirSync(keysDirectory);
    for (const name of ['epochs.json', 'key-states']) writeFileSync(join(keysDirectory, name), 'x');
    const config = {
      ...{ host: prefix, stateDirectory: directory, statusSocket: join(directory, 'agent.sock') },
      namespacePrefix: prefix,
      fastPath: { directory: join(directory, 'bpf') },
      keys: { rotateMs: 1000, directory: keysDirectory },
    };
    const { guests } = await removeEverything(config);
    expect(guests.toSorted()).toEqual(['db', 'web']);
    expect(readdirSync(directory)).toEqual(['of-somebody-else']);
    expect((await removeEverything(config)).guests).toEqual([]);
    system = new LinuxNamespaces(directory, prefix, systemClock);
  });

  describe('programs', () => {
    const records: CommandRecord[] = [];
    const said: string[] = [];
    const open = () =>
      new Supervisor({
        directory: join(directory, 'commands'),
        log: pino({ base: null }, { write: (line) => said.push(JSON.parse(line).msg) }),
        clock: systemClock,
        onChange: (_, record) => records.push(record),
      });

    beforeEach(() => {
      records.length = 0;
      said.length = 0;
    });

    it('run inside, with an environment of their own, and report how they end', async () => {
      await system.ensureNamespace('web');
      const path = system.pathOf('web');
      open().start('web', path, ['sh', '-c', 'readlink /proc/self/ns/net; env | grep -c NODE; exit 3']);
      await expect.poll(() => records.at(-1)).toMatchObject({ state: 'exited', exitCode: 3, signal: '' });
      const inode = execFileSync('stat', ['-L', '-c', '%i', path], { encoding: 'utf8' }).trim();
      expect(said).toEqual([`net:[${inode}]`, '0']);
    });

    it('that cannot be run report it as an exit', async () => {
      await system.ensureNamespace('web');
      open().start('web', system.pathOf('web'), ['/no/such/program']);
      await expect.poll(() => records.at(-1)).toMatchObject({ state: 'exited', exitCode: 127 });
    });

    it('outlive the agent, are adopted by the next, and end with their children', async () => {
      await system.ensureNamespace('web');
      const first = open();
      first.start('web', system.pathOf('web'), ['sh', '-c', 'sleep 300 & echo up; wait']);
      const record = records[0];
      expect(record).toMatchObject({ state: 'running' });
      first.release();

      const second = open();
      if (record !== undefined) second.adopt('web', record);
      await expect.poll(() => processesInNamespace(inodeOf(system.pathOf('web'))).length).toBe(2);
      await second.stop('web', record);
      await expect.poll(() => processesInNamespace(inodeOf(system.pathOf('web')))).toEqual([]);
      expect(records).toHaveLength(1);
    });

    it('write to nothing that fills the disk or ends them, while the agent is there and while it is not', async () => {
      await system.ensureNamespace('web');
      const first = open();
      const lines = 'i=0; while [ $i -lt 20000 ]; do echo "line $i of many"; i=$((i+1)); done; exit 7';
      first.start('web', system.pathOf('web'), ['sh', '-c', lines]);
      const record = records[0];
      first.release();
      expect(record?.state === 'running' && isAlive(record.process)).toBe(true);
      // It waits with a full pipe, and goes on for the next agent.
      expect(statSync(join(directory, 'commands', 'web.out')).isFIFO()).toBe(true);
      const second = open();
      if (record !== undefined) second.adopt('web', record);
      await expect.poll(() => records.at(-1)?.state, { timeout: 8000 }).toBe('exited');
      expect(said[0]).toBe('line 0 of many');
      expect(said.at(-1)).toMatch(/^\d+ lines of its output were left out here$/);
      const told = said.filter((line) => line.startsWith('line ')).length;
      const leftOut = said.flatMap((line) => /^(\d+) lines of its/.exec(line)?.[1] ?? []).map(Number);
      expect(leftOut.reduce((sum, each) => sum + each, told)).toBe(20_000);
      expect(told).toBeLessThanOrEqual(500);
    });

    it('that nobody watches are ended by what is on record of them', async () => {
      await system.ensureNamespace('web');
      const first = open();
      first.start('web', system.pathOf('web'), ['sleep', '300']);
      const record = records[0];
      first.release();
      await open().stop('web', record);
      expect(record?.state === 'running' && isAlive(record.process)).toBe(false);
    });

    it('that ended while no agent watched are reported as such, and not started again', async () => {
      const own = identify(process.pid);
      const gone = { pid: 4_194_304, startTicks: own?.startTicks ?? 0, boot: own?.boot ?? '' };
      expect(isAlive(gone)).toBe(false);
      open().adopt('web', { state: 'running', argv: ['x'], process: gone });
      const [record] = records;
      expect(record).toEqual({ state: 'exited', argv: ['x'], pid: gone.pid, exitCode: -1, signal: '' });
      expect(record?.state === 'exited' && describeExit(record)).toBe('ended while no agent watched');
    });
  });
});
