import { execFileSync } from 'node:child_process';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { bashScript, fishScript, readTree, zshScript } from './completion.ts';
import { cli } from './fake-controller.ts';
import { createOutput } from './output.ts';
import { buildProgram } from './run.ts';

async function program(): Promise<Command> {
  return buildProgram({
    output: createOutput({ out: process.stdout, err: process.stderr }),
    config: { controller: '', agent: '' },
    signal: new AbortController().signal,
    now: () => 0,
    setExitCode: () => undefined,
  });
}

/** What bash offers for a line that ends where the cursor is. */
async function offered(line: string): Promise<readonly string[]> {
  const script = bashScript(readTree(await program()));
  const words = line.split(' ').map((word) => `'${word}'`);
  const run = `${script}\nCOMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _weft; echo "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', run], { encoding: 'utf8' }).trim().split(' ');
}

describe('shell completion', () => {
  it('knows every command and option of commander’s tree, in all three shells', async () => {
    const tree = readTree(await program());
    const paths = tree.map(({ path }) => path.join(' '));
    expect(paths).toEqual(
      expect.arrayContaining(['weft', 'weft get hosts', 'weft create guest', 'weft lab exec', 'weft capture']),
    );
    for (const script of [bashScript(tree), zshScript(tree), fishScript(tree)]) {
      const absent = tree
        .flatMap((node) => [...node.commands, ...node.options])
        .filter(({ word }) => !script.includes(word.replace(/^--/, '')));
      expect(absent).toEqual([]);
    }
  });

  const lines: readonly [line: string, words: readonly string[]][] = [
    ['weft la', ['lab']],
    ['weft lab ', ['up', 'down', 'status', 'exec', 'list', '--help']],
    ['weft lab up --na', ['--name']],
    ['weft --version get ho', ['hosts']],
    ['weft completion z', ['zsh']],
    ['weft create guest web --v', ['--vpc']],
  ];
  it.each(lines)('in bash offers for "%s"', async (line, words) => {
    expect(await offered(line)).toEqual(words);
  });

  it('is printed by the command itself', async () => {
    const { code, out } = await cli(['completion', 'bash']);
    expect(code).toBe(0);
    expect(out).toContain('complete -o default -F _weft weft');
    expect(out).toContain("'weft lab exec')");
  });
});
