/** What the units let their services do, as systemd itself judges it; without starting anything. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weft-units-'));
  cpSync(join(root, 'systemd'), folder, { recursive: true });
  for (const unit of readdirSync(folder)) {
    const path = join(folder, unit);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('@WEFT@', root));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each(['weft-agent.service', 'weft-agent.socket', 'weft-controller.service', 'weft-controller.socket'])(
  '%s has no mistake that systemd knows',
  (unit) => {
    const { stderr, status } = spawnSync('systemd-analyze', ['verify', '--man=no', join(folder, unit)], {
      encoding: 'utf8',
    });
    // Units of this machine that are pulled in may have mistakes of their own.
    expect(stderr.split('\n').filter((line) => line.includes('weft-'))).toEqual([]);
    expect(status).toBe(0);
  },
);

/** Tenths: the score from which on systemd-analyze refuses. */
test.each([
  ['weft-controller.service', 30],
  ['weft-agent.service', 50],
] as const)('%s is exposed to a score of %d tenths at most', (unit, most) => {
  const security = ['security', '--offline=true', '--no-pager', join(folder, unit)];
  const said = execFileSync('systemd-analyze', [...security, `--threshold=${most}`], { encoding: 'utf8' });
  const score = /Overall exposure level for [^:]+: ([\d.]+)/.exec(said)?.[1];
  console.log(`${unit}: ${score}`);
  expect(Number(score)).toBeLessThanOrEqual(most / 10);
  expect(spawnSync('systemd-analyze', [...security, '--threshold=1']).status).not.toBe(0);
});
