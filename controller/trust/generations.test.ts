import { expect, it } from 'vitest';
import { nextGeneration, revoked, voidBecause } from './generations.ts';

const nowMs = Date.parse('2026-12-01T10:00:00Z');
const seconds = nowMs / 1000;
const certificate = (generation: number) => ({ host: 'a', generation, serial: '0', notBeforeMs: 0, notAfterMs: nowMs });

it.each([
  ['a host that nobody remembers', 5, undefined, undefined],
  ['the present generation', 5, { generation: 5, labels: {} }, undefined],
  ['one that another controller of the region made', 6, { generation: 5, labels: {} }, undefined],
  ['one before a later join', 4, { generation: 5, labels: {} }, /has joined anew/],
  ['a revoked one', 4, { generation: 5, labels: {}, revokedMs: nowMs }, /was revoked at 2026-12-01T10:00:00Z/],
  ['a revocation’s own number', 5, { generation: 5, labels: {}, revokedMs: nowMs }, /was revoked/],
  [
    'a join after a revocation that the store has forgotten',
    6,
    { generation: 5, labels: {}, revokedMs: nowMs },
    undefined,
  ],
])('the certificate of %s', (_, generation, trust, why) => {
  const said = voidBecause(certificate(generation), trust, nowMs);
  expect(why === undefined ? said === undefined : why.test(said ?? '')).toBe(true);
});

it('a store that was brought back from a backup makes newer generations than those it has forgotten', () => {
  const remembered = { generation: seconds - 1000, labels: {} };
  const forgotten = certificate(seconds - 10);
  expect(nextGeneration(remembered, nowMs)).toBeGreaterThan(forgotten.generation);
  expect(voidBecause(forgotten, revoked(remembered, nowMs), nowMs)).toMatch(/was revoked/);
});

it('a certificate that a clock a day ahead made is void when its host is revoked, and one of a week ahead is never valid', () => {
  const dayAhead = certificate(seconds + 86_400);
  expect(voidBecause(dayAhead, undefined, nowMs)).toBeUndefined();
  expect(voidBecause(dayAhead, revoked({ generation: 5, labels: {} }, nowMs), nowMs)).toMatch(/was revoked/);
  expect(voidBecause(certificate(seconds + 7 * 86_400), undefined, nowMs)).toMatch(/far ahead/);
});

it('a clock that was set back makes newer generations all the same', () => {
  const made = nextGeneration(undefined, nowMs);
  expect(nextGeneration({ generation: made, labels: {} }, nowMs - 86_400_000)).toBe(made + 1);
});
