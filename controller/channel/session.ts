/**
 * One agent's control session as the controller sees it: a pure machine.
 *
 *   greeting ──hello──► naming ──admitted──► open ──┐
 *      │                  │                    │    │ a message not in order, not readable, too much waiting,
 *      └──────────────────┴────────────────────┴────┴─► closed       nothing heard, or the controller's wish
 *
 * `naming`: whether the host name is free is decided outside, where the other sessions are known.
 * After `closed` every event is a late one and does nothing.
 */
import type { AgentMessage, ControllerMessage, Hello } from '../../wire/control.ts';
import type { Decoded } from '../../wire/control-decode.ts';
import { type CloseReason, limits } from '../../wire/limits.ts';

export interface Liveness {
  readonly heartbeatMs: number;
  readonly deadlineMs: number;
}

/** A session that has not said hello by then is closed. */
export const helloDeadlineMs = 5000;

export type SessionState =
  | { readonly phase: 'greeting'; readonly sinceMs: number }
  | { readonly phase: 'naming'; readonly hello: Hello; readonly heardMs: number }
  | {
      readonly phase: 'open';
      readonly host: string;
      readonly heardMs: number;
      /** Number of the last message received. */
      readonly received: number;
      /** Number of the last message sent. */
      readonly sent: number;
    }
  | { readonly phase: 'closed' };

export type SessionEvent =
  | { readonly kind: 'received'; readonly decoded: Decoded<AgentMessage>; readonly nowMs: number }
  | { readonly kind: 'admitted'; readonly welcome: ControllerMessage }
  | { readonly kind: 'send'; readonly message: ControllerMessage }
  | { readonly kind: 'tick'; readonly nowMs: number; readonly backlogBytes: number; readonly liveness: Liveness }
  | { readonly kind: 'end'; readonly reason: CloseReason; readonly why: string }
  | { readonly kind: 'lost' };

export type SessionEffect =
  /** Decide on the name, then answer with `admitted` or `end`. */
  | { readonly kind: 'admit'; readonly hello: Hello }
  | { readonly kind: 'deliver'; readonly host: string; readonly message: AgentMessage }
  | { readonly kind: 'transmit'; readonly sequence: number; readonly message: ControllerMessage }
  | { readonly kind: 'close'; readonly reason: CloseReason; readonly why: string }
  /** The host has no session any more. */
  | { readonly kind: 'left'; readonly host: string };

export type Step = readonly [SessionState, readonly SessionEffect[]];

export function openSession(nowMs: number): SessionState {
  return { phase: 'greeting', sinceMs: nowMs };
}

export function step(state: SessionState, event: SessionEvent): Step {
  if (state.phase === 'closed') return [state, []];
  switch (event.kind) {
    case 'received':
      return event.decoded.ok
        ? received(state, event.decoded.sequence, event.decoded.message, event.nowMs)
        : close(state, event.decoded.close, event.decoded.why);
    case 'admitted': {
      if (state.phase !== 'naming') return [state, []];
      const { hello, heardMs } = state;
      return [
        { phase: 'open', host: hello.host, heardMs, received: 1, sent: 1 },
        [{ kind: 'transmit', sequence: 1, message: event.welcome }],
      ];
    }
    case 'send':
      return state.phase === 'open' ? send(state, event.message) : [state, []];
    case 'tick':
      return tick(state, event);
    case 'end':
      return close(state, event.reason, event.why);
    case 'lost':
      return [{ phase: 'closed' }, left(state)];
  }
}

type Open = Extract<SessionState, { phase: 'open' }>;

function received(state: SessionState, sequence: number, message: AgentMessage, nowMs: number): Step {
  if (state.phase === 'greeting') {
    if (message.kind !== 'hello') return close(state, 'malformed', `the first message is ${message.kind}, not hello`);
    if (sequence !== 1) return close(state, 'outOfOrder', `the first message has number ${sequence}, not 1`);
    return [{ phase: 'naming', hello: message, heardMs: nowMs }, [{ kind: 'admit', hello: message }]];
  }
  // Admission is decided before anything else is read, so a session is never found naming here.
  if (state.phase !== 'open') return close(state, 'outOfOrder', 'a message before the answer to hello');
  if (sequence !== state.received + 1) {
    return close(state, 'outOfOrder', `message ${sequence} came after message ${state.received}`);
  }
  if (message.kind === 'hello') return close(state, 'malformed', 'a second hello');
  const next: Open = { ...state, received: sequence, heardMs: nowMs };
  const deliver: SessionEffect = { kind: 'deliver', host: state.host, message };
  if (message.kind !== 'heartbeat') return [next, [deliver]];
  const [answered, effects] = send(next, { kind: 'heartbeatReply', number: message.number });
  return [answered, [...effects, deliver]];
}

function send(state: Open, message: ControllerMessage): Step {
  const sequence = state.sent + 1;
  return [{ ...state, sent: sequence }, [{ kind: 'transmit', sequence, message }]];
}

function tick(state: SessionState, event: Extract<SessionEvent, { kind: 'tick' }>): Step {
  const { nowMs, backlogBytes, liveness } = event;
  if (backlogBytes > limits.controlBacklogBytes) {
    return close(state, 'tooSlow', `${backlogBytes} bytes wait; the limit is ${limits.controlBacklogBytes}`);
  }
  if (state.phase === 'greeting' && nowMs - state.sinceMs > helloDeadlineMs) {
    return close(state, 'silent', `no hello within ${helloDeadlineMs} ms`);
  }
  if (state.phase === 'open' && nowMs - state.heardMs > liveness.deadlineMs) {
    return close(state, 'silent', `nothing heard for ${liveness.deadlineMs} ms`);
  }
  return [state, []];
}

function close(state: SessionState, reason: CloseReason, why: string): Step {
  return [{ phase: 'closed' }, [{ kind: 'close', reason, why }, ...left(state)]];
}

function left(state: SessionState): SessionEffect[] {
  return state.phase === 'open' ? [{ kind: 'left', host: state.host }] : [];
}
