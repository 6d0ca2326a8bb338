/**
 * All control sessions: drives the session machines with sockets and clock, decides who has a host name, and
 * carries messages between agents and the derivation.
 *
 * Changes are gathered for the rest of the turn of the event loop and then sent together, so a burst of
 * requests becomes few updates. One bad session never touches another: everything it can do is close itself.
 */
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import type { AgentMessage, ControllerMessage, Hello, Keys, Trace, Traced } from '../../wire/control.ts';
import { decodeAgentMessage } from '../../wire/control-decode.ts';
import { encodeControllerMessage } from '../../wire/control-encode.ts';
import { type CloseReason, closeCodes } from '../../wire/limits.ts';
import type { HostCertificate } from '../../wire/trust.ts';
import type { Clock } from '../clock.ts';
import type { Derivation } from '../derive/derive.ts';
import type { Events } from '../events.ts';
import type { Commands, SelectionChange } from '../state/commands.ts';
import { believedKeys } from '../state/host-keys.ts';
import type { State } from '../state/state.ts';
import type { Claims } from '../trust/claims.ts';
import { outOfTime } from '../trust/client-certificate.ts';
import { claimedLabels } from '../trust/own.ts';
import type { Trust } from '../trust/trust.ts';
import { type Admission, type AdmissionFacts, admit } from './admission.ts';
import { Hearing } from './hear.ts';
import { type Holder, renewCertificate } from './renewal.ts';
import {
  type Liveness,
  openSession,
  type SessionEffect,
  type SessionEvent,
  type SessionState,
  step,
} from './session.ts';

export interface HubOptions {
  readonly name: string;
  readonly version: string;
  readonly epoch: number;
  readonly storeId: string;
  readonly liveness: Liveness;
  readonly clock: Clock;
  readonly log: Logger;
  readonly state: State;
  readonly commands: Commands;
  readonly derivation: Derivation;
  readonly events: Events;
  readonly trust: Trust;
  readonly claims: Claims;
}

interface Session extends Holder {
  readonly socket: WebSocket;
  readonly address: string;
  readonly since: Date;
  state: SessionState;
  hello: Hello | undefined;
  /** Keys that it has said and that nobody has looked at yet. */
  said: Keys | undefined;
  /** What it says of its host is being stored, or was a moment ago; `again`: it has said more meanwhile. */
  registering: 'no' | 'yes' | 'again';
  readonly hearing: Hearing;
}

/**
 * What takes longer goes on in the next turn: a policy that changes tens of thousands of sessions must not keep
 * heartbeats waiting until agents take the controller for dead.
 */
const flushMs = 50;

/**
 * Between two looks at what an agent says of its host: each is a write, and new terms for all its peers. A host
 * changes a few times an hour; one that says something else every millisecond makes no more work than this.
 */
const registerPaceMs = 500;

export class Hub {
  readonly #options: HubOptions;
  readonly #sessions = new Set<Session>();
  readonly #byHost = new Map<string, Session>();
  readonly #lastHeard = new Map<string, number>();
  readonly #tracedListeners = new Set<(host: string, traced: Traced) => void>();
  #flushing: NodeJS.Immediate | undefined;
  #cancelTick: () => void = () => undefined;
  #stopped = false;

  constructor(options: HubOptions) {
    this.#options = options;
    options.state.onChange((change) => {
      this.#flushSoon();
      if (change.kind === 'host' && change.after === undefined) this.#hostRemoved(change.name);
      if (change.kind === 'trust') this.#trustChanged(change.name);
    });
    this.#armTick();
  }

  get connected(): number {
    return this.#byHost.size;
  }

  isConnected(host: string): boolean {
    return this.#byHost.has(host);
  }

  /** Asks the host's agent for a new key; false: it is not connected. */
  rotateKeys(host: string): boolean {
    const session = this.#byHost.get(host);
    if (session === undefined) return false;
    this.#send(session, { kind: 'rotateKeys' });
    return true;
  }

  /** Has the host's agent follow packets; false: it is not connected. */
  trace(host: string, trace: Trace): boolean {
    const session = this.#byHost.get(host);
    if (session === undefined) return false;
    session.hearing.askedTo(trace.trace);
    this.#send(session, { kind: 'trace', ...trace });
    return true;
  }

  /** Told what agents say of packets that they follow. */
  onTraced(listener: (host: string, traced: Traced) => void): void {
    this.#tracedListeners.add(listener);
  }

  /** Unix ms; undefined: not since the controller started. */
  lastHeardMs(host: string): number | undefined {
    return this.#lastHeard.get(host);
  }

  /** Takes over the socket of whoever has shown the certificate. */
  accept(socket: WebSocket, address: string, certificate: HostCertificate): void {
    const { clock } = this.#options;
    const session: Session = {
      socket,
      address,
      since: new Date(clock.unixMs()),
      certificate,
      state: openSession(clock.nowMs()),
      hello: undefined,
      said: undefined,
      registering: 'no',
      hearing: new Hearing(this.#options, certificate.host, address),
      askedMs: Number.NEGATIVE_INFINITY,
    };
    this.#sessions.add(session);
    socket.on('message', (data, isBinary) => this.#received(session, data, isBinary));
    // ws closes the socket itself after its own errors, such as a message over the limit: `close` follows.
    socket.on('error', (error) => this.#options.log.info({ reason: error.message, address }, 'session error'));
    socket.on('close', () => {
      this.#event(session, { kind: 'lost' });
      this.#sessions.delete(session);
    });
    if (this.#stopped) this.#end(session, 'shuttingDown', 'the controller is stopping');
  }

  /** Tells every agent and forgets them; sockets that do not close in time are cut. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTick();
    if (this.#flushing !== undefined) clearImmediate(this.#flushing);
    const sockets = [...this.#sessions].map(({ socket }) => socket);
    for (const session of [...this.#sessions]) this.#end(session, 'shuttingDown', 'the controller is stopping');
    const open = sockets.filter((socket) => socket.readyState !== socket.CLOSED);
    const cancel = this.#options.clock.after(500, () => {
      for (const socket of open) socket.terminate();
    });
    await Promise.all(open.map((socket) => new Promise((resolve) => socket.once('close', resolve))));
    cancel();
  }

  // ---- one session -----------------------------------------------------------------------------------------

  #received(session: Session, data: unknown, isBinary: boolean): void {
    const bytes = data instanceof Buffer ? data : undefined;
    const decoded =
      isBinary && bytes !== undefined
        ? decodeAgentMessage(bytes)
        : ({ ok: false, close: 'malformed', why: 'a text message; messages are binary' } as const);
    this.#event(session, { kind: 'received', decoded, nowMs: this.#options.clock.nowMs() });
  }

  #end(session: Session, reason: CloseReason, why: string): void {
    this.#event(session, { kind: 'end', reason, why });
  }

  #event(session: Session, event: SessionEvent): void {
    const [state, effects] = step(session.state, event);
    session.state = state;
    for (const effect of effects) this.#perform(session, effect);
  }

  #perform(session: Session, effect: SessionEffect): void {
    switch (effect.kind) {
      case 'admit':
        this.#admit(session, effect.hello);
        break;
      case 'deliver':
        this.#deliver(session, effect.host, effect.message);
        break;
      case 'transmit': {
        const bytes = encodeControllerMessage(effect.sequence, this.#options.epoch, effect.message);
        session.socket.send(bytes, { binary: true });
        break;
      }
      case 'close':
        this.#close(session, effect.reason, effect.why);
        break;
      case 'left':
        this.#left(session, effect.host);
        break;
    }
  }

  #close(session: Session, reason: CloseReason, why: string): void {
    const { host } = session.certificate;
    this.#options.log.info({ host, address: session.address, code: reason, reason: why }, 'session closed');
    session.socket.close(closeCodes[reason].code, cutToBytes(why, 120));
    // Faults of one end; the rest is told by whoever decided it.
    if (reason !== 'shuttingDown' && reason !== 'replaced' && reason !== 'nameInUse' && reason !== 'removed') {
      this.#report(host, `session-${kebab(reason)}`, `${session.address}: ${why}`);
    }
    // A peer that does not answer the close is cut after a while.
    const cancel = this.#options.clock.after(2000, () => session.socket.terminate());
    session.socket.once('close', cancel);
  }

  #left(session: Session, host: string): void {
    if (this.#byHost.get(host) !== session) return;
    this.#byHost.delete(host);
    this.#options.derivation.disconnect(host);
    this.#options.log.info({ host, address: session.address }, 'host disconnected');
    this.#report(host, 'host-disconnected', `from ${session.address}`);
  }

  #admit(session: Session, hello: Hello): void {
    const { storeId, name, version, liveness, log, derivation, state } = this.#options;
    const { host } = hello;
    const admission = admit(hello, this.#admissionFacts(session, host));
    if (!admission.ok) {
      this.#refuse(session, host, admission);
      return;
    }
    session.hello = hello;
    const former = this.#byHost.get(host);
    if (former !== undefined && admission.former !== undefined) {
      this.#end(former, admission.former.reason, admission.former.why);
    }
    const known = state.hosts.get(host);
    this.#byHost.set(host, session);
    this.#event(session, {
      kind: 'admitted',
      welcome: { kind: 'welcome', controller: name, controllerVersion: version, ...liveness, store: storeId },
    });
    if (known !== undefined && known.instance !== hello.instance) {
      this.#report(host, 'host-other-instance', `another agent than before, from ${session.address}`);
    }
    log.info({ host, address: session.address, epoch: hello.epoch }, 'host connected');
    this.#report(host, 'host-connected', `from ${session.address}, agent ${hello.agentVersion}`);
    this.#lastHeard.set(host, this.#options.clock.unixMs());
    const keys = this.#believe(host, hello.keys);
    session.hello = { ...hello, keys };
    for (const { name } of hello.held) if (name.type === 'guest') session.hearing.toldOf(name.key);
    derivation.connect(host, hello.held, keys);
    this.#register(session);
    this.#flushSoon();
  }

  *#hellos(): Iterable<Hello> {
    for (const { hello } of this.#byHost.values()) if (hello !== undefined) yield hello;
  }

  #admissionFacts(session: Session, host: string): AdmissionFacts {
    const { epoch, liveness, clock, state } = this.#options;
    const other = this.#byHost.get(host);
    const holder =
      other?.hello === undefined || other.state.phase !== 'open'
        ? undefined
        : {
            ...{ instance: other.hello.instance, address: other.address, since: other.since },
            silentMs: clock.nowMs() - other.state.heardMs,
          };
    return {
      ...{ owner: session.certificate.host, address: session.address, epoch, holder },
      deadlineMs: liveness.deadlineMs,
      connected: this.#hellos(),
      hosts: state.hosts,
    };
  }

  #refuse(session: Session, host: string, refusal: Extract<Admission, { ok: false }>): void {
    if ('claim' in refusal) {
      session.hearing.refuse(refusal.claim);
      this.#end(session, 'notYours', `host '${session.certificate.host}' claimed ${refusal.claim}`);
      return;
    }
    if (refusal.report !== undefined) this.#report(host, refusal.report.code, refusal.report.detail);
    this.#end(session, refusal.reason, refusal.why);
  }

  /** Keys that peers would not believe are not told to them. */
  #believe(host: string, said: Keys): Keys {
    const { keys, faults } = believedKeys(host, said, this.#options.state.hosts.get(host));
    for (const fault of faults) this.#report(host, 'key-ignored', fault);
    return keys;
  }

  /** Stores what the agent said of its host, the newest of it at a measured pace. While the store cannot, again. */
  #register(session: Session): void {
    if (session.registering !== 'no') {
      session.registering = 'again';
      return;
    }
    const { commands, clock, log } = this.#options;
    this.#lookAtKeys(session);
    const { hello } = session;
    if (hello === undefined || this.#byHost.get(hello.host) !== session) return;
    session.registering = 'yes';
    const label = claimedLabels(hello.assets.labels, this.#options.state.trusts.get(hello.host)?.labels ?? {});
    if (label !== undefined) session.hearing.refuse(label);
    const goOn = (again: boolean) => {
      const isDue = again || session.registering === 'again';
      session.registering = 'no';
      if (isDue) this.#register(session);
    };
    commands.registerHost(hello).then(
      (stored) => {
        if (!stored.ok) this.#end(session, 'nameInUse', stored.message);
        this.#flushSoon();
        clock.after(registerPaceMs, () => goOn(false));
      },
      (error: unknown) => {
        log.error({ host: hello.host, err: error }, 'host not stored, tried again soon');
        clock.after(registerPaceMs, () => goOn(true));
      },
    );
  }

  #deliver(session: Session, host: string, message: AgentMessage): void {
    const { derivation, clock } = this.#options;
    const facts = derivation.facts(host);
    this.#lastHeard.set(host, clock.unixMs());
    switch (message.kind) {
      case 'subscribe':
        derivation.subscribe(host, message.wanted, message.unwanted);
        this.#flushSoon();
        break;
      case 'acknowledge':
        if (!derivation.acknowledge(host, message.update, message.refused, clock.nowMs())) {
          this.#end(session, 'malformed', `update ${message.update} was acknowledged, which is not under way`);
        }
        this.#flushSoon();
        break;
      case 'guestStates':
        for (const guest of message.guests) session.hearing.guest(guest);
        break;
      case 'events':
        for (const event of message.events) session.hearing.event(event);
        break;
      case 'measurements':
        session.hearing.paths(message.paths);
        break;
      case 'heartbeat':
        if (facts !== undefined) facts.heartbeat = message;
        break;
      case 'assets':
        this.#describe(session, { assets: message });
        break;
      case 'capabilities':
        this.#describe(session, { capabilities: message });
        break;
      case 'traced':
        if (session.hearing.mayTell(message)) for (const listener of this.#tracedListeners) listener(host, message);
        break;
      case 'certificateRequest':
        void renewCertificate(this.#options, session, message.request).then((said) =>
          this.#send(session, { kind: 'certificate', ...said }),
        );
        break;
      case 'keys':
        session.said = message;
        this.#register(session);
        break;
      case 'hello':
        break; // the machine lets only the first one through, to `admit`
    }
  }

  #lookAtKeys(session: Session): void {
    const { hello, said } = session;
    if (hello === undefined || said === undefined) return;
    session.said = undefined;
    const keys = this.#believe(hello.host, said);
    this.#options.derivation.learnKeys(hello.host, keys);
    session.hello = { ...hello, keys };
  }

  #describe(session: Session, changed: Partial<Pick<Hello, 'assets' | 'capabilities'>>): void {
    if (session.hello === undefined) return;
    session.hello = { ...session.hello, ...changed };
    this.#register(session);
  }

  /** Whoever holds a certificate that is void now is cut off. */
  #trustChanged(host: string): void {
    for (const session of [...this.#sessions]) {
      if (session.certificate.host !== host || session.state.phase === 'closed') continue;
      const why = this.#options.trust.voidBecause(session.certificate);
      if (why !== undefined) this.#end(session, 'notTrusted', why);
    }
  }

  #hostRemoved(host: string): void {
    const session = this.#byHost.get(host);
    this.#lastHeard.delete(host);
    this.#options.claims.forget(host);
    if (session !== undefined) this.#end(session, 'removed', `host '${host}' was removed by an operator`);
    this.#report(host, 'host-removed', 'by an operator');
  }

  // ---- all sessions ------------------------------------------------------------------------------------------

  #armTick(): void {
    const { clock, liveness, derivation } = this.#options;
    const period = Math.min(250, liveness.deadlineMs / 4);
    this.#cancelTick = clock.after(period, () => {
      const nowMs = clock.nowMs();
      for (const session of [...this.#sessions]) {
        this.#expire(session);
        this.#event(session, { kind: 'tick', nowMs, backlogBytes: session.socket.bufferedAmount, liveness });
      }
      derivation.tick(nowMs);
      this.#flushSoon();
      this.#armTick();
    });
  }

  #expire(session: Session): void {
    const { host } = session.certificate;
    const why = outOfTime(host, session.certificate, this.#options.clock.unixMs());
    if (why !== undefined) this.#end(session, 'notTrusted', why);
  }

  #flushSoon(): void {
    if (this.#stopped) return;
    this.#flushing ??= setImmediate(() => {
      this.#flushing = undefined;
      this.#flush();
    });
  }

  #flush(): void {
    const { derivation, clock } = this.#options;
    const untilMs = clock.nowMs() + flushMs;
    let isLate = false;
    for (const host of derivation.takePending()) {
      const session = this.#byHost.get(host);
      if (session === undefined) continue;
      if (isLate) {
        derivation.lookAgain(host);
        this.#flushSoon();
        continue;
      }
      for (const update of derivation.takeUpdates(host)) {
        for (const { name } of update.set) if (name.type === 'guest') session.hearing.toldOf(name.key);
        this.#send(session, { kind: 'update', ...update });
      }
      isLate = clock.nowMs() > untilMs;
    }
    const selections = derivation.takeSelections();
    if (selections.length > 0) this.#saveSelections(selections);
  }

  #saveSelections(selections: readonly SelectionChange[]): void {
    const { commands, derivation, clock, log } = this.#options;
    const settle = () => {
      derivation.settled(selections);
      this.#flushSoon();
    };
    commands.saveSelections(selections).then(settle, (error: unknown) => {
      log.error({ err: error }, 'selections not stored, tried again soon');
      clock.after(1000, settle);
    });
  }

  #send(session: Session, message: ControllerMessage): void {
    this.#event(session, { kind: 'send', message });
  }

  #report(host: string | undefined, code: string, detail: string): void {
    const timeMs = this.#options.clock.unixMs();
    this.#options.events.add({ timeMs, ...(host === undefined ? {} : { host }), code, detail });
  }
}

/** A close text has at most 123 bytes (RFC 6455 5.5). */
function cutToBytes(text: string, most: number): string {
  let cut = text;
  while (Buffer.byteLength(cut) > most) cut = cut.slice(0, -1);
  return cut;
}

function kebab(camel: string): string {
  return camel.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
