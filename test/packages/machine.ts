/**
 * A clean Debian that boots: an overlay over a root that debootstrap made, with systemd as its first process, in
 * namespaces of its own. Whatever is done in it is gone with it.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');
const execute = promisify(execFile);

/** What packages need of others and recommend: so that nothing but ours comes and goes in a test. */
const included = [
  ...['systemd', 'systemd-sysv', 'dbus', 'procps', 'iproute2', 'iputils-ping', 'ethtool', 'kmod', 'passwd'],
  ...['libpcap0.8', 'libstdc++6', 'socat', 'man-db'],
];

/** While it boots, its mounts are still those of the machine outside, where nothing is to be done. */
const inside = '[ -e /weft-machine ] || { echo "not booted yet" >&2; exit 1; }';

const bootWithinMs = 60_000;

/** Made once and kept under build/, by what it consists of. */
export async function cleanRoot(suite = 'bookworm'): Promise<string> {
  const print = createHash('sha256')
    .update([suite, ...included].join())
    .digest('hex')
    .slice(0, 12);
  const folder = join(root, 'build', `clean-root-${suite}-${print}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  await execute('debootstrap', ['--variant=minbase', `--include=${included.join()}`, suite, unfinished], {
    maxBuffer: 1 << 26,
  });
  renameSync(unfinished, folder);
  return folder;
}

export class Machine {
  readonly name: string;
  private readonly unshare: ChildProcess;
  /** Of its systemd, as seen from here. */
  readonly pid: number;

  private constructor(name: string, unshare: ChildProcess, pid: number) {
    this.name = name;
    this.unshare = unshare;
    this.pid = pid;
  }

  /** `packages`: a folder that the machine sees as /packages. */
  static async boot(name: string, { lower, packages }: { readonly lower: string; readonly packages: string }) {
    // It ends with this process, however that ends.
    const tied = ['--pdeathsig', 'KILL', 'unshare', '--kill-child=KILL', '-mpfnuiC', '--propagation', 'private'];
    const argv = [...tied, join(import.meta.dirname, 'boot.sh'), lower, packages];
    const unshare = spawn('setpriv', argv, { stdio: ['ignore', 'ignore', 'inherit'] });
    const deadline = performance.now() + bootWithinMs;
    for (;;) {
      const pid = childOf(unshare.pid ?? 0);
      const machine = pid === undefined ? undefined : new Machine(name, unshare, pid);
      const state = await machine?.run('systemctl is-system-running || true').catch((error: Error) => error.message);
      if (machine !== undefined && /^(running|degraded)$/.test(state ?? '')) {
        await machine.run(`hostname ${name}; ip link set lo up`);
        return machine;
      }
      if (performance.now() > deadline || unshare.exitCode !== null) throw new Error(`${name} does not boot: ${state}`);
      await pause(100);
    }
  }

  /** Standard output, trimmed. Throws with all that was written when the script fails. */
  async run(script: string, timeoutMs = 60_000): Promise<string> {
    const argv = [
      '-t',
      String(this.pid),
      '-a',
      '--',
      'env',
      '-i',
      'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
      'HOME=/root',
      'DEBIAN_FRONTEND=noninteractive',
    ];
    try {
      const { stdout } = await execute('nsenter', [...argv, 'sh', '-ec', `${inside}\n${script}`], {
        timeout: timeoutMs,
        maxBuffer: 1 << 26,
      });
      return stdout.trim();
    } catch (cause) {
      const { stdout, stderr, message } = cause as Error & { readonly stdout?: string; readonly stderr?: string };
      throw new Error(`${this.name}: ${script}\n${stdout ?? ''}${stderr ?? ''}`.trim() || message, { cause });
    }
  }

  /** A program that runs on; its output is the caller's. */
  start(script: string): ChildProcess {
    return spawn('nsenter', ['-t', String(this.pid), '-a', '--', 'sh', '-ec', `${inside}\n${script}`], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async stop(): Promise<void> {
    if (this.unshare.exitCode !== null || this.unshare.signalCode !== null) return;
    const ended = new Promise((resolve) => this.unshare.once('exit', resolve));
    this.unshare.kill('SIGKILL');
    await ended;
  }
}

/** Joins two machines by one link, `eth0` at both ends. */
export async function join2(one: Machine, other: Machine, addresses: readonly [string, string]): Promise<void> {
  const link = ['link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(other.pid)];
  await execute('nsenter', ['-t', String(one.pid), '-n', '--', 'ip', ...link]);
  const ends = [
    [one, addresses[0]],
    [other, addresses[1]],
  ] as const;
  // Without link-local addresses, which would come some time later.
  for (const [machine, address] of ends)
    await machine.run(`ip link set eth0 addrgenmode none up; ip address add ${address}/24 dev eth0`);
  for (const [machine] of ends) await machine.run('until ip link show eth0 | grep -q "state UP"; do sleep 0.05; done');
}

function childOf(pid: number): number | undefined {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return children === '' ? undefined : Number(children.split(' ')[0]);
  } catch {
    return undefined;
  }
}
