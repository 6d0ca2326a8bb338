/** `weft join URL TOKEN`: makes this machine a host of a region. The agent's own program does it (`agent/trust/`). */
import { become } from '../become.ts';
import { collect, type Family } from '../context.ts';

interface Options {
  readonly config: string;
  readonly address?: readonly string[];
  readonly start: boolean;
}

export const family: Family = (program) => {
  program
    .command('join <url> <token>')
    .description('make this machine a host of the region, with a token of `weft token create`; - reads the token')
    .option('--config <file>', 'the agent’s YAML file, made or changed', '/etc/weft/agent.yaml')
    .option('--address <address>', 'this host’s address on the substrate, may be given again; else found', collect)
    .option('--no-start', 'do not start the agent’s service')
    .action((url: string, token: string, { config, address = [], start }: Options) =>
      become('agent', [
        ...['--join', url, '--token', token, '--config', config],
        ...address.flatMap((each) => ['--address', each]),
        ...(start ? [] : ['--no-start']),
      ]),
    );
};
