/** `weft agent`: this host's agent, in the foreground; or, with `--purge`, the end of all that it made. */
import { become } from '../become.ts';
import type { Family } from '../context.ts';

interface Options {
  readonly config: string;
  readonly purge?: true;
}

export const family: Family = (program) => {
  program
    .command('agent')
    .description('run this host’s agent in the foreground')
    .requiredOption('--config <file>', 'its YAML file')
    .option('--purge', 'instead remove its guests, their networks and its state, and end')
    .action(({ config, purge }: Options) =>
      become('agent', ['--config', config, ...(purge === true ? ['--purge'] : [])]),
    );
};
