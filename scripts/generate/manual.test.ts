import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { leaves } from '../../cli/manual/read.ts';
import { commandPages } from '../../cli/manual/roff.ts';
import { configKeys } from './config-keys.ts';
import { configFiles } from './config-reference.ts';
import { manualPages } from './man-pages.ts';
import { wholeProgram } from './program.ts';

const root = join(import.meta.dirname, '../..');
let pages: ReadonlyMap<string, string>;
beforeAll(async () => {
  pages = await manualPages(root);
});

describe('manual pages', () => {
  it('are one for every command, for weft itself, and for every configuration file', async () => {
    const program = await wholeProgram();
    const commands = program.commands.map(({ path }) => `${path.join('-')}.1`);
    expect([...pages.keys()].sort()).toEqual(
      ['weft.1', ...commands, 'weft-agent.yaml.5', 'weft-controller.yaml.5', 'weft-lab.yaml.5'].sort(),
    );
  });

  it('name every command and option that there is', async () => {
    const unnamed = leaves(await wholeProgram()).flatMap(({ path, options }) => {
      const page = (pages.get(`weft-${path[1]}.1`) ?? '').replaceAll('\\-', '-');
      return [path.join(' '), ...options.map(({ term }) => term)].filter((text) => !page.includes(text));
    });
    expect(unnamed).toEqual([]);
  });

  it('are ASCII with the macros of man(7) and nothing that a formatter could take for one', () => {
    const macros = ['TH', 'SH', 'SS', 'PP', 'TP', 'B', 'nf', 'fi', '\\"'];
    for (const [name, page] of pages) {
      expect(page, name).toMatch(/^[\n\x20-\x7e]*$/);
      const strange = page
        .split('\n')
        .filter((line) => /^[.']/.test(line) && !macros.includes(line.split(' ')[0]?.slice(1) ?? ''));
      expect(strange, name).toEqual([]);
    }
  });

  it('keep what would be a macro or an escape as text', () => {
    const options = [{ term: '--x', text: '.nothing \\ of the — kind' }];
    const command = {
      path: ['weft', 'x'],
      aliases: [],
      summary: 's',
      usage: '[options]',
      arguments: [],
      options,
      commands: [],
    };
    const weft = { ...command, path: ['weft'], options: [], commands: [command] };
    const page = commandPages(weft, { version: '1', date: '2026-12-01' }).get('weft-x.1');
    expect(page).toContain('.TP\n.B \\-\\-x\n\\&.nothing \\e of the \\[u2014] kind.\n');
  });
});

describe('the reference of configuration files', () => {
  it.each(configFiles)('has words for every key of $name (scripts/generate/config-words.ts)', ({ schema, words }) => {
    const keys = configKeys(schema).map(({ path }) => path);
    expect(keys.length).toBeGreaterThan(5);
    expect(keys.filter((path) => words[path] === undefined)).toEqual([]);
  });
});
