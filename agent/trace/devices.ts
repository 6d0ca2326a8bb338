/** Names of this namespace's network devices by index: /sys may show another namespace's, `ip` does not. */
import type { RunResult } from '../run.ts';
import type { Devices } from './steps.ts';

/** What cannot be found out is left out: a trace then shows numbers. */
export async function findDevices(
  runProgram: (command: string, args: readonly string[]) => Promise<RunResult>,
): Promise<Devices> {
  const links = await runProgram('ip', ['-j', 'link', 'show']);
  return links.ok ? readDevices(links.stdout) : new Map();
}

export function readDevices(json: string): Devices {
  let links: unknown;
  try {
    links = JSON.parse(json);
  } catch {
    return new Map();
  }
  if (!Array.isArray(links)) return new Map();
  return new Map(
    (links as Record<string, unknown>[]).flatMap(({ ifindex, ifname }): [number, string][] =>
      typeof ifindex === 'number' && typeof ifname === 'string' ? [[ifindex, ifname]] : [],
    ),
  );
}
