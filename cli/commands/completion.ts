/** `weft completion bash|zsh|fish`: a script for the shell, made from the very tree of commands that runs. */
import { Argument } from 'commander';
import { bashScript, fishScript, readTree, zshScript } from '../completion.ts';
import type { Family } from '../context.ts';

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
