/**
 * How a command's result is written: `-o table|wide|json|yaml`, and `--json` and `--wide` as its short forms.
 *
 * A command adds the options (`outputOptions`, or `controllerOptions`, which has them), and gives a value and what
 * people read (`output.show`). What was asked for is settled here once, before any command runs.
 */
import { type Command, Option } from 'commander';
import { type Output, type OutputFormat, outputFormats } from './output.ts';

export interface OutputOptions {
  readonly output?: OutputFormat;
  /** Also with `-o json` and `-o yaml`: a value is wanted, and nothing for people. */
  readonly json?: true;
  /** Also with `-o wide`. */
  readonly wide?: true;
}

export function outputOptions(command: Command): Command {
  return command
    .addOption(
      new Option('-o, --output <format>', 'how the result is written; wide: with more columns').choices(outputFormats),
    )
    .option('--json', 'the same as -o json')
    .option('--wide', 'the same as -o wide');
}

/** Before a command runs: its options say how it writes. */
export async function settleOutput(command: Command, output: Output): Promise<void> {
  const { output: named, json, wide } = command.opts<OutputOptions>();
  const asked = new Set([
    ...(named === undefined ? [] : [named]),
    ...(json === true ? ['json' as const] : []),
    ...(wide === true ? ['wide' as const] : []),
  ]);
  const [format = 'table', ...others] = asked;
  if (others.length > 0) {
    command.error(`error: the result is written in one way, not as ${[...asked].join(' and ')}: give one of them`);
  }
  output.use(format, await writerOf(format));
  if (format === 'json' || format === 'yaml') command.setOptionValueWithSource('json', true, 'implied');
  if (format === 'wide') command.setOptionValueWithSource('wide', true, 'implied');
}

/** What a command line asks for that may have mistakes, so that these are told in the same way. */
export function askedFormat(argv: readonly string[]): OutputFormat {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  if (words.includes('--json')) return 'json';
  for (const [i, word] of words.entries()) {
    const value = /^(?:-o|--output)$/.test(word) ? words[i + 1] : /^(?:-o=?|--output=)(.+)$/.exec(word)?.[1];
    const format = outputFormats.find((known) => known === value);
    if (format !== undefined) return format;
  }
  return 'table';
}

/** YAML is loaded by those who ask for it. */
async function writerOf(format: OutputFormat): Promise<((value: unknown) => string) | undefined> {
  if (format !== 'yaml') return undefined;
  const { stringify } = await import('yaml');
  // Aliases of equal parts would be right, and nobody reads them.
  return (value) => stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 });
}
