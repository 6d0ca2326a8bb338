/** Drives the session machine: owns the WebSocket, the timers and the clock, and nothing else. */
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { AgentMessage, Certificate, Heartbeat, Hello, Trace, Update } from '../../wire/control.ts';
import { decodeControllerMessage } from '../../wire/control-decode.ts';
import { encodeAgentMessage } from '../../wire/control-encode.ts';
import { closeCodes, controlSubprotocol, limits } from '../../wire/limits.ts';
import type { Clock } from '../clock.ts';
import { controllerOnly, lookAt } from '../trust/connect.ts';
import { dateOf, failureText, isAboutTime, refusalText, type TlsError } from '../trust/failures.ts';
import type { Credentials, FoundCredentials } from '../trust/files.ts';
import {
  initialSession,
  type SessionEffect,
  type SessionEvent,
  type SessionState,
  type SessionTimer,
  step,
} from './machine.ts';

export interface SessionOptions {
  readonly controllers: readonly string[];
  /** Highest epoch obeyed so far. */
  readonly epoch: number;
  /** Of the controller obeyed so far. */
  readonly store: string | undefined;
  /** That this host holds. */
  readonly guests: () => number;
  /** Asked for every connection. */
  readonly credentials: (url: string) => Promise<FoundCredentials>;
  readonly clock: Clock;
  readonly random?: () => number;
}

/** What the session asks of the agent, and tells it. Each may call the session again: that waits its turn. */
export interface SessionHandlers {
  hello(): Omit<Hello, 'epoch'>;
  heartbeat(): Omit<Heartbeat, 'number' | 'epoch'>;
  /** To be on disk before an update of it is acknowledged. */
  obey(epoch: number, store: string | undefined): void;
  up(controller: string, version: string): void;
  update(update: Update): void;
  rotateKeys(): void;
  trace(trace: Trace): void;
  certificate(certificate: Certificate): void;
  /** `never`: the attempt failed before there was a session. */
  down(why: string, never: boolean): void;
}

const patienceMs = 5000;
/** For the other end to answer a close. */
const farewellMs = 500;

export class Session {
  private readonly options: SessionOptions;
  private readonly handlers: SessionHandlers;
  private readonly timers = new Map<SessionTimer, () => void>();
  private readonly events: SessionEvent[] = [];
  private stepping = false;
  private socket: WebSocket | undefined;
  private current: SessionState;

  constructor(options: SessionOptions, handlers: SessionHandlers) {
    this.options = options;
    this.handlers = handlers;
    this.current = initialSession(options.epoch, options.store);
  }

  get state(): SessionState {
    return this.current;
  }

  /** URL of the controller that is talked to, or will be tried next. */
  get controller(): string {
    const { controllers } = this.options;
    return controllers[this.current.controller % controllers.length] ?? '';
  }

  start(): void {
    this.happen({ kind: 'start' });
  }

  get connected(): boolean {
    return this.current.phase.name === 'connected';
  }

  /** Sends now, or not at all: false when there is no session. */
  report(message: AgentMessage): boolean {
    const { connected } = this;
    this.happen({ kind: 'report', message });
    return connected;
  }

  /** Ends when the connection is gone. */
  async stop(): Promise<void> {
    const socket = this.socket;
    const gone = new Promise<void>((resolve) => {
      if (socket === undefined || socket.readyState === WebSocket.CLOSED) resolve();
      else socket.once('close', () => resolve());
    });
    this.happen({ kind: 'stop' });
    await gone;
  }

  /** One event after the other: effects of a step are all performed before the next event is looked at. */
  private happen(event: SessionEvent): void {
    this.events.push(event);
    if (this.stepping) return;
    this.stepping = true;
    const { controllers, clock, guests, random = Math.random } = this.options;
    try {
      for (let next = this.events.shift(); next !== undefined; next = this.events.shift()) {
        const facts = { nowMs: clock.steadyMs(), random: random(), guests: guests() };
        const [state, effects] = step({ controllers, patienceMs }, this.current, next, facts);
        this.current = state;
        for (const effect of effects) this.perform(effect);
      }
    } finally {
      this.stepping = false;
    }
  }

  private perform(effect: SessionEffect): void {
    switch (effect.kind) {
      case 'open':
        this.open(effect.link, effect.url);
        break;
      case 'send':
        this.send(effect);
        break;
      case 'close':
        this.close(closeCodes[effect.reason].code, effect.text);
        break;
      case 'arm':
        this.arm(effect.timer, effect.ms);
        break;
      case 'disarm':
        this.disarm(effect.timer);
        break;
      case 'obey':
        this.handlers.obey(effect.epoch, effect.store);
        break;
      case 'up':
        this.handlers.up(effect.controller, effect.version);
        break;
      case 'update':
        this.handlers.update(effect.update);
        break;
      case 'rotateKeys':
        this.handlers.rotateKeys();
        break;
      case 'trace':
        this.handlers.trace(effect.trace);
        break;
      case 'certificate':
        this.handlers.certificate(effect.certificate);
        break;
      case 'down':
        this.handlers.down(effect.why, effect.never);
        break;
    }
  }

  private open(link: number, url: string): void {
    const { credentials } = this.options;
    credentials(url).then(
      (found) => {
        // Meanwhile it may have been given up.
        if (this.current.link !== link || this.current.phase.name !== 'dialing') return;
        if (found.ok) this.dial(link, url, found);
        else this.happen({ kind: 'closed', link, code: closeCodes.notTrusted.code, text: found.why });
      },
      (error: Error) => this.happen({ kind: 'closed', link, code: undefined, text: error.message }),
    );
  }

  private dial(link: number, url: string, { key, cert, ca }: Credentials): void {
    const socket = new WebSocket(url, controlSubprotocol, {
      ...controllerOnly,
      ...{ key, cert, ca },
      perMessageDeflate: false,
      // A little over our own limit, so that the reason for the close is ours.
      maxPayload: limits.controlMessageBytes + 1024,
      handshakeTimeout: patienceMs,
    });
    this.socket = socket;
    let failure: TlsError | undefined;
    let refused = false;
    const closed = (code: number | undefined, text: string) => this.happen({ kind: 'closed', link, code, text });
    socket.on('open', () => this.happen({ kind: 'opened', link }));
    socket.on('message', (data, isBinary) => this.hear(link, data as Buffer, isBinary));
    socket.on('error', (error) => {
      failure ??= error;
    });
    socket.on('unexpected-response', (_request, response) => {
      refused = true;
      readRefusal(response, url, this.options.clock.now()).then(({ code, text }) => {
        socket.terminate();
        closed(code, text);
      });
    });
    socket.on('close', (code, text) => {
      if (refused) return;
      if (failure === undefined) return closed(code, text.toString());
      describe(failure, url, this.options.clock.now()).then((why) => closed(undefined, why));
    });
  }

  private hear(link: number, data: Buffer, isBinary: boolean): void {
    if (!isBinary) {
      this.happen({ kind: 'unfit', link, close: 'malformed', why: 'a text message' });
      return;
    }
    const decoded = decodeControllerMessage(data);
    if (decoded.ok) this.happen({ kind: 'heard', link, sequence: decoded.sequence, ...decoded.message });
    else this.happen({ kind: 'unfit', link, close: decoded.close, why: decoded.why });
  }

  private send({ link, sequence, message }: Extract<SessionEffect, { kind: 'send' }>): void {
    const socket = this.socket;
    if (socket === undefined || socket.readyState !== WebSocket.OPEN) return;
    socket.send(encodeAgentMessage(sequence, this.fill(message)));
    this.happen({ kind: 'backlog', link, bytes: socket.bufferedAmount });
  }

  private fill(message: Extract<SessionEffect, { kind: 'send' }>['message']): AgentMessage {
    if (message.kind !== 'fill') return message;
    const { epoch } = this.current;
    return message.what === 'hello'
      ? { kind: 'hello', ...this.handlers.hello(), epoch }
      : { kind: 'heartbeat', ...this.handlers.heartbeat(), number: message.number, epoch };
  }

  private close(code: number, text: string): void {
    const socket = this.socket;
    if (socket === undefined) return;
    // RFC 6455 §5.5.1: 123 bytes of text at most; the contract says 120.
    socket.close(code, Buffer.from(text).subarray(0, 120).toString().replace(/�+$/, ''));
    this.options.clock.after(farewellMs, () => socket.terminate());
  }

  private arm(timer: SessionTimer, ms: number): void {
    this.disarm(timer);
    const { clock } = this.options;
    const dueMs = clock.steadyMs() + ms;
    const cancel = clock.after(ms, () => {
      this.timers.delete(timer);
      this.happen({ kind: 'timer', timer, lateMs: Math.max(0, clock.steadyMs() - dueMs) });
    });
    this.timers.set(timer, cancel);
  }

  private disarm(timer: SessionTimer): void {
    this.timers.get(timer)?.();
    this.timers.delete(timer);
  }
}

/** The controller did not take the connection, and says why. */
async function readRefusal(
  response: IncomingMessage,
  url: string,
  hereMs: number,
): Promise<{ readonly code: number | undefined; readonly text: string }> {
  const clocks = { hereMs, thereMs: dateOf(response.headers.date) };
  const said = await readSome(response);
  if (response.statusCode === 403) return { code: closeCodes.notTrusted.code, text: refusalText(said, url, clocks) };
  const text = `${url} answered with ${response.statusCode} instead of a session: is it a controller’s?`;
  return { code: undefined, text };
}

/** A sentence's worth, of whatever comes before it ends or fails. */
async function readSome(response: IncomingMessage): Promise<string> {
  let said = '';
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      said += String(chunk);
      if (said.length > 1024) break;
    }
  } catch {
    // What was said so far has to do.
  }
  return said;
}

/** Where a clock may be wrong, the controller is asked what time it is there. */
async function describe(error: TlsError, url: string, hereMs: number): Promise<string> {
  if (!isAboutTime(error)) return failureText(error, url);
  const look = await lookAt(url.replace(/^wss:/, 'https:')).catch(() => undefined);
  return failureText(error, url, { hereMs, thereMs: look?.timeMs });
}
