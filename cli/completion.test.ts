import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { bashScript, fishScript, readTree, zshScript } from './completion.ts';
import { cli, FakeController } from './fake-controller.ts';
import { createOutput } from './output.ts';
import { buildProgram } from './run.ts';

const main = join(import.meta.dirname, 'main.ts');

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
  const weft = `weft() { '${process.execPath}' --disable-warning=ExperimentalWarning '${main}' "$@"; }`;
  const run = `${weft}\n${script}\nCOMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _weft; echo "\${COMPREPLY[@]}"`;
  // Not execFileSync: the controller that is asked may be this process.
  const { stdout } = await promisify(execFile)('bash', ['-c', run]);
  return stdout.trim().split(' ');
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
    ['weft get hosts -o ', ['table', 'wide', 'json', 'yaml']],
    ['weft get hosts --output y', ['yaml']],
    ['weft get guests --phase r', ['running']],
    ['weft create guest web --port t', ['tun', 'tap']],
    ['weft apply -f ', ['']],
    ['weft __', ['']],
    ['weft lab up --na', ['--name']],
    ['weft --version get ho', ['hosts']],
    ['weft completion z', ['zsh']],
    ['weft create guest web --v', ['--vpc']],
  ];
  it.each(lines)('in bash offers for "%s"', async (line, words) => {
    expect(await offered(line)).toEqual(words);
  });

  it('offers names that the controller of the line knows, and nothing when none answers', async () => {
    const named = (...names: string[]) => ({ body: { items: names.map((name) => ({ name })) } });
    await using controller = await FakeController.start({
      'GET /v1/guests': named('web', 'db'),
      'GET /v1/hosts': named('left', 'right'),
      'GET /v1/vpcs': named('red'),
    });
    const at = `--controller ${controller.socket}`;
    expect(await offered(`weft get guests ${at} `)).toEqual(expect.arrayContaining(['web', 'db', '--vpc']));
    expect(await offered(`weft explain ${at} web r`)).toEqual(['right']);
    expect(await offered(`weft create guest new ${at} --vpc `)).toEqual(['red']);
    expect(await offered('weft get vpcs --controller /nonexistent/weft.sock r')).toEqual(['']);
    expect(controller.asked.length).toBe(4);
  });

  it('names that are asked for in vain are no failure', async () => {
    expect(await cli(['__names', 'guests'])).toEqual({ code: 0, out: '', err: '' });
    expect((await cli(['--help'])).out).not.toContain('__names');
  });

  it('is printed by the command itself', async () => {
    const { code, out } = await cli(['completion', 'bash']);
    expect(code).toBe(0);
    expect(out).toContain('complete -o default -F _weft weft');
    expect(out).toContain("'weft lab exec')");
  });
});
