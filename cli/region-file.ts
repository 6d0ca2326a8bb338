/**
 * What `weft apply` reads: YAML, one or several documents, each with lists of hosts, vpcs, policies and guests
 * (`wire/apply.ts`). Every mistake of every document is told at once, with its place; nothing is sent then.
 */
import { readFileSync } from 'node:fs';
import type { ApplyRequest } from '../wire/apply.ts';
import { ApplyRequest as File } from '../wire/apply.ts';
import { ConfigError, readYaml, type YamlFile } from '../wire/config-file.ts';
import { policyMistake } from '../wire/policy.ts';
import { Problem } from './problem.ts';

type Kind = keyof ApplyRequest;
const kinds = ['hosts', 'vpcs', 'policies', 'guests'] as const satisfies readonly Kind[];

/** Files in their order, `-` for standard input; what they name is put together. */
export function readRegion(files: readonly string[]): ApplyRequest {
  const documents = files.flatMap((file) => documentsOf(readText(file)).map((text) => ({ file, text })));
  const read = documents.map(({ file, text }) => readYaml(text, file === '-' ? 'standard input' : file, File));
  const mistakes = read.flatMap((document) => (document.ok ? mistakesOf(document) : document.errors));
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  const wanted: ApplyRequest = {};
  for (const document of read) if (document.ok) add(wanted, document.value);
  if (kinds.every((kind) => (wanted[kind] ?? []).length === 0)) {
    throw new Problem(`${files.join(', ')}: names nothing to apply, expected lists ${kinds.join(', ')}`, {
      exitCode: 2,
    });
  }
  return wanted;
}

function add(wanted: ApplyRequest, { hosts, vpcs, policies, guests }: ApplyRequest): void {
  if (hosts !== undefined) wanted.hosts = [...(wanted.hosts ?? []), ...hosts];
  if (vpcs !== undefined) wanted.vpcs = [...(wanted.vpcs ?? []), ...vpcs];
  if (policies !== undefined) wanted.policies = [...(wanted.policies ?? []), ...policies];
  if (guests !== undefined) wanted.guests = [...(wanted.guests ?? []), ...guests];
}

/** What a schema cannot say; what needs the region is for the controller. */
function mistakesOf({ value, at }: YamlFile<ApplyRequest> & { readonly ok: true }): readonly string[] {
  return (value.policies ?? []).flatMap((policy, i) => {
    const mistake = policyMistake(policy);
    return mistake === undefined ? [] : [`${at(['policies', i, ...mistake.path])}: ${mistake.what}`];
  });
}

/** Each with as many empty lines before it as there are lines, so that places are those of the file; so is the column. */
function documentsOf(text: string): readonly string[] {
  const lines = text.split('\n');
  const isStart = (line: string) => /^---(\s|$)/.test(line);
  const starts = [0, ...lines.flatMap((line, i) => (isStart(line) && i > 0 ? [i] : []))];
  // What stands beside the dashes belongs to the document.
  const blanked = lines.map((line) => (isStart(line) ? `   ${line.slice(3)}` : line));
  return starts.map((start, i) => '\n'.repeat(start) + blanked.slice(start, starts[i + 1]).join('\n'));
}

/** Throws a Problem when it cannot be read; `-` is standard input. */
export function readText(file: string, what = 'file'): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : message;
    throw new Problem(`${what} ${file}: ${why}`, { exitCode: 2, cause });
  }
}
