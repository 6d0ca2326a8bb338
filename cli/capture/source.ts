/** Frames from an interface in some network namespace, through the helper process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Problem } from '../problem.ts';
import { type CapturedFrame, type CaptureStart, type Heard, RecordReader } from './records.ts';

export interface CaptureRequest {
  /** Path of the namespace; absent: our own. */
  readonly netnsPath?: string | undefined;
  /** Absent: the one with one of these addresses; or the first that is up. */
  readonly interface?: string | undefined;
  readonly addresses?: readonly string[] | undefined;
  /** libpcap's filter language. */
  readonly filter: string;
  /** Ends the capture, without an error. */
  readonly signal: AbortSignal;
  /** Called once when packets are being captured. */
  readonly onStart: (start: CaptureStart) => void;
  /** Now and then, also when nothing comes: what was yielded is everything until then. */
  readonly onHeard?: (heard: Heard) => void;
}

/** Yields frames until the signal. Throws a Problem when the capture cannot be had. */
export async function* captureFrames(
  wanted: CaptureRequest,
): AsyncGenerator<CapturedFrame & { readonly linkType: CaptureStart['linkType'] }> {
  const child = startHelper(wanted);
  const exited = exitOf(child);
  // Awaited below, when the frames have ended; until then its failure is no unhandled one.
  exited.catch(() => undefined);
  const complaints = text(child.stderr);
  const stop = () => child.kill('SIGKILL');
  wanted.signal.addEventListener('abort', stop);
  const reader = new RecordReader();
  try {
    for await (const chunk of child.stdout) {
      const started = reader.start !== undefined;
      const frames = reader.push(chunk as Uint8Array);
      if (reader.start === undefined) continue;
      if (!started) wanted.onStart(reader.start);
      for (const frame of frames) yield { ...frame, linkType: reader.start.linkType };
      wanted.onHeard?.(reader.heard);
    }
    const code = await exited;
    if (code !== 0 && !wanted.signal.aborted) throw new Problem(explain(await complaints));
  } finally {
    wanted.signal.removeEventListener('abort', stop);
    stop();
  }
}

type Helper = ChildProcess & { readonly stdout: Readable; readonly stderr: Readable };

function startHelper({ netnsPath, filter, interface: named, addresses = [] }: CaptureRequest): Helper {
  const name = named ?? (addresses.length === 0 ? undefined : `having:${addresses.join(',')}`);
  const node = [
    process.execPath,
    join(import.meta.dirname, 'helper.ts'),
    filter,
    ...(name === undefined ? [] : [name]),
  ];
  const argv = netnsPath === undefined ? node : ['nsenter', `--net=${netnsPath}`, '--', ...node];
  return spawn(argv[0] ?? '', argv.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function exitOf(child: ChildProcess): Promise<number | undefined> {
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return code ?? undefined;
  } catch (cause) {
    throw new Problem('nsenter is not on this machine: apt install util-linux', { cause });
  }
}

/** libpcap warns about interfaces without an IPv4 address, which is nothing to warn about. */
function explain(complaints: string): string {
  const lines = complaints.split('\n').filter((line) => line !== '' && !line.startsWith('Warning:'));
  return lines.join('; ') || 'the capture ended by itself';
}
