/** `weft controller`: an area's control plane, in the foreground. */
import { become } from '../become.ts';
import type { Family } from '../context.ts';

export const family: Family = (program) => {
  program
    .command('controller')
    .description('run a controller in the foreground')
    .requiredOption('--config <file>', 'its YAML file')
    .action(({ config }: { readonly config: string }) => become('controller', ['--config', config]));
};
