/** The controller as a program: `node controller/main.ts --config FILE`. */
import { parseArgs } from 'node:util';
import { ConfigError } from '../wire/config-file.ts';
import { readConfig } from './config.ts';
import { startController } from './start.ts';

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { config: { type: 'string', default: '/etc/weft/controller.yaml' } } });
  const controller = await startController(readConfig(values.config));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void controller.close());
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
