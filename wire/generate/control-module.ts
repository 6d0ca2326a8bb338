/** `wire/gen/control.js` and `.d.ts`: protobufjs's static module of `wire/control.proto`. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

const options = ['-t', 'static-module', '-w', 'esm', '--dependency', 'protobufjs/minimal.js', '--force-number'];
const leaveOut = ['--no-service', '--no-typeurl', '--no-delimited', '--no-verify'];

/** The types are made from the comments of a first run; the module itself is made without them, a third of the size. */
export function controlModule(): { readonly js: string; readonly dts: string } {
  const folder = mkdtempSync(join(tmpdir(), 'weft-generate-'));
  try {
    runPbjs(['-o', join(folder, 'typed.js'), '-d']);
    runPbjs(['-o', join(folder, 'control.js'), '--no-comments']);
    return {
      js: readFileSync(join(folder, 'control.js'), 'utf8'),
      dts: readFileSync(join(folder, 'typed.d.ts'), 'utf8'),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function runPbjs(extra: readonly string[]): void {
  const pbjs = join(root, 'node_modules/protobufjs-cli/bin/pbjs');
  execFileSync(process.execPath, [pbjs, ...options, ...leaveOut, ...extra, join(root, 'wire/control.proto')]);
}
