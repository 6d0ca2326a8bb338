import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../fake-clock.ts';
import { sentenceOf } from './sentence.ts';
import { beWatched } from './watched.ts';

let clock: FakeClock;
let ages: number[];
let heard: string[];
let stuck: string[];

function watch(watchdogMs: number | undefined): () => void {
  return beWatched({
    clock,
    manager: { watchdogMs, alive: () => heard.push('alive'), status: (text) => heard.push(text) },
    workerAgesMs: () => ages,
    sentence: () => 'fine',
    stuck: (message) => stuck.push(message),
  });
}

beforeEach(() => {
  clock = new FakeClock();
  ages = [0, 0];
  heard = [];
  stuck = [];
});

describe('a watchdog', () => {
  it('is fed several times in its interval while every worker has its turns', () => {
    watch(20_000);
    clock.advance(20_000);
    expect(heard.filter((each) => each === 'alive')).toHaveLength(4);
  });

  it('is not fed while one worker has had no turn since it was asked, which is told once', () => {
    watch(20_000);
    ages = [0, 5000];
    clock.advance(15_000);
    expect(heard).not.toContain('alive');
    expect(stuck).toEqual(['worker 1 has had no turn for 5000 ms']);
    ages = [0, 0];
    clock.advance(5000);
    expect(heard).toContain('alive');
  });

  it('is fed when a worker was asked only a moment ago', () => {
    watch(20_000);
    ages = [3, 0];
    clock.advance(5000);
    expect(heard).toContain('alive');
  });

  it('is not fed any more by an agent that stops', () => {
    watch(20_000)();
    clock.advance(60_000);
    expect(heard).toEqual([]);
  });

  it('that is not there leaves the status to be told', () => {
    watch(undefined);
    clock.advance(5000);
    expect(heard).toContain('fine');
  });
});

describe('the sentence', () => {
  const facts = { guests: [], controller: 'ws://c:6740', connected: true, lastError: undefined };
  it.each([
    [{ ...facts, guests: [{ phase: 'running' }] }, '1 guest up, connected to ws://c:6740'],
    [
      { ...facts, guests: [{ phase: 'running' }, { phase: 'failed' }, { phase: 'preparing' }] },
      '1 guest up, 1 being set up, 1 failed (weft status), connected to ws://c:6740',
    ],
    [{ ...facts, connected: false }, '0 guests up, no controller: ws://c:6740 is being asked'],
    [{ ...facts, connected: false, lastError: 'refused' }, '0 guests up, no controller: refused'],
  ] as const)('says what matters: %#', (given, sentence) => {
    expect(sentenceOf(given)).toBe(sentence);
  });
});
