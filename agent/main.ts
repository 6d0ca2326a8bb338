/**
 * `node agent/main.ts --config FILE`: runs the agent until SIGTERM or SIGINT.
 * SIGHUP makes it read the file again (`reload.ts`). `--clear` instead takes its guests off the
 * machine, as a reboot would; `--purge` its state too; `--join URL --token TOKEN` makes the machine a host of a region
 * first, and writes the file.
 *
 * Exit codes: 0 stopped, 1 failed, 2 mistake in the command line or the file, 3 the machine lacks something.
 */
import { flushCompileCache } from 'node:module';
import { parseArgs } from 'node:util';
import { ServiceManager } from '../native/service.ts';
import { ConfigError } from '../wire/config-file.ts';
import { readAgentConfig } from './config.ts';
import { MissingError } from './preflight.ts';
import { type RunningAgent, startAgent } from './start.ts';
import { JoinError } from './trust/join.ts';
import { joinCommand } from './trust/join-command.ts';
import { removeEverything } from './uninstall.ts';

const options = {
  config: { type: 'string' },
  clear: { type: 'boolean', default: false },
  purge: { type: 'boolean', default: false },
  join: { type: 'string' },
  token: { type: 'string' },
  address: { type: 'string', multiple: true, default: [] as string[] },
  'no-start': { type: 'boolean', default: false },
} as const;

async function main(): Promise<number> {
  const { values } = parseArgs({ options });
  if (values.config === undefined) throw new ConfigError(['which configuration? Give it with --config FILE']);
  if (values.join !== undefined) {
    const { join: url, token = '-', config: file, address: addresses, 'no-start': isNotStarted } = values;
    const wish = { url, token, file, addresses, start: !isNotStarted };
    await joinCommand(wish, (sentence) => process.stdout.write(`${sentence}\n`));
    return 0;
  }
  const config = readAgentConfig(values.config);
  if (values.clear || values.purge) {
    const { guests } = await removeEverything(config, { keepState: !values.purge });
    const state = values.purge ? "removed the agent's state" : "kept the agent's state";
    process.stdout.write(`removed ${guests.length} guests, ${state} in ${config.stateDirectory}\n`);
    return 0;
  }
  const manager = ServiceManager.open();
  // Asked for before the start, so that a signal in the middle of it still ends in good order.
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  const file = values.config;
  let running: RunningAgent | undefined;
  // One that comes during the start is obeyed behind it.
  let missed = false;
  const reload = () => {
    if (running === undefined) missed = true;
    else running.reload(file).catch((error: Error) => process.stderr.write(`weft agent: ${error.message}\n`));
  };
  process.on('SIGHUP', reload);
  running = await startAgent(config, manager);
  // So that the next start is a short one, also when this one is killed.
  flushCompileCache();
  if (missed) reload();
  await stopped;
  await running.stop();
  return 0;
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof ConfigError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')) return 2;
  return error instanceof MissingError ? 3 : 1;
}

if (import.meta.main) {
  main().then(
    (code) => process.exit(code),
    (error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      // A mistake in a file begins with its place, so that editors and people find it.
      const who = error instanceof JoinError ? 'weft join' : 'weft agent';
      process.stderr.write(error instanceof ConfigError ? `${message}\n` : `${who}: ${message}\n`);
      process.exit(exitCodeOf(error));
    },
  );
}
