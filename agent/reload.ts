/**
 * The configuration read again while packets flow (SIGHUP): what the host offers and its labels change at once, which
 * is how a host is taken from one set of capabilities to another without losing a packet. The rest of the file needs
 * a new engine or other names, so it counts from the next start on, and the agent says so.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Agent } from './agent.ts';
import { type AgentConfig, type LiveConfig, readAgentConfig } from './config.ts';
import type { Log } from './log.ts';
import { oneLine } from './run.ts';

const liveKeys: readonly string[] = ['formats', 'features', 'labels'] satisfies (keyof LiveConfig)[];

export interface Reload {
  readonly live: LiveConfig;
  /** Keys with another value that has to wait. */
  readonly later: readonly string[];
}

export function compareConfigs(current: AgentConfig, wanted: AgentConfig): Reload {
  const keys = Object.keys(wanted) as (keyof AgentConfig)[];
  const changed = keys.filter((key) => !isDeepStrictEqual(current[key], wanted[key]));
  const { formats, features, labels } = wanted;
  return { live: { formats, features, labels }, later: changed.filter((key) => !liveKeys.includes(key)) };
}

/** A file with a mistake changes nothing. */
export async function reload(agent: Agent, log: Log, file: string): Promise<void> {
  const wanted = read(file);
  if (typeof wanted === 'string') {
    agent.journal.error('configuration', `${wanted}; the agent goes on with what it had`);
    return;
  }
  const { live, later } = compareConfigs(agent.config, wanted);
  if (later.length > 0) {
    const what = later.map((key) => `'${key}'`).join(', ');
    agent.journal.error('configuration', `${file}: what changed at ${what} counts when the agent is started again`);
  }
  await agent.reconfigure(live);
  log.info(`configuration read again from ${file}`);
}

/** Text: why it cannot be. */
function read(file: string): AgentConfig | string {
  try {
    return readAgentConfig(file);
  } catch (error) {
    return oneLine((error as Error).message);
  }
}
