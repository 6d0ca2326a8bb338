import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLogOutput, type WriteBytes } from './log-output.ts';

const full: WriteBytes = () => {
  throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
};

describe('a log’s output', () => {
  it('writes lines in order, to their last byte, however few the system takes at a time', () => {
    const folder = mkdtempSync(join(tmpdir(), 'weft-log-'));
    const file = join(folder, 'log');
    const descriptor = openSync(file, 'w');
    openLogOutput(descriptor).write('one\n');
    closeSync(descriptor);
    expect(readFileSync(file, 'utf8')).toBe('one\n');
    rmSync(folder, { recursive: true });

    let written = '';
    const few: WriteBytes = (_, bytes) => {
      written += bytes.subarray(0, 3).toString('latin1');
      return Math.min(3, bytes.length);
    };
    const output = openLogOutput(1, few);
    output.write('a long line\n');
    output.write('next\n');
    expect(written).toBe('a long line\nnext\n');
  });

  it('goes on without lines that cannot be written, and says how many once it can', () => {
    let written = '';
    let write = full;
    const output = openLogOutput(1, (descriptor, bytes) => write(descriptor, bytes));
    for (let i = 0; i < 5; i++) output.write(`${i}\n`);
    write = (_, bytes) => {
      written += bytes.toString();
      return bytes.length;
    };
    output.write('again\n');
    output.write('and again\n');
    const [told = '', ...rest] = written.split('\n');
    expect(JSON.parse(told)).toMatchObject({ level: 40, lost: 5, msg: 'lines of this log could not be written' });
    expect(rest).toEqual(['again', 'and again', '']);
  });
});
