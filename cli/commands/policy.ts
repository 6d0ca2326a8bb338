/** `weft policy apply -f FILE | get [NAME] | delete NAME | explain A B`. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { ConfigError, readYaml } from '../../wire/config-file.ts';
import { type Policy, PolicyFile, type PolicyRequest, policyMistake } from '../../wire/policy.ts';
import type { Api } from '../client.ts';
import { type Context, type ControllerOptions, controllerOptions, type Family, openApi } from '../context.ts';
import { Problem } from '../problem.ts';
import { addExplain } from './explain.ts';
import { policyKind, showKind } from './get.ts';

export const family: Family = (program, context) => {
  const policy = program.command('policy').description('say what hosts may, must or should use with each other');
  addApply(policy, context);
  showKind(policy.command('get [name]'), context, policyKind);
  addDelete(policy, context);
  addExplain(policy, context);
};

interface ApplyOptions extends ControllerOptions {
  readonly file: string;
}

type Done = 'created' | 'changed' | 'unchanged';

function addApply(policy: Command, context: Context): void {
  const command = policy
    .command('apply')
    .description('create or change the policies of a file; others stay')
    .requiredOption('-f, --file <file>', 'YAML with a list `policies`');
  controllerOptions(command).action(async (options: ApplyOptions) => {
    const wanted = readPolicies(options.file);
    const api = await openApi(context, options);
    const before = new Map((await api.policies()).map((each) => [each.name, each]));
    const results: { readonly done: Done; readonly policy: Policy }[] = [];
    for (const [i, request] of wanted.entries()) {
      const result = await apply(api, request, before.get(request.name)).catch((error: unknown) => {
        throw interrupted(error, wanted, i);
      });
      results.push(result);
      context.output.step(`policy '${request.name}' ${result.done}`);
    }
    context.output.show({ items: results }, () => undefined);
  });
}

/** They are applied one by one: what counts now is part of the file. */
function interrupted(error: unknown, wanted: readonly PolicyRequest[], at: number): unknown {
  const count = (number: number) => `${number} ${number === 1 ? 'policy' : 'policies'}`;
  if (!(error instanceof Problem) || at === 0) return error;
  const rest = `not this one${at + 1 === wanted.length ? '' : ` and ${count(wanted.length - at - 1)} after it`}`;
  const why = `${error.message}; ${count(at)} before it in the file ${at === 1 ? 'is' : 'are'} applied, ${rest}`;
  return new Problem(why, { exitCode: error.exitCode, cause: error });
}

async function apply(api: Api, wanted: PolicyRequest, before: Policy | undefined) {
  const policy = await api.putPolicy(wanted);
  const done: Done = before === undefined ? 'created' : before.revision === policy.revision ? 'unchanged' : 'changed';
  return { done, policy };
}

/** Every mistake of the file with its place; nothing is applied then. */
export function readPolicies(file: string): readonly PolicyRequest[] {
  const read = readYaml(readText(file), file, PolicyFile);
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

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : message;
    throw new Problem(`policy file ${file}: ${why}`, { exitCode: 2, cause });
  }
}

function addDelete(policy: Command, context: Context): void {
  const command = policy.command('delete <name>').description('delete a policy: what it decided is decided anew');
  controllerOptions(command).action(async (name: string, options: ControllerOptions) => {
    const api = await openApi(context, options);
    await api.deletePolicy(name);
    context.output.show({ kind: 'policy', name, deleted: true }, () => context.output.line(`policy '${name}' deleted`));
  });
}
