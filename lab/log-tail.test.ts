import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { logTail, readable } from './log-tail.ts';

describe('a log line', () => {
  const table: readonly [line: string, expected: string][] = [
    ['{"level":30,"time":1,"pid":2,"hostname":"h","host":"left","msg":"connected"}', 'info connected host=left'],
    ['{"level":50,"msg":"failed","err":{"type":"Error","message":"no tun"}}', 'error failed err=no tun'],
    ['{"level":30,"msg":"ports","ports":[1,2]}', 'info ports ports=[1,2]'],
    ['node: not found', 'node: not found'],
    ['{broken', '{broken'],
  ];
  it.each(table)('%s', (line, expected) => {
    expect(readable(line)).toBe(expected);
  });
});

describe('the end of a log', () => {
  it('has the last lines that say something, oldest first', () => {
    const directory = mkdtempSync(join(tmpdir(), 'weft-log-'));
    const path = join(directory, 'a.log');
    writeFileSync(path, 'one\ntwo\n    at main (x.ts:1:1)\n\nthree\nNode.js v24.0.0\n');
    expect(logTail(path, 2)).toEqual(['two', 'three']);
    rmSync(directory, { recursive: true });
  });

  it('is empty when there is no log', () => {
    expect(logTail('/nonexistent/a.log', 2)).toEqual([]);
  });
});
