/** The controller as a program: `node controller/main.ts --config FILE`. */
import { parseArgs } from 'node:util';
import { ConfigError } from '../wire/config-file.ts';
import { readConfig } from './config.ts';
import { startController } from './start.ts';

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { config: { type: 'string', default: '/etc/weft/controller.yaml' } } });
  // From the beginning, so that a signal during the start ends it in good order too. A second one ends it at once.
  const { promise: told, resolve: stop } = Promise.withResolvers<void>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop());
  const controller = await startController(readConfig(values.config));
  void told.then(() => controller.close());
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
