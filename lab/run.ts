/** Runs the system's own tools (`ip`, `nsenter`) and tells people what a missing or failing one means. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { Problem } from '../cli/problem.ts';

export interface RunResult {
  /** Exit code; 128 + signal number is not made up: a signal has code undefined. */
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string | Uint8Array;
  /** The process is killed then, and the result has its signal. */
  readonly timeoutMs?: number;
}

const debianPackages: Readonly<Record<string, string>> = { ip: 'iproute2', nsenter: 'util-linux', umount: 'mount' };

export async function run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const child = start(argv, {
    stdio: 'pipe',
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs, killSignal: 'SIGKILL' }),
  });
  const ended = once(child, 'close');
  // A program that ends without reading its input is no failure of ours.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input ?? '');
  try {
    const [stdout, stderr, end] = await Promise.all([collect(child.stdout), collect(child.stderr), ended]);
    const [code, signal] = end as [number | null, NodeJS.Signals | null];
    return { code: code ?? undefined, signal: signal ?? undefined, stdout, stderr };
  } catch (cause) {
    throw missingTool(argv[0] ?? '', cause);
  }
}

export function start(argv: readonly string[], options: SpawnOptions): ChildProcess {
  const [program, ...rest] = argv;
  if (program === undefined) throw new Error('an empty command');
  return spawn(program, rest, options);
}

/** Lines of `ip -batch`, inside a network namespace when one is named. Throws a Problem with ip's own words. */
export async function ipBatch(lines: readonly string[], namespace?: string): Promise<void> {
  const inside = namespace === undefined ? [] : ['-n', namespace];
  const result = await run(['ip', ...inside, '-batch', '-'], { input: `${lines.join('\n')}\n` });
  if (result.code === 0) return;
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
  throw new Problem(`ip${where} failed: ${result.stderr.trim().replaceAll('\n', '; ')}`);
}

export function missingTool(program: string, cause: unknown): Error {
  if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') return cause as Error;
  const packageName = debianPackages[program];
  const advice = packageName === undefined ? 'install it' : `apt install ${packageName}`;
  return new Problem(`'${program}' is not on this machine: ${advice}`, { cause });
}

async function collect(stream: ChildProcess['stdout']): Promise<string> {
  return stream === null ? '' : text(stream);
}
