import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PartCounters } from '../../native/index.ts';
import { FakeClock } from '../fake-clock.ts';
import { KeptCounts } from './kept-counts.ts';

const part = (packets: number, drops = 0): PartCounters => ({
  out: { packets, bytes: packets * 100 },
  in: { packets: 2 * packets, bytes: packets * 300 },
  drops,
});
const all = () => true;

describe('counters over restarts', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'wagt-counts-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  async function open(): Promise<KeptCounts> {
    return (await KeptCounts.open(directory, new FakeClock())).counts;
  }

  it('go on where the last process ended', async () => {
    const first = await open();
    expect(first.total('guests', 'web', { part: part(7, 1) })).toEqual(part(7, 1));
    first.total('peers', 'b', { part: part(3) });
    await first.close();
    const second = await open();
    expect(second.total('guests', 'web', { part: part(0) })).toEqual(part(7, 1));
    expect(second.total('guests', 'web', { part: part(5) })).toEqual(part(12, 1));
    expect(second.total('peers', 'b', { part: part(1) })).toEqual(part(4));
    expect(second.total('peers', 'web', { part: part(1) })).toEqual(part(1));
  });

  it.each([
    ['carried on, are not counted again', part(9), part(2 + 9)],
    ['lost, are not lost to the total', part(0), part(2 + 5)],
  ])('that the fast path’s maps have %s', async (_, found, whole) => {
    const first = await open();
    first.total('guests', 'web', { part: part(2 + 5), fast: part(5) });
    await first.close();
    const second = await open();
    // Before it takes over, the new process's maps are empty.
    expect(second.total('guests', 'web', { part: part(0), fast: part(0) })).toEqual(part(7));
    second.total('guests', 'web', { part: found, fast: found });
    second.settle();
    expect(second.total('guests', 'web', { part: found, fast: found })).toEqual(whole);
    // And once more: what was settled is in the file as such.
    await second.close();
    const third = await open();
    third.total('guests', 'web', { part: found, fast: found });
    third.settle();
    expect(third.total('guests', 'web', { part: found, fast: found })).toEqual(whole);
  });

  it('of a process that died before it took over are settled by the next', async () => {
    const first = await open();
    first.total('guests', 'web', { part: part(7), fast: part(5) });
    await first.close();
    const second = await open();
    second.total('guests', 'web', { part: part(0), fast: part(0) });
    await second.close();
    const third = await open();
    third.total('guests', 'web', { part: part(5), fast: part(5) });
    third.settle();
    expect(third.total('guests', 'web', { part: part(5), fast: part(5) })).toEqual(part(7));
  });

  it('are exact, whatever becomes of slots, maps and processes', async () => {
    const step = fc.record({
      what: fc.constantFrom('count', 'fast', 'reopen', 'clear', 'save', 'stop', 'kill', 'lose maps'),
      by: fc.nat(50),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        rmSync(join(directory, 'counters.json'), { force: true });
        let counts = await open();
        const now = { engine: 0, fast: 0, owner: 1 };
        let truth = 0;
        const read = () => {
          const live = { part: part(now.engine + now.fast), fast: part(now.fast), owner: now.owner };
          return counts.total('guests', 'web', live).out.packets;
        };
        const save = async () => {
          read();
          await counts.close();
        };
        await save();
        for (const { what, by } of steps) {
          if (what === 'count') now.engine += by;
          if (what === 'fast') now.fast += by;
          if (what === 'count' || what === 'fast') truth += by;
          // What is about to be lost is read, as the data plane does, and the file follows.
          if (what !== 'count' && what !== 'fast' && what !== 'kill') await save();
          if (what === 'reopen') Object.assign(now, { engine: 0, owner: now.owner + 1 });
          if (what === 'clear') now.fast = 0;
          if (what === 'reopen' || what === 'clear') await save();
          if (what === 'stop' || what === 'kill' || what === 'lose maps') {
            counts = await open();
            counts.recover({ ports: [{ owner: now.owner, ...part(now.engine) }], peers: [] });
            Object.assign(now, { engine: 0, owner: now.owner + 1 });
            if (what === 'lose maps') now.fast = 0;
            read();
            counts.settle();
            // As an agent does as soon as its guests have their ports.
            await save();
          }
          expect(read()).toBe(truth);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('of a process that is killed again before it has saved anything are there for the third', async () => {
    const first = await open();
    first.total('guests', 'web', { part: part(5), owner: 1 });
    await first.close();
    const second = await open();
    second.recover({ ports: [{ owner: 1, ...part(8) }], peers: [] });
    const third = await open();
    third.recover({ ports: [{ owner: 2, ...part(1) }], peers: [] });
    expect(third.total('guests', 'web', { part: part(0), owner: 3 })).toEqual(part(8));
  });

  it('under a number that the file does not know are nobody’s', async () => {
    const first = await open();
    first.total('guests', 'web', { part: part(5), owner: 1 });
    await first.close();
    const second = await open();
    second.recover({ ports: [{ owner: 9, ...part(100) }], peers: [{ owner: 1, ...part(100) }] });
    expect(second.total('guests', 'web', { part: part(0), owner: 10 })).toEqual(part(5));
  });

  it('of a slot that was given back go on in the next one', async () => {
    const counts = await open();
    counts.total('peers', 'b', { part: part(9), fast: part(4) });
    counts.givenBack('peers', 'b');
    expect(counts.total('peers', 'b', { part: part(20), fast: part(10) })).toEqual(part(29));
  });

  it('of a slot that was given back are not counted again when the process is killed', async () => {
    const first = await open();
    first.total('peers', 'b', { part: part(5), owner: 7 });
    first.givenBack('peers', 'b');
    await first.close();
    const second = await open();
    // The executors' own file still has what the slot counted.
    second.recover({ ports: [], peers: [{ ...part(5), owner: 7 }] });
    expect(second.total('peers', 'b', { part: part(0) })).toEqual(part(5));
  });

  it('of guests that are gone are forgotten, those of peers only when there are many', async () => {
    const counts = await open();
    counts.total('guests', 'web', { part: part(1) });
    for (let i = 0; i < 4098; i++) counts.total('peers', `p${i}`, { part: part(1) });
    counts.save((kind, name) => kind === 'peers' && name === 'p0');
    expect(counts.has('guests', 'web')).toBe(false);
    expect(['p0', 'p1', 'p2'].map((peer) => counts.has('peers', peer))).toEqual([true, false, true]);
    counts.forget('peers', 'p2');
    expect(counts.total('peers', 'p2', { part: part(1) })).toEqual(part(1));
    await counts.close();
  });

  it('begin anew behind a damaged file, and it is said', async () => {
    writeFileSync(join(directory, 'counters.json'), '{"weft":"agent state"');
    const { counts, problem } = await KeptCounts.open(directory, new FakeClock());
    expect(problem).toMatch(/^counters of guests and peers begin anew: .*counters\.json is damaged/);
    expect(counts.total('guests', 'web', { part: part(1) })).toEqual(part(1));
  });

  it('are told once when they cannot be written, and kept in memory', async () => {
    const counts = await open();
    const told: string[] = [];
    counts.whenFailing((error) => told.push(error.message));
    counts.total('guests', 'web', { part: part(1) });
    rmSync(directory, { recursive: true });
    writeFileSync(directory, 'no directory');
    await counts.close();
    await counts.close();
    expect(told).toHaveLength(1);
    expect(counts.total('guests', 'web', { part: part(2) })).toEqual(part(2));
    counts.save(all);
  });
});
