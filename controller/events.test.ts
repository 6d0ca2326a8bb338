import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { controllerEvents, eventLimits, isKnownEvent } from '../wire/events.ts';
import { Events } from './events.ts';

const event = (number: number, code = 'host-connected') => ({ timeMs: number, host: `h${number}`, code, detail: '' });

function filled(count: number, most = 4): Events {
  const events = new Events(most);
  for (let number = 1; number <= count; number++) events.add(event(number));
  return events;
}
const hosts = (events: Events, after: number) => events.read(after).items.map(({ host }) => host);

describe('events', () => {
  it('are read behind a number, oldest first', () => {
    const events = filled(3);
    expect(hosts(events, 0)).toEqual(['h1', 'h2', 'h3']);
    expect(hosts(events, 2)).toEqual(['h3']);
    expect(events.read(3)).toEqual({ items: [], upTo: 3, missed: 0 });
    expect(new Events().read(0)).toEqual({ items: [], upTo: 0, missed: 0 });
  });

  it('are bounded, and who is behind the bound learns how many are gone', () => {
    for (const count of [4, 5, 7, 8, 9, 20]) {
      const events = filled(count);
      expect(hosts(events, 0)).toEqual([3, 2, 1, 0].map((back) => `h${count - back}`));
      expect(events.read(1)).toMatchObject({ upTo: count, missed: Math.max(0, count - 5) });
    }
  });

  it('are read in pages, of which each goes on where the last one ended', () => {
    const events = filled(eventLimits.perAnswer + 3, 4096);
    const first = events.read(0);
    expect(first.items).toHaveLength(eventLimits.perAnswer);
    expect(events.read(first.upTo).items.map(({ host }) => host)).toEqual(['h1001', 'h1002', 'h1003']);
  });

  it('that do not fit are passed over', () => {
    const events = filled(3);
    const read = events.read(0, ({ host }) => host === 'h2');
    expect(read).toMatchObject({ upTo: 3, missed: 0, items: [{ host: 'h2' }] });
  });

  it('wake those that wait, as many as may', async () => {
    const events = new Events();
    const never = new AbortController().signal;
    const waiting = Array.from({ length: eventLimits.followers }, () => events.next(never));
    expect(await events.next(never)).toBe(false);
    events.add(event(1));
    expect(await Promise.all(waiting)).toEqual(waiting.map(() => true));
  });

  it('with a code of another build are counted together', () => {
    const events = filled(2);
    events.add(event(3, 'made-up'));
    events.add(event(4, 'made-up-too'));
    expect(Object.fromEntries(events.counts)).toEqual({ 'host-connected': 2, unknown: 2 });
  });
});

describe('the codes that the controller reports', () => {
  const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/test|fake/.test(file))
    .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'));
  const called = sources.flatMap((text) => [...text.matchAll(/\breport(?:Refusal)?\(\s*(?:[\w.]+,\s*)?'([a-z-]+)'/g)]);
  const effects = sources.flatMap((text) => [...text.matchAll(/\bcode: '([a-z-]+)',\s*detail\b/g)]);
  const found = [...called, ...effects].map(([, code = '']) => code);

  it('are all in the table', () => {
    expect(found.length).toBeGreaterThan(12);
    expect(found.filter((code) => !isKnownEvent(code))).toEqual([]);
  });

  it('are the table, with those that are put together from a phase or a reason', () => {
    const composed = /^(session-|rollout-(finishing|aborting|aborted|done)$)/;
    const rest = controllerEvents.map(({ code }) => code).filter((code) => !composed.test(code));
    expect(rest.filter((code) => !found.includes(code))).toEqual([]);
  });
});
