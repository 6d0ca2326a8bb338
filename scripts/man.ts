/** `make man`: the manual pages, into build/man or the folder that is named. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manualPages } from './generate/man-pages.ts';

const root = join(import.meta.dirname, '..');
const folder = process.argv[2] ?? join(root, 'build/man');
mkdirSync(folder, { recursive: true });
const pages = await manualPages(root);
for (const [name, content] of pages) writeFileSync(join(folder, name), content);
console.log(`${pages.size} manual pages in ${folder}`);
