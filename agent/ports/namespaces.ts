/**
 * Guests' network namespaces on Linux, by `ip netns` and `nsenter`.
 *
 * A file in the state directory (the mark) is written before a namespace is made and removed after it is
 * gone: whatever a crash interrupts, the next start knows which namespaces are ours.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { processesInNamespace, signal } from '../processes.ts';
import { type RunResult, run } from '../run.ts';
import { type InterfaceFound, newInterface, planInterface, readInterface } from './interface.ts';
import { type GuestSystem, guestInterface, type InterfaceWish } from './system.ts';

const netnsDirectory = '/run/netns';
/** statfs(2): a namespace is mounted on the file. */
const nsfsMagic = 0x6e736673;
/** Between asking processes to end and making them. */
const politeMs = 2000;
const lookMs = 20;

/**
 * What interfaces of the namespace begin with: no link-local address (1 is `none`), so that nothing is
 * solicited or reported before the guest says something. /proc/sys/net shows the namespace that asks.
 */
const prepare = `
d=/proc/sys/net/ipv6/conf/default
if [ -d $d ]; then
  for s in accept_ra router_solicitations disable_ipv6; do echo 0 > $d/$s; done
  echo 1 > $d/addr_gen_mode
fi 2>/dev/null
exec ip link set lo up`;

const look = `
ip link set lo up
ip -j address show dev ${guestInterface} || exit
echo; ip -4 -j route show dev ${guestInterface}
echo; ip -6 -j route show dev ${guestInterface} 2>/dev/null || echo '[]'`;

export class LinuxNamespaces implements GuestSystem {
  private readonly marks: string;
  private readonly prefix: string;
  private readonly clock: Clock;
  /** Namespaces by guest, as marked: the prefix may have been another one when they were made. */
  private readonly names = new Map<string, string>();

  constructor(stateDirectory: string, prefix: string, clock: Clock) {
    this.marks = join(stateDirectory, 'namespaces');
    this.prefix = prefix;
    this.clock = clock;
    mkdirSync(this.marks, { recursive: true, mode: 0o700 });
    for (const guest of readdirSync(this.marks)) {
      this.names.set(guest, readFileSync(join(this.marks, guest), 'utf8').trim() || this.prefix + guest);
    }
  }

  nameOf(guest: string): string {
    return this.names.get(guest) ?? this.prefix + guest;
  }

  pathOf(guest: string): string {
    return join(netnsDirectory, this.nameOf(guest));
  }

  async marked(): Promise<string[]> {
    return [...this.names.keys()];
  }

  async ensureNamespace(guest: string): Promise<{ readonly made: boolean }> {
    const name = this.nameOf(guest);
    const state = namespaceState(this.pathOf(guest));
    if (state === 'namespace') {
      if (this.names.has(guest)) return { made: false };
      throw new Error(
        `network namespace ${name} exists and is not this agent's: delete it (ip netns delete ${name}) or set another namespacePrefix`,
      );
    }
    writeFileSync(join(this.marks, guest), `${name}\n`, { mode: 0o600 });
    this.names.set(guest, name);
    // A file without a namespace is what a crash in the middle of `ip netns add` leaves.
    if (state === 'file') rmSync(this.pathOf(guest));
    need(await run('ip', ['netns', 'add', name]));
    need(await this.inside(guest, prepare));
    return { made: true };
  }

  async configure(guest: string, wish: InterfaceWish, fresh: boolean): Promise<void> {
    const found = fresh ? newInterface : await this.look(guest);
    const lines = planInterface(wish, found);
    if (lines.length > 0) need(await this.inside(guest, 'exec ip -batch -', `${lines.join('\n')}\n`));
  }

  private async look(guest: string): Promise<InterfaceFound> {
    const seen = need(await this.inside(guest, look));
    const [link = '[]', routes4 = '[]', routes6 = '[]'] = seen.split('\n').filter((line) => line !== '');
    const routes = [parseList(routes4), parseList(routes6)].flat();
    return readInterface(parseList(link), routes);
  }

  async removeNamespace(guest: string): Promise<void> {
    const path = this.pathOf(guest);
    const state = namespaceState(path);
    if (state === 'namespace') {
      await this.endProcesses(guest);
      need(await run('ip', ['netns', 'delete', this.nameOf(guest)]));
    }
    if (state === 'file') rmSync(path);
    rmSync(join(this.marks, guest), { force: true });
    this.names.delete(guest);
  }

  async endProcesses(guest: string): Promise<void> {
    const path = this.pathOf(guest);
    const deadlineMs = this.clock.now() + politeMs;
    for (const pid of processesInNamespace(path)) signal(pid, 'SIGTERM');
    for (;;) {
      const left = processesInNamespace(path);
      if (left.length === 0) return;
      if (this.clock.now() >= deadlineMs) for (const pid of left) signal(pid, 'SIGKILL');
      if (this.clock.now() >= deadlineMs + politeMs) {
        throw new Error(`processes ${left.join(', ')} in ${path} do not end; the namespace is kept`);
      }
      await new Promise<void>((resolve) => void this.clock.after(lookMs, resolve));
    }
  }

  private inside(guest: string, script: string, stdin = ''): Promise<RunResult> {
    return run('nsenter', [`--net=${this.pathOf(guest)}`, 'sh', '-c', script], stdin);
  }
}

function namespaceState(path: string): 'namespace' | 'file' | 'none' {
  try {
    return statfsSync(path).type === nsfsMagic ? 'namespace' : 'file';
  } catch {
    return 'none';
  }
}

function need(result: RunResult): string {
  if (!result.ok) throw new Error(result.why);
  return result.stdout;
}

function parseList(text: string): unknown[] {
  const value: unknown = JSON.parse(text.trim() || '[]');
  return Array.isArray(value) ? value : [];
}
