/**
 * What an agent reports of its host, as far as it is its host's: the rest is refused and shown (`trust/claims.ts`), but
 * is no reason to end a session whose packets flow.
 */
import type { AgentEvent, GuestState, PathMeasurement, Traced } from '../../wire/control.ts';
import { isControllerEvent } from '../../wire/events.ts';
import type { Derivation } from '../derive/derive.ts';
import type { Events } from '../events.ts';
import type { State } from '../state/state.ts';
import type { Claims } from '../trust/claims.ts';

/** Asked of one agent, whose answers may still come. */
const mostTraces = 64;

export interface HearingParts {
  readonly state: State;
  readonly derivation: Derivation;
  readonly events: Events;
  readonly claims: Claims;
}

/** What one session's agent may speak of. */
export class Hearing {
  readonly #parts: HearingParts;
  readonly #host: string;
  readonly #address: string;
  /** That it held when it connected, or was told of since: of one that was its own a moment ago it may still speak. */
  readonly #guests = new Set<string>();
  readonly #traces = new Set<number>();

  constructor(parts: HearingParts, host: string, address: string) {
    this.#parts = parts;
    this.#host = host;
    this.#address = address;
  }

  toldOf(guest: string): void {
    this.#guests.add(guest);
  }

  askedTo(trace: number): void {
    this.#traces.add(trace);
    const [oldest] = this.#traces;
    if (this.#traces.size > mostTraces && oldest !== undefined) this.#traces.delete(oldest);
  }

  guest(said: GuestState): void {
    const { state, derivation } = this.#parts;
    const owner = state.guests.get(said.guest)?.host;
    if (owner === this.#host) derivation.facts(owner)?.guestStates.set(said.guest, said);
    if (owner === undefined || owner === this.#host || said.phase === 'removed' || this.#guests.has(said.guest)) return;
    this.refuse(`the state of guest '${said.guest}', which is on host '${owner}'`);
  }

  /** A code that nobody knows may be a newer agent's. */
  event({ timeMs, code, detail }: AgentEvent): void {
    if (isControllerEvent(code)) this.refuse(`event '${code}', which is the controller's to report`);
    else this.#parts.events.add({ timeMs, host: this.#host, code, detail });
  }

  paths(measured: readonly PathMeasurement[]): void {
    const { state, derivation } = this.#parts;
    const facts = derivation.facts(this.#host);
    if (facts !== undefined) facts.paths = measured.filter(({ peer }) => state.hosts.has(peer));
  }

  /** False: it was not asked. */
  mayTell({ trace }: Traced): boolean {
    if (this.#traces.has(trace)) return true;
    this.refuse('to have followed packets that it was not asked to follow');
    return false;
  }

  /** `what`, behind "claimed". */
  refuse(what: string): void {
    this.#parts.claims.refused(this.#host, what, this.#address);
  }
}
