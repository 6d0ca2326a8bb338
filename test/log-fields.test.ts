/** Every field of a log line is in the vocabulary (wire/log-fields.ts): what the types of the agent's log do not see. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { logFields } from '../wire/log-fields.ts';

const root = join(import.meta.dirname, '..');
const sources = ['agent', 'controller'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|fake/.test(file))
    .map((file) => readFileSync(join(root, folder, file), 'utf8')),
);
const calls = sources.flatMap((text) => [
  ...text.matchAll(/\blog\.(?:trace|debug|info|warn|error|fatal)\(\s*\{([^{}]*)\}/g),
  ...text.matchAll(/\bbase: \{([^{}]*)\}/g),
]);

test('logs speak with one vocabulary', () => {
  const names = calls.flatMap(([, inside = '']) =>
    inside
      .split(',')
      .map((entry) => entry.split(':')[0]?.trim() ?? '')
      .filter((name) => name !== '' && !name.startsWith('...')),
  );
  const known: readonly string[] = logFields.map(({ name }) => name);
  expect(names.length).toBeGreaterThan(15);
  expect([...new Set(names)].filter((name) => !known.includes(name))).toEqual([]);
});
