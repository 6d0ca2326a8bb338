import { expect, test } from 'vitest';
import { needed, packageOf } from './imports.ts';

const files: Readonly<Record<string, string>> = {
  'cli/main.ts': `import { a } from '../wire/a.ts';\nimport type { T } from './types.ts';\nconst b = () => import('./b.ts');\n`,
  'cli/b.ts': `import 'reflect-metadata';\nimport {\n  x,\n} from '@scope/thing/deep.js';\nimport { join } from 'node:path';\n`,
  'cli/types.ts': 'export interface T {}',
  'wire/a.ts': `export * from './gen/a.js';\nexport type { T } from './types.ts';\nimport p from '../package.json' with { type: 'json' };`,
  'wire/gen/a.js': `import $protobuf from "protobufjs/minimal.js";`,
  'cli/helper.ts': `const { Cap } = createRequire(import.meta.url)('cap') as { Cap: 1 };`,
  'cli/b.test.ts': `import { test } from 'vitest';`,
};

const read = (path: string): string => {
  const text = files[path];
  if (text === undefined) throw new Error(`no ${path}`);
  return text;
};

test('follows statements, import() and createRequire to files and packages, and no types', () => {
  expect(needed(['cli/main.ts', 'cli/helper.ts'], read)).toEqual({
    files: ['cli/b.ts', 'cli/helper.ts', 'cli/main.ts', 'package.json', 'wire/a.ts', 'wire/gen/a.js'],
    npm: ['@scope/thing', 'cap', 'protobufjs', 'reflect-metadata'],
  });
});

test('two files that import each other end', () => {
  const circle = { 'a.ts': `import './b.ts';`, 'b.ts': `import './a.ts';` };
  expect(needed(['a.ts'], (path) => circle[path as keyof typeof circle]).files).toEqual(['a.ts', 'b.ts']);
});

test('an import of what is not there is told, not left out', () => {
  expect(() => needed(['cli/gone.ts'], read)).toThrow('no cli/gone.ts');
});

test.each([
  ['ws', 'ws'],
  ['protobufjs/minimal.js', 'protobufjs'],
  ['@fastify/swagger', '@fastify/swagger'],
  ['@fastify/swagger/lib/a.js', '@fastify/swagger'],
])('%s is of package %s', (specifier, name) => {
  expect(packageOf(specifier)).toBe(name);
});
