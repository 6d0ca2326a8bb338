/**
 * gni6 on this machine: all addresses of the host's prefix are its own (AnyIP), so that the kernel gives packets to them
 * to the engine's raw socket. The route is there as long as the machine runs, or until the agent is uninstalled.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { AgentConfig } from './config.ts';
import type { DataPath, EngineOptions } from './datapath/datapath.ts';

const run = promisify(execFile);

type Gni6Config = Pick<AgentConfig, 'gni6'>;

/** Idempotent. One sentence when the route cannot be had; undefined when it is there, or not wanted. */
export async function addLocalRoute({ gni6 }: Gni6Config): Promise<string | undefined> {
  if (gni6 === undefined) return undefined;
  try {
    await run('ip', ['-6', 'route', 'replace', 'local', gni6.prefix, 'dev', 'lo']);
    return undefined;
  } catch (error) {
    return `gni6 is not offered, ${gni6.prefix} cannot be made local: ${(error as Error).message.trim().split('\n').at(-1)}`;
  }
}

/** Nothing when the route is gone already. */
export async function removeLocalRoute({ gni6 }: Gni6Config): Promise<void> {
  if (gni6 === undefined) return;
  await run('ip', ['-6', 'route', 'del', 'local', gni6.prefix, 'dev', 'lo']).catch(() => undefined);
}

export interface OpenedGni6 {
  readonly datapath: DataPath;
  /** Undefined: the engine has no socket for gni6. */
  readonly prefix: string | undefined;
  readonly problem: string | undefined;
}

/** The data plane with gni6 where the machine allows it. Throws what `open` throws without it. */
export function openGni6(
  { gni6 }: Gni6Config,
  routeProblem: string | undefined,
  open: (gni6: Pick<EngineOptions, 'gni6'>) => DataPath,
): OpenedGni6 {
  if (gni6 === undefined || routeProblem !== undefined) {
    return { datapath: open({}), prefix: undefined, problem: routeProblem };
  }
  try {
    return { datapath: open({ gni6 }), prefix: gni6.prefix, problem: undefined };
  } catch (error) {
    const problem = `gni6 is not offered: ${(error as Error).message}`;
    return { datapath: open({}), prefix: undefined, problem };
  }
}
