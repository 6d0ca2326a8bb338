/**
 * Manual pages in roff with the macros of man(7): one page for weft, one for each of its commands, and one for each
 * configuration file. Nothing but ASCII comes out, so that every pager shows them alike.
 */
import { environment, exitStatus, output } from './facts.ts';
import { type CommandText, type EntryText, leaves } from './read.ts';

export interface PageHead {
  /** `weft-get`. */
  readonly name: string;
  readonly section: 1 | 5;
  /** One line. */
  readonly summary: string;
  readonly version: string;
  /** YYYY-MM-DD. */
  readonly date: string;
}

export type Release = Pick<PageHead, 'version' | 'date'>;

/** File name → content. */
export function commandPages(weft: CommandText, release: Release): ReadonlyMap<string, string> {
  const pages = weft.commands.map((command): [string, string] => [
    `${pageOf(command)}.1`,
    commandPage(command, release),
  ]);
  return new Map([['weft.1', overviewPage(weft, release)], ...pages]);
}

function overviewPage(weft: CommandText, release: Release): string {
  const see = weft.commands.map((command) => `${pageOf(command)}(1)`);
  return page({ ...release, name: 'weft', section: 1, summary: weft.summary.replace(/^Weft: /, '') }, [
    section('SYNOPSIS', paragraphs('weft COMMAND [OPTIONS]')),
    section('COMMANDS', entries(weft.commands.map((each) => ({ term: each.path.join(' '), text: each.summary })))),
    section('OPTIONS', entries(weft.options)),
    section('OUTPUT', paragraphs(output)),
    section('EXIT STATUS', entries(exitStatus)),
    section('ENVIRONMENT', entries(environment)),
    section('SEE ALSO', paragraphs([...see, 'weft-agent.yaml(5)', 'weft-controller.yaml(5)'].join(', '))),
  ]);
}

function commandPage(command: CommandText, release: Release): string {
  const own = leaves(command);
  const isFamily = command.commands.length > 0;
  const head = { ...release, name: pageOf(command), section: 1, summary: command.summary } as const;
  return page(head, [
    section('SYNOPSIS', `.nf\n${own.map(synopsis).join('')}.fi\n`),
    ...(isFamily ? [section('COMMANDS', own.map((each) => subsection(each)).join(''))] : body(command)),
    section('EXIT STATUS', paragraphs('As weft(1) says.')),
    section('SEE ALSO', paragraphs('weft(1)')),
  ]);
}

function body({ arguments: words, options, aliases }: CommandText): readonly string[] {
  return [
    ...(aliases.length === 0 ? [] : [section('ALIASES', paragraphs(aliases.join(', ')))]),
    ...(words.some(({ text }) => text !== '')
      ? [section('ARGUMENTS', entries(words.filter(({ text }) => text !== '')))]
      : []),
    ...(options.length === 0 ? [] : [section('OPTIONS', entries(options))]),
  ];
}

function subsection(command: CommandText): string {
  const { path, summary, aliases, arguments: words, options } = command;
  const also = aliases.length === 0 ? '' : `; also ${aliases.join(', ')}`;
  return `.SS ${inked(path.join(' '))}\n${inked(sentence(summary + also))}\n${entries([...words.filter(({ text }) => text !== ''), ...options])}`;
}

function synopsis({ path, usage }: CommandText): string {
  return `${inked(`${path.join(' ')} ${usage}`)}\n`;
}

/** A configuration file: every key with its type, default and meaning. */
export function filePage(head: PageHead, keys: readonly EntryText[], example: string): string {
  return page(head, [
    section(
      'DESCRIPTION',
      paragraphs(
        'A file in YAML. A key that is left out has its default; a key that is not known is refused, with its place.',
      ),
    ),
    section('KEYS', entries(keys)),
    section('EXAMPLE', `.nf\n${example.split('\n').map(escapeLine).join('\n')}\n.fi\n`),
    section('SEE ALSO', paragraphs('weft(1)')),
  ]);
}

// ---- roff --------------------------------------------------------------------------------------------------

function page({ name, section: number, summary, version, date }: PageHead, parts: readonly string[]): string {
  const head = `.\\" Generated from Weft's commands and schemas.\n.TH ${inked(name.toUpperCase())} ${number} ${date} "Weft ${version}" "Weft"\n`;
  return `${head}.SH NAME\n${inked(name)} \\- ${inked(summary)}\n${parts.join('')}`;
}

function section(title: string, content: string): string {
  return `.SH ${title}\n${content}`;
}

/** None before the first: its section begins one. */
function paragraphs(texts: string | readonly string[]): string {
  return [texts]
    .flat()
    .map((text) => `${escapeLine(text)}\n`)
    .join('.PP\n');
}

function entries(list: readonly EntryText[]): string {
  return list.map(({ term, text }) => `.TP\n.B ${inked(term)}\n${escapeLine(sentence(text))}\n`).join('');
}

function sentence(text: string): string {
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

/** A line of text: no control line by accident. */
function escapeLine(text: string): string {
  return inked(text).replace(/^(['.])/, '\\&$1');
}

function inked(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(
      /[^\n\x20-\x7e]/gu,
      (sign) => `\\[u${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
    );
}

function pageOf({ path }: CommandText): string {
  return path.join('-');
}
