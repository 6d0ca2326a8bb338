import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedStore } from '../store/embedded.ts';
import type { Store } from '../store/store.ts';
import { type AuditQuery, Trail, trailLimits } from './trail.ts';

let directory: string;
let store: Store;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'weft-trail-'));
  store = await openEmbeddedStore({ file: join(directory, 'store.sqlite') });
});
afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true });
});

const entry = (n: number, more: object = {}) => ({
  timeMs: 1000 + n,
  who: 'token ann',
  role: 'operator' as const,
  from: '192.0.2.1',
  what: 'POST /v1/guests',
  resource: `guest g${n}`,
  outcome: 'done' as 'done' | 'refused',
  ...more,
});
const all: AuditQuery = { after: 0, limit: 500, sinceMs: undefined, who: undefined, resource: undefined };

async function write(trail: Trail, ...entries: ReturnType<typeof entry>[]): Promise<void> {
  for (const each of entries) {
    const planned = trail.plan([each], 100);
    await store.transact({ compare: [], operations: planned.operations });
    planned.written();
  }
}

async function numbers(trail: Trail, query: Partial<AuditQuery> = {}): Promise<number[]> {
  return (await trail.read({ ...all, ...query })).items.map(({ number }) => number);
}

describe('the audit log', () => {
  it('gives numbers without a gap, also after a restart', async () => {
    const trail = await Trail.open(store);
    await write(trail, entry(1), entry(2));
    const again = await Trail.open(store);
    await write(again, entry(3));
    expect((await again.read(all)).items).toEqual([1, 2, 3].map((n) => ({ number: n, ...entry(n) })));
  });

  it('does not count what was planned and not written', async () => {
    const trail = await Trail.open(store);
    trail.plan([entry(1)], 100);
    await write(trail, entry(2));
    expect(await numbers(trail)).toEqual([1]);
  });

  it('drops the oldest when there are too many', async () => {
    const limits = { ...trailLimits, entries: 3 };
    const trail = await Trail.open(store, limits);
    await write(trail, ...[1, 2, 3, 4, 5].map((n) => entry(n)));
    expect(await numbers(trail)).toEqual([3, 4, 5]);
    const again = await Trail.open(store, limits);
    await write(again, entry(6));
    expect(await numbers(again)).toEqual([4, 5, 6]);
  });

  it('drops as many small ones as a large one needs', async () => {
    const trail = await Trail.open(store, { ...trailLimits, bytes: 5000 });
    await write(trail, ...Array.from({ length: 20 }, (_, i) => entry(i)));
    await write(trail, entry(99, { after: 'x'.repeat(4000) }));
    const { items } = await trail.read(all);
    expect(items.at(-1)?.resource).toBe('guest g99');
    expect(JSON.stringify(items).length).toBeLessThan(5400);
    expect((await store.range('audit/')).entries).toHaveLength(items.length);
  });

  it('with no room for what it must drop is too long, until it has', async () => {
    const trail = await Trail.open(store, { ...trailLimits, entries: 3 });
    await write(trail, entry(1), entry(2), entry(3));
    const planned = trail.plan([entry(4), entry(5)], 2);
    expect(planned.operations).toHaveLength(2);
    await store.transact({ compare: [], operations: planned.operations });
    planned.written();
    expect(trail.isTooLong).toBe(true);
    const rest = trail.plan([], 100);
    await store.transact({ compare: [], operations: rest.operations });
    rest.written();
    expect(trail.isTooLong).toBe(false);
    expect(await numbers(trail)).toEqual([3, 4, 5]);
  });

  it('keeps what was done when there is a flood of refusals', async () => {
    const trail = await Trail.open(store, { entries: 100, bytes: 1 << 20, refusals: 2 });
    await write(trail, entry(1), ...Array.from({ length: 30 }, (_, i) => entry(2 + i, { outcome: 'refused' })));
    expect(await numbers(trail)).toEqual([1, 30, 31]);
  });

  it('tells so many refusals of each person, and again after a while', async () => {
    const trail = await Trail.open(store);
    const told = Array.from({ length: 50 }, () => trail.tellsRefusal('token eve', 0)).filter(Boolean);
    expect(told).toHaveLength(20);
    expect(trail.tellsRefusal('token ann', 0)).toBe(true);
    expect(trail.tellsRefusal('token eve', 5000)).toBe(true);
  });

  it('says of what is too long how long it is and what its hash is', async () => {
    const trail = await Trail.open(store);
    await write(trail, entry(1, { before: 'short', after: 'x'.repeat(20_000) }));
    const { items } = await trail.read(all);
    expect(items[0]?.before).toBe('short');
    expect(items[0]?.after).toEqual({
      tooLong: { characters: 20_002, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });
});

describe('a page of the audit log', () => {
  it('begins with the newest ones when nothing is said', async () => {
    const trail = await Trail.open(store);
    await write(trail, ...[1, 2, 3, 4, 5].map((n) => entry(n, n % 2 === 0 ? { outcome: 'refused' } : {})));
    const page = await trail.read({ ...all, after: undefined, limit: 2 });
    expect(page.items.map(({ number }) => number)).toEqual([4, 5]);
    expect(page).toMatchObject({ next: 5, more: false });
  });

  it('leads to the next one, and to what is not there yet', async () => {
    const trail = await Trail.open(store);
    await write(trail, entry(1), entry(2), entry(3));
    const first = await trail.read({ ...all, limit: 2 });
    expect(first).toMatchObject({ next: 2, more: true });
    const second = await trail.read({ ...all, limit: 2, after: first.next });
    expect(second).toMatchObject({ next: 3, more: false });
    expect(await trail.read({ ...all, after: second.next })).toEqual({ items: [], next: 3, more: false });
    await write(trail, entry(4));
    expect(await numbers(trail, { after: second.next })).toEqual([4]);
  });

  it.each([
    [{ who: 'ann' }, [1, 3]],
    [{ who: 'token ann' }, [1, 3]],
    [{ who: 'local' }, [2]],
    [{ resource: 'guest' }, [1, 2]],
    [{ resource: 'guest g1' }, [1]],
    [{ resource: 'g1' }, [1]],
    [{ resource: 'vpc' }, [3]],
    [{ resource: 'g' }, []],
    [{ sinceMs: 1002 }, [2, 3]],
    [{ who: 'ann', sinceMs: 1002 }, [3]],
  ])('with the filter %j holds %j', async (filter, expected) => {
    const trail = await Trail.open(store);
    await write(trail, entry(1), entry(2, { who: 'local' }), entry(3, { resource: 'vpc red' }));
    expect(await numbers(trail, filter)).toEqual(expected);
    expect(await numbers(trail, { ...filter, after: undefined })).toEqual(expected);
  });

  it('ends after so many looked at, although none fits, and says where to go on', async () => {
    const trail = await Trail.open(store);
    for (let from = 0; from < 1200; from += 40) {
      await write(trail, ...Array.from({ length: 40 }, (_, i) => entry(from + i)));
    }
    const page = await trail.read({ ...all, resource: 'guest g1199' });
    expect(page).toEqual({ items: [], next: 1000, more: true });
    expect(await numbers(trail, { resource: 'guest g1199', after: page.next })).toEqual([1200]);
  });
});
