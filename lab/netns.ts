/**
 * Network namespaces by name: make, list, remove, and who is inside.
 *
 * Programs are started inside with `nsenter --net=`, never with `ip netns exec`: that one also gives them
 * a mount namespace of their own, and the namespaces that an agent makes there are seen by nobody else.
 */
import { readdirSync, statSync } from 'node:fs';
import { Problem } from '../cli/problem.ts';
import { ipBatch, run } from './run.ts';

const directory = '/run/netns';

export function netnsPath(namespace: string): string {
  return `${directory}/${namespace}`;
}

/** argv that runs a command inside the namespace. */
export function inside(namespace: string, argv: readonly string[]): readonly string[] {
  return ['nsenter', `--net=${netnsPath(namespace)}`, '--', ...argv];
}

export function namespacesWithPrefix(prefix: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.startsWith(prefix))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

export function namespaceExists(namespace: string): boolean {
  return identity(netnsPath(namespace)) !== undefined;
}

/** Loopback up; IPv6 without duplicate detection and router solicitations, so that addresses work at once. */
const prepare = [
  'for kind in all default; do',
  '  for setting in accept_dad dad_transmits accept_ra router_solicitations; do',
  '    file=/proc/sys/net/ipv6/conf/$kind/$setting',
  '    if [ -e "$file" ]; then echo 0 > "$file"; fi',
  '  done',
  'done',
  'ip link set lo up',
].join('\n');

export async function addNamespace(namespace: string): Promise<void> {
  await ipBatch([`netns add ${namespace}`]);
  // /proc/sys/net shows the network namespace of the process that opens it.
  const result = await run(inside(namespace, ['sh', '-ec', prepare]));
  if (result.code !== 0) throw new Problem(`cannot prepare namespace ${namespace}: ${result.stderr.trim()}`);
}

export async function removeNamespaces(namespaces: readonly string[]): Promise<void> {
  if (namespaces.length > 0) await ipBatch(namespaces.map((namespace) => `netns delete ${namespace}`));
}

/** Process ids inside any of the namespaces; never those of this machine's own network. */
export function processesInside(namespaces: readonly string[]): readonly number[] {
  const own = new Set(['/proc/1/ns/net', '/proc/self/ns/net'].map(identity));
  const wanted = new Set(namespaces.map((namespace) => identity(netnsPath(namespace))).filter((id) => !own.has(id)));
  wanted.delete(undefined);
  if (wanted.size === 0) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && wanted.has(identity(`/proc/${name}/ns/net`)))
    .map(Number);
}

/** Whether this very process is inside one of them (and would be among those to be ended). */
export function isInsideOne(namespaces: readonly string[]): boolean {
  const own = identity('/proc/self/ns/net');
  return namespaces.some((namespace) => identity(netnsPath(namespace)) === own);
}

/** Device and inode; undefined when the file is gone or is no namespace (left behind unmounted). */
function identity(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
