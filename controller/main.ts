/**
 * The controller as a program: `node controller/main.ts --config FILE`. `--check [STORE]` and `--restore BACKUP`
 * instead look at a store, or bring one back, while no controller runs.
 */

import { flushCompileCache } from 'node:module';
import { parseArgs } from 'node:util';
import { ServiceManager } from '../native/service.ts';
import { ConfigError } from '../wire/config-file.ts';
import { systemClock } from './clock.ts';
import { readConfig } from './config.ts';
import { startController } from './start.ts';

import { check, restore } from './state/offline.ts';

import { beWatched } from './watched.ts';

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      config: { type: 'string', default: '/etc/weft/controller.yaml' },
      restore: { type: 'string' },
      check: { type: 'boolean', default: false },
    },
  });
  const config = readConfig(values.config);
  if (values.restore !== undefined) return say(restore(config, values.restore));
  if (values.check) return say(check(config, positionals[0]));
  // From the beginning, so that a signal during the start ends it in good order too. A second one ends it at once.
  const { promise: told, resolve: stop } = Promise.withResolvers<void>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop());
  const manager = ServiceManager.open();
  const controller = await startController(config, { apiListener: manager.listenerOn(config.api.socket) });
  const { sentence } = controller;
  const unwatched = beWatched({ clock: systemClock, manager, sentence });
  manager.ready(sentence());
  // So that the next start is a short one, also when this one is killed.
  flushCompileCache();
  void told.then(() => {
    manager.stopping('tells the agents');
    unwatched();
    return controller.close();
  });
  await controller.ended;
  return 0;
}

function say(sentence: string): number {
  process.stdout.write(`${sentence}\n`);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`weft controller: ${(error as Error).message}\n`);
  const usage = (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS') === true;
  process.exitCode = error instanceof ConfigError || usage ? 2 : 1;
}
