/**
 * References that come from whole programs rather than from `wire/` alone: path from the project's root → content.
 * `main.ts` writes them, a test compares them.
 */
import { openApiDocument } from './openapi.ts';

export async function generated(): Promise<ReadonlyMap<string, string>> {
  return new Map([['docs/gen/openapi.json', await openApiDocument()]]);
}
