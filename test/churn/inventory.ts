/**
 * Everything that Weft can leave behind on a machine, as lists of names that are the same whenever the same is there:
 * numbers that the kernel gives out anew (process ids, interface indexes, handles) are not in them.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Lab } from '../../lab/index.ts';
import { inside, namespacesWithPrefix, processesInside } from '../../lab/netns.ts';
import { keysPrefix, keysRoot } from '../../lab/plan.ts';

export type Inventory = Readonly<Record<string, readonly string[]>>;

export function takeInventory(lab: Lab, bpf: Bpf): Inventory {
  const namespaces = namespacesWithPrefix(`${lab.name}-`);
  const each = (list: (namespace: string) => readonly string[]) =>
    namespaces.flatMap((namespace) => list(namespace).map((line) => `${namespace}: ${line}`)).sort();
  const { directory, processes } = lab.record.layout;
  const held = heldByOthers(new Set(processes.map(({ name }) => lab.process(name)?.pid)));
  return {
    namespaces,
    links: each(linksOf),
    addresses: each(addressesOf),
    routes: each(routesOf),
    rules: each((namespace) => [...ip(namespace, '-4', 'rule'), ...ip(namespace, '-6', 'rule')]),
    neighbours: each((namespace) => ip(namespace, 'neigh', 'show', 'nud', 'permanent')),
    filters: each(filtersOf),
    nft: each((namespace) => run(inside(namespace, ['nft', '-s', 'list', 'ruleset']))),
    programs: bpf.names('programs', held.programs),
    maps: bpf.names('maps', held.maps),
    mounts: readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .flatMap((line) => line.split(' ')[4] ?? [])
      .filter((path) => path.startsWith(directory) || path.startsWith(`/run/netns/${lab.name}-`))
      .sort(),
    processes: processesInside(namespaces).map(commandOf).sort(),
    descriptors: processes.flatMap(({ name }) => descriptorsOf(name, lab.process(name)?.pid)).sort(),
    files: filesBelow(directory).filter((file) => !/\.log$|^lab\.json$/.test(file)),
    keys: readdirSync(keysRoot)
      .filter((entry) => join(keysRoot, entry).startsWith(keysPrefix(lab.name)))
      .flatMap((entry) => filesBelow(join(keysRoot, entry)).map((file) => `${entry}/${file}`))
      .sort(),
  };
}

/** What is in one and not in the other, for people: `+` there is too much of, `-` is missing. */
export function difference(before: Inventory, after: Inventory): readonly string[] {
  return Object.keys(before).flatMap((kind) => {
    const [was, is] = [counted(before[kind] ?? []), counted(after[kind] ?? [])];
    return [...new Set([...was.keys(), ...is.keys()])].flatMap((line) => {
      const more = (is.get(line) ?? 0) - (was.get(line) ?? 0);
      return more === 0 ? [] : [`${kind} ${more > 0 ? '+' : ''}${more}: ${line}`];
    });
  });
}

/** Asks the kernel for its BPF objects (`test/netns/bpf.c`). */
export class Bpf implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'weft-bpf-'));
  readonly #program = join(this.#folder, 'bpf');

  constructor() {
    const source = join(import.meta.dirname, '../netns/bpf.c');
    execFileSync('cc', ['-O1', '-Wall', '-Werror', '-o', this.#program, source]);
  }

  /** Without those that others have: what nobody has is a leak. */
  names(what: 'programs' | 'maps', others: ReadonlySet<string>): string[] {
    return run([this.#program, what])
      .map((line) => line.split(' '))
      .filter(([id = '']) => !others.has(id))
      .map(([, name = '']) => name)
      .sort();
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }
}

/** Numbers of BPF objects that processes besides ours have open (proc_pid_fdinfo(5)). */
function heldByOthers(ours: ReadonlySet<number | undefined>) {
  const programs = new Set<string>();
  const maps = new Set<string>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name) && !ours.has(Number(name)))) {
    for (const text of openedBy(pid)) {
      for (const [, id = ''] of text.matchAll(/^prog_id:\s*(\d+)/gm)) programs.add(id);
      for (const [, id = ''] of text.matchAll(/^map_id:\s*(\d+)/gm)) maps.add(id);
    }
  }
  return { programs, maps };
}

function openedBy(pid: string): string[] {
  try {
    const directory = `/proc/${pid}/fdinfo`;
    return readdirSync(directory).map((descriptor) => readFileSync(join(directory, descriptor), 'utf8'));
  } catch {
    // Gone meanwhile.
    return [];
  }
}

function counted(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

function run([program = '', ...rest]: readonly string[]): string[] {
  return execFileSync(program, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 << 20 })
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function ip(namespace: string, ...words: readonly string[]): string[] {
  return run(['ip', '-netns', namespace, ...words]);
}

interface Link {
  readonly ifname: string;
  readonly linkinfo?: { readonly info_kind?: string };
  readonly mtu: number;
  readonly xdp?: { readonly mode?: number };
  readonly addr_info?: readonly { readonly local: string; readonly prefixlen: number }[];
}

function links(namespace: string): Link[] {
  return JSON.parse(ip(namespace, '-j', '-d', 'address').join('')) as Link[];
}

function linksOf(namespace: string): string[] {
  return links(namespace).map(
    ({ ifname, linkinfo, mtu, xdp }) =>
      `${ifname} ${linkinfo?.info_kind ?? ''} mtu ${mtu}${xdp === undefined ? '' : ' xdp'}`,
  );
}

function addressesOf(namespace: string): string[] {
  return links(namespace).flatMap(({ ifname, addr_info = [] }) =>
    // A link-local address of a device that was made anew is another one.
    addr_info
      .filter(({ local }) => !local.startsWith('fe80:'))
      .map(({ local, prefixlen }) => `${ifname} ${local}/${prefixlen}`),
  );
}

function routesOf(namespace: string): string[] {
  const all = [
    ...ip(namespace, '-4', 'route', 'show', 'table', 'all'),
    ...ip(namespace, '-6', 'route', 'show', 'table', 'all'),
  ];
  return all
    .filter((route) => !/fe80:|^multicast|cache/.test(route))
    .map((route) => route.replace(/ expires \d+sec/, ''));
}

/** What hangs at the devices' tc hooks; the programs' numbers are another start's. */
function filtersOf(namespace: string): string[] {
  return ['ingress', 'egress'].flatMap((hook) =>
    links(namespace).flatMap(({ ifname }) =>
      run(['tc', '-netns', namespace, 'filter', 'show', 'dev', ifname, hook]).map((line) =>
        `${ifname} ${hook} ${line}`
          .replace(/:\[\d+\]/, '')
          .replace(/ (id|tag|handle|chain) \S+/g, '')
          .replace(/ jited| not_in_hw/g, ''),
      ),
    ),
  );
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return 'gone meanwhile';
  }
}

/** Kinds of open files: sockets and anonymous ones by what they are, files by their paths. */
function descriptorsOf(name: string, pid: number | undefined): string[] {
  if (pid === undefined) return [`${name} does not run`];
  return readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
    try {
      const target = readlinkSync(`/proc/${pid}/fd/${descriptor}`);
      return [`${name}: ${target.replace(/:\[\d+\]$/, '')}`];
    } catch {
      return [];
    }
  });
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .sort();
}
