import { expect, it } from 'vitest';
import { FakeClock } from '../fake-clock.ts';
import { finishWaiting } from './finish-waiting.ts';

class FakeDataPath {
  paused = false;
  left = 0;

  pause(): void {
    this.paused = true;
  }

  waiting(): number {
    return this.left;
  }
}

/** Moves time on until it has ended. */
async function ended(done: Promise<void>, clock: FakeClock, step: () => void = () => undefined): Promise<number> {
  const before = clock.steadyMs();
  let over = false;
  void done.then(() => (over = true));
  for (await Promise.resolve(); !over; await Promise.resolve()) {
    clock.advance(10);
    step();
  }
  return clock.steadyMs() - before;
}

it('ends at once when no packet waits for a mapping, and goes on reading', async () => {
  const path = new FakeDataPath();
  const clock = new FakeClock();
  await finishWaiting(path, clock);
  expect(path.paused).toBe(false);
});

it('reads nothing more, and ends when the last packet has gone', async () => {
  const path = new FakeDataPath();
  path.left = 3;
  const clock = new FakeClock();
  const ms = await ended(finishWaiting(path, clock), clock, () => path.left--);
  expect(path.paused).toBe(true);
  expect(path.left).toBeLessThanOrEqual(0);
  expect(ms).toBeLessThan(100);
});

it('does not wait for ever for an answer that does not come', async () => {
  const path = new FakeDataPath();
  path.left = 3;
  const clock = new FakeClock();
  expect(await ended(finishWaiting(path, clock), clock)).toBeLessThan(400);
});
