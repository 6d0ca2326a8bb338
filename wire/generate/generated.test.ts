import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generated } from './generated.ts';

test('the committed generated files are what the tables say; `make generate` writes them', () => {
  const stale = [...generated()]
    .filter(([path, content]) => readFileSync(join(import.meta.dirname, '../..', path), 'utf8') !== content)
    .map(([path]) => path);
  expect(stale).toEqual([]);
});
