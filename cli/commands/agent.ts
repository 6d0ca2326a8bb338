/** `weft agent`: this host's agent, in the foreground; or, with `--clear` or `--purge`, the end of what it made. */
import { become } from '../become.ts';
import type { Family } from '../context.ts';

interface Options {
  readonly config: string;
  readonly clear?: true;
  readonly purge?: true;
}

export const family: Family = (program) => {
  program
    .command('agent')
    .description('run this host’s agent in the foreground')
    .requiredOption('--config <file>', 'its YAML file')
    .option('--clear', 'instead remove its guests and their networks as a reboot would, and end')
    .option('--purge', 'instead remove its guests, their networks and its state, and end')
    .action(({ config, clear, purge }: Options) =>
      become('agent', ['--config', config, ...(clear ? ['--clear'] : []), ...(purge ? ['--purge'] : [])]),
    );
};
