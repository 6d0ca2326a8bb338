import { expect, test } from 'vitest';
import { controlFile, fillScript } from './control.ts';
import { copyrightFile } from './copyright.ts';
import { librariesOf } from './libraries.ts';
import { runs } from './npm.ts';

const facts = { version: '1.0', architecture: 'arm64', installedSize: 12, libraries: ['libc6 (>= 2.36)'] };

test('a package says what it is and needs, and no empty field', () => {
  const lines = controlFile({ name: 'weft-agent', ...facts }).split('\n');
  expect(lines).toContain('Package: weft-agent');
  expect(lines).toContain('Architecture: arm64');
  expect(lines).toContain('Depends: weft-cli (= 1.0), libc6 (>= 2.36), iproute2, systemd');
  expect(lines).toContain('Replaces: weft-cli (<< 1.0), weft-controller (<< 1.0)');
  expect(lines.filter((line) => /^\S+:\s*$/.test(line))).toEqual([]);
  expect(controlFile({ name: 'weft-cli', ...facts })).not.toContain('weft-cli (= ');
});

test('scripts get their lists, and no mark stands for nothing', () => {
  expect(fillScript('stop @UNITS@; for u in @USERS@;', { units: ['a', 'b'], users: [] })).toBe('stop a b; for u in ;');
  expect(() => fillScript('@OTHER@', {})).toThrow('@OTHER@ stands for nothing');
});

test('libraries are read from what dpkg-shlibdeps prints', () => {
  const output = 'shlibs:Suggests=x\nshlibs:Depends=libstdc++6 (>= 11), libc6 (>= 2.34)\n';
  expect(librariesOf(output)).toEqual(['libc6 (>= 2.34)', 'libstdc++6 (>= 11)']);
  expect(librariesOf('')).toEqual([]);
});

test('a licence is folded as the format wants it, with who holds it', () => {
  const text = copyrightFile('Apache\n\nText', [
    { files: 'a/*', what: 'npm package a 1', license: '(MIT)', text: 'MIT\n\nCopyright (c) 2020 Someone\n' },
  ]);
  expect(text).toContain('License: Apache-2.0\n Apache\n .\n Text\n');
  expect(text).toContain('Files: a/*\nComment: npm package a 1\nCopyright: (c) 2020 Someone\nLicense: MIT\n MIT\n .\n');
});

test.each([
  ['lib/index.js', true],
  ['dist/a.mjs', true],
  ['package.json', true],
  ['build/Release/raw.node', true],
  ['build/Release/obj.target/raw.node', false],
  ['index.d.ts', false],
  ['index.js.map', false],
  ['README.md', false],
  ['test/a.js', false],
  ['dist/doc/directives.js', true],
  ['lib/a.test.js', false],
  ['eslint.config.js', false],
  ['node_modules/other/index.js', false],
])('%s of an npm package is shipped: %s', (path, expected) => {
  expect(runs(path)).toBe(expected);
});
