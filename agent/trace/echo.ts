/**
 * One ICMP echo request in a guest's name: sent by `ping` inside the guest's namespace, so that it takes the way that
 * the guest's own packets take, from its routing table on.
 */
import { type Family, familyOf } from '../../wire/address.ts';
import { oneLine, type RunResult } from '../run.ts';

export interface Echo {
  readonly netnsPath: string;
  readonly source: string;
  readonly destination: string;
  /** The ICMP identifier, 1 … 65535. */
  readonly id: number;
  readonly waitMs: number;
}

export type EchoResult =
  | { readonly ok: true; readonly answeredUs: number | undefined }
  | { readonly ok: false; readonly why: string };

export type SendEcho = (echo: Echo) => Promise<EchoResult>;

type RunProgram = (command: string, args: readonly string[]) => Promise<RunResult>;

/**
 * $1: family, $2: source, $3: destination, $4: seconds, $5: identifier. What was said, and how it ended: an echo without
 * an answer is no failure. ping keeps to itself that a guest has no route when it is told the source.
 */
const script = `
export LC_ALL=C
ip "-$1" route get "$3" from "$2" 2>&1 >/dev/null || { echo "exit 2"; exit 0; }
ping "-$1" -n -c 1 -W "$4" -e "$5" -I "$2" "$3" 2>&1
echo "exit $?"`;

/** By `run`. */
export async function sendEcho(runProgram: RunProgram, echo: Echo): Promise<EchoResult> {
  const { netnsPath, source, destination, id, waitMs } = echo;
  const family: Family = familyOf(destination);
  const values = [family, source, destination, waitMs / 1000, id].map(String);
  const result = await runProgram('nsenter', [`--net=${netnsPath}`, 'sh', '-c', script, 'echo', ...values]);
  return result.ok ? readPing(result.stdout) : { ok: false, why: result.why };
}

/** Of iputils: exit 0 when it was answered, 1 when not, anything else when it could not be sent. */
export function readPing(output: string): EchoResult {
  const exit = /exit (\d+)\s*$/.exec(output)?.[1];
  const answeredMs = /time=([\d.]+) ms/.exec(output)?.[1];
  // What is answered within the clock's step says 0; 0 is kept for no answer.
  if (exit === '0' && answeredMs !== undefined) {
    return { ok: true, answeredUs: Math.max(1, Math.round(Number(answeredMs) * 1000)) };
  }
  if (exit === '1') return { ok: true, answeredUs: undefined };
  if (exit === '127') return { ok: false, why: 'ping is missing on this host: install iputils-ping' };
  const said = output.replace(/exit \d+\s*$/, '').trim();
  return { ok: false, why: oneLine(said.split('\n')[0] ?? '') || `ping ended with exit code ${exit ?? '?'}` };
}
