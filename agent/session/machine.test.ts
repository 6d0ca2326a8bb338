import { describe, expect, it } from 'vitest';
import type { ControllerMessage } from '../../wire/control.ts';
import { closeCodes, limits } from '../../wire/limits.ts';
import { initialSession, type SessionEffect, type SessionEvent, type SessionState, step } from './machine.ts';

const settings = { controllers: ['ws://one', 'ws://two'], patienceMs: 5000 };
const welcome: ControllerMessage = {
  kind: 'welcome',
  controller: 'c',
  controllerVersion: '1',
  heartbeatMs: 1000,
  deadlineMs: 3500,
  store: 's1',
};
const reply: ControllerMessage = { kind: 'heartbeatReply', number: 1 };

/** Plays events at times; the trace is one line per event: its effects, then the state. */
class Trace {
  state: SessionState = initialSession(5, 's1');
  nowMs = 0;
  guests = 1;
  last: readonly SessionEffect[] = [];
  readonly lines: string[] = [];

  at(nowMs: number, event: SessionEvent): this {
    this.nowMs = nowMs;
    const [state, effects] = step(settings, this.state, event, { nowMs, random: 1, guests: this.guests });
    this.state = state;
    this.last = effects;
    this.lines.push(`${event.kind}: ${effects.map(word).join(', ') || '-'} → ${state.phase.name}`);
    return this;
  }

  /** Start to connected, at time 0. */
  connected(): this {
    return this.at(0, { kind: 'start' })
      .at(0, { kind: 'opened', link: 1 })
      .at(0, hear(1, 1, 5, welcome));
  }
}

function hear(link: number, sequence: number, epoch: number, body: ControllerMessage): SessionEvent {
  return { kind: 'heard', link, sequence, epoch, body };
}

function rings(timer: 'patience' | 'beat' | 'silence' | 'retry', lateMs = 0): SessionEvent {
  return { kind: 'timer', timer, lateMs };
}

function word(effect: SessionEffect): string {
  switch (effect.kind) {
    case 'open':
      return `open ${effect.url}`;
    case 'send':
      return `send ${effect.sequence} ${effect.message.kind === 'fill' ? effect.message.what : effect.message.kind}`;
    case 'close':
      return `close ${effect.reason}`;
    case 'arm':
      return `arm ${effect.timer} ${effect.ms}`;
    case 'disarm':
      return `disarm ${effect.timer}`;
    case 'obey':
      return `obey ${effect.epoch} of ${effect.store}`;
    case 'update':
      return `update ${effect.update.number}`;
    case 'up':
    case 'rotateKeys':
    case 'trace':
    case 'certificate':
    case 'down':
      return effect.kind;
  }
}

describe('the control session', () => {
  it('greets, beats, hears an update and reports, as this trace says', () => {
    const trace = new Trace()
      .connected()
      .at(1000, rings('beat'))
      .at(1001, hear(1, 2, 5, reply))
      .at(1500, hear(1, 3, 6, { kind: 'update', number: 1, set: [], removed: [] }))
      .at(1501, { kind: 'report', message: { kind: 'acknowledge', update: 1, refused: [] } })
      .at(2000, rings('beat'))
      .at(2001, hear(1, 4, 6, { kind: 'rotateKeys' }));
    expect(trace.lines).toEqual([
      'start: open ws://one, arm patience 5000 → dialing',
      'opened: send 1 hello, arm patience 5000 → greeting',
      'heard: disarm patience, arm beat 1000, arm silence 3500, up → connected',
      'timer: send 2 heartbeat, arm beat 1000 → connected',
      'heard: - → connected',
      'heard: obey 6 of s1, update 1 → connected',
      'report: send 3 acknowledge → connected',
      'timer: send 4 heartbeat, arm beat 1000 → connected',
      'heard: rotateKeys → connected',
    ]);
  });

  it('tries the controllers in turn, waiting longer after every round', () => {
    const lost = (link: number): SessionEvent => ({ kind: 'closed', link, code: undefined, text: 'refused' });
    const trace = new Trace()
      .at(0, { kind: 'start' })
      .at(0, lost(1))
      .at(200, rings('retry'))
      .at(200, lost(2))
      .at(400, rings('retry'))
      .at(400, lost(3));
    expect(trace.lines).toEqual([
      'start: open ws://one, arm patience 5000 → dialing',
      'closed: disarm patience, down, arm retry 200 → waiting',
      'timer: open ws://two, arm patience 5000 → dialing',
      'closed: disarm patience, down, arm retry 200 → waiting',
      'timer: open ws://one, arm patience 5000 → dialing',
      'closed: disarm patience, down, arm retry 400 → waiting',
    ]);
    expect(trace.state.lastError).toBe('refused');
  });

  it('closes a controller that is silent for the deadline, and not a moment earlier', () => {
    const trace = new Trace().connected().at(2000, hear(1, 2, 5, reply));
    expect(trace.at(3500, rings('silence')).lines.at(-1)).toBe('timer: arm silence 2000 → connected');
    expect(trace.at(5500, rings('silence')).lines.at(-1)).toBe(
      'timer: close silent, disarm beat, disarm silence, down, arm retry 200 → waiting',
    );
  });

  it('listens once more when it was itself that stood still', () => {
    const trace = new Trace().connected();
    expect(trace.at(9000, rings('silence', 5500)).lines.at(-1)).toBe('timer: arm silence 1000 → connected');
    expect(
      trace
        .at(9001, hear(1, 2, 5, reply))
        .at(10_000, rings('silence'))
        .lines.at(-1),
    ).toBe('timer: arm silence 2501 → connected');
  });

  it('closes when no answer comes to the connection or to hello', () => {
    const dialing = new Trace().at(0, { kind: 'start' }).at(5000, rings('patience'));
    expect(dialing.lines.at(-1)).toContain('close silent');
    const greeting = new Trace()
      .at(0, { kind: 'start' })
      .at(1, { kind: 'opened', link: 1 })
      .at(5001, rings('patience'));
    expect(greeting.lines.at(-1)).toContain('close silent');
  });

  it.each([
    ['a gap', 3, 5, reply, 'outOfOrder'],
    ['a repetition', 1, 5, reply, 'outOfOrder'],
    ['an epoch older than one obeyed', 2, 4, reply, 'oldEpoch'],
    ['a second welcome', 2, 5, welcome, 'malformed'],
  ] as const)('closes on %s', (_, sequence, epoch, body, reason) => {
    const trace = new Trace().connected().at(10, hear(1, sequence, epoch, body));
    expect(trace.last[0]).toMatchObject({ kind: 'close', reason });
    expect(trace.state.phase.name).toBe('waiting');
  });

  it.each([
    ['an older epoch', 1, 4, welcome, 'oldEpoch'],
    ['anything but welcome first', 1, 5, reply, 'malformed'],
    ['a first message that is not number 1', 2, 5, welcome, 'outOfOrder'],
  ] as const)('refuses a greeting with %s', (_, sequence, epoch, body, reason) => {
    const trace = new Trace()
      .at(0, { kind: 'start' })
      .at(0, { kind: 'opened', link: 1 })
      .at(0, hear(1, sequence, epoch, body));
    expect(trace.last[0]).toMatchObject({ kind: 'close', reason });
  });

  describe('with a controller that leads another store', () => {
    const other = { ...welcome, store: 's2' };
    const greeting = (guests: number, store: string | undefined) => {
      const trace = new Trace();
      trace.guests = guests;
      trace.state = initialSession(5, store);
      return trace.at(0, { kind: 'start' }).at(0, { kind: 'opened', link: 1 });
    };

    it('obeys nothing while it holds guests, and says what to do', () => {
      const trace = greeting(3, 's1').at(1, hear(1, 1, 9, other));
      expect(trace.lines.at(-1)).toBe('heard: close otherStore, disarm patience, down, arm retry 5000 → waiting');
      expect(trace.state).toMatchObject({ epoch: 5, store: 's1' });
      expect(trace.state.lastError).toBe(
        "controller c leads another store than the one this host's 3 guests come from: restore that store, or take everything off this host with `weft agent --purge`",
      );
    });

    it('takes the new one when it holds no guests, with epochs that count anew', () => {
      const trace = greeting(0, 's1').at(1, hear(1, 1, 1, other));
      expect(trace.lines.at(-1)).toBe(
        'heard: obey 1 of s2, disarm patience, arm beat 1000, arm silence 3500, up → connected',
      );
      expect(trace.state).toMatchObject({ epoch: 1, store: 's2' });
    });

    it('takes the first one that it meets, though not with an older epoch', () => {
      expect(
        greeting(2, undefined)
          .at(1, hear(1, 1, 5, welcome))
          .lines.at(-1),
      ).toContain('obey 5 of s1');
      expect(greeting(2, undefined).at(1, hear(1, 1, 4, welcome)).last[0]).toMatchObject({ reason: 'oldEpoch' });
    });
  });

  it('keeps the highest epoch over sessions', () => {
    const trace = new Trace()
      .connected()
      .at(1, hear(1, 2, 9, reply))
      .at(2, { kind: 'closed', link: 1, code: 1006, text: '' })
      .at(300, rings('retry'))
      .at(301, { kind: 'opened', link: 2 })
      .at(302, hear(2, 1, 8, welcome));
    expect(trace.last[0]).toMatchObject({ kind: 'close', reason: 'oldEpoch' });
    expect(trace.state.epoch).toBe(9);
  });

  it('waits long after a close that will not pass by itself, and shows its text', () => {
    const text = "host name 'a' is in use by another agent";
    const trace = new Trace().connected().at(10, { kind: 'closed', link: 1, code: closeCodes.nameInUse.code, text });
    expect(trace.last).toContainEqual({ kind: 'arm', timer: 'retry', ms: 5000 });
    expect(trace.state.lastError).toBe(text);
  });

  it('forgets failures only after a session that lasted', () => {
    const drop = (link: number): SessionEvent => ({ kind: 'closed', link, code: 1006, text: '' });
    const failing = new Trace().connected().at(1, drop(1));
    expect(failing.state.failures).toBe(1);
    const lasting = new Trace().connected();
    lasting.state = { ...lasting.state, failures: 7 };
    expect(lasting.at(5000, drop(1)).state.failures).toBe(1);
  });

  it('closes when the controller does not read', () => {
    const trace = new Trace().connected();
    expect(trace.at(1, { kind: 'backlog', link: 1, bytes: limits.controlBacklogBytes }).last).toEqual([]);
    trace.at(2, { kind: 'backlog', link: 1, bytes: limits.controlBacklogBytes + 1 });
    expect(trace.last[0]).toMatchObject({ kind: 'close', reason: 'tooSlow' });
  });

  it('takes no notice of what a former connection still says', () => {
    const trace = new Trace()
      .connected()
      .at(1, { kind: 'closed', link: 1, code: 1006, text: '' })
      .at(300, rings('retry'));
    const before = trace.state;
    for (const late of [
      { kind: 'closed', link: 1, code: 1006, text: '' },
      hear(1, 2, 5, reply),
      { kind: 'opened', link: 1 },
      { kind: 'unfit', link: 1, close: 'malformed', why: 'x' },
    ] as const) {
      trace.at(301, late);
      expect(trace.last).toEqual([]);
      expect(trace.state).toBe(before);
    }
  });

  it('reports nothing without a session', () => {
    const trace = new Trace().at(0, { kind: 'start' });
    expect(trace.at(1, { kind: 'report', message: { kind: 'events', events: [] } }).last).toEqual([]);
  });

  it('says goodbye when stopped, in whatever state', () => {
    expect(new Trace().connected().at(1, { kind: 'stop' }).lines.at(-1)).toBe(
      'stop: disarm beat, disarm silence, close shuttingDown → stopped',
    );
    const waiting = new Trace().connected().at(1, { kind: 'closed', link: 1, code: 1006, text: '' });
    expect(waiting.at(2, { kind: 'stop' }).lines.at(-1)).toBe('stop: disarm retry → stopped');
    expect(waiting.at(3, rings('retry')).lines.at(-1)).toBe('timer: - → stopped');
  });
});
