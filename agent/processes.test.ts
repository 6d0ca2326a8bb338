import { describe, expect, it } from 'vitest';
import { identify, isAlive } from './processes.ts';

describe('processes', () => {
  it('are known by number and start time', () => {
    const own = identify(process.pid);
    expect(own).toMatchObject({ pid: process.pid });
    expect(own !== undefined && isAlive(own)).toBe(true);
    expect(own !== undefined && isAlive({ ...own, startTicks: own.startTicks + 1 })).toBe(false);
    expect(identify(4_194_304)).toBeUndefined();
  });
});
