/** The controller as a program: `node controller/main.ts --config FILE`. */
import { flushCompileCache } from 'node:module';
import { parseArgs } from 'node:util';
import { ServiceManager } from '../native/service.ts';
import { ConfigError } from '../wire/config-file.ts';
import { systemClock } from './clock.ts';
import { readConfig } from './config.ts';
import { startController } from './start.ts';
import { beWatched } from './watched.ts';

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { config: { type: 'string', default: '/etc/weft/controller.yaml' } } });
  // From the beginning, so that a signal during the start ends it in good order too. A second one ends it at once.
  const { promise: told, resolve: stop } = Promise.withResolvers<void>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop());
  const manager = ServiceManager.open();
  const config = readConfig(values.config);
  const controller = await startController(config, { apiListener: manager.listenerOn(config.api.socket) });
  const { sentence } = controller;
  const unwatched = beWatched({ clock: systemClock, manager, sentence });
  manager.ready(sentence());
  flushCompileCache();
  void told.then(() => {
    manager.stopping('tells the agents');
    unwatched();
    return controller.close();
  });
  await controller.ended;
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`weft controller: ${(error as Error).message}\n`);
  const usage = (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS') === true;
  process.exitCode = error instanceof ConfigError || usage ? 2 : 1;
}
