import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { generated } from './generated.ts';

let files: ReadonlyMap<string, string>;
beforeAll(async () => {
  files = await generated();
});

const committed = (path: string) => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');

it('the committed references are what the programs say; `make generate` writes them', () => {
  expect([...files].filter(([path, content]) => committed(path) !== content).map(([path]) => path)).toEqual([]);
});
