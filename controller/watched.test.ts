import { expect, it } from 'vitest';
import { FakeClock } from './clock.ts';
import { beWatched, sentenceOf } from './watched.ts';

function watch(watchdogMs: number | undefined) {
  const clock = new FakeClock();
  const heard: string[] = [];
  const manager = { watchdogMs, alive: () => heard.push('alive'), status: (text: string) => heard.push(text) };
  return { clock, heard, end: beWatched({ clock, manager, sentence: () => 'fine' }) };
}

it('feeds the watchdog several times in its interval, and not any more when it stops', () => {
  const { clock, heard, end } = watch(20_000);
  clock.advance(20_000);
  expect(heard.filter((each) => each === 'alive')).toHaveLength(4);
  end();
  clock.advance(60_000);
  expect(heard.filter((each) => each === 'alive')).toHaveLength(4);
});

it('tells how it is also when nobody watches', () => {
  const { clock, heard } = watch(undefined);
  clock.advance(5000);
  expect(heard).toContain('fine');
});

it('says how many hosts there are', () => {
  expect(sentenceOf({ all: 1, connected: 0 })).toBe('0 of 1 host connected');
  expect(sentenceOf({ all: 3, connected: 2 })).toBe('2 of 3 hosts connected');
});
