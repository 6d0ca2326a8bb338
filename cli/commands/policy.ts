/** `weft policy apply -f FILE | get [NAME] | delete NAME | explain A B`. */
import type { Command } from 'commander';
import { ConfigError, readYaml } from '../../wire/config-file.ts';
import { PolicyFile, type PolicyRequest, policyMistake } from '../../wire/policy.ts';
import { type Context, collect, type Family } from '../context.ts';
import { readText } from '../region-file.ts';
import { addApply } from './apply.ts';
import { deleteCommand } from './delete.ts';
import { addExplain } from './explain.ts';
import { policyKind, showKind } from './get.ts';

export const family: Family = (program, context) => {
  const policy = program.command('policy').description('say what hosts may, must or should use with each other');
  addPolicyApply(policy, context);
  showKind(policy.command('get [name]'), context, policyKind);
  const remove = policy.command('delete <name>').description('delete a policy: what it decided is decided anew');
  deleteCommand(remove, context, 'policy', 'deletePolicy');
  addExplain(policy, context);
};

function addPolicyApply(policy: Command, context: Context): void {
  const command = policy
    .command('apply')
    .description('create or change the policies of a file; others stay')
    .requiredOption('-f, --file <file>', 'YAML with a list `policies`; may be given again', collect);
  addApply(command, context, (files) => ({ policies: files.flatMap((file) => [...readPolicies(file)]) }));
}

/** Every mistake of the file with its place. */
export function readPolicies(file: string): readonly PolicyRequest[] {
  const read = readYaml(readText(file, 'policy file'), file, PolicyFile);
  if (!read.ok) throw new ConfigError(read.errors);
  const { policies } = read.value;
  const mistakes = policies.flatMap((policy, i) => {
    const mistake = policyMistake(policy);
    const twice = policies.findIndex(({ name }) => name === policy.name) < i;
    return [
      ...(mistake === undefined ? [] : [`${read.at(['policies', i, ...mistake.path])}: ${mistake.what}`]),
      ...(twice
        ? [`${read.at(['policies', i, 'name'])}: policy '${policy.name}' is there twice, expected it once`]
        : []),
    ];
  });
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return policies;
}
