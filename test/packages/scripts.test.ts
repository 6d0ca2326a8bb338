/** Maintainer scripts as they are packed, and what set-up and installation run, for a shell that knows more mistakes. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collect } from '../../packaging/collect.ts';
import { packageNames } from '../../packaging/contents.ts';
import { scriptsOf } from '../../packaging/scripts.ts';
import { readTree } from '../../packaging/tree.ts';

const root = join(import.meta.dirname, '../..');
const { entries } = collect(readTree(root, { version: '1.0', epoch: '0' }));
const scripts = packageNames.flatMap((name) =>
  Object.entries(scriptsOf(root, name, entries)).map(([script, text]) => [`${name}.${script}`, text] as const),
);

/** A loop over a list that is one word, or empty, in this package: the template knows no better. */
const fromLists = ['SC2043', 'SC2066', 'SC1000', 'SC2050'];

test.each(scripts)('%s', (_, text) => {
  const { stdout, status } = spawnSync('shellcheck', ['-s', 'sh', '-e', fromLists.join(), '-'], {
    input: text,
    encoding: 'utf8',
  });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});

test.each(['scripts/setup.sh', 'scripts/install.sh', 'test/packages/boot.sh', 'bin/weft'])('%s', (file) => {
  const { stdout } = spawnSync('shellcheck', [join(root, file)], { encoding: 'utf8' });
  expect(stdout).toBe('');
});
