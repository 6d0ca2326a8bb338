/**
 * A guest that sends as fast as it can to a host whose engine does not run now and then (drawn in pair.ts): with flow
 * control nothing is lost between the guests' ports, without it the receiving socket overflows.
 */
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineCounters } from './index.ts';
import { left, putUp, type RunningEngine, right, runIn, takeDown, withEngines } from './pair.ts';

const isRoot = process.getuid?.() === 0;
const stops = 4;
const stoppedMs = 300;
const runningMs = 150;

/** Sends in bursts until its standard input ends; the payload is as long as fits into one packet. */
const senderScript = `
  import { createSocket } from 'node:dgram';
  const socket = createSocket('udp4');
  const payload = Buffer.alloc(1372, 7);
  const burst = () => {
    for (let number = 0; number < 64; number++) socket.send(payload, 5001, '${right.overlay}');
    setImmediate(burst);
  };
  process.stdin.on('end', () => process.exit()).resume();
  socket.bind(0, '${left.overlay}', () => { console.log('sending'); burst(); });`;

interface Outcome {
  readonly sender: EngineCounters;
  readonly receiver: EngineCounters;
}

const sent = ({ sender }: Outcome): number => sender.ports[0]?.out.packets ?? 0;
const arrived = ({ receiver }: Outcome): number => receiver.ports[0]?.in.packets ?? 0;

/** Counters of the receiver stand still when everything that is on its way has come. */
async function settled(engine: RunningEngine): Promise<EngineCounters> {
  let before = await engine.counters();
  for (;;) {
    await wait(100);
    const now = await engine.counters();
    if (now.ports[0]?.in.packets === before.ports[0]?.in.packets) return now;
    before = now;
  }
}

async function flood(flowControl: boolean): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  await withEngines({ as: { format: 'gni 3.0', flowControl } }, async ([sending, receiving]) => {
    const guest = runIn(left.guest, senderScript);
    if (guest.stdout !== null) await once(guest.stdout, 'data');
    for (let number = 0; number < stops; number++) {
      await wait(runningMs);
      receiving.signal('SIGSTOP');
      await wait(stoppedMs);
      receiving.signal('SIGCONT');
    }
    await wait(runningMs);
    guest.stdin?.end();
    await once(guest, 'exit');
    const sender = await settled(sending);
    outcomes.push({ sender, receiver: await settled(receiving) });
  });
  const [outcome] = outcomes;
  if (outcome === undefined) throw new Error('nothing was measured');
  return outcome;
}

describe.runIf(isRoot)('flow control', () => {
  beforeAll(putUp);
  afterAll(takeDown);

  it('keeps a fast guest from overflowing a receiver that stops now and then, and loses nothing', async () => {
    const without = await flood(false);
    const controlled = await flood(true);
    expect(without.receiver.receiveOverflows).toBeGreaterThan(0);
    expect(arrived(without)).toBeLessThan(sent(without));
    expect(controlled.receiver.receiveOverflows).toBe(0);
    expect(sent(controlled)).toBeGreaterThan(10_000);
    expect(arrived(controlled)).toBe(sent(controlled));
    expect(controlled.sender.peers[0]?.stalls).toBeGreaterThanOrEqual(stops);
    expect(controlled.sender.peers[0]?.unansweredStalls).toBe(0);
  }, 30_000);
});
