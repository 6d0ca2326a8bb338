/** Builds a lab from a file or a description, all of it or nothing. */
import { readFileSync } from 'node:fs';
import { Problem } from '../cli/problem.ts';
import { ConfigError } from '../wire/config-file.ts';
import { build } from './build.ts';
import { type LabFile, type LabFileOptions, type LabSpec, readLabFile, readLabSpec } from './file.ts';
import { Lab, type LabOptions } from './lab.ts';
import { namespacesWithPrefix } from './netns.ts';
import { labNamespace, planLab } from './plan.ts';
import { lookUp } from './processes.ts';
import { claimLab, defaultStateRoot, type LabRecord, labNames } from './record.ts';
import { tearDown } from './teardown.ts';

export interface UpOptions extends LabOptions {
  /** Wins over the file's name. */
  readonly name?: string | undefined;
  /** Aborting takes down what was built. */
  readonly signal?: AbortSignal;
  readonly readyWithinMs?: number;
  readonly onProgress?: (title: string, state: string) => void;
  /** What the builder wants to tell a person, such as a limit of this machine that is near. */
  readonly onWarning?: (message: string) => void;
  /** Leave a lab that failed as it is, to look at it. */
  readonly keepFailed?: boolean;
}

/**
 * `source`: path of a lab file, or the same as an object. Throws ConfigError for a mistake in it (nothing
 * was changed then) and Problem when it cannot be built (what was built is taken down again).
 */
export async function upLab(source: string | LabFile, options: UpOptions = {}): Promise<Lab> {
  const stateRoot = options.stateRoot ?? defaultStateRoot;
  const spec = readSpec(source, { name: options.name, stateRoot });
  checkMachine(spec, stateRoot);
  const plan = planLab(spec, stateRoot);
  const builder = lookUp(process.pid);
  if (builder === undefined) throw new Error('this process is not in /proc');
  const claimed: LabRecord = {
    format: 1,
    phase: 'building',
    builder,
    createdMs: Date.now(),
    source: typeof source === 'string' ? source : 'lab',
    layout: plan.layout,
    processes: {},
  };
  warnAboutNeighbours(spec, options);
  claimLab(stateRoot, claimed);
  try {
    const done = await build(plan, claimed, {
      signal: options.signal,
      readyWithinMs: options.readyWithinMs ?? 15_000 + 500 * spec.hosts.length,
      onProgress: options.onProgress,
    });
    return new Lab(done.record, stateRoot, done.stages);
  } catch (error) {
    if (options.keepFailed === true && options.signal?.aborted !== true) throw error;
    await tearDown(stateRoot, spec.name, { ours: true });
    throw error;
  }
}

function readSpec(source: string | LabFile, options: LabFileOptions): LabSpec {
  const result =
    typeof source === 'string' ? readLabFile(readText(source), source, options) : readLabSpec(source, options);
  if (!result.ok) throw new ConfigError(result.errors);
  return result.spec;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const what = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
    throw new Problem(`lab file ${path}: ${what}`, { exitCode: 2, cause });
  }
}

function checkMachine(spec: LabSpec, stateRoot: string): void {
  if (process.getuid?.() !== 0) throw new Problem('a lab is made of network namespaces: run this as root');
  // claimLab refuses it, with other advice.
  if (labNames(stateRoot).includes(spec.name)) return;
  const rivals = namespacesWithPrefix(labNamespace(spec.name, ''));
  if (rivals.length > 0) {
    throw new Problem(
      `network namespaces ${rivals.join(', ')} are there and belong to no lab '${spec.name}': ` +
        'remove them (ip netns delete NAME), or choose another name with --name',
    );
  }
}

/** All namespaces of a machine share one neighbour table, and each host of a lab may know all others. */
function warnAboutNeighbours(spec: LabSpec, options: UpOptions): void {
  const needed = (spec.hosts.length + 1) ** 2 * spec.substrate.families.length;
  const limit = neighbourLimit();
  if (limit === undefined || needed <= limit) return;
  options.onWarning?.(
    `up to ${needed} neighbours may be needed and this machine holds ${limit}: ` +
      `sysctl -w net.ipv4.neigh.default.gc_thresh3=${needed * 2} net.ipv6.neigh.default.gc_thresh3=${needed * 2}`,
  );
}

function neighbourLimit(): number | undefined {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/neigh/default/gc_thresh3', 'utf8'));
  } catch {
    return undefined;
  }
}
