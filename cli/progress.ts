/**
 * Progress on stderr: on a terminal one line that is written over; elsewhere a line when the same work has
 * taken over a second, and again when its state changes after another one.
 */
import type { Streams } from './output.ts';

const quietMs = 1000;

export class Progress implements Disposable {
  readonly #streams: Streams;
  readonly #now: () => number;
  #title = '';
  #since: number;
  #shown = '';

  constructor(streams: Streams, now: () => number = () => performance.now()) {
    this.#streams = streams;
    this.#now = now;
    this.#since = now();
  }

  update(title: string, state: string): void {
    if (title !== this.#title) {
      this.#title = title;
      this.#since = this.#now();
    }
    const text = `${title}: ${state}`;
    if (text === this.#shown) return;
    if (this.#streams.err.isTTY === true) {
      this.#streams.err.write(`\r\u001b[K${text}`);
    } else {
      if (this.#now() - this.#since < quietMs) return;
      this.#streams.err.write(`${text}\n`);
      this.#since = this.#now();
    }
    this.#shown = text;
  }

  /** Clears the line on a terminal, so that what follows stands alone. */
  [Symbol.dispose](): void {
    if (this.#streams.err.isTTY === true && this.#shown !== '') this.#streams.err.write('\r\u001b[K');
    this.#shown = '';
  }
}
