/** The newest things that operators should know of, bounded: shown in the status, not kept on disk. */
import type { ControllerStatus } from '../wire/resources.ts';

export type ControllerEvent = ControllerStatus['events'][number];

export class Events {
  readonly #most: number;
  #events: ControllerEvent[] = [];

  constructor(most = 256) {
    this.#most = most;
  }

  add(event: ControllerEvent): void {
    this.#events.push(event);
    // Trimmed in strides, so that adding stays cheap.
    if (this.#events.length >= 2 * this.#most) this.#events = this.#events.slice(-this.#most);
  }

  /** Newest last. */
  list(): ControllerEvent[] {
    return this.#events.slice(-this.#most);
  }
}
