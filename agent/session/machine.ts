/**
 * The control session as a pure machine: `step(state, event, facts) → [state, effects]`.
 *
 *                 start                opened                welcome
 *     stopped ───────────► dialing ───────────► greeting ───────────► connected
 *        ▲                  ▲   │ closed, patience  │ closed, patience,    │ closed, silence,
 *        │ stop             │   │                   │ unfit, old epoch     │ unfit, gap, old epoch, backlog
 *     (anywhere)            │   ▼                   ▼                      ▼
 *                         retry └──────────────► waiting ◄────────────────┘
 *
 * Rules: the first message of either side is Hello or Welcome; numbers grow by 1 in each direction; a
 * controller of an older epoch than one obeyed is refused, and so is one that leads another store while
 * guests of the obeyed one are here; either end closes after its deadline of silence.
 * Connections are numbered: an event of a former connection is late and changes nothing.
 */
import type { AgentMessage, Certificate, ControllerMessage, Trace, Update } from '../../wire/control.ts';
import { type CloseReason, closeCodes, limits } from '../../wire/limits.ts';
import { backoffMs } from './backoff.ts';

export interface SessionSettings {
  /** URLs, tried in turn. */
  readonly controllers: readonly string[];
  /** For the connection to open and, again, for Welcome to come. */
  readonly patienceMs: number;
}

export type Phase =
  | { readonly name: 'stopped' | 'dialing' | 'greeting' }
  | { readonly name: 'waiting'; readonly retryAtMs: number }
  | {
      readonly name: 'connected';
      readonly controllerName: string;
      readonly sent: number;
      readonly received: number;
      readonly beats: number;
      readonly lastHeardMs: number;
      readonly heartbeatMs: number;
      readonly deadlineMs: number;
    };

export interface SessionState {
  readonly phase: Phase;
  readonly sinceMs: number;
  /** Number of the newest connection. */
  readonly link: number;
  /** Place in `controllers` of the one that is talked to, or will be. */
  readonly controller: number;
  /** Attempts since the last session that lasted. */
  readonly failures: number;
  /** Highest controller epoch obeyed. */
  readonly epoch: number;
  /** Id of the store that is obeyed, whose epochs those are; undefined: none yet. */
  readonly store: string | undefined;
  /** Why there is no session, or why the last one ended. */
  readonly lastError: string | undefined;
}

export type SessionEvent =
  | { readonly kind: 'start' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'opened'; readonly link: number }
  | {
      readonly kind: 'heard';
      readonly link: number;
      readonly sequence: number;
      readonly epoch: number;
      readonly body: ControllerMessage;
    }
  /** Bytes arrived that are no message. */
  | { readonly kind: 'unfit'; readonly link: number; readonly close: CloseReason; readonly why: string }
  /** The connection ended, or could not be made (no code). */
  | { readonly kind: 'closed'; readonly link: number; readonly code: number | undefined; readonly text: string }
  | { readonly kind: 'report'; readonly message: AgentMessage }
  /** Bytes that wait for the controller to read. */
  | { readonly kind: 'backlog'; readonly link: number; readonly bytes: number }
  /** `lateMs`: how much later than asked the timer rang: a process that was stopped hears its timers first. */
  | { readonly kind: 'timer'; readonly timer: SessionTimer; readonly lateMs: number };

export type SessionTimer = 'patience' | 'beat' | 'silence' | 'retry';

export type SessionEffect =
  | { readonly kind: 'open'; readonly link: number; readonly url: string }
  /** Hello and heartbeats are filled in by the driver: they say what is true when they leave. */
  | {
      readonly kind: 'send';
      readonly link: number;
      readonly sequence: number;
      readonly message:
        | AgentMessage
        | { readonly kind: 'fill'; readonly what: 'hello' }
        | { readonly kind: 'fill'; readonly what: 'heartbeat'; readonly number: number };
    }
  | { readonly kind: 'close'; readonly link: number; readonly reason: CloseReason; readonly text: string }
  | { readonly kind: 'arm'; readonly timer: SessionTimer; readonly ms: number }
  | { readonly kind: 'disarm'; readonly timer: SessionTimer }
  | { readonly kind: 'obey'; readonly epoch: number; readonly store: string | undefined }
  | { readonly kind: 'up'; readonly controller: string; readonly version: string }
  | { readonly kind: 'update'; readonly update: Update }
  | { readonly kind: 'rotateKeys' }
  | { readonly kind: 'trace'; readonly trace: Trace }
  | { readonly kind: 'certificate'; readonly certificate: Certificate }
  /** The session ended, or (`never`) did not come about. */
  | { readonly kind: 'down'; readonly why: string; readonly never: boolean };

/** What a step may know besides state and event. */
export interface Facts {
  /** Of a clock that never goes back; so are all times of the state. */
  readonly nowMs: number;
  /** 0 … 1 */
  readonly random: number;
  /** That this host holds. */
  readonly guests: number;
}

export type Step = readonly [state: SessionState, effects: readonly SessionEffect[]];

/** A session that lasted this long forgets the failures before it. */
const lastingMs = 5000;

export function initialSession(epoch: number, store: string | undefined): SessionState {
  const phase = { name: 'stopped' } as const;
  return { phase, sinceMs: 0, link: 0, controller: 0, failures: 0, epoch, store, lastError: undefined };
}

export function step(settings: SessionSettings, state: SessionState, event: SessionEvent, facts: Facts): Step {
  if ('link' in event && event.link !== state.link) return [state, []];
  switch (event.kind) {
    case 'start':
      return state.phase.name === 'stopped' ? dial(settings, state, facts) : [state, []];
    case 'stop':
      return stop(state, facts);
    case 'opened':
      return opened(settings, state, facts);
    case 'heard':
      return heard(settings, state, event, facts);
    case 'unfit':
      return alive(state) ? refuse(settings, state, event.close, event.why, facts) : [state, []];
    case 'closed':
      return alive(state) ? closed(settings, state, event, facts) : [state, []];
    case 'report':
      return report(state, event.message);
    case 'backlog':
      if (!alive(state) || event.bytes <= limits.controlBacklogBytes) return [state, []];
      return refuse(settings, state, 'tooSlow', `${event.bytes} bytes wait for the controller to read them`, facts);
    case 'timer':
      return rang(settings, state, event.timer, event.lateMs, facts);
  }
}

function dial(settings: SessionSettings, before: SessionState, { nowMs }: Facts): Step {
  const link = before.link + 1;
  const url = settings.controllers[before.controller % settings.controllers.length] ?? '';
  return [
    { ...before, phase: { name: 'dialing' }, sinceMs: nowMs, link },
    [
      { kind: 'open', link, url },
      { kind: 'arm', timer: 'patience', ms: settings.patienceMs },
    ],
  ];
}

function opened(settings: SessionSettings, state: SessionState, { nowMs }: Facts): Step {
  if (state.phase.name !== 'dialing') return [state, []];
  return [
    { ...state, phase: { name: 'greeting' }, sinceMs: nowMs },
    [
      { kind: 'send', link: state.link, sequence: 1, message: { kind: 'fill', what: 'hello' } },
      { kind: 'arm', timer: 'patience', ms: settings.patienceMs },
    ],
  ];
}

function heard(
  settings: SessionSettings,
  state: SessionState,
  event: Extract<SessionEvent, { kind: 'heard' }>,
  facts: Facts,
): Step {
  const { phase } = state;
  if (phase.name !== 'greeting' && phase.name !== 'connected') return [state, []];
  const expected = phase.name === 'connected' ? phase.received + 1 : 1;
  if (event.sequence !== expected) {
    return refuse(settings, state, 'outOfOrder', `message ${event.sequence} came, ${expected} was due`, facts);
  }
  if (phase.name === 'greeting' && event.body.kind === 'welcome' && event.body.store !== state.store) {
    return led(settings, state, { epoch: event.epoch, body: event.body }, facts);
  }
  if (event.epoch < state.epoch) return heardOld(settings, state, event.epoch, facts);
  const { store } = state;
  const obey: SessionEffect[] = event.epoch > state.epoch ? [{ kind: 'obey', epoch: event.epoch, store }] : [];
  const [next, effects] =
    phase.name === 'connected'
      ? told(settings, { ...state, epoch: event.epoch, phase }, event.body, facts)
      : greeted(settings, { ...state, epoch: event.epoch }, event.body, facts);
  return [next, [...obey, ...effects]];
}

function heardOld(settings: SessionSettings, state: SessionState, epoch: number, facts: Facts): Step {
  const text = `the controller's epoch ${epoch} is older than ${state.epoch}, which this agent has obeyed`;
  return refuse(settings, state, 'oldEpoch', text, facts);
}

/** A controller whose store is not the one obeyed so far: its epochs have nothing to do with those of the other. */
function led(
  settings: SessionSettings,
  state: SessionState,
  { epoch, body }: { readonly epoch: number; readonly body: Extract<ControllerMessage, { kind: 'welcome' }> },
  facts: Facts,
): Step {
  const { controller, store } = body;
  if (state.store !== undefined && facts.guests > 0) {
    const guests = facts.guests === 1 ? 'guest comes' : `${facts.guests} guests come`;
    const text =
      `controller ${controller} leads another store than the one this host's ${guests} from: ` +
      'restore that store, or take everything off this host with `weft agent --purge`';
    return refuse(settings, state, 'otherStore', text, facts);
  }
  // Before there was a store's id, epochs were those of the only one there was.
  if (state.store === undefined && epoch < state.epoch) return heardOld(settings, state, epoch, facts);
  const [next, effects] = greeted(settings, { ...state, epoch, store }, body, facts);
  return [next, [{ kind: 'obey', epoch, store }, ...effects]];
}

function greeted(settings: SessionSettings, state: SessionState, body: ControllerMessage, facts: Facts): Step {
  if (body.kind !== 'welcome') {
    return refuse(settings, state, 'malformed', `the first message was ${body.kind}, not welcome`, facts);
  }
  const { controller: controllerName, controllerVersion, heartbeatMs, deadlineMs } = body;
  return [
    {
      ...state,
      phase: {
        name: 'connected',
        controllerName,
        sent: 1,
        received: 1,
        beats: 0,
        lastHeardMs: facts.nowMs,
        heartbeatMs,
        deadlineMs,
      },
      sinceMs: facts.nowMs,
    },
    [
      { kind: 'disarm', timer: 'patience' },
      { kind: 'arm', timer: 'beat', ms: heartbeatMs },
      { kind: 'arm', timer: 'silence', ms: deadlineMs },
      { kind: 'up', controller: controllerName, version: controllerVersion },
    ],
  ];
}

type Connected = SessionState & { readonly phase: Extract<Phase, { name: 'connected' }> };

function told(settings: SessionSettings, state: Connected, body: ControllerMessage, facts: Facts): Step {
  const { phase } = state;
  const next = { ...state, phase: { ...phase, received: phase.received + 1, lastHeardMs: facts.nowMs } };
  switch (body.kind) {
    case 'welcome':
      return refuse(settings, state, 'malformed', 'a second welcome', facts);
    case 'heartbeatReply':
      return [next, []];
    case 'update':
      return [next, [{ kind: 'update', update: body }]];
    case 'rotateKeys':
      return [next, [{ kind: 'rotateKeys' }]];
    case 'trace':
      return [next, [{ kind: 'trace', trace: body }]];
    case 'certificate':
      return [next, [{ kind: 'certificate', certificate: body }]];
  }
}

function report(state: SessionState, message: AgentMessage): Step {
  if (state.phase.name !== 'connected') return [state, []];
  const sequence = state.phase.sent + 1;
  return [
    { ...state, phase: { ...state.phase, sent: sequence } },
    [{ kind: 'send', link: state.link, sequence, message }],
  ];
}

function rang(settings: SessionSettings, state: SessionState, timer: SessionTimer, lateMs: number, facts: Facts): Step {
  const { phase } = state;
  switch (timer) {
    case 'retry':
      return phase.name === 'waiting' ? dial(settings, state, facts) : [state, []];
    case 'patience':
      if (phase.name !== 'dialing' && phase.name !== 'greeting') return [state, []];
      return refuse(settings, state, 'silent', `no answer within ${settings.patienceMs} ms`, facts);
    case 'beat':
      return phase.name === 'connected' ? beat({ ...state, phase }) : [state, []];
    case 'silence':
      return phase.name === 'connected' ? listen(settings, { ...state, phase }, lateMs, facts) : [state, []];
  }
}

function beat(state: Connected): Step {
  const { phase } = state;
  const beats = phase.beats + 1;
  const sequence = phase.sent + 1;
  return [
    { ...state, phase: { ...phase, beats, sent: sequence } },
    [
      { kind: 'send', link: state.link, sequence, message: { kind: 'fill', what: 'heartbeat', number: beats } },
      { kind: 'arm', timer: 'beat', ms: phase.heartbeatMs },
    ],
  ];
}

/** The silence timer is not set anew by every message; when it rings it looks how long it has been. */
function listen(settings: SessionSettings, state: Connected, lateMs: number, facts: Facts): Step {
  const { lastHeardMs, deadlineMs, heartbeatMs } = state.phase;
  const restMs = lastHeardMs + deadlineMs - facts.nowMs;
  // This process stood still: what the controller said meanwhile is still in the socket, so listen once more.
  if (restMs <= 0 && lateMs >= heartbeatMs / 2) return [state, [{ kind: 'arm', timer: 'silence', ms: heartbeatMs }]];
  if (restMs > 0) return [state, [{ kind: 'arm', timer: 'silence', ms: restMs }]];
  return refuse(settings, state, 'silent', `nothing was heard for ${facts.nowMs - lastHeardMs} ms`, facts);
}

/** This end closes. */
function refuse(settings: SessionSettings, state: SessionState, reason: CloseReason, text: string, facts: Facts): Step {
  const [next, effects] = wait(settings, state, text, closeCodes[reason].retry, facts);
  return [next, [{ kind: 'close', link: state.link, reason, text }, ...effects]];
}

/** The other end closed, or could not be reached. */
function closed(
  settings: SessionSettings,
  state: SessionState,
  event: Extract<SessionEvent, { kind: 'closed' }>,
  facts: Facts,
): Step {
  const known = Object.values(closeCodes).find(({ code }) => code === event.code);
  const text = event.text || known?.doc || 'the connection was lost';
  return wait(settings, state, text, known?.retry ?? 'soon', facts);
}

function wait(
  settings: SessionSettings,
  state: SessionState,
  why: string,
  retry: 'soon' | 'later',
  { nowMs, random }: Facts,
): Step {
  const lasted = state.phase.name === 'connected' && nowMs - state.sinceMs >= lastingMs;
  const failures = lasted ? 0 : state.failures;
  // A round is one attempt at every controller: the wait grows when all of them have failed.
  const ms = backoffMs(Math.floor(failures / settings.controllers.length), random, retry);
  return [
    {
      ...state,
      phase: { name: 'waiting', retryAtMs: nowMs + ms },
      sinceMs: nowMs,
      controller: (state.controller + 1) % settings.controllers.length,
      failures: failures + 1,
      lastError: why,
    },
    [
      ...silenceTimers(state),
      { kind: 'down', why, never: state.phase.name !== 'connected' },
      { kind: 'arm', timer: 'retry', ms },
    ],
  ];
}

function stop(state: SessionState, { nowMs }: Facts): Step {
  const close = { kind: 'close', link: state.link, reason: 'shuttingDown', text: 'the agent stops' } as const;
  return [
    { ...state, phase: { name: 'stopped' }, sinceMs: nowMs },
    [...silenceTimers(state), ...(alive(state) ? [close] : [])],
  ];
}

/** Leaving a state cancels its timers. */
function silenceTimers({ phase }: SessionState): SessionEffect[] {
  switch (phase.name) {
    case 'stopped':
      return [];
    case 'dialing':
    case 'greeting':
      return [{ kind: 'disarm', timer: 'patience' }];
    case 'waiting':
      return [{ kind: 'disarm', timer: 'retry' }];
    case 'connected':
      return [
        { kind: 'disarm', timer: 'beat' },
        { kind: 'disarm', timer: 'silence' },
      ];
  }
}

function alive({ phase }: SessionState): boolean {
  return phase.name === 'dialing' || phase.name === 'greeting' || phase.name === 'connected';
}
