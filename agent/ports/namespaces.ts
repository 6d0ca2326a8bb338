/**
 * Guests' network namespaces on Linux, by `unshare`, `ip netns` and `nsenter`.
 *
 * A file in the state directory (the mark) says which namespace is ours: its name and its identity. It is
 * written before the namespace gets its name and removed after the namespace is gone, so whatever a crash
 * interrupts, the next start knows what is ours. A namespace of the same name but another identity is
 * somebody else's: nothing of it is ever ended or deleted.
 */
import {
  type BigIntStats,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { processesInNamespace, signal } from '../processes.ts';
import { type RunResult, run } from '../run.ts';
import { diskError } from '../state/disk.ts';
import { type InterfaceFound, newInterface, planInterface, readInterface } from './interface.ts';
import { type GuestSystem, guestInterface, type InterfaceWish, NamespaceTaken } from './system.ts';

const netnsDirectory = '/run/netns';
/** statfs(2): a namespace is mounted on the file. */
const nsfsMagic = 0x6e736673;
/** Between asking processes to end and making them. */
const politeMs = 2000;
const lookMs = 20;

/**
 * Makes a namespace ($2: its name) and marks it ($1: the file). It is marked and ready before it gets its
 * name, which `ip` refuses when the name is taken; one without a name ends with this shell. The descriptor
 * keeps the identity what it is until the name does.
 *
 * Interfaces begin with no link-local address (addr_gen_mode 1 is `none`), so that nothing is solicited or
 * reported before the guest says something. /proc/sys/net shows the namespace that asks.
 */
const make = `
exec 9< /proc/self/ns/net
d=/proc/sys/net/ipv6/conf/default
if [ -d $d ]; then
  for s in accept_ra router_solicitations disable_ipv6; do echo 0 > $d/$s; done
  echo 1 > $d/addr_gen_mode
fi 2>/dev/null
ip link set lo up || exit
umask 077
{ echo "$2"; stat -L -c %d:%i:%.9Z /proc/self/ns/net; } > "$1" || exit
exec ip netns attach "$2" $$
`;

const look = `
ip link set lo up
ip -d -j address show dev ${guestInterface} || exit
echo; ip -4 -j route show dev ${guestInterface}
echo; ip -6 -j route show dev ${guestInterface} 2>/dev/null || echo '[]'
echo; ip -j neigh show dev ${guestInterface}`;

interface Mark {
  readonly name: string;
  readonly identity: string;
}

export class LinuxNamespaces implements GuestSystem {
  private readonly marks: string;
  private readonly prefix: string;
  private readonly clock: Clock;
  /** By guest. The prefix may have been another one when a namespace was made. */
  private readonly marked = new Map<string, Mark>();

  constructor(stateDirectory: string, prefix: string, clock: Clock) {
    this.marks = join(stateDirectory, 'namespaces');
    this.prefix = prefix;
    this.clock = clock;
    mkdirSync(this.marks, { recursive: true, mode: 0o700 });
    for (const guest of readdirSync(this.marks)) this.readMark(guest);
  }

  nameOf(guest: string): string {
    return this.marked.get(guest)?.name ?? this.prefix + guest;
  }

  pathOf(guest: string): string {
    return join(netnsDirectory, this.nameOf(guest));
  }

  isOurs(guest: string): boolean {
    const mark = this.marked.get(guest);
    return mark !== undefined && identityAt(join(netnsDirectory, mark.name)) === mark.identity;
  }

  async owned(): Promise<string[]> {
    for (const guest of [...this.marked.keys()]) {
      // What stands under the name now is not what was marked; a mere file is what a crash left of it.
      if (!this.isOurs(guest) && namespaceState(this.pathOf(guest)) !== 'file') this.unmark(guest);
    }
    return [...this.marked.keys()];
  }

  async ensureNamespace(guest: string): Promise<{ readonly made: boolean }> {
    if (this.isOurs(guest)) return { made: false };
    const name = this.nameOf(guest);
    const path = this.pathOf(guest);
    // Under a mark of ours, a file without a namespace is what a crash in the middle of `ip netns attach` leaves.
    if (this.marked.has(guest) && namespaceState(path) === 'file') rmSync(path, { force: true });
    if (namespaceState(path) !== 'none') throw this.taken(guest);
    const mark = join(this.marks, guest);
    tryToWrite(mark);
    const result = await run('unshare', ['--net', 'sh', '-s', mark, name], make);
    this.readMark(guest);
    if (this.isOurs(guest)) return { made: true };
    const taken = namespaceState(path) !== 'none';
    this.unmark(guest);
    if (taken) throw this.taken(guest);
    throw new Error(`network namespace ${name} cannot be made: ${result.ok ? 'it is gone again' : result.why}`);
  }

  async configure(guest: string, wish: InterfaceWish, fresh: boolean): Promise<void> {
    const found = fresh ? newInterface : await this.look(guest);
    const lines = planInterface(wish, found);
    if (lines.length > 0) need(await this.inside(guest, 'exec ip -batch -', `${lines.join('\n')}\n`));
  }

  private async look(guest: string): Promise<InterfaceFound> {
    const seen = need(await this.inside(guest, look));
    const [link = '[]', routes4 = '[]', routes6 = '[]', neighbours = '[]'] = seen
      .split('\n')
      .filter((line) => line !== '');
    const routes = [parseList(routes4), parseList(routes6)].flat();
    return readInterface(parseList(link), routes, parseList(neighbours));
  }

  async removeNamespace(guest: string): Promise<void> {
    const path = this.pathOf(guest);
    if (this.marked.has(guest)) {
      if (namespaceState(path) === 'file') rmSync(path, { force: true });
      await this.endProcesses(guest);
      if (this.isOurs(guest)) need(await run('ip', ['netns', 'delete', this.nameOf(guest)]));
    }
    this.unmark(guest);
  }

  async endProcesses(guest: string): Promise<void> {
    const path = this.pathOf(guest);
    const handle = openIfThere(path);
    if (handle === undefined) return;
    try {
      // While it is open its number is not given to another namespace, whatever happens to the name.
      const found = fstatSync(handle, { bigint: true });
      const identity = identityOf(found);
      if (identity !== undefined && identity === this.marked.get(guest)?.identity)
        await this.endAll(Number(found.ino), path);
    } finally {
      closeSync(handle);
    }
  }

  private async endAll(inode: number, path: string): Promise<void> {
    const deadlineMs = this.clock.steadyMs() + politeMs;
    for (const pid of processesInNamespace(inode)) signal(pid, 'SIGTERM');
    for (;;) {
      const left = processesInNamespace(inode);
      if (left.length === 0) return;
      if (this.clock.steadyMs() >= deadlineMs) for (const pid of left) signal(pid, 'SIGKILL');
      if (this.clock.steadyMs() >= deadlineMs + politeMs) {
        throw new Error(`processes ${left.join(', ')} in ${path} do not end; the namespace is kept`);
      }
      await new Promise<void>((resolve) => void this.clock.after(lookMs, resolve));
    }
  }

  private taken(guest: string): NamespaceTaken {
    const name = this.nameOf(guest);
    this.unmark(guest);
    return new NamespaceTaken(
      `network namespace ${name} exists and is not this agent's: delete it (ip netns delete ${name}) or set another namespacePrefix`,
    );
  }

  private readMark(guest: string): void {
    const text = readIfThere(join(this.marks, guest));
    const [name, identity] = text?.split('\n') ?? [];
    // One that a crash cut short was never followed by a namespace.
    if (name && identity) this.marked.set(guest, { name, identity });
    else this.unmark(guest);
  }

  private unmark(guest: string): void {
    rmSync(join(this.marks, guest), { force: true });
    this.marked.delete(guest);
  }

  private inside(guest: string, script: string, stdin = ''): Promise<RunResult> {
    return run('nsenter', [`--net=${this.pathOf(guest)}`, 'sh', '-c', script], stdin);
  }
}

/**
 * Device, inode, and when it was made: the kernel gives the numbers of ended namespaces out again. Undefined
 * when no namespace is there, or it is the one that the agent itself runs in.
 */
function identityAt(path: string): string | undefined {
  if (namespaceState(path) !== 'namespace') return undefined;
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && identityOf(found);
}

/** As `stat -c %d:%i:%.9Z` writes it. */
function identityOf({ dev, ino, ctimeNs }: BigIntStats): string | undefined {
  const own = statSync('/proc/self/ns/net', { bigint: true });
  if (own.dev === dev && own.ino === ino) return undefined;
  const second = 1_000_000_000n;
  return `${dev}:${ino}:${ctimeNs / second}.${String(ctimeNs % second).padStart(9, '0')}`;
}

/** The shell that writes it would not say as clearly why it cannot. A mark without an identity marks nothing. */
function tryToWrite(mark: string): void {
  try {
    writeFileSync(mark, '\n', { mode: 0o600 });
  } catch (error) {
    rmSync(mark, { force: true });
    throw diskError(mark, error);
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
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
