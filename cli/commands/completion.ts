/** `weft completion bash|zsh|fish`: a script for the shell, made from the very tree of commands that runs. */
import { Argument } from 'commander';
import { type Api, createApi } from '../client.ts';
import { bashScript, fishScript, type NameKind, nameKinds, namesCommand, readTree, zshScript } from '../completion.ts';
import {
  type Context,
  type ControllerOptions,
  controllerEndpoint,
  controllerOptions,
  type Family,
} from '../context.ts';

const shells = {
  bash: { script: bashScript, advice: 'weft completion bash > /etc/bash_completion.d/weft' },
  zsh: { script: zshScript, advice: 'weft completion zsh > /usr/local/share/zsh/site-functions/_weft' },
  fish: { script: fishScript, advice: 'weft completion fish > ~/.config/fish/completions/weft.fish' },
} as const;

export const family: Family = (program, context) => {
  const names = Object.keys(shells) as (keyof typeof shells)[];
  program
    .command('completion')
    .description('print the completion script of a shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(names))
    .addHelpText('after', `\nTo install it:\n${names.map((name) => `  ${shells[name].advice}`).join('\n')}`)
    .action((shell: keyof typeof shells) => context.output.line(shells[shell].script(readTree(program)).trimEnd()));
};

/** For the scripts: names of a kind, one a line; nothing at all when nobody answers quickly. */
export const namesFamily: Family = (program, context) => {
  const command = program
    .command(namesCommand, { hidden: true })
    .addArgument(new Argument('<kind>', 'of what').choices(nameKinds));
  controllerOptions(command).action(async (kind: NameKind, options: ControllerOptions) => {
    for (const name of await namesOf(context, kind, options).catch(() => [])) context.output.line(name);
  });
};

/** Who presses the tab key does not wait longer. */
const quickMs = 500;

async function namesOf(context: Context, kind: NameKind, options: ControllerOptions): Promise<readonly string[]> {
  if (kind === 'labs') {
    const { defaultStateRoot, labNames } = await import('../../lab/index.ts');
    return labNames(defaultStateRoot);
  }
  const endpoint = await controllerEndpoint(context, options);
  const api = createApi(endpoint, { signal: context.signal, timeoutMs: quickMs });
  return (await lists[kind](api)).map(({ name }) => name);
}

const lists: Readonly<Record<Exclude<NameKind, 'labs'>, (api: Api) => Promise<readonly { readonly name: string }[]>>> =
  {
    guests: (api) => api.guests(),
    hosts: (api) => api.hosts(),
    policies: (api) => api.policies(),
    rollouts: (api) => api.rollouts(),
    vpcs: (api) => api.vpcs(),
  };
