/** Writes a run's results beside each other: JSON for programs, Markdown for people, drawings for the documentation. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { barPlots, growthPlots, type Plot } from './plot.ts';
import { type Results, toMarkdown } from './report.ts';

/** `file`: of the JSON; the others get its folder. */
export function writeResults(results: Results, file: string): void {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
  const plots = [...barPlots(results.samples), ...growthPlots(results.growth?.curves ?? [])];
  for (const { file: name, svg } of plots) writeFileSync(join(folder, name), svg);
  writeFileSync(file.replace(/(\.json)?$/, '.md'), `# The last run\n\n${toMarkdown(results)}\n${drawings(plots)}`);
}

function drawings(plots: readonly Plot[]): string {
  return `## Drawings\n\n${plots.map(({ file, title }) => `![${title}](${file})\n`).join('\n')}`;
}
