/** `weft apply -f FILE`: what files name shall be there; all of it, or nothing when a part is refused. */
import type { Command } from 'commander';
import { stringify } from 'yaml';
import type { Applied, ApplyRequest } from '../../wire/apply.ts';
import { type Context, type ControllerOptions, collect, controllerOptions, type Family, openApi } from '../context.ts';
import { diffLines } from '../line-diff.ts';
import type { Output } from '../output.ts';
import { readRegion } from '../region-file.ts';

export const family: Family = (program, context) => {
  const command = program
    .command('apply')
    .description('create what files name and is not there, change policies; what is not named stays')
    .requiredOption(
      '-f, --file <file>',
      'YAML with lists hosts, vpcs, policies, guests; - for standard input',
      collect,
    );
  addApply(command, context, readRegion);
};

export interface ApplyOptions extends ControllerOptions {
  readonly file: readonly string[];
  readonly dryRun?: true;
  readonly diff?: true;
}

/** Also `weft policy apply`, which reads fewer kinds. */
export function addApply(command: Command, context: Context, read: (files: readonly string[]) => ApplyRequest): void {
  command
    .option('--dry-run', 'check all of it and say what would be done, but do nothing')
    .option('--diff', 'show what changes, line by line');
  controllerOptions(command).action(async (options: ApplyOptions) => {
    const { file, dryRun = false, diff } = options;
    const wanted = read(file);
    const api = await openApi(context, options);
    const items = await api.apply(wanted, { dryRun });
    context.output.show({ items }, () => {
      if (diff === true) showDiff(context.output, items);
      for (const { kind, name, done } of items) {
        context.output.line(`${kind} '${name}' ${dryRun && done !== 'unchanged' ? `would be ${done}` : done}`);
      }
    });
  });
}

/** One block for everything that is not as it was. */
export function showDiff(output: Output, items: readonly Applied[]): void {
  for (const { kind, name, done, before, after } of items) {
    if (done === 'unchanged') continue;
    output.heading(`${kind} ${name}: ${done}`);
    for (const { sign, text } of diffLines(linesOf(before), linesOf(after))) {
      const line = `${sign} ${text}`;
      output.line(sign === ' ' ? line : output.style(sign === '+' ? 'green' : 'red', line));
    }
  }
}

function linesOf(value: unknown): readonly string[] {
  return value === undefined ? [] : stringify(value).trimEnd().split('\n');
}
