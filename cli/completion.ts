/**
 * Shell completion from commander's tree: one table of paths (`weft lab up`) with the words that may follow,
 * and three scripts that look their line up in it. Names of guests, hosts and clouds are asked for by the scripts
 * with a hidden command (`commands/completion.ts`), which says nothing when nobody answers quickly.
 */
import type { Command, Option } from 'commander';

export interface CompletionNode {
  /** Words from `weft` on. */
  readonly path: readonly string[];
  readonly commands: readonly Word[];
  readonly options: readonly CompletedOption[];
  /** Fixed values of arguments, such as the names of shells. */
  readonly values: readonly string[];
  /** Of what the arguments are names. */
  readonly names: readonly NameKind[];
}

interface Word {
  readonly word: string;
  readonly doc: string;
}

interface CompletedOption extends Word {
  readonly short: string | undefined;
  readonly takesValue: boolean;
  readonly values: readonly string[];
  readonly names: readonly NameKind[];
}

/** What the hidden command knows the names of. */
export const nameKinds = ['guests', 'hosts', 'labs', 'policies', 'rollouts', 'vpcs'] as const;
export type NameKind = (typeof nameKinds)[number];
export const namesCommand = '__names';

const namesOfOptions: Readonly<Record<string, readonly NameKind[]>> = {
  '--vpc': ['vpcs'],
  '--host': ['hosts'],
  '--lab': ['labs'],
};

/** By the last words of the path. */
const namesOfArguments: Readonly<Record<string, readonly NameKind[]>> = {
  'get guests': ['guests'],
  'get hosts': ['hosts'],
  'get policies': ['policies'],
  'get rollouts': ['rollouts'],
  'get selections': ['hosts'],
  'get vpcs': ['vpcs'],
  'delete guest': ['guests'],
  'delete host': ['hosts'],
  'delete policy': ['policies'],
  'delete vpc': ['vpcs'],
  'policy get': ['policies'],
  'policy delete': ['policies'],
  'policy explain': ['guests', 'hosts'],
  'rollout status': ['rollouts'],
  'rollout pause': ['rollouts'],
  'rollout resume': ['rollouts'],
  'rollout abort': ['rollouts'],
  'keys rotate': ['hosts'],
  'weft explain': ['guests', 'hosts'],
  'weft trace': ['guests'],
  'lab down': ['labs'],
  'lab status': ['labs'],
};

export function readTree(command: Command, above: readonly string[] = []): readonly CompletionNode[] {
  const path = [...above, command.name()];
  const shown = command.commands.filter((child) => !isHidden(child));
  const node: CompletionNode = {
    path,
    commands: shown.map((child) => ({ word: child.name(), doc: child.description() })),
    options: [...command.options.filter(({ hidden }) => !hidden).map(readOption), help],
    values: command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
    names: namesOfArguments[path.slice(-2).join(' ')] ?? [],
  };
  return [node, ...shown.flatMap((child) => readTree(child, path))];
}

const help: CompletedOption = {
  ...{ word: '--help', short: '-h', doc: 'explain this command' },
  ...{ takesValue: false, values: [], names: [] },
};

function readOption({ long, short, description, required, optional, argChoices }: Option): CompletedOption {
  return {
    word: long ?? short ?? '',
    short: long === undefined ? undefined : short,
    doc: description,
    takesValue: required || optional,
    values: argChoices ?? [],
    names: namesOfOptions[long ?? ''] ?? [],
  };
}

/** Commander keeps it to itself; its help shows what is not hidden. */
function isHidden(command: Command): boolean {
  return command.name().startsWith('__');
}

/** Words of a line up to the cursor, options left out, give the path; the longest known one counts. */
export function bashScript(tree: readonly CompletionNode[]): string {
  return `# bash completion of weft, printed by \`weft completion bash\`
_weft() {
  local path=weft word words= names= before= at=()
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$before" in --lab | --controller) at=("$before" "$word") ;; esac
    before="$word"
    case "$path $word" in
${paths(tree, (path) => `      '${path}') path='${path}' ;;`)}
    esac
  done
  case "$path $previous" in
${optionLines(tree, ({ patterns, values, names }) => `    ${patterns}) words='${values}' names='${names}' ;;`)}
    *)
      case "$path" in
${tree.map((node) => `        '${node.path.join(' ')}') words='${follow(node).join(' ')}' names='${node.names.join(' ')}' ;;`).join('\n')}
      esac
      ;;
  esac
  [[ "$current" == -* ]] && names=
  for word in $names; do
    words+=" $("\${COMP_WORDS[0]}" ${namesCommand} "$word" "\${at[@]}" 2>/dev/null)"
  done
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _weft weft
`;
}

export function zshScript(tree: readonly CompletionNode[]): string {
  return `#compdef weft
# zsh completion of weft, printed by \`weft completion zsh\`
_weft() {
  local path_=weft word before=
  local -a words_ names_ at_
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$before" in --lab | --controller) at_=("$before" "$word") ;; esac
    before="$word"
    case "$path_ $word" in
${paths(tree, (path) => `      '${path}') path_='${path}' ;;`)}
    esac
  done
  case "$path_ $words[CURRENT-1]" in
${optionLines(tree, ({ patterns, values, names }) => `    ${patterns}) words_=(${values}) names_=(${names}) ;;`)}
    *)
      case "$path_" in
${tree.map((node) => `        '${node.path.join(' ')}') words_=(${described(node).join(' ')}) names_=(${node.names.join(' ')}) ;;`).join('\n')}
      esac
      ;;
  esac
  [[ "$words[CURRENT]" == -* ]] && names_=()
  for word in $names_; do
    words_+=("\${(@f)$("$words[1]" ${namesCommand} "$word" "\${at_[@]}" 2>/dev/null)}")
  done
  _describe 'weft' words_ || _files
}
if [[ "$funcstack[1]" == _weft ]]; then _weft "$@"; else compdef _weft weft; fi
`;
}

export function fishScript(tree: readonly CompletionNode[]): string {
  const lines = tree.flatMap((node) => {
    const condition = `-n '__weft_at ${node.path.join(' ')}'`;
    return [
      ...node.commands.map(({ word, doc }) => `complete -c weft -f ${condition} -a ${word} -d ${quote(doc)}`),
      ...node.values.map((word) => `complete -c weft -f ${condition} -a ${word}`),
      ...node.names.map((kind) => `complete -c weft -f ${condition} -a '(__weft_names ${kind})'`),
      ...node.options.map((option) => `complete -c weft ${condition} ${fishOption(option)}`),
    ];
  });
  const known = tree.filter(({ path }) => path.length > 1).map(({ path }) => `'${path.join(' ')}'`);
  return `# fish completion of weft, printed by \`weft completion fish\`
function __weft_at
  set -l path weft
  for word in (commandline -opc)[2..]
    contains -- "$path $word" ${known.join(' ')}; and set path "$path $word"
  end
  test "$path" = "$argv"
end
function __weft_names
  set -l words (commandline -opc)
  set -l at
  for i in (seq 2 (count $words))
    contains -- $words[(math $i - 1)] --lab --controller; and set at $words[(math $i - 1)] $words[$i]
  end
  $words[1] ${namesCommand} $argv $at 2>/dev/null
end
${lines.join('\n')}
`;
}

function fishOption({ word, short, doc, takesValue, values, names }: CompletedOption): string {
  const dashes = short === undefined ? '' : ` -s ${short.slice(1)}`;
  const choices = [...values, ...names.map((kind) => `(__weft_names ${kind})`)];
  const value = choices.length > 0 ? ` -x -a '${choices.join(' ')}'` : takesValue ? ' -r' : '';
  return `-l ${word.slice(2)}${dashes}${value} -d ${quote(doc)}`;
}

function paths(tree: readonly CompletionNode[], line: (path: string) => string): string {
  return tree
    .filter(({ path }) => path.length > 1)
    .map(({ path }) => line(path.join(' ')))
    .join('\n');
}

/** After an option that takes a value only its values follow; none that are known: files. */
function optionLines(
  tree: readonly CompletionNode[],
  line: (option: { readonly patterns: string; readonly values: string; readonly names: string }) => string,
): string {
  return tree
    .flatMap(({ path, options }) =>
      options
        .filter(({ takesValue }) => takesValue)
        .map(({ word, short, values, names }) => {
          const spelt = [word, ...(short === undefined ? [] : [short])];
          const patterns = spelt.map((each) => `'${path.join(' ')} ${each}'`).join(' | ');
          return line({ patterns, values: values.join(' '), names: names.join(' ') });
        }),
    )
    .join('\n');
}

function follow(node: CompletionNode): readonly string[] {
  return [...node.commands.map(({ word }) => word), ...node.values, ...node.options.map(({ word }) => word)];
}

function described(node: CompletionNode): readonly string[] {
  const words: readonly Word[] = [...node.commands, ...node.options];
  return [...words.map(({ word, doc }) => quote(`${word}:${doc.replaceAll(':', '\\:')}`)), ...node.values.map(quote)];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", '’')}'`;
}
