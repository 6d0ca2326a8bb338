import { describe, expect, test } from 'vitest';
import { layoutById, layoutByName, layoutOf, layouts } from './index.ts';
import { headerLength, type Layout, leastHeaderLength, overheadLength, placeFields, placeOptions } from './layout.ts';

const all: readonly Layout[] = layouts;

test('ids and names of formats are unique, and so are the version bytes of one carrier', () => {
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  expect(new Set(all.map(({ carrier, versionByte }) => `${carrier} ${versionByte}`)).size).toBe(all.length);
});

test('formats are found by id, by name, and by carrier and first byte', () => {
  for (const layout of all) {
    expect(layoutById(layout.id)).toBe(layout);
    expect(layoutByName(layout.name)).toBe(layout);
    expect(layoutOf(layout.carrier, layout.versionByte ?? 0xff)).toBe(layout);
  }
  expect(layoutOf('data', 0x08)).toBeUndefined();
  expect(layoutOf('data', undefined)).toBeUndefined();
});

test('a version byte is the version that its name says', () => {
  const versioned = all.filter(({ carrier }) => carrier === 'data');
  expect(versioned.map(({ versionByte = 0 }) => `gni ${versionByte >> 4}.${versionByte & 15}`)).toEqual(
    versioned.map(({ name }) => name),
  );
});

describe.each(all)('$name', (layout) => {
  test('has fields without gaps, whose values fit', () => {
    const fields = [...placeFields(layout), ...placeOptions(layout)];
    const ends = fields.map(({ bitOffset, bits }) => bitOffset + bits);
    expect(fields.map(({ bitOffset }) => bitOffset)).toEqual([0, ...ends.slice(0, -1)]);
    expect(fields.filter(({ bits, value = 0 }) => value >= 2 ** bits)).toEqual([]);
  });

  test('always has only features that it has', () => {
    expect(layout.always.filter((feature) => !layout.features.includes(feature))).toEqual([]);
  });
});

test('lengths are those of the drawings', () => {
  expect(
    all.map((layout) => [layout.name, leastHeaderLength(layout), headerLength(layout), overheadLength(layout)]),
  ).toEqual([
    ['gni 1.0', 12, 12, 12],
    ['gni 1.1', 16, 16, 16],
    ['gni 2.0', 8, 8, 8],
    ['gni 3.0', 20, 20, 36],
    ['vxlan', 8, 8, 22],
    ['geneve', 8, 16, 30],
    ['gni6', 40, 40, 40],
  ]);
});
