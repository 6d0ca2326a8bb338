import { expect, test } from 'vitest';
import { readGeneveOptions } from './geneve-options.ts';

const ours = [0xff, 0x57, 0x01, 0x01, 0, 0, 0, 9];
const other = [0x01, 0x02, 0x05, 0x02, 1, 2, 3, 4, 5, 6, 7, 8];

test.each<readonly [string, readonly number[], ReturnType<typeof readGeneveOptions>]>([
  ['none', [], { sourceGni: undefined }],
  ['ours', ours, { sourceGni: 9 }],
  ['ours behind another', [...other, ...ours], { sourceGni: 9 }],
  ['ours with all 32 bits', [...ours.slice(0, 4), 0xff, 0xff, 0xff, 0xff], { sourceGni: 0xffff_ffff }],
  ['ours twice', [...ours, ...ours.with(7, 8)], { sourceGni: 9 }],
  ['ours, but empty', [0xff, 0x57, 0x01, 0x00], { sourceGni: undefined }],
  ['a critical one', other.with(2, 0x85), 'bad-header'],
  ['a critical one that is too long', other.with(2, 0x85).with(3, 3), 'short'],
  ['one cut in its header', ours.slice(0, 3), 'short'],
  ['one cut in its data', [...other, ...ours.slice(0, 7)], 'short'],
])('%s', (_name, options, expected) => {
  expect(readGeneveOptions(Uint8Array.from(options))).toEqual(expected);
});
