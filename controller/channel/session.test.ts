import { describe, expect, it } from 'vitest';
import { type AgentMessage, type Hello, noKeys } from '../../wire/control.ts';
import { limits } from '../../wire/limits.ts';
import { openSession, type SessionEffect, type SessionEvent, type SessionState, step } from './session.ts';

const hello: { readonly kind: 'hello' } & Hello = {
  kind: 'hello',
  host: 'a',
  instance: 'i',
  agentVersion: '1',
  substrateAddresses: [],
  udpPort: 1,
  epoch: 0,
  held: [],
  capabilities: { formats: [], features: [], offloads: [], executors: [], ports: [], problems: [] },
  keys: noKeys,
  assets: {
    kernel: '',
    operatingSystem: '',
    architecture: '',
    cpus: 1,
    cpuModel: '',
    memoryBytes: 0,
    nics: [],
    labels: {},
  },
};
const heartbeat: AgentMessage = { kind: 'heartbeat', number: 5, epoch: 1, guests: 0, load1: 0, residentBytes: 0 };
const liveness = { heartbeatMs: 1000, deadlineMs: 3500 };
const welcome = { kind: 'welcome', controller: 'c', controllerVersion: '1', ...liveness, store: 's1' } as const;

const receive = (sequence: number, message: AgentMessage, nowMs = 0): SessionEvent => ({
  kind: 'received',
  decoded: { ok: true, sequence, message },
  nowMs,
});
const tick = (nowMs: number, backlogBytes = 0): SessionEvent => ({ kind: 'tick', nowMs, backlogBytes, liveness });

/** Plays events from the start; effects as short texts. */
function play(...events: SessionEvent[]): { readonly state: SessionState; readonly effects: string[] } {
  let state = openSession(0);
  const effects: string[] = [];
  for (const event of events) {
    const [next, made] = step(state, event);
    state = next;
    effects.push(...made.map(brief));
  }
  return { state, effects };
}

function brief(effect: SessionEffect): string {
  switch (effect.kind) {
    case 'admit':
      return `admit ${effect.hello.host}`;
    case 'deliver':
      return `deliver ${effect.message.kind}`;
    case 'transmit':
      return `transmit ${effect.sequence} ${effect.message.kind}`;
    case 'close':
      return `close ${effect.reason}`;
    case 'left':
      return `left ${effect.host}`;
  }
}

const opened = [receive(1, hello), { kind: 'admitted', welcome }] as const;

describe('a control session', () => {
  const cases: [title: string, events: SessionEvent[], effects: string[]][] = [
    ['asks for admission on hello', [receive(1, hello)], ['admit a']],
    ['welcomes who is admitted', [...opened], ['admit a', 'transmit 1 welcome']],
    [
      'closes who is not',
      [receive(1, hello), { kind: 'end', reason: 'nameInUse', why: '' }],
      ['admit a', 'close nameInUse'],
    ],
    [
      'answers heartbeats and numbers what it sends',
      [
        ...opened,
        receive(2, heartbeat),
        { kind: 'send', message: { kind: 'update', number: 1, set: [], removed: [] } },
      ],
      ['admit a', 'transmit 1 welcome', 'transmit 2 heartbeatReply', 'deliver heartbeat', 'transmit 3 update'],
    ],
    ['closes when it is no hello that comes first', [receive(1, heartbeat)], ['close malformed']],
    ['closes when hello is not the first message', [receive(2, hello)], ['close outOfOrder']],
    [
      'closes on a gap',
      [...opened, receive(3, heartbeat)],
      ['admit a', 'transmit 1 welcome', 'close outOfOrder', 'left a'],
    ],
    [
      'closes on a repetition',
      [...opened, receive(1, heartbeat)],
      ['admit a', 'transmit 1 welcome', 'close outOfOrder', 'left a'],
    ],
    [
      'closes on a second hello',
      [...opened, receive(2, hello)],
      ['admit a', 'transmit 1 welcome', 'close malformed', 'left a'],
    ],
    [
      'closes on what cannot be read, with the decoder’s reason',
      [...opened, { kind: 'received', decoded: { ok: false, close: 'tooLarge', why: '' }, nowMs: 0 }],
      ['admit a', 'transmit 1 welcome', 'close tooLarge', 'left a'],
    ],
    ['waits for hello until the deadline', [tick(5000)], []],
    ['closes without hello after the deadline', [tick(5001)], ['close silent']],
    [
      'lives at the deadline of silence',
      [...opened, receive(2, heartbeat, 1000), tick(4500)],
      ['admit a', 'transmit 1 welcome', 'transmit 2 heartbeatReply', 'deliver heartbeat'],
    ],
    [
      'closes after the deadline of silence',
      [...opened, tick(3501)],
      ['admit a', 'transmit 1 welcome', 'close silent', 'left a'],
    ],
    [
      'closes when too much waits for the agent',
      [...opened, tick(1, limits.controlBacklogBytes + 1)],
      ['admit a', 'transmit 1 welcome', 'close tooSlow', 'left a'],
    ],
    [
      'lives with as much waiting as is allowed',
      [...opened, tick(1, limits.controlBacklogBytes)],
      ['admit a', 'transmit 1 welcome'],
    ],
    [
      'says that the host left when the socket is lost',
      [...opened, { kind: 'lost' }],
      ['admit a', 'transmit 1 welcome', 'left a'],
    ],
    ['says nothing of a host that never was admitted', [receive(1, hello), { kind: 'lost' }], ['admit a']],
    [
      'does nothing after its end',
      [{ kind: 'end', reason: 'shuttingDown', why: '' }, receive(1, hello), ...opened, tick(9999), { kind: 'lost' }],
      ['close shuttingDown'],
    ],
    ['sends nothing before it is open', [{ kind: 'send', message: welcome }], []],
  ];
  it.each(cases)('%s', (_title, events, effects) => {
    expect(play(...events).effects).toEqual(effects);
  });
});
