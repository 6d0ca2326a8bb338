/** Real namespaces and processes, small and quick: what is left after a teardown is the kernel's to say. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LabSpec, readLabSpec } from './file.ts';
import { openLab } from './lab.ts';
import { addNamespace, inside, namespacesWithPrefix } from './netns.ts';
import { planLab } from './plan.ts';
import { isAlive, lookUp, type ProcessRef, startDetached } from './processes.ts';
import { claimLab, type LabRecord, writeRecord } from './record.ts';
import { mountedBelow, tearDown } from './teardown.ts';

const lab = `wtd${process.pid}`;
const isRoot = process.getuid?.() === 0;
let stateRoot: string;

beforeEach(() => {
  stateRoot = mkdtempSync(join(tmpdir(), 'weft-teardown-'));
});

afterEach(async () => {
  if (isRoot) await tearDown(stateRoot, lab, { ours: true });
  rmSync(stateRoot, { recursive: true, force: true });
});

function spec(): LabSpec {
  const result = readLabSpec({ hosts: [{ name: 'a' }, { name: 'b' }] }, { stateRoot, name: lab });
  if (!result.ok) throw new Error(result.errors.join('\n'));
  return result.spec;
}

function record(builder: ProcessRef): LabRecord {
  const { layout } = planLab(spec(), stateRoot);
  return { format: 1, phase: 'building', builder, createdMs: 0, source: 'test', layout, processes: {} };
}

function own(): ProcessRef {
  const found = lookUp(process.pid);
  if (found === undefined) throw new Error('no /proc');
  return found;
}

const gone: ProcessRef = { pid: 4_194_303, startTime: 1 };

describe.skipIf(!isRoot)('taking a lab down (needs root)', () => {
  it('removes namespaces, what runs in them, what is recorded, and the files; the second time nothing', async () => {
    claimLab(stateRoot, record(gone));
    await addNamespace(`${lab}-a`);
    const keys = `/dev/shm/weft-keys-${lab}-a`;
    mkdirSync(keys);
    writeFileSync(join(keys, 'epochs.json'), 'x');
    // As after a crash between start and record: only its namespace tells whose it is.
    const stray = startDetached(inside(`${lab}-a`, ['sleep', '600']), '/dev/null');
    const recorded = startDetached(['sleep', '600'], '/dev/null');
    writeRecord({ ...record(gone), processes: { a: recorded } });

    expect(await tearDown(stateRoot, lab)).toEqual({ existed: true, processes: 2, namespaces: 1 });
    expect([stray, recorded].filter(isAlive)).toEqual([]);
    expect(namespacesWithPrefix(`${lab}-`)).toEqual([]);
    expect([join(stateRoot, lab), keys].filter((path) => existsSync(path))).toEqual([]);
    expect(await tearDown(stateRoot, lab)).toEqual({ existed: false, processes: 0, namespaces: 0 });
  });

  it('also finds the namespaces of guests that were made later', async () => {
    claimLab(stateRoot, record(gone));
    await addNamespace(`${lab}-later`);
    expect((await tearDown(stateRoot, lab)).namespaces).toBe(1);
  });

  it('unmounts what agents mounted below its directory, also twice on one place', async () => {
    claimLab(stateRoot, record(gone));
    const directory = join(stateRoot, lab, 'a', 'bpf');
    mkdirSync(directory, { recursive: true });
    const mount = (where: string) => spawnSync('mount', ['-t', 'tmpfs', 'weft-test', where]).status;
    const beside = `${stateRoot}/${lab}-beside`;
    mkdirSync(beside);
    expect([mount(directory), mount(directory), mount(beside)]).toEqual([0, 0, 0]);
    await tearDown(stateRoot, lab);
    const left = mountedBelow(stateRoot, readFileSync('/proc/self/mountinfo', 'utf8'));
    spawnSync('umount', [beside]);
    expect(left).toEqual([beside]);
    expect(existsSync(join(stateRoot, lab))).toBe(false);
  });

  it('works when the record is damaged', async () => {
    claimLab(stateRoot, record(gone));
    await addNamespace(`${lab}-a`);
    writeFileSync(join(stateRoot, lab, 'lab.json'), '{"format":');
    expect(await tearDown(stateRoot, lab)).toMatchObject({ existed: true, namespaces: 1 });
  });

  it('spares a process that got the recorded id later', async () => {
    const other = startDetached(['sleep', '600'], '/dev/null');
    claimLab(stateRoot, record(gone));
    writeRecord({ ...record(gone), processes: { a: { pid: other.pid, startTime: other.startTime - 1 } } });
    await tearDown(stateRoot, lab);
    const spared = isAlive(other);
    process.kill(other.pid, 'SIGKILL');
    expect(spared).toBe(true);
  });

  it('spares processes outside, also when a namespace’s file is no namespace', async () => {
    claimLab(stateRoot, record(gone));
    const child = spawn('sleep', ['600']);
    await once(child, 'spawn');
    const { processes } = await tearDown(stateRoot, lab);
    child.kill('SIGKILL');
    expect(processes).toBe(0);
  });
});

it('finds mounts in the order in which they can be taken away', () => {
  const table = [
    '22 1 0:20 / / rw - ext4 /dev/vda1 rw',
    '40 22 0:31 / /run/weft-lab/l/left/bpf rw shared:9 - bpf none rw',
    '41 40 0:32 / /run/weft-lab/l/left/bpf/deep\\040er rw - tmpfs none rw',
    '42 22 0:33 / /run/weft-lab/lx/left/bpf rw - bpf none rw',
    '',
  ].join('\n');
  expect(mountedBelow('/run/weft-lab/l', table)).toEqual([
    '/run/weft-lab/l/left/bpf/deep er',
    '/run/weft-lab/l/left/bpf',
  ]);
});

describe('a lab’s name', () => {
  it('is refused when the lab is there', () => {
    claimLab(stateRoot, record(own()));
    expect(() => claimLab(stateRoot, record(own()))).toThrow(/is there already: take it down with `weft lab down/);
    rmSync(join(stateRoot, lab), { recursive: true });
  });

  it('is refused when another lab’s namespaces could be mistaken for its own', () => {
    const { layout } = record(own());
    const longer = { ...layout, name: `${lab}-x`, directory: join(stateRoot, `${lab}-x`) };
    claimLab(stateRoot, { ...record(own()), layout: longer });
    expect(() => claimLab(stateRoot, record(own()))).toThrow(/could not be told apart/);
    rmSync(join(stateRoot, `${lab}-x`), { recursive: true });
  });

  it('that is not known is told together with those that are', () => {
    claimLab(stateRoot, record(own()));
    expect(() => openLab('other', { stateRoot })).toThrow(`no lab 'other': there is ${lab}`);
    rmSync(join(stateRoot, lab), { recursive: true });
  });

  it('is not taken down while somebody builds it', async () => {
    claimLab(stateRoot, record(own()));
    await expect(tearDown(stateRoot, lab)).rejects.toThrow(/is being built by process/);
    rmSync(join(stateRoot, lab), { recursive: true });
  });
});
