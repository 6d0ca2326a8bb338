/**
 * References that come from whole programs rather than from `wire/` alone: path from the project's root → content.
 * `main.ts` writes them, a test compares them.
 */
import { commandReference } from '../../cli/manual/markdown.ts';
import { configReference } from './config-reference.ts';
import { openApiDocument } from './openapi.ts';
import { wholeProgram } from './program.ts';

export async function generated(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['docs/gen/cli.md', commandReference(await wholeProgram())],
    ['docs/gen/config.md', configReference()],
    ['docs/gen/openapi.json', await openApiDocument()],
  ]);
}
