/**
 * A machine with a real systemd as its process 1, in namespaces of its own (boot.sh says what is in it), on the network
 * of a namespace that is there already. Ends with `end`, and leaves nothing.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type RunOptions, type RunResult, run } from '../../lab/run.ts';

const boot = join(import.meta.dirname, 'boot.sh');
const bootWithinMs = 20_000;

export interface MachineOptions {
  /** Name of the network namespace. */
  readonly netns: string;
  /** Where the units' @WEFT@ points. */
  readonly checkout: string;
  /** Paths of other mounts that are to be there as well. */
  readonly paths: readonly string[];
}

export class Machine {
  private readonly folder: string;
  private readonly cgroup: string;
  private readonly child: ChildProcess;
  private readonly printed: string[] = [];
  /** Of its process 1, seen from outside. */
  private pid = 0;

  static async boot(options: MachineOptions): Promise<Machine> {
    const machine = new Machine(options);
    try {
      await machine.until('its systemd is up', async () => {
        machine.pid = machine.findInit();
        const { stdout } = await machine.run(['systemctl', 'is-active', 'weft-test.target']);
        return stdout.trim() === 'active';
      });
      return machine;
    } catch (error) {
      await machine.end();
      throw error;
    }
  }

  private constructor({ netns, checkout, paths }: MachineOptions) {
    this.folder = mkdtempSync(join(tmpdir(), 'weft-machine-'));
    this.cgroup = join(cgroupRoot(), `weft-machine-${process.pid}`);
    mkdirSync(this.cgroup);
    const namespaces = ['unshare', '-m', '-p', '-f', '-C', '-u', '-i', '--kill-child=SIGKILL'];
    const begin = `echo $$ > ${this.cgroup}/cgroup.procs; exec "$@"`;
    const inside = [...namespaces, boot, this.folder, checkout, ...paths];
    this.child = spawn('sh', ['-c', begin, 'sh', 'nsenter', `--net=/run/netns/${netns}`, ...inside], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (data: Buffer) => this.printed.push(data.toString()));
    }
  }

  /** Runs a program to its end in the machine. */
  run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return run([...this.entrance(), ...argv], options);
  }

  /** Starts a program in the machine's guest; ending it is the caller's business (or `end`'s). */
  spawnIn(namespace: string, argv: readonly string[]): ChildProcess {
    const [command = '', ...rest] = [...this.entrance(), 'ip', 'netns', 'exec', namespace, ...argv];
    return spawn(command, rest, { stdio: ['pipe', 'pipe', 'pipe'] });
  }

  /** Throws with what it said when it fails. */
  async systemctl(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(['systemctl', ...args], { timeoutMs: 60_000 });
    if (code !== 0) {
      const logs = await this.run(['sh', '-c', 'tail -n 20 /mnt/log/*']);
      throw new Error(`systemctl ${args.join(' ')}: ${stderr}${stdout}\n${logs.stdout}${this.said()}`);
    }
    return stdout;
  }

  async property(unit: string, name: string): Promise<string> {
    return (await this.systemctl('show', '--value', '-p', name, unit)).trim();
  }

  async write(path: string, text: string): Promise<void> {
    const { code, stderr } = await this.run([
      'sh',
      '-c',
      'mkdir -p "$(dirname "$0")" && printf %s "$1" > "$0"',
      path,
      text,
    ]);
    if (code !== 0) throw new Error(stderr);
  }

  /** What a service has printed. */
  async log(service: 'agent' | 'controller'): Promise<string> {
    return (await this.run(['cat', `/mnt/log/${service}`])).stdout;
  }

  /** What process 1 has printed, at its end. */
  said(): string {
    return this.printed.join('').split('\n').slice(-40).join('\n');
  }

  /** Id, as seen from outside, of a process of the machine. */
  outside(pid: number): number {
    const found = readdirSync('/proc').find((entry) => {
      if (!/^\d+$/.test(entry)) return false;
      return new RegExp(`^NSpid:\\s+${entry}(\\s+\\d+)*\\s${pid}$`, 'm').test(statusOf(entry)) && this.has(entry);
    });
    if (found === undefined) throw new Error(`the machine has no process ${pid}`);
    return Number(found);
  }

  async until(what: string, check: () => Promise<boolean>, withinMs = bootWithinMs): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (performance.now() < deadline) {
      if (this.child.exitCode !== null) break;
      if (await check().catch(() => false)) return;
      await pause(20);
    }
    throw new Error(`not within ${withinMs} ms: ${what}\n${this.said()}`);
  }

  async end(): Promise<void> {
    // Its process 1 first, and all that is in its namespace with it.
    if (this.pid !== 0 && this.child.exitCode === null) process.kill(this.pid, 'SIGKILL');
    this.child.kill('SIGKILL');
    while (this.child.exitCode === null && this.child.signalCode === null) await pause(5);
    await this.cgroupIsEmpty();
    removeCgroup(this.cgroup);
    rmSync(this.folder, { recursive: true });
  }

  private entrance(): readonly string[] {
    return ['nsenter', '-t', String(this.pid), '-m', '-p', '-C', '-u', '-i', '-n'];
  }

  /** `unshare` has one child, which is it. */
  private findInit(): number {
    const { pid } = this.child;
    const [found] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    if (!found) throw new Error('it has not begun');
    return Number(found);
  }

  private has(pid: string): boolean {
    return pidNamespaceOf(pid) === pidNamespaceOf(String(this.pid));
  }

  private async cgroupIsEmpty(): Promise<void> {
    while (/populated 1/.test(readFileSync(join(this.cgroup, 'cgroup.events'), 'utf8'))) await pause(5);
  }
}

function cgroupRoot(): string {
  const mount = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, , type]) => type === 'cgroup2');
  if (mount?.[1] === undefined) throw new Error('this machine has no cgroup2');
  return mount[1];
}

function removeCgroup(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (entry.isDirectory()) removeCgroup(join(path, entry.name));
  rmdirSync(path);
}

function statusOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

function pidNamespaceOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return '';
  }
}
