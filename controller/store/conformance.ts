/**
 * What every store must do, as tests: run by each implementation against its own kind of store.
 *
 * `open` opens the same store again after `close`, so that durability is part of it.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Batch, type Store, storeLimits } from './store.ts';

export interface StoreFixture {
  readonly open: () => Promise<Store>;
  /** Lets the time of leases pass. */
  readonly pass: (ms: number) => Promise<void>;
  readonly remove: () => Promise<void>;
}

export function describeStore(name: string, make: () => Promise<StoreFixture>): void {
  describe(name, () => {
    let fixture: StoreFixture;
    let store: Store;
    beforeEach(async () => {
      fixture = await make();
      store = await fixture.open();
    });
    afterEach(async () => {
      await store.close();
      await fixture.remove();
    });

    const put = (key: string, value: string) =>
      store.transact({ compare: [], operations: [{ kind: 'put', key, value }] });
    const remove = (key: string) => store.transact({ compare: [], operations: [{ kind: 'delete', key }] });

    it('gives back what was put, with the revisions that created and last changed it', async () => {
      const first = await put('a', '1');
      const second = await put('a', '2');
      expect(second.revision).toBe(first.revision + 1);
      expect(await store.get('a')).toEqual({
        key: 'a',
        value: '2',
        createRevision: first.revision,
        modRevision: second.revision,
      });
      expect(await store.get('b')).toBeUndefined();
    });

    it('creates anew what was deleted', async () => {
      await put('a', '1');
      await remove('a');
      expect(await store.get('a')).toBeUndefined();
      const { revision } = await put('a', '2');
      expect(await store.get('a')).toMatchObject({ createRevision: revision, modRevision: revision });
    });

    it('does not raise the revision when nothing changes', async () => {
      const { revision } = await put('a', '1');
      expect(await remove('absent')).toEqual({ committed: true, revision });
      expect(await store.transact({ compare: [], operations: [] })).toEqual({ committed: true, revision });
    });

    it('changes several keys at one revision', async () => {
      const { revision } = await store.transact({
        compare: [],
        operations: [
          { kind: 'put', key: 'a', value: '1' },
          { kind: 'put', key: 'b', value: '2' },
        ],
      });
      const { entries } = await store.range('');
      expect(entries.map(({ key, modRevision }) => [key, modRevision])).toEqual([
        ['a', revision],
        ['b', revision],
      ]);
    });

    it('does all of a transaction or nothing', async () => {
      await put('a', '1');
      const outcome = await store.transact({
        compare: [{ key: 'a', value: 'other' }],
        operations: [
          { kind: 'put', key: 'a', value: '2' },
          { kind: 'put', key: 'b', value: '2' },
        ],
      });
      expect(outcome.committed).toBe(false);
      expect((await store.range('')).entries.map(({ key, value }) => [key, value])).toEqual([['a', '1']]);
    });

    it('compares values, revisions and absence', async () => {
      const { revision } = await put('a', '1');
      await put('a', '2');
      const holds = async (compare: Parameters<Store['transact']>[0]['compare'][number]) =>
        (await store.transact({ compare: [compare], operations: [] })).committed;
      expect(await holds({ key: 'a', value: '2' })).toBe(true);
      expect(await holds({ key: 'a', value: '1' })).toBe(false);
      expect(await holds({ key: 'b', value: '' })).toBe(false);
      expect(await holds({ key: 'a', modRevision: revision + 1 })).toBe(true);
      expect(await holds({ key: 'a', modRevision: revision })).toBe(false);
      expect(await holds({ key: 'a', modRevision: 0 })).toBe(false);
      expect(await holds({ key: 'b', modRevision: 0 })).toBe(true);
      expect(await holds({ key: 'a', createRevision: revision })).toBe(true);
      expect(await holds({ key: 'b', createRevision: 0 })).toBe(true);
    });

    it('lets one of two win that compare the same', async () => {
      const claim = (value: string) =>
        store.transact({ compare: [{ key: 'a', modRevision: 0 }], operations: [{ kind: 'put', key: 'a', value }] });
      const outcomes = await Promise.all([claim('x'), claim('y')]);
      expect(outcomes.map(({ committed }) => committed).sort()).toEqual([false, true]);
    });

    it('refuses what no implementation would take', async () => {
      const twice = [
        { kind: 'put', key: 'a', value: '1' },
        { kind: 'delete', key: 'a' },
      ] as const;
      await expect(store.transact({ compare: [], operations: twice })).rejects.toThrow(/two operations/);
      await expect(put('with space', '1')).rejects.toThrow(/not a key/);
      await expect(put('a', 'x'.repeat(storeLimits.valueBytes + 1))).rejects.toThrow(/over/);
    });

    it('keeps any text as it is', async () => {
      const text = `{"a":"ü ✓ 🧵","b":"\\u0000 \n"}`;
      await put('a', text);
      expect((await store.get('a'))?.value).toBe(text);
    });

    it('ranges over a prefix in the order of keys, page by page', async () => {
      for (const key of ['b/2', 'a/1', 'b/10', 'b/1', 'b', 'c/1', 'b0']) await put(key, key);
      const first = await store.range('b/', { limit: 2 });
      expect([first.entries.map(({ key }) => key), first.more]).toEqual([['b/1', 'b/10'], true]);
      const rest = await store.range('b/', { after: 'b/10', limit: 2 });
      expect([rest.entries.map(({ key }) => key), rest.more]).toEqual([['b/2'], false]);
      expect((await store.range('')).entries).toHaveLength(7);
      expect((await store.range('x')).entries).toEqual([]);
    });

    it('keeps everything across a restart, and goes on counting', async () => {
      const { revision } = await put('a', '1');
      await store.close();
      store = await fixture.open();
      expect(await store.get('a')).toMatchObject({ value: '1', modRevision: revision });
      expect((await put('b', '1')).revision).toBe(revision + 1);
    });

    it('is of no use after close, and says so', async () => {
      await store.close();
      await expect(store.get('a')).rejects.toMatchObject({ code: 'closed' });
      store = await fixture.open();
    });

    describe('watch', () => {
      it('tells past and future changes under the prefix, one batch per transaction, in order', async () => {
        const start = (await put('w/a', '1')).revision;
        await put('other', '1');
        await put('w/a', '2');
        const stop = new AbortController();
        const seen = collect(store.watch('w/', start, stop.signal), 3, stop);
        await store.transact({
          compare: [],
          operations: [
            { kind: 'put', key: 'w/b', value: '3' },
            { kind: 'put', key: 'other', value: '3' },
            { kind: 'delete', key: 'w/a' },
          ],
        });
        await put('w/c', '4');
        expect((await seen).map(({ revision, changes }) => [revision - start, changes.map(summary)])).toEqual([
          [2, ['w/a=2']],
          [3, ['w/b=3', 'w/a gone']],
          [4, ['w/c=4']],
        ]);
      });

      it('resumes after the revision it had seen, also after a restart', async () => {
        const { revision } = await put('a', '1');
        await put('a', '2');
        await store.close();
        store = await fixture.open();
        await put('a', '3');
        const stop = new AbortController();
        const batches = await collect(store.watch('', revision, stop.signal), 2, stop);
        expect(batches.map(({ changes }) => changes.map(summary))).toEqual([['a=2'], ['a=3']]);
        expect(batches[0]?.changes[0]).toMatchObject({
          entry: { createRevision: revision, modRevision: revision + 1 },
        });
      });

      it('ends when it is told to, and when the store closes', async () => {
        const stop = new AbortController();
        const ended = collect(store.watch('', 0, stop.signal), 1, stop);
        stop.abort();
        expect(await ended).toEqual([]);
        const open = collect(store.watch('', 0, new AbortController().signal), 1);
        await store.close();
        expect(await open).toEqual([]);
        store = await fixture.open();
      });

      it('serves many watchers that are at different places', async () => {
        const stop = new AbortController();
        const late = collect(store.watch('k/', 0, stop.signal), 250);
        for (let i = 0; i < 250; i++) await put(`k/${i}`, String(i));
        const later = collect(store.watch('k/', 0, stop.signal), 250);
        const [a, b] = await Promise.all([late, later]);
        stop.abort();
        expect(a).toEqual(b);
        expect(a).toHaveLength(250);
      });
    });

    describe('lease', () => {
      const leased = (key: string, lease: string) =>
        store.transact({ compare: [], operations: [{ kind: 'put', key, value: '1', lease }] });

      it('takes its keys away when it runs out, which watches see', async () => {
        const lease = await store.grant(2000);
        const { revision } = await leased('l/a', lease.id);
        await leased('l/b', lease.id);
        const stop = new AbortController();
        const gone = collect(store.watch('l/', revision + 1, stop.signal), 1, stop);
        await fixture.pass(1000);
        expect(await store.get('l/a')).toBeDefined();
        await fixture.pass(1500);
        expect(await gone).toMatchObject([{ changes: [{ kind: 'delete' }, { kind: 'delete' }] }]);
        expect(await store.get('l/a')).toBeUndefined();
        expect(await lease.renew()).toBe(false);
      });

      it('lives on while it is renewed', async () => {
        const lease = await store.grant(2000);
        await leased('l/a', lease.id);
        for (let i = 0; i < 3; i++) {
          await fixture.pass(1500);
          expect(await lease.renew()).toBe(true);
        }
        expect(await store.get('l/a')).toBeDefined();
      });

      it('takes its keys away at once when it is revoked, but not those that were put again without it', async () => {
        const lease = await store.grant(60_000);
        await leased('l/a', lease.id);
        await leased('l/b', lease.id);
        await put('l/b', 'mine');
        await lease.revoke();
        expect((await store.range('l/')).entries.map(({ key }) => key)).toEqual(['l/b']);
        expect(await lease.renew()).toBe(false);
      });

      it('cannot be used after it has run out', async () => {
        const lease = await store.grant(1000);
        await fixture.pass(3000);
        await expect(leased('l/a', lease.id)).rejects.toMatchObject({ code: 'unavailable' });
        expect(await store.get('l/a')).toBeUndefined();
      });

      it('starts anew after a restart of the store, and ends if nobody renews it', async () => {
        const lease = await store.grant(2000);
        await leased('l/a', lease.id);
        await store.close();
        store = await fixture.open();
        expect(await store.get('l/a')).toBeDefined();
        await fixture.pass(3000);
        expect(await store.get('l/a')).toBeUndefined();
      });
    });
  });
}

/** The first `count` batches, fewer when the watch ends before. */
async function collect(batches: AsyncIterable<Batch>, count: number, stop?: AbortController): Promise<Batch[]> {
  const seen: Batch[] = [];
  for await (const batch of batches) {
    seen.push(batch);
    if (seen.length === count) break;
  }
  stop?.abort();
  return seen;
}

function summary(change: Batch['changes'][number]): string {
  return change.kind === 'put' ? `${change.entry.key}=${change.entry.value}` : `${change.key} gone`;
}
