import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { ago, bytes, formatTable } from './output.ts';
import { Progress } from './progress.ts';

describe('a table', () => {
  it('aligns words to the left, numbers to the right, and leaves no blanks at the ends', () => {
    expect(
      formatTable(
        ['NAME', '#N', 'END'],
        [
          ['a', '10', 'x'],
          ['long', '5', ''],
        ],
      ),
    ).toEqual(['NAME   N  END', 'a     10  x', 'long   5']);
  });

  it('does not count colours', () => {
    const rows = [
      ['\u001b[31mred\u001b[39m', '1'],
      ['blue', '2'],
    ];
    expect(formatTable(['C', 'N'], rows)[1]).toBe('\u001b[31mred\u001b[39m   1');
  });
});

describe('words for numbers', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [200 * 1024, '200 KiB'],
    [8 * 1024 ** 3, '8.0 GiB'],
  ])('%d bytes', (count, expected) => expect(bytes(count)).toBe(expected));

  it.each([
    [undefined, '-'],
    [1_000_000, '0 s'],
    [940_000, '60 s'],
    [400_000, '10 min'],
  ])('%s', (then, expected) => expect(ago(then, 1_000_000)).toBe(expected));
});

describe('progress', () => {
  async function shown(isTTY: boolean, steps: readonly [ms: number, state: string][]): Promise<string> {
    const err = Object.assign(new PassThrough(), { isTTY });
    const written = text(err);
    let now = 0;
    const progress = new Progress({ out: new PassThrough(), err }, () => now);
    for (const [ms, state] of steps) {
      now = ms;
      progress.update('hosts', state);
    }
    progress[Symbol.dispose]();
    err.end();
    return written;
  }

  it('says nothing about work under a second when nobody watches', async () => {
    expect(
      await shown(false, [
        [0, '0 of 2'],
        [900, '1 of 2'],
      ]),
    ).toBe('');
  });

  it('says what takes over a second, once', async () => {
    expect(
      await shown(false, [
        [0, '0 of 2'],
        [1100, '1 of 2'],
        [1200, '1 of 2'],
        [1300, '2 of 2'],
      ]),
    ).toBe('hosts: 1 of 2\n');
  });

  it('writes over one line on a terminal and clears it', async () => {
    expect(
      await shown(true, [
        [0, 'a'],
        [10, 'b'],
      ]),
    ).toBe('\r\u001b[Khosts: a\r\u001b[Khosts: b\r\u001b[K');
  });
});
