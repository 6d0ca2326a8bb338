/**
 * Shell completion from commander's tree: one table of paths (`weft lab up`) with the words that may follow,
 * and three scripts that look their line up in it.
 */
import type { Command } from 'commander';

export interface CompletionNode {
  /** Words from `weft` on. */
  readonly path: readonly string[];
  readonly commands: readonly Word[];
  readonly options: readonly (Word & { readonly takesValue: boolean })[];
  /** Fixed values of arguments, such as the names of shells. */
  readonly values: readonly string[];
}

interface Word {
  readonly word: string;
  readonly doc: string;
}

export function readTree(command: Command, above: readonly string[] = []): readonly CompletionNode[] {
  const path = [...above, command.name()];
  const node: CompletionNode = {
    path,
    commands: command.commands.map((child) => ({ word: child.name(), doc: child.description() })),
    options: [
      ...command.options.map(({ long, short, description, required, optional }) => ({
        word: long ?? short ?? '',
        doc: description,
        takesValue: required || optional,
      })),
      { word: '--help', doc: 'explain this command', takesValue: false },
    ],
    values: command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
  };
  return [node, ...command.commands.flatMap((child) => readTree(child, path))];
}

/** Words of a line up to the cursor, options left out, give the path; the longest known one counts. */
export function bashScript(tree: readonly CompletionNode[]): string {
  return `# bash completion of weft, printed by \`weft completion bash\`
_weft() {
  local path=weft word words=
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
${tree
  .filter(({ path }) => path.length > 1)
  .map(({ path }) => `      '${path.join(' ')}') path='${path.join(' ')}' ;;`)
  .join('\n')}
    esac
  done
  case "$path" in
${tree.map((node) => `    '${node.path.join(' ')}') words='${follow(node).join(' ')}' ;;`).join('\n')}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}")
}
complete -o default -F _weft weft
`;
}

export function zshScript(tree: readonly CompletionNode[]): string {
  return `#compdef weft
# zsh completion of weft, printed by \`weft completion zsh\`
_weft() {
  local path_=weft word
  local -a words_
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$path_ $word" in
${tree
  .filter(({ path }) => path.length > 1)
  .map(({ path }) => `      '${path.join(' ')}') path_='${path.join(' ')}' ;;`)
  .join('\n')}
    esac
  done
  case "$path_" in
${tree.map((node) => `    '${node.path.join(' ')}') words_=(${described(node).join(' ')}) ;;`).join('\n')}
  esac
  _describe 'weft' words_ || _files
}
_weft "$@"
`;
}

export function fishScript(tree: readonly CompletionNode[]): string {
  const lines = tree.flatMap((node) => {
    const condition = `-n '__weft_at ${node.path.join(' ')}'`;
    return [
      ...node.commands.map(({ word, doc }) => `complete -c weft -f ${condition} -a ${word} -d ${quote(doc)}`),
      ...node.values.map((word) => `complete -c weft -f ${condition} -a ${word}`),
      ...node.options.map(
        ({ word, doc, takesValue }) =>
          `complete -c weft ${condition} -l ${word.slice(2)}${takesValue ? ' -r' : ''} -d ${quote(doc)}`,
      ),
    ];
  });
  const paths = tree.filter(({ path }) => path.length > 1).map(({ path }) => `'${path.join(' ')}'`);
  return `# fish completion of weft, printed by \`weft completion fish\`
function __weft_at
  set -l path weft
  for word in (commandline -opc)[2..]
    contains -- "$path $word" ${paths.join(' ')}; and set path "$path $word"
  end
  test "$path" = "$argv"
end
${lines.join('\n')}
`;
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
