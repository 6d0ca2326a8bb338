/**
 * Disks that are full or read-only below controller and agents: what can be served is served, changes are refused with a
 * sentence, nothing that was acknowledged is lost, and all goes on by itself once there is room.
 *
 * Every state directory is a file system of its own (a tmpfs of 2 MiB, below the lab's folder, which takes it away).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiProblem } from '../../cli/client.ts';
import { daemonArgv } from '../../cli/daemon.ts';
import { findProcess } from '../../lab/build.ts';
import { type Lab, upLab } from '../../lab/index.ts';
import { inside } from '../../lab/netns.ts';
import { leftovers } from './region.ts';

const name = 'weft-dsk';
let lab: Lab;

function directoryOf(process: string): string {
  return join(lab.record.layout.directory, process, 'state');
}

/** Stops it, moves what it has to a small file system, and starts it again. */
async function ontoSmallDisk(process: 'controller' | 'left'): Promise<void> {
  const directory = directoryOf(process);
  await lab.kill(process, 'SIGTERM');
  const saved = `${directory}.saved`;
  execFileSync('mv', [directory, saved]);
  execFileSync('mkdir', [directory]);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=700', 'none', directory]);
  execFileSync('cp', ['-a', `${saved}/.`, directory]);
  if (process === 'controller') await lab.startController();
  else await lab.startAgent('left');
  await connected();
}

async function connected(): Promise<void> {
  await lab.waitUntil(
    'left is connected',
    async () => (await lab.agentStatus('left')).session.state === 'connected',
    20_000,
  );
}

const filler = (process: string) => join(directoryOf(process), 'filler');

/** To the last byte, whatever has been freed meanwhile. */
function fill(process: string): void {
  try {
    writeFileSync(filler(process), Buffer.alloc(4 << 20), { flag: 'a' });
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
  }
}

/** Refused while a process that was killed a moment ago still has a file open for writing. */
async function remount(process: string, how: 'ro' | 'rw'): Promise<void> {
  await lab.waitUntil(
    `${process}'s disk is ${how}`,
    async () => spawnSync('mount', ['-o', `remount,${how}`, directoryOf(process)]).status === 0,
  );
}

let clouds = 0;

async function createCloud(): Promise<string> {
  const cloud = `cloud-${clouds++}`;
  await lab.api.createVpc({ name: cloud, prefixes: ['10.1.0.0/24'] });
  return cloud;
}

/** Makes clouds until the store refuses one; answers those that were acknowledged, and why. */
async function untilRefused(): Promise<{ readonly made: readonly string[]; readonly refused: ApiProblem }> {
  const made: string[] = [];
  for (;;) {
    try {
      made.push(await createCloud());
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      return { made, refused: error };
    }
  }
}

async function namesOf(): Promise<readonly string[]> {
  return (await lab.api.vpcs()).map((cloud) => cloud.name);
}

beforeAll(async () => {
  lab = await upLab({
    name,
    hosts: [{ name: 'left' }, { name: 'right' }],
    clouds: [{ name: 'red', prefixes: ['10.0.0.0/24'] }],
    guests: [{ name: 'old', cloud: 'red', host: 'left', addresses: ['10.0.0.5'], command: ['sleep', 'infinity'] }],
  });
});
afterAll(async () => {
  await lab?.down();
  expect(leftovers(name)).toEqual([]);
});

describe('the controller', () => {
  beforeAll(() => ontoSmallDisk('controller'));

  test('with a full disk refuses changes, serves the rest, and goes on by itself', async () => {
    fill('controller');
    const { made, refused } = await untilRefused();
    expect(refused.status).toBe(503);
    expect(refused.message).toMatch(/cannot grow, the disk is full: nothing can be changed until there is room again/);
    const known = await namesOf();
    expect(known).toEqual(expect.arrayContaining(['red', ...made]));
    expect((await lab.agentStatus('left')).session.state).toBe('connected');
    rmSync(filler('controller'));
    const after = await createCloud();
    await lab.kill('controller', 'SIGKILL');
    await lab.startController();
    expect([...(await namesOf())].sort()).toEqual([...known, after].sort());
  });

  test('killed on a full disk says at the next start what is wrong, and has lost nothing', async () => {
    const known = await namesOf();
    fill('controller');
    await untilRefused();
    await lab.kill('controller', 'SIGKILL');
    fill('controller');
    expect(startOnly('controller')).toMatchObject({
      code: 1,
      said: expect.stringMatching(/^weft controller: .*the disk is full/),
    });
    rmSync(filler('controller'));
    await lab.startController();
    expect(await namesOf()).toEqual(expect.arrayContaining([...known]));
    await connected();
  });

  test('on a disk that has turned read-only refuses changes and goes on when it is writable', async () => {
    await createCloud();
    // A file that is open for writing keeps a file system writable: as with a real disk, it is the writes that fail.
    await lab.kill('controller', 'SIGKILL');
    await remount('controller', 'ro');
    expect(startOnly('controller')).toMatchObject({
      code: 1,
      said: expect.stringMatching(/^weft controller: .*read-only disk: nothing can be changed until that is mended$/),
    });
    await remount('controller', 'rw');
    await lab.startController();
    await createCloud();
    await connected();
  });
});

describe('an agent', () => {
  beforeAll(() => ontoSmallDisk('left'));

  test('with a full disk keeps what it has, says so, and does what it was told when there is room', async () => {
    fill('left');
    await lab.api.createGuest({ name: 'new', vpc: 'red', host: 'left', addresses: ['10.0.0.6'] });
    await lab.waitUntil('the complaint', async () =>
      (await lab.agentStatus('left')).errors.some(({ message }) =>
        /no space is left on its file system; make room there/.test(message),
      ),
    );
    const { guests, session } = await lab.agentStatus('left');
    expect(guests.find((each) => each.name === 'old')?.phase).toBe('running');
    expect(session.state).toBe('connected');
    rmSync(filler('left'));
    await lab.waitUntil('the guest runs', async () => (await lab.api.guest('new')).phase === 'running', 20_000);
    await lab.restartAgent('left', 'SIGKILL');
    expect((await lab.agentStatus('left')).guests.map((each) => each.name).sort()).toEqual(['new', 'old']);
  });

  test('on a read-only disk does not start, in one sentence; its guests stay, and it comes back', async () => {
    await lab.kill('left', 'SIGKILL');
    await remount('left', 'ro');
    expect(startOnly('left')).toMatchObject({
      code: 3,
      said: expect.stringMatching(
        /^weft agent: .* cannot be written: its file system is mounted read-only; mount it writable, .*start the agent again$/,
      ),
    });
    expect(leftovers(name).some((line) => line.includes(`${name}-old`))).toBe(true);
    await remount('left', 'rw');
    await lab.startAgent('left');
    await connected();
  });
});

describe('an agent whose files were damaged', () => {
  const file = (base: string) => join(directoryOf('left'), base);

  test('refuses state.json in one sentence, and has everything again once that was moved away', async () => {
    await lab.kill('left', 'SIGKILL');
    const wanted = (await lab.api.guests({ host: 'left' })).map((each) => each.name).sort();
    writeFileSync(file('state.json'), 'garbage');
    expect(startOnly('left')).toMatchObject({
      code: 1,
      said: expect.stringMatching(
        /^weft agent: .*state\.json is damaged .* move it away and start again; the controller/,
      ),
    });
    rmSync(file('state.json'));
    await lab.startAgent('left');
    await connected();
    await lab.waitUntil('all guests run', async () => {
      const { guests } = await lab.agentStatus('left');
      return (
        guests
          .map((each) => each.name)
          .sort()
          .join() === wanted.join() && guests.every(({ phase }) => phase === 'running')
      );
    });
  });

  test('goes on without mappings.json, and with a lock of nobody', async () => {
    await lab.kill('left', 'SIGKILL');
    writeFileSync(file('mappings.json'), 'garbage');
    writeFileSync(file('agent.lock'), 'garbage');
    await lab.startAgent('left');
    const { errors } = await lab.agentStatus('left');
    expect(errors.map(({ message }) => message).join()).toMatch(
      /mappings\.json is damaged .*: the mappings in it are asked for again/,
    );
    await lab.waitUntil('all guests run', async () => {
      const { guests } = await lab.agentStatus('left');
      return guests.length > 0 && guests.every(({ phase }) => phase === 'running');
    });
    await connected();
  });
});

describe('a log that cannot be written', () => {
  test.each(['controller', 'left'] as const)('costs %s nothing but the log', async (process) => {
    await lab.kill(process, 'SIGTERM');
    const log = lab.logOf(process);
    execFileSync('ln', ['-sf', '/dev/full', log]);
    if (process === 'controller') await lab.startController();
    else await lab.startAgent('left');
    await connected();
    const before = lab.process(process)?.pid;
    const guest = `logless-${process}`;
    await lab.api.createGuest({ name: guest, vpc: 'red', host: 'left' });
    await lab.waitUntil('the guest runs', async () => (await lab.api.guest(guest)).phase === 'running');
    await pause(300);
    expect(lab.process(process)?.pid).toBe(before);
    rmSync(log);
  });
});

/** One that does not get far: its exit code and what it said on standard error, one sentence. */
function startOnly(process: 'controller' | 'left'): { readonly code: number | null; readonly said: string } {
  const { config, namespace, program } = findProcess(lab.record, process);
  const [command = '', ...args] = inside(namespace, daemonArgv(program, ['--config', config]));
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 20_000 });
  return { code: status, said: stderr.trim() };
}
