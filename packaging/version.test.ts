import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { packageVersion, type VersionFacts } from './version.ts';

const facts: VersionFacts = {
  release: '0.1.0',
  committedAt: Date.UTC(2026, 11, 1, 11, 2, 3) / 1000,
  commit: '539acc9f00',
  tagsHere: [],
  released: false,
  dirty: false,
};

test.each<[string, Partial<VersionFacts>, string]>([
  ['a commit before the release', {}, '0.1.0~git20261201.110203.539acc9'],
  ['the release', { tagsHere: ['other', 'v0.1.0'], released: true }, '0.1.0'],
  ['a commit behind the release', { released: true }, '0.1.0+git20261201.110203.539acc9'],
  ['changes in no commit', { dirty: true }, '0.1.0~git20261201.110203.539acc9.dirty'],
  [
    'the release with changes',
    { tagsHere: ['v0.1.0'], released: true, dirty: true },
    '0.1.0+git20261201.110203.539acc9.dirty',
  ],
  ['a release candidate', { release: '1.0.0-rc.1', tagsHere: ['v1.0.0-rc.1'] }, '1.0.0~rc.1'],
])('%s', (_, changed, expected) => {
  expect(packageVersion({ ...facts, ...changed })).toBe(expected);
});

test('versions sort as they follow one another, for dpkg', () => {
  const inOrder = [
    packageVersion({ ...facts, release: '0.1.0-rc.1', tagsHere: ['v0.1.0-rc.1'] }),
    packageVersion({ ...facts, release: '0.1.0', tagsHere: ['v0.1.0'] }),
    packageVersion({ ...facts, released: true }),
    packageVersion({ ...facts, release: '0.2.0' }),
    // Later on the same day, with a hash that sorts before.
    packageVersion({ ...facts, release: '0.2.0', committedAt: facts.committedAt + 60, commit: '0000000' }),
    packageVersion({ ...facts, release: '0.2.0', tagsHere: ['v0.2.0'] }),
  ];
  const wrong = inOrder.slice(1).filter((later, i) => {
    const earlier = inOrder[i] ?? '';
    return spawnSync('dpkg', ['--compare-versions', earlier, 'lt', later]).status !== 0;
  });
  expect(wrong).toEqual([]);
});
