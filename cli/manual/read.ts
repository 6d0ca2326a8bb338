/** What there is to say of every command, from commander's tree: for manual pages and the reference in docs/gen. */
import type { Argument, Command, Option } from 'commander';

export interface CommandText {
  /** Words from `weft` on. */
  readonly path: readonly string[];
  readonly aliases: readonly string[];
  readonly summary: string;
  /** What follows the path. */
  readonly usage: string;
  readonly arguments: readonly EntryText[];
  readonly options: readonly EntryText[];
  readonly commands: readonly CommandText[];
}

/** `-f, --file <file>` and what it is. */
export interface EntryText {
  readonly term: string;
  readonly text: string;
}

export function readCommand(command: Command, above: readonly string[] = []): CommandText {
  const path = [...above, command.name()];
  return {
    path,
    aliases: command.aliases(),
    summary: command.description(),
    usage: command.usage(),
    arguments: command.registeredArguments.map(readArgument),
    options: command.options.filter(({ hidden }) => !hidden).map(readOption),
    // What begins with __ is for completion scripts.
    commands: command.commands
      .filter((child) => !child.name().startsWith('__'))
      .map((child) => readCommand(child, path)),
  };
}

function readArgument(argument: Argument): EntryText {
  const term = argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
  return { term: argument.variadic ? term.replace(/.$/, (end) => `...${end}`) : term, text: describe(argument) };
}

function readOption(option: Option): EntryText {
  return { term: option.flags, text: describe(option) };
}

function describe({ description, argChoices }: Pick<Option, 'description' | 'argChoices'>): string {
  const choices = argChoices === undefined || argChoices.length === 0 ? [] : [`one of ${argChoices.join(', ')}`];
  return [...(description === '' ? [] : [description]), ...choices].join('; ');
}

/** Those that do something themselves, in the order of the tree. */
export function leaves(command: CommandText): readonly CommandText[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
}
