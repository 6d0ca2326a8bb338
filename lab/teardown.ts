/**
 * Takes a lab down from whatever state it is in, as often as one likes: processes, namespaces (and with
 * them links and TUN devices), file systems mounted below the lab's directory, files; in this order, and the record last, so that a crash in between is
 * found by the next try.
 */
import { readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../cli/problem.ts';
import { isInsideOne, namespacesWithPrefix, processesInside, removeNamespaces } from './netns.ts';
import { keysPrefix, keysRoot, labNamespace } from './plan.ts';
import { isAlive, lookUp, type ProcessRef, sendSignal, waitUntilGone } from './processes.ts';
import { isBeingBuilt, type LabRecord, readRecord, removeRecord } from './record.ts';
import { run } from './run.ts';

export interface TornDown {
  readonly existed: boolean;
  readonly processes: number;
  readonly namespaces: number;
}

const goneWithinMs = 5_000;

export async function tearDown(stateRoot: string, name: string, options: { ours?: boolean } = {}): Promise<TornDown> {
  const state = readRecord(stateRoot, name);
  if (state.kind === 'none') return { existed: false, processes: 0, namespaces: 0 };
  const record = state.kind === 'record' ? state.record : undefined;
  if (record !== undefined && options.ours !== true && isBeingBuilt(record)) {
    throw new Problem(
      `lab '${name}' is being built by process ${record.builder.pid}: stop that (it takes the lab down itself)`,
    );
  }
  // No lab's name is another's with '-' behind it (claimLab), so the prefix is ours alone.
  const namespaces = namespacesWithPrefix(labNamespace(name, ''));
  if (isInsideOne(namespaces)) throw new Problem(`this shell is inside a namespace of lab '${name}': leave it first`);
  const processes = await endProcesses(name, record, namespaces);
  const left = namespacesWithPrefix(labNamespace(name, ''));
  await removeNamespaces(left);
  removeKeys(name);
  await unmountBelow(join(stateRoot, name));
  removeRecord(stateRoot, name);
  return { existed: true, processes, namespaces: left.length };
}

/** What agents pin for the kernel's fast path is in file systems that they mounted themselves. */
async function unmountBelow(directory: string): Promise<void> {
  const paths = mountedBelow(realpathSync(directory), readFileSync('/proc/self/mountinfo', 'utf8'));
  if (paths.length === 0) return;
  const { code, stderr } = await run(['umount', '--', ...paths]);
  if (code !== 0) throw new Problem(`cannot unmount what agents have mounted below ${directory}: ${stderr.trim()}`);
}

/** Innermost and topmost first, one entry for every mount; proc(5) says how a path is written in `mountinfo`. */
export function mountedBelow(directory: string, mountinfo: string): readonly string[] {
  const paths = mountinfo.split('\n').flatMap((line) => line.split(' ')[4] ?? []);
  return paths
    .map((path) => path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))))
    .filter((path) => path.startsWith(`${directory}/`))
    .reverse();
}

/** As with namespaces, the beginning of the name is this lab's alone. */
function removeKeys(name: string): void {
  const paths = readdirSync(keysRoot).map((entry) => join(keysRoot, entry));
  for (const path of paths.filter((each) => each.startsWith(keysPrefix(name)))) rmSync(path, { recursive: true });
}

/**
 * Kills without asking: everything these processes could still put in order is removed next. Repeated,
 * since a process may have started another between our look and its end.
 */
async function endProcesses(
  name: string,
  record: LabRecord | undefined,
  namespaces: readonly string[],
): Promise<number> {
  const ended = new Set<number>();
  const recorded = Object.values(record?.processes ?? {}).filter(isAlive);
  let targets = withInside(recorded, namespaces);
  for (let round = 0; targets.length > 0; round++) {
    if (round === 10) throw new Problem(`processes of lab '${name}' keep coming back: ${pids(targets)}`);
    for (const target of targets) {
      if (sendSignal(target, 'SIGKILL')) ended.add(target.pid);
    }
    if (!(await waitUntilGone(targets, goneWithinMs))) {
      throw new Problem(
        `processes of lab '${name}' do not end (${pids(targets.filter(isAlive))}): ` +
          `look at them with ps, then take it down again`,
      );
    }
    targets = withInside([], namespacesWithPrefix(labNamespace(name, '')));
  }
  return ended.size;
}

function withInside(recorded: readonly ProcessRef[], namespaces: readonly string[]): readonly ProcessRef[] {
  const found = processesInside(namespaces)
    .map(lookUp)
    .filter((one) => one !== undefined);
  const all = new Map([...recorded, ...found].map((one) => [one.pid, one]));
  return [...all.values()];
}

function pids(targets: readonly ProcessRef[]): string {
  return targets.map(({ pid }) => pid).join(', ');
}
