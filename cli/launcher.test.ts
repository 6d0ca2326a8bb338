import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { version } from '../wire/version.ts';
import { daemonFlags } from './daemon.ts';

const launcher = join(import.meta.dirname, '..', 'bin', 'weft');
const folder = mkdtempSync(join(tmpdir(), 'weft-launcher-'));

afterAll(() => rmSync(folder, { recursive: true }));

function launch(path: string) {
  const { status, stdout, stderr } = spawnSync(path, ['--version'], { cwd: '/', encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('bin/weft', () => {
  it('runs from any folder, through links to links, relative ones too', () => {
    symlinkSync(launcher, join(folder, 'first'));
    symlinkSync('first', join(folder, 'second'));
    expect(launch(join(folder, 'second'))).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('starts services with the flags that keep them small, as the command line does', () => {
    const text = readFileSync(launcher, 'utf8');
    for (const flag of daemonFlags) expect(text).toContain(flag);
  });

  it('says what to do when the tree was never set up', () => {
    mkdirSync(join(folder, 'bare', 'bin'), { recursive: true });
    const copy = join(folder, 'bare', 'bin', 'weft');
    copyFileSync(launcher, copy);
    const { status, stdout, stderr } = launch(copy);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(`run \`make setup\` in ${join(folder, 'bare')}`);
  });
});
